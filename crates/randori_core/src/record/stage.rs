//! The stages of a step, and what each of them says about itself in a tick.
//!
//! Start reading at [`Stage`]: the list of them is the only one.

use std::fmt;
use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

/// Makes [`Stage`] of one list: a stage and its name per line.
macro_rules! stages {
    ($($(#[$about:meta])* $stage:ident = $name:literal,)*) => {
        /// Part of a step; the order is the one in which they act.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Stage {
            $($(#[$about])* $stage,)*
        }

        impl Stage {
            /// All stages, in the order in which they act.
            pub const ALL: [Self; Self::COUNT] = [$(Self::$stage,)*];

            /// How many there are.
            pub const COUNT: usize = [$($name,)*].len();

            /// The word for it, in messages and in goldens.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$stage => $name,)*
                }
            }
        }
    };
}

stages! {
    /// What is done to the world from outside, and its random streams.
    Event = "event",
    /// Measurements under way, their delays, and the random streams of their
    /// errors.
    Sensor = "sensor",
    /// Commands in force, requests under way, and the random streams of
    /// inference latencies.
    Policy = "policy",
    /// Commands on their way to the motors become torques.
    Actuator = "actuator",
    /// Bodies, joints and drives move.
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

/// A digest of each stage after a step. Two runs that agree up to some tick
/// differ first in the stage that caused it.
///
/// A stage that takes no part in a run has the digest 0, and so has one that the
/// engine of a recording did not have yet: both are the same run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Digests([u64; Stage::COUNT]);

impl Digests {
    /// What `digest` gives for each stage, asked in the order in which they act.
    pub fn of(digest: impl FnMut(Stage) -> u64) -> Self {
        Self(Stage::ALL.map(digest))
    }

    /// The first stage in which two runs differ here, in the order in which
    /// stages act in a step. That stage is the cause if the tick before was
    /// equal in both.
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
