//! Robots shared by tests.

use randori_core::layout::SceneLayout;
use randori_core::policy::{Observation, RobotInterface};
use randori_core::spec::{RobotSpec, Scenario};
use randori_core::time::Tick;
use serde::de::DeserializeOwned;

/// Ticks per second of the observations in this module.
pub(crate) const TICK_RATE_HZ: u64 = 500;

fn parse<T: DeserializeOwned>(text: &str) -> T {
    ron::Options::default()
        .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
        .from_str(text)
        .expect("fixture text must parse")
}

/// The interface of the robot that `text` describes, with a control rate of 50 Hz.
pub(crate) fn interface(text: &str) -> RobotInterface {
    let model: RobotSpec = parse(text);
    let scenario = Scenario {
        spec: parse(&format!(
            r#"Scenario(format: 1, title: "test", duration: 1.0, environment: "none",
                robots: [(name: "{}", model: "none")])"#,
            model.name
        )),
        environment: parse(r#"Environment(format: 1, name: "empty")"#),
        robots: vec![model],
        contracts: vec![None],
    };
    let layout = SceneLayout::new(&scenario);
    RobotInterface::new(&layout, 0, &scenario.robots[0], 0.02, [0.0, 0.0, -9.81])
}

/// A cart (1 kg) on a rail with a pole: 0.1 kg, a thin 1 m box along Z.
pub(crate) const CARTPOLE: &str = r#"Robot(
    format: 1, name: "cartpole", base: Fixed(link: "rail"),
    links: [
        (name: "rail", mass_kg: 1.0),
        (name: "cart", mass_kg: 1.0),
        (name: "pole", mass_kg: 0.1, shapes: [
            (shape: Box(size: (0.02, 0.02, 1.0)), pose: (xyz: (0.0, 0.0, 0.5))),
        ]),
    ],
    joints: [
        (name: "slide", kind: Prismatic(limits: (lower: -2.4, upper: 2.4)),
         parent: "rail", child: "cart", axis: X),
        (name: "hinge", kind: Continuous, parent: "cart", child: "pole", axis: Y),
    ],
    actuators: [(name: "motor", joint: "slide", drive: Torque, limits: (torque: 20.0))],
    sensors: [(name: "joints", kind: JointState(), rate_hz: 100)],
)"#;

/// A differential-drive base with odometry and a lidar ahead of its centre.
pub(crate) const COURIER: &str = r#"Robot(
    format: 1, name: "courier", base: Floating(link: "base"),
    links: [
        (name: "base", mass_kg: 26.0, shapes: [
            (shape: Box(size: (0.60, 0.50, 0.30)), pose: (xyz: (0.0, 0.0, 0.25))),
        ]),
        (name: "left_wheel", mass_kg: 1.2), (name: "right_wheel", mass_kg: 1.2),
    ],
    joints: [
        (name: "left_wheel", kind: Continuous, parent: "base", child: "left_wheel",
         pose: (xyz: (0.0, 0.25, 0.1), rpy: (Deg(-90), Deg(0), Deg(0)))),
        (name: "right_wheel", kind: Continuous, parent: "base", child: "right_wheel",
         pose: (xyz: (0.0, -0.25, 0.1), rpy: (Deg(-90), Deg(0), Deg(0)))),
    ],
    actuators: [
        (name: "left", joint: "left_wheel", drive: Velocity(gain: 4.0), limits: (speed: 18.0)),
        (name: "right", joint: "right_wheel", drive: Velocity(gain: 4.0), limits: (speed: 18.0)),
    ],
    sensors: [
        (name: "lidar", link: "base", pose: (xyz: (0.2, 0.0, 0.45)),
         kind: Lidar(beams: 180, range: (0.05, 12.0)), rate_hz: 10),
        (name: "odometry", rate_hz: 50, kind: WheelOdometry(
            left: "left_wheel", right: "right_wheel", radius: 0.1, separation: 0.5)),
    ],
)"#;

/// One leg with a joint for each drive that takes a position or a torque.
pub(crate) const LEG: &str = r#"Robot(
    format: 1, name: "leg", base: Fixed(link: "trunk"),
    links: [
        (name: "trunk", mass_kg: 1.0), (name: "thigh", mass_kg: 0.3),
        (name: "shank", mass_kg: 0.2), (name: "foot", mass_kg: 0.1),
    ],
    joints: [
        (name: "hip", kind: Continuous, parent: "trunk", child: "thigh", axis: Y),
        (name: "knee", kind: Continuous, parent: "thigh", child: "shank", axis: Y),
        (name: "ankle", kind: Continuous, parent: "shank", child: "foot", axis: Y),
    ],
    actuators: [
        (name: "hip_motor", joint: "hip", drive: Position(kp: 20.0, kd: 0.5)),
        (name: "knee_motor", joint: "knee", drive: Impedance(kp: 20.0, kd: 0.5)),
        (name: "ankle_motor", joint: "ankle", drive: Torque, limits: (torque: 2.0)),
    ],
    sensors: [(name: "joints", kind: JointState(), rate_hz: 500)],
    poses: {
        "crouch": {"hip": Rad(0.8), "knee": Rad(-1.6), "ankle": Rad(0.4)},
        "stand": {},
    },
)"#;

/// Parses the parameters in `text` (the inside of a RON map).
pub(crate) fn params(text: &str) -> std::collections::BTreeMap<String, ron::Value> {
    parse(&format!("{{{text}}}"))
}

/// A robot's observation at one moment, with all channels just measured.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) tick: u64,
    pub(crate) values: Vec<f32>,
    pub(crate) measured_at: Vec<Option<Tick>>,
}

impl Snapshot {
    /// A moment `time_s` seconds after the start.
    pub(crate) fn at(interface: &RobotInterface, time_s: f64, values: Vec<f32>) -> Self {
        let tick = libm::round(time_s * TICK_RATE_HZ as f64) as u64;
        let measured_at = vec![Some(Tick(tick)); interface.observations.len()];
        Self { tick, values, measured_at }
    }

    /// The inference request to a policy.
    pub(crate) fn observation(&self, request: u64) -> Observation<'_> {
        Observation {
            request,
            tick: Tick(self.tick),
            time_s: self.tick as f64 / TICK_RATE_HZ as f64,
            values: &self.values,
            measured_at: &self.measured_at,
        }
    }
}
