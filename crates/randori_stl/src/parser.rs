//! Text to formula: one operator-precedence parser for terms and conditions.
//!
//! Terms and formulas share parentheses, so `(x + 1) < 3` and `(x < 3) and ...`
//! cannot be told apart at the `(`. The parser therefore reads both kinds with
//! one precedence table and checks at every operator that its operands are of
//! the right kind.
//!
//! Start reading at [`parse`]; the loop over operators is `Parser::expression`.

mod interval;
mod operators;
mod primary;

use std::ops::Range;

use crate::ast::{Formula, Term};
use crate::error::ParseError;
use crate::lexer::{Symbol, Token, tokenize};
use crate::units::nearest;
use operators::Infix;

/// Longest text of a formula, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Deepest nesting of parentheses, functions and operators.
pub const MAX_NESTING: usize = 64;
/// Deepest tree, counting every `and` of a chain such as `a and b and ...`.
pub const MAX_DEPTH: usize = 256;

/// Words with a meaning of their own; no signal can have these names.
const KEYWORDS: &[&str] = &[
    "always",
    "eventually",
    "until",
    "unless",
    "since",
    "historically",
    "once",
    "rise",
    "fall",
    "next",
    "prev",
    "s_next",
    "s_prev",
    "not",
    "and",
    "or",
    "implies",
    "iff",
    "xor",
    "true",
    "false",
    "abs",
    "sqrt",
    "min",
    "max",
    "G",
    "F",
    "U",
    "S",
    "H",
    "O",
    "X",
    "Y",
];

/// Reads a whole formula.
///
/// # Errors
/// The first place where the text stops being a formula, or the limit that it
/// exceeds ([`MAX_TEXT_BYTES`], [`MAX_NESTING`], [`MAX_DEPTH`]).
///
/// ```
/// let goal = randori_stl::parse("eventually[0, 30] (distance(courier, goal) < 30 cm)")?;
/// assert_eq!(goal.to_string(), "eventually[0, 30] (distance(courier, goal) < 0.3)");
/// assert_eq!(goal.horizon_s(), Some(30.0));
/// # Ok::<(), randori_stl::ParseError>(())
/// ```
pub fn parse(text: &str) -> Result<Formula, ParseError> {
    let mut parser = Parser::new(text)?;
    let node = parser.expression(operators::LOOSEST)?;
    parser.expect_end()?;
    parser.formula(node).map(|(formula, _)| formula)
}

/// Reads an arithmetic expression, such as a metric.
///
/// Here, and only as the outermost function, `min` and `max` may have a single
/// argument (`max(speed(courier))`): the caller decides over what it ranges.
///
/// # Errors
/// As for [`parse`]; a condition is not a term.
pub fn parse_term(text: &str) -> Result<Term, ParseError> {
    let mut parser = Parser::new(text)?;
    parser.lone_extremum_allowed = true;
    let node = parser.expression(operators::LOOSEST)?;
    parser.expect_end()?;
    parser.term(node).map(|(term, _)| term)
}

/// A term or a formula: which one, only the operators around it can say.
enum Value {
    Term(Term),
    Formula(Formula),
}

/// A parsed piece of text.
struct Node {
    value: Value,
    span: Range<usize>,
    size: Size,
    /// The loosest operator that is not inside parentheses.
    open: Option<Infix>,
}

/// How deep a tree is, counted twice.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// With every operator a level.
    depth: usize,
    /// With the operators of a chain such as `a and b and c` one level. This
    /// is the same for a formula and for its printed form.
    nesting: usize,
}

impl Size {
    fn above(self) -> Self {
        Self { depth: self.depth + 1, nesting: self.nesting + 1 }
    }

    fn max(self, other: Self) -> Self {
        Self { depth: self.depth.max(other.depth), nesting: self.nesting.max(other.nesting) }
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    parentheses: usize,
    recursion: usize,
    lone_extremum_allowed: bool,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Result<Self, ParseError> {
        if text.len() > MAX_TEXT_BYTES {
            let message =
                format!("the formula has {} bytes; the limit is {MAX_TEXT_BYTES}", text.len());
            return Err(
                ParseError::new(0..text.len(), message).with_help("split it into several goals")
            );
        }
        Ok(Self {
            text,
            tokens: tokenize(text)?,
            at: 0,
            parentheses: 0,
            recursion: 0,
            lone_extremum_allowed: false,
        })
    }

    /// Reads operands and operators that bind at least as tightly as `floor`.
    fn expression(&mut self, floor: u8) -> Result<Node, ParseError> {
        self.descend()?;
        let mut left = self.primary()?;
        while let Some((infix, words)) = self.peek_infix() {
            if infix.binding() < floor {
                break;
            }
            self.refuse_ambiguity(&left, infix)?;
            self.at += words;
            let op_span = self.previous_span();
            let interval = self.interval_after(infix)?;
            let right = self.expression(infix.binding() + 1)?;
            let mut left_size = left.size.above();
            if left.open.is_some_and(|open| open.binding() == infix.binding()) {
                left_size.nesting -= 1;
            }
            let size = left_size.max(right.size.above());
            check_size(size, &op_span)?;
            let span = left.span.start..right.span.end;
            let value = self.join(infix, interval, left, right)?;
            left = Node { value, span, size, open: Some(infix) };
        }
        self.recursion -= 1;
        Ok(left)
    }

    /// Counts a call that can recurse, so that no text exhausts the stack.
    fn descend(&mut self) -> Result<(), ParseError> {
        self.recursion += 1;
        if self.recursion > MAX_DEPTH { Err(too_nested(&self.peek().span)) } else { Ok(()) }
    }

    /// Reads what stands inside parentheses opened at `opened`.
    fn inside(&mut self, opened: &Range<usize>) -> Result<Node, ParseError> {
        self.parentheses += 1;
        if self.parentheses > MAX_NESTING {
            return Err(too_nested(opened));
        }
        let inner = self.expression(operators::LOOSEST)?;
        self.parentheses -= 1;
        Ok(inner)
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at]
    }

