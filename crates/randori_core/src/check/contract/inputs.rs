//! Inputs of a network: terms that can be computed, histories with a valid layout.

use std::collections::{BTreeMap, BTreeSet};

use super::super::report::{At, Report};
use super::{command_exists, length, scaling, unique};
use crate::diagnostic::{DiagnosticCode, one_of};
use crate::sensor::{Channel, Quantity};
use crate::spec::{
    ContractSpec, Frame, HistoryLayout, HistorySpec, InputSpec, RobotSpec, SensorSpec, TermSource,
    TermSpec,
};

pub(super) fn check(
    report: &mut Report<'_>,
    root: &At<'_>,
    contract: &ContractSpec,
    robot: Option<&RobotSpec>,
) {
    let names: Vec<String> = contract.inputs.iter().map(|input| input.name.clone()).collect();
    let list = root.field("inputs");
    unique(report, &list, ("input", &names));
    let channels = robot.map(channels);
    let mut by_name = BTreeMap::new();
    for (index, channel) in channels.iter().flatten().enumerate() {
        by_name.entry(channel.name.as_str()).or_insert(index);
    }
    let terms = Terms { contract, channels: channels.as_deref(), by_name };
    for (index, input) in contract.inputs.iter().enumerate() {
        let at = list.index(index);
        samples(report, &at.field("history").field("samples"), input.history.samples);
        if input.terms.is_empty() {
            let message = format!("input `{}` has no terms", input.name);
            let code = DiagnosticCode::CONTRACT_LENGTH;
            report.error(code, &at.field("terms"), message, "empty");
        }
        for (place, term) in input.terms.iter().enumerate() {
            let at = at.field("terms");
            let at = at.index(place);
            term_samples(report, &at, input, term);
            terms.check(report, &at, term);
        }
    }
    for (index, state) in contract.recurrent.iter().enumerate() {
        if names.contains(&state.input) {
            let message = format!("input `{}` is made of terms already", state.input);
            let code = DiagnosticCode::DUPLICATE_NAME;
            let at = root.field("recurrent");
            report.error(code, &at.index(index).field("input"), message, "used again here");
        }
    }
}

/// All channels of a robot, named `sensor.channel`.
fn channels(robot: &RobotSpec) -> Vec<Channel> {
    let named = |sensor: &SensorSpec| {
        let channels = sensor.kind.channels(robot);
        let sensor = sensor.name.clone();
        channels.into_iter().map(move |channel| {
            let name = format!("{sensor}.{}", channel.name);
            Channel { name, ..channel }
        })
    };
    robot.sensors.iter().flat_map(named).collect()
}

fn samples(report: &mut Report<'_>, at: &At<'_>, count: u32) {
    if !(1..=HistorySpec::MAX_SAMPLES).contains(&count) {
        let message =
            format!("a history has 1 to {} samples, not {count}", HistorySpec::MAX_SAMPLES);
        let label = if count == 0 { "the present one counts" } else { "too many" };
        report.error(DiagnosticCode::CONTRACT_HISTORY, at, message, label);
    }
}

fn term_samples(report: &mut Report<'_>, at: &At<'_>, input: &InputSpec, term: &TermSpec) {
    let Some(own) = term.samples else { return };
    let at = at.field("samples");
    samples(report, &at, own);
    let wanted = input.history.samples;
    if input.history.layout == HistoryLayout::ByTime && own != wanted {
        let message = format!("all terms of `{}` must have {wanted} samples", input.name);
        let code = DiagnosticCode::CONTRACT_HISTORY;
        let error = report.error(code, &at, message, "another number");
        error.help.push("use `layout: ByTerm`, or leave `samples` of the term out".to_owned());
    }
}

fn set(names: &[String]) -> BTreeSet<&str> {
    names.iter().map(String::as_str).collect()
}

struct Terms<'c> {
    contract: &'c ContractSpec,
    /// The channels of the robot, if there is one.
    channels: Option<&'c [Channel]>,
    by_name: BTreeMap<&'c str, usize>,
}

