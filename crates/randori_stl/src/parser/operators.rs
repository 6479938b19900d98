//! Operators between two operands: how tightly they bind and what they build.

use crate::ast::{Arithmetic, Comparison, Connective, Formula, Interval, PairOp, Term};
use crate::error::ParseError;
use crate::lexer::Symbol;
use crate::parser::{Node, Parser, Value, shorten};

/// Accepts every operator.
pub(super) const LOOSEST: u8 = 0;
/// The operand of `always` and its kin: everything that binds more tightly.
pub(super) const TEMPORAL: u8 = 7;
/// The operand of `not`.
pub(super) const NOT: u8 = 8;

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Infix {
    Arithmetic(Arithmetic),
    Compare(Comparison),
    Pair(PairOp),
    Join(Connective),
}

impl Infix {
    /// Larger binds more tightly; the order is that of rtamt's grammar.
    pub(super) fn binding(self) -> u8 {
        match self {
            Self::Join(Connective::Xor) => 1,
            Self::Join(Connective::Iff) => 2,
            Self::Join(Connective::Implies) => 3,
            Self::Join(Connective::Or) => 4,
            Self::Join(Connective::And) => 5,
            Self::Pair(_) => 6,
            Self::Compare(_) => 9,
            Self::Arithmetic(Arithmetic::Add | Arithmetic::Subtract) => 10,
            Self::Arithmetic(Arithmetic::Multiply | Arithmetic::Divide) => 11,
        }
    }

    /// Whether a chain reads the same from the left and from the right, or
    /// has a reading that everybody shares.
    fn may_chain(self) -> bool {
        matches!(self, Self::Arithmetic(_) | Self::Join(Connective::And | Connective::Or))
    }
}

impl Parser<'_> {
    /// The operator that comes next, and how many tokens it takes.
    pub(super) fn peek_infix(&self) -> Option<(Infix, usize)> {
        let infix = match self.peek_symbol() {
            Symbol::Plus => Infix::Arithmetic(Arithmetic::Add),
            Symbol::Minus => Infix::Arithmetic(Arithmetic::Subtract),
            Symbol::Star => Infix::Arithmetic(Arithmetic::Multiply),
            Symbol::Slash => Infix::Arithmetic(Arithmetic::Divide),
            Symbol::Less => Infix::Compare(Comparison::Less),
            Symbol::LessOrEqual => Infix::Compare(Comparison::LessOrEqual),
            Symbol::Greater => Infix::Compare(Comparison::Greater),
            Symbol::GreaterOrEqual => Infix::Compare(Comparison::GreaterOrEqual),
            Symbol::Equal => Infix::Compare(Comparison::Equal),
            Symbol::NotEqual => Infix::Compare(Comparison::NotEqual),
            Symbol::Arrow => Infix::Join(Connective::Implies),
            Symbol::DoubleArrow => Infix::Join(Connective::Iff),
            Symbol::Word => infix_word(self.peek_text())?,
            _ => return None,
        };
        Some((infix, 1))
    }

    /// Refuses `a < b < c`, `a -> b -> c` and `a until b until c`.
    pub(super) fn refuse_ambiguity(&self, left: &Node, infix: Infix) -> Result<(), ParseError> {
        let is_chain =
            left.open.is_some_and(|open| open.binding() == infix.binding() && !infix.may_chain());
        if !is_chain {
            return Ok(());
        }
        let span = self.peek().span.clone();
        let op = self.peek_text();
        if matches!(infix, Infix::Compare(_)) {
            let first = shorten(&self.text[left.span.clone()]);
            return Err(ParseError::new(span, "comparisons cannot be chained")
                .with_help(format!("write two comparisons: `{first} and ... {op} ...`")));
        }
        let message = format!("a chain ending in `{op}` can be read in two ways");
        Err(ParseError::new(span, message)
            .with_help(format!("add parentheses: `a {op} (b {op} c)` or `(a {op} b) {op} c`")))
    }

    /// Builds what `infix` makes of its operands, which must be of its kind.
    pub(super) fn join(
        &self,
        infix: Infix,
        interval: Interval,
        left: Node,
        right: Node,
    ) -> Result<Value, ParseError> {
        match infix {
            Infix::Arithmetic(op) => {
                let (left, right) = self.two_terms(left, right)?;
                let (left, right) = (Box::new(left), Box::new(right));
                Ok(Value::Term(Term::Arithmetic { op, left, right }))
            }
            Infix::Compare(op) => {
                let (left, right) = self.two_terms(left, right)?;
                Ok(Value::Formula(Formula::Compare { op, left, right }))
            }
            Infix::Join(op) => {
                let (left, right) = self.two_formulas(left, right)?;
                Ok(Value::Formula(Formula::Binary { op, left, right }))
            }
            Infix::Pair(op) => {
                let (left, right) = self.two_formulas(left, right)?;
                Ok(Value::Formula(Formula::Pair { op, interval, left, right }))
            }
        }
    }

    fn two_terms(&self, left: Node, right: Node) -> Result<(Term, Term), ParseError> {
        Ok((self.term(left)?.0, self.term(right)?.0))
    }

    fn two_formulas(
        &self,
        left: Node,
        right: Node,
    ) -> Result<(Box<Formula>, Box<Formula>), ParseError> {
        Ok((Box::new(self.formula(left)?.0), Box::new(self.formula(right)?.0)))
    }
}

fn infix_word(word: &str) -> Option<Infix> {
    Some(match word {
        "and" => Infix::Join(Connective::And),
        "or" => Infix::Join(Connective::Or),
        "implies" => Infix::Join(Connective::Implies),
        "iff" => Infix::Join(Connective::Iff),
        "xor" => Infix::Join(Connective::Xor),
        "until" | "U" => Infix::Pair(PairOp::Until),
        "unless" => Infix::Pair(PairOp::Unless),
        "since" | "S" => Infix::Pair(PairOp::Since),
        _ => return None,
    })
}
