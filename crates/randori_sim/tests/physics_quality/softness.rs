//! Compliant contacts compared with `MuJoCo` 4.0.0 with elliptic cones: reference
//! values come from the same scenes there (2 ms, `implicitfast`).

use randori_core::math::Vector;

use randori_sim::world::JointDrive;

use crate::common::{Scene, Stage};
use crate::contact::{movable, objects};
use crate::fixture::hold;

/// `MuJoCo`'s default surface, and one that only begins to bear when it is
/// deeply dented, as feet of robots have (`solimp="0.015 1 0.022"`).
const PLAIN: &str = "friction: 0.8, priority: 1, softness: (FIELDS)";
const DEEP: &str = "friction: 0.8, priority: 1, \
     softness: (impedance: 0.015, impedance_at_width: 1, width: 0.022, FIELDS)";

/// A ball of 1 kg that slides along all axes on a floor, pushed with 2 N.
fn ball(surface: &str, physics: &str, entry: &str) -> Scene {
    let robot = format!(
        r#"Robot(format: 1, name: "ball", base: Fixed(link: "rail"),
        links: [
            (name: "rail", mass_kg: 1), (name: "carriage", mass_kg: 0), (name: "saddle", mass_kg: 0),
            (name: "ball", mass_kg: 1, shapes: [(shape: Sphere(radius: 0.1), {surface})]),
        ],
        joints: [
            (name: "x", kind: Prismatic(), parent: "rail", child: "carriage", axis: X, pose: (xyz: (0, 0, 0.1))),
            (name: "y", kind: Prismatic(), parent: "carriage", child: "saddle", axis: Y),
            (name: "z", kind: Prismatic(), parent: "saddle", child: "ball", axis: Z),
        ])"#
    );
    Stage { robots: &[(&robot, entry)], environment: "ground: ()", physics, ..Stage::default() }
        .build()
}

/// Creep (m/s) and penetration (m) after three seconds.
fn creep(surface: &str, physics: &str) -> (f64, f64) {
    let mut scene = ball(surface, physics, "");
    scene.world.set_external_force(scene.body("r0.ball"), Vector::new(2.0, 0.0, 0.0));
    scene.run(3.0);
    let place = |scene: &Scene| scene.world.body_pose(scene.body("r0.ball")).translation;
    let before = place(&scene);
    scene.run(1.0);
    (f64::from(place(&scene).x - before.x), 0.1 - f64::from(place(&scene).z))
}

#[track_caller]
fn assert_share(found: f64, expected: f64, tolerance: f64) {
    assert!((found / expected - 1.0).abs() <= tolerance, "{found} instead of {expected}");
}

#[test]
fn a_loaded_ball_creeps_and_sinks_as_in_mujoco() {
    for physics in ["", "preset: Fast"] {
        for (surface, fields, speed, depth) in [
            (PLAIN, "", 0.001_800, 0.000_367),
            (PLAIN, "friction_stiffness_ratio: 10", 0.000_180, 0.000_367),
            (DEEP, "", 0.024_042, 0.010_387),
            (DEEP, "friction_stiffness_ratio: 10", 0.002_404, 0.010_387),
        ] {
            let (found_speed, found_depth) = creep(&surface.replace("FIELDS", fields), physics);
            assert_share(found_speed, speed, 0.1);
            assert_share(found_depth, depth, 0.1);
        }
    }
}

#[test]
fn without_softness_nothing_creeps() {
    let (speed, depth) = creep("friction: 0.8, priority: 1", "");

    assert!(speed.abs() < 1e-6 && depth.abs() < 1e-5, "{speed} {depth}");
}

#[test]
fn a_falling_ball_is_caught_as_softly_as_in_mujoco() {
    // From 0.1 m up: deepest place, its time, and the place in the end.
    for (surface, deepest, time, rest) in
        [(PLAIN, -0.008_726, 0.160, -0.000_367), (DEEP, -0.019_455, 0.164, -0.010_387)]
    {
        let entry = r#"start: (joints: {"z": M(0.1)})"#;
        let mut scene = ball(&surface.replace("FIELDS", ""), "", entry);
        let height = |scene: &Scene| {
            f64::from(scene.world.body_pose(scene.body("r0.ball")).translation.z) - 0.1
        };
        let mut places = Vec::new();
        for _ in 0..1000 {
            scene.step();
            places.push(height(&scene));
        }

        let (tick, found) =
            places.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).expect("it moves");
        assert_share(*found, deepest, 0.1);
        assert!(((tick + 1) as f64 * 0.002 - time).abs() < 0.01, "deepest at tick {tick}");
        assert_share(places[999], rest, 0.1);
    }
}

