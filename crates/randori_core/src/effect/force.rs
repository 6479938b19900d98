//! A constant force.

use serde::{Deserialize, Serialize};

use super::{EffectType, Target};
use crate::check::{At, Report, bounds};

/// A constant force at the body's centre of mass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Force {
    /// Path of a link, a robot or an object.
    pub body: String,
    /// Force in the world frame, N.
    pub force: [f64; 3],
    /// Duration, s.
    pub lasts: f64,
}

impl EffectType for Force {
    fn target(&self) -> Target<'_> {
        Target::Body(&self.body)
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
        report.bounded_parts(&at.field("force"), &self.force, bounds::FORCE);
        report.positive(&at.field("lasts"), self.lasts);
        report.time(&at.field("lasts"), self.lasts);
    }

    fn remaining(self, elapsed_s: f64) -> Option<Self> {
        let lasts = self.lasts - elapsed_s;
        (lasts > 0.0).then_some(Self { lasts, ..self })
    }
}
