//! Wheel odometry.

use serde::{Deserialize, Serialize};

use super::{About, Channel, Owner, SensorType};
use crate::check::{At, Report, has_one_dof, joint_exists};
use crate::diagnostic::DiagnosticCode;
use crate::spec::RobotSpec;

/// Planar pose and speed from the rotation of two wheels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WheelOdometry {
    /// Joint of the left wheel.
    pub left: String,
    /// Joint of the right wheel.
    pub right: String,
    /// Radius of both wheels, m.
    pub radius: f64,
    /// Distance between the wheels' contact points, m.
    pub separation: f64,
}

impl SensorType for WheelOdometry {
    fn about() -> About {
        About {
            word: "wheel odometry",
            example: r#"WheelOdometry(left: "l", right: "r", radius: 0.1, separation: 0.5)"#,
            channels: "`pose` (x, y, yaw), `twist` (forward, yaw_rate)",
            meaning: "pose (m, rad) since the start, and speed (m/s, rad/s), from the rotation \
                      of two wheel joints; `radius` of the wheels and their `separation` in m. \
                      Wheel slip causes errors",
        }
    }

    fn channels(&self, _: &RobotSpec) -> Vec<Channel> {
        vec![
            Channel::scalars("pose", "m, m, rad", &["x", "y", "yaw"]),
            Channel::scalars("twist", "m/s, rad/s", &["forward", "yaw_rate"]),
        ]
    }

    fn needs_link(&self) -> bool {
        false
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>, owner: &Owner<'_>) {
        report.positive(&at.field("radius"), self.radius);
        report.positive(&at.field("separation"), self.separation);
        let message = format!("sensor `{}` measures a joint that does not exist", owner.sensor);
        for (side, name) in [("left", &self.left), ("right", &self.right)] {
            let at = at.field(side);
            let Some(joint) = joint_exists(report, &at, owner.robot, name, &message) else {
                continue;
            };
            if has_one_dof(report, &at, joint, "a wheel") && joint.kind.is_prismatic() {
                let message = format!("joint `{name}` slides, but a wheel has to rotate");
                report.error(DiagnosticCode::WRONG_JOINT_KIND, &at, message, "a prismatic joint");
            }
        }
        if self.left == self.right {
            let message = "both wheels are the same joint";
            let code = DiagnosticCode::SELF_CONNECTION;
            report.error(code, &at.field("right"), message, "the same as `left`");
        }
    }

    fn wheels(&self) -> Option<&WheelOdometry> {
        Some(self)
    }
}
