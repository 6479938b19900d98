//! Worlds in which the engine moves no body: robots and objects in contact with them.

use randori_core::layout::BodyId;
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::record::Contact;

use crate::common::{Scene, Stage, digest};
use crate::fixture::*;

/// A table of 2 kg on four legs, with a lid that it carries on a hinge.
const TABLE: &str = r#"Robot(
    format: 1, name: "table", base: Floating(link: "top"), self_contact: true,
    links: [
        (name: "top", mass_kg: 2, shapes: [
            (shape: Box(size: (0.6, 0.6, 0.05)), pose: (xyz: (0, 0, 0.3))),
            (shape: Cylinder(radius: 0.03, length: 0.3), pose: (xyz: (0.25, 0.25, 0.15))),
            (shape: Cylinder(radius: 0.03, length: 0.3), pose: (xyz: (-0.25, 0.25, 0.15))),
            (shape: Cylinder(radius: 0.03, length: 0.3), pose: (xyz: (0.25, -0.25, 0.15))),
            (shape: Cylinder(radius: 0.03, length: 0.3), pose: (xyz: (-0.25, -0.25, 0.15))),
        ]),
        (name: "lid", mass_kg: 0.5, shapes: [(shape: Box(size: (0.2, 0.4, 0.02)), pose: (xyz: (0.1, 0, 0)))]),
    ],
    joints: [(
        name: "hinge", kind: Revolute(limits: (lower: Deg(-170), upper: Deg(100))), parent: "top", child: "lid", axis: Y,
        contacts: true, pose: (xyz: (-0.28, 0, 0.36)),
    )],
)"#;

/// What everything together presses on the ground with, N.
fn load_n(scene: &Scene) -> f32 {
    let mut contacts: Vec<Contact> = Vec::new();
    scene.world.contacts(&mut contacts);
    contacts.iter().filter(|it| it.other.is_none()).map(|it| it.force.z).sum()
}

fn assert_near(actual: f32, expected: f32, tolerance: f32) {
    assert!((actual - expected).abs() <= tolerance, "{actual} instead of {expected}");
}

fn table(environment: &str) -> Scene {
    let robots = [(TABLE, "pose: (xyz: (0, 0, 0.01)), start: (joints: {\"hinge\": Deg(-80)})")];
    Stage { robots: &robots, environment, ..Stage::default() }.build()
}

#[test]
fn a_robot_moves_alike_whether_the_engine_has_something_to_move() {
    let mut alone = table("ground: ()");
    let mut beside = table(
        "ground: (), objects: [(name: \"far\", pose: (xyz: (9, 0, 0.5)), \
         mobility: Movable(mass_kg: 1), shapes: [(shape: Sphere(radius: 0.1))])]",
    );
    for _ in 0..500 {
        alone.step();
        beside.step();
        let [one, other] =
            [&alone, &beside].map(|it| it.world.body_pose(it.body("r0.lid")).translation);
        assert_close(one, other, 2e-3);
    }
    assert_near(load_n(&alone), 2.5 * 9.81, 0.05);
    // With the ball.
    assert_near(load_n(&beside), 3.5 * 9.81, 0.05);
}

/// A box that falls onto the table is moved by the engine, then by the trees.
fn with_box(ticks: usize) -> Scene {
    let mut scene = table("ground: ()");
    scene.run(0.2);
    let pose = Pose::from_parts(Vector::new(0.15, 0.0, 0.6), Rotation::IDENTITY);
    scene.world.drop_box(Vector::splat(0.1), 1.0, pose);
    for _ in 0..ticks {
        scene.step();
    }
    scene
}

#[test]
fn a_box_that_is_dropped_onto_a_robot_lies_there() {
    let mut scene = with_box(0);
    let body = BodyId(scene.layout.bodies.len());
    scene.run(3.0);

    let pose = scene.world.body_pose(body);
    // Half a box above the top of the table.
    assert_near(pose.translation.z, 0.325 + 0.05, 3e-3);
    assert_near(load_n(&scene), 3.5 * 9.81, 0.1);
    let down = Vector::new(0.0, 0.0, -1.0);
    let ray = scene.world.cast_ray(Vector::new(0.15, 0.0, 1.0), down, 2.0, None);
    assert_eq!(ray.and_then(|hit| hit.body), Some(body));
}

#[test]
fn copies_of_a_world_with_a_box_on_a_robot_go_on_with_the_same_bits() {
    // In the air, just landed, at rest, and before and after the engine's turn.
    for taken_at in [1, 50, 90, 110, 300, 420] {
        let mut original = with_box(taken_at);
        let bytes = original.world.snapshot();
        let mut copy = original.world.clone();
        let mut restored = table("ground: ()");
        restored.world.restore(&bytes).expect("both worlds have the same scenario");
        for tick in 0..200 {
            original.step();
            copy.advance().expect("it stays finite");
            restored.step();
            let expected = original.digest();
            assert_eq!(digest(&copy), expected, "{taken_at} + {tick}: copy");
            assert_eq!(restored.digest(), expected, "{taken_at} + {tick}: restored");
        }
        assert_eq!(restored.world.snapshot(), original.world.snapshot(), "from {taken_at}");
    }
}
