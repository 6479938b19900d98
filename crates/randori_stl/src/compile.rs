//! Binds a formula to signals and to a sample period.
//!
//! Seconds become whole samples, names become columns, and the tree becomes a
//! list in which every operator comes after its operands.
//!
//! Start reading at [`Formula::compile`].

use std::sync::Arc;

use crate::ast::{
    Atom, ChainOp, Connective, Formula, Interval, Relation, SignalRef, Span, StepOp, WindowOp,
};
use crate::error::CompileError;
use crate::seconds::{Samples, Seconds};
use crate::term::CompiledTerm;

/// The time from one sample to the next, a whole number of nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    nanos: u64,
}

impl Period {
    /// A period of `nanos` nanoseconds: 2,000,000 for 500 samples per second.
    ///
    /// # Panics
    ///
    /// When `nanos` is 0.
    pub const fn from_nanos(nanos: u64) -> Self {
        assert!(nanos > 0, "a sample period is longer than 0");
        Self { nanos }
    }

    /// The period in nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.nanos
    }
}

/// A formula that is ready to be evaluated. Copies share their contents.
#[derive(Debug, Clone)]
pub struct Compiled {
    pub(crate) program: Arc<Program>,
}

impl Compiled {
    /// The sample period that intervals were counted in.
    pub fn period(&self) -> Period {
        self.program.period
    }

    /// Minimum number of signals in a sample: one more than the largest index.
    pub fn width(&self) -> usize {
        self.program.width
    }

    /// True if the margin at a sample depends on that sample and earlier ones only.
    pub fn is_past_only(&self) -> bool {
        self.program.nodes.iter().all(|node| !node.looks_ahead())
    }
}

/// Operators after their operands; the last one is the whole formula.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) nodes: Vec<Node>,
    /// The source of each node, in the order of `nodes`.
    pub(crate) origins: Vec<Origin>,
    pub(crate) width: usize,
    period: Period,
}

/// The source formula of a node.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// One operator; operands are indices of earlier nodes, times are samples.
#[derive(Debug)]
pub(crate) enum Node {
    Atom(CompiledAtom),
    Not(usize),
    /// `and` is the minimum of its parts, `or` the maximum.
    Junction(Extremum, Vec<usize>),
    Connect(Connective, usize, usize),
    Window {
        extremum: Extremum,
        is_past: bool,
        reach: Reach,
        body: usize,
    },
    Until {
        reach: Reach,
        left: usize,
        right: usize,
    },
    Since {
        reach: Reach,
        left: usize,
        right: usize,
    },
    Step(StepOp, usize),
}

impl Node {
    fn looks_ahead(&self) -> bool {
        match self {
            Self::Window { is_past, .. } => !is_past,
            Self::Until { .. } => true,
            Self::Step(op, _) => matches!(op, StepOp::Next | StepOp::StrongNext),
            _ => false,
        }
    }
}

/// An interval in samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) begin: usize,
    /// Included; `None` to the end (or start) of the trace.
    pub(crate) end: Option<usize>,
}

impl Reach {
    pub(crate) fn contains(self, offset: usize) -> bool {
        offset >= self.begin && self.end.is_none_or(|end| offset <= end)
    }
}

/// The minimum or the maximum of several margins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extremum {
    Least,
    Greatest,
}

impl Extremum {
    /// Of two margins, which are never NaN.
    #[inline]
    pub(crate) fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Least => {
                if b < a {
                    b
                } else {
                    a
                }
            }
            Self::Greatest => {
                if b > a {
                    b
                } else {
                    a
                }
            }
        }
    }

    /// Of no margin at all.
    pub(crate) fn of_nothing(self) -> f64 {
        match self {
            Self::Least => f64::INFINITY,
            Self::Greatest => f64::NEG_INFINITY,
        }
    }
}

/// A comparison bound to columns.
#[derive(Debug)]
pub(crate) struct CompiledAtom {
    left: CompiledTerm,
    relation: Relation,
    right: CompiledTerm,
    /// The margin if a side is not a number: the worst for the whole formula.
    without_value: f64,
}

impl CompiledAtom {
    /// Binds a comparison that stands under an even (`is_positive`) or odd number of negations.
    pub(crate) fn new(
        atom: &Atom,
        is_positive: bool,
        resolve: &mut dyn FnMut(&SignalRef) -> Option<usize>,
    ) -> Result<Self, CompileError> {
        let without_value = if is_positive { f64::NEG_INFINITY } else { f64::INFINITY };
        let left = atom.left.compile(resolve)?;
        Ok(Self {
            left,
            relation: atom.relation,
            right: atom.right.compile(resolve)?,
            without_value,
        })
    }

    pub(crate) fn width(&self) -> usize {
        self.left.width().max(self.right.width())
    }

    #[inline]
    pub(crate) fn margin(&self, sample: &[f64]) -> f64 {
        let difference = self.left.evaluate(sample) - self.right.evaluate(sample);
        let margin = match self.relation {
            Relation::Less | Relation::LessEqual => -difference,
            Relation::Greater | Relation::GreaterEqual => difference,
            Relation::Equal => -difference.abs(),
            Relation::NotEqual => difference.abs(),
        };
        if margin.is_nan() { self.without_value } else { margin }
    }
}

