//! A sensor that loses measurements.

use serde::{Deserialize, Serialize};

use super::{EffectType, Target};
use crate::check::{At, Report};

/// A fault of a sensor: measurements do not reach the policy, which keeps the last one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    /// Path of the sensor, `pup.imu`.
    pub sensor: String,
    /// Probability that a measurement is lost, independently for each.
    #[serde(default = "certain")]
    pub probability: f64,
    /// Duration, s; to the end of the run if left out.
    #[serde(default)]
    pub lasts: Option<f64>,
}

fn certain() -> f64 {
    1.0
}

impl EffectType for Dropout {
    fn target(&self) -> Target<'_> {
        Target::Channel { sensor: &self.sensor, channel: None }
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
        report.fraction(&at.field("probability"), Some(self.probability));
        report.positive_if_any(&at.field("lasts"), self.lasts);
        report.time(&at.field("lasts"), self.lasts.unwrap_or(0.0));
    }

    fn remaining(mut self, elapsed_s: f64) -> Option<Self> {
        super::shorten(&mut self.lasts, elapsed_s).then_some(self)
    }
}
