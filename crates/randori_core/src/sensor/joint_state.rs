//! Encoders and drives of joints.

use serde::{Deserialize, Serialize};

use super::{About, Channel, MostValues, Owner, Quantity, SensorType};
use crate::check::{At, MAX_NAME, Report, joint_exists};
use crate::diagnostic::{DiagnosticCode, shortened};
use crate::spec::{JointKind, JointSpec, RobotSpec};

/// Position (rad or m), velocity and drive torque (N m or N) of joints.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JointState {
    /// Joints in this order; all movable ones if empty.
    pub joints: Vec<String>,
}

impl SensorType for JointState {
    fn about() -> About {
        About {
            word: "joint state",
            example: "JointState(joints: [...])",
            channels: "`position`, `velocity`, `torque`: one value per coordinate",
            meaning: "rad or m, rad/s or m/s, N m or N of the drive. `joints` selects joints \
                      and their order; default: all movable joints",
        }
    }

    fn channels(&self, robot: &RobotSpec) -> Vec<Channel> {
        let names = self.elements(robot);
        [("position", "rad or m"), ("velocity", "rad/s or m/s"), ("torque", "N m or N")]
            .into_iter()
            .map(|(name, unit)| Channel {
                name: name.to_owned(),
                len: names.len(),
                unit: unit.to_owned(),
                elements: names.clone(),
                quantity: Quantity::Scalar,
            })
            .collect()
    }

    fn needs_link(&self) -> bool {
        false
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>, owner: &Owner<'_>) {
        let sensor = shortened(owner.sensor, MAX_NAME);
        let message = format!("sensor `{sensor}` measures a joint that does not exist");
        for (index, name) in self.joints.iter().enumerate() {
            let at = at.field("joints");
            let at = at.index(index);
            let joint = joint_exists(report, &at, owner.robot, name, &message);
            if joint.is_some_and(|joint| matches!(joint.kind, JointKind::Fixed)) {
                let message = format!("joint `{name}` is fixed: there is nothing to measure");
                report.error(DiagnosticCode::WRONG_JOINT_KIND, &at, message, "a fixed joint");
            }
        }
    }

    fn most_values(&self, coordinates: f64) -> MostValues {
        let count = match self.joints.len() {
            0 => 3.0 * coordinates,
            // Ball joints have three coordinates.
            joints => 9.0 * joints as f64,
        };
        MostValues { count, have_names: true }
    }

    fn short_text(&self) -> Option<&'static str> {
        self.joints.is_empty().then_some("JointState()")
    }
}

impl JointState {
    /// Names of the coordinates.
    fn elements(&self, robot: &RobotSpec) -> Vec<String> {
        let coordinates = |joint: &JointSpec| match joint.kind {
            JointKind::Spherical => {
                ["x", "y", "z"].map(|axis| format!("{}.{axis}", joint.name)).to_vec()
            }
            _ => vec![joint.name.clone()],
        };
        if self.joints.is_empty() {
            let is_movable = |joint: &&JointSpec| !matches!(joint.kind, JointKind::Fixed);
            return robot.joints.iter().filter(is_movable).flat_map(coordinates).collect();
        }
        let named = |name: &String| robot.joints.iter().find(|joint| joint.name == *name);
        self.joints.iter().filter_map(named).flat_map(coordinates).collect()
    }
}
