//! Relative margins, to compare margins of different units.
//!
//! A margin has the unit of the comparison that decided it, so 0.1 may be ten
//! centimetres or six degrees. Divided by the threshold of that comparison, or by a
//! typical size of its unit, margins of different goals are comparable.

use randori_core::report::GoalReport;
use randori_stl::{Atom, Formula, Term};

use crate::signals::find;

/// The margin of a goal divided by the scale of the comparison that decided it: 0.1
/// means that a tenth of the threshold was left. Infinite and unknown margins are
/// unchanged.
///
/// The scale is the magnitude of the constant in the comparison. If that is 0, or if
/// two signals are compared, it is 10 for N, N m, J and W, and 1 for all other units.
pub fn relative_margin(goal: &GoalReport) -> f64 {
    let decided_by = goal.reason.as_ref().map_or(&goal.formula, |reason| &reason.atom);
    goal.margin / scale(decided_by)
}

fn scale(comparison: &str) -> f64 {
    let Ok(formula) = randori_stl::parse(comparison) else { return 1.0 };
    let Some(atom) = first_atom(&formula) else { return 1.0 };
    let threshold = [&atom.left, &atom.right].into_iter().find_map(constant).map_or(0.0, f64::abs);
    if threshold > 0.0 && threshold.is_finite() {
        return threshold;
    }
    let signals = atom.left.signals().into_iter().chain(atom.right.signals());
    let unit = signals.filter_map(|signal| find(&signal.name)).map(|function| function.unit).next();
    match unit {
        Some("N" | "N m or N" | "J" | "W") => 10.0,
        _ => 1.0,
    }
}

fn first_atom(formula: &Formula) -> Option<&Atom> {
    match formula {
        Formula::Atom(atom) => Some(atom),
        _ => formula.parts().into_iter().find_map(first_atom),
    }
}

/// The value of a side of a comparison, if it is a constant.
fn constant(term: &Term) -> Option<f64> {
    match term {
        Term::Number(value) => Some(*value),
        Term::Negate(inner) => constant(inner).map(|value| -value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_the_threshold_or_a_usual_size_of_the_unit() {
        let scales = |texts: &[&str]| texts.iter().map(|text| scale(text)).collect::<Vec<_>>();

        let expected = [0.2, 0.2, 20.0_f64.to_radians(), 2.0];
        let with_threshold =
            ["distance(a, b) > 0.2 m", "20 cm < distance(a, b)", "tilt(a) < 20 deg", "-2 < x(a)"];
        assert_eq!(scales(&with_threshold), expected);
        assert_eq!(
            scales(&["contact_force(a) > 0", "x(a) < x(b)", "no formula ("]),
            [10.0, 1.0, 1.0]
        );
    }
}
