//! The memory of single operators: queues of past samples.
//!
//! Every queue takes the margins of its operand in order and returns its own in
//! order. Its size is at most that of its window or of the trace.

use std::collections::VecDeque;

use crate::compile::{Extremum, Reach};
use crate::fold::{Fold, FromFirst, FromLast, SlidingFold, Stretch};

/// Delays margins, so that those of two operands arrive together.
#[derive(Debug, Clone)]
pub(super) struct Delay {
    /// Step in which the margin of sample 0 is returned.
    ready_at: usize,
    is_direct: bool,
    waiting: VecDeque<f64>,
}

impl Delay {
    /// From an operand that is `from` samples late to an operator that is `to` samples late.
    pub(super) fn new(from: usize, to: usize) -> Self {
        Self { ready_at: to, is_direct: from == to, waiting: VecDeque::new() }
    }

    pub(super) fn pass(&mut self, now: usize, margin: Option<f64>) -> Option<f64> {
        if self.is_direct {
            return margin;
        }
        self.waiting.extend(margin);
        if now >= self.ready_at { self.waiting.pop_front() } else { None }
    }
}

/// A sliding window that begins `begin` samples after the evaluated sample.
#[derive(Debug, Clone)]
struct Ahead<F: Fold> {
    queue: SlidingFold<F>,
    /// The sample of the oldest item of the queue.
    oldest: usize,
    begin: usize,
    taken: usize,
}

impl<F: Fold> Ahead<F> {
    fn new(fold: F, begin: usize) -> Self {
        Self { queue: SlidingFold::new(fold), oldest: begin, begin, taken: 0 }
    }

    fn take(&mut self, item: F::Item) {
        if self.taken >= self.begin {
            self.queue.push(item);
        }
        self.taken += 1;
    }

    /// The fold over the received part of the window of `sample`; for ascending samples only.
    fn total(&mut self, sample: usize) -> F::Item {
        while !self.queue.is_empty() && self.oldest < sample + self.begin {
            self.queue.pop_oldest();
            self.oldest += 1;
        }
        self.queue.total()
    }
}

/// `always[a, b]` or `eventually[a, b]`.
#[derive(Debug, Clone)]
pub(super) struct FutureWindow(Ahead<Extremum>);

impl FutureWindow {
    pub(super) fn new(extremum: Extremum, begin: usize) -> Self {
        Self(Ahead::new(extremum, begin))
    }

    pub(super) fn take(&mut self, margin: f64) {
        self.0.take(margin);
    }

    /// The margin at `sample`, after the whole window (or the whole trace) was received.
    pub(super) fn margin(&mut self, sample: usize) -> f64 {
        self.0.total(sample)
    }
}

/// `until[a, b]`.
#[derive(Debug, Clone)]
pub(super) struct Until {
    released: Ahead<FromFirst>,
    /// Margins of the left side over `[t, t + a)`, and those not yet reached by it.
    held: Ahead<Extremum>,
    later: VecDeque<f64>,
    begin: usize,
}

impl Until {
    pub(super) fn new(begin: usize) -> Self {
        let held = Ahead::new(Extremum::Least, 0);
        Self { released: Ahead::new(FromFirst, begin), held, later: VecDeque::new(), begin }
    }

    pub(super) fn take(&mut self, left: f64, right: f64) {
        self.released.take(Stretch::sample(left, right));
        if self.begin > 0 {
            self.later.push_back(left);
        }
    }

    /// The margin at `sample`, after the whole window (or the whole trace) was received.
    pub(super) fn margin(&mut self, sample: usize) -> f64 {
        let released = self.released.total(sample).margin;
        while self.held.taken < sample + self.begin
            && let Some(left) = self.later.pop_front()
        {
            self.held.take(left);
        }
        Extremum::Least.of(self.held.total(sample), released)
    }
}

/// A sliding window that ends `begin` samples before the current one.
#[derive(Debug, Clone)]
enum Behind<F: Fold> {
    /// The last so many samples.
    Last(usize, SlidingFold<F>),
    /// All samples so far.
    All(F, F::Item),
}

impl<F: Fold> Behind<F> {
    fn new(fold: F, reach: Reach) -> Self {
        match reach.end {
            Some(end) => Self::Last(end - reach.begin + 1, SlidingFold::new(fold)),
            None => Self::All(fold, fold.empty()),
        }
    }

    fn take(&mut self, item: F::Item) {
        match self {
            Self::Last(limit, queue) => {
                queue.push(item);
                if queue.len() > *limit {
                    queue.pop_oldest();
                }
            }
            Self::All(fold, total) => *total = fold.join(*total, item),
        }
    }

    fn total(&self) -> F::Item {
        match self {
            Self::Last(_, queue) => queue.total(),
            Self::All(_, total) => *total,
        }
    }
}

/// `historically[a, b]` or `once[a, b]`.
#[derive(Debug, Clone)]
pub(super) struct PastWindow {
    window: Behind<Extremum>,
    entering: VecDeque<f64>,
    begin: usize,
}

impl PastWindow {
    pub(super) fn new(extremum: Extremum, reach: Reach) -> Self {
        Self { window: Behind::new(extremum, reach), entering: VecDeque::new(), begin: reach.begin }
    }

    /// Takes the margin of the operand at the next sample; returns that of the operator.
    pub(super) fn pass(&mut self, margin: f64) -> f64 {
        if self.begin == 0 {
            self.window.take(margin);
            return self.window.total();
        }
        self.entering.push_back(margin);
        if self.entering.len() > self.begin
            && let Some(entered) = self.entering.pop_front()
        {
            self.window.take(entered);
        }
        self.window.total()
    }
}

/// `since[a, b]`.
#[derive(Debug, Clone)]
pub(super) struct Since {
    released: Behind<FromLast>,
    entering: VecDeque<Stretch>,
    /// Margins of the left side over `(t - a, t]`.
    held: Behind<Extremum>,
    begin: usize,
}

impl Since {
    pub(super) fn new(reach: Reach) -> Self {
        let held = Reach { begin: 0, end: Some(reach.begin.saturating_sub(1)) };
        Self {
            released: Behind::new(FromLast, reach),
            entering: VecDeque::new(),
            held: Behind::new(Extremum::Least, held),
            begin: reach.begin,
        }
    }

    /// Takes the margins of the operands at the next sample; returns that of the operator.
    pub(super) fn pass(&mut self, left: f64, right: f64) -> f64 {
        let sample = Stretch::sample(left, right);
        if self.begin == 0 {
            self.released.take(sample);
            return self.released.total().margin;
        }
        self.held.take(left);
        self.entering.push_back(sample);
        if self.entering.len() > self.begin
            && let Some(entered) = self.entering.pop_front()
        {
            self.released.take(entered);
        }
        Extremum::Least.of(self.held.total(), self.released.total().margin)
    }
}
