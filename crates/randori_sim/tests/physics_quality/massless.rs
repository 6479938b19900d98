//! Links without mass between two joints, and excluded collisions.

use randori_core::layout::RobotId;
use randori_core::math::Vector;
use randori_sim::world::dynamics::{RobotModel, RobotState};

use crate::common::{Stage, parse};
use crate::fixture::*;

/// A plate that slides along X and Z and turns about Y: a body that is free in a
/// plane, as importers write it. Its centre of mass is 0.1 m off the joints.
const PLANAR: &str = r#"Robot(
    format: 1, name: "planar", base: Fixed(link: "rail"),
    links: [
        (name: "rail", mass_kg: 1),
        (name: "carriage", mass_kg: 0),
        (name: "lift", mass_kg: 0),
        (name: "plate", mass_kg: 2, com: (0.1, 0, 0), inertia: Moments(ixx: 0.02, iyy: 0.03, izz: 0.04)),
    ],
    joints: [
        (name: "x", kind: Prismatic(), parent: "rail", child: "carriage", axis: X),
        (name: "z", kind: Prismatic(), parent: "carriage", child: "lift", axis: Z),
        (name: "turn", kind: Continuous, parent: "lift", child: "plate", axis: Y),
    ],
)"#;

/// A body on two crossed hinges at its own centre of mass.
const CROSSED: &str = r#"Robot(
    format: 1, name: "crossed", base: Fixed(link: "stand"),
    links: [
        (name: "stand", mass_kg: 1),
        (name: "cross", mass_kg: MASS),
        (name: "body", mass_kg: 2, com: COM, inertia: Moments(ixx: 0.02, iyy: 0.03, izz: 0.07)),
    ],
    joints: [
        (name: "roll", kind: Continuous, parent: "stand", child: "cross", axis: X, pose: (xyz: (0, 0, 2))),
        (name: "pitch", kind: Continuous, parent: "cross", child: "body", axis: Y),
    ],
)"#;

#[test]
fn three_joints_through_massless_links_make_a_body_that_is_free_in_its_plane() {
    let mut scene = one_robot(PLANAR, "pose: (rpy: (Deg(0), Deg(0), Deg(90)))", "");
    let plate = scene.body("r0.plate");
    let com = |scene: &crate::common::Scene| scene.world.center_of_mass(RobotId(0));
    // The rail's own kilogram stands still at the origin: 2/3 of the sum moves.
    let start = com(&scene) * 1.5;
    // Along world Y, the X of the yawed rail; through the centre of mass.
    scene.world.apply_impulse(plate, Vector::new(5.0, 3.0, 0.0));
    let spin_before = scene.world.body_twist(plate).angular;

    scene.run(0.5);

    let fallen = 0.5 * 9.81 * 0.5 * 0.5;
    assert_close(com(&scene) * 1.5, start + Vector::new(0.0, 0.75, -fallen), 2e-3);
    assert!(spin_before.length() < 1e-4, "a blow at the centre of mass gives no spin");
    assert!(scene.world.body_twist(plate).angular.length() < 1e-2);
}

#[test]
fn the_mass_matrix_of_a_planar_body_is_the_textbook_one() {
    let model = RobotModel::new(&parse(PLANAR));
    let angle = 0.7_f64;
    let state = RobotState { positions: vec![0.3, -0.2, angle], ..RobotState::zero(&model) };

    let matrix = model.mass_matrix(&state);

    // The centre of mass is at (x + c cos a, z - c sin a), c = 0.1 m.
    let (m, c) = (2.0, 0.1);
    let (sin, cos) = libm::sincos(angle);
    let expected = [
        [m, 0.0, -m * c * sin],
        [0.0, m, -m * c * cos],
        [-m * c * sin, -m * c * cos, 0.03 + m * c * c],
    ];
    for (row, values) in expected.iter().enumerate() {
        for (column, value) in values.iter().enumerate() {
            assert!((matrix[(row, column)] - value).abs() < 1e-12, "{matrix}");
        }
    }
}

