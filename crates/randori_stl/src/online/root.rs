//! The part of a formula that is evaluated at the first sample only.
//!
//! A window at the first sample is a single fold, even an unbounded one, and its possible
//! results are an interval. Each fold runs three times: over the known margins, and over
//! the lower and the upper bounds of the margins of the newest sample.
//!
//! Start reading at [`Root::bounds`].

use crate::ast::Connective;
use crate::bounds::Bounds;
use crate::compile::{Extremum, Node, Program, Reach};
use crate::offline::connect;

use super::queues::Delay;
use super::streams::{Streams, combine, combine_all};

/// The state of one operator at the first sample.
#[derive(Debug, Clone)]
pub(super) enum Root {
    /// The margin of a stream at its first sample.
    Stream {
        index: usize,
        first: Option<f64>,
        guess: Bounds,
    },
    Not(Box<Root>),
    Junction(Extremum, Vec<Root>),
    Connect(Connective, Box<[Root; 2]>),
    Window {
        index: usize,
        lag: Option<usize>,
        folds: Folds<Quantified>,
    },
    Until {
        operands: [usize; 2],
        delays: Box<[Delay; 2]>,
        lag: Option<usize>,
        folds: Folds<Released>,
    },
}

impl Root {
    /// Builds the state for a node and requests its streams.
    pub(super) fn new(program: &Program, index: usize, streams: &mut Streams) -> Self {
        let mut below = |index: usize| Self::new(program, index, streams);
        match &program.nodes[index] {
            Node::Not(body) => Self::Not(Box::new(below(*body))),
            Node::Junction(extremum, parts) => {
                Self::Junction(*extremum, parts.iter().map(|part| below(*part)).collect())
            }
            Node::Connect(op, left, right) => {
                Self::Connect(*op, Box::new([below(*left), below(*right)]))
            }
            Node::Window { extremum, is_past: false, reach, body } => {
                let lag = streams.need(program, *body);
                Self::Window {
                    index: *body,
                    lag,
                    folds: Folds::new(*reach, Quantified::new(*extremum)),
                }
            }
            Node::Until { reach, left, right } => {
                let lags = [streams.need(program, *left), streams.need(program, *right)];
                let lag = lags[0].zip(lags[1]).map(|(left, right)| left.max(right));
                let delays = lags.map(|own| Delay::new(own.unwrap_or(0), lag.unwrap_or(0)));
                let folds = Folds::new(*reach, Released::new());
                Self::Until { operands: [*left, *right], delays: Box::new(delays), lag, folds }
            }
            Node::Atom(_) | Node::Window { .. } | Node::Since { .. } | Node::Step(..) => {
                streams.need(program, index);
                Self::Stream { index, first: None, guess: Bounds::UNKNOWN }
            }
        }
    }

    /// Takes the results of the streams in step `now` of a trace with the newest sample `last`.
    pub(super) fn advance(&mut self, now: usize, last: usize, streams: &Streams) {
        match self {
            Self::Stream { index, first, guess } => {
                if now == 0 {
                    *guess = streams.guess(*index);
                }
                *first = first.or(streams.known(*index));
            }
            Self::Not(body) => body.advance(now, last, streams),
            Self::Junction(_, parts) => {
                for part in parts {
                    part.advance(now, last, streams);
                }
            }
            Self::Connect(_, sides) => {
                for side in sides.iter_mut() {
                    side.advance(now, last, streams);
                }
            }
            Self::Window { index, lag, folds } => {
                if now == last && *lag != Some(0) {
                    folds.guess(now, &[streams.guess(*index)]);
                }
                if let Some(sample) = lag.and_then(|lag| now.checked_sub(lag)) {
                    streams
                        .known(*index)
                        .into_iter()
                        .for_each(|margin| folds.take(sample, [margin]));
                }
            }
            Self::Until { operands: [left, right], delays, lag, folds } => {
                if now == last && *lag != Some(0) {
                    folds.guess(now, &[streams.guess(*left), streams.guess(*right)]);
                }
                let [of_left, of_right] = &mut **delays;
                let left = of_left.pass(now, streams.known(*left));
                let right = of_right.pass(now, streams.known(*right));
                if let (Some(left), Some(right), Some(lag)) = (left, right, *lag) {
                    folds.take(now - lag, [left, right]);
                }
            }
        }
    }

    /// The bounds after sample `now`.
    pub(super) fn bounds(&self, now: usize) -> Bounds {
        match self {
            Self::Stream { first: Some(margin), .. } => Bounds::exactly(*margin),
            Self::Stream { guess, .. } => *guess,
            Self::Not(body) => body.bounds(now).negated(),
            Self::Junction(extremum, parts) => {
                combine_all(*extremum, parts.iter().map(|part| part.bounds(now)))
            }
            Self::Connect(op, sides) => combine(*op, sides[0].bounds(now), sides[1].bounds(now)),
            Self::Window { lag, folds, .. } => folds.bounds(now, *lag),
            Self::Until { lag, folds, .. } => folds.bounds(now, *lag),
        }
    }

