//! Signal temporal logic: from text to a formula to a signed margin.
//!
//! A goal such as `always (tilt(courier) < 20 deg)` is read by [`parse`], bound
//! to the columns of a trace by [`Formula::compile`], and judged.

mod ast;
mod error;
mod lexer;
mod parser;
mod print;
mod time;
mod units;

pub use ast::{
    Arithmetic, Comparison, Connective, Formula, Interval, Neighbour, PairOp, Quantifier,
    SignalRef, Term,
};
pub use error::{CompileError, ParseError};
pub use parser::{MAX_DEPTH, MAX_NESTING, MAX_TEXT_BYTES, parse, parse_term};
pub use time::{Period, Seconds};
