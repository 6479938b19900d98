//! Priority of surfaces, and torsional and rolling friction.

use randori_core::math::Vector;
use randori_sim::world::JointDrive;

use crate::common::{Scene, Stage};
use crate::contact::movable;
use crate::fixture::PRESETS;

/// A plate that slides at 2 m/s over a floor for half a second.
fn sliding(floor: &str, plate: &str) -> f32 {
    let environment = format!(
        "objects: [(name: \"floor\", shapes: [(shape: Plane, {floor})]), {}]",
        movable("plate", "Box(size: (0.4, 0.4, 0.04))", 1.0, "xyz: (0, 0, 0.02)", plate)
            .replace("mass_kg: 1", "linear_velocity: (2, 0, 0), mass_kg: 1")
    );
    let mut scene: Scene = Stage { environment: &environment, ..Stage::default() }.build();
    scene.run(0.1);
    let before = scene.world.body_twist(scene.body("plate")).linear.x;
    scene.run(0.4);
    (before - scene.world.body_twist(scene.body("plate")).linear.x) / (0.4 * 9.81)
}

#[test]
fn the_surface_of_higher_priority_counts_alone() {
    let cases = [
        ("friction: 0.1", "friction: 0.3", 0.2),
        ("friction: 0.1, priority: 1", "friction: 0.3", 0.1),
        ("friction: 0.1", "friction: 0.3, priority: 1", 0.3),
        ("friction: 0.1, priority: -1", "friction: 0.3", 0.3),
        ("friction: 0.1, priority: 2", "friction: 0.3, priority: 2", 0.2),
    ];
    for (floor, plate, expected) in cases {
        let friction = sliding(floor, plate);
        assert!((friction - expected).abs() < 0.01, "{floor} / {plate}: {friction}");
    }
}

#[test]
fn the_ground_has_a_priority_too() {
    let friction = |ground: &str| {
        let environment = format!(
            "ground: ({ground}), objects: [{}]",
            movable(
                "plate",
                "Box(size: (0.4, 0.4, 0.04))",
                1.0,
                "xyz: (0, 0, 0.02)",
                "friction: 0.3"
            )
            .replace("mass_kg: 1", "linear_velocity: (2, 0, 0), mass_kg: 1")
        );
        let mut scene: Scene = Stage { environment: &environment, ..Stage::default() }.build();
        scene.run(0.1);
        let before = scene.world.body_twist(scene.body("plate")).linear.x;
        scene.run(0.4);
        (before - scene.world.body_twist(scene.body("plate")).linear.x) / (0.4 * 9.81)
    };
    let (joined, alone) = (friction("friction: 0.1"), friction("friction: 0.1, priority: 1"));

    assert!((joined - 0.2).abs() < 0.01 && (alone - 0.1).abs() < 0.01, "{joined} {alone}");
}

#[test]
fn restitution_follows_the_priority() {
    let bounce = |floor: &str| {
        let environment = format!(
            "objects: [(name: \"floor\", shapes: [(shape: Plane, restitution: 0.8, {floor})]), {}]",
            movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (0, 0, 1.1)", "restitution: 0")
        );
        let mut scene: Scene = Stage { environment: &environment, ..Stage::default() }.build();
        scene.run(0.5);
        scene.world.body_twist(scene.body("ball")).linear.z
    };
    // It lands after 0.4515 s at 4.43 m/s.
    let (half, whole) = (bounce(""), bounce("priority: 1"));

    assert!((half - (0.4 * 4.429 - 0.0485 * 9.81)).abs() < 0.1, "{half}");
    assert!((whole - (0.8 * 4.429 - 0.0485 * 9.81)).abs() < 0.1, "{whole}");
}

const G: f64 = 9.81;

/// A ball (0.1 m, 1 kg) or disc with this surface, on a level floor or a slope.
fn rolling_ball(surface: &str, motion: &str, physics: &str) -> Scene {
    let ball = movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (0, 0, 0.1)", surface)
        .replace("mass_kg: 1", &format!("{motion} mass_kg: 1"));
    let environment = format!("ground: (), objects: [{ball}]");
    Stage { environment: &environment, physics, ..Stage::default() }.build()
}