#[test]
fn a_free_box_creeps_and_sinks_as_in_mujoco() {
    // 4 kg on four corners, pushed with 8 N.
    for (surface, speed, depth) in [(PLAIN, 0.000_521, 0.000_108), (DEEP, 0.012_210, 0.008_224)] {
        let surface = surface.replace("FIELDS", "");
        let object =
            movable("box", "Box(size: (0.4, 0.4, 0.2))", 4.0, "xyz: (0, 0, 0.1)", &surface);
        let mut scene = objects(&[object], "");
        let body = scene.body("box");
        scene.world.set_external_force(body, Vector::new(8.0, 0.0, 0.0));
        scene.run(5.0);
        let before = scene.world.body_pose(body).translation;
        scene.run(1.0);
        let after = scene.world.body_pose(body).translation;

        assert_share(f64::from(after.x - before.x), speed, 0.2);
        assert_share(0.1 - f64::from(after.z), depth, 0.2);
    }
}

/// A trunk of 10 kg that slides along X and Z, on a leg with a ball for a foot.
const LEG: &str = r#"Robot(format: 1, name: "leg", base: Fixed(link: "rail"),
    links: [
        (name: "rail", mass_kg: 1), (name: "carriage", mass_kg: 0),
        (name: "trunk", mass_kg: 10, com: (0, 0, 0), inertia: Moments(ixx: 0.042, iyy: 0.042, izz: 0.067)),
        (name: "thigh", mass_kg: 1, com: (0, 0, -0.1), inertia: Moments(ixx: 0.005, iyy: 0.005, izz: 0.001)),
        (name: "shank", mass_kg: 0.3, com: (0, 0, -0.1), inertia: Moments(ixx: 0.002, iyy: 0.002, izz: 0.0002),
         shapes: [(shape: Sphere(radius: 0.022), pose: (xyz: (0, 0, -0.2)), SURFACE)]),
    ],
    joints: [
        (name: "x", kind: Prismatic(), parent: "rail", child: "carriage", axis: X, pose: (xyz: (0, 0, 0.4))),
        (name: "z", kind: Prismatic(), parent: "carriage", child: "trunk", axis: Z),
        (name: "hip", kind: Continuous, parent: "trunk", child: "thigh", axis: Y, armature: 0.01, damping: 0.1),
        (name: "knee", kind: Continuous, parent: "thigh", child: "shank", axis: Y, armature: 0.01, damping: 0.1,
         pose: (xyz: (0, 0, -0.2))),
    ])"#;

#[test]
fn the_foot_of_a_leg_creeps_and_sinks_as_in_mujoco() {
    for (surface, fields, speed, depth) in [
        (PLAIN, "", 0.005_91, 0.001_386),
        (DEEP, "", 0.046_05, 0.013_882),
        (DEEP, "friction_stiffness_ratio: 10", 0.004_31, 0.013_884),
    ] {
        let robot = LEG.replace("SURFACE", &surface.replace("FIELDS", fields));
        let entry = r#"start: (joints: {"z": M(-0.04), "hip": Rad(0.6), "knee": Rad(-1.2)})"#;
        let mut scene =
            Stage { robots: &[(&robot, entry)], environment: "ground: ()", ..Stage::default() }
                .build();
        let foot = |scene: &Scene| {
            scene.world.body_pose(scene.body("r0.shank")) * Vector::new(0.0, 0.0, -0.2)
        };
        let mut before = Vector::ZERO;
        for tick in 0..1500 {
            for (joint, rest) in [("r0.hip", 0.6), ("r0.knee", -1.2)] {
                let dof = scene.dof(joint);
                let error = rest - scene.world.position(dof);
                let torque = 200.0 * error - 5.0 * scene.world.velocity(dof);
                scene.world.set_drive(dof, JointDrive::Torque { torque });
            }
            if tick == 500 {
                let trunk = scene.body("r0.trunk");
                scene.world.set_external_force(trunk, Vector::new(20.0, 0.0, 0.0));
            }
            if tick == 1000 {
                before = foot(&scene);
            }
            scene.step();
        }

        let after = foot(&scene);
        assert_share(f64::from(after.x - before.x), speed, 0.2);
        assert_share(0.022 - f64::from(after.z), depth, 0.2);
    }
}

#[test]
fn a_yielding_box_that_falls_on_an_edge_comes_to_rest() {
    let surface = PLAIN.replace("FIELDS", "");
    let pose = "xyz: (0, 0, 0.2), rpy: (Deg(30), Deg(20), Deg(0))";
    let mut scene =
        objects(&[movable("box", "Box(size: (0.06, 0.06, 0.06))", 0.1, pose, &surface)], "");
    let body = scene.body("box");

    scene.run(1.0);

    // It is at rest after 0.5 s in `MuJoCo`.
    assert!(scene.world.body_twist(body).linear.length() < 1e-3);
    assert!((scene.world.body_pose(body).translation.z - 0.03).abs() < 1e-3);
}

#[test]
fn a_yielding_box_sleeps_until_it_is_struck_or_something_comes() {
    let surface = PLAIN.replace("FIELDS", "");
    let at = |name, pose| movable(name, "Box(size: (0.2, 0.2, 0.2))", 1.0, pose, &surface);
    let mut scene =
        objects(&[at("one", "xyz: (0, 0, 0.1)"), at("other", "xyz: (0.5, 0, 0.1)")], "");
    let (one, other) = (scene.body("one"), scene.body("other"));
    scene.run(3.0);
    let lain = scene.world.body_pose(one);
    scene.run(1.0);

    assert_eq!(scene.world.body_pose(one), lain, "it does not move by a bit");
    let force = scene.world.contact_wrench(one).force;
    assert!((force - Vector::Z * 9.81).length() < 0.01, "{force} N carry it");

    scene.world.apply_impulse(one, Vector::X * 3.0);
    let struck = scene.world.body_twist(one).linear;
    assert!((struck - Vector::X * 3.0).length() < 1e-5, "{struck} m/s");
    scene.run(1.0);
    let pushed = scene.world.body_pose(other).translation.x - 0.5;
    assert!(pushed > 0.02, "the other one is pushed by {pushed} m");
}

