//! One stream of margins per operator, with minimum delay.
//!
//! An operator with a horizon of `h` samples returns the margin of sample `t` when sample
//! `t + h` arrives, so that every stream returns at most one margin per step. In
//! addition, it returns the bounds for the newest sample.
//!
//! Start reading at [`Streams::take`].

use crate::ast::{Connective, StepOp};
use crate::bounds::Bounds;
use crate::compile::{Extremum, Node, Program, Reach};
use crate::offline::{before_first, connect, step_back};

use super::queues::{Delay, FutureWindow, PastWindow, Since, Until};

/// The streams of a monitor, in the order of the nodes.
#[derive(Debug, Clone)]
pub(super) struct Streams {
    /// The state of each node; `None` for unused nodes.
    each: Vec<Option<Stream>>,
    /// The margin of each node in this step.
    known: Vec<Option<f64>>,
    /// The bounds of each node at the newest sample; empty if no stream is delayed.
    guesses: Vec<Bounds>,
}

#[derive(Debug, Clone)]
struct Stream {
    /// Delay of margins in samples; `None` for never.
    lag: Option<usize>,
    memory: Memory,
}

#[derive(Debug, Clone)]
enum Memory {
    /// No state: comparisons, `not`, and streams without margins.
    Nothing,
    Operands(Vec<Delay>),
    Future(FutureWindow),
    Past(PastWindow),
    Until([Delay; 2], Until),
    Since([Delay; 2], Since),
    Before(f64),
    /// True after the first margin of the operand, which `next` drops.
    First(bool),
}

impl Streams {
    pub(super) fn new(program: &Program) -> Self {
        let count = program.nodes.len();
        Self { each: vec![None; count], known: vec![None; count], guesses: Vec::new() }
    }

    /// Starts the stream of a node and of its operands; returns its delay.
    pub(super) fn need(&mut self, program: &Program, index: usize) -> Option<usize> {
        if let Some(stream) = &self.each[index] {
            return stream.lag;
        }
        let operands = operands(&program.nodes[index]);
        let lags: Vec<_> = operands.iter().map(|operand| self.need(program, *operand)).collect();
        let latest = lags.iter().try_fold(0, |latest: usize, lag| Some(latest.max((*lag)?)));
        let lag =
            latest.and_then(|latest| Some(latest.saturating_add(horizon(&program.nodes[index])?)));
        let memory = match (lag, latest) {
            (Some(_), Some(latest)) => {
                let delays =
                    lags.iter().map(|lag| Delay::new(lag.unwrap_or(latest), latest)).collect();
                memory_of(&program.nodes[index], delays)
            }
            _ => Memory::Nothing,
        };
        if lag != Some(0) && self.guesses.is_empty() {
            self.guesses = vec![Bounds::UNKNOWN; self.known.len()];
        }
        self.each[index] = Some(Stream { lag, memory });
        lag
    }

    /// True if some margin is unknown until the trace ends.
    pub(super) fn is_unbounded(&self) -> bool {
        self.each.iter().flatten().any(|stream| stream.lag.is_none())
    }

    /// Takes sample `now`.
    pub(super) fn take(&mut self, program: &Program, now: usize, sample: &[f64]) {
        for (index, node) in program.nodes.iter().enumerate() {
            let Some(stream) = &mut self.each[index] else { continue };
            self.known[index] = match node {
                Node::Atom(atom) => Some(atom.margin(sample)),
                _ => stream.advance(node, now, now, &self.known),
            };
            if !self.guesses.is_empty() {
                self.guesses[index] = match (stream.lag, self.known[index]) {
                    (Some(0), Some(margin)) => Bounds::exactly(margin),
                    _ => guess(node, &self.guesses),
                };
            }
        }
    }

    /// Advances to `now`, which is beyond the last sample of the trace.
    pub(super) fn drain(&mut self, program: &Program, now: usize, last: usize) {
        for (index, node) in program.nodes.iter().enumerate() {
            let Some(stream) = &mut self.each[index] else { continue };
            self.known[index] = match node {
                Node::Atom(_) => None,
                _ => stream.advance(node, now, last, &self.known),
            };
        }
    }

