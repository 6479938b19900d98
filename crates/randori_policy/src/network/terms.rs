//! Terms of an observation, with all names resolved to indices.

use std::ops::Range;

use randori_core::diagnostic::DiagnosticCode;
use randori_core::policy::RobotInterface;
use randori_core::sensor::Quantity;
use randori_core::spec::{ContractSpec, Frame, LastActionStage, Scaling, TermSource, TermSpec};

use super::commands::Commands;
use super::phases::Phases;
use super::problem::Problem;
use crate::did_you_mean;

/// A term with resolved indices.
#[derive(Debug, Clone)]
pub(super) struct Term {
    source: Source,
    pub(super) len: usize,
    scale: Vec<f32>,
    offset: Vec<f32>,
    clip: Option<(f32, f32)>,
}

/// The source of values. Ranges and indices refer to an observation.
#[derive(Debug, Clone)]
enum Source {
    Values(Vec<usize>),
    /// A vector rotated by a quaternion (x, y, z, w), or by its inverse.
    Turned {
        vector: Range<usize>,
        quaternion: Range<usize>,
        inverse: bool,
        pick: Vec<usize>,
    },
    Gravity(Range<usize>),
    Euler(Range<usize>),
    /// Index of each value, `None` for zero, and the offset to subtract.
    Joints(Vec<(Option<usize>, f32)>),
    LastAction(LastActionStage),
    Command(usize),
    PhaseCos(usize),
    PhaseSin(usize),
    Constant(Vec<f32>),
}

/// The inputs of terms.
pub(super) struct Present<'a> {
    pub(super) values: &'a [f32],
    pub(super) commands: &'a Commands,
    pub(super) phases: &'a Phases,
    pub(super) actions: &'a LastActions,
}

/// The last action at each stage of decoding.
#[derive(Debug, Clone)]
pub(super) struct LastActions {
    pub(super) raw: Vec<f32>,
    pub(super) clipped: Vec<f32>,
    pub(super) target: Vec<f32>,
}

impl LastActions {
    fn at(&self, stage: LastActionStage) -> &[f32] {
        match stage {
            LastActionStage::Raw => &self.raw,
            LastActionStage::Clipped => &self.clipped,
            LastActionStage::Target => &self.target,
        }
    }
}

impl Term {
    /// Computes the present sample.
    pub(super) fn compute(&self, present: &Present<'_>, sample: &mut [f32]) {
        self.source.read(present, sample);
        for ((value, scale), offset) in sample.iter_mut().zip(&self.scale).zip(&self.offset) {
            *value = *value * scale + offset;
            if let Some((low, high)) = self.clip {
                // Comparisons preserve NaN, so that it is detected later.
                if *value < low {
                    *value = low;
                } else if *value > high {
                    *value = high;
                }
            }
        }
    }
}

impl Source {
    fn read(&self, present: &Present<'_>, sample: &mut [f32]) {
        let values = present.values;
        match self {
            Self::Values(indices) => {
                for (value, index) in sample.iter_mut().zip(indices) {
                    *value = values[*index];
                }
            }
            Self::Turned { vector, quaternion, inverse, pick } => {
                let rows = Rows::new(&values[quaternion.clone()]);
                let vector = [0, 1, 2].map(|axis| values[vector.start + axis]);
                let turned = if *inverse { rows.inverse(vector) } else { rows.turned(vector) };
                for (value, axis) in sample.iter_mut().zip(pick) {
                    *value = turned[*axis];
                }
            }
            Self::Gravity(quaternion) => {
                let down = Rows::new(&values[quaternion.clone()]).inverse([0.0, 0.0, -1.0]);
                sample.copy_from_slice(&down);
            }
            Self::Euler(quaternion) => {
                let Rows([[m00, _, _], [m10, _, _], [m20, m21, m22]]) =
                    Rows::new(&values[quaternion.clone()]);
                let pitch = libm::asinf((-m20).clamp(-1.0, 1.0));
                sample.copy_from_slice(&[libm::atan2f(m21, m22), pitch, libm::atan2f(m10, m00)]);
            }
            Self::Joints(joints) => {
                for (value, (index, default)) in sample.iter_mut().zip(joints) {
                    *value = index.map_or(0.0, |index| values[index] - default);
                }
            }
            Self::LastAction(stage) => sample.copy_from_slice(present.actions.at(*stage)),
            Self::Command(index) => sample.copy_from_slice(present.commands.values(*index)),
            Self::PhaseCos(index) => present.phases.each(*index, libm::cos, sample),
            Self::PhaseSin(index) => present.phases.each(*index, libm::sin, sample),
            Self::Constant(values) => sample.copy_from_slice(values),
        }
    }
}

/// The rotation matrix of a quaternion (x, y, z, w), by rows. The quaternion need not be
/// normalised; one of length zero is the identity.
struct Rows([[f32; 3]; 3]);

