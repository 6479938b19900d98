//! Finds the comparison and the sample that decided a margin.
//!
//! The margin is composed of minima and maxima, so it equals the margin of one
//! comparison at one sample, up to its sign. Following the equal values leads to it.
//!
//! Start reading at [`explain`].

use crate::ast::{Connective, Span, StepOp};
use crate::compile::{Compiled, Extremum, Node, Program, Reach};
use crate::offline::margins;
use crate::trace::Trace;

/// Explanation of the margin at the first sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The deciding part of the formula, as printed.
    pub atom: String,
    /// Range of the deciding part in the parsed text; `0..0` for a tree that was not parsed.
    pub span: Span,
    /// The deciding sample.
    pub sample: usize,
    /// The margin of the whole formula at the first sample; NaN for an empty trace.
    pub value: f64,
    /// Kind of the deciding part.
    pub cause: Cause,
    /// Path from the whole formula to the deciding part.
    pub path: Vec<PathStep>,
}

/// Kind of a deciding part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A comparison, whose margin at that sample equals the whole margin up to its sign.
    Comparison,
    /// `<->` or `xor`: the distance between two margins, neither of which decided alone.
    Distance,
    /// An operator without a sample in its window, because the trace is too short.
    NoSample,
}

/// One part of the formula on the path to the deciding one.
#[derive(Debug, Clone, PartialEq)]
pub struct PathStep {
    /// The part, as printed.
    pub text: String,
    /// The sample of its evaluation.
    pub sample: usize,
    /// Its margin at that sample.
    pub value: f64,
}

/// Finds the deciding part of the margin at the first sample of a complete trace.
///
/// Among equal candidates it takes the first part and the earliest sample (the latest, for
/// past operators).
///
/// # Panics
///
/// If the trace has fewer signals than [`Compiled::width`].
pub fn explain(compiled: &Compiled, trace: &Trace) -> Explanation {
    let program = &*compiled.program;
    let columns = margins(program, trace);
    let top = program.nodes.len() - 1;
    let mut place = Place { node: top, sample: 0 };
    let mut path: Vec<PathStep> = Vec::new();
    let cause = if trace.is_empty() {
        Cause::NoSample
    } else {
        loop {
            let step = path_step(program, &columns, place);
            // `unless` has several nodes with the same text.
            if path.last() != Some(&step) {
                path.push(step);
            }
            match descend(&program.nodes[place.node], place.sample, &columns, place.node) {
                Ok(next) => place = next,
                Err(cause) => break cause,
            }
        }
    };
    let origin = &program.origins[place.node];
    let value = columns[top].first().copied().unwrap_or(f64::NAN);
    Explanation {
        atom: origin.text.clone(),
        span: origin.span.clone(),
        sample: place.sample,
        value,
        cause,
        path,
    }
}

/// A node at a sample.
#[derive(Debug, Clone, Copy)]
struct Place {
    node: usize,
    sample: usize,
}

fn path_step(program: &Program, columns: &[Vec<f64>], place: Place) -> PathStep {
    let text = program.origins[place.node].text.clone();
    PathStep { text, sample: place.sample, value: columns[place.node][place.sample] }
}

/// The operand and sample of the node's margin, or the reason why there is none.
fn descend(node: &Node, sample: usize, columns: &[Vec<f64>], index: usize) -> Result<Place, Cause> {
    let value = columns[index][sample];
    let now = |node: usize| Place { node, sample };
    match node {
        Node::Atom(_) => Err(Cause::Comparison),
        Node::Not(body) => Ok(now(*body)),
        Node::Junction(_, parts) => parts
            .iter()
            .find(|part| columns[**part][sample] == value)
            .map(|part| now(*part))
            .ok_or(Cause::NoSample),
        Node::Connect(Connective::Implies, left, right) => {
            Ok(now(if -columns[*left][sample] == value { *left } else { *right }))
        }
        Node::Connect(..) => Err(Cause::Distance),
        Node::Window { is_past, reach, body, .. } => {
            let column = &columns[*body];
            let found = samples_within(*is_past, *reach, sample, column.len())
                .find(|at| column[*at] == value);
            found.map(|at| Place { node: *body, sample: at }).ok_or(Cause::NoSample)
        }
        Node::Until { reach, left, right } => {
            descend_chain(false, *reach, sample, [*left, *right], columns, value)
        }
        Node::Since { reach, left, right } => {
            descend_chain(true, *reach, sample, [*left, *right], columns, value)
        }
        Node::Step(op, body) => descend_step(*op, *body, sample, &columns[*body], value),
    }
}

/// The samples of a window in the trace, from near to far.
fn samples_within(
    is_past: bool,
    reach: Reach,
    sample: usize,
    length: usize,
) -> Box<dyn Iterator<Item = usize>> {
    let near_and_far = (reach.begin, reach.end.unwrap_or(usize::MAX));
    if is_past {
        let (near, far) =
            (sample.checked_sub(near_and_far.0), sample.saturating_sub(near_and_far.1));
        match near {
            Some(near) => Box::new((far..=near).rev()),
            None => Box::new(std::iter::empty()),
        }
    } else {
        let far = sample.saturating_add(near_and_far.1).saturating_add(1).min(length);
        Box::new(sample.saturating_add(near_and_far.0)..far)
    }
}

/// The deciding release, or the sample with the smallest holding margin before it.
fn descend_chain(
    is_past: bool,
    reach: Reach,
    sample: usize,
    [left, right]: [usize; 2],
    columns: &[Vec<f64>],
    value: f64,
) -> Result<Place, Cause> {
    let mut held = f64::INFINITY;
    let mut weakest = sample;
    let from_now = Reach { begin: 0, ..reach };
    for at in samples_within(is_past, from_now, sample, columns[left].len()) {
        let released = columns[right][at];
        if reach.contains(at.abs_diff(sample)) && Extremum::Least.of(held, released) == value {
            let is_released = released == value;
            return Ok(if is_released {
                Place { node: right, sample: at }
            } else {
                Place { node: left, sample: weakest }
            });
        }
        if columns[left][at] < held {
            held = columns[left][at];
            weakest = at;
        }
    }
    Err(Cause::NoSample)
}

fn descend_step(
    op: StepOp,
    body: usize,
    sample: usize,
    column: &[f64],
    value: f64,
) -> Result<Place, Cause> {
    let place = |sample: usize| Place { node: body, sample };
    match op {
        StepOp::Next | StepOp::StrongNext if sample + 1 < column.len() => Ok(place(sample + 1)),
        StepOp::Next | StepOp::StrongNext => Err(Cause::NoSample),
        StepOp::Prev | StepOp::StrongPrev => {
            sample.checked_sub(1).map(place).ok_or(Cause::NoSample)
        }
        StepOp::Rise | StepOp::Fall => {
            let now = if op == StepOp::Rise { column[sample] } else { -column[sample] };
            Ok(place(if now == value { sample } else { sample.saturating_sub(1) }))
        }
    }
}
