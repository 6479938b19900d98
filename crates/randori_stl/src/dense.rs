//! Margins of logs with unevenly spaced samples.
//!
//! A signal is piecewise constant and continuous from the right: a value holds
//! from its breakpoint until the next one, and the last one forever. This is
//! a convention; tools with linear interpolation give other margins at crossings.
//! Unlike in discrete time, `until` requires its left side up to and including the time
//! of release (Donze and Maler 2010), and operators on a neighbouring sample are
//! undefined.
//!
//! Start reading at [`robustness`].

use std::iter::once;

use crate::ast::{ChainOp, Connective, Formula, Interval, SignalRef, WindowOp};
use crate::compile::{CompiledAtom, Extremum};
use crate::error::CompileError;
use crate::fold::{Fold, FromFirst, FromLast, SlidingFold, Stretch};
use crate::offline::connect;

/// A piecewise constant signal over time, in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct DenseSignal {
    pieces: Vec<(f64, f64)>,
}

impl DenseSignal {
    /// A signal with each value from its time on; `None` without breakpoints, or unless
    /// times are finite and strictly increasing.
    pub fn new(breakpoints: Vec<(f64, f64)>) -> Option<Self> {
        let is_ordered = breakpoints.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let is_finite = breakpoints.iter().all(|(time, _)| time.is_finite());
        (is_ordered && is_finite && !breakpoints.is_empty()).then_some(Self { pieces: breakpoints })
    }

    /// Times in seconds, strictly increasing, and the values that hold from then on.
    pub fn breakpoints(&self) -> &[(f64, f64)] {
        &self.pieces
    }

    /// The value at a time; before the first breakpoint that of the first.
    pub fn value_at(&self, time_s: f64) -> f64 {
        self.pieces[self.pieces.partition_point(|(time, _)| *time <= time_s).saturating_sub(1)].1
    }

    fn start(&self) -> f64 {
        self.pieces[0].0
    }

    fn map(&self, of: impl Fn(f64) -> f64) -> Self {
        merged(self.pieces.iter().map(|(time, value)| (*time, of(*value))).collect())
    }

    fn join(&self, other: &Self, of: impl Fn(f64, f64) -> f64) -> Self {
        let times = common_times(&[self, other]);
        merged(
            times
                .into_iter()
                .map(|time| (time, of(self.value_at(time), other.value_at(time))))
                .collect(),
        )
    }
}

/// Removes breakpoints without a change.
fn merged(mut pieces: Vec<(f64, f64)>) -> DenseSignal {
    pieces.dedup_by(|later, earlier| later.1 == earlier.1);
    DenseSignal { pieces }
}

/// All times of changes of the signals, from the first time at which all are given.
fn common_times(signals: &[&DenseSignal]) -> Vec<f64> {
    let start = signals.iter().map(|signal| signal.start()).fold(f64::NEG_INFINITY, f64::max);
    let changes = signals.iter().flat_map(|signal| &signal.pieces).map(|(time, _)| *time);
    sorted_from(start, changes.collect())
}

fn sorted_from(start: f64, mut times: Vec<f64>) -> Vec<f64> {
    times.retain(|time| *time > start && time.is_finite());
    times.sort_by(f64::total_cmp);
    times.dedup();
    once(start).chain(times).collect()
}

/// The margin of a formula over time. It is final up to the end of the log minus the
/// horizon of the formula.
///
/// `resolve` gives the index of a signal in `signals`. The result starts where
/// the last of the signals starts.
///
/// # Errors
///
/// When `resolve` does not know a signal or gives an index beyond `signals`,
/// when an interval ends before it begins, and for `next`, `prev`, `rise` and `fall`.
pub fn robustness(
    formula: &Formula,
    signals: &[DenseSignal],
    resolve: &mut dyn FnMut(&SignalRef) -> Option<usize>,
) -> Result<DenseSignal, CompileError> {
    let signals: Vec<&DenseSignal> = signals.iter().collect();
    if signals.is_empty() {
        return Err(CompileError::new("there is no signal to evaluate the formula on", 0..0));
    }
    let times = common_times(&signals);
    let rows = times
        .iter()
        .map(|time| signals.iter().map(|signal| signal.value_at(*time)).collect())
        .collect();
    Evaluator { times, rows, width: signals.len(), resolve }.margin(formula, true)
}

struct Evaluator<'a> {
    times: Vec<f64>,
    /// The values of all signals from each of the times on.
    rows: Vec<Vec<f64>>,
    width: usize,
    resolve: &'a mut dyn FnMut(&SignalRef) -> Option<usize>,
}

