//! Margins of a trace that is still being measured.
//!
//! A [`Monitor`] answers for the first sample: after each new sample it says
//! which margins are still possible. Above the temporal operators nothing but
//! the first sample matters, so there intervals are combined ([`root`]). Below
//! them every sample matters, so there each operator is a stream that gives the
//! margin of a sample once it is known ([`streams`]), and a first guess of it,
//! as an interval, at once.
//!
//! The bounds are the interval semantics of Deshmukh et al. (2017) as long as no
//! temporal operator that looks ahead stands inside another. Inside one they
//! may lag behind it, by no more than the horizon of the inner operator, and
//! they still contain every margin that is possible.
//!
//! Start reading at [`Monitor::observe`].

mod queues;
mod root;
mod streams;

use std::sync::Arc;

use crate::bounds::Bounds;
use crate::compile::{Compiled, Program};
use crate::offline;
use crate::trace::Trace;
use root::Root;
use streams::Streams;

/// Watches one trace, sample by sample, for the margin at its first sample.
///
/// A copy goes on independently from where the original stands.
#[derive(Debug, Clone)]
pub struct Monitor {
    program: Arc<Program>,
    streams: Streams,
    root: Root,
    /// The samples so far; only for formulas whose inner operators look ahead without bound.
    stored: Option<Trace>,
    seen: usize,
    bounds: Bounds,
}

impl Monitor {
    /// A monitor that has seen nothing.
    pub fn new(formula: &Compiled) -> Self {
        let program = Arc::clone(&formula.program);
        let mut streams = Streams::new(&program);
        let top = program.nodes.len() - 1;
        let root = Root::new(&program, top, &mut streams);
        let stored = streams.is_unbounded().then(|| Trace::new(program.width));
        Self { program, streams, root, stored, seen: 0, bounds: Bounds::UNKNOWN }
    }

    /// Takes the next sample in and says what is possible for the margin at the first one.
    ///
    /// The bounds never widen. Once they are exact, further samples are only counted.
    ///
    /// # Panics
    ///
    /// When the sample has fewer signals than [`Compiled::width`].
    pub fn observe(&mut self, sample: &[f64]) -> Bounds {
        let now = self.seen;
        self.seen += 1;
        if self.bounds.is_exact() {
            return self.bounds;
        }
        if let Some(stored) = &mut self.stored {
            stored.push(&sample[..stored.width()]);
        }
        self.streams.take(&self.program, now, sample);
        self.root.advance(now, now, &self.streams);
        self.bounds = self.bounds.narrowed(self.root.bounds(now));
        self.bounds
    }

    /// What is possible for the margin at the first sample, given the samples so far.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// How many samples were taken in.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// The margin at the first sample if the trace ends here: that of
    /// [`Compiled::robustness`]. NaN if there was no sample.
    ///
    /// The monitor itself does not change, and may go on observing.
    pub fn finish(&self) -> f64 {
        if self.seen == 0 {
            return f64::NAN;
        }
        if self.bounds.is_exact() {
            return self.bounds.lower;
        }
        if let Some(stored) = &self.stored {
            let margins = offline::margins(&self.program, stored);
            return margins.last().and_then(|column| column.first()).copied().unwrap_or(f64::NAN);
        }
        let (mut streams, mut root) = (self.streams.clone(), self.root.clone());
        let last = self.seen - 1;
        let mut at = last;
        while let Some(next) = streams.next_event(at + 1, last) {
            at = next;
            streams.drain(&self.program, at, last);
            root.advance(at, last, &streams);
        }
        root.closed()
    }
}

/// Tells the margin of a past-only formula at each sample as it arrives.
#[derive(Debug, Clone)]
pub struct PastMonitor {
    program: Arc<Program>,
    streams: Streams,
    seen: usize,
}

impl PastMonitor {
    /// A monitor that has seen nothing; `None` when the formula looks ahead.
    pub fn new(formula: &Compiled) -> Option<Self> {
        if !formula.is_past_only() {
            return None;
        }
        let program = Arc::clone(&formula.program);
        let mut streams = Streams::new(&program);
        streams.need(&program, program.nodes.len() - 1);
        Some(Self { program, streams, seen: 0 })
    }

    /// Takes the next sample in and returns the margin at that sample.
    ///
    /// # Panics
    ///
    /// When the sample has fewer signals than [`Compiled::width`].
    pub fn observe(&mut self, sample: &[f64]) -> f64 {
        self.streams.take(&self.program, self.seen, sample);
        self.seen += 1;
        self.streams.known(self.program.nodes.len() - 1).unwrap_or(f64::NAN)
    }
}
