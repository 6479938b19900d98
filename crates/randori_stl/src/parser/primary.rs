//! Operands: numbers with units, signals, functions, prefix operators.

use std::ops::Range;

use crate::ast::{Formula, Neighbour, Quantifier, SignalRef, Term};
use crate::error::ParseError;
use crate::lexer::Symbol;
use crate::parser::{KEYWORDS, Node, Parser, Size, Value, check_size, operators};
use crate::units::{self, nearest};

impl Node {
    fn leaf(value: Value, span: Range<usize>) -> Self {
        Self { value, span, size: Size { depth: 1, nesting: 0 }, open: None }
    }

    /// An operator over operands whose largest has size `operand`.
    fn over(operand: Size, value: Value, span: Range<usize>) -> Result<Self, ParseError> {
        let size = operand.above();
        check_size(size, &span)?;
        Ok(Self { value, span, size, open: None })
    }
}

impl Parser<'_> {
    /// One operand with everything that stands before it.
    pub(super) fn primary(&mut self) -> Result<Node, ParseError> {
        match self.peek_symbol() {
            Symbol::Number => {
                let start = self.peek().span.start;
                let value = self.number()?;
                Ok(Node::leaf(Value::Term(Term::Number(value)), start..self.previous_span().end))
            }
            Symbol::Minus => self.negation(),
            Symbol::OpenParen => self.parenthesised(),
            Symbol::Word => self.word(),
            Symbol::Dot if self.symbol_at(1) == Symbol::Number => {
                let help = "write a digit before the point: `0.5`";
                Err(self.expected("a condition or a number").with_help(help))
            }
            Symbol::Plus => Err(self
                .expected("a condition or a number")
                .with_help("a positive number has no sign")),
            _ => Err(self.expected("a condition or a number")),
        }
    }

    fn parenthesised(&mut self) -> Result<Node, ParseError> {
        let opened = self.advance();
        let inner = self.inside(&opened)?;
        self.close_paren(&opened)?;
        let span = opened.start..self.previous_span().end;
        Ok(Node { span, open: None, ..inner })
    }

    /// `-3` is a number; `-x` and `-(3)` are negations.
    fn negation(&mut self) -> Result<Node, ParseError> {
        let minus = self.advance();
        if self.peek_symbol() == Symbol::Number {
            let value = -self.number()?;
            return Ok(Node::leaf(
                Value::Term(Term::Number(value)),
                minus.start..self.previous_span().end,
            ));
        }
        self.descend()?;
        let inner = self.primary()?;
        self.recursion -= 1;
        let span = minus.start..inner.span.end;
        let (term, size) = self.term(inner)?;
        Node::over(size, Value::Term(Term::Negate(Box::new(term))), span)
    }

    /// A number and its unit, in SI.
    fn number(&mut self) -> Result<f64, ParseError> {
        let literal = self.peek_text();
        let span = self.advance();
        let value: f64 = literal.parse().unwrap_or(f64::INFINITY);
        let si = match self.unit()? {
            Some(unit) => unit.to_si(value),
            None => value,
        };
        if si.is_finite() {
            Ok(si)
        } else {
            Err(ParseError::new(span, format!("the number `{literal}` is too large")))
        }
    }

    /// The unit after a number. `m/s` is one unit only where it is written
    /// without spaces, so that `3 m / s` can divide by a signal.
    fn unit(&mut self) -> Result<Option<&'static units::Unit>, ParseError> {
        if self.peek_symbol() == Symbol::Percent {
            self.advance();
            return Ok(units::find("%"));
        }
        let word = self.peek_text();
        let is_operator = KEYWORDS.contains(&word) && word != "min";
        if self.peek_symbol() != Symbol::Word || is_operator {
            return Ok(None);
        }
        let first = self.peek().span.clone();
        if let Some(compound) = self.compound_unit() {
            let name = &self.text[compound.clone()];
            if let Some(unit) = units::find(name) {
                self.at += 3;
                return Ok(Some(unit));
            }
            let denominator = &name[first.len() + 1..];
            let looks_like_unit = denominator == "h" || units::find(denominator).is_some();
            if looks_like_unit || units::find(word).is_none() {
                return Err(unknown_unit(name, compound));
            }
        }
        match units::find(word) {
            Some(unit) => {
                self.advance();
                Ok(Some(unit))
            }
            None => Err(unknown_unit(word, first)),
        }
    }

    /// The place of `word/word`, where that is what comes next.
    fn compound_unit(&self) -> Option<Range<usize>> {
        let pieces = self.tokens.get(self.at..self.at + 3)?;
        let adjacent = pieces.windows(2).all(|pair| pair[0].span.end == pair[1].span.start);
        let fits = pieces[1].symbol == Symbol::Slash && pieces[2].symbol == Symbol::Word;
        (adjacent && fits).then(|| pieces[0].span.start..pieces[2].span.end)
    }

    fn word(&mut self) -> Result<Node, ParseError> {
        let word = self.peek_text();
        if let Some(op) = quantifier(word) {
            let start = self.advance().start;
            let interval = self.interval()?;
            return self.prefix(start, operators::TEMPORAL, |operand| Formula::Window {
                op,
                interval,
                operand,
            });
        }
        if let Some(op) = neighbour(word) {
            let start = self.advance().start;
            return self
                .prefix(start, operators::TEMPORAL, |operand| Formula::Neighbour { op, operand });
        }
        match word {
            "not" => {
                let start = self.advance().start;
                self.prefix(start, operators::NOT, Formula::Not)
            }
            "rise" => self.edge(Neighbour::Rise),
            "fall" => self.edge(Neighbour::Fall),
            "true" | "false" => {
                let span = self.advance();
                Ok(Node::leaf(Value::Formula(Formula::Constant(word == "true")), span))
            }
            "abs" | "sqrt" | "min" | "max" => self.function(word),
            _ if KEYWORDS.contains(&word) => {
                Err(self.expected("a condition or a number").with_help(format!(
                    "`{word}` stands between two conditions; no signal can have this name"
                )))
            }
            _ => self.signal(),
        }
    }

    /// The operand of a prefix operator that began at `start`.
    fn prefix(
        &mut self,
        start: usize,
        floor: u8,
        build: impl FnOnce(Box<Formula>) -> Formula,
    ) -> Result<Node, ParseError> {
        if self.peek_symbol() == Symbol::OpenBracket {
            let error = self.expected("a condition");
            return Err(error.with_help("this operator takes no window"));
        }
        let operand = self.expression(floor)?;
        let span = start..operand.span.end;
        let (formula, size) = self.formula(operand)?;
        Node::over(size, Value::Formula(build(Box::new(formula))), span)
    }

    /// `rise(p)` and `fall(p)`, whose parentheses are not optional.
    fn edge(&mut self, op: Neighbour) -> Result<Node, ParseError> {
        let name = self.peek_text();
        let start = self.advance().start;
        let opened = self.open_paren(name)?;
        let inner = self.inside(&opened)?;
        let (operand, size) = self.formula(inner)?;
        self.close_paren(&opened)?;
        let formula = Formula::Neighbour { op, operand: Box::new(operand) };
        let span = start..self.previous_span().end;
        Node::over(size, Value::Formula(formula), span)
    }

    fn open_paren(&mut self, name: &str) -> Result<Range<usize>, ParseError> {
        if self.peek_symbol() == Symbol::OpenParen {
            return Ok(self.advance());
        }
        Err(self.expected("`(`").with_help(format!("write `{name}(...)`")))
    }

    /// `abs`, `sqrt`, `min` and `max` of terms.
    fn function(&mut self, name: &str) -> Result<Node, ParseError> {
        let lone_allowed = std::mem::take(&mut self.lone_extremum_allowed) && self.at == 0;
        let start = self.advance().start;
        let opened = self.open_paren(name)?;
        let mut terms = Vec::new();
        let mut largest = Size::default();
        loop {
            let node = self.inside(&opened)?;
            let (term, size) = self.term(node)?;
            terms.push(term);
            largest = largest.max(size);
            if !self.accept(Symbol::Comma) {
                break;
            }
        }
        self.close_paren(&opened)?;
        let span = start..self.previous_span().end;
        let value = Value::Term(apply(name, terms, lone_allowed, &span)?);
        Node::over(largest, value, span)
    }

    /// `x`, `pup.height`, `distance(courier, goal)`.
    fn signal(&mut self) -> Result<Node, ParseError> {
        let word = self.peek_text();
        let start = self.peek().span.start;
        let name = self.path()?;
        let mut args = Vec::new();
        let similar = nearest(word, KEYWORDS.iter().copied().filter(|keyword| keyword.len() > 1));
        if self.peek_symbol() == Symbol::OpenBracket {
            let message = format!("`{word}` is not an operator that takes a window");
            let error = ParseError::new(start..start + word.len(), message);
            return Err(match similar {
                Some(keyword) => error.with_help(format!("did you mean `{keyword}`?")),
                None => error,
            });
        }
        let opened = self.peek().span.clone();
        if self.accept(Symbol::OpenParen) && !self.accept(Symbol::CloseParen) {
            loop {
                args.push(self.argument(&name, similar)?);
                if !self.accept(Symbol::Comma) {
                    break;
                }
            }
            if !matches!(self.peek_symbol(), Symbol::CloseParen | Symbol::End) {
                return Err(self.not_a_name(&name, similar));
            }
            self.close_paren(&opened)?;
        }
        let span = start..self.previous_span().end;
        Ok(Node::leaf(
            Value::Term(Term::Signal(SignalRef { name, args, span: span.clone() })),
            span,
        ))
    }

    fn argument(&mut self, name: &str, similar: Option<&str>) -> Result<String, ParseError> {
        if self.peek_symbol() == Symbol::Word {
            self.path()
        } else {
            Err(self.not_a_name(name, similar))
        }
    }

    fn not_a_name(&self, function: &str, similar: Option<&str>) -> ParseError {
        let error = self.expected(&format!("a name as argument of `{function}`"));
        match similar {
            Some(keyword) => error.with_help(format!("did you mean `{keyword}`?")),
            None => error.with_help(
                "signals take names such as `robot.link`; \
                 functions of numbers are abs, sqrt, min and max",
            ),
        }
    }

    /// Identifiers joined by points. Names of things may be keywords.
    fn path(&mut self) -> Result<String, ParseError> {
        let mut path = self.peek_text().to_owned();
        self.advance();
        while self.accept(Symbol::Dot) {
            if self.peek_symbol() != Symbol::Word {
                return Err(self.expected("a name after `.`"));
            }
            path.push('.');
            path.push_str(self.peek_text());
            self.advance();
        }
        Ok(path)
    }
}