    /// The first step from `from` on in which some stream returns a margin.
    pub(super) fn next_event(&self, from: usize, last: usize) -> Option<usize> {
        let lags = self.each.iter().flatten().filter_map(|stream| stream.lag);
        lags.filter(|lag| lag.saturating_add(last) >= from).map(|lag| lag.max(from)).min()
    }

    /// The margin of a node in this step, which is that of sample `now - lag`.
    pub(super) fn known(&self, index: usize) -> Option<f64> {
        self.known[index]
    }

    /// The bounds of a node at the newest sample.
    pub(super) fn guess(&self, index: usize) -> Bounds {
        match self.guesses.get(index) {
            Some(guess) => *guess,
            None => self.known[index].map_or(Bounds::UNKNOWN, Bounds::exactly),
        }
    }
}

fn operands(node: &Node) -> Vec<usize> {
    match node {
        Node::Atom(_) => Vec::new(),
        Node::Not(body) | Node::Window { body, .. } | Node::Step(_, body) => vec![*body],
        Node::Junction(_, parts) => parts.clone(),
        Node::Connect(_, left, right)
        | Node::Until { left, right, .. }
        | Node::Since { left, right, .. } => {
            vec![*left, *right]
        }
    }
}

/// Horizon of the node itself; `None` if unbounded.
fn horizon(node: &Node) -> Option<usize> {
    match node {
        Node::Window { is_past: false, reach, .. } | Node::Until { reach, .. } => reach.end,
        Node::Step(StepOp::Next | StepOp::StrongNext, _) => Some(1),
        _ => Some(0),
    }
}

fn memory_of(node: &Node, delays: Vec<Delay>) -> Memory {
    match node {
        Node::Atom(_) | Node::Not(_) => Memory::Nothing,
        Node::Junction(..) | Node::Connect(..) => Memory::Operands(delays),
        Node::Window { extremum, is_past: false, reach, .. } => {
            Memory::Future(FutureWindow::new(*extremum, reach.begin))
        }
        Node::Window { extremum, is_past: true, reach, .. } => {
            Memory::Past(PastWindow::new(*extremum, *reach))
        }
        Node::Until { reach, .. } => Memory::Until(two(delays), Until::new(reach.begin)),
        Node::Since { reach, .. } => Memory::Since(two(delays), Since::new(*reach)),
        Node::Step(StepOp::Next | StepOp::StrongNext, _) => Memory::First(true),
        Node::Step(op, _) => Memory::Before(before_first(*op)),
    }
}

fn two(delays: Vec<Delay>) -> [Delay; 2] {
    delays.try_into().expect("an operator between two formulas has two operands")
}

impl Stream {
    /// The margin that becomes known in step `now` of a trace with the newest sample `last`.
    fn advance(
        &mut self,
        node: &Node,
        now: usize,
        last: usize,
        known: &[Option<f64>],
    ) -> Option<f64> {
        let lag = self.lag?;
        let due = now.checked_sub(lag).filter(|sample| *sample <= last);
        match (&mut self.memory, node) {
            (_, Node::Not(body)) => known[*body].map(|margin| -margin),
            (Memory::Operands(delays), Node::Junction(extremum, parts)) => {
                let mut total = Some(extremum.of_nothing());
                for (part, delay) in parts.iter().zip(delays) {
                    let margin = delay.pass(now, known[*part]);
                    total = total.zip(margin).map(|(total, margin)| extremum.of(total, margin));
                }
                total
            }
            (Memory::Operands(delays), Node::Connect(op, left, right)) => {
                let margins =
                    (delays[0].pass(now, known[*left]), delays[1].pass(now, known[*right]));
                margins.0.zip(margins.1).map(|(left, right)| connect(*op, left, right))
            }
            (Memory::Future(window), Node::Window { body, .. }) => {
                known[*body].into_iter().for_each(|margin| window.take(margin));
                due.map(|sample| window.margin(sample))
            }
            (Memory::Past(window), Node::Window { body, .. }) => {
                known[*body].map(|margin| window.pass(margin))
            }
            (Memory::Until(delays, until), Node::Until { left, right, .. }) => {
                if let Some((left, right)) = pass_both(delays, now, known[*left], known[*right]) {
                    until.take(left, right);
                }
                due.map(|sample| until.margin(sample))
            }
            (Memory::Since(delays, since), Node::Since { left, right, .. }) => {
                let margins = pass_both(delays, now, known[*left], known[*right]);
                margins.map(|(left, right)| since.pass(left, right))
            }
            (Memory::First(is_first), Node::Step(op, body)) => {
                let was_first = known[*body].is_some() && std::mem::take(is_first);
                let beyond = if *op == StepOp::Next { f64::INFINITY } else { f64::NEG_INFINITY };
                if was_first { None } else { due.map(|_| known[*body].unwrap_or(beyond)) }
            }
            (Memory::Before(before), Node::Step(op, body)) => {
                known[*body].map(|margin| step_back(*op, std::mem::replace(before, margin), margin))
            }
            _ => None,
        }
    }
}