    fn peek_symbol(&self) -> Symbol {
        self.peek().symbol
    }

    /// The symbol `ahead` tokens further on.
    fn symbol_at(&self, ahead: usize) -> Symbol {
        self.tokens.get(self.at + ahead).map_or(Symbol::End, |token| token.symbol)
    }

    fn peek_text(&self) -> &'t str {
        &self.text[self.peek().span.clone()]
    }

    fn previous_span(&self) -> Range<usize> {
        self.tokens[self.at.saturating_sub(1)].span.clone()
    }

    /// Consumes the token and returns where it was; never goes past the end.
    fn advance(&mut self) -> Range<usize> {
        let span = self.peek().span.clone();
        if self.peek_symbol() != Symbol::End {
            self.at += 1;
        }
        span
    }

    fn accept(&mut self, symbol: Symbol) -> bool {
        let found = self.peek_symbol() == symbol;
        if found {
            self.at += 1;
        }
        found
    }

    /// The token in words, for messages.
    fn found(&self) -> String {
        match self.peek_symbol() {
            Symbol::End => "the end".to_owned(),
            _ => format!("`{}`", shorten(self.peek_text())),
        }
    }

    fn expected(&self, what: &str) -> ParseError {
        ParseError::new(
            self.peek().span.clone(),
            format!("expected {what}, found {}", self.found()),
        )
    }

    fn expect_end(&self) -> Result<(), ParseError> {
        match self.peek_symbol() {
            Symbol::End => Ok(()),
            Symbol::CloseParen => {
                Err(self.expected("an operator or the end").with_help("this `)` closes nothing"))
            }
            _ => Err(self.expected_operator("an operator or the end")),
        }
    }

    /// As [`Self::expected`], with advice on words that look like an operator.
    fn expected_operator(&self, what: &str) -> ParseError {
        let error = self.expected(what);
        let text = self.peek_text();
        match (self.peek_symbol(), nearest(text, KEYWORDS.iter().copied())) {
            (Symbol::Word, Some(keyword)) if !KEYWORDS.contains(&text) => {
                error.with_help(format!("did you mean `{keyword}`?"))
            }
            (Symbol::OpenParen, _) => error.with_help("write `*` to multiply"),
            _ => error,
        }
    }

    /// Insists on `)`; `opened` is where its partner stands.
    fn close_paren(&mut self, opened: &Range<usize>) -> Result<(), ParseError> {
        if self.accept(Symbol::CloseParen) {
            return Ok(());
        }
        let error = self.expected_operator("an operator or `)`");
        if error.help.is_some() {
            return Err(error);
        }
        let column = self.text[..opened.start].chars().count() + 1;
        Err(error.with_help(format!("the `(` at column {column} is still open")))
    }

    /// `node` as a formula.
    fn formula(&self, node: Node) -> Result<(Formula, Size), ParseError> {
        match node.value {
            Value::Formula(formula) => Ok((formula, node.size)),
            Value::Term(_) => {
                let written = shorten(&self.text[node.span.clone()]);
                Err(ParseError::new(node.span, "expected a condition, found a number")
                    .with_help(format!("compare it, as in `{written} > 0`")))
            }
        }
    }

    /// `node` as a term.
    #[expect(clippy::unused_self, reason = "the counterpart of `formula`")]
    fn term(&self, node: Node) -> Result<(Term, Size), ParseError> {
        match node.value {
            Value::Term(term) => Ok((term, node.size)),
            Value::Formula(_) => {
                Err(ParseError::new(node.span, "expected a number, found a condition"))
            }
        }
    }
}

fn check_size(size: Size, span: &Range<usize>) -> Result<(), ParseError> {
    if size.nesting > MAX_NESTING {
        return Err(too_nested(span));
    }
    if size.depth > MAX_DEPTH {
        let message = format!("the formula is more than {MAX_DEPTH} operators deep");
        return Err(ParseError::new(span.clone(), message)
            .with_help("split the chain in halves with parentheses, or into several goals"));
    }
    Ok(())
}

fn too_nested(span: &Range<usize>) -> ParseError {
    let message = format!("the formula is nested more than {MAX_NESTING} levels deep");
    ParseError::new(span.clone(), message).with_help("split it into several goals")
}

/// At most 40 characters of `text`, for messages.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((cut, _)) => format!("{}...", &text[..cut]),
        None => text.to_owned(),
    }
}
