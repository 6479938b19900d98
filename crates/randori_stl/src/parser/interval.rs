//! Reads the interval of a temporal operator: `[0, 5]`, `[100 ms : 2 s]`, `[2, inf]`.

use super::{Parser, Token};
use crate::ast::Interval;
use crate::error::ParseError;
use crate::seconds::Seconds;
use crate::units::find_time_unit;

impl Parser<'_> {
    /// Reads an optional interval.
    pub(super) fn interval(&mut self) -> Result<Option<Interval>, ParseError> {
        let start = self.span().start;
        if !self.accept("[") {
            return Ok(None);
        }
        let (begin, begin_is_bare) = self.interval_bound()?;
        if !self.accept(",") && !self.accept(":") {
            return Err(self.expected("`,` between the two ends of the interval"));
        }
        let is_open = matches!(self.peek(), Token::Name("inf" | "infinity"));
        let end = if is_open {
            self.advance();
            None
        } else {
            let (end, end_is_bare) = self.interval_bound()?;
            if end < begin {
                return Err(reversed(
                    begin,
                    end,
                    begin_is_bare && !end_is_bare,
                    start..self.span().end,
                ));
            }
            Some(end)
        };
        if !self.accept("]") {
            return Err(self.expected("`]` at the end of the interval"));
        }
        Ok(Some(Interval { begin, end, span: start..self.previous_end() }))
    }

    /// Reads one end of an interval; also returns true if it had no unit.
    fn interval_bound(&mut self) -> Result<(Seconds, bool), ParseError> {
        let start = self.span().start;
        let number = match self.peek() {
            Token::Number(number) => number,
            Token::Sign("-") => {
                return Err(ParseError::new("an interval cannot be negative", self.span())
                    .help("to look back in time use `once`, `historically` or `since`"));
            }
            _ => return Err(self.expected("a number of seconds")),
        };
        self.advance();
        let too_fine = |parser: &Self| {
            ParseError::new(
                "this number has too many digits for an interval",
                start..parser.previous_end(),
            )
        };
        let bound = Seconds::parse(number).ok_or_else(|| too_fine(self))?;
        let Token::Name(name) = self.peek() else { return Ok((bound, true)) };
        let Some((factor, exponent)) = find_time_unit(name) else {
            let error = ParseError::new(format!("`{name}` is not a unit of time"), self.span());
            return Err(error.help("use s, ms, us, ns or min; without a unit it is seconds"));
        };
        self.advance();
        bound.scaled(factor, exponent).map(|bound| (bound, false)).ok_or_else(|| too_fine(self))
    }
}

fn reversed(
    begin: Seconds,
    end: Seconds,
    begin_lacks_unit: bool,
    span: std::ops::Range<usize>,
) -> ParseError {
    let message = format!("the interval ends at {end} s, before it begins at {begin} s");
    let help = if begin_lacks_unit {
        "a number without a unit is in seconds: give both ends a unit".to_owned()
    } else {
        format!("write `[{end}, {begin}]`")
    };
    ParseError::new(message, span).help(help)
}
