//! Windows in brackets: `[0, 30]`, `[0:500 ms]`, `[2, inf]`.

use crate::ast::Interval;
use crate::error::ParseError;
use crate::lexer::Symbol;
use crate::parser::{Parser, operators::Infix};
use crate::time::Seconds;
use crate::units;

impl Parser<'_> {
    /// The window after `until` and its kin; other operators have none.
    pub(super) fn interval_after(&mut self, infix: Infix) -> Result<Interval, ParseError> {
        match infix {
            Infix::Pair(_) => self.interval(),
            _ => Ok(Interval::UNBOUNDED),
        }
    }

    /// A window in brackets, or without brackets the unbounded one.
    pub(super) fn interval(&mut self) -> Result<Interval, ParseError> {
        let opened = self.peek().span.clone();
        if !self.accept(Symbol::OpenBracket) {
            return Ok(Interval::UNBOUNDED);
        }
        let Some(start) = self.bound()? else {
            let error = ParseError::new(self.previous_span(), "a window cannot start at `inf`");
            return Err(error.with_help("leave the brackets out for all of the future"));
        };
        if !self.accept(Symbol::Comma) && !self.accept(Symbol::Colon) {
            return Err(self
                .expected("`,` and the end of the window")
                .with_help("a window has a start and an end: `[0, 2]`"));
        }
        let end = self.bound()?;
        if !self.accept(Symbol::CloseBracket) {
            return Err(self.expected("`]`").with_help("a window is `[start, end]`, in seconds"));
        }
        let span = opened.start..self.previous_span().end;
        match end {
            Some(end) if end < start => {
                let message = format!("the window ends at {end} s, before it starts at {start} s");
                let advice = format!(
                    "write `[{end}, {start}]`; a bound without a unit is in seconds, \
                     also when the other has a unit"
                );
                Err(ParseError::new(span, message).with_help(advice))
            }
            _ => Ok(Interval { start, end, span }),
        }
    }

    /// One bound; `None` is `inf`.
    fn bound(&mut self) -> Result<Option<Seconds>, ParseError> {
        match self.peek_symbol() {
            Symbol::Word if matches!(self.peek_text(), "inf" | "infinity" | "end") => {
                self.advance();
                Ok(None)
            }
            Symbol::Number => self.finite_bound().map(Some),
            Symbol::Minus => {
                let error =
                    ParseError::new(self.peek().span.clone(), "a window cannot start below zero");
                Err(error.with_help("to look back in time use `once`, `historically` or `since`"))
            }
            _ => Err(self
                .expected("a time")
                .with_help("bounds are plain numbers with an optional unit: `0.5`, `500 ms`")),
        }
    }

    fn finite_bound(&mut self) -> Result<Seconds, ParseError> {
        let literal = self.peek_text();
        let mut span = self.advance();
        let (mut factor, mut exponent) = (1, 0);
        if self.peek_symbol() == Symbol::Word {
            let name = self.peek_text();
            span.end = self.peek().span.end;
            match units::find(name).and_then(|unit| unit.time) {
                Some(time) => (factor, exponent) = time,
                None => return Err(self.not_a_time(name)),
            }
            self.advance();
        }
        Seconds::from_literal(literal, factor, exponent).ok_or_else(|| {
            ParseError::new(span, "the bound is too long; the limit is 1e9 s")
                .with_help("write `inf` for the rest of the run")
        })
    }

    fn not_a_time(&self, name: &str) -> ParseError {
        let times = || units::UNITS.iter().filter(|unit| unit.time.is_some());
        let meant = units::similar(name).filter(|meant| times().any(|unit| unit.name == *meant));
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "units of time are s, ms, us, ns and min".to_owned(),
        };
        ParseError::new(self.peek().span.clone(), format!("`{name}` is not a unit of time"))
            .with_help(help)
    }
}
