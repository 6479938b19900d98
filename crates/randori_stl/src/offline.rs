//! Margins of a complete trace, at every sample, in linear time.
//!
//! Each operator computes a column from those of its operands. Past operators are
//! future operators on the reversed columns.
//!
//! Start reading at [`Compiled::robustness`].

use crate::ast::{Connective, StepOp};
use crate::bounds::distance;
use crate::compile::{Compiled, Extremum, Node, Program, Reach};
use crate::fold::{FromFirst, SlidingFold, Stretch};
use crate::trace::Trace;

impl Compiled {
    /// The margin at every sample of a complete trace.
    ///
    /// # Panics
    ///
    /// When the trace has fewer signals than [`Compiled::width`].
    pub fn robustness(&self, trace: &Trace) -> Vec<f64> {
        margins(&self.program, trace).pop().unwrap_or_default()
    }
}

/// The margins of every node at every sample, in the order of the nodes.
pub(crate) fn margins(program: &Program, trace: &Trace) -> Vec<Vec<f64>> {
    assert!(trace.width() >= program.width, "the trace lacks signals that the formula reads");
    let mut columns: Vec<Vec<f64>> = Vec::with_capacity(program.nodes.len());
    for node in &program.nodes {
        let column = column(node, trace, &columns);
        columns.push(column);
    }
    columns
}

fn column(node: &Node, trace: &Trace, done: &[Vec<f64>]) -> Vec<f64> {
    match node {
        Node::Atom(atom) => (0..trace.len()).map(|at| atom.margin(trace.sample(at))).collect(),
        Node::Not(body) => done[*body].iter().map(|margin| -margin).collect(),
        Node::Junction(extremum, parts) => (0..trace.len())
            .map(|at| {
                parts.iter().fold(extremum.of_nothing(), |so_far, part| {
                    extremum.of(so_far, done[*part][at])
                })
            })
            .collect(),
        Node::Connect(op, left, right) => {
            pair(&done[*left], &done[*right], |a, b| connect(*op, a, b))
        }
        Node::Window { extremum, is_past: false, reach, body } => {
            window(*extremum, *reach, &done[*body])
        }
        Node::Window { extremum, is_past: true, reach, body } => {
            reversed(&window(*extremum, *reach, &reversed(&done[*body])))
        }
        Node::Until { reach, left, right } => until(*reach, &done[*left], &done[*right]),
        Node::Since { reach, left, right } => {
            reversed(&until(*reach, &reversed(&done[*left]), &reversed(&done[*right])))
        }
        Node::Step(op, body) => step(*op, &done[*body]),
    }
}

fn pair(left: &[f64], right: &[f64], join: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    left.iter().zip(right).map(|(a, b)| join(*a, *b)).collect()
}

/// The margin of a connective at one sample.
pub(crate) fn connect(op: Connective, left: f64, right: f64) -> f64 {
    match op {
        Connective::Implies => Extremum::Greatest.of(-left, right),
        Connective::Iff => -distance(left, right),
        Connective::Xor => distance(left, right),
    }
}

fn reversed(column: &[f64]) -> Vec<f64> {
    column.iter().rev().copied().collect()
}

/// The extremum over the part of `[t + begin, t + end]` in the trace.
fn window(extremum: Extremum, reach: Reach, body: &[f64]) -> Vec<f64> {
    let length = body.len();
    let Some(end) = reach.end else {
        let mut so_far = extremum.of_nothing();
        let mut folded = vec![so_far; length];
        for at in (0..length).rev() {
            so_far = extremum.of(so_far, body[at]);
            folded[at] = so_far;
        }
        return shifted(&folded, reach.begin, extremum.of_nothing());
    };
    let width = end - reach.begin + 1;
    // One copy of the loop per extremum, without a branch inside.
    match extremum {
        Extremum::Least => {
            bounded_window(reach.begin, width, body, f64::INFINITY, |a, b| Extremum::Least.of(a, b))
        }
        Extremum::Greatest => {
            bounded_window(reach.begin, width, body, f64::NEG_INFINITY, |a, b| {
                Extremum::Greatest.of(a, b)
            })
        }
    }
}