#[test]
fn a_rolling_ball_is_slowed_by_its_rolling_friction() {
    // The moment M = mu_r N = mu_r m g against I = 2/5 m r^2 and friction F:
    // m a = -F, I a / r = F r - M; so a = -5/7 mu_r g / r.
    let (friction, radius) = (0.002, 0.1);
    let motion = "linear_velocity: (1, 0, 0), angular_velocity: (0, 10, 0),";
    for physics in ["", "preset: Fast", "preset: Reference"] {
        let mut scene = rolling_ball("rolling_friction: 0.002", motion, physics);
        let ball = scene.body("ball");
        scene.run(0.5);
        let before = f64::from(scene.world.body_twist(ball).linear.x);
        scene.run(2.0);

        let twist = scene.world.body_twist(ball);
        let slowing = (before - f64::from(twist.linear.x)) / 2.0;
        let expected = 5.0 / 7.0 * friction * G / radius;
        assert!((slowing / expected - 1.0).abs() < 0.01, "{physics}: {slowing} not {expected}");
        assert!((twist.linear.x - 0.1 * twist.angular.y).abs() < 1e-3, "it rolls on");
        // It stops after 1 m/s / 0.14 m/s^2, and does not roll back.
        scene.run(6.0);
        assert!(scene.world.body_twist(ball).linear.length() < 1e-3);
    }
}

#[test]
fn a_spinning_ball_stops_by_its_torsional_friction() {
    // I w / (mu_t N) = 0.4 * 0.01 * 20 / (0.01 * 9.81) = 0.8155 s.
    let mut scene = rolling_ball("torsional_friction: 0.01", "angular_velocity: (0, 0, 20),", "");
    let ball = scene.body("ball");
    let spin = |scene: &Scene| f64::from(scene.world.body_twist(ball).angular.z);
    scene.run(0.4);
    assert!((spin(&scene) - 20.0 * (1.0 - 0.4 / 0.8155)).abs() < 0.2, "{}", spin(&scene));

    scene.run(0.3);
    assert!(spin(&scene) > 2.0);
    scene.run(0.2);
    assert!(spin(&scene).abs() < 0.01, "{}", spin(&scene));
}

#[test]
fn rolling_friction_holds_a_ball_on_a_gentle_slope_and_not_on_a_steeper_one() {
    // It holds below tan = mu_r / r = 0.05. Gravity leans instead of the floor.
    let travelled = |slope: f64| {
        let gravity = format!("gravity: ({}, 0, {})", G * libm::sin(slope), -G * libm::cos(slope));
        let mut scene = rolling_ball("rolling_friction: 0.005", "", &gravity);
        scene.run(3.0);
        scene.world.body_pose(scene.body("ball")).translation.x
    };
    let (gentle, steep) = (travelled(0.045), travelled(0.055));

    assert!(gentle.abs() < 1e-3, "it stays, but for {gentle} m");
    // a = 5/7 (g sin - mu_r / r g cos) for 3 s.
    let expected = 0.5 * 9.0 * 5.0 / 7.0 * G * (libm::sin(0.055) - 0.05 * libm::cos(0.055));
    assert!((f64::from(steep) / expected - 1.0).abs() < 0.1, "{steep} m, not {expected} m");
}

#[test]
fn the_higher_of_two_rolling_frictions_counts() {
    let slowing = |ground: &str, ball: &str| {
        let ball = movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (0, 0, 0.1)", ball).replace(
            "mass_kg: 1",
            "linear_velocity: (1, 0, 0), angular_velocity: (0, 10, 0), mass_kg: 1",
        );
        let environment = format!("ground: ({ground}), objects: [{ball}]");
        let mut scene: Scene = Stage { environment: &environment, ..Stage::default() }.build();
        scene.run(0.5);
        let before = scene.world.body_twist(scene.body("ball")).linear.x;
        scene.run(1.0);
        (before - scene.world.body_twist(scene.body("ball")).linear.x) / (5.0 / 7.0 * 98.1)
    };
    for (ground, ball, expected) in [
        ("rolling_friction: 0.002", "", 0.002),
        ("rolling_friction: 0.002", "rolling_friction: 0.001", 0.002),
        ("rolling_friction: 0.002", "rolling_friction: 0.001, priority: 1", 0.001),
    ] {
        let found = slowing(ground, ball);
        assert!((found / expected - 1.0).abs() < 0.02, "{ground} / {ball}: {found}");
    }
}

