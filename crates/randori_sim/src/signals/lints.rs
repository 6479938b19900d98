//! Lints of formulas that are valid but probably wrong: comparisons that are constant,
//! mixed units, goals that evaluate only the start.
//!
//! Start reading at [`of_goal`].

use std::ops::Range;

use randori_core::diagnostic::DiagnosticCode;
use randori_stl::{
    ArithmeticOp, Atom, Connective, Formula, Function, Relation, SignalRef, Term, WindowOp,
};

use super::SignalTable;
use super::measure::FARTHEST_CLEARANCE_M;

/// A warning about a formula.
pub(super) struct Lint {
    pub(super) code: DiagnosticCode,
    /// Byte range in the formula's text.
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

/// A closed range of numbers.
type Reach = (f64, f64);

const ANYTHING: Reach = (f64::NEG_INFINITY, f64::INFINITY);

/// Context of lints.
pub(super) struct Linter<'a> {
    pub(super) table: &'a SignalTable,
    pub(super) text: &'a str,
    pub(super) duration_s: f64,
    /// Units of the numbers in the text, in order.
    pub(super) units: Vec<(Range<usize>, &'static str)>,
}

impl Linter<'_> {
    /// Lints of the formula of a goal.
    pub(super) fn of_goal(&self, goal: &Formula) -> Vec<Lint> {
        let mut found = Vec::new();
        each_atom(goal, &mut |atom| self.atom(atom, &mut found));
        let constant = found.iter().any(|lint| lint.code == DiagnosticCode::NEVER_CHANGES);
        let (low, high) = self.margin(goal);
        if !constant && (low >= 0.0 || high < 0.0) {
            let what = if low >= 0.0 { "fail" } else { "hold" };
            found.push(Lint {
                code: DiagnosticCode::NEVER_CHANGES,
                span: 0..self.text.len(),
                message: format!("this goal can never {what}"),
                help: "compare with a value that the signal can reach on either side".to_owned(),
            });
        }
        if goal.is_past_only() && !goal.signals().is_empty() {
            found.push(Lint {
                code: DiagnosticCode::JUDGED_AT_START,
                span: 0..self.text.len(),
                message: "this goal is judged at the start only".to_owned(),
                help: format!(
                    "write `always ({text})` or `eventually ({text})`",
                    text = randori_core::diagnostic::shortened(self.text, 60)
                ),
            });
        }
        found
    }

    /// Lints of the condition of an event.
    pub(super) fn of_trigger(&self, condition: &Formula) -> Vec<Lint> {
        let mut found = Vec::new();
        each_atom(condition, &mut |atom| self.units(atom, &mut found));
        if self.margin(condition).1 < 0.0 {
            found.push(Lint {
                code: DiagnosticCode::NEVER_CHANGES,
                span: 0..self.text.len(),
                message: "this event can never happen".to_owned(),
                help: "compare with a value that the signal can reach".to_owned(),
            });
        }
        found
    }

    fn atom(&self, atom: &Atom, found: &mut Vec<Lint>) {
        self.units(atom, found);
        let reads = !atom.left.signals().is_empty() || !atom.right.signals().is_empty();
        let (low, high) = self.margin_of_atom(atom);
        if reads && (low >= 0.0 || high < 0.0) {
            let (what, such) = if low >= 0.0 { ("always", "fail") } else { ("never", "hold") };
            found.push(Lint {
                code: DiagnosticCode::NEVER_CHANGES,
                span: atom.span.clone(),
                message: format!("this comparison {what} holds"),
                help: self
                    .range_help(atom)
                    .unwrap_or_else(|| format!("compare with a value for which it can {such}")),
            });
        }
    }

    /// Help with the range of the signal, if a comparison reads only one.
    fn range_help(&self, atom: &Atom) -> Option<String> {
        let signals: Vec<&SignalRef> =
            atom.left.signals().into_iter().chain(atom.right.signals()).collect();
        let [signal] = signals[..] else { return None };
        let (low, high) = self.reach_of_signal(signal);
        let unit = self.unit_of_signal(signal)?;
        let (unit, factor) =
            if unit == "rad" { ("deg", 180.0 / std::f64::consts::PI) } else { (unit, 1.0) };
        let shown = |value: f64| format!("{} {unit}", (value * factor * 1e3).round() / 1e3);
        Some(match (low.is_finite(), high.is_finite()) {
            (true, true) => {
                format!("`{}` is between {} and {}", signal.name, shown(low), shown(high))
            }
            (true, false) => format!("`{}` is never below {}", signal.name, shown(low)),
            (false, true) => format!("`{}` is never above {}", signal.name, shown(high)),
            (false, false) => return None,
        })
    }