impl Evaluator<'_> {
    fn margin(
        &mut self,
        formula: &Formula,
        is_positive: bool,
    ) -> Result<DenseSignal, CompileError> {
        Ok(match formula {
            Formula::Atom(atom) => {
                let compiled = CompiledAtom::new(atom, is_positive, self.resolve)?;
                if compiled.width() > self.width {
                    let message =
                        format!("`{atom}` reads a signal beyond the {} given", self.width);
                    return Err(CompileError::new(message, atom.span.clone()));
                }
                let margins = self
                    .times
                    .iter()
                    .zip(&self.rows)
                    .map(|(time, row)| (*time, compiled.margin(row)));
                merged(margins.collect())
            }
            Formula::Not(body) => self.margin(body, !is_positive)?.map(|margin| -margin),
            Formula::All(parts) => self.junction(Extremum::Least, parts, is_positive)?,
            Formula::Any(parts) => self.junction(Extremum::Greatest, parts, is_positive)?,
            Formula::Connect(op, left, right) => {
                let left = self.margin(left, is_positive != (*op == Connective::Implies))?;
                left.join(&self.margin(right, is_positive)?, |a, b| connect(*op, a, b))
            }
            Formula::Window(op, interval, body) => {
                let window = Window::new(interval.as_ref(), op.is_past())?;
                let extremum = match op {
                    WindowOp::Always | WindowOp::Historically => Extremum::Least,
                    WindowOp::Eventually | WindowOp::Once => Extremum::Greatest,
                };
                quantified(extremum, window, &self.margin(body, is_positive)?)
            }
            Formula::Chain(op, interval, left, right) => {
                let window = Window::new(interval.as_ref(), *op == ChainOp::Since)?;
                let (left, right) =
                    (self.margin(left, is_positive)?, self.margin(right, is_positive)?);
                chain(*op, window, &left, &right)
            }
            Formula::Step(op, body) => {
                let message = format!("`{op}` has no meaning without evenly spaced samples");
                return Err(CompileError::new(message, body.span()));
            }
        })
    }

    fn junction(
        &mut self,
        extremum: Extremum,
        parts: &[Formula],
        is_positive: bool,
    ) -> Result<DenseSignal, CompileError> {
        let start = self.times[0];
        let mut total = DenseSignal { pieces: vec![(start, extremum.of_nothing())] };
        for part in parts {
            total = total.join(&self.margin(part, is_positive)?, |a, b| extremum.of(a, b));
        }
        Ok(total)
    }
}

/// An interval in seconds, from the current time in one direction.
#[derive(Debug, Clone, Copy)]
struct Window {
    begin_s: f64,
    /// Infinite if unbounded.
    end_s: f64,
    is_past: bool,
}

impl Window {
    fn new(interval: Option<&Interval>, is_past: bool) -> Result<Self, CompileError> {
        let Some(interval) = interval else {
            return Ok(Self { begin_s: 0.0, end_s: f64::INFINITY, is_past });
        };
        let (begin_s, end_s) =
            (interval.begin.as_f64(), interval.end.map_or(f64::INFINITY, crate::Seconds::as_f64));
        if end_s < begin_s {
            let message =
                format!("the interval ends at {end_s} s, before it begins at {begin_s} s");
            return Err(CompileError::new(message, interval.span.clone()));
        }
        Ok(Self { begin_s, end_s, is_past })
    }

    /// First time at which the window contains a piece that begins at `time_s`.
    fn enters_at(self, time_s: f64) -> f64 {
        if self.is_past { time_s + self.begin_s } else { time_s - self.end_s }
    }

    /// Time from which the window no longer contains a piece that ends at `time_s`.
    fn leaves_at(self, time_s: f64) -> f64 {
        if self.is_past { time_s + self.end_s } else { time_s - self.begin_s }
    }

    fn up_to_begin(self) -> Self {
        Self { begin_s: 0.0, end_s: self.begin_s, ..self }
    }
}

/// The folds of the pieces in a moving window, as (time, fold) from each change on.
fn slide<F: Fold>(fold: F, window: Window, pieces: &[(f64, F::Item)]) -> Vec<(f64, F::Item)> {
    let ends = pieces.iter().skip(1).map(|(time, _)| *time).chain(once(f64::INFINITY));
    let leaving: Vec<f64> = ends.map(|end| window.leaves_at(end)).collect();
    let entering: Vec<f64> = pieces.iter().map(|(time, _)| window.enters_at(*time)).collect();
    let changes = entering.iter().chain(&leaving).copied().collect();
    let mut queue = SlidingFold::new(fold);
    let (mut entered, mut left) = (0, 0);
    let at = |time: f64| {
        while entered < pieces.len() && entering[entered] <= time {
            queue.push(pieces[entered].1);
            entered += 1;
        }
        while left < entered && leaving[left] <= time {
            queue.pop_oldest();
            left += 1;
        }
        queue.total()
    };
    let times = sorted_from(pieces[0].0, changes);
    times.iter().copied().zip(times.iter().copied().map(at)).collect()
}

fn quantified(extremum: Extremum, window: Window, body: &DenseSignal) -> DenseSignal {
    merged(slide(extremum, window, &body.pieces))
}

fn chain(op: ChainOp, window: Window, left: &DenseSignal, right: &DenseSignal) -> DenseSignal {
    let stretch = |time: f64| {
        let (held, released) = (left.value_at(time), right.value_at(time));
        (time, Stretch { held, margin: Extremum::Least.of(held, released) })
    };
    let pieces: Vec<_> = common_times(&[left, right]).into_iter().map(stretch).collect();
    let slid = if window.is_past {
        slide(FromLast, window, &pieces)
    } else {
        slide(FromFirst, window, &pieces)
    };
    let released = merged(slid.into_iter().map(|(time, stretch)| (time, stretch.margin)).collect());
    // Up to the near end of the interval the left side must hold.
    let held = quantified(Extremum::Least, window.up_to_begin(), left);
    let margin = held.join(&released, |a, b| Extremum::Least.of(a, b));
    if op != ChainOp::Unless {
        return margin;
    }
    let always = quantified(Extremum::Least, Window { begin_s: 0.0, ..window }, left);
    always.join(&margin, |a, b| Extremum::Greatest.of(a, b))
}
