//! Configuration of `goal_seeker` from its parameters and the robot file.

use randori_core::math::{Pose, Vector};
use randori_core::policy::RobotInterface;
use randori_core::spec::{Drive, RobotSpec, Shape};

use super::super::params::Params;
use super::super::sensing::base_from_link;
use super::super::{BuiltinError, BuiltinInfo, ParamInfo};
use super::place::Place;

pub(in super::super) const INFO: BuiltinInfo = BuiltinInfo {
    name: "goal_seeker",
    about: "drives a base with two wheels to a point, around what the lidar sees",
    params: &[
        ParamInfo {
            name: "goal",
            expects: "a point (x, y) in the world, m",
            about: "where to go",
            default: None,
        },
        ParamInfo {
            name: "speed",
            expects: "a number greater than 0, m/s",
            about: "speed where nothing is in the way",
            default: Some("1.0, or what the wheels can do if that is less"),
        },
        ParamInfo {
            name: "acceleration",
            expects: "a number greater than 0, m/s^2",
            about: "how fast the speed grows; it may shrink twice as fast",
            default: Some("1.0"),
        },
        ParamInfo {
            name: "turn_rate",
            expects: "a number greater than 0, rad/s",
            about: "fastest turn",
            default: Some("1.5"),
        },
        ParamInfo {
            name: "tolerance",
            expects: "a number greater than 0, m",
            about: "distance from the goal at which the robot stops for good",
            default: Some("0.15"),
        },
        ParamInfo {
            name: "clearance",
            expects: "a number of 0 or more, m",
            about: "distance to keep from obstacles and people where there is room",
            default: Some("0.4"),
        },
        ParamInfo {
            name: "body_radius",
            expects: "a number greater than 0, m",
            about: "radius of the disc about the base that covers the robot",
            default: Some("from the shapes of the robot"),
        },
        ParamInfo {
            name: "localization",
            expects: "\"auto\", \"truth\" or \"odometry\"",
            about: "which sensor tells where the robot is; auto prefers a GroundTruth sensor",
            default: Some("\"auto\""),
        },
        ParamInfo {
            name: "start",
            expects: "a place (x, y, heading) in m, m, rad",
            about: "where odometry begins",
            default: Some("(0.0, 0.0, 0.0)"),
        },
        ParamInfo {
            name: "left",
            expects: "the name of an actuator with a Velocity drive",
            about: "the left wheel",
            default: Some("the one on the joint that the odometry sensor names"),
        },
        ParamInfo {
            name: "right",
            expects: "the name of an actuator with a Velocity drive",
            about: "the right wheel",
            default: Some("the one on the joint that the odometry sensor names"),
        },
        ParamInfo {
            name: "wheel_radius",
            expects: "a number greater than 0, m",
            about: "radius of the wheels",
            default: Some("that of the odometry sensor"),
        },
        ParamInfo {
            name: "wheel_separation",
            expects: "a number greater than 0, m",
            about: "distance between the wheels",
            default: Some("that of the odometry sensor"),
        },
    ],
};

/// Limits of the motion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Motion {
    pub(super) goal: [f64; 2],
    pub(super) speed: f64,
    pub(super) acceleration: f64,
    pub(super) turn_rate: f64,
    pub(super) tolerance: f64,
    pub(super) clearance: f64,
    pub(super) body_radius: f64,
}

/// The two driven wheels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wheels {
    left: Wheel,
    right: Wheel,
    radius: f64,
    separation: f64,
    /// Maximum speed of a wheel, rad/s.
    top_rate: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Wheel {
    /// Index of its speed in a command.
    input: usize,
    /// +1 if a positive speed drives forward, -1 if backward.
    sign: f64,
    top_rate: f64,
}

impl Motion {
    pub(super) fn new(
        params: &Params<'_>,
        model: &RobotSpec,
        wheels: &Wheels,
    ) -> Result<Self, BuiltinError> {
        let reachable = wheels.top_rate * wheels.radius;
        let speed = params.positive("speed", reachable.min(1.0))?;
        if speed > reachable {
            let message = format!("`speed` is {speed} m/s, but the wheels reach {reachable} m/s");
            return Err(params.wrong("speed", message));
        }
        let covered = footprint_radius(model).max(wheels.separation / 2.0);
        Ok(Self {
            goal: params.required("goal")?,
            speed,
            acceleration: params.positive("acceleration", 1.0)?,
            turn_rate: params.positive("turn_rate", 1.5)?,
            tolerance: params.positive("tolerance", 0.15)?,
            clearance: params.at_least_zero("clearance", 0.4)?,
            body_radius: params.positive("body_radius", covered)?,
        })
    }
}

/// Initial pose of odometry.
pub(super) fn start(params: &Params<'_>) -> Result<Place, BuiltinError> {
    let [x, y, heading] = params.optional("start")?.unwrap_or([0.0; 3]);
    Ok(Place { x, y, heading })
}

