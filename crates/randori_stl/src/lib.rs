//! Signal temporal logic: from text to a formula to a signed margin.
//!
//! A formula such as `always (clearance(courier, walker) > 5 cm)` is read with
//! [`parse`], bound to signals and a sample period with [`Formula::compile`],
//! and evaluated over a whole [`Trace`] ([`Compiled::robustness`]) or sample by
//! sample ([`Monitor`], [`PastMonitor`]). [`explain`] names the comparison and
//! the sample that decided. The crate reads no clock, file or global state, and
//! equal inputs give equal bits.
//!
//! # Margin
//!
//! The result is the *robustness* of the formula (Donze and Maler 2010; Fainekos
//! and Pappas 2009): greater than 0 means satisfied, less than 0 violated. A
//! margin of exactly 0 counts as satisfied, whether the comparison is strict
//! or not, because both have the same margin.
//!
//! | formula | margin at sample `t` |
//! |---|---|
//! | `a < b`, `a <= b` | `b - a` |
//! | `a == b`, `a != b` | `-abs(a - b)`, `abs(a - b)` |
//! | `not f` | `-f` |
//! | `f and g`, `f or g`, `f -> g` | `min(f, g)`, `max(f, g)`, `max(-f, g)` |
//! | `f <-> g`, `f xor g` | `-abs(f - g)`, `abs(f - g)` |
//! | `always[a, b] f`, `eventually[a, b] f` | least, greatest `f` over `[t+a, t+b]` |
//! | `historically[a, b] f`, `once[a, b] f` | the same over `[t-b, t-a]` |
//! | `f until[a, b] g` | greatest over `u` in `[t+a, t+b]` of `min(g at u, least f over [t, u))` |
//! | `f since[a, b] g` | greatest over `u` in `[t-b, t-a]` of `min(g at u, least f over (u, t])` |
//! | `f unless[a, b] g` | `always[0, b] f or (f until[a, b] g)` |
//! | `rise(f)`, `fall(f)` | `min(-f at t-1, f)`, `min(f at t-1, -f)`; at the first sample `f`, `-f` |
//! | `next f`, `prev f` | `f` at `t+1`, `t-1`; beyond the trace `+inf`, and `-inf` for `s_next`, `s_prev` |
//!
//! Windows are clipped to the trace. The least of nothing is `+inf` and the
//! greatest of nothing is `-inf`, so `always` beyond the end is satisfied and
//! `eventually` beyond the end is violated. A comparison whose value is not a
//! number counts as the worst: `-inf`, or `+inf` under an odd number of
//! negations; the left side of `->` is negated, the operands of `<->`, `xor`,
//! `rise` and `fall` are not.
//!
//! # Example
//!
//! ```
//! use randori_stl::{Monitor, Period, SignalRef, parse};
//!
//! let goal = parse("always (tilt(pup) < 20 deg)")?;
//! let mut columns = |signal: &SignalRef| (signal.name == "tilt").then_some(0);
//! let compiled = goal.compile(Period::from_nanos(2_000_000), &mut columns)?;
//!
//! let mut monitor = Monitor::new(&compiled);
//! assert_eq!(monitor.observe(&[0.1]).decided(), None);
//! assert_eq!(monitor.observe(&[0.6]).decided(), Some(false));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Start reading at [`Formula`], then [`Compiled`].

mod ast;
mod bounds;
mod compile;
mod error;
mod explain;
mod fold;
mod lexer;
mod offline;
mod online;
mod parser;
mod print;
mod seconds;
mod term;
mod trace;
mod units;

pub mod dense;

pub use ast::{
    ArithmeticOp, Atom, ChainOp, Connective, Formula, Function, Interval, MAX_DEPTH, Relation,
    SignalRef, Span, StepOp, Term, WindowOp,
};
pub use bounds::Bounds;
pub use compile::{Compiled, Period};
pub use error::{CompileError, ParseError};
pub use explain::{Cause, Explanation, PathStep, explain};
pub use lexer::MAX_TEXT_BYTES;
pub use online::{Monitor, PastMonitor};
pub use parser::{parse, parse_term, written_units};
pub use seconds::Seconds;
pub use term::CompiledTerm;
pub use trace::Trace;
