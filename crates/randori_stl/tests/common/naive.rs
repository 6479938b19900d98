//! A slow evaluator that follows the definitions word for word.

use randori_stl::{
    ChainOp, Connective, Formula, Interval, Relation, Seconds, StepOp, Term, WindowOp,
};

/// The margin of `formula` at each of `length` samples one second apart;
/// `sample(at)` gives the values of signals `x0` and `x1`.
pub(crate) fn margins(formula: &Formula, samples: &[[f64; 2]]) -> Vec<f64> {
    let length = samples.len();
    let below: Vec<Vec<f64>> =
        formula.parts().into_iter().map(|part| margins(part, samples)).collect();
    let each = |margin: &dyn Fn(usize) -> f64| (0..length).map(margin).collect::<Vec<_>>();
    match formula {
        Formula::Atom(atom) => each(&|at| {
            let (left, right) = (value(&atom.left, samples[at]), value(&atom.right, samples[at]));
            match atom.relation {
                Relation::Less | Relation::LessEqual => right - left,
                Relation::Greater | Relation::GreaterEqual => left - right,
                Relation::Equal => -(left - right).abs(),
                Relation::NotEqual => (left - right).abs(),
            }
        }),
        Formula::Not(_) => each(&|at| -below[0][at]),
        Formula::All(_) => each(&|at| least(below.iter().map(|part| part[at]))),
        Formula::Any(_) => each(&|at| greatest(below.iter().map(|part| part[at]))),
        Formula::Connect(op, ..) => each(&|at| {
            let (left, right) = (below[0][at], below[1][at]);
            let distance = if left == right { 0.0 } else { (left - right).abs() };
            match op {
                Connective::Implies => greatest([-left, right].into_iter()),
                Connective::Iff => -distance,
                Connective::Xor => distance,
            }
        }),
        Formula::Window(op, interval, _) => each(&|at| {
            let within =
                (0..length).filter(|other| reaches(at, *other, op.is_past(), interval.as_ref()));
            let margins = within.map(|other| below[0][other]);
            match op {
                WindowOp::Always | WindowOp::Historically => least(margins),
                WindowOp::Eventually | WindowOp::Once => greatest(margins),
            }
        }),
        Formula::Chain(op, interval, ..) => {
            each(&|at| chain(*op, interval.as_ref(), at, &below[0], &below[1]))
        }
        Formula::Step(op, _) => each(&|at| step(*op, at, &below[0])),
    }
}

fn least(margins: impl Iterator<Item = f64>) -> f64 {
    margins.fold(f64::INFINITY, f64::min)
}

fn greatest(margins: impl Iterator<Item = f64>) -> f64 {
    margins.fold(f64::NEG_INFINITY, f64::max)
}

/// Whether sample `other` lies in the interval as seen from `at`, one second a sample.
fn reaches(at: usize, other: usize, is_past: bool, interval: Option<&Interval>) -> bool {
    let (near, far) = if is_past { (other, at) } else { (at, other) };
    let Some(distance) = far.checked_sub(near) else { return false };
    interval.is_none_or(|interval| {
        distance as f64 >= interval.begin.as_f64()
            && interval.end.is_none_or(|end| distance as f64 <= end.as_f64())
    })
}

fn chain(op: ChainOp, interval: Option<&Interval>, at: usize, left: &[f64], right: &[f64]) -> f64 {
    let is_past = op == ChainOp::Since;
    let releases = (0..left.len()).filter(|other| reaches(at, *other, is_past, interval));
    let margin = greatest(releases.map(|other| {
        let held = if is_past {
            least(left[other + 1..=at].iter().copied())
        } else {
            least(left[at..other].iter().copied())
        };
        right[other].min(held)
    }));
    if op != ChainOp::Unless {
        return margin;
    }
    let far = interval.and_then(|interval| interval.end).map_or(f64::INFINITY, Seconds::as_f64);
    margin.max(least(
        (at..left.len()).filter(|other| (other - at) as f64 <= far).map(|other| left[other]),
    ))
}

fn step(op: StepOp, at: usize, body: &[f64]) -> f64 {
    let before = at.checked_sub(1).map(|before| body[before]);
    match op {
        StepOp::Next => body.get(at + 1).copied().unwrap_or(f64::INFINITY),
        StepOp::StrongNext => body.get(at + 1).copied().unwrap_or(f64::NEG_INFINITY),
        StepOp::Prev => before.unwrap_or(f64::INFINITY),
        StepOp::StrongPrev => before.unwrap_or(f64::NEG_INFINITY),
        StepOp::Rise => before.map_or(body[at], |before| body[at].min(-before)),
        StepOp::Fall => before.map_or(-body[at], |before| before.min(-body[at])),
    }
}

fn value(term: &Term, sample: [f64; 2]) -> f64 {
    match term {
        Term::Number(number) => *number,
        Term::Signal(signal) => sample[usize::from(signal.name == "x1")],
        _ => panic!("random formulas for this evaluator compare signals with numbers"),
    }
}
