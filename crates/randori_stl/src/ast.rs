//! The syntax tree of formulas and of the arithmetic inside them.
//!
//! Equality of trees ignores positions in the text ([`Span`]).
//!
//! Start reading at [`Formula`].

use std::ops::Range;

use crate::seconds::Seconds;

/// A range of the parsed text, in bytes; `0..0` without a text.
pub type Span = Range<usize>;

/// Maximum nesting of a formula or a term, in operators.
pub const MAX_DEPTH: usize = 64;

/// A condition over signals that has a signed margin at every sample.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    /// A comparison of two numbers, the only place where signals are read.
    Atom(Atom),
    /// `not f`
    Not(Box<Formula>),
    /// `f and g and h`: two or more parts, all of which must hold.
    All(Vec<Formula>),
    /// `f or g or h`: two or more parts, one of which must hold.
    Any(Vec<Formula>),
    /// `f -> g`, `f <-> g` or `f xor g`.
    Connect(Connective, Box<Formula>, Box<Formula>),
    /// `always f`, `eventually[0, 5] f` and their mirror images in the past.
    Window(WindowOp, Option<Interval>, Box<Formula>),
    /// `f until[0, 5] g`, `f unless g` or `f since g`.
    Chain(ChainOp, Option<Interval>, Box<Formula>, Box<Formula>),
    /// `next f`, `prev f`, `rise(f)` and the like: a look at the neighbouring sample.
    Step(StepOp, Box<Formula>),
}

/// A comparison of two terms.
#[derive(Debug, Clone)]
pub struct Atom {
    /// Left side.
    pub left: Term,
    /// The comparison sign.
    pub relation: Relation,
    /// Right side.
    pub right: Term,
    /// Position in the text.
    pub span: Span,
}

impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        self.relation == other.relation && self.left == other.left && self.right == other.right
    }
}

/// A comparison sign. Strict and non-strict comparisons have equal margins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// A connective with distinct sides, or that is not associative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connective {
    /// `->`: margin `max(-left, right)`.
    Implies,
    /// `<->`: margin `-|left - right|`, which is not that of two implications.
    Iff,
    /// `xor`: margin `|left - right|`.
    Xor,
}

/// A quantifier over a window of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowOp {
    /// Every sample from now on (within the interval).
    Always,
    /// Some sample from now on.
    Eventually,
    /// Every sample up to now.
    Historically,
    /// Some sample up to now.
    Once,
}

impl WindowOp {
    /// True for windows in the past.
    pub fn is_past(self) -> bool {
        matches!(self, Self::Historically | Self::Once)
    }
}

/// An operator with a holding and a releasing condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainOp {
    /// The right side comes true within the interval and the left side holds before that.
    Until,
    /// `until`, or the left side holds to the end of the interval.
    Unless,
    /// The right side was true within the interval and the left side has held after that.
    Since,
}

/// An operator on the neighbouring sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepOp {
    /// True at the next sample; satisfied (`+inf`) at the last one.
    Next,
    /// True at the next sample; violated (`-inf`) at the last one.
    StrongNext,
    /// True at the previous sample; satisfied (`+inf`) at the first one.
    Prev,
    /// True at the previous sample; violated (`-inf`) at the first one.
    StrongPrev,
    /// True now and not at the previous sample: `min(-previous, now)`; at the first sample `now`.
    Rise,
    /// Not true now and true at the previous sample: `min(previous, -now)`.
    Fall,
}

/// The interval of a temporal operator, relative to the current time, in seconds.
#[derive(Debug, Clone)]
pub struct Interval {
    /// The near end.
    pub begin: Seconds,
    /// The far end, included; `None` means to the end (or the start) of the trace.
    pub end: Option<Seconds>,
    /// Position in the text.
    pub span: Span,
}

impl Interval {
    /// The interval `[begin, end]`, without a position in a text.
    pub fn new(begin: Seconds, end: Option<Seconds>) -> Self {
        Self { begin, end, span: 0..0 }
    }
}

impl PartialEq for Interval {
    fn eq(&self, other: &Self) -> bool {
        self.begin == other.begin && self.end == other.end
    }
}

/// Arithmetic over signals; every number is in SI units.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A number in SI units: `20 deg` is 0.349...
    Number(f64),
    /// The value of a signal at the current sample.
    Signal(SignalRef),
    /// `-t`
    Negate(Box<Term>),
    /// `s + t`, `s - t`, `s * t` or `s / t`.
    Arithmetic(ArithmeticOp, Box<Term>, Box<Term>),
    /// A function of one or more terms.
    Call(Function, Vec<Term>),
}

