//! Operands of infix operators: numbers, signals, groups, prefixes.

use super::words::{Infix, Prefix, function_of, is_reserved, prefix_of, suggest_word};
use super::{Parser, Piece, Token, Value, refuse_depth};
use crate::ast::{Formula, Function, MAX_DEPTH, SignalRef, Span, StepOp, Term};
use crate::error::ParseError;
use crate::units::{find_time_unit, find_unit, list_units, suggest_unit};

impl Parser<'_> {
    /// Reads one operand with the prefix operators before it.
    pub(super) fn operand(&mut self) -> Result<Piece, ParseError> {
        if let Some(prefix) = prefix_of(self.peek()) {
            self.prefixes += 1;
            if self.prefixes > MAX_DEPTH {
                return Err(too_many("operators before an operand", self.span()));
            }
            let piece = self.prefixed(prefix);
            self.prefixes -= 1;
            return piece;
        }
        match self.peek() {
            Token::Number(_) => {
                let start = self.span().start;
                let number = self.number()?;
                Ok(self.closed(Value::Number(Term::Number(number)), start, 0))
            }
            Token::Name(name) if !is_reserved(name) => self.named(name),
            Token::Sign("(") => self.group(),
            _ => Err(self.missing_operand()),
        }
    }

    fn closed(&self, value: Value, start: usize, depth: usize) -> Piece {
        Piece { value, span: start..self.previous_end(), depth, open: None }
    }

    fn missing_operand(&self) -> ParseError {
        let error = self.expected("a signal, a number or `(`");
        match self.peek() {
            Token::Sign("[") => error
                .help("write an interval directly after a temporal operator: `always[0, 5] (...)`"),
            Token::Name(word) => {
                error.help(format!("`{word}` is an operator and cannot name a signal"))
            }
            _ => error,
        }
    }

    fn prefixed(&mut self, prefix: Prefix) -> Result<Piece, ParseError> {
        let start = self.span().start;
        let word = self.found();
        self.advance();
        if prefix == Prefix::Minus {
            return self.negated(start);
        }
        let interval = match prefix {
            Prefix::Window(_) => self.interval()?,
            _ => None,
        };
        if let Prefix::Step(step) = prefix {
            self.check_step(step, &word)?;
        }
        let level = if matches!(prefix, Prefix::Step(StepOp::Rise | StepOp::Fall)) {
            Infix::TIGHTEST
        } else {
            Infix::COMPARISON
        };
        let operand = self.expression(level)?;
        let depth = operand.depth + 1;
        let body = Box::new(self.formula(operand)?);
        let formula = match prefix {
            Prefix::Window(op) => Formula::Window(op, interval, body),
            Prefix::Step(op) => Formula::Step(op, body),
            Prefix::Not | Prefix::Minus => Formula::Not(body),
        };
        let piece = self.closed(Value::Condition(formula), start, depth);
        refuse_depth(depth, &piece.span)?;
        Ok(piece)
    }

    fn check_step(&self, step: StepOp, word: &str) -> Result<(), ParseError> {
        if self.peek() == Token::Sign("[") {
            let message = format!("{word} takes no interval: it looks at the neighbouring sample");
            return Err(ParseError::new(message, self.span()));
        }
        if matches!(step, StepOp::Rise | StepOp::Fall) && self.peek() != Token::Sign("(") {
            return Err(self.expected(&format!("`(` after {word}")).help("write `rise(x > 1)`"));
        }
        Ok(())
    }

    fn negated(&mut self, start: usize) -> Result<Piece, ParseError> {
        // A minus directly before digits is part of the number.
        if matches!(self.peek(), Token::Number(_)) {
            let number = -self.number()?;
            return Ok(self.closed(Value::Number(Term::Number(number)), start, 0));
        }
        let operand = self.expression(Infix::TIGHTEST)?;
        if matches!(operand.value, Value::Condition(_)) {
            let error =
                ParseError::new("`-` needs a number, but this is a condition", operand.span);
            return Err(error.help("write `not` to negate a condition"));
        }
        let depth = operand.depth + 1;
        let term = Term::Negate(Box::new(self.term(operand)?));
        let piece = self.closed(Value::Number(term), start, depth);
        refuse_depth(depth, &piece.span)?;
        Ok(piece)
    }

    /// Opens a parenthesis, which counts towards the nesting limit.
    fn open_bracket(&mut self) -> Result<Span, ParseError> {
        let span = self.span();
        self.brackets += 1;
        if self.brackets > MAX_DEPTH {
            return Err(too_many("parentheses inside each other", span));
        }
        self.advance();
        Ok(span)
    }

    fn close_bracket(&mut self, opened: &Span) -> Result<(), ParseError> {
        if self.accept(")") {
            self.brackets -= 1;
            return Ok(());
        }
        let column = self.text[..opened.start].chars().count() + 1;
        let error = self.expected("`)`");
        Err(match self.peek() {
            Token::Name(name) if suggest_word(name).is_some_and(|word| word != name) => {
                error.help(format!("did you mean `{}`?", suggest_word(name).unwrap_or_default()))
            }
            _ => error.help(format!("the parenthesis opened in column {column} is not closed")),
        })
    }

    fn group(&mut self) -> Result<Piece, ParseError> {
        let opened = self.open_bracket()?;
        let inner = self.expression(Infix::LOOSEST)?;
        self.close_bracket(&opened)?;
        Ok(self.closed(inner.value, opened.start, inner.depth))
    }

    /// Reads a number and the unit that may follow it; the result is in SI units.
    fn number(&mut self) -> Result<f64, ParseError> {
        let Token::Number(digits) = self.peek() else { return Err(self.expected("a number")) };
        let span = self.span();
        self.advance();
        let value: f64 =
            digits.parse().map_err(|_| ParseError::new("this is not a number", span.clone()))?;
        let value = value * self.unit()?;
        if value.is_finite() {
            Ok(value)
        } else {
            Err(ParseError::new("this number is too large", span))
        }
    }

    /// Reads an optional unit, and returns its size in SI units.
    fn unit(&mut self) -> Result<f64, ParseError> {
        let start = self.span();
        match self.peek() {
            Token::Sign("%") => {}
            Token::Name(name) if !is_reserved(name) => {}
            _ => return Ok(1.0),
        }
        self.advance();
        self.rest_of_unit();
        let span = start.start..self.previous_end();
        let written = &self.text[span.clone()];
        if let Some(unit) = find_unit(written) {
            self.units.push((span, unit.name));
            return Ok(unit.factor);
        }
        let error = ParseError::new(format!("unknown unit `{written}`"), span);
        let first = &self.text[start];
        Err(if let Some(name) = suggest_unit(written) {
            error.help(format!("did you mean `{name}`?"))
        } else if let Some(word) = suggest_word(first) {
            error.help(format!("did you mean `{word}`?"))
        } else if find_unit(first).is_some() {
            error.help("put spaces around `/` to divide by a signal")
        } else {
            error.help(format!("known units: {}; write `*` to multiply", list_units()))
        })
    }

    /// Adds `/s`, `/s2` or `/s^2` without a preceding space to the unit.
    fn rest_of_unit(&mut self) {
        let touches = |parser: &Self, ahead: usize| {
            let (before, next) = (parser.at + ahead - 1, parser.at + ahead);
            next < parser.lexemes.len()
                && parser.lexemes[before].span.end == parser.lexemes[next].span.start
        };
        let is_name = matches!(self.lexemes.get(self.at + 1), Some(next) if matches!(next.token, Token::Name(_)));
        if self.peek() != Token::Sign("/")
            || self.previous_end() != self.span().start
            || !is_name
            || !touches(self, 1)
        {
            return;
        }
        self.advance();
        self.advance();
        let is_power = matches!(self.lexemes.get(self.at + 1), Some(next) if matches!(next.token, Token::Number(_)));
        if self.peek() == Token::Sign("^") && is_power {
            self.advance();
            self.advance();
        }
    }

    /// Reads a signal or a call of a function.
    fn named(&mut self, name: &str) -> Result<Piece, ParseError> {
        let name_span = self.span();
        self.advance();
        if self.peek() != Token::Sign("(") {
            let signal =
                SignalRef { name: name.to_owned(), args: Vec::new(), span: name_span.clone() };
            return Ok(self.closed(Value::Number(Term::Signal(signal)), name_span.start, 0));
        }
        if let Some(function) = function_of(name) {
            return self.call(function, &name_span);
        }
        let opened = self.open_bracket()?;
        let args = self.signal_arguments(name, &name_span)?;
        self.close_bracket(&opened)?;
        let signal =
            SignalRef { name: name.to_owned(), args, span: name_span.start..self.previous_end() };
        Ok(self.closed(Value::Number(Term::Signal(signal)), name_span.start, 0))
    }

    fn signal_arguments(
        &mut self,
        name: &str,
        name_span: &Span,
    ) -> Result<Vec<String>, ParseError> {
        let mut args = Vec::new();
        while self.peek() != Token::Sign(")") || !args.is_empty() {
            let next = self.lexemes.get(self.at + 1).map(|lexeme| lexeme.token);
            match self.peek() {
                Token::Name(arg) if matches!(next, Some(Token::Sign("," | ")") | Token::End)) => {
                    args.push(arg.to_owned());
                }
                _ => return Err(self.not_an_argument(name, name_span)),
            }
            self.advance();
            if !self.accept(",") {
                break;
            }
        }
        Ok(args)
    }

    fn not_an_argument(&self, name: &str, name_span: &Span) -> ParseError {
        if let Some(word) = suggest_word(name) {
            return ParseError::new(format!("`{name}` is not an operator"), name_span.clone())
                .help(format!("did you mean `{word}`?"));
        }
        if find_time_unit(name).is_some() {
            return ParseError::new(
                format!("the unit `{name}` stands outside an interval"),
                name_span.clone(),
            )
            .help(format!("write it after the number: `[0, 500 {name}]`"));
        }
        let error = self.expected(&format!("the name of something that `{name}` measures"));
        error.help(format!(
            "`{name}` is read as a signal, whose arguments are names such as `courier.base`; the functions of numbers are abs, sqrt, min and max"
        ))
    }

    fn call(&mut self, function: Function, name_span: &Span) -> Result<Piece, ParseError> {
        let opened = self.open_bracket()?;
        let mut arguments = Vec::new();
        let mut depth = 0;
        loop {
            let argument = self.expression(Infix::LOOSEST)?;
            depth = depth.max(argument.depth + 1);
            if matches!(argument.value, Value::Condition(_)) {
                let message = format!("`{function}` needs numbers, but this is a condition");
                return Err(ParseError::new(message, argument.span));
            }
            arguments.push(self.term(argument)?);
            if !self.accept(",") {
                break;
            }
        }
        self.close_bracket(&opened)?;
        let span = name_span.start..self.previous_end();
        refuse_depth(depth, &span)?;
        self.check_arity(function, arguments.len(), span)?;
        Ok(self.closed(Value::Number(Term::Call(function, arguments)), name_span.start, depth))
    }

    fn check_arity(&self, function: Function, count: usize, span: Span) -> Result<(), ParseError> {
        let takes_many = matches!(function, Function::Min | Function::Max);
        if takes_many && (count >= 2 || self.is_metric) || !takes_many && count == 1 {
            return Ok(());
        }
        let wanted = if takes_many { "at least two arguments" } else { "one argument" };
        let error = ParseError::new(format!("`{function}` takes {wanted}, found {count}"), span);
        Err(if takes_many {
            error.help("to bound a signal over time use `always` or `eventually`")
        } else {
            error
        })
    }
}

fn too_many(what: &str, span: Span) -> ParseError {
    ParseError::new(format!("more than {MAX_DEPTH} {what}"), span)
        .help("split the formula into several")
}
