//! Resolves signals of formulas to measures.

use randori_core::diagnostic::{nearest, one_of};
use randori_core::layout::DofId;
use randori_stl::SignalRef;

use super::functions::{FUNCTIONS, ParameterKind, SignalFunction, find};
use super::measure::{Axis, Measure, Pick};
use super::names::{Names, ReadingPart};

/// Reasons for which a signal does not exist in this scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignalProblem {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl SignalProblem {
    fn new(message: String, help: impl Into<Option<String>>) -> Self {
        Self { message, help: help.into() }
    }
}

/// A measure and the unit of its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Resolved {
    pub(super) measure: Measure,
    pub(super) unit: String,
}

/// The measure behind a signal.
///
/// # Errors
/// If the function does not exist, or an argument is unknown or of the wrong kind.
pub(super) fn resolve(signal: &SignalRef, names: &Names<'_>) -> Result<Resolved, SignalProblem> {
    let function = find(&signal.name).ok_or_else(|| unknown_function(signal, names))?;
    let (given, wanted) = (signal.args.len(), function.parameters.len());
    if given != wanted {
        let plural = if wanted == 1 { "" } else { "s" };
        return Err(SignalProblem::new(
            format!("`{}` takes {wanted} argument{plural}, but {given} are given", function.name),
            format!("write `{}`: {}", function.usage(), lower_first(function.about)),
        ));
    }
    let unknown = || unknown_argument(signal, function, names);
    let measure = measure(signal, names).ok_or_else(unknown)?;
    if let Some(problem) = against_itself(signal, &measure) {
        return Err(problem);
    }
    Ok(Resolved { unit: unit(function, signal, names), measure })
}

/// The measure, or `None` if an argument is unknown or of the wrong kind.
fn measure(signal: &SignalRef, names: &Names<'_>) -> Option<Measure> {
    let argument = |index: usize| signal.args.get(index).map_or("", String::as_str);
    let (first, second) = (argument(0), argument(1));
    let at = |axis| names.place(first).map(|place| Measure::Coordinate { place, axis });
    let moving = |axis| names.body(first).map(|body| Measure::Velocity { body, axis });
    let reading = |pick| {
        let part = names.reading(first)?;
        (pick != Pick::Only || part.values.len() == 1).then_some(Measure::Reading {
            part,
            pick,
            memory: 0,
        })
    };
    let drives = || driven_dofs(names, first);
    Some(match signal.name.as_str() {
        "time" => Measure::Time,
        "distance" => Measure::Distance { a: names.place(first)?, b: names.place(second)? },
        "distance_xy" => {
            Measure::HorizontalDistance { a: names.place(first)?, b: names.place(second)? }
        }
        "clearance" => Measure::Clearance { a: names.solid(first)?, b: names.solid(second)? },
        "touching" => Measure::Touching { a: names.solid(first)?, b: names.solid(second)? },
        "in_zone" => Measure::InZone { place: names.place(first)?, zone: names.zone(second)? },
        "x" => at(Axis::X)?,
        "y" => at(Axis::Y)?,
        "z" | "height" => at(Axis::Z)?,
        "vx" => moving(Axis::X)?,
        "vy" => moving(Axis::Y)?,
        "vz" => moving(Axis::Z)?,
        "tilt" => Measure::Tilt(names.body(first)?),
        "yaw" => Measure::Yaw(names.body(first)?),
        "speed" => Measure::Speed(names.body(first)?),
        "forward_speed" => Measure::OwnVelocity { body: names.body(first)?, axis: Axis::X },
        "lateral_speed" => Measure::OwnVelocity { body: names.body(first)?, axis: Axis::Y },
        "yaw_rate" => Measure::YawRate(names.body(first)?),
        "angular_speed" => Measure::AngularSpeed(names.body(first)?),
        "acceleration" => Measure::Acceleration { body: names.body(first)?, memory: 0 },
        "path_length" => Measure::PathLength { body: names.body(first)?, memory: 0 },
        "contact_force" => Measure::ContactForce(names.solid(first)?),
        "joint" => Measure::Position(names.dof(first)?),
        "joint_speed" => Measure::Rate(names.dof(first)?),
        "joint_margin" => joint_margin(names, names.dof(first)?)?,
        "torque" => Measure::Torque(names.drive(first)?),
        "power" => Measure::Power(drives()?),
        "energy" => Measure::Energy { dofs: drives()?, memory: 0 },
        "mechanical_energy" => Measure::MechanicalEnergy(names.robot(first)?),
        "com_height" => Measure::ComHeight(names.robot(first)?),
        "measured" => reading(Pick::Only)?,
        "measured_min" => reading(Pick::Least)?,
        "measured_max" => reading(Pick::Greatest)?,
        _ => return None,
    })
}

fn driven_dofs(names: &Names<'_>, robot: &str) -> Option<Vec<DofId>> {
    let robot = &names.layout.robots[names.robot(robot)?.0];
    let mut dofs: Vec<DofId> = robot.actuators.iter().map(|actuator| actuator.dof).collect();
    dofs.sort_unstable();
    dofs.dedup();
    Some(dofs)
}

