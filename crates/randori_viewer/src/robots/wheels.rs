//! Wheels of a vehicle: velocity-controlled, with lateral axes, on the left and
//! right side of a robot.

use randori_core::math::{Pose, Vector};
use randori_core::policy::RobotInterface;
use randori_core::spec::{JointSpec, RobotSpec, Shape};
use randori_policy::ManualCommand;

use super::model::Input;

/// Default maximum speed of wheels without a limit, rad/s.
const USUAL_SPEED: f32 = 10.0;

/// Share of the speed used for turning.
const TURN: f32 = 0.5;

/// The wheels of a robot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wheels {
    all: Vec<Wheel>,
    /// Maximum speed that all wheels can follow, rad/s.
    most_rate: f32,
    /// Radius of the first wheel, if its shape has one, m.
    radius: Option<f32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Wheel {
    /// Index in the command.
    index: usize,
    is_left: bool,
    /// 1 if a positive speed drives forward, else -1.
    sign: f32,
}

impl Wheels {
    /// The wheels of a robot that has some on both sides.
    pub(crate) fn find(interface: &RobotInterface, inputs: &[Input]) -> Option<Self> {
        let model = &interface.model;
        let mut found = Self { all: Vec::new(), most_rate: f32::INFINITY, radius: None };
        for input in inputs.iter().filter(|input| input.kind.is_angular_velocity()) {
            let name = &interface.actions[input.actuator];
            if name.inputs.len() != 1 {
                continue;
            }
            let Some(joint) = model.joints.iter().find(|joint| joint.name == name.joint) else {
                continue;
            };
            let base_from_joint = place(model, joint);
            let axis = base_from_joint.rotation * joint.axis.unit();
            let side = base_from_joint.translation.y;
            if axis.dot(Vector::Y).abs() < 0.9 || side.abs() < 1e-3 {
                continue;
            }
            let (is_left, sign) = (side > 0.0, axis.y.signum());
            found.all.push(Wheel { index: input.index, is_left, sign });
            let most = input.range.map_or(USUAL_SPEED, |(low, high)| high.min(-low));
            found.most_rate = found.most_rate.min(most);
            found.radius = found.radius.or_else(|| radius(model, &joint.child));
        }
        let has = |left: bool| found.all.iter().any(|wheel| wheel.is_left == left);
        (has(true) && has(false) && found.most_rate > 0.0).then_some(found)
    }

    /// Maximum speed: of the robot (m/s) if the radius of the wheels is known, else
    /// of the wheels (rad/s).
    pub(crate) fn most_speed(&self) -> f32 {
        self.most_rate * self.radius.unwrap_or(1.0)
    }

    /// Unit of [`Self::most_speed`].
    pub(crate) fn unit(&self) -> &'static str {
        if self.radius.is_some() { " m/s" } else { " rad/s" }
    }

    /// Commands the wheels: forward and left from -1 to 1, as shares of the maximum
    /// speed.
    pub(crate) fn command(&self, hand: &ManualCommand, (forward, turn): (f32, f32), share: f32) {
        let (left, right) = (forward - TURN * turn, forward + TURN * turn);
        let most = left.abs().max(right.abs()).max(1.0);
        for wheel in &self.all {
            let part = if wheel.is_left { left } else { right } / most;
            hand.set(wheel.index, wheel.sign * part * share * self.most_rate);
        }
    }
}

/// Pose of a joint in the base's frame, with all joints at zero.
fn place(model: &RobotSpec, joint: &JointSpec) -> Pose {
    let mut pose = joint.pose.pose();
    let mut parent = &joint.parent;
    // At most as many steps as joints, so that invalid trees also terminate.
    for _ in &model.joints {
        let Some(above) = model.joints.iter().find(|above| above.child == *parent) else { break };
        pose = above.pose.pose() * pose;
        parent = &above.parent;
    }
    pose
}

fn radius(model: &RobotSpec, link: &str) -> Option<f32> {
    let link = model.links.iter().find(|entry| entry.name == link)?;
    link.shapes.iter().find_map(|shape| match shape.shape {
        Shape::Cylinder { radius, .. }
        | Shape::Sphere { radius }
        | Shape::Capsule { radius, .. } => Some(radius as f32),
        _ => None,
    })
}