#[test]
fn a_world_with_yielding_contacts_goes_on_alike_after_a_restore_and_a_clone() {
    let surface =
        format!("{}, torsional_friction: 0.02, rolling_friction: 0.01", DEEP.replace("FIELDS", ""));
    let robot = LEG.replace("SURFACE", &surface);
    let entry = r#"start: (joints: {"z": M(-0.04), "hip": Rad(0.6), "knee": Rad(-1.2)})"#;
    let environment = format!(
        "ground: (), objects: [{}]",
        movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (2, 0, 0.1)", &surface)
            .replace("mass_kg: 1", "linear_velocity: (1, 0, 0), mass_kg: 1")
    );
    let stage = Stage { robots: &[(&robot, entry)], environment: &environment, ..Stage::default() };
    let (mut first, mut second) = (stage.build(), stage.build());
    for (joint, rest) in [("r0.hip", 0.6), ("r0.knee", -1.2)] {
        first.world.set_drive(first.dof(joint), hold(rest, 200.0, 5.0, 100.0));
    }
    first.run(0.3);
    second.world.restore(&first.world.snapshot()).expect("both are the same scenario");
    let mut third = first.world.clone();

    for tick in 0..300 {
        first.step();
        second.step();
        third.advance().expect("the world stays finite");
        assert_eq!(first.digest(), second.digest(), "tick {tick}");
        assert_eq!(first.digest(), crate::common::digest(&third), "tick {tick}");
    }
}

#[test]
fn a_yawed_robot_sinks_creeps_and_rolls_like_one_that_is_not() {
    // A floating trunk on two wheels and a skid, struck along its own axes.
    let surface = format!(
        "{}, torsional_friction: 0.01, rolling_friction: 0.005",
        DEEP.replace("FIELDS", "friction_stiffness_ratio: 10")
    );
    let wheel = |name: &str| {
        format!(
            "(name: \"{name}\", mass_kg: 0.5, com: (0, 0, 0), inertia: Moments(ixx: 0.001, iyy: 0.002, izz: 0.001), \
             shapes: [(shape: Sphere(radius: 0.1), {surface})])"
        )
    };
    let robot = format!(
        r#"Robot(format: 1, name: "cart", base: Floating(link: "trunk"),
        links: [
            (name: "trunk", mass_kg: 3, com: (0.05, 0, 0.02), inertia: Moments(ixx: 0.02, iyy: 0.03, izz: 0.04),
             shapes: [(shape: Sphere(radius: 0.05), pose: (xyz: (0.3, 0, -0.05)), {surface})]),
            {}, {},
        ],
        joints: [
            (name: "l", kind: Continuous, parent: "trunk", child: "left", axis: Y, pose: (xyz: (0, 0.2, 0))),
            (name: "r", kind: Continuous, parent: "trunk", child: "right", axis: Y, pose: (xyz: (0, -0.2, 0))),
        ])"#,
        wheel("left"),
        wheel("right")
    );
    let run = |yaw: f64| {
        let entry = format!("pose: (xyz: (0, 0, 0.1), rpy: (Deg(0), Deg(0), Rad({yaw})))");
        let mut scene =
            Stage { robots: &[(&robot, &entry)], environment: "ground: ()", ..Stage::default() }
                .build();
        scene.run(0.3);
        let (sin, cos) = (libm::sin(yaw) as f32, libm::cos(yaw) as f32);
        let turned = |along: f32, left: f32| {
            Vector::new(along * cos - left * sin, along * sin + left * cos, 0.0)
        };
        scene.world.apply_impulse(scene.body("r0.trunk"), turned(2.0, 0.3));
        scene.run(0.5);
        let place = scene.world.body_pose(scene.body("r0.trunk")).translation;
        let (along, left) = (turned(1.0, 0.0).dot(place), turned(0.0, 1.0).dot(place));
        ([along, left, place.z], scene.world.position(scene.dof("r0.l")))
    };
    let (straight, wheel) = run(0.0);
    assert!(straight[0] > 0.04 && wheel > 0.3, "it rolls: {straight:?} {wheel}");

    for yaw in [0.7, 1.5, 2.5] {
        let (turned, turned_wheel) = run(yaw);
        for (one, other) in straight.iter().zip(turned) {
            assert!((one - other).abs() < 2e-3, "{yaw}: {turned:?} instead of {straight:?}");
        }
        // Wheels that also slip depend a little on the directions of the world.
        assert!((wheel - turned_wheel).abs() < 0.06, "{yaw}: {turned_wheel} instead of {wheel}");
    }
}
