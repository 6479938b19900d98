//! Data of the robots of the open run for panels and keys, and the chosen robot.
//!
//! Start reading at `model`.

pub(crate) mod model;
pub mod wheels;

use bevy::prelude::{Resource, SystemSet};

use model::RobotModel;

/// The robot that the panel shows and the keys drive: an index in the scenario.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChosenRobot(pub usize);

/// Data of the robots of the open run for panels and keys.
#[derive(Resource, Debug, Clone, PartialEq, Default)]
pub(crate) struct Robots {
    pub(crate) models: Vec<RobotModel>,
    /// Generation and branches of the run that it was computed for.
    pub(crate) made_for: (u64, u64),
}

impl Robots {
    /// All, in the order of the scenario.
    pub(crate) fn models(&self) -> &[RobotModel] {
        &self.models
    }
}

/// Schedule of preparing robot data and starting manual control: after
/// [`RunSystems::Act`](crate::run::RunSystems::Act), before commands.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RobotSystems;
