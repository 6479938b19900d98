//! Estimates the memory for the history that goals keep.

use randori_stl::{ChainOp, Formula};

use super::SignalTable;

/// Bytes of a margin in a sliding window, with its running aggregate.
const PER_WINDOW_SAMPLE: f64 = 32.0;
/// Bytes of a value.
const PER_VALUE: f64 = 8.0;

/// Maximum memory of goals in a run of this number of ticks, bytes.
///
/// Signals of goals are kept for the explanation of verdicts. Operators keep the
/// margins in their windows; an unbounded future operator inside another keeps all. The
/// final margins of one goal at a time are computed over the whole run.
pub(super) fn bytes(table: &SignalTable, goals: &[Formula], ticks: f64, period_s: f64) -> f64 {
    let signals = goal_signals(table, goals) as f64;
    let mut kept = signals * ticks * PER_VALUE;
    let mut widest = 0.0_f64;
    for goal in goals {
        let nodes = nodes(goal) as f64;
        let window = (longest_s(goal) / period_s).min(ticks);
        kept += nodes * window * PER_WINDOW_SAMPLE;
        if looks_on_inside(goal, false) {
            kept += signals * ticks * PER_VALUE;
        }
        widest = widest.max(nodes * ticks * PER_VALUE);
    }
    kept + widest
}

/// The number of signals of goals, with which the table begins.
fn goal_signals(table: &SignalTable, goals: &[Formula]) -> usize {
    let signals = goals.iter().flat_map(Formula::signals);
    signals.filter_map(|signal| table.index(signal)).max().map_or(0, |last| last + 1)
}

fn nodes(formula: &Formula) -> usize {
    1 + formula.parts().into_iter().map(nodes).sum::<usize>()
}

/// The longest finite window, s.
fn longest_s(formula: &Formula) -> f64 {
    let own = match formula {
        Formula::Window(_, interval, _) | Formula::Chain(_, interval, ..) => interval.as_ref(),
        _ => None,
    };
    let own = own.map_or(0.0, |it| it.end.as_ref().unwrap_or(&it.begin).as_f64());
    formula.parts().into_iter().map(longest_s).fold(own, f64::max)
}

/// True if an unbounded future operator is inside another operator.
fn looks_on_inside(formula: &Formula, inside: bool) -> bool {
    let (is_temporal, is_endless) = match formula {
        Formula::Window(op, interval, _) => {
            let ends = interval.as_ref().is_some_and(|interval| interval.end.is_some());
            (true, !op.is_past() && !ends)
        }
        Formula::Chain(op, interval, ..) => {
            let ends = interval.as_ref().is_some_and(|interval| interval.end.is_some());
            (true, *op != ChainOp::Since && !ends)
        }
        Formula::Step(..) => (true, false),
        _ => (false, false),
    };
    let inside_parts = inside || is_temporal;
    (inside && is_endless)
        || formula.parts().into_iter().any(|part| looks_on_inside(part, inside_parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of(goal: &str) -> f64 {
        let goal = randori_stl::parse(goal).expect("a formula");
        let mut table = SignalTable::default();
        table.push("speed(a)".to_owned(), "m/s".to_owned());
        bytes(&table, &[goal], 1e6, 1e-3)
    }

    #[test]
    fn windows_and_endless_looks_ahead_are_counted() {
        let plain = bytes_of("always (speed(a) < 1)");
        assert_eq!(plain, 8e6 + 16e6);
        assert_eq!(bytes_of("always (once[0, 10] (speed(a) < 1))") - plain, 8e6 + 3.0 * 1e4 * 32.0);
        assert_eq!(bytes_of("always (eventually (speed(a) < 1))") - plain, 8e6 + 8e6);
        assert_eq!(bytes_of("always[0, 1000000000] (speed(a) < 1)") - plain, 2.0 * 1e6 * 32.0);
    }
}