/// The function `name` of `terms`, if it takes that many.
fn apply(
    name: &str,
    mut terms: Vec<Term>,
    lone_allowed: bool,
    span: &Range<usize>,
) -> Result<Term, ParseError> {
    let enough = terms.len() > 1 || lone_allowed;
    match (name, terms.len()) {
        ("min", _) if enough => Ok(Term::Min(terms)),
        ("max", _) if enough => Ok(Term::Max(terms)),
        ("abs", 1) => Ok(Term::Abs(Box::new(terms.remove(0)))),
        ("sqrt", 1) => Ok(Term::Sqrt(Box::new(terms.remove(0)))),
        ("min" | "max", _) => {
            let message = format!("`{name}` needs at least two arguments");
            Err(ParseError::new(span.clone(), message).with_help(
                "it compares values of one moment; `always` and `eventually` range over time",
            ))
        }
        (_, count) => {
            let message = format!("`{name}` takes one argument, not {count}");
            Err(ParseError::new(span.clone(), message))
        }
    }
}

fn unknown_unit(name: &str, span: Range<usize>) -> ParseError {
    let operators = ["and", "or", "implies", "until", "unless", "since", "iff", "xor"];
    let error = ParseError::new(span, format!("`{name}` is not a unit"));
    // Letters that stand where an operator may stand can be meant as one.
    if let Some(meant) = units::similar(name).or_else(|| nearest(name, operators.into_iter())) {
        return error.with_help(format!("did you mean `{meant}`?"));
    }
    let all: Vec<&str> = units::UNITS.iter().map(|unit| unit.name).collect();
    error.with_help(format!("units are {}", all.join(", ")))
}

fn quantifier(word: &str) -> Option<Quantifier> {
    Some(match word {
        "always" | "G" => Quantifier::Always,
        "eventually" | "F" => Quantifier::Eventually,
        "historically" | "H" => Quantifier::Historically,
        "once" | "O" => Quantifier::Once,
        _ => return None,
    })
}

fn neighbour(word: &str) -> Option<Neighbour> {
    Some(match word {
        "next" | "X" => Neighbour::Next,
        "prev" | "Y" => Neighbour::Prev,
        "s_next" => Neighbour::StrongNext,
        "s_prev" => Neighbour::StrongPrev,
        _ => return None,
    })
}
