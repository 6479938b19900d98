//! The robots of the open run as panels and keys need them, and the one that is
//! chosen.
//!
//! Start reading at `model`.

pub(crate) mod model;
pub mod wheels;

use bevy::prelude::{Resource, SystemSet};

use model::RobotModel;

/// The robot that the panel shows and that keys drive: an index in the scenario.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChosenRobot(pub usize);

/// The robots of the open run, as panels and keys need them.
#[derive(Resource, Debug, Clone, PartialEq, Default)]
pub(crate) struct Robots {
    pub(crate) models: Vec<RobotModel>,
    /// Generation and branches of the run that they are of.
    pub(crate) made_for: (u64, u64),
}

impl Robots {
    /// All, in the order of the scenario.
    pub(crate) fn models(&self) -> &[RobotModel] {
        &self.models
    }
}

/// When robots are described and taken over: after [`RunSystems::Act`](crate::run::RunSystems::Act), before
/// anything commands them.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RobotSystems;
