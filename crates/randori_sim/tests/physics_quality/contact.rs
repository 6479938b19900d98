//! Contacts: rest, stick, slip, bounce, and forces.

use randori_core::math::Vector;

use crate::common::{Scene, Stage};
use crate::fixture::{PRESETS, hold};

pub(crate) fn movable(name: &str, shape: &str, mass_kg: f64, pose: &str, surface: &str) -> String {
    format!(
        "(name: \"{name}\", pose: ({pose}), mobility: Movable(mass_kg: {mass_kg}), \
         shapes: [(shape: {shape}, {surface})])"
    )
}

pub(crate) fn objects(list: &[String], physics: &str) -> Scene {
    let environment = format!("ground: (), objects: [{}]", list.join(", "));
    Stage { environment: &environment, physics, ..Stage::default() }.build()
}

pub(crate) fn height(scene: &Scene, path: &str) -> f32 {
    scene.world.body_pose(scene.body(path)).translation.z
}

#[test]
fn a_resting_box_is_carried_by_its_weight() {
    for physics in PRESETS {
        let crate_ = movable("crate", "Box(size: (0.3, 0.2, 0.2))", 2.5, "xyz: (0, 0, 0.1)", "");
        let mut scene = objects(&[crate_], physics);
        let body = scene.body("crate");

        scene.run(1.0);

        let wrench = scene.world.contact_wrench(body);
        let weight = 2.5 * 9.81;
        assert!((wrench.force.z / weight - 1.0).abs() < 1e-2, "{physics}: {} N", wrench.force);
        assert!(wrench.force.truncate().length() < 0.01 * weight, "{physics}: {}", wrench.force);
        assert!(wrench.torque.length() < 0.01, "{physics}: {} N m", wrench.torque);
    }
}

#[test]
fn a_box_on_a_slope_is_held_by_friction_and_does_not_creep() {
    for physics in PRESETS {
        let mut scene = slope(20.0, physics);
        let crate_ = scene.body("crate");
        scene.run(0.5);
        let start = scene.world.body_pose(crate_).translation;

        scene.run(3.0);

        let creep = (scene.world.body_pose(crate_).translation - start).length();
        assert!(creep < 1e-3, "{physics}: creeps {creep} m in 3 s");
        // Normal force and friction together carry the weight.
        let force = scene.world.contact_wrench(crate_).force;
        assert!((force - Vector::Z * 9.81).length() < 0.2, "{physics}: {force} N");
    }
}

#[test]
fn a_box_slides_when_the_slope_is_steeper_than_friction_allows() {
    let mut scene = slope(30.0, "");
    let crate_ = scene.body("crate");
    scene.run(0.5);
    let before = scene.world.body_twist(crate_).linear.length();
    scene.run(0.5);
    let gained = scene.world.body_twist(crate_).linear.length() - before;

    let slope = 30f64.to_radians();
    let exact = 9.81 * (libm::sin(slope) - 0.5 * libm::cos(slope)) * 0.5;
    assert!((f64::from(gained) / exact - 1.0).abs() < 0.01, "{gained} m/s instead of {exact}");
}

/// A box of 1 kg on a tilted slab, coefficient 0.5 on both.
fn slope(degrees: f64, physics: &str) -> Scene {
    let tilt = format!("rpy: (Deg(0), Deg({degrees}), Deg(0))");
    let angle = degrees.to_radians();
    // The slab is 0.2 m thick, the box 0.2 m high.
    let (x, z) = (0.2 * libm::sin(angle), 0.2 * libm::cos(angle) + 5.0);
    let slab = format!(
        "(name: \"slab\", pose: (xyz: (0, 0, 5), {tilt}), \
         shapes: [(shape: Box(size: (20, 2, 0.2)), friction: 0.5)])"
    );
    let pose = format!("xyz: ({x}, 0, {z}), {tilt}");
    let crate_ = movable("crate", "Box(size: (0.2, 0.2, 0.2))", 1.0, &pose, "friction: 0.5");
    objects(&[slab, crate_], physics)
}

#[test]
fn a_legged_robot_on_a_slope_does_not_creep() {
    let stool = r#"Robot(
        format: 1, name: "stool", base: Floating(link: "seat"),
        links: [
            (name: "seat", mass_kg: 2, shapes: [(shape: Box(size: (0.3, 0.3, 0.1)))]),
            (name: "leg", mass_kg: 1, shapes: [(shape: Box(size: (0.3, 0.3, 0.1)), friction: 0.5)]),
        ],
        joints: [(name: "knee", kind: Continuous, parent: "seat", child: "leg", axis: Y, pose: (xyz: (0, 0, -0.15)))],
    )"#;
    for physics in PRESETS {
        let environment = "objects: [(name: \"slab\", pose: (rpy: (Deg(0), Deg(20), Deg(0))), \
                           shapes: [(shape: Plane, friction: 0.5)])]";
        // 0.2 m above the slope, along its normal.
        let robots =
            [(stool, "pose: (xyz: (0.068404, 0, 0.187939), rpy: (Deg(0), Deg(20), Deg(0)))")];
        let mut scene = Stage { robots: &robots, environment, physics, ..Stage::default() }.build();
        scene.world.set_drive(scene.dof("r0.knee"), hold(0.0, 300.0, 5.0, 50.0));
        scene.run(1.0);
        let leg = scene.body("r0.leg");
        let start = scene.world.body_pose(leg).translation;

        scene.run(3.0);

        let creep = (scene.world.body_pose(leg).translation - start).length();
        let force = scene.world.contact_wrench(leg).force;
        assert!(creep < 1e-3, "{physics}: creeps {creep} m in 3 s");
        assert!((force - Vector::Z * 3.0 * 9.81).length() < 0.5, "{physics}: {force} N");
    }
}

