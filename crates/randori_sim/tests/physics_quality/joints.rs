//! Joints and welds compared with closed forms.

use std::f64::consts::TAU;

use randori_core::math::Vector;
use randori_sim::world::JointDrive;

use crate::fixture::*;

#[test]
fn a_pendulum_keeps_its_period_and_its_amplitude() {
    for preset in ["Default", "Reference"] {
        let mut scene = one_robot(
            PENDULUM,
            r#"start: (joints: {"hinge": Deg(40)})"#,
            &format!("preset: {preset}"),
        );

        let measured = swing_period_s(&mut scene, "r0.hinge", 0.0, 10);

        let exact = pendulum_period_s(PENDULUM_INERTIA, 0.5, 40f64.to_radians());
        let error = measured / exact - 1.0;
        assert!(error.abs() < 1e-4, "{preset}: period is off by {error:e}");
    }
}

#[test]
fn welded_links_swing_like_one_link_of_the_same_mass() {
    // The rod of the pendulum as three pieces: 0.5 kg, and twice 0.25 kg turned
    // about skew axes and far from the common centre of mass.
    let welded = r#"Robot(
        format: 1, name: "welded", base: Fixed(link: "stand"),
        links: [
            (name: "stand", mass_kg: 1),
            (name: "rod", mass_kg: 0.5, com: (0, 0, -0.4), inertia: Moments(ixx: 0.02, iyy: 0.03, izz: 0.01)),
            (name: "left", mass_kg: 0.25, com: (0.1, 0, 0), inertia: Moments(ixx: 0.001, iyy: 0.002, izz: 0.003)),
            (name: "right", mass_kg: 0.25, com: (0, 0, 0.05), inertia: Moments(ixx: 0.004, iyy: 0.001, izz: 0.004)),
        ],
        joints: [
            (name: "hinge", kind: Continuous, parent: "stand", child: "rod", axis: Y),
            (name: "weld", kind: Fixed, parent: "rod", child: "left", pose: (xyz: (0.1, 0.2, -0.5), rpy: (Deg(0), Deg(0), Deg(90)))),
            (name: "weld_2", kind: Fixed, parent: "left", child: "right", pose: (xyz: (-0.3, 0.2, -0.2), rpy: (Deg(0), Deg(90), Deg(0)))),
        ],
    )"#;
    // Centres of mass in the rod's frame: (0.1, 0.3, -0.5) for the left piece,
    // (-0.1 + 0.05 sideways, ...) for the right one; by hand below.
    let left = [0.1, -0.5];
    // left_from_right = (-0.3, 0.2, -0.2), its own com (0, 0, 0.05) points along
    // +X of the left frame, which is +Y of the rod.
    let right = [0.1 - 0.2, -0.5 - 0.2];
    // The rod's Y is the left piece's X; the right piece's axes there are
    // turned by 90 degrees about the left Y, so X of the left is its Z.
    let inertia = 0.03
        + 0.5 * 0.4 * 0.4
        + 0.001
        + 0.25 * (left[0] * left[0] + left[1] * left[1])
        + 0.004
        + 0.25 * (right[0] * right[0] + right[1] * right[1]);
    let (x, z) = (0.25 * (left[0] + right[0]), -0.2 + 0.25 * (left[1] + right[1]));
    let arm = libm::hypot(x, z);
    let rest = libm::atan2(-x, -z);
    let entry = format!("start: (joints: {{\"hinge\": Rad({})}})", rest + 0.3);
    let mut scene = one_robot(welded, &entry, "");
    let hinge = scene.dof("r0.hinge");

    let before = f64::from(scene.world.position(hinge));
    let measured = swing_period_s(&mut scene, "r0.hinge", rest, 10);

    let exact = pendulum_period_s(inertia, arm, before - rest);
    assert!((measured / exact - 1.0).abs() < 1e-4, "{measured} s instead of {exact} s");
}

#[test]
fn a_welded_link_keeps_its_own_pose_velocity_and_mass() {
    let robot = r#"Robot(
        format: 1, name: "arm", base: Fixed(link: "stand"),
        links: [
            (name: "stand", mass_kg: 1),
            (name: "arm", mass_kg: 2, com: (0, 0, 0), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.1)),
            (name: "tip", mass_kg: 0.5, com: (0, 0, 0), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.1)),
        ],
        joints: [
            (name: "axle", kind: Continuous, parent: "stand", child: "arm", axis: Z, pose: (xyz: (0, 0, 1))),
            (name: "weld", kind: Fixed, parent: "arm", child: "tip", pose: (xyz: (0.5, 0, 0.1), rpy: (Deg(0), Deg(0), Deg(90)))),
        ],
    )"#;
    let mut scene = one_robot(robot, r#"start: (joints: {"axle": Deg(90)})"#, "");
    let (axle, tip) = (scene.dof("r0.axle"), scene.body("r0.tip"));
    assert_close(scene.world.body_pose(tip).translation, Vector::new(0.0, 0.5, 1.1), 1e-6);

    let drive = JointDrive::Velocity { target: 2.0, gain: 1e3, limit: f32::INFINITY };
    scene.world.set_drive(axle, drive);
    scene.run(0.5);

    let angle = f64::from(scene.world.position(axle));
    let (sin, cos) = (libm::sin(angle) as f32, libm::cos(angle) as f32);
    let twist = scene.world.body_twist(tip);
    assert_close(
        scene.world.body_pose(tip).translation,
        Vector::new(0.5 * cos, 0.5 * sin, 1.1),
        1e-5,
    );
    assert_close(twist.linear, Vector::new(-sin, cos, 0.0), 1e-3);
    assert_close(twist.angular, Vector::new(0.0, 0.0, 2.0), 1e-3);
    assert_eq!(scene.world.body_mass(tip), 0.5);
}