impl Wheels {
    pub(super) fn new(
        params: &Params<'_>,
        interface: &RobotInterface,
    ) -> Result<Self, BuiltinError> {
        let odometry = interface.model.sensors.iter().find_map(|sensor| sensor.kind.wheels());
        let wheel = |param, joint: Option<&String>| {
            let name = params.optional::<String>(param)?;
            find_wheel(params, interface, param, name.as_deref(), joint)
        };
        let length = |param, default: Option<f64>| {
            if default.is_none() {
                params.required::<f64>(param)?;
            }
            params.positive(param, default.unwrap_or_default())
        };
        let left = wheel("left", odometry.map(|odometry| &odometry.left))?;
        let right = wheel("right", odometry.map(|odometry| &odometry.right))?;
        if left.input == right.input {
            return Err(params.wrong("right", "both wheels are the same actuator"));
        }
        Ok(Self {
            left,
            right,
            radius: length("wheel_radius", odometry.map(|odometry| odometry.radius))?,
            separation: length("wheel_separation", odometry.map(|odometry| odometry.separation))?,
            top_rate: left.top_rate.min(right.top_rate),
        })
    }

    /// Writes the wheel speeds for a forward speed (m/s) and a yaw rate (rad/s). Above the wheels'
    /// limits, both are scaled down so that the curvature stays.
    pub(super) fn command(&self, speed: f64, turn: f64, command: &mut [f32]) {
        let apart = turn * self.separation / 2.0;
        let (left, right) = ((speed - apart) / self.radius, (speed + apart) / self.radius);
        let scale = (self.top_rate / left.abs().max(right.abs())).min(1.0);
        command[self.left.input] = (left * scale * self.left.sign) as f32;
        command[self.right.input] = (right * scale * self.right.sign) as f32;
    }
}

fn find_wheel(
    params: &Params<'_>,
    interface: &RobotInterface,
    param: &'static str,
    name: Option<&str>,
    joint: Option<&String>,
) -> Result<Wheel, BuiltinError> {
    let mut input = 0;
    for (action, spec) in interface.actions.iter().zip(&interface.model.actuators) {
        let named = match name {
            Some(name) => action.name == name,
            None => Some(&action.joint) == joint,
        };
        if named && matches!(spec.drive, Drive::Velocity { .. }) {
            let sign = rolling_sign(&interface.model, &action.joint);
            let top_rate = spec.limits.speed.unwrap_or(f64::INFINITY);
            return Ok(Wheel { input, sign, top_rate });
        }
        input += action.inputs.len();
    }
    let message = match name {
        Some(name) => {
            let names = interface.actions.iter().map(|action| action.name.as_str());
            let advice = crate::did_you_mean(name, names);
            format!("no actuator with a `Velocity` drive is called `{name}`; {advice}")
        }
        None => format!("the robot does not say which actuator is its {param} wheel"),
    };
    Err(params.wrong(param, message))
}

/// +1 if positive rotation of a wheel rolls the base along its +X.
fn rolling_sign(model: &RobotSpec, joint: &str) -> f64 {
    let Some(joint) = model.joints.iter().find(|candidate| candidate.name == joint) else {
        return 1.0;
    };
    let axis = base_from_link(model, &joint.child).rotation * joint.axis.unit();
    if axis.dot(Vector::Y) < 0.0 { -1.0 } else { 1.0 }
}

/// Radius of the disc about the base's origin that covers all simple shapes
/// with the joints at zero, m.
fn footprint_radius(model: &RobotSpec) -> f64 {
    let shapes = model.links.iter().flat_map(|link| {
        let base_from_link = base_from_link(model, &link.name);
        link.shapes.iter().map(move |shape| (base_from_link * shape.pose.pose(), &shape.shape))
    });
    shapes.map(|(pose, shape)| reach(&pose, shape)).fold(0.0, f64::max)
}

/// Horizontal distance from the origin to the farthest point of a shape, m.
fn reach(pose: &Pose, shape: &Shape) -> f64 {
    let horizontal = |point: [f64; 3]| {
        let [x, y, z] = point.map(|value| value as f32);
        let point = *pose * Vector::new(x, y, z);
        f64::from(libm::hypotf(point.x, point.y))
    };
    let farthest = |points: &[[f64; 3]]| points.iter().copied().map(horizontal).fold(0.0, f64::max);
    match shape {
        Shape::Box { size } => {
            let corner = |i: usize| {
                [0, 1, 2]
                    .map(|axis| if i >> axis & 1 == 0 { -size[axis] } else { size[axis] } / 2.0)
            };
            (0..8).map(|i| horizontal(corner(i))).fold(0.0, f64::max)
        }
        Shape::Sphere { radius } => horizontal([0.0; 3]) + radius,
        Shape::Capsule { radius, length } => {
            farthest(&[[0.0, 0.0, length / 2.0], [0.0, 0.0, -length / 2.0]]) + radius
        }
        Shape::Cylinder { radius, length } | Shape::Cone { radius, length } => {
            // The corners of the bounding box: slightly outside the rims.
            let (r, h) = (*radius, length / 2.0);
            let rim = |z: f64| [[r, r, z], [r, -r, z], [-r, r, z], [-r, -r, z]];
            farthest(&rim(h)).max(farthest(&rim(-h)))
        }
        Shape::ConvexHull { points } => farthest(points),
        Shape::TriangleMesh { vertices, .. } => farthest(vertices),
        Shape::Heightfield { .. } | Shape::Plane => 0.0,
    }
}
