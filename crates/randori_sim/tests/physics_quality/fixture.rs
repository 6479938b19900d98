//! Robots and measurements shared by several modules.

use std::f64::consts::TAU;

use randori_core::math::Vector;
use randori_sim::world::JointDrive;

use crate::common::{Scene, Stage};

/// Standard gravity, m/s^2.
pub(crate) const G: f64 = 9.81;

/// Settings of the physics without gravity.
pub(crate) const WEIGHTLESS: &str = "gravity: (0, 0, 0)";

/// The three presets.
pub(crate) const PRESETS: [&str; 3] = ["preset: Fast", "preset: Default", "preset: Reference"];

/// A rod that swings about Y at the end of a fixed arm: 1 kg, its centre of
/// mass 0.5 m below the hinge, 0.1 kg m^2 about it.
pub(crate) const PENDULUM: &str = r#"Robot(
    format: 1, name: "pendulum", base: Fixed(link: "stand"),
    links: [
        (name: "stand", mass_kg: 1),
        (name: "rod", mass_kg: 1, com: (0, 0, -0.5), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.01)),
    ],
    joints: [(name: "hinge", kind: Continuous, parent: "stand", child: "rod", axis: Y, pose: (xyz: (0.2, 0, 2)))],
)"#;

/// Moment of inertia of the pendulum about its hinge, kg m^2.
pub(crate) const PENDULUM_INERTIA: f64 = 0.1 + 0.25;

/// A disc that spins about the vertical: 0.05 kg m^2, out of gravity's reach.
pub(crate) fn disc(joint: &str) -> String {
    format!(
        r#"Robot(
            format: 1, name: "disc", base: Fixed(link: "stand"),
            links: [
                (name: "stand", mass_kg: 1),
                (name: "disc", mass_kg: 2, com: (0, 0, 0), inertia: Moments(ixx: 0.03, iyy: 0.03, izz: 0.05)),
            ],
            joints: [(name: "axle", kind: Continuous, parent: "stand", child: "disc", axis: Z, {joint})],
        )"#
    )
}

/// Moment of inertia of the disc about its axle, kg m^2.
pub(crate) const DISC_INERTIA: f64 = 0.05;

/// A world with one robot and nothing else.
pub(crate) fn one_robot(robot: &str, entry: &str, physics: &str) -> Scene {
    Stage { robots: &[(robot, entry)], physics, ..Stage::default() }.build()
}

/// Period of a pendulum released at `angle` (rad), exact: the small-angle
/// period over the arithmetic-geometric mean of 1 and cos(angle / 2).
pub(crate) fn pendulum_period_s(inertia: f64, mass_times_arm: f64, angle: f64) -> f64 {
    let (mut a, mut b) = (1.0, libm::cos(angle / 2.0));
    for _ in 0..10 {
        (a, b) = (f64::midpoint(a, b), (a * b).sqrt());
    }
    TAU * (inertia / (mass_times_arm * G)).sqrt() / a
}

/// Period of a joint that swings about `rest` (rad): the time between its first
/// and its last passage, over `periods`.
pub(crate) fn swing_period_s(scene: &mut Scene, dof: &str, rest: f64, periods: usize) -> f64 {
    let dof = scene.dof(dof);
    let offset = |scene: &Scene| f64::from(scene.world.position(dof)) - rest;
    let (mut crossings, mut before, mut time) = (Vec::new(), offset(scene), 0.0);
    while crossings.len() < 2 * periods + 1 {
        scene.step();
        let now = offset(scene);
        if (before < 0.0) != (now < 0.0) {
            crossings.push(time + scene.tick_s * before / (before - now));
        }
        (before, time) = (now, time + scene.tick_s);
        assert!(time < 60.0, "the joint must swing");
    }
    (crossings[2 * periods] - crossings[0]) / periods as f64
}

/// Fails unless two vectors are closer than the tolerance.
pub(crate) fn assert_close(actual: Vector, expected: Vector, tolerance: f32) {
    let off = (actual - expected).length();
    assert!(off <= tolerance, "{actual} instead of {expected} (off by {off:e})");
}

/// A drive to a coordinate, without velocity and feed-forward.
pub(crate) fn hold(target: f32, kp: f32, kd: f32, limit: f32) -> JointDrive {
    JointDrive::Position { target, target_velocity: 0.0, kp, kd, feedforward: 0.0, limit }
}