fn pass_both(
    delays: &mut [Delay; 2],
    now: usize,
    left: Option<f64>,
    right: Option<f64>,
) -> Option<(f64, f64)> {
    let [first, second] = delays;
    first.pass(now, left).zip(second.pass(now, right))
}

/// The bounds at the newest sample, given those of the operands.
fn guess(node: &Node, guesses: &[Bounds]) -> Bounds {
    match node {
        Node::Not(body) => guesses[*body].negated(),
        Node::Junction(extremum, parts) => {
            combine_all(*extremum, parts.iter().map(|part| guesses[*part]))
        }
        Node::Connect(op, left, right) => combine(*op, guesses[*left], guesses[*right]),
        Node::Window { extremum, reach, body, .. } => {
            guess_window(*extremum, *reach, guesses[*body])
        }
        Node::Until { reach, left, right } | Node::Since { reach, left, right } => {
            guess_chain(*reach, guesses[*left], guesses[*right])
        }
        Node::Step(StepOp::Rise, body) => {
            Bounds { lower: f64::NEG_INFINITY, upper: guesses[*body].upper }
        }
        Node::Step(StepOp::Fall, body) => {
            Bounds { lower: f64::NEG_INFINITY, upper: -guesses[*body].lower }
        }
        Node::Atom(_) | Node::Step(..) => Bounds::UNKNOWN,
    }
}

/// The bounds of `and` or `or`.
pub(super) fn combine_all(extremum: Extremum, parts: impl Iterator<Item = Bounds>) -> Bounds {
    parts.fold(Bounds::exactly(extremum.of_nothing()), |so_far, part| so_far.joined(part, extremum))
}

/// The bounds of a connective.
pub(super) fn combine(op: Connective, left: Bounds, right: Bounds) -> Bounds {
    match op {
        Connective::Implies => left.negated().joined(right, Extremum::Greatest),
        Connective::Iff => left.distance(right).negated(),
        Connective::Xor => left.distance(right),
    }
}

/// The newest sample is one of those that count, or none of them is known.
fn guess_window(extremum: Extremum, reach: Reach, now: Bounds) -> Bounds {
    match (reach.begin, extremum) {
        (0, _) if reach.end == Some(0) => now,
        (0, Extremum::Least) => Bounds { lower: f64::NEG_INFINITY, upper: now.upper },
        (0, Extremum::Greatest) => Bounds { lower: now.lower, upper: f64::INFINITY },
        _ => Bounds::UNKNOWN,
    }
}

/// Either the right side holds now, or the left side has to.
fn guess_chain(reach: Reach, left: Bounds, right: Bounds) -> Bounds {
    match reach.begin {
        0 if reach.end == Some(0) => right,
        0 => Bounds { lower: right.lower, upper: Extremum::Greatest.of(right.upper, left.upper) },
        _ => Bounds { lower: f64::NEG_INFINITY, upper: left.upper },
    }
}
