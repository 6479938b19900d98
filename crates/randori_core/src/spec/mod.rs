//! The user's files: their three kinds and the types behind them.
//!
//! These are plain data that mirror the text. A [`Scenario`] is the trusted form: every file
//! loaded, every name resolved, every number checked. Only the checker constructs it.
//!
//! Start reading at [`ScenarioSpec`].

mod actuator;
mod contract;
mod environment;
mod physics;
mod policy;
mod robot;
mod scenario;
mod sensor;
mod shape;
mod values;

pub use crate::sensor::SensorKind;
pub use actuator::{ActuatorLimits, ActuatorSpec, Drive};
pub use contract::{
    ActionSpec, ActionTarget, CommandInputSpec, ContractSpec, FirstFill, Frame, GainsSpec,
    HistoryLayout, HistoryOrder, HistorySpec, InputSpec, LastActionStage, Moment, PhaseFaster,
    PhaseSpec, PhaseStill, RecurrentSpec, Scaling, TermSource, TermSpec, TimingSpec,
};
pub use environment::{EnvironmentSpec, GroundSpec, Mobility, ObjectSpec, ZoneShape, ZoneSpec};
pub use physics::{PhysicsPreset, PhysicsSettings, PhysicsSpec};
pub use policy::{ChunkSpec, InferenceSpec, LatencySpec, PolicySpec};
pub use robot::{
    Base, CouplingSpec, ImportSpec, InertiaSpec, JointKind, JointSpec, Limits, LinkSpec, LoopKind,
    LoopSpec, RobotSpec, SpringSpec,
};
pub use scenario::{
    ActorModel, ActorSpec, EventSpec, Expectation, GoalSpec, Placement, Repeat, RobotEntry,
    ScenarioSpec, Trigger, Variation,
};
pub use sensor::{ChannelErrorSpec, ErrorSpec, Noise, SensorSpec};
pub use shape::{CombineRule, MaterialSpec, Shape, ShapeSpec, SoftnessSpec, VisualSpec};
pub use values::{Angle, Axis, Coordinate, PoseSpec};

/// The only format version there is so far; the value of every `format:` field.
pub const FORMAT: u32 = 1;

/// A scenario with all files that it names, checked and ready to be built.
///
/// Only the checker constructs valid values; `randori_sim` relies on its guarantees (unique
/// names, references that resolve, finite numbers, positive masses, trees without cycles,
/// rates that divide).
///
/// ```
/// use randori_core::text::{Limits, MemoryFiles, ScenarioText};
///
/// let files = MemoryFiles::new([
///     ("flat.ron", r#"Environment(format: 1, name: "flat", ground: ())"#),
///     ("x.ron", r#"Scenario(format: 1, title: "x", duration: 2.0, environment: "flat.ron")"#),
/// ]);
/// let scenario = ScenarioText::load(&files, "x.ron", &Limits::default())?.resolve(&[])?.scenario;
///
/// assert_eq!(scenario.spec.duration, 2.0);
/// assert_eq!(scenario.physics().rate_hz, 500);
/// # Ok::<(), randori_core::diagnostic::Diagnostics>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The scenario file, after overrides.
    pub spec: ScenarioSpec,
    /// The environment file that it names.
    pub environment: EnvironmentSpec,
    /// One robot file per entry of `spec.robots`, in that order, with its imports and with the
    /// drives of its policy contract.
    pub robots: Vec<RobotSpec>,
    /// The policy contract of each entry of `spec.robots` that has one; its
    /// `network` is a path from the project root.
    pub contracts: Vec<Option<ContractSpec>>,
}

impl Scenario {
    /// Applies the settings of policy contracts to robots: the gains of low-level controllers,
    /// and the time of the first inference.
    pub(crate) fn equip(&mut self) {
        let entries = self.spec.robots.iter_mut().zip(&mut self.robots);
        for ((entry, robot), contract) in entries.zip(&self.contracts) {
            let Some(contract) = contract else { continue };
            contract.equip(robot);
            if let Some(policy) = &mut entry.policy {
                policy.offset_s.get_or_insert(contract.timing.offset_s());
            }
        }
    }

    /// The physics settings: the preset with its refinements.
    pub fn physics(&self) -> PhysicsSettings {
        self.spec.physics.settings()
    }
}