impl Formula {
    /// Binds signals to the indices that `resolve` gives and seconds to samples of `period`.
    ///
    /// # Errors
    ///
    /// The first of: a signal that `resolve` does not know, an interval that is not a
    /// whole number of samples to within 1e-9 of a sample, an interval that ends before it begins.
    pub fn compile(
        &self,
        period: Period,
        resolve: &mut dyn FnMut(&SignalRef) -> Option<usize>,
    ) -> Result<Compiled, CompileError> {
        let program = Program { nodes: Vec::new(), origins: Vec::new(), width: 0, period };
        let mut compiler = Compiler { program, resolve };
        compiler.add(self, true)?;
        Ok(Compiled { program: Arc::new(compiler.program) })
    }
}

struct Compiler<'a> {
    program: Program,
    resolve: &'a mut dyn FnMut(&SignalRef) -> Option<usize>,
}

impl Compiler<'_> {
    /// Adds a formula after its parts and returns its index. `is_positive` is true under an
    /// even number of negations.
    fn add(&mut self, formula: &Formula, is_positive: bool) -> Result<usize, CompileError> {
        let node = match formula {
            Formula::Atom(atom) => Node::Atom(self.atom(atom, is_positive)?),
            Formula::Not(body) => Node::Not(self.add(body, !is_positive)?),
            Formula::All(parts) => {
                Node::Junction(Extremum::Least, self.add_each(parts, is_positive)?)
            }
            Formula::Any(parts) => {
                Node::Junction(Extremum::Greatest, self.add_each(parts, is_positive)?)
            }
            Formula::Connect(op, left, right) => {
                let left = self.add(left, is_positive != (*op == Connective::Implies))?;
                Node::Connect(*op, left, self.add(right, is_positive)?)
            }
            Formula::Window(op, interval, body) => {
                let reach = self.reach(interval.as_ref())?;
                Node::Window {
                    extremum: extremum_of(*op),
                    is_past: op.is_past(),
                    reach,
                    body: self.add(body, is_positive)?,
                }
            }
            Formula::Chain(op, interval, left, right) => {
                let reach = self.reach(interval.as_ref())?;
                let (left, right) = (self.add(left, is_positive)?, self.add(right, is_positive)?);
                match op {
                    ChainOp::Since => Node::Since { reach, left, right },
                    ChainOp::Until => Node::Until { reach, left, right },
                    ChainOp::Unless => self.unless(formula, reach, left, right),
                }
            }
            Formula::Step(op, body) => Node::Step(*op, self.add(body, is_positive)?),
        };
        Ok(self.push(node, formula))
    }

    fn add_each(
        &mut self,
        parts: &[Formula],
        is_positive: bool,
    ) -> Result<Vec<usize>, CompileError> {
        parts.iter().map(|part| self.add(part, is_positive)).collect()
    }

    fn push(&mut self, node: Node, formula: &Formula) -> usize {
        self.program.nodes.push(node);
        self.program.origins.push(Origin { text: formula.to_string(), span: formula.span() });
        self.program.nodes.len() - 1
    }

    /// `f unless[a, b] g` is `always[0, b] f or (f until[a, b] g)`.
    fn unless(&mut self, formula: &Formula, reach: Reach, left: usize, right: usize) -> Node {
        let from_now = Reach { begin: 0, ..reach };
        let always =
            Node::Window { extremum: Extremum::Least, is_past: false, reach: from_now, body: left };
        let parts = vec![
            self.push(always, formula),
            self.push(Node::Until { reach, left, right }, formula),
        ];
        Node::Junction(Extremum::Greatest, parts)
    }

    fn atom(&mut self, atom: &Atom, is_positive: bool) -> Result<CompiledAtom, CompileError> {
        let atom = CompiledAtom::new(atom, is_positive, self.resolve)?;
        self.program.width = self.program.width.max(atom.width());
        Ok(atom)
    }

    fn reach(&self, interval: Option<&Interval>) -> Result<Reach, CompileError> {
        let Some(interval) = interval else { return Ok(Reach { begin: 0, end: None }) };
        if let Some(end) = interval.end.filter(|end| *end < interval.begin) {
            let message =
                format!("the interval ends at {end} s, before it begins at {} s", interval.begin);
            return Err(CompileError::new(message, interval.span.clone()));
        }
        let count = |bound: Seconds| count_samples(bound, self.program.period, &interval.span);
        Ok(Reach { begin: count(interval.begin)?, end: interval.end.map(count).transpose()? })
    }
}

fn count_samples(bound: Seconds, period: Period, span: &Span) -> Result<usize, CompileError> {
    let nanos = |count: u64| Seconds::from_decimal(count.saturating_mul(period.as_nanos()), -9);
    let sample = nanos(1);
    match bound.in_samples(period) {
        Samples::Whole(count) => Ok(count),
        Samples::Between(count) => {
            let message = format!("{bound} s is not a whole number of samples of {sample} s");
            let help =
                format!("the nearest that are: {} s and {} s", nanos(count), nanos(count + 1));
            Err(CompileError::new(message, span.clone()).help(help))
        }
        Samples::OutOfRange => {
            let message = format!("{bound} s is out of range for samples of {sample} s");
            Err(CompileError::new(message, span.clone())
                .help("without an upper limit write `[0, inf]` or no interval"))
        }
    }
}

fn extremum_of(op: WindowOp) -> Extremum {
    match op {
        WindowOp::Always | WindowOp::Historically => Extremum::Least,
        WindowOp::Eventually | WindowOp::Once => Extremum::Greatest,
    }
}
