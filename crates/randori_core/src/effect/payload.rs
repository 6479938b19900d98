//! Mass added to a body.

use serde::{Deserialize, Serialize};

use super::{EffectType, Target};
use crate::check::{At, Report};

/// Mass added at the body's frame origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// Path of a link, a robot or an object.
    pub body: String,
    /// Added mass, kg.
    pub mass_kg: f64,
}

impl EffectType for Payload {
    fn target(&self) -> Target<'_> {
        Target::Body(&self.body)
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
        report.mass(&at.field("mass_kg"), self.mass_kg);
    }

    /// A payload is permanent.
    fn remaining(self, _elapsed_s: f64) -> Option<Self> {
        Some(self)
    }
}
