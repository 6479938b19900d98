//! What users write: the three kinds of file and the types behind them.
//!
//! These are plain data that mirror the text. A [`Scenario`] is the trusted
//! form: every file loaded, every name resolved, every number checked. Only
//! the checker makes one.
//!
//! Start reading at [`ScenarioSpec`].

mod actuator;
mod environment;
mod physics;
mod policy;
mod robot;
mod scenario;
mod sensor;
mod shape;
mod values;

pub use actuator::{ActuatorLimits, ActuatorSpec, Drive};
pub use environment::{EnvironmentSpec, GroundSpec, Mobility, ObjectSpec, ZoneShape, ZoneSpec};
pub use physics::{PhysicsPreset, PhysicsSettings, PhysicsSpec};
pub use policy::{
    ChunkSpec, InferenceSpec, LatencySpec, PolicySource, PolicySpec, default_command,
};
pub use robot::{
    Base, CouplingSpec, InertiaSpec, JointKind, JointSpec, Limits, LinkSpec, LoopKind, LoopSpec,
    RobotSpec, SpringSpec,
};
pub use scenario::{
    ActorModel, ActorSpec, Effect, EventSpec, Expectation, GoalSpec, Placement, Repeat, RobotEntry,
    ScenarioSpec, Trigger, Variation,
};
pub use sensor::{ChannelErrorSpec, ErrorSpec, Noise, SensorKind, SensorSpec};
pub use shape::{CombineRule, MaterialSpec, Shape, ShapeSpec};
pub use values::{Angle, Axis, Coordinate, PoseSpec};

/// The only format version there is so far; the value of every `format:` field.
pub const FORMAT: u32 = 1;

/// A scenario with everything that it names, checked and ready to be built.
///
/// The checker is the only maker of valid values; `randori_sim` relies on what
/// it guarantees (unique names, references that resolve, finite numbers,
/// positive masses, trees without cycles, rates that divide).
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The scenario file, after overrides.
    pub spec: ScenarioSpec,
    /// The environment file that it names.
    pub environment: EnvironmentSpec,
    /// One robot file per entry of `spec.robots`, in that order.
    pub robots: Vec<RobotSpec>,
}

impl Scenario {
    /// The physics settings in force: the preset with its refinements.
    pub fn physics(&self) -> PhysicsSettings {
        self.spec.physics.settings()
    }
}