    fn units(&self, atom: &Atom, found: &mut Vec<Lint>) {
        let mut unlike = |one: &str, other: &str| {
            found.push(Lint {
                code: DiagnosticCode::UNLIKE_UNITS,
                span: atom.span.clone(),
                message: format!("{one} are compared with {other}"),
                help: "compare values of one unit; all numbers are SI units inside".to_owned(),
            });
        };
        let sides = [self.unit(&atom.left), self.unit(&atom.right)];
        if let Some((one, other)) = sides.iter().find_map(|side| side.clone().err()) {
            unlike(named(&one), named(&other));
            return;
        }
        let [left, right] = sides.map(|side| side.ok().flatten());
        if let (Some(left), Some(right)) = (left, right)
            && left != right
        {
            unlike(named(left), named(right));
            return;
        }
        let Some(unit) = left.or(right) else { return };
        if is_product(&atom.left) || is_product(&atom.right) {
            return; // The units of its factors may differ.
        }
        let first = self.units.partition_point(|(span, _)| span.start < atom.span.start);
        let mut inside =
            self.units[first..].iter().take_while(|(span, _)| span.end <= atom.span.end);
        if let Some((_, wrong)) = inside.find(|(_, written)| si_of(written) != unit) {
            unlike(named(unit), &format!("a number in {wrong}"));
        }
    }

    /// The unit of a term, if it is known; two of them if they are incompatible.
    fn unit(&self, term: &Term) -> Result<Option<&str>, (String, String)> {
        match term {
            Term::Number(_) => Ok(None),
            Term::Signal(signal) => Ok(self.unit_of_signal(signal)),
            Term::Negate(inner) => self.unit(inner),
            Term::Arithmetic(ArithmeticOp::Add | ArithmeticOp::Subtract, left, right) => {
                self.common([&**left, &**right].into_iter())
            }
            Term::Arithmetic(op, left, right) => {
                let (one, other) = (self.unit(left)?, self.unit(right)?);
                let is_scaled = right.signals().is_empty()
                    || (*op == ArithmeticOp::Multiply && left.signals().is_empty());
                Ok(if is_scaled { one.or(other) } else { None })
            }
            Term::Call(Function::Abs, arguments) => {
                arguments.first().map_or(Ok(None), |argument| self.unit(argument))
            }
            Term::Call(Function::Sqrt, arguments) => {
                arguments.iter().try_for_each(|argument| self.unit(argument).map(drop))?;
                Ok(None)
            }
            Term::Call(Function::Min | Function::Max, arguments) => self.common(arguments.iter()),
        }
    }

    fn common<'t>(
        &self,
        terms: impl Iterator<Item = &'t Term>,
    ) -> Result<Option<&str>, (String, String)> {
        let mut common = None;
        for term in terms {
            let unit = self.unit(term)?;
            match (common, unit) {
                (Some(one), Some(other)) if one != other => {
                    return Err((str::to_owned(one), other.to_owned()));
                }
                _ => common = common.or(unit),
            }
        }
        Ok(common)
    }

    fn unit_of_signal(&self, signal: &SignalRef) -> Option<&str> {
        let unit = &self.table.signals()[self.table.index(signal)?].unit;
        // `rad or m` depends on the joint and is unknown here.
        let is_one = !unit.contains(" or ") && !unit.contains(',') && !unit.is_empty();
        is_one.then_some(unit.as_str())
    }

    /// The range of possible values of a signal.
    fn reach_of_signal(&self, signal: &SignalRef) -> Reach {
        match signal.name.as_str() {
            "time" => (0.0, self.duration_s),
            "distance" | "distance_xy" | "speed" | "angular_speed" | "acceleration"
            | "path_length" | "contact_force" | "power" | "energy" => (0.0, f64::INFINITY),
            "touching" => (0.0, 1.0),
            "clearance" => (f64::NEG_INFINITY, f64::from(FARTHEST_CLEARANCE_M)),
            // Single precision rounds pi up.
            "tilt" => (0.0, f64::from(std::f32::consts::PI)),
            "yaw" => (-f64::from(std::f32::consts::PI), f64::from(std::f32::consts::PI)),
            _ => ANYTHING,
        }
    }

    fn reach(&self, term: &Term) -> Reach {
        match term {
            Term::Number(value) => (*value, *value),
            Term::Signal(signal) => self.reach_of_signal(signal),
            Term::Negate(inner) => negated(self.reach(inner)),
            Term::Arithmetic(op, left, right) => {
                let (left, right) = (self.reach(left), self.reach(right));
                match op {
                    ArithmeticOp::Add => sum(left, right),
                    ArithmeticOp::Subtract => sum(left, negated(right)),
                    ArithmeticOp::Multiply => product(left, right),
                    ArithmeticOp::Divide if right.0 > 0.0 || right.1 < 0.0 => {
                        product(left, (1.0 / right.1, 1.0 / right.0))
                    }
                    ArithmeticOp::Divide => ANYTHING,
                }
            }
            Term::Call(function, arguments) => {
                let mut reaches = arguments.iter().map(|argument| self.reach(argument));
                let Some(first) = reaches.next() else { return ANYTHING };
                match function {
                    Function::Abs if first.0 >= 0.0 => first,
                    Function::Abs if first.1 <= 0.0 => negated(first),
                    Function::Abs => (0.0, first.1.max(-first.0)),
                    Function::Sqrt => (0.0, f64::INFINITY),
                    Function::Min => reaches.fold(first, least),
                    Function::Max => reaches.fold(first, greatest),
                }
            }
        }
    }

    fn margin_of_atom(&self, atom: &Atom) -> Reach {
        let difference = sum(self.reach(&atom.right), negated(self.reach(&atom.left)));
        let distance = match difference {
            (low, _) if low >= 0.0 => difference,
            (_, high) if high <= 0.0 => negated(difference),
            (low, high) => (0.0, high.max(-low)),
        };
        match atom.relation {
            Relation::Less | Relation::LessEqual => difference,
            Relation::Greater | Relation::GreaterEqual => negated(difference),
            Relation::Equal => negated(distance),
            Relation::NotEqual => distance,
        }
    }

    /// The range of possible margins at any sample.
    fn margin(&self, formula: &Formula) -> Reach {
        let all = |fold: fn(Reach, Reach) -> Reach| {
            let mut parts = formula.parts().into_iter().map(|part| self.margin(part));
            parts.next().map_or(ANYTHING, |first| parts.fold(first, fold))
        };
        match formula {
            Formula::Atom(atom) => self.margin_of_atom(atom),
            Formula::Not(body) => negated(self.margin(body)),
            Formula::All(_) => all(least),
            Formula::Any(_) => all(greatest),
            Formula::Connect(Connective::Implies, left, right) => {
                greatest(negated(self.margin(left)), self.margin(right))
            }
            // Windows may hold no sample: then `always` holds and `eventually` fails.
            Formula::Window(op, interval, body) => {
                let (low, high) = self.margin(body);
                let whole = interval.is_none();
                match op {
                    _ if whole => (low, high),
                    WindowOp::Always | WindowOp::Historically => (low, f64::INFINITY),
                    WindowOp::Eventually | WindowOp::Once => (f64::NEG_INFINITY, high),
                }
            }
            Formula::Connect(..) | Formula::Chain(..) | Formula::Step(..) => ANYTHING,
        }
    }
}

