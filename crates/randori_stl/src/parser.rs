//! Parser for formulas and terms, with advice for common mistakes.
//!
//! One precedence climber parses numbers and conditions alike, because `(` can open
//! either; each operator then checks its operands. Precedence, tightest first: unary
//! minus, functions, `* /`, `+ -`, comparison, `not` and the unary temporal operators,
//! `until unless since`, `and`, `or`, `->`, `<->`, `xor`. Operators that do not
//! associate require parentheses.
//!
//! Start reading at [`parse`].

mod interval;
mod operand;
mod words;

use crate::ast::{
    ArithmeticOp, Atom, ChainOp, Connective, Formula, MAX_DEPTH, Relation, Span, Term,
};
use crate::error::ParseError;
use crate::lexer::{Lexeme, Token, tokenize};
use words::{Infix, infix_of};

/// Reads a whole formula.
///
/// # Errors
///
/// If the text is not exactly one formula, nests deeper than [`MAX_DEPTH`] or is longer
/// than [`MAX_TEXT_BYTES`](crate::MAX_TEXT_BYTES). The error has the position and, for
/// common mistakes, advice.
pub fn parse(text: &str) -> Result<Formula, ParseError> {
    let mut parser = Parser::new(text, false)?;
    let piece = parser.whole()?;
    parser.formula(piece)
}

/// Reads arithmetic over signals, for metrics: `max(speed(courier))`, `2 * x`.
///
/// Here `min` and `max` may have a single argument, which a metric reads as the
/// extreme over time; evaluated at one sample that is the argument itself.
///
/// # Errors
///
/// As [`parse`], and if the text is a condition.
pub fn parse_term(text: &str) -> Result<Term, ParseError> {
    let mut parser = Parser::new(text, true)?;
    let piece = parser.whole()?;
    parser.term(piece)
}

/// The units of the numbers of a formula (except those of its intervals), with their
/// positions; empty if the text is not a formula.
///
/// Parsed numbers are in SI units, so this is the only access to the written units.
pub fn written_units(text: &str) -> Vec<(Span, &'static str)> {
    let read = || {
        let mut parser = Parser::new(text, false)?;
        parser.whole()?;
        Ok::<_, ParseError>(parser.units)
    };
    read().unwrap_or_default()
}

/// The kind of an operand.
enum Value {
    Number(Term),
    Condition(Formula),
}

/// An operand with its context.
struct Piece {
    value: Value,
    span: Span,
    /// Depth in operators; trees that are too deep are refused.
    depth: usize,
    /// The top operator, if it is not in parentheses.
    open: Option<Infix>,
}