impl Terms<'_> {
    fn check(&self, report: &mut Report<'_>, at: &At<'_>, term: &TermSpec) {
        self.source(report, &at.field("source"), &term.source);
        let channel_len = |name: &str| self.known(name).map(|channel| channel.len);
        if let Some(len) = self.contract.term_len(&term.source, channel_len) {
            scaling(report, &at.field("scale"), &term.scale, (len, "values"));
            scaling(report, &at.field("offset"), &term.offset, (len, "values"));
        }
        if let Some((low, high)) = term.clip {
            report.ordered(&at.field("clip"), low, high);
        }
    }

    fn source(&self, report: &mut Report<'_>, at: &At<'_>, source: &TermSource) {
        match source {
            TermSource::Channel { name, frame, pick } => {
                self.channel(report, at, name, (frame, pick));
            }
            TermSource::ProjectedGravity { orientation }
            | TermSource::EulerAngles { orientation } => {
                self.orientation(report, &at.field("orientation"), orientation);
            }
            TermSource::JointPositions { sensor, joints, zeroed, .. } => {
                let channel = format!("{sensor}.position");
                self.joints(report, at, &channel, (joints, zeroed));
            }
            TermSource::JointVelocities { sensor, joints, zeroed } => {
                let channel = format!("{sensor}.velocity");
                self.joints(report, at, &channel, (joints, zeroed));
            }
            TermSource::Command { name } => {
                command_exists(report, &at.field("name"), self.contract, name);
            }
            TermSource::PhaseCos { name } | TermSource::PhaseSin { name } => {
                self.phase(report, &at.field("name"), name);
            }
            TermSource::Constant { values } if values.is_empty() => {
                let wanted = (1, "term or more");
                length(report, &at.field("values"), 0, wanted);
            }
            TermSource::LastAction { .. } | TermSource::Constant { .. } => {}
        }
    }

    fn phase(&self, report: &mut Report<'_>, at: &At<'_>, name: &str) {
        let known = self.contract.phases.iter().map(|it| it.name.as_str());
        if !known.clone().any(|phase| phase == name) {
            let message = format!("the contract has no phase `{name}`");
            let code = DiagnosticCode::CONTRACT_NAME;
            report.unknown_name(code, at, message, (name, "phase"), known);
        }
    }

    fn known(&self, name: &str) -> Option<&Channel> {
        self.channels?.get(*self.by_name.get(name)?)
    }

    /// The channel with this name; an error if the robot has none.
    fn measured(&self, report: &mut Report<'_>, at: &At<'_>, name: &str) -> Option<&Channel> {
        let channels = self.channels?;
        let found = self.known(name);
        if found.is_none() && !report.is_full() {
            let known = || channels.iter().map(|channel| channel.name.as_str());
            let message = format!("the robot does not measure `{name}`");
            let code = DiagnosticCode::CONTRACT_CHANNEL;
            let similar = report.similar(name, known());
            let error = report.error(code, at, message, "no channel has this name");
            error.help.push(match similar {
                Some(similar) => format!("a channel with a similar name exists: `{similar}`"),
                None if channels.is_empty() => "the robot has no sensors".to_owned(),
                None => format!("there is {}", one_of(known())),
            });
        }
        found
    }

    fn channel(
        &self,
        report: &mut Report<'_>,
        at: &At<'_>,
        name: &str,
        (frame, pick): (&Frame, &[usize]),
    ) {
        let channel = self.measured(report, &at.field("name"), name);
        if let Frame::FromWorld { orientation } | Frame::ToWorld { orientation } = frame {
            let at = at.field("frame");
            self.orientation(report, &at.field("orientation"), orientation);
            if let Some(channel) = channel.filter(|it| it.quantity != Quantity::Vector) {
                let values = channel.extent();
                let message = format!("`{name}` is no vector that can be turned: it has {values}");
                let code = DiagnosticCode::CONTRACT_CHANNEL;
                report.error(code, &at, message, "only for x, y, z");
            }
        }
        let Some(channel) = channel else { return };
        for (place, value) in pick.iter().enumerate().filter(|(_, value)| **value >= channel.len) {
            let message = format!("`{name}` has no value {value}");
            let label = format!("it has {}, counted from 0", channel.len);
            let code = DiagnosticCode::CONTRACT_CHANNEL;
            report.error(code, &at.field("pick").index(place), message, label);
        }
    }

    fn orientation(&self, report: &mut Report<'_>, at: &At<'_>, name: &str) {
        let channel = self.measured(report, at, name);
        let is_orientation = |channel: &&Channel| channel.quantity == Quantity::Quaternion;
        if let Some(channel) = channel.filter(|channel| !is_orientation(channel)) {
            let message = format!("`{name}` is no orientation: it has {}", channel.extent());
            let label = "a quaternion x, y, z, w is wanted";
            let error = report.error(DiagnosticCode::CONTRACT_CHANNEL, at, message, label);
            let channels = self.channels.into_iter().flatten();
            let names = channels.filter(is_orientation).map(|channel| channel.name.as_str());
            if names.clone().next().is_some() {
                error.help.push(format!("there is {}", one_of(names)));
            }
        }
    }

    fn joints(
        &self,
        report: &mut Report<'_>,
        at: &At<'_>,
        channel: &str,
        (joints, zeroed): (&[String], &[String]),
    ) {
        let own = if joints.is_empty() { &self.contract.joints } else { joints };
        unique(report, &at.field("joints"), ("joint", joints));
        let (own_set, zeroed_set) = (set(own), set(zeroed));
        for (place, joint) in zeroed.iter().enumerate() {
            if !own_set.contains(joint.as_str()) {
                let message = format!("joint `{joint}` is not among those of the term");
                let known = own.iter().map(String::as_str);
                let (code, at) = (DiagnosticCode::UNKNOWN_JOINT, at.field("zeroed"));
                report.unknown_name(code, &at.index(place), message, (joint, "joint"), known);
            }
        }
        let Some(measured) = self.measured(report, &at.field("sensor"), channel) else { return };
        // Joints of the contract that the robot lacks are reported once, there.
        let elements = set(&measured.elements);
        for (place, joint) in joints.iter().enumerate() {
            let joint = joint.as_str();
            if !elements.contains(joint) && !zeroed_set.contains(joint) {
                let message = format!("`{channel}` does not measure joint `{joint}`");
                let known = measured.elements.iter().map(String::as_str);
                let (code, at) = (DiagnosticCode::UNKNOWN_JOINT, at.field("joints"));
                report.unknown_name(code, &at.index(place), message, (joint, "joint"), known);
            }
        }
    }
}
