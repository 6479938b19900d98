//! Conversion of `ctrl` of keyframes to commands.
//!
//! Start reading at [`read`].

use std::collections::BTreeMap;

use randori_core::diagnostic::DiagnosticCode;
use randori_core::input::InputKind;
use randori_core::spec::{ActuatorSpec, Coordinate};

use super::actuators::Actuators;
use crate::Commands;
use crate::geometry::tidy;
use crate::log::Log;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::Node;

/// Tolerance of equal commands, in SI units.
const EQUAL: f64 = 1e-9;

/// One entry of the file's `ctrl`.
#[derive(Debug, Default)]
pub(crate) struct Control {
    /// Name of the actuator in the file, for reports.
    pub(crate) name: String,
    /// The entry is clamped to this range.
    pub(crate) range: Option<[f64; 2]>,
    /// True if it is the rate of a set point.
    pub(crate) is_rate: bool,
    /// The commanded inputs; empty if the import drops the actuator.
    pub(crate) targets: Vec<Target>,
}

/// An input of an actuator, and its command: `factor * control + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Target {
    /// Index of the actuator in the robot.
    pub(crate) actuator: usize,
    /// Index of the input of its drive.
    pub(crate) input: usize,
    pub(crate) factor: f64,
    pub(crate) offset: f64,
}

/// A keyframe that was converted to a pose.
pub(crate) struct Key<'k, 't> {
    pub(crate) node: Node<'t>,
    /// Name of the pose.
    pub(crate) name: &'k str,
    /// Its non-zero coordinates.
    pub(crate) joints: &'k BTreeMap<String, Coordinate>,
    /// The initial pose of the scenario, if it is another one.
    pub(crate) start: Option<&'k str>,
}

/// The commands of a keyframe that differ from those that hold its pose.
pub(crate) fn read(log: &mut Log, actuators: &Actuators, key: &Key<'_, '_>) -> Commands {
    let Some(ctrl) = numbers(log, key.node, actuators.controls.len()) else {
        return Commands::new();
    };
    let holding: Vec<Vec<f64>> =
        actuators.specs.iter().map(|spec| held(spec, key.joints)).collect();
    let mut all = holding.clone();
    let (mut lost, mut rates) = (Vec::new(), Vec::new());
    for (control, given) in actuators.controls.iter().zip(ctrl) {
        let value = control.range.map_or(given, |[low, high]| given.max(low).min(high));
        if value != given && !control.targets.is_empty() {
            let what = format!(
                "`ctrl` {given} of actuator `{}`, beyond its range: clamped to {value}, as in MuJoCo",
                control.name
            );
            log.note_value(ImportStatus::Kept, key.node, "ctrl", what);
        }
        if control.is_rate && value != 0.0 {
            rates.push(control.name.as_str());
        } else if control.targets.is_empty() && value != 0.0 {
            lost.push(control.name.as_str());
        }
        for target in &control.targets {
            let command = tidy(target.factor * value + target.offset);
            if command.is_finite() {
                all[target.actuator][target.input] = command;
            }
        }
    }
    note_unused(log, key.node, "that are dropped", &lost);
    note_unused(
        log,
        key.node,
        "that integrate a velocity: replaced by holding the position",
        &rates,
    );
    let differs = |(one, other): (&f64, &f64)| (one - other).abs() > EQUAL;
    let found: Commands = actuators
        .specs
        .iter()
        .zip(all.into_iter().zip(&holding))
        .filter(|(_, (command, held))| command.iter().zip(*held).any(differs))
        .map(|(spec, (command, _))| (spec.name.clone(), command))
        .collect();
    note_result(log, key, found.len());
    found
}

/// The command that holds a pose, for each input of an actuator.
fn held(spec: &ActuatorSpec, pose: &BTreeMap<String, Coordinate>) -> Vec<f64> {
    let position = pose.get(&spec.joint).map_or(0.0, |coordinate| coordinate.si());
    let inputs = spec.drive.inputs().iter();
    inputs.map(|input| if *input == InputKind::Position { position } else { 0.0 }).collect()
}

/// One number per control of the file; a short `ctrl` is completed with 0, as in
/// `MuJoCo` 4.
fn numbers(log: &mut Log, node: Node<'_>, needed: usize) -> Option<Vec<f64>> {
    let attribute = node.attribute("ctrl")?;
    let mut given = values::numbers(log, attribute)?;
    let count = given.len();
    if count != needed && log.is_pruned {
        let what = format!("`ctrl` has {count} numbers for the {needed} remaining controls");
        log.note_value(ImportStatus::Dropped, node, "ctrl", what);
        return None;
    }
    let help = "write one number per actuator";
    if count > needed {
        let message = format!("`ctrl` has {count} numbers, but there are {needed} actuators");
        log.error(DiagnosticCode::IMPORT_VALUE, attribute.span, message, help);
        return None;
    }
    if count < needed {
        let what = format!("`ctrl` has {count} numbers for {needed} actuators: completed with 0");
        log.note_value(ImportStatus::Guessed, node, "ctrl", what).advise(help).doubt();
    }
    given.resize(needed, 0.0);
    Some(given)
}

fn note_unused(log: &mut Log, node: Node<'_>, which: &str, names: &[&str]) {
    if names.is_empty() {
        return;
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let what = format!("`ctrl` of actuators {which}: {}", names.join(", "));
    log.note_value(ImportStatus::Dropped, node, "ctrl", what);
}

/// Reports the commands, of which `count` differ from holding the pose.
fn note_result(log: &mut Log, key: &Key<'_, '_>, count: usize) {
    let (node, name) = (key.node, key.name);
    match (count, key.start) {
        (0, _) => {
            let what = format!("`ctrl` of pose `{name}`: equal to the commands of `hold`");
            log.note_value(ImportStatus::Kept, node, "ctrl", what);
        }
        (_, None) => {
            let actuators = if count == 1 { "actuator" } else { "actuators" };
            let what = format!(
                "`ctrl` of pose `{name}`: commands of {count} {actuators} in the scenario, which \
                 do not just hold it"
            );
            log.note_value(ImportStatus::Kept, node, "ctrl", what);
        }
        (_, Some(start)) => {
            let what = format!("`ctrl` of pose `{name}`: the scenario starts in pose `{start}`");
            let advice = format!(
                "drop earlier keyframes to start in this one, for example with `--drop {start}`"
            );
            log.note_value(ImportStatus::Dropped, node, "ctrl", what).advise(advice);
        }
    }
}