#[test]
fn two_hinges_through_a_massless_link_are_a_universal_joint() {
    let robot = CROSSED.replace("MASS", "0").replace("COM", "(0, 0, 0)");
    let mut scene = one_robot(&robot, r#"start: (joints: {"pitch": Deg(50)})"#, WEIGHTLESS);
    let (roll, pitch) = (scene.dof("r0.roll"), scene.dof("r0.pitch"));
    let torque = 0.01;
    scene.world.set_drive(roll, randori_sim::world::JointDrive::Torque { torque });

    scene.step();

    // About X, a body that is pitched by b has Ixx cos^2 b + Izz sin^2 b.
    let (sin, cos) = libm::sincos(50_f64.to_radians());
    let inertia = 0.02 * cos * cos + 0.07 * sin * sin;
    let rate = f64::from(torque) / inertia * scene.tick_s;
    assert!((f64::from(scene.world.velocity(roll)) / rate - 1.0).abs() < 1e-4);
    assert!(scene.world.velocity(pitch).abs() < 1e-5);
}

#[test]
fn a_massless_link_swings_like_one_of_almost_no_mass() {
    let run = |mass: &str| {
        let robot = CROSSED.replace("MASS", mass).replace("COM", "(0.05, 0, -0.3)");
        let start = r#"start: (joints: {"roll": Deg(60), "pitch": Deg(-40)})"#;
        let mut scene = one_robot(&robot, start, "");
        scene.run(1.0);
        ["r0.roll", "r0.pitch"].map(|joint| scene.world.position(scene.dof(joint)))
    };
    let light = "1e-6, com: (0, 0, 0), inertia: Moments(ixx: 1e-9, iyy: 1e-9, izz: 1e-9)";

    let (massless, light) = (run("0"), run(light));

    assert!((massless[0] - light[0]).abs() < 1e-3, "{massless:?} {light:?}");
    assert!((massless[1] - light[1]).abs() < 1e-3, "{massless:?} {light:?}");
}

#[test]
fn a_floating_base_without_mass_is_refused() {
    let robot = r#"Robot(format: 1, name: "ghost", base: Floating(link: "base"),
        links: [(name: "base", mass_kg: 0),
                (name: "arm", mass_kg: 1, inertia: Moments(ixx: 1, iyy: 1, izz: 1))],
        joints: [(name: "hinge", kind: Continuous, parent: "base", child: "arm")])"#;
    let scenario = Stage { robots: &[(robot, "")], ..Stage::default() }.scenario();
    let layout = randori_core::layout::SceneLayout::new(&scenario);

    let error = randori_sim::world::SimWorld::build(&scenario, &layout).err();

    let message = error.expect("such a robot cannot be simulated").to_string();
    assert!(message.contains("`r0.base` floats but has no mass"), "{message}");
}

/// A ball that falls onto another of the same robot.
fn two_balls(fields: &str) -> f32 {
    let robot = format!(
        r#"Robot(format: 1, name: "balls", base: Fixed(link: "frame"), self_contact: true, {fields}
        links: [
            (name: "frame", mass_kg: 1),
            (name: "lower", mass_kg: 1, shapes: [(shape: Sphere(radius: 0.1)), (shape: Box(size: (0.1, 0.1, 0.1)))]),
            (name: "upper", mass_kg: 1, shapes: [(shape: Box(size: (0.1, 0.1, 0.1))), (shape: Sphere(radius: 0.1))]),
        ],
        joints: [
            (name: "low", kind: Prismatic(), parent: "frame", child: "lower", axis: Z, pose: (xyz: (0, 0, 1))),
            (name: "high", kind: Prismatic(), parent: "frame", child: "upper", axis: Z, pose: (xyz: (0, 0, 1.3))),
        ])"#
    );
    let mut scene = one_robot(&robot, "", "");
    let held = scene.dof("r0.low");
    scene.world.set_drive(held, hold(0.0, 1e5, 1e3, 1e6));
    scene.run(1.0);
    scene.world.body_pose(scene.body("r0.upper")).translation.z
}

#[test]
fn links_that_the_file_excludes_pass_through_each_other() {
    let (resting, passing) =
        (two_balls(""), two_balls(r#"contact_exclusions: [("upper", "lower")],"#));

    assert!((resting - 1.2).abs() < 2e-3, "one rests on the other at {resting} m");
    assert!(passing < 0.0, "the other falls freely, and is at {passing} m");
}

#[test]
fn neighbours_are_neighbours_across_massless_links() {
    // A fat body on two hinges, deep in its parent's shape: pushed out if they
    // collided.
    let robot = r#"Robot(format: 1, name: "hip", base: Fixed(link: "trunk"), self_contact: true,
        links: [
            (name: "trunk", mass_kg: 1, shapes: [(shape: Sphere(radius: 0.2))]),
            (name: "cross", mass_kg: 0),
            (name: "leg", mass_kg: 1, shapes: [(shape: Capsule(radius: 0.05, length: 0.3), pose: (xyz: (0, 0, -0.2)))]),
        ],
        joints: [
            (name: "roll", kind: Continuous, parent: "trunk", child: "cross", axis: X, pose: (xyz: (0, 0, -0.1))),
            (name: "pitch", kind: Continuous, parent: "cross", child: "leg", axis: Y),
        ])"#;
    let mut scene = one_robot(robot, "pose: (xyz: (0, 0, 2))", "");

    scene.run(1.0);

    let (trunk, leg) = (scene.body("r0.trunk"), scene.body("r0.leg"));
    assert!(!scene.world.touches(trunk, leg));
    let angles = ["r0.roll", "r0.pitch"].map(|joint| scene.world.position(scene.dof(joint)));
    assert!(angles.iter().all(|angle| angle.abs() < 1e-4), "the leg hangs: {angles:?}");
}
