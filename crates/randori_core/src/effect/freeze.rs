//! A sensor that repeats a measurement.

use serde::{Deserialize, Serialize};

use super::{EffectType, Target};
use crate::check::{At, Report};

/// A fault of a sensor: after one more measurement, all later ones repeat its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Path of the sensor, `pup.imu`.
    pub sensor: String,
    /// The channel that is frozen; all of them if left out.
    #[serde(default)]
    pub channel: Option<String>,
    /// Duration, s; to the end of the run if left out.
    #[serde(default)]
    pub lasts: Option<f64>,
}

impl EffectType for Freeze {
    fn target(&self) -> Target<'_> {
        Target::Channel { sensor: &self.sensor, channel: self.channel.as_deref() }
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
        report.positive_if_any(&at.field("lasts"), self.lasts);
        report.time(&at.field("lasts"), self.lasts.unwrap_or(0.0));
    }

    fn remaining(mut self, elapsed_s: f64) -> Option<Self> {
        super::shorten(&mut self.lasts, elapsed_s).then_some(self)
    }
}
