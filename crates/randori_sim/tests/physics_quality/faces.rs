//! Bodies on faces with many corners.

use std::f64::consts::TAU;

use randori_core::math::Vector;
use randori_sim::world::SimWorld;

use crate::common::{Scene, Stage, digest};

/// Radius of the prisms, m.
const RADIUS: f64 = 0.1;

/// Corners of the prisms of a field of them.
const CORNERS: [usize; 8] = [4, 5, 6, 7, 8, 12, 24, 64];

/// Heights of the prisms, m.
const HEIGHTS: [f64; 2] = [0.1, 0.3];

/// What a prism can stand on, with its surface at z = 0, as fields of an
/// environment and as an object.
const GROUNDS: [(&str, &str, &str); 5] = [
    ("a plane", "ground: (friction: 1.0),", ""),
    ("a box", "", r"Box(size: (8, 4, 1))"),
    ("a hull", "", "hull"),
    ("a height field", "", "terrain"),
    ("a mesh", "", "mesh"),
];

/// A prism along Z whose base lies in the plane z = `bottom`.
fn prism(corners: usize, radius: f64, bottom: f64, height: f64) -> String {
    let corner = |index: usize| {
        let angle = TAU * (index % corners) as f64 / corners as f64;
        let z = if index < corners { bottom } else { bottom + height };
        format!("({:.6}, {:.6}, {z})", radius * libm::cos(angle), radius * libm::sin(angle))
    };
    let points: Vec<String> = (0..2 * corners).map(corner).collect();
    format!("ConvexHull(points: [{}])", points.join(", "))
}

/// A square of `cells` by `cells` fields of 0.13 m, two triangles each.
fn mesh(cells: usize) -> String {
    let middle = cells as f64 / 2.0;
    let mut vertices = Vec::new();
    let mut triangles = Vec::new();
    for index in 0..(cells + 1) * (cells + 1) {
        let (x, y) = (index % (cells + 1), index / (cells + 1));
        vertices.push(format!(
            "({}, {}, 0)",
            (x as f64 - middle) * 0.13,
            (y as f64 - middle) * 0.13
        ));
        if x < cells && y < cells {
            let (right, up) = (index + 1, index + cells + 1);
            triangles.push(format!("({index}, {right}, {})", up + 1));
            triangles.push(format!("({index}, {}, {up})", up + 1));
        }
    }
    let (vertices, triangles) = (vertices.join(", "), triangles.join(", "));
    format!("TriangleMesh(vertices: [{vertices}], triangles: [{triangles}])")
}

/// The environment of one of the [`GROUNDS`] with objects on it.
fn on((_, ground, shape): (&str, &str, &str), objects: &str) -> String {
    let heights = vec!["[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"; 13].join(", ");
    let (shape, z) = match shape {
        "" => return format!("{ground} objects: [{objects}]"),
        "hull" => (prism(9, 4.0, -0.5, 0.5), 0.0),
        "terrain" => (format!("Heightfield(size: (6, 6), heights: [{heights}])"), 0.0),
        "mesh" => (mesh(32), 0.0),
        shape => (shape.to_owned(), -0.5),
    };
    format!(
        "objects: [(name: \"floor\", pose: (xyz: (0, 0, {z})), shapes: [(shape: {shape}, \
         friction: 1.0)]), {objects}]"
    )
}

/// Prisms of all corners and heights in two rows, tilted by an angle (degrees).
fn field_of_prisms(tilt_deg: f64) -> String {
    let object = |index: usize| {
        let (column, row) = (index % CORNERS.len(), index / CORNERS.len());
        let (x, y) = (0.45 * column as f64 - 1.6, 0.5 * row as f64 - 0.2);
        let lift = 0.001 + RADIUS * libm::sin(tilt_deg.to_radians());
        let shape = prism(CORNERS[column], RADIUS, 0.0, HEIGHTS[row]);
        format!(
            "(name: \"prism{index}\", pose: (xyz: ({x}, {y}, {lift}), rpy: (Deg({tilt_deg}), \
             Deg(0), Deg(20))), mobility: Movable(mass_kg: 1), shapes: [(shape: {shape}, \
             friction: 1.0)])"
        )
    };
    let count = CORNERS.len() * HEIGHTS.len();
    (0..count).map(object).collect::<Vec<_>>().join(", ")
}

/// Angle of the Z axis of an object against the vertical, degrees.
fn tilt_deg(scene: &Scene, object: &str) -> f64 {
    let up = scene.world.body_pose(scene.body(object)).rotation * Vector::Z;
    let level = f64::from(up.x * up.x + up.y * up.y).sqrt();
    libm::atan2(level, f64::from(up.z)).to_degrees()
}

#[test]
fn prisms_of_any_corners_stand_where_they_are_put() {
    for ground in GROUNDS {
        let environment = on(ground, &field_of_prisms(0.0));
        let mut scene = Stage { environment: &environment, ..Stage::default() }.build();
        let mut most = [0.0_f64; 16];
        for _ in 0..30 {
            scene.run(0.1);
            for (index, most) in most.iter_mut().enumerate() {
                *most = most.max(tilt_deg(&scene, &format!("prism{index}")));
            }
        }
        // Four corners are the engine's own business.
        let corners = |index: usize| CORNERS[index % CORNERS.len()];
        for (index, most) in most.iter().enumerate().filter(|(index, _)| corners(*index) > 4) {
            assert!(*most < 0.2, "{} corners on {}: {most} degrees", corners(index), ground.0);
        }
        for index in 0..most.len() {
            let tilt = tilt_deg(&scene, &format!("prism{index}"));
            assert!(tilt < 0.2, "{} corners on {}: {tilt} degrees", corners(index), ground.0);
        }
    }
}