#[test]
fn a_driven_wheel_of_a_robot_rolls_out_by_the_same_law() {
    // A cart on one wheel that cannot tip or turn: 2 kg in all, wheel 1 kg, r = 0.1 m,
    // I = 0.005. (m + I / r^2) a = -mu_r m g / r.
    let robot = r#"Robot(format: 1, name: "cart", base: Fixed(link: "rail"),
        links: [
            (name: "rail", mass_kg: 1), (name: "lift", mass_kg: 0), (name: "side", mass_kg: 0),
            (name: "cart", mass_kg: 1, com: (0, 0, 0), inertia: Moments(ixx: 0.01, iyy: 0.01, izz: 0.01)),
            (name: "wheel", mass_kg: 1, com: (0, 0, 0), inertia: Moments(ixx: 0.003, iyy: 0.005, izz: 0.003),
             shapes: [(shape: Sphere(radius: 0.1), rolling_friction: 0.004)]),
        ],
        joints: [
            (name: "z", kind: Prismatic(), parent: "rail", child: "lift", axis: Z, pose: (xyz: (0, 0, 0.1))),
            (name: "y", kind: Prismatic(), parent: "lift", child: "side", axis: Y),
            (name: "x", kind: Prismatic(), parent: "side", child: "cart", axis: X),
            (name: "axle", kind: Continuous, parent: "cart", child: "wheel", axis: Y),
        ])"#;
    let entry = "pose: (rpy: (Deg(0), Deg(0), Deg(90)))";
    let mut scene =
        Stage { robots: &[(robot, entry)], environment: "ground: ()", ..Stage::default() }.build();
    scene.run(0.2);
    scene.world.apply_impulse(scene.body("r0.cart"), Vector::new(0.0, 4.0, 0.0));
    scene.run(0.5);
    let speed = |scene: &Scene| f64::from(scene.world.body_twist(scene.body("r0.cart")).linear.y);
    let before = speed(&scene);
    scene.run(2.0);

    let slowing = (before - speed(&scene)) / 2.0;
    let expected = 0.004 * 2.0 * G / 0.1 / (2.0 + 0.005 / 0.01);
    assert!((slowing / expected - 1.0).abs() < 0.02, "{slowing}, not {expected}");
    scene.run(8.0);
    assert!(speed(&scene).abs() < 1e-3, "it has stopped, but for {} m/s", speed(&scene));
}

/// A wheel of 10 kg that a vertical axle turns on the spot.
const TURNTABLE: &str = r#"Robot(
    format: 1, name: "turntable", base: Fixed(link: "post"),
    links: [
        (name: "post", mass_kg: 1),
        (name: "carriage", mass_kg: 1),
        (name: "wheel", mass_kg: 9, shapes: [
            (shape: Cylinder(radius: 0.1, length: 0.05), pose: (rpy: (Deg(90), Deg(0), Deg(0))), friction: 0.5),
        ]),
    ],
    joints: [
        (name: "lift", kind: Prismatic(), parent: "post", child: "carriage", axis: Z),
        (name: "turn", kind: Continuous, parent: "carriage", child: "wheel", axis: Z),
    ],
)"#;

/// The line on which a wheel stands scrubs over the ground when the wheel turns about
/// the vertical, however slowly: all of it slides, half of the load at each end.
#[test]
fn a_wheel_scrubs_with_friction_times_load_times_half_its_width() {
    for physics in PRESETS {
        let stage = Stage {
            robots: &[(TURNTABLE, "pose: (xyz: (0, 0, 0.1))")],
            environment: "ground: (friction: 0.5)",
            physics,
            ..Stage::default()
        };
        let mut scene = stage.build();
        let turn = scene.dof("r0.turn");
        for rate in [0.01, 0.1] {
            scene
                .world
                .set_drive(turn, JointDrive::Velocity { target: rate, gain: 1e4, limit: 50.0 });
            scene.run(1.0);
            let torque = scene.world.drive_torque(turn);
            let expected = 0.5 * 10.0 * 9.81 * 0.025;
            let off = torque / expected - 1.0;
            assert!(off.abs() < 0.01, "{physics}: {torque} Nm at {rate} rad/s, off by {off}");
        }
    }
}