struct Parser<'a> {
    text: &'a str,
    lexemes: Vec<Lexeme<'a>>,
    at: usize,
    brackets: usize,
    prefixes: usize,
    /// True if `max(x)` is allowed, as a metric over time.
    is_metric: bool,
    /// Units of numbers so far.
    units: Vec<(Span, &'static str)>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, is_metric: bool) -> Result<Self, ParseError> {
        let (lexemes, units) = (tokenize(text)?, Vec::new());
        Ok(Self { text, lexemes, at: 0, brackets: 0, prefixes: 0, is_metric, units })
    }

    fn peek(&self) -> Token<'a> {
        self.lexemes[self.at].token
    }

    fn span(&self) -> Span {
        self.lexemes[self.at].span.clone()
    }

    /// End of the token before the current one.
    fn previous_end(&self) -> usize {
        self.at.checked_sub(1).map_or(0, |before| self.lexemes[before].span.end)
    }

    fn advance(&mut self) {
        // The end is never passed, so peeking is always valid.
        self.at = (self.at + 1).min(self.lexemes.len() - 1);
    }

    fn accept(&mut self, sign: &str) -> bool {
        let found = self.peek() == Token::Sign(sign_of(sign));
        if found {
            self.advance();
        }
        found
    }

    /// Description of the current token in messages.
    fn found(&self) -> String {
        match self.peek() {
            Token::End => "the end".to_owned(),
            _ => format!("`{}`", &self.text[self.span()]),
        }
    }

    fn expected(&self, what: &str) -> ParseError {
        ParseError::new(format!("expected {what}, found {}", self.found()), self.span())
    }

    fn whole(&mut self) -> Result<Piece, ParseError> {
        if self.peek() == Token::End {
            let message = if self.is_metric { "the term is empty" } else { "the formula is empty" };
            return Err(
                ParseError::new(message, 0..0).help("write something like `always (x < 3)`")
            );
        }
        let piece = self.expression(Infix::LOOSEST)?;
        if self.peek() == Token::End {
            return Ok(piece);
        }
        Err(self.trailing(&piece))
    }

    /// Something follows a complete expression.
    fn trailing(&self, piece: &Piece) -> ParseError {
        let error = self.expected(match piece.value {
            Value::Condition(_) => "`and`, `or`, `->`, `until` or the end",
            Value::Number(_) => "a comparison such as `<` or an arithmetic operator",
        });
        match self.peek() {
            Token::Sign(")") => error.help("unmatched parenthesis: remove it or open one before"),
            Token::Sign("[") => error
                .help("write an interval directly after a temporal operator: `always[0, 5] (...)`"),
            Token::Name(name) => match words::suggest_word(name) {
                Some(word) => error.help(format!("did you mean `{word}`?")),
                None => error,
            },
            _ => error,
        }
    }

    /// Reads operators that bind at least as tightly as `level`.
    fn expression(&mut self, level: u8) -> Result<Piece, ParseError> {
        let mut left = self.operand()?;
        while let Some(infix) = infix_of(self.peek()) {
            if infix.level() < level {
                break;
            }
            self.refuse_chain(&left, infix)?;
            let sign = self.span();
            self.advance();
            let interval = if matches!(infix, Infix::Chain(_)) { self.interval()? } else { None };
            let right = self.expression(infix.level() + 1)?;
            let span = left.span.start..right.span.end;
            let depth = left.depth.max(right.depth) + 1;
            // A longer `and` or `or` is wider, not deeper.
            let widens = matches!(infix, Infix::And | Infix::Or) && left.open == Some(infix);
            let depth = if widens { left.depth.max(right.depth + 1) } else { depth };
            refuse_depth(depth, &span)?;
            let value = match infix {
                Infix::Arithmetic(op) => Value::Number(self.arithmetic(op, left, right, &sign)?),
                Infix::Compare(relation) => {
                    Value::Condition(self.comparison(relation, left, right, span.clone())?)
                }
                Infix::Connect(op) => Value::Condition(Formula::Connect(
                    op,
                    Box::new(self.formula(left)?),
                    Box::new(self.formula(right)?),
                )),
                Infix::Chain(op) => Value::Condition(Formula::Chain(
                    op,
                    interval,
                    Box::new(self.formula(left)?),
                    Box::new(self.formula(right)?),
                )),
                Infix::And | Infix::Or => Value::Condition(self.junction(infix, left, right)?),
            };
            left = Piece { value, span, depth, open: Some(infix) };
        }
        Ok(left)
    }

    /// Joins with `and` or `or`; `a and b and c` is one junction of three.
    fn junction(&self, infix: Infix, left: Piece, right: Piece) -> Result<Formula, ParseError> {
        let widens = left.open == Some(infix);
        let (left, right) = (self.formula(left)?, self.formula(right)?);
        Ok(match (infix, left) {
            (Infix::And, Formula::All(mut parts)) if widens => {
                parts.push(right);
                Formula::All(parts)
            }
            (Infix::Or, Formula::Any(mut parts)) if widens => {
                parts.push(right);
                Formula::Any(parts)
            }
            (Infix::And, left) => Formula::All(vec![left, right]),
            (_, left) => Formula::Any(vec![left, right]),
        })
    }

    fn arithmetic(
        &self,
        op: ArithmeticOp,
        left: Piece,
        right: Piece,
        sign: &Span,
    ) -> Result<Term, ParseError> {
        for side in [&left, &right] {
            if matches!(side.value, Value::Condition(_)) {
                let message = format!("`{op}` needs numbers on both sides, but one is a condition");
                return Err(ParseError::new(message, sign.clone())
                    .help("join conditions with `and` or `or`"));
            }
        }
        Ok(Term::Arithmetic(op, Box::new(self.term(left)?), Box::new(self.term(right)?)))
    }

    fn comparison(
        &self,
        relation: Relation,
        left: Piece,
        right: Piece,
        span: Span,
    ) -> Result<Formula, ParseError> {
        for side in [&left, &right] {
            if matches!(side.value, Value::Condition(_)) {
                let message =
                    format!("`{relation}` compares numbers, but this side is a condition");
                let help =
                    "use `<->` to ask whether two conditions agree, and parentheses to group";
                return Err(ParseError::new(message, side.span.clone()).help(help));
            }
        }
        Ok(Formula::Atom(Atom { left: self.term(left)?, relation, right: self.term(right)?, span }))
    }

    /// `a < b < c`, `a -> b -> c` and similar chains are ambiguous.
    fn refuse_chain(&self, left: &Piece, next: Infix) -> Result<(), ParseError> {
        let Some(open) = left.open else { return Ok(()) };
        let here = &self.text[self.span()];
        let error =
            |message: String, help: String| Err(ParseError::new(message, self.span()).help(help));
        match (open, next) {
            (Infix::Compare(_), Infix::Compare(_)) => {
                let written = &self.text[left.span.clone()];
                let middle = match &left.value {
                    Value::Condition(Formula::Atom(atom)) => atom.right.to_string(),
                    _ => "x".to_owned(),
                };
                error(
                    "comparisons cannot be chained".to_owned(),
                    format!("write `{written} and {middle} {here} ...`"),
                )
            }
            (Infix::Connect(one), Infix::Connect(other)) if one == other => error(
                format!("`{here}` cannot be chained without parentheses"),
                format!("write `a {one} (b {one} c)` or `(a {one} b) {one} c`"),
            ),
            (Infix::Chain(_), Infix::Chain(_)) => error(
                format!("`{here}` cannot be chained without parentheses"),
                format!("put the first part in parentheses: `(a until b) {here} c`"),
            ),
            _ => Ok(()),
        }
    }

    /// Requires a condition.
    fn formula(&self, piece: Piece) -> Result<Formula, ParseError> {
        match piece.value {
            Value::Condition(formula) => Ok(formula),
            Value::Number(term) => {
                let after = if piece.span.end < self.span().start || self.peek() == Token::End {
                    ""
                } else {
                    "here "
                };
                let message = format!("expected a condition {after}but `{term}` is a number");
                Err(ParseError::new(message, piece.span)
                    .help(format!("compare it with something: `{term} > 0`")))
            }
        }
    }

    /// Requires a number.
    #[expect(clippy::unused_self, reason = "the counterpart of `formula`, called in the same way")]
    fn term(&self, piece: Piece) -> Result<Term, ParseError> {
        match piece.value {
            Value::Number(term) => Ok(term),
            Value::Condition(_) => {
                Err(ParseError::new("expected a number but this is a condition", piece.span))
            }
        }
    }
}

fn refuse_depth(depth: usize, span: &Span) -> Result<(), ParseError> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    let message = format!("the formula nests deeper than {MAX_DEPTH} levels");
    Err(ParseError::new(message, span.clone()).help("split it into several formulas"))
}

/// The static spelling of an operator, for comparison.
fn sign_of(sign: &str) -> &'static str {
    const BRACKETS: [&str; 6] = ["(", ")", "[", "]", ",", ":"];
    BRACKETS.into_iter().find(|bracket| *bracket == sign).unwrap_or_default()
}