impl Rows {
    fn new(quaternion: &[f32]) -> Self {
        let [x, y, z, w] = [0, 1, 2, 3].map(|index| quaternion[index]);
        let square = x * x + y * y + z * z + w * w;
        let s = if square > 0.0 { 2.0 / square } else { 0.0 };
        Self([
            [1.0 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w)],
            [s * (x * y + z * w), 1.0 - s * (x * x + z * z), s * (y * z - x * w)],
            [s * (x * z - y * w), s * (y * z + x * w), 1.0 - s * (x * x + y * y)],
        ])
    }

    fn turned(&self, vector: [f32; 3]) -> [f32; 3] {
        self.0.map(|row| row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2])
    }

    fn inverse(&self, vector: [f32; 3]) -> [f32; 3] {
        let Self(m) = self;
        [0, 1, 2].map(|i| m[0][i] * vector[0] + m[1][i] * vector[1] + m[2][i] * vector[2])
    }
}

/// Resolves the names in terms; collects unknown ones.
pub(super) struct Resolver<'a> {
    pub(super) contract: &'a ContractSpec,
    pub(super) interface: &'a RobotInterface,
    pub(super) commands: &'a Commands,
    pub(super) phases: &'a Phases,
    pub(super) found: Vec<Problem>,
    /// Names of the needed channels, without duplicates.
    pub(super) needs: Vec<String>,
}

