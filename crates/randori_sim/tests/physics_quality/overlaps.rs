//! Bodies that overlap at the start.

use randori_sim::world::Overlap;

use crate::common::{Scene, Stage};

fn cube(name: &str, x: f64, z: f64, mobility: &str) -> String {
    format!(
        "(name: \"{name}\", pose: (xyz: ({x}, 0, {z})), mobility: {mobility}, \
         shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))])"
    )
}

fn overlaps(scene: &Scene) -> Vec<(String, Option<String>, f32)> {
    let name = |body| scene.layout.body_name(body).into_owned();
    let named = |overlap: Overlap| (name(overlap.body), overlap.other.map(name), overlap.depth_m);
    scene.world.overlaps(1e-3).into_iter().map(named).collect()
}

#[test]
fn pairs_are_told_with_their_depth_the_deepest_first() {
    let movable = "Movable(mass_kg: 1)";
    let objects = [
        cube("a", 0.0, 0.1, movable),
        cube("b", 0.19, 0.1, movable),
        cube("deep", 2.0, 0.05, movable),
        cube("wall", 4.0, 0.0, "Static"),
        cube("post", 4.1, 0.0, "Static"),
    ];
    let environment = format!("ground: (), objects: [{}]", objects.join(", "));

    let scene = Stage { environment: &environment, ..Stage::default() }.build();

    let found = overlaps(&scene);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].1.as_deref()), ("deep", None));
    assert_eq!((found[1].0.as_str(), found[1].1.as_deref()), ("a", Some("b")));
    assert!((found[0].2 - 0.05).abs() < 1e-4 && (found[1].2 - 0.01).abs() < 1e-4, "{found:?}");
}

/// Two links 5 cm inside of each other, with a joint-free link between them.
const FOLDED: &str = r#"Robot(
    format: 1, name: "folded", base: Floating(link: "a"), self_contact: true,
    links: [
        (name: "a", mass_kg: 1, shapes: [(shape: Sphere(radius: 0.1))]),
        (name: "b", mass_kg: 1, com: (0, 0, 0), inertia: Moments(ixx: 0.01, iyy: 0.01, izz: 0.01)),
        (name: "c", mass_kg: 1, shapes: [(shape: Sphere(radius: 0.1))]),
    ],
    joints: [
        (name: "j", kind: Continuous, parent: "a", child: "b", axis: Y, pose: (xyz: (0, 0, 0.5))),
        (name: "k", kind: Continuous, parent: "b", child: "c", axis: Y, pose: (xyz: (0.15, 0, -0.5))),
    ],
)"#;

#[test]
fn links_of_a_robot_count_where_they_can_touch() {
    let found = |robot: &str| {
        let robots = [(robot, "pose: (xyz: (0, 0, 3))")];
        overlaps(&Stage { robots: &robots, ..Stage::default() }.build())
    };

    let touching = found(FOLDED);
    assert_eq!(touching.len(), 1, "{touching:?}");
    assert_eq!((touching[0].0.as_str(), touching[0].1.as_deref()), ("r0.a", Some("r0.c")));
    assert!((touching[0].2 - 0.05).abs() < 1e-4, "{touching:?}");
    assert!(found(&FOLDED.replace("self_contact: true,", "")).is_empty());
    let excluded = FOLDED.replace(
        "self_contact: true,",
        "self_contact: true, contact_exclusions: [(\"a\", \"c\")],",
    );
    assert!(found(&excluded).is_empty());
}
