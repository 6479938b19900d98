//! A single push.

use serde::{Deserialize, Serialize};

use super::{EffectType, Target};
use crate::check::{At, Report, bounds};

/// An impulse at the body's centre of mass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// Path of a link (`pup.trunk`), a robot (its base link) or an object.
    pub body: String,
    /// Impulse in the world frame, N s.
    pub impulse: [f64; 3],
}

impl EffectType for Push {
    fn target(&self) -> Target<'_> {
        Target::Body(&self.body)
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
        report.bounded_parts(&at.field("impulse"), &self.impulse, bounds::FORCE);
    }

    fn remaining(self, _elapsed_s: f64) -> Option<Self> {
        None
    }
}
