//! Contact of a link.

use serde::{Deserialize, Serialize};

use super::{About, Channel, Owner, SensorType};
use crate::check::{At, Report};
use crate::spec::RobotSpec;

/// Contact force on the link, N in the sensor frame, and a flag for contact.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// Force below which there is no contact, N.
    pub threshold: f64,
}

impl Default for Contact {
    fn default() -> Self {
        Self { threshold: 1e-3 }
    }
}

impl SensorType for Contact {
    fn about() -> About {
        About {
            word: "contact",
            example: "Contact(threshold: 0.5)",
            channels: "`force` (x, y, z), `touching`",
            meaning: "net contact force (N) on the link, in the frame of the sensor; 1 if it \
                      is at least `threshold` (N, 0 or more; default 0.001), else 0",
        }
    }

    fn channels(&self, _: &RobotSpec) -> Vec<Channel> {
        vec![Channel::vector("force", "N"), Channel::flag("touching")]
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>, _: &Owner<'_>) {
        report.not_negative(&at.field("threshold"), self.threshold);
    }
}