/// An arithmetic operator of two terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// A built-in function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `abs(t)`
    Abs,
    /// `sqrt(t)`
    Sqrt,
    /// `min(s, t, ...)`: the least of its arguments at one sample.
    Min,
    /// `max(s, t, ...)`: the greatest of its arguments at one sample.
    Max,
}

/// A reference to a signal, such as `distance(courier, goal)` or `x`.
#[derive(Debug, Clone, Default)]
pub struct SignalRef {
    /// Name: identifiers joined by dots.
    pub name: String,
    /// Arguments: dotted paths; empty for a plain name.
    pub args: Vec<String>,
    /// Position in the text.
    pub span: Span,
}

impl PartialEq for SignalRef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.args == other.args
    }
}

impl Formula {
    /// Every signal that is read, in order of appearance, duplicates kept.
    pub fn signals(&self) -> Vec<&SignalRef> {
        let mut found = Vec::new();
        self.collect_signals(&mut found);
        found
    }

    fn collect_signals<'a>(&'a self, found: &mut Vec<&'a SignalRef>) {
        if let Self::Atom(atom) = self {
            atom.left.collect_signals(found);
            atom.right.collect_signals(found);
        }
        for part in self.parts() {
            part.collect_signals(found);
        }
    }

    /// The formulas directly under this one, from left to right.
    pub fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Atom(_) => Vec::new(),
            Self::Not(body) | Self::Window(_, _, body) | Self::Step(_, body) => vec![body],
            Self::All(parts) | Self::Any(parts) => parts.iter().collect(),
            Self::Connect(_, left, right) | Self::Chain(_, _, left, right) => vec![left, right],
        }
    }

    /// Horizon of the formula into the future, in seconds; `None` if unbounded.
    ///
    /// `next` looks one sample ahead; the sample period is unknown here, so it counts as
    /// zero.
    pub fn horizon_s(&self) -> Option<f64> {
        let reach = match self {
            Self::Window(op, _, _) if op.is_past() => 0.0,
            Self::Chain(ChainOp::Since, ..) => 0.0,
            Self::Window(_, interval, _) | Self::Chain(_, interval, _, _) => {
                interval.as_ref()?.end?.as_f64()
            }
            _ => 0.0,
        };
        self.parts()
            .iter()
            .try_fold(0.0_f64, |far, part| Some(far.max(part.horizon_s()?)))
            .map(|far| far + reach)
    }

    /// True if the margin at a sample depends on that sample and earlier ones only.
    pub fn is_past_only(&self) -> bool {
        let here = match self {
            Self::Window(op, _, _) => op.is_past(),
            Self::Chain(op, ..) => *op == ChainOp::Since,
            Self::Step(op, _) => !matches!(op, StepOp::Next | StepOp::StrongNext),
            _ => true,
        };
        here && self.parts().iter().all(|part| part.is_past_only())
    }

    /// The range of text of the comparisons of this formula.
    pub fn span(&self) -> Span {
        if let Self::Atom(atom) = self {
            return atom.span.clone();
        }
        let spans: Vec<Span> = self.parts().iter().map(|part| part.span()).collect();
        let start = spans.iter().map(|span| span.start).min().unwrap_or(0);
        start..spans.iter().map(|span| span.end).max().unwrap_or(0)
    }

    /// Depth: operators on the longest path to a number.
    pub fn depth(&self) -> usize {
        let below = match self {
            Self::Atom(atom) => atom.left.depth().max(atom.right.depth()),
            _ => self.parts().iter().map(|part| part.depth()).max().unwrap_or(0),
        };
        below + 1
    }
}

impl Term {
    /// Every signal that is read, in order of appearance, duplicates kept.
    pub fn signals(&self) -> Vec<&SignalRef> {
        let mut found = Vec::new();
        self.collect_signals(&mut found);
        found
    }

    fn collect_signals<'a>(&'a self, found: &mut Vec<&'a SignalRef>) {
        match self {
            Self::Number(_) => {}
            Self::Signal(signal) => found.push(signal),
            Self::Negate(inner) => inner.collect_signals(found),
            Self::Arithmetic(_, left, right) => {
                left.collect_signals(found);
                right.collect_signals(found);
            }
            Self::Call(_, arguments) => {
                for argument in arguments {
                    argument.collect_signals(found);
                }
            }
        }
    }

    /// Depth: operators on the longest path to a number or a signal.
    pub fn depth(&self) -> usize {
        match self {
            Self::Number(_) | Self::Signal(_) => 0,
            Self::Negate(inner) => inner.depth() + 1,
            Self::Arithmetic(_, left, right) => left.depth().max(right.depth()) + 1,
            Self::Call(_, arguments) => arguments.iter().map(Self::depth).max().unwrap_or(0) + 1,
        }
    }
}