    /// The margin of a trace after all streams are drained.
    pub(super) fn closed(&self) -> f64 {
        match self {
            Self::Stream { first, .. } => first.unwrap_or(f64::NAN),
            Self::Not(body) => -body.closed(),
            Self::Junction(extremum, parts) => parts
                .iter()
                .fold(extremum.of_nothing(), |so_far, part| extremum.of(so_far, part.closed())),
            Self::Connect(op, sides) => connect(*op, sides[0].closed(), sides[1].closed()),
            Self::Window { folds, .. } => folds.known.closed(),
            Self::Until { folds, .. } => folds.known.closed(),
        }
    }
}

/// A fold over the samples of one window, from its first sample on.
pub(super) trait WindowFold: Clone {
    /// The margins of the operands at one sample.
    type Margins;
    /// Takes the margins at the next sample; `counts` if it is in the interval.
    fn take(&mut self, margins: Self::Margins, counts: bool);
    /// The bounds if more samples may follow.
    fn open(&self) -> Bounds;
    /// The margin if no sample follows.
    fn closed(&self) -> f64;
    /// The margins at one bound.
    fn at(possible: &[Bounds], end: impl Fn(&Bounds) -> f64) -> Self::Margins;
}

/// The same fold over known margins, and over both bounds.
#[derive(Debug, Clone)]
pub(super) struct Folds<F> {
    reach: Reach,
    known: F,
    lowest: F,
    highest: F,
}

impl<F: WindowFold> Folds<F> {
    fn new(reach: Reach, fold: F) -> Self {
        Self { reach, known: fold.clone(), lowest: fold.clone(), highest: fold }
    }

    fn is_within(&self, sample: usize) -> bool {
        self.reach.end.is_none_or(|end| sample <= end)
    }

    fn take(&mut self, sample: usize, margins: F::Margins) {
        if self.is_within(sample) {
            self.known.take(margins, self.reach.contains(sample));
        }
    }

    fn guess(&mut self, sample: usize, possible: &[Bounds]) {
        if self.is_within(sample) {
            let counts = self.reach.contains(sample);
            self.lowest.take(F::at(possible, |bounds| bounds.lower), counts);
            self.highest.take(F::at(possible, |bounds| bounds.upper), counts);
        }
    }

    /// The bounds with known margins to `now - lag`, and bounded ones to `now`.
    fn bounds(&self, now: usize, lag: Option<usize>) -> Bounds {
        let is_past_end = |sample: usize| self.reach.end.is_some_and(|end| sample >= end);
        let known = match lag.and_then(|lag| now.checked_sub(lag)) {
            Some(sample) if is_past_end(sample) => return Bounds::exactly(self.known.closed()),
            _ => self.known.open(),
        };
        if lag == Some(0) {
            return known;
        }
        let guessed = if is_past_end(now) {
            Bounds { lower: self.lowest.closed(), upper: self.highest.closed() }
        } else {
            Bounds { lower: self.lowest.open().lower, upper: self.highest.open().upper }
        };
        known.narrowed(guessed)
    }
}

/// The fold of `always` and `eventually`.
#[derive(Debug, Clone)]
pub(super) struct Quantified {
    extremum: Extremum,
    total: f64,
}

impl Quantified {
    fn new(extremum: Extremum) -> Self {
        Self { extremum, total: extremum.of_nothing() }
    }
}

impl WindowFold for Quantified {
    type Margins = [f64; 1];

    fn take(&mut self, [margin]: [f64; 1], counts: bool) {
        if counts {
            self.total = self.extremum.of(self.total, margin);
        }
    }

    fn open(&self) -> Bounds {
        match self.extremum {
            Extremum::Least => Bounds { lower: f64::NEG_INFINITY, upper: self.total },
            Extremum::Greatest => Bounds { lower: self.total, upper: f64::INFINITY },
        }
    }

    fn closed(&self) -> f64 {
        self.total
    }

    fn at(possible: &[Bounds], end: impl Fn(&Bounds) -> f64) -> [f64; 1] {
        [end(&possible[0])]
    }
}

/// The fold of `until`.
#[derive(Debug, Clone)]
pub(super) struct Released {
    held: f64,
    margin: f64,
}

impl Released {
    fn new() -> Self {
        Self { held: f64::INFINITY, margin: f64::NEG_INFINITY }
    }
}

impl WindowFold for Released {
    type Margins = [f64; 2];

    fn take(&mut self, [left, right]: [f64; 2], counts: bool) {
        if counts {
            self.margin = Extremum::Greatest.of(self.margin, Extremum::Least.of(self.held, right));
        }
        self.held = Extremum::Least.of(self.held, left);
    }

    fn open(&self) -> Bounds {
        Bounds { lower: self.margin, upper: Extremum::Greatest.of(self.margin, self.held) }
    }

    fn closed(&self) -> f64 {
        self.margin
    }

    fn at(possible: &[Bounds], end: impl Fn(&Bounds) -> f64) -> [f64; 2] {
        [end(&possible[0]), end(&possible[1])]
    }
}