fn joint_margin(names: &Names<'_>, dof: DofId) -> Option<Measure> {
    let (lower, upper) = names.layout.dofs[dof.0].limits?;
    Some(Measure::JointMargin { dof, lower: f64::from(lower), upper: f64::from(upper) })
}

fn unit(function: &SignalFunction, signal: &SignalRef, names: &Names<'_>) -> String {
    let first = signal.args.first().map_or("", String::as_str);
    let is_length = names.drive(first).is_some_and(|dof| names.layout.dofs[dof.0].is_length);
    let joint = if is_length { "m" } else { "rad" };
    match function.unit {
        "joint" => joint.to_owned(),
        "joint/s" => format!("{joint}/s"),
        "N m or N" => if is_length { "N" } else { "N m" }.to_owned(),
        "sensor" => names.reading(first).map_or_else(String::new, |part: ReadingPart| part.unit),
        unit => unit.to_owned(),
    }
}

/// The error for a clearance or a contact between an item and itself.
fn against_itself(signal: &SignalRef, measure: &Measure) -> Option<SignalProblem> {
    let (Measure::Clearance { a, b } | Measure::Touching { a, b }) = measure else { return None };
    let shared = a.iter().any(|body| b.contains(body));
    shared.then(|| {
        SignalProblem::new(
            format!("`{signal}` compares a thing with itself", signal = canonical(signal)),
            "name two different things; for contact within a robot, two of its links".to_owned(),
        )
    })
}

fn unknown_function(signal: &SignalRef, names: &Names<'_>) -> SignalProblem {
    let all = FUNCTIONS.iter().map(|function| function.name);
    let message = format!("there is no signal `{}`", signal.name);
    if let Some(function) = nearest(&signal.name, all.clone()).and_then(find) {
        let help = format!("a signal with a similar name exists: `{}`", function.usage());
        return SignalProblem::new(message, help);
    }
    if signal.args.is_empty()
        && let Some(kind) = names.describe(&signal.name)
    {
        return SignalProblem::new(
            message,
            format!("this is {kind}; say what of it matters, as in `{}`", example(signal, kind)),
        );
    }
    SignalProblem::new(message, format!("signals are {}", one_of(all)))
}

/// An example of an item of this kind in a formula.
fn example(signal: &SignalRef, kind: &str) -> String {
    let function = match kind {
        "a joint coordinate" => "joint",
        "an actuator" => "torque",
        "a sensor channel" => "measured",
        _ => "height",
    };
    format!("{function}({})", signal.name)
}

fn unknown_argument(
    signal: &SignalRef,
    function: &SignalFunction,
    names: &Names<'_>,
) -> SignalProblem {
    let fits = |written: &str, kind| match kind {
        ParameterKind::Place => names.place(written).is_some(),
        ParameterKind::Body => names.body(written).is_some(),
        ParameterKind::Solid => names.solid(written).is_some(),
        ParameterKind::Robot => names.robot(written).is_some(),
        ParameterKind::Zone => names.zone(written).is_some(),
        ParameterKind::Joint => names.dof(written).is_some(),
        ParameterKind::Drive => names.drive(written).is_some(),
        ParameterKind::Value | ParameterKind::Channel => names.reading(written).is_some(),
    };
    let culprit = signal
        .args
        .iter()
        .zip(function.parameters)
        .find(|(written, (_, kind))| !fits(written, *kind));
    let Some((written, (_, kind))) = culprit else {
        return unsuitable(signal, function);
    };
    let message = match names.describe(written) {
        Some(found) => {
            format!("`{}` wants {}, but `{written}` is {found}", function.name, kind.noun())
        }
        None => format!("there is no {} called `{written}`", &kind.noun()[2..].trim_start()),
    };
    let all = names.all(*kind);
    let help = match names.similar(written, *kind) {
        Some(similar) => format!("a similar name exists: `{similar}`"),
        None if all.is_empty() => {
            format!("this scenario has no {}", &kind.noun()[2..].trim_start())
        }
        None => format!("the choices are {}", one_of(all.iter().map(String::as_str))),
    };
    SignalProblem::new(message, help)
}

/// The error for arguments that exist but are of the wrong kind for the function.
fn unsuitable(signal: &SignalRef, function: &SignalFunction) -> SignalProblem {
    let written = signal.args.first().map_or("", String::as_str);
    if function.name == "joint_margin" {
        return SignalProblem::new(format!("joint `{written}` has no limits"), None);
    }
    SignalProblem::new(
        format!("`{written}` has several values"),
        format!("add the name of one, or use `measured_min({written})` or `measured_max`"),
    )
}

/// The signal as in the table: `distance(a, b)`.
pub(super) fn canonical(signal: &SignalRef) -> String {
    if signal.args.is_empty() {
        signal.name.clone()
    } else {
        format!("{}({})", signal.name, signal.args.join(", "))
    }
}

fn lower_first(sentence: &str) -> String {
    let sentence = sentence.strip_suffix('.').unwrap_or(sentence);
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
