//! Impulses, forces and payloads.

use randori_core::layout::RobotId;
use randori_core::math::Vector;

use crate::fixture::*;
use crate::trees::SPRAWLING;

#[test]
fn a_blow_turns_a_hinged_link_by_its_moment() {
    let pendulum = r#"Robot(
        format: 1, name: "pendulum", base: Fixed(link: "stand"),
        links: [
            (name: "stand", mass_kg: 1),
            (name: "rod", mass_kg: 1, com: (0, 0, -0.5), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.01)),
        ],
        joints: [(name: "hinge", kind: Continuous, parent: "stand", child: "rod", axis: Y, damping: 3, armature: 0.05)],
    )"#;
    let mut scene = one_robot(pendulum, "", "");
    let (hinge, rod) = (scene.dof("r0.hinge"), scene.body("r0.rod"));

    scene.world.apply_impulse(rod, Vector::new(2.0, 7.0, 3.0));

    // Only the part across the rod and the hinge counts: 0.5 m times 2 N s.
    let exact = -2.0 * 0.5 / (0.1 + 0.25 + 0.05);
    assert!((scene.world.velocity(hinge) - exact).abs() < 1e-5, "{}", scene.world.velocity(hinge));
    let tip = scene.world.body_twist(rod).at_offset(Vector::Z * -0.5);
    assert_close(tip, Vector::new(-0.5 * exact, 0.0, 0.0), 1e-5);
}

#[test]
fn a_steady_force_on_a_welded_link_pulls_like_gravity() {
    // The force acts at the welded tip, 0.4 m from the axle, and keeps its
    // direction in the world while the arm swings: a pendulum lying down.
    let arm = r#"Robot(
        format: 1, name: "arm", base: Fixed(link: "stand"),
        links: [
            (name: "stand", mass_kg: 1),
            (name: "arm", mass_kg: 1, com: (0, 0, 0), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.1)),
            (name: "tip", mass_kg: 0.5, com: (0.1, 0, 0), inertia: Moments(ixx: 0.01, iyy: 0.01, izz: 0.01)),
        ],
        joints: [
            (name: "axle", kind: Continuous, parent: "stand", child: "arm", axis: Z),
            (name: "weld", kind: Fixed, parent: "arm", child: "tip", pose: (xyz: (0.3, 0, 0.2))),
        ],
    )"#;
    let mut scene = one_robot(arm, r#"start: (joints: {"axle": Rad(0.2)})"#, "");
    let (axle, tip) = (scene.dof("r0.axle"), scene.body("r0.tip"));
    scene.world.set_external_force(tip, Vector::X * 6.0);

    let measured = swing_period_s(&mut scene, "r0.axle", 0.0, 5);

    let inertia: f64 = 0.1 + 0.01 + 0.5 * 0.4 * 0.4;
    let exact = pendulum_period_s(inertia, 6.0 * 0.4 / G, 0.2);
    assert!((measured / exact - 1.0).abs() < 1e-4, "{measured} s instead of {exact} s");

    scene.world.set_external_force(tip, Vector::ZERO);
    let speed = scene.world.velocity(axle);
    scene.run(0.1);
    assert!(
        (scene.world.velocity(axle) - speed).abs() < 1e-5,
        "the force ends when it is taken away"
    );
}

#[test]
fn a_payload_weighs_on_every_kind_of_body_and_leaves_it_where_it_is() {
    let mut scene = one_robot(SPRAWLING, "pose: (xyz: (0, 0, 5))", WEIGHTLESS);
    let (trunk, lower) = (scene.body("r0.trunk"), scene.body("r0.lower"));
    scene.world.apply_impulse(lower, Vector::new(0.5, 1.5, 0.0));
    scene.run(0.1);
    let (pose, twist) = (scene.world.body_pose(trunk), scene.world.body_twist(trunk));

    scene.world.add_payload(trunk, 1.5);
    scene.world.add_payload(lower, 0.3);

    assert_eq!(scene.world.body_mass(trunk), 3.5);
    assert_close(scene.world.body_pose(trunk).translation, pose.translation, 1e-6);
    assert_close(scene.world.body_twist(trunk).linear, twist.linear, 1e-5);
    assert_close(scene.world.body_twist(trunk).angular, twist.angular, 1e-6);
    // From now on the heavier robot keeps its momentum.
    let start = scene.world.center_of_mass(RobotId(0));
    scene.step();
    let velocity = (scene.world.center_of_mass(RobotId(0)) - start) / scene.tick_s as f32;
    scene.run(0.25);
    let travelled = scene.world.center_of_mass(RobotId(0)) - start;
    assert_close(travelled, velocity * 0.252, 1e-3);
}

#[test]
fn a_payload_on_a_pendulum_slows_it() {
    let pendulum = r#"Robot(
        format: 1, name: "pendulum", base: Fixed(link: "stand"),
        links: [
            (name: "stand", mass_kg: 1),
            (name: "rod", mass_kg: 1, com: (0, 0, -0.2), inertia: Moments(ixx: 0.01, iyy: 0.01, izz: 0.01)),
            (name: "tray", mass_kg: 0.001, com: (0, 0, 0), inertia: Moments(ixx: 1e-6, iyy: 1e-6, izz: 1e-6)),
        ],
        joints: [
            (name: "hinge", kind: Continuous, parent: "stand", child: "rod", axis: Y),
            (name: "weld", kind: Fixed, parent: "rod", child: "tray", pose: (xyz: (0, 0, -0.5))),
        ],
    )"#;
    let mut scene = one_robot(pendulum, r#"start: (joints: {"hinge": Rad(1)})"#, "");
    let hinge = scene.dof("r0.hinge");
    scene.world.add_payload(scene.body("r0.tray"), 2.0);

    scene.step();

    let inertia = 0.01 + 0.04 + 2.001 * 0.25;
    let moment = 9.81 * (0.2 + 2.001 * 0.5) * libm::sin(1.0);
    let exact = -moment / inertia * scene.tick_s;
    let speed = f64::from(scene.world.velocity(hinge));
    assert!((speed / exact - 1.0).abs() < 1e-4, "{speed} rad/s instead of {exact}");
}