fn each_atom(formula: &Formula, visit: &mut dyn FnMut(&Atom)) {
    if let Formula::Atom(atom) = formula {
        visit(atom);
    }
    for part in formula.parts() {
        each_atom(part, visit);
    }
}

fn is_product(term: &Term) -> bool {
    match term {
        Term::Number(_) | Term::Signal(_) => false,
        Term::Negate(inner) => is_product(inner),
        Term::Arithmetic(op, left, right) => {
            matches!(op, ArithmeticOp::Multiply | ArithmeticOp::Divide)
                || is_product(left)
                || is_product(right)
        }
        Term::Call(function, arguments) => {
            *function == Function::Sqrt || arguments.iter().any(is_product)
        }
    }
}

/// The quantity of a unit, for messages.
fn named(unit: &str) -> &str {
    match unit {
        "m" => "lengths (m)",
        "s" => "times (s)",
        "rad" => "angles (rad)",
        "m/s" => "speeds (m/s)",
        "rad/s" => "angular speeds (rad/s)",
        "m/s^2" => "accelerations (m/s^2)",
        "N" => "forces (N)",
        "N m" => "torques (N m)",
        "J" => "energies (J)",
        "W" => "powers (W)",
        other => other,
    }
}

/// The SI unit, as in signal tables, of a unit in a formula.
fn si_of(written: &str) -> &str {
    match written {
        "cm" | "mm" | "km" => "m",
        "ms" | "us" | "min" => "s",
        "deg" => "rad",
        "mm/s" | "cm/s" | "km/h" => "m/s",
        "m/s2" => "m/s^2",
        "deg/s" | "rpm" => "rad/s",
        "rad/s2" | "deg/s2" => "rad/s^2",
        "kN" => "N",
        "Nm" => "N m",
        "g" => "kg",
        "%" => "1",
        other => other,
    }
}

fn negated((low, high): Reach) -> Reach {
    (-high, -low)
}

fn sum(one: Reach, other: Reach) -> Reach {
    let add = |a: f64, b: f64, worst: f64| if (a + b).is_nan() { worst } else { a + b };
    (add(one.0, other.0, f64::NEG_INFINITY), add(one.1, other.1, f64::INFINITY))
}

fn product(one: Reach, other: Reach) -> Reach {
    let ends = [one.0 * other.0, one.0 * other.1, one.1 * other.0, one.1 * other.1];
    if ends.iter().any(|end| end.is_nan()) {
        return ANYTHING;
    }
    ends.into_iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)))
}

fn least(one: Reach, other: Reach) -> Reach {
    (one.0.min(other.0), one.1.min(other.1))
}

fn greatest(one: Reach, other: Reach) -> Reach {
    (one.0.max(other.0), one.1.max(other.1))
}
