//! Joints and drives against closed forms.

mod common;

use std::f64::consts::TAU;

use common::{Scene, Stage};
use randori_sim::world::JointDrive;

const G: f64 = 9.81;

/// A rod that swings about Y at the end of a fixed arm: 1 kg, its centre of
/// mass 0.5 m below the hinge, 0.1 kg m^2 about it.
const PENDULUM: &str = r#"Robot(
    format: 1, name: "pendulum", base: Fixed(link: "stand"),
    links: [
        (name: "stand", mass_kg: 1),
        (name: "rod", mass_kg: 1, com: (0, 0, -0.5), inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.01)),
    ],
    joints: [(name: "hinge", kind: Continuous, parent: "stand", child: "rod", axis: Y, pose: (xyz: (0.2, 0, 2)))],
)"#;

/// Moment of inertia of the pendulum about its hinge, kg m^2.
const PENDULUM_INERTIA: f64 = 0.1 + 0.25;

/// A disc that spins about the vertical: 0.05 kg m^2, out of gravity's reach.
fn disc(joint: &str) -> String {
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

const DISC_INERTIA: f64 = 0.05;

fn one_robot(robot: &str, entry: &str, physics: &str) -> Scene {
    Stage { robots: &[(robot, entry)], physics, ..Stage::default() }.build()
}

/// Period of a pendulum released at `angle` (rad), exact: the small-angle
/// period over the arithmetic-geometric mean of 1 and cos(angle / 2).
fn pendulum_period_s(inertia: f64, mass_times_arm: f64, angle: f64) -> f64 {
    let (mut a, mut b) = (1.0, libm::cos(angle / 2.0));
    for _ in 0..10 {
        (a, b) = ((a + b) / 2.0, (a * b).sqrt());
    }
    TAU * (inertia / (mass_times_arm * G)).sqrt() / a
}

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
        eprintln!("{preset}: period error {error:e}");
        assert!(error.abs() < 1e-4, "{preset}: period is off by {error:e}");
    }
}

#[test]
fn a_drive_sags_under_gravity_as_its_stiffness_says() {
    for preset in ["Fast", "Default", "Reference"] {
        let mut scene = one_robot(PENDULUM, "", &format!("preset: {preset}"));
        let hinge = scene.dof("r0.hinge");
        let target = 0.8;
        scene.world.set_drive(hinge, position(target as f32, 35.0, 3.0, f32::INFINITY));

        scene.run(10.0);

        let mut exact: f64 = target;
        for _ in 0..50 {
            exact = target - 0.5 * G * libm::sin(exact) / 35.0;
        }
        let error = f64::from(scene.world.position(hinge)) - exact;
        eprintln!("{preset}: sag error {error:e}");
        assert!(error.abs() < 1e-5, "{preset}: sag is off by {error:e} rad");
        let torque = f64::from(scene.world.drive_torque(hinge));
        assert!((torque - 0.5 * G * libm::sin(exact)).abs() < 1e-3, "{preset}: torque {torque}");
    }
}

fn position(target: f32, kp: f32, kd: f32, limit: f32) -> JointDrive {
    JointDrive::Position { target, target_velocity: 0.0, kp, kd, feedforward: 0.0, limit }
}

#[test]
fn a_stiff_drive_is_as_stable_at_5_ms_as_at_1_ms() {
    // A leg joint of a small quadruped: at 5 ms, kd dt / I is far above 2, where
    // explicit feedback would explode.
    let light = disc("").replace("izz: 0.05", "izz: 0.0005");
    for rate_hz in [200, 1000] {
        let mut scene = one_robot(&light, "", &format!("rate_hz: {rate_hz}"));
        let axle = scene.dof("r0.axle");
        scene.world.set_drive(axle, position(1.0, 35.0, 0.5, 12.0));

        scene.run(0.5);

        let error = scene.world.position(axle) - 1.0;
        assert!(error.abs() < 1e-5, "at {rate_hz} Hz: {error:e} rad");
        // One unit in the last place of the angle per tick is 1.2e-4 rad/s.
        assert!(scene.world.velocity(axle).abs() < 2e-4, "at {rate_hz} Hz");
    }
}