#[test]
fn end_stops_hold_against_a_blow_and_against_a_motor() {
    for preset in ["Fast", "Default", "Reference"] {
        let robot = disc("damping: 0")
            .replace("Continuous", "Revolute(limits: (lower: Deg(-30), upper: Deg(30)))");
        let mut scene = one_robot(&robot, "", &format!("preset: {preset}"));
        let (axle, stop) = (scene.dof("r0.axle"), 30f32.to_radians());
        scene.world.set_drive(axle, JointDrive::Torque { torque: 5.0 });
        let mut farthest = 0f32;
        for _ in 0..(2.0 / scene.tick_s) as usize {
            scene.step();
            farthest = farthest.max(scene.world.position(axle));
        }
        let rest = scene.world.position(axle);
        assert!(farthest < stop + 0.05, "{preset}: {farthest} rad");
        assert!((rest - stop).abs() < 1e-3, "{preset}: rests at {rest} rad");
    }
}

#[test]
fn dry_friction_holds_below_its_limit_and_takes_it_above() {
    let mut held = one_robot(&disc("friction: 0.5"), "", "");
    let axle = held.dof("r0.axle");
    held.world.set_drive(axle, JointDrive::Torque { torque: 0.49 });
    held.run(2.0);
    assert!(held.world.position(axle).abs() < 1e-5, "{} rad", held.world.position(axle));

    let mut slipping = one_robot(&disc("friction: 0.5"), "", "");
    slipping.world.set_drive(axle, JointDrive::Torque { torque: 0.8 });
    slipping.run(1.0);
    let speed = f64::from(slipping.world.velocity(axle));
    assert!((speed / ((0.8 - 0.5) / DISC_INERTIA) - 1.0).abs() < 1e-4, "{speed} rad/s");
}

#[test]
fn armature_adds_to_the_inertia_and_damping_takes_its_torque() {
    let mut scene = one_robot(&disc("armature: 0.15, damping: 0.4"), "", "");
    let axle = scene.dof("r0.axle");
    scene.world.set_drive(axle, JointDrive::Torque { torque: 2.0 });

    scene.run(0.5);

    // First order: tau / d (1 - exp(-d t / I)), by implicit steps.
    let ticks = 0.5 / scene.tick_s;
    let left = libm::pow(1.0 + 0.4 * scene.tick_s / (DISC_INERTIA + 0.15), -ticks);
    let exact = 2.0 / 0.4 * (1.0 - left);
    let speed = f64::from(scene.world.velocity(axle));
    assert!((speed / exact - 1.0).abs() < 1e-4, "{speed} rad/s instead of {exact}");
    let closed_form = 2.0 / 0.4 * (1.0 - libm::exp(-0.4 * 0.5 / (DISC_INERTIA + 0.15)));
    assert!((speed / closed_form - 1.0).abs() < 5e-3, "{speed} rad/s instead of {closed_form}");
}

#[test]
fn a_spring_swings_at_its_frequency_about_its_rest() {
    let robot = disc("spring: (stiffness: 3.2, rest: Rad(0.4))");
    let mut scene =
        one_robot(&robot, r#"start: (joints: {"axle": Rad(0.5)})"#, "preset: Reference");

    let measured = swing_period_s(&mut scene, "r0.axle", 0.4, 10);

    let exact = TAU * (DISC_INERTIA / 3.2).sqrt();
    assert!((measured / exact - 1.0).abs() < 1e-3, "{measured} s instead of {exact} s");
}

#[test]
fn a_slider_falls_and_is_held_by_its_drive() {
    let robot = r#"Robot(
        format: 1, name: "lift", base: Fixed(link: "mast"),
        links: [
            (name: "mast", mass_kg: 1),
            (name: "cab", mass_kg: 3, com: (0.1, 0, 0), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.1)),
        ],
        joints: [(name: "slide", kind: Prismatic(), parent: "mast", child: "cab", axis: Along(0, 0.6, 0.8))],
    )"#;
    let mut falling = one_robot(robot, "", "");
    falling.run(1.0);
    let slide = falling.dof("r0.slide");
    let speed = f64::from(falling.world.velocity(slide));
    assert!((speed / (-0.8 * G) - 1.0).abs() < 1e-5, "{speed} m/s");
    let at = falling.world.position(slide);
    let pose = falling.world.body_pose(falling.body("r0.cab"));
    assert_close(pose.translation, Vector::new(0.0, 0.6 * at, 0.8 * at), 1e-5);

    let mut held = one_robot(robot, "", "");
    held.world.set_drive(slide, JointDrive::Torque { torque: (3.0 * 0.8 * G) as f32 });
    held.run(1.0);
    assert!(held.world.position(slide).abs() < 1e-5, "{} m", held.world.position(slide));
}