impl Resolver<'_> {
    /// The term at this path of the contract; `None` if it cannot be computed; the reason is among
    /// the diagnostics.
    pub(super) fn term(&mut self, spec: &TermSpec, path: &str) -> Option<Term> {
        let before = self.found.len();
        let source = self.source(spec, &format!("{path}.source"));
        let (source, len) = source.filter(|_| self.found.len() == before)?;
        let mut each = |scaling: &Scaling, field: &str| {
            let is_right = scaling.count().is_none_or(|count| count == len);
            if !is_right {
                let count = scaling.count().unwrap_or(0);
                let message = format!("`{field}` has {count} numbers, but the term has {len}");
                let code = DiagnosticCode::CONTRACT_LENGTH;
                let path = format!("{path}.{field}");
                self.found.push(Problem::error(code, path, message, format!("{len} wanted")));
            }
            (0..len).map(|index| scaling.at(index) as f32).collect::<Vec<f32>>()
        };
        let (scale, offset) = (each(&spec.scale, "scale"), each(&spec.offset, "offset"));
        let clip = spec.clip.map(|(low, high)| (low as f32, high as f32));
        Some(Term { source, len, scale, offset, clip })
    }

    fn source(&mut self, spec: &TermSpec, path: &str) -> Option<(Source, usize)> {
        let source = match &spec.source {
            TermSource::Channel { name, frame, pick } => {
                return self.channel_source((name, frame, pick), path);
            }
            TermSource::ProjectedGravity { orientation } => {
                Source::Gravity(self.orientation(orientation, &format!("{path}.orientation"))?)
            }
            TermSource::EulerAngles { orientation } => {
                Source::Euler(self.orientation(orientation, &format!("{path}.orientation"))?)
            }
            TermSource::JointPositions { sensor, relative, joints, zeroed } => {
                let channel = format!("{sensor}.position");
                let default = |joint: &str| self.contract.default_position(joint) as f32;
                let defaults: Vec<f32> = self
                    .ordered(joints)
                    .iter()
                    .map(|joint| if *relative { default(joint) } else { 0.0 })
                    .collect();
                Source::Joints(self.joints(&channel, (joints, zeroed), &defaults, path)?)
            }
            TermSource::JointVelocities { sensor, joints, zeroed } => {
                let channel = format!("{sensor}.velocity");
                let defaults = vec![0.0; self.ordered(joints).len()];
                Source::Joints(self.joints(&channel, (joints, zeroed), &defaults, path)?)
            }
            TermSource::LastAction { stage } => Source::LastAction(*stage),
            TermSource::Command { name } => {
                let index = self.commands.index(name);
                Source::Command(self.known(index, "command", name, path)?)
            }
            TermSource::PhaseCos { name } => {
                let index = self.phases.index(name);
                Source::PhaseCos(self.known(index, "phase", name, path)?)
            }
            TermSource::PhaseSin { name } => {
                let index = self.phases.index(name);
                Source::PhaseSin(self.known(index, "phase", name, path)?)
            }
            TermSource::Constant { values } => {
                Source::Constant(values.iter().map(|value| *value as f32).collect())
            }
        };
        let len = self.len_of(&source);
        Some((source, len))
    }

    fn len_of(&self, source: &Source) -> usize {
        match source {
            Source::Values(indices) => indices.len(),
            Source::Turned { pick, .. } => pick.len(),
            Source::Gravity(_) | Source::Euler(_) => 3,
            Source::Joints(joints) => joints.len(),
            Source::LastAction(_) => self.contract.driven_joints().len(),
            Source::Command(index) => self.commands.values(*index).len(),
            Source::PhaseCos(index) | Source::PhaseSin(index) => self.phases.len(*index),
            Source::Constant(values) => values.len(),
        }
    }

    fn channel_source(
        &mut self,
        (name, frame, pick): (&str, &Frame, &[usize]),
        path: &str,
    ) -> Option<(Source, usize)> {
        let range = self.channel(name, &format!("{path}.name"))?;
        if let Some(beyond) = pick.iter().find(|index| **index >= range.len()) {
            let message = format!("`{name}` has no value {beyond}");
            let label = format!("it has {}, counted from 0", range.len());
            let code = DiagnosticCode::CONTRACT_CHANNEL;
            self.found.push(Problem::error(code, format!("{path}.pick"), message, label));
            return None;
        }
        let pick: Vec<usize> =
            if pick.is_empty() { (0..range.len()).collect() } else { pick.to_vec() };
        let len = pick.len();
        let (orientation, inverse) = match frame {
            Frame::Measured => {
                let indices = pick.iter().map(|index| range.start + index).collect();
                return Some((Source::Values(indices), len));
            }
            Frame::FromWorld { orientation } => (orientation, true),
            Frame::ToWorld { orientation } => (orientation, false),
        };
        let quaternion = self.orientation(orientation, &format!("{path}.frame.orientation"))?;
        if let Some(values) = self.other_than(Quantity::Vector, name) {
            let message = format!("`{name}` is no vector that can be turned: it has {values}");
            let code = DiagnosticCode::CONTRACT_CHANNEL;
            let path = format!("{path}.frame");
            self.found.push(Problem::error(code, path, message, "only for x, y, z"));
            return None;
        }
        Some((Source::Turned { vector: range, quaternion, inverse, pick }, len))
    }

    fn channel(&mut self, name: &str, path: &str) -> Option<Range<usize>> {
        let Some(range) = self.interface.observation(name) else {
            let known = self.interface.observations.iter().map(|channel| channel.name.as_str());
            let message = format!("robot `{}` does not measure `{name}`", self.interface.robot);
            let code = DiagnosticCode::CONTRACT_CHANNEL;
            let problem = Problem::error(code, path, message, "no channel has this name");
            self.found.push(problem.help(did_you_mean(name, known)));
            return None;
        };
        if !self.needs.iter().any(|need| need == name) {
            self.needs.push(name.to_owned());
        }
        Some(range)
    }

    /// Describes a channel that is not of such a quantity; `None` if it is.
    fn other_than(&self, quantity: Quantity, name: &str) -> Option<String> {
        let channel = self.interface.observations.iter().find(|it| it.name == name)?;
        (channel.quantity != quantity).then(|| channel.extent())
    }

    fn orientation(&mut self, name: &str, path: &str) -> Option<Range<usize>> {
        let range = self.channel(name, path)?;
        if let Some(values) = self.other_than(Quantity::Quaternion, name) {
            let message = format!("`{name}` is no orientation: it has {values}");
            let code = DiagnosticCode::CONTRACT_CHANNEL;
            let problem = Problem::error(code, path, message, "a quaternion x, y, z, w is wanted");
            self.found.push(problem);
            return None;
        }
        Some(range)
    }

    /// Joints of a term, in its order.
    fn ordered<'s>(&'s self, joints: &'s [String]) -> &'s [String] {
        if joints.is_empty() { &self.contract.joints } else { joints }
    }

    fn joints(
        &mut self,
        channel: &str,
        (joints, zeroed): (&[String], &[String]),
        defaults: &[f32],
        path: &str,
    ) -> Option<Vec<(Option<usize>, f32)>> {
        let range = self.channel(channel, &format!("{path}.sensor"))?;
        let ordered = self.ordered(joints).to_vec();
        let measured = self.interface.observations.iter().find(|it| it.name == channel)?;
        let mut places = Vec::with_capacity(ordered.len());
        for (joint, default) in ordered.iter().zip(defaults) {
            let index = measured.elements.iter().position(|element| element == joint);
            if zeroed.contains(joint) {
                places.push((None, 0.0));
            } else if let Some(index) = index {
                places.push((Some(range.start + index), *default));
            } else {
                let message = format!("`{channel}` does not measure joint `{joint}`");
                let known = measured.elements.iter().map(String::as_str);
                let code = DiagnosticCode::UNKNOWN_JOINT;
                let problem =
                    Problem::error(code, format!("{path}.joints"), message, "unknown joint");
                self.found.push(problem.help(did_you_mean(joint, known)));
            }
        }
        (places.len() == ordered.len()).then_some(places)
    }

    fn known(&mut self, index: Option<usize>, what: &str, name: &str, path: &str) -> Option<usize> {
        if index.is_none() {
            let message = format!("the contract has no {what} `{name}`");
            let label = format!("no {what} has this name");
            let code = DiagnosticCode::CONTRACT_NAME;
            self.found.push(Problem::error(code, format!("{path}.name"), message, label));
        }
        index
    }
}
