//! Writes syntax trees as text that parses back to the same tree.
//!
//! Every operand that is itself an operation is in parentheses, so precedence never
//! matters. Numbers are in SI units.

use std::fmt::{self, Display, Formatter};

use crate::ast::{
    ArithmeticOp, Atom, ChainOp, Connective, Formula, Function, Interval, Relation, SignalRef,
    StepOp, Term, WindowOp,
};

impl Display for Formula {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Atom(atom) => write!(f, "{atom}"),
            Self::Not(body) => write!(f, "not ({body})"),
            Self::All(parts) => write_joined(f, parts, "and"),
            Self::Any(parts) => write_joined(f, parts, "or"),
            Self::Connect(op, left, right) => write!(f, "({left}) {op} ({right})"),
            Self::Window(op, interval, body) => {
                write!(f, "{op}{} ({body})", Bounds(interval.as_ref()))
            }
            Self::Chain(op, interval, left, right) => {
                write!(f, "({left}) {op}{} ({right})", Bounds(interval.as_ref()))
            }
            Self::Step(op @ (StepOp::Rise | StepOp::Fall), body) => write!(f, "{op}({body})"),
            Self::Step(op, body) => write!(f, "{op} ({body})"),
        }
    }
}

fn write_joined(f: &mut Formatter<'_>, parts: &[Formula], word: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            write!(f, " {word} ")?;
        }
        write!(f, "({part})")?;
    }
    Ok(())
}

/// An optional interval: nothing, or `[0, 5]`.
struct Bounds<'a>(Option<&'a Interval>);

impl Display for Bounds<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |interval| write!(f, "{interval}"))
    }
}

impl Display for Interval {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.end {
            Some(end) => write!(f, "[{}, {end}]", self.begin),
            None => write!(f, "[{}, inf]", self.begin),
        }
    }
}

impl Display for Atom {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.relation, self.right)
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => write_number(f, *value),
            Self::Signal(signal) => write!(f, "{signal}"),
            Self::Negate(inner) => match **inner {
                // `-2` would be read as one number.
                Self::Number(_) => write!(f, "-({inner})"),
                _ => write!(f, "-{}", Operand(inner)),
            },
            Self::Arithmetic(op, left, right) => {
                write!(f, "{} {op} {}", Operand(left), Operand(right))
            }
            Self::Call(function, arguments) => {
                write!(f, "{function}(")?;
                for (index, argument) in arguments.iter().enumerate() {
                    write!(f, "{}{argument}", if index > 0 { ", " } else { "" })?;
                }
                write!(f, ")")
            }
        }
    }
}

fn write_number(f: &mut Formatter<'_>, value: f64) -> fmt::Result {
    if value == 0.0 || (1e-6..1e16).contains(&value.abs()) {
        write!(f, "{value}")
    } else {
        write!(f, "{value:e}")
    }
}

/// A term as an operand: in parentheses if it is an operation.
struct Operand<'a>(&'a Term);

impl Display for Operand<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Term::Negate(_) | Term::Arithmetic(..) => write!(f, "({})", self.0),
            Term::Number(_) | Term::Signal(_) | Term::Call(..) => write!(f, "{}", self.0),
        }
    }
}

impl Display for SignalRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.args.is_empty() { Ok(()) } else { write!(f, "({})", self.args.join(", ")) }
    }
}

/// Defines the word of each variant of an operator.
macro_rules! words {
    ($($operator:ty { $($variant:ident => $word:literal),+ $(,)? })+) => {$(
        impl Display for $operator {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),+ })
            }
        }
    )+};
}

words! {
    Relation { Less => "<", LessEqual => "<=", Greater => ">", GreaterEqual => ">=", Equal => "==", NotEqual => "!=" }
    Connective { Implies => "->", Iff => "<->", Xor => "xor" }
    WindowOp { Always => "always", Eventually => "eventually", Historically => "historically", Once => "once" }
    ChainOp { Until => "until", Unless => "unless", Since => "since" }
    StepOp {
        Next => "next", StrongNext => "s_next", Prev => "prev", StrongPrev => "s_prev", Rise => "rise", Fall => "fall",
    }
    ArithmeticOp { Add => "+", Subtract => "-", Multiply => "*", Divide => "/" }
    Function { Abs => "abs", Sqrt => "sqrt", Min => "min", Max => "max" }
}
