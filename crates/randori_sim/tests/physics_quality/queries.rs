//! Rays and distances.

use randori_core::layout::RobotId;
use randori_core::math::Vector;

use crate::common::Stage;
use crate::contact::{movable, objects};

#[test]
fn clearance_is_signed_and_stops_at_the_largest_distance_of_interest() {
    let scene = objects(
        &[
            movable("ball", "Sphere(radius: 0.1)", 1.0, "xyz: (0, 0, 0.5)", ""),
            movable("far", "Box(size: (0.2, 0.2, 0.2))", 1.0, "xyz: (3, 0, 0.5)", ""),
            movable("deep", "Sphere(radius: 0.1)", 1.0, "xyz: (0.15, 0, 0.5)", ""),
            "(name: \"floor\", shapes: [(shape: Plane)])".to_owned(),
            "(name: \"hill\", pose: (xyz: (0, 0, 2)), shapes: [(shape: Heightfield(size: (2, 2), \
             heights: [[0, 0, 0], [0, 0, 0], [0, 0, 0]]))])"
                .to_owned(),
            "(name: \"wedge\", pose: (xyz: (0, -2, 0.5)), shapes: [(shape: TriangleMesh(\
             vertices: [(-1, 0, -1), (1, 0, -1), (0, 0, 1)], triangles: [(0, 1, 2)]))])"
                .to_owned(),
        ],
        "",
    );
    let between = |a: &str, b: &str, at_most: f32| {
        scene.world.clearance(&[scene.body(a)], &[scene.body(b)], at_most)
    };

    let cases = [
        ("ball", "far", 5.0, 2.8),
        ("far", "ball", 1.0, 1.0),
        ("ball", "deep", 1.0, -0.05),
        ("ball", "floor", 1.0, 0.4),
        ("floor", "far", 1.0, 0.4),
        ("ball", "hill", 5.0, 1.4),
        ("hill", "far", 5.0, (1.9f32 * 1.9 + 1.4 * 1.4).sqrt()),
        ("wedge", "ball", 5.0, 1.9),
        ("wedge", "floor", 5.0, -0.5),
        ("floor", "hill", 5.0, 2.0),
    ];
    for (a, b, at_most, exact) in cases {
        let distance = between(a, b, at_most);
        assert!((distance - exact).abs() < 1e-3, "{a} to {b}: {distance} m instead of {exact}");
    }
}

#[test]
fn a_ray_tells_what_it_meets_and_passes_through_the_robot_that_sends_it() {
    let scene = Stage {
        robots: &[(
            "Robot(format: 1, name: \"post\", base: Fixed(link: \"post\"), \
             links: [(name: \"post\", mass_kg: 1, shapes: [(shape: Box(size: (0.2, 0.2, 2)))])])",
            "",
        )],
        environment: "ground: (), objects: [(name: \"wall\", pose: (xyz: (2, 0, 1)), \
                      shapes: [(shape: Box(size: (0.2, 4, 2)))])]",
        ..Stage::default()
    }
    .build();
    let from = Vector::new(-1.0, 0.0, 0.5);

    let first = scene.world.cast_ray(from, Vector::X, 10.0, None).expect("the post is hit");
    let second = scene.world.cast_ray(from, Vector::X, 10.0, Some(RobotId(0))).expect("the wall");
    let ground = scene.world.cast_ray(from, -Vector::Z, 10.0, Some(RobotId(0))).expect("ground");

    assert!((first.distance_m - 0.9).abs() < 1e-6 && first.body == scene.layout.body("r0"));
    assert!((second.distance_m - 2.9).abs() < 1e-6 && second.body == scene.layout.body("wall"));
    assert!((second.normal + Vector::X).length() < 1e-6);
    assert!((ground.distance_m - 0.5).abs() < 1e-6 && ground.body.is_none());
    assert_eq!(scene.world.cast_ray(from, Vector::X, 0.8, None), None);
}

#[test]
fn cylinders_cones_and_terrain_stand_upright() {
    let terrain = "(name: \"terrain\", shapes: [(shape: Heightfield(size: (4, 2), \
                   heights: [[0, 1, 2, 3, 4], [10, 11, 12, 13, 14]]))])";
    let scene = objects(
        &[
            terrain.to_owned(),
            "(name: \"mast\", pose: (xyz: (10, 0, 5)), shapes: [(shape: Cylinder(radius: 0.1, length: 10))])".to_owned(),
            "(name: \"tip\", pose: (xyz: (20, 0, 5)), shapes: [(shape: Cone(radius: 2, length: 10))])".to_owned(),
        ],
        "",
    );
    let down = |x: f32, y: f32| {
        let hit = scene.world.cast_ray(Vector::new(x, y, 100.0), -Vector::Z, 200.0, None);
        100.0 - hit.expect("something is below").distance_m
    };

    // The first row of heights is at the lowest Y, the first column at the
    // lowest X.
    assert!((down(-1.99, -0.99) - 0.06).abs() < 0.02, "{}", down(-1.99, -0.99));
    assert!((down(1.99, -0.99) - 4.04).abs() < 0.03, "{}", down(1.99, -0.99));
    assert!((down(-1.99, 0.99) - 9.96).abs() < 0.03, "{}", down(-1.99, 0.99));
    assert!((down(10.0, 0.05) - 10.0).abs() < 1e-4);
    assert!((down(20.0, 0.2) - 9.0).abs() < 1e-3, "the tip of the cone is up");
}