#[test]
fn the_torque_that_a_drive_reports_is_the_one_that_accelerates() {
    let drives = [
        JointDrive::Torque { torque: -0.7 },
        JointDrive::Velocity { target: 30.0, gain: 0.2, limit: f32::INFINITY },
        JointDrive::Velocity { target: 30.0, gain: 0.2, limit: 1.5 },
        position(1.0, 35.0, 0.5, f32::INFINITY),
        position(-1.0, 35.0, 0.5, 2.0),
        JointDrive::Position {
            target: 0.3,
            target_velocity: 2.0,
            kp: 5.0,
            kd: 0.1,
            feedforward: 0.4,
            limit: 20.0,
        },
        JointDrive::Position {
            target: 0.0,
            target_velocity: 2.0,
            kp: 0.0,
            kd: 0.1,
            feedforward: 0.4,
            limit: 20.0,
        },
        JointDrive::Position {
            target: 0.0,
            target_velocity: 0.0,
            kp: 0.0,
            kd: 0.0,
            feedforward: 5.0,
            limit: 2.0,
        },
    ];
    for physics in ["preset: Fast", "preset: Default", "rate_hz: 1000, substeps: 1"] {
        for drive in drives {
            let mut scene = one_robot(&disc(""), "", physics);
            let axle = scene.dof("r0.axle");
            scene.world.set_drive(axle, drive);
            let mut before = 0.0;
            for _ in 0..100 {
                scene.step();
                let now = f64::from(scene.world.velocity(axle));
                let torque = f64::from(scene.world.drive_torque(axle));
                let balance = DISC_INERTIA * (now - before) / scene.tick_s;
                // Rates carry 24 bits, and are divided by a short time.
                let rounding = DISC_INERTIA * 2e-7 * now.abs() / scene.tick_s;
                let error = (torque - balance).abs();
                assert!(
                    error <= 1e-4 * balance.abs() + rounding + 1e-6,
                    "{drive:?} {physics}: {torque} N m reported, {balance} N m exerted"
                );
                before = now;
            }
        }
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
    assert_close(scene.world.body_pose(tip).translation.to_array(), [0.0, 0.5, 1.1], 1e-6);

    let drive = JointDrive::Velocity { target: 2.0, gain: 1e3, limit: f32::INFINITY };
    scene.world.set_drive(axle, drive);
    scene.run(0.5);

    let angle = f64::from(scene.world.position(axle));
    let (sin, cos) = (libm::sin(angle) as f32, libm::cos(angle) as f32);
    let twist = scene.world.body_twist(tip);
    assert_close(
        scene.world.body_pose(tip).translation.to_array(),
        [0.5 * cos, 0.5 * sin, 1.1],
        1e-5,
    );
    assert_close(twist.linear.to_array(), [-sin, cos, 0.0], 1e-3);
    assert_close(twist.angular.to_array(), [0.0, 0.0, 2.0], 1e-3);
    assert_eq!(scene.world.body_mass(tip), 0.5);
}

fn assert_close(actual: [f32; 3], expected: [f32; 3], tolerance: f32) {
    let off = (0..3).any(|axis| (actual[axis] - expected[axis]).abs() > tolerance);
    assert!(!off, "{actual:?} instead of {expected:?}");
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
        eprintln!("{preset}: overshoot {:e} rad, rest {:e} rad", farthest - stop, rest - stop);
        assert!(farthest < stop + 0.05, "{preset}: {farthest} rad");
        assert!((rest - stop).abs() < 1e-3, "{preset}: rests at {rest} rad");
    }
}

#[test]
fn a_velocity_drive_presses_against_its_end_stop() {
    for preset in ["Fast", "Default", "Reference"] {
        let robot = disc("damping: 0")
            .replace("Continuous", "Revolute(limits: (lower: Deg(-30), upper: Deg(30)))");
        let mut scene = one_robot(&robot, "", &format!("preset: {preset}"));
        let axle = scene.dof("r0.axle");
        scene.world.set_drive(axle, JointDrive::Velocity { target: 3.0, gain: 0.5, limit: 1.0 });

        scene.run(1.0);

        let torque = scene.world.drive_torque(axle);
        assert!((torque - 1.0).abs() < 1e-3, "{preset}: presses with {torque} N m");
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
    assert_close(pose.translation.to_array(), [0.0, 0.6 * at, 0.8 * at], 1e-5);

    let mut held = one_robot(robot, "", "");
    held.world.set_drive(slide, JointDrive::Torque { torque: (3.0 * 0.8 * G) as f32 });
    held.run(1.0);
    assert!(held.world.position(slide).abs() < 1e-5, "{} m", held.world.position(slide));
}

/// Period of a joint that swings about `rest` (rad): the time between its first
/// and its last passage, over `periods`.
fn swing_period_s(scene: &mut Scene, dof: &str, rest: f64, periods: usize) -> f64 {
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
