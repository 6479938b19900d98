//! Pushes at random times.

use serde::{Deserialize, Serialize};

use super::{EffectType, Target};
use crate::check::{At, Report, axis, bounds};
use crate::spec::Axis;

/// Repeated pushes in random directions perpendicular to gravity (or along `axis`, with either
/// sign) and of random strength.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomPushes {
    /// Path of a link, a robot or an object.
    pub body: String,
    /// Shortest and longest time between two pushes, s.
    pub every: (f64, f64),
    /// Weakest and strongest push, N s.
    pub impulse: (f64, f64),
    /// World axis to push along; any horizontal direction if left out.
    #[serde(default)]
    pub axis: Option<Axis>,
    /// End of the pushes, s after the event; the end of the run if left out.
    #[serde(default)]
    pub lasts: Option<f64>,
}

impl EffectType for RandomPushes {
    fn target(&self) -> Target<'_> {
        Target::Body(&self.body)
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
        let every = at.field("every");
        report.positive(&every.index(0), self.every.0);
        report.time(&every.index(1), self.every.1);
        report.ordered(&every, self.every.0, self.every.1);
        let impulse = at.field("impulse");
        report.not_negative(&impulse.index(0), self.impulse.0);
        report.bounded(&impulse.index(1), self.impulse.1, bounds::FORCE);
        report.ordered(&impulse, self.impulse.0, self.impulse.1);
        report.positive_if_any(&at.field("lasts"), self.lasts);
        report.time(&at.field("lasts"), self.lasts.unwrap_or(0.0));
        axis(report, &at.field("axis"), self.axis.unwrap_or_default());
    }

    fn remaining(mut self, elapsed_s: f64) -> Option<Self> {
        super::shorten(&mut self.lasts, elapsed_s).then_some(self)
    }
}