#[test]
fn a_gripper_holds_what_it_grips() {
    let gripper = r#"Robot(
        format: 1, name: "gripper", base: Fixed(link: "palm"),
        links: [
            (name: "palm", mass_kg: 1),
            (name: "left", mass_kg: 0.1, shapes: [(shape: Box(size: (0.02, 0.04, 0.04)), friction: 0.8)]),
            (name: "right", mass_kg: 0.1, shapes: [(shape: Box(size: (0.02, 0.04, 0.04)), friction: 0.8)]),
        ],
        joints: [
            (name: "left", kind: Prismatic(limits: (lower: -0.01, upper: 0.05)), parent: "palm", child: "left", axis: X, pose: (xyz: (-0.04, 0, 0))),
            (name: "right", kind: Prismatic(limits: (lower: -0.05, upper: 0.01)), parent: "palm", child: "right", axis: X, pose: (xyz: (0.04, 0, 0))),
        ],
    )"#;
    let shapes = [
        "Box(size: (0.05, 0.05, 0.05))",
        "Sphere(radius: 0.025)",
        "Cylinder(radius: 0.025, length: 0.06)",
    ];
    for physics in PRESETS {
        for shape in shapes {
            let environment = format!(
                "objects: [{}, (name: \"table\", pose: (xyz: (0, 0, 0.87)), shapes: [(shape: Box(size: (0.01, 0.2, 0.2)))])]",
                movable("prize", shape, 0.3, "xyz: (0, 0, 1)", "friction: 0.8")
            );
            let robots = [(gripper, "pose: (xyz: (0, 0, 1))")];
            let mut scene =
                Stage { robots: &robots, environment: &environment, physics, ..Stage::default() }
                    .build();
            // 6 N per finger hold up to 0.98 kg by friction; the prize has 0.3.
            scene.world.set_drive(scene.dof("r0.left"), hold(0.05, 2000.0, 50.0, 6.0));
            scene.world.set_drive(scene.dof("r0.right"), hold(-0.05, 2000.0, 50.0, 6.0));
            scene.run(1.0);
            // Fingers and prize may wander sideways together.
            let in_finger = |scene: &Scene| {
                let finger = scene.world.body_pose(scene.body("r0.left"));
                finger.inverse() * scene.world.body_pose(scene.body("prize")).translation
            };
            let start = in_finger(&scene);

            scene.run(9.0);

            let slip = in_finger(&scene) - start;
            assert!(start.z > -0.02, "{physics} {shape}: dropped before it was gripped");
            assert!(slip.length() < 1e-4, "{physics} {shape}: slips {slip} m in 9 s");
            let press = scene.world.contact_wrench(scene.body("r0.left")).force;
            assert!((press.x + 6.0).abs() < 0.1, "{physics} {shape}: pressed by {press} N");
        }
    }
}

#[test]
fn ten_boxes_stand_on_each_other() {
    for physics in PRESETS {
        let tower: Vec<String> = (0..10)
            .map(|level| {
                let pose = format!("xyz: (0, 0, {})", 0.1 + 0.2 * f64::from(level));
                movable(&format!("box_{level}"), "Box(size: (0.2, 0.2, 0.2))", 1.0, &pose, "")
            })
            .collect();
        let mut scene = objects(&tower, physics);

        scene.run(10.0);

        let top = scene.world.body_pose(scene.body("box_9")).translation;
        assert!((top - Vector::Z * 1.9).length() < 0.005, "{physics}: the top is at {top}");
    }
}

#[test]
fn a_light_box_carries_a_hundred_times_its_weight() {
    for physics in PRESETS {
        let light = movable("light", "Box(size: (0.2, 0.2, 0.2))", 1.0, "xyz: (0, 0, 0.1)", "");
        let heavy = movable("heavy", "Box(size: (0.2, 0.2, 0.2))", 100.0, "xyz: (0, 0, 0.3)", "");
        let mut scene = objects(&[light, heavy], physics);

        scene.run(3.0);

        let sink = 0.3 - height(&scene, "heavy");
        assert!(sink < 4e-3, "{physics}: sinks {sink} m");
    }
}

#[test]
fn a_ball_bounces_to_the_height_that_its_restitution_says() {
    let ball = movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (0, 0, 1.1)", "restitution: 0.6");
    let environment = format!("ground: (restitution: 0.6), objects: [{ball}]");
    let mut scene =
        Stage { environment: &environment, physics: "preset: Reference", ..Stage::default() }
            .build();
    let (mut lowest, mut highest) = (f32::MAX, 0f32);
    for _ in 0..900 {
        scene.step();
        lowest = lowest.min(height(&scene, "ball"));
        if lowest < 0.11 {
            highest = highest.max(height(&scene, "ball"));
        }
    }

    assert!((highest - 0.1 - 0.36).abs() < 0.02, "rises {} m", highest - 0.1);
}
