//! What can be wrong with a formula: its text, or its meaning for a trace.

use std::error::Error;
use std::fmt;
use std::ops::Range;

use crate::ast::SignalRef;
use crate::time::{Period, Seconds};

/// Why a text is not a formula, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong: lower case, names in backticks, no full stop.
    pub message: String,
    /// What to write instead, where there is good advice.
    pub help: Option<String>,
    /// The offending bytes of the text; empty at a place where text is missing.
    pub span: Range<usize>,
}

impl ParseError {
    pub(crate) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, span }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for ParseError {}

/// Why a well-formed formula cannot be evaluated on a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompileError {
    /// The trace has no such signal.
    UnknownSignal {
        /// The signal as written; its span says where.
        signal: SignalRef,
    },
    /// A bound of an interval falls between two samples.
    BetweenSamples {
        /// The bound as written.
        bound: Seconds,
        /// Time between two samples.
        period: Period,
        /// The nearest legal bound that is shorter.
        below: Seconds,
        /// The nearest legal bound that is longer.
        above: Seconds,
        /// The interval in the text.
        span: Range<usize>,
    },
    /// A bound is below zero, or the end comes before the start.
    BadInterval {
        /// Start as written.
        start: Seconds,
        /// End as written.
        end: Option<Seconds>,
        /// The interval in the text.
        span: Range<usize>,
    },
}

impl CompileError {
    /// The bytes of the text to underline.
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::UnknownSignal { signal } => signal.span.clone(),
            Self::BetweenSamples { span, .. } | Self::BadInterval { span, .. } => span.clone(),
        }
    }

    /// What to write instead, where this crate can know it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::UnknownSignal { .. } => None,
            Self::BetweenSamples { below, above, .. } => {
                Some(format!("the nearest bounds that can be checked are {below} s and {above} s"))
            }
            Self::BadInterval { .. } => {
                Some("write `[a, b]` with 0 <= a <= b, in seconds".to_owned())
            }
        }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownSignal { signal } => write!(f, "there is no signal `{signal}`"),
            Self::BetweenSamples { bound, period, .. } => {
                write!(f, "{bound} s is not a whole number of samples of {} s", period.as_seconds())
            }
            Self::BadInterval { start, end: Some(end), .. } => {
                write!(f, "the interval [{start}, {end}] is empty or reaches below zero")
            }
            Self::BadInterval { start, end: None, .. } => {
                write!(f, "the interval [{start}, inf] reaches below zero")
            }
        }
    }
}

impl Error for CompileError {}
