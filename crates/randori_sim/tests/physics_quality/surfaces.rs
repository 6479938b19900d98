//! Whose surface counts, and what resists turning.

use crate::common::{Scene, Stage};
use crate::contact::movable;

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