#[test]
fn prisms_that_are_let_go_tilted_come_to_stand() {
    for ground in GROUNDS {
        let environment = on(ground, &field_of_prisms(8.0));
        let mut scene = Stage { environment: &environment, ..Stage::default() }.build();
        scene.run(3.0);
        for index in 0..16 {
            let tilt = tilt_deg(&scene, &format!("prism{index}"));
            let corners = CORNERS[index % CORNERS.len()];
            assert!(tilt < 0.2, "{corners} corners on {}: {tilt} degrees", ground.0);
        }
    }
}

/// A tall prism under gravity that leans by a share of the angle at which its
/// weight leaves the base; the largest tilt of eight directions, degrees.
fn tilt_under_leaning_gravity(corners: usize, share: f64) -> f64 {
    let apothem = RADIUS * libm::cos(TAU / 2.0 / corners as f64);
    let lean = share * libm::atan(apothem / 0.15);
    let tilt = |direction: usize| {
        let angle = TAU * direction as f64 / 8.0 + 0.1;
        let sideways = 9.81 * libm::sin(lean);
        let physics = format!(
            "gravity: ({}, {}, {})",
            sideways * libm::cos(angle),
            sideways * libm::sin(angle),
            -9.81 * libm::cos(lean)
        );
        let shape = prism(corners, RADIUS, 0.0, 0.3);
        let object = format!(
            "(name: \"prism\", mobility: Movable(mass_kg: 1), shapes: [(shape: {shape}, \
             friction: 1.0)])"
        );
        let environment = on(GROUNDS[0], &object);
        let stage = Stage { environment: &environment, physics: &physics, ..Stage::default() };
        let mut scene = stage.build();
        scene.run(2.0);
        tilt_deg(&scene, "prism")
    };
    (0..8).map(tilt).fold(0.0, f64::max)
}

#[test]
fn the_corners_that_carry_follow_the_load() {
    // Four fixed corners of a hexagon would let go at half of its apothem.
    for corners in [5, 6, 7, 12] {
        let held = tilt_under_leaning_gravity(corners, 0.85);
        assert!(held < 1.0, "{corners} corners: {held} degrees");

        let fallen = tilt_under_leaning_gravity(corners, 1.25);
        assert!(fallen > 45.0, "{corners} corners: {fallen} degrees");
    }
}

#[test]
fn a_stack_of_hexagonal_prisms_stands() {
    let object = |index: usize| {
        let (z, yaw) = (0.1001 * index as f64, 11.0 * index as f64);
        format!(
            "(name: \"part{index}\", pose: (xyz: (0, 0, {z}), rpy: (Deg(0), Deg(0), Deg({yaw}))), \
             mobility: Movable(mass_kg: 1), shapes: [(shape: {}, friction: 1.0)])",
            prism(6, RADIUS, 0.0, 0.1)
        )
    };
    let objects: Vec<String> = (0..6).map(object).collect();
    let environment = on(GROUNDS[0], &objects.join(", "));
    let mut scene = Stage { environment: &environment, ..Stage::default() }.build();

    scene.run(5.0);

    for index in 0..6 {
        let tilt = tilt_deg(&scene, &format!("part{index}"));
        assert!(tilt < 0.2, "part {index}: {tilt} degrees");
    }
    let top = scene.world.body_pose(scene.body("part5")).translation;
    assert!((top.z - 0.5).abs() < 1e-3 && top.truncate().length() < 1e-3, "{top}");
}

#[test]
fn a_cylinder_stands_on_hulls_and_hulls_on_a_cylinder() {
    let cylinder = "Cylinder(radius: 0.1, length: 0.2)";
    let objects = format!(
        "(name: \"base\", mobility: Movable(mass_kg: 1), shapes: [(shape: {})]), (name: \
         \"drum\", pose: (xyz: (0, 0, 0.2001)), mobility: Movable(mass_kg: 1), shapes: [(shape: \
         {cylinder})]), (name: \"top\", pose: (xyz: (0, 0, 0.3002)), mobility: Movable(mass_kg: \
         1), shapes: [(shape: {})])",
        prism(7, 0.12, 0.0, 0.1),
        prism(12, 0.09, 0.0, 0.1)
    );
    let environment = on(GROUNDS[0], &objects);
    let mut scene = Stage { environment: &environment, ..Stage::default() }.build();

    scene.run(3.0);

    for object in ["base", "drum", "top"] {
        let tilt = tilt_deg(&scene, object);
        assert!(tilt < 0.2, "{object}: {tilt} degrees");
    }
    let top = scene.world.body_pose(scene.body("top")).translation;
    assert!((top.z - 0.3).abs() < 1e-3, "{top}");
}

#[test]
fn copies_of_a_world_with_large_faces_in_contact_continue_with_the_same_bits() {
    for ground in GROUNDS {
        let environment = on(ground, &field_of_prisms(8.0));
        let stage = Stage { environment: &environment, ..Stage::default() };
        let mut scene = stage.build();
        scene.run(0.2);
        let mut clone = scene.world.clone();
        let mut restored = stage.build().world;
        restored.restore(&scene.world.snapshot()).expect("the snapshot is of the same scenario");

        scene.run(0.5);
        let on_from_there = |world: &mut SimWorld| {
            for _ in 0..(0.5 / scene.tick_s).round() as usize {
                world.advance().expect("the world stays finite");
            }
            digest(world)
        };

        assert_eq!(on_from_there(&mut clone), scene.digest(), "{}", ground.0);
        assert_eq!(on_from_there(&mut restored), scene.digest(), "{}", ground.0);
    }
}
