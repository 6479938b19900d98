//! Margins of a growing trace.
//!
//! A [`Monitor`] bounds the margin at the first sample after each new sample. Above the
//! temporal operators only the first sample matters, so intervals are combined there
//! ([`root`]). Below them every sample matters, so each operator is a stream of the
//! margins of samples as they become known ([`streams`]), with immediate bounds for
//! the newest sample.
//!
//! The bounds are the interval semantics of Deshmukh et al. (2017) unless future
//! operators are nested. For nested operators they may lag behind it, by at most the
//! horizon of the inner operator, and still contain every possible margin.
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

/// Monitors the margin at the first sample of a trace, sample by sample.
///
/// A copy continues independently from the current sample.
#[derive(Debug, Clone)]
pub struct Monitor {
    program: Arc<Program>,
    streams: Streams,
    root: Root,
    /// The samples so far; only for formulas with unbounded inner future operators.
    stored: Option<Trace>,
    seen: usize,
    bounds: Bounds,
}

impl Monitor {
    /// A monitor without samples.
    pub fn new(formula: &Compiled) -> Self {
        let program = Arc::clone(&formula.program);
        let mut streams = Streams::new(&program);
        let top = program.nodes.len() - 1;
        let root = Root::new(&program, top, &mut streams);
        let stored = streams.is_unbounded().then(|| Trace::new(program.width));
        Self { program, streams, root, stored, seen: 0, bounds: Bounds::UNKNOWN }
    }

    /// Takes the next sample and returns the bounds of the margin at the first one.
    ///
    /// The bounds never widen. Once they are exact, further samples are only counted.
    ///
    /// # Panics
    ///
    /// If the sample has fewer signals than [`Compiled::width`].
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

    /// The bounds of the margin at the first sample, given the samples so far.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The number of samples so far.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// The margin at the first sample if the trace ends here: that of
    /// [`Compiled::robustness`]. NaN if there was no sample.
    ///
    /// The monitor is unchanged, and can continue.
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

/// Computes the margin of a past-only formula at each new sample.
#[derive(Debug, Clone)]
pub struct PastMonitor {
    program: Arc<Program>,
    streams: Streams,
    seen: usize,
}

impl PastMonitor {
    /// A monitor without samples; `None` for formulas with future operators.
    pub fn new(formula: &Compiled) -> Option<Self> {
        if !formula.is_past_only() {
            return None;
        }
        let program = Arc::clone(&formula.program);
        let mut streams = Streams::new(&program);
        streams.need(&program, program.nodes.len() - 1);
        Some(Self { program, streams, seen: 0 })
    }

    /// Takes the next sample and returns the margin at that sample.
    ///
    /// # Panics
    ///
    /// If the sample has fewer signals than [`Compiled::width`].
    pub fn observe(&mut self, sample: &[f64]) -> f64 {
        self.streams.take(&self.program, self.seen, sample);
        self.seen += 1;
        self.streams.known(self.program.nodes.len() - 1).unwrap_or(f64::NAN)
    }
}
