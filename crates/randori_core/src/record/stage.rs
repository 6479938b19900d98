//! The stages of a step, and their digests in a tick.
//!
//! Start reading at [`Stage`], the only list of stages.

use std::fmt;
use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

/// Declares [`Stage`] from one list: a stage and its name per line.
macro_rules! stages {
    ($($(#[$about:meta])* $stage:ident = $name:literal,)*) => {
        /// A stage of a step, in the order of execution.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Stage {
            $($(#[$about])* $stage,)*
        }

        impl Stage {
            /// All stages, in the order of execution.
            pub const ALL: [Self; Self::COUNT] = [$(Self::$stage,)*];

            /// Number of stages.
            pub const COUNT: usize = [$($name,)*].len();

            /// Name, for messages and goldens.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$stage => $name,)*
                }
            }
        }
    };
}

stages! {
    /// External effects on the world, and their random streams.
    Event = "event",
    /// Measurements in transmission, their latencies, and the random streams of their errors.
    Sensor = "sensor",
    /// Commands in force, pending requests, and the random streams of inference latencies.
    Policy = "policy",
    /// Actuators: delayed commands, converted to torques.
    Actuator = "actuator",
    /// Physics: the motion of bodies, joints and drives.
    Physics = "physics",
}

impl Stage {
    /// The stage with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A digest of each stage after a step. Two runs that agree up to some tick differ first in
/// the stage that is the cause.
///
/// A stage that is unused in a run has the digest 0, like a stage that the engine of a
/// recording did not have yet: both are the same run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Digests([u64; Stage::COUNT]);

impl Digests {
    /// The result of `digest` for each stage, called in the order of execution.
    pub fn of(digest: impl FnMut(Stage) -> u64) -> Self {
        Self(Stage::ALL.map(digest))
    }

    /// The first stage in which two runs differ at this tick, in the order of execution. That
    /// stage is the cause if both runs were equal at the tick before.
    pub fn first_difference(&self, other: &Self) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| self[*stage] != other[*stage])
    }
}

impl Index<Stage> for Digests {
    type Output = u64;

    fn index(&self, stage: Stage) -> &u64 {
        &self.0[stage as usize]
    }
}

impl IndexMut<Stage> for Digests {
    fn index_mut(&mut self, stage: Stage) -> &mut u64 {
        &mut self.0[stage as usize]
    }
}