/// The extremum over `width` samples from `begin` on, with three comparisons a sample
/// (van Herk 1992; Gil and Werman 1993).
///
/// The column is divided into blocks of the width of the window. A window is then the
/// end of one block and the start of the next.
fn bounded_window(
    begin: usize,
    width: usize,
    body: &[f64],
    nothing: f64,
    of: impl Fn(f64, f64) -> f64,
) -> Vec<f64> {
    let mut margins = Vec::with_capacity(body.len());
    let mut block_ends = Vec::new();
    for block in body.get(begin..).unwrap_or_default().chunks(width) {
        block_ends.clear();
        block_ends.extend_from_slice(block);
        let mut block_end = nothing;
        for margin in block_ends.iter_mut().rev() {
            block_end = of(block_end, *margin);
            *margin = block_end;
        }
        let next_block = begin + margins.len() + block.len();
        let mut next_start = nothing;
        for (offset, block_end) in block_ends.iter().enumerate() {
            margins.push(of(*block_end, next_start));
            if let Some(margin) = body.get(next_block + offset) {
                next_start = of(next_start, *margin);
            }
        }
    }
    margins.resize(body.len(), nothing);
    margins
}

/// The column, shifted by `by` samples.
fn shifted(column: &[f64], by: usize, beyond: f64) -> Vec<f64> {
    let by = by.min(column.len());
    let mut moved = column[by..].to_vec();
    moved.resize(column.len(), beyond);
    moved
}

fn until(reach: Reach, left: &[f64], right: &[f64]) -> Vec<f64> {
    let length = left.len();
    let released = match reach.end {
        None => until_from_now(left, right),
        Some(end) => until_within(end - reach.begin, left, right),
    };
    if reach.begin == 0 {
        return released;
    }
    let held = window(Extremum::Least, Reach { begin: 0, end: Some(reach.begin - 1) }, left);
    debug_assert_eq!(held.len(), length);
    pair(&held, &shifted(&released, reach.begin, f64::NEG_INFINITY), |a, b| {
        Extremum::Least.of(a, b)
    })
}

/// `until` without interval, from the last sample backwards.
fn until_from_now(left: &[f64], right: &[f64]) -> Vec<f64> {
    let mut later = f64::NEG_INFINITY;
    let mut margins = vec![later; left.len()];
    for at in (0..left.len()).rev() {
        later = Extremum::Greatest.of(right[at], Extremum::Least.of(left[at], later));
        margins[at] = later;
    }
    margins
}

/// `until[0, end]`.
fn until_within(end: usize, left: &[f64], right: &[f64]) -> Vec<f64> {
    let length = left.len();
    let mut queue = SlidingFold::new(FromFirst);
    let mut next = 0;
    (0..length)
        .map(|at| {
            while next < length && next - at <= end {
                queue.push(Stretch::sample(left[next], right[next]));
                next += 1;
            }
            let margin = queue.total().margin;
            queue.pop_oldest();
            margin
        })
        .collect()
}

fn step(op: StepOp, body: &[f64]) -> Vec<f64> {
    let length = body.len();
    let before = |at: usize, first: f64| if at == 0 { first } else { body[at - 1] };
    let after = |at: usize, last: f64| body.get(at + 1).copied().unwrap_or(last);
    (0..length)
        .map(|at| match op {
            StepOp::Next => after(at, f64::INFINITY),
            StepOp::StrongNext => after(at, f64::NEG_INFINITY),
            StepOp::Prev | StepOp::StrongPrev | StepOp::Rise | StepOp::Fall => {
                step_back(op, before(at, before_first(op)), body[at])
            }
        })
        .collect()
}

/// The margin of an operator on the previous sample.
pub(crate) fn step_back(op: StepOp, before: f64, now: f64) -> f64 {
    match op {
        StepOp::Rise => Extremum::Least.of(-before, now),
        StepOp::Fall => Extremum::Least.of(before, -now),
        _ => before,
    }
}

/// The margin in place of the sample before the first one.
pub(crate) fn before_first(op: StepOp) -> f64 {
    match op {
        StepOp::StrongPrev | StepOp::Rise => f64::NEG_INFINITY,
        _ => f64::INFINITY,
    }
}
