//! Hulls that are slender, thin, tiny or finely rounded.

use std::f64::consts::TAU;

use randori_core::layout::SceneLayout;
use randori_core::spec::{Shape, ShapeSpec};
use randori_sim::world::SimWorld;
use randori_sim::world::inertia::shape_mass_properties;

use crate::common::Stage;

/// Corners of a square profile along Z with rounded edges, in single precision.
fn profile(size: f64, length: f64, radius: f64, steps: usize) -> Vec<[f64; 3]> {
    let mut points = Vec::new();
    for corner in 0..4 {
        for step in 0..=steps {
            let angle = TAU / 4.0 * (f64::from(corner) + step as f64 / steps as f64);
            let (x, y) = (libm::cos(angle), libm::sin(angle));
            let middle = TAU / 4.0 * (f64::from(corner) + 0.5);
            let inner = size / 2.0 - radius;
            let (x, y) = (
                inner * libm::cos(middle).signum() + radius * x,
                inner * libm::sin(middle).signum() + radius * y,
            );
            points.extend([-length, 0.0].map(|z| [x, y, z].map(|part| f64::from(part as f32))));
        }
    }
    points
}

/// Area of a square with rounded corners.
fn area(size: f64, radius: f64, steps: usize) -> f64 {
    // Each quarter of a circle is a fan of triangles.
    let sector = 0.5 * libm::sin(TAU / 4.0 / steps as f64) * steps as f64;
    size * size - 4.0 * radius * radius * (1.0 - sector)
}

fn builds(points: Vec<[f64; 3]>) -> bool {
    let object = r#"objects: [(name: "rail", mobility: Movable(mass_kg: 1),
        shapes: [(shape: Sphere(radius: 1))])]"#;
    let mut scenario = Stage { environment: object, ..Stage::default() }.scenario();
    scenario.environment.objects[0].shapes[0].shape = Shape::ConvexHull { points };
    SimWorld::build(&scenario, &SceneLayout::new(&scenario)).is_ok()
}

#[test]
fn profiles_with_rounded_edges_are_built_and_weigh_what_they_enclose() {
    for (size, length) in [(0.02, 1.0), (0.03, 3.0), (0.04, 6.0), (0.02, 0.002), (2e-5, 1e-3)] {
        for radius in [0.015, 0.05, 0.1] {
            for steps in [1, 5, 30] {
                let radius = radius * size;
                let points = profile(size, length, radius, steps);
                let solid = ShapeSpec::of(Shape::ConvexHull { points: points.clone() });

                let volume = shape_mass_properties(&solid).mass_kg;
                let exact = area(size, radius, steps) * length;
                assert!((volume / exact - 1.0).abs() < 1e-4, "{volume} m3 instead of {exact}");
                assert!(builds(points), "{size} x {length}, edges of {radius} in {steps} steps");
            }
        }
    }
}

#[test]
fn what_the_checker_accepts_is_built_and_what_it_refuses_is_not() {
    let plate = |thickness: f64| {
        let corner = |index: usize| {
            [(index & 1) as f64, (index >> 1 & 1) as f64, (index >> 2) as f64 * thickness]
        };
        (0..8).map(corner).collect::<Vec<_>>()
    };
    for thickness in [1.0, 1e-2, 1e-4, 1e-5] {
        assert!(builds(plate(thickness)), "{thickness} m thick");
    }
    for thickness in [0.0, 1e-8] {
        assert!(!builds(plate(thickness)), "{thickness} m thick");
    }
    assert!(!builds(vec![[1.0; 3]; 9]));
    assert!(!builds((0..9).map(|x| [f64::from(x), 0.0, 0.0]).collect()));
}

#[test]
fn a_tiny_hull_collides_with_all_of_its_faces() {
    // A block of 2 mm, which falls 5 mm onto its face.
    let corner = |index: usize| {
        let part = |bit: usize| if index & bit == 0 { "-0.001" } else { "0.001" };
        format!("({}, {}, {})", part(1), part(2), part(4))
    };
    let points: Vec<String> = (0..8).map(corner).collect();
    let environment = format!(
        "ground: (), objects: [(name: \"block\", pose: (xyz: (0, 0, 0.006)), mobility: \
         Movable(mass_kg: 2e-5), shapes: [(shape: ConvexHull(points: [{}]))])]",
        points.join(", ")
    );
    let mut scene =
        Stage { environment: &environment, physics: "rate_hz: 2000", ..Stage::default() }.build();

    scene.run(0.5);

    let pose = scene.world.body_pose(scene.body("block"));
    assert!((pose.translation.z - 0.001).abs() < 2e-4, "{} m", pose.translation.z);
}
