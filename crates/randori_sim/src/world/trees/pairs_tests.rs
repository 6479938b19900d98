//! The contacts that trees find equal those that the engine finds.

use randori_bodies::contact::Contact;
use randori_core::layout::SceneLayout;
use randori_core::spec::{EnvironmentSpec, RobotSpec, Scenario, ScenarioSpec};
use ron::extensions::Extensions;
use serde::de::DeserializeOwned;

use super::*;

/// A robot that penetrates the ground by 2 mm: balls, blocks, rods and a prism, some of
/// which overlap.
const ROBOT: &str = r#"Robot(
    format: 1, name: "robot", base: Floating(link: "trunk"), self_contact: true,
    links: [
        (name: "trunk", mass_kg: 2, shapes: [
            (shape: Box(size: (0.3, 0.2, 0.1)), pose: (xyz: (0, 0, 0.048))),
            (shape: Cylinder(radius: 0.05, length: 0.1), pose: (xyz: (0.25, 0, 0.048))),
        ]),
        (name: "ball", mass_kg: 1, shapes: [(shape: Sphere(radius: 0.05), pose: (xyz: (0, 0, 0.048)))]),
        (name: "rod", mass_kg: 1, shapes: [(
            shape: Capsule(radius: 0.03, length: 0.3),
            pose: (xyz: (0, 0, 0.028), rpy: (Deg(90), Deg(0), Deg(0))),
        )]),
        (name: "prism", mass_kg: 1, shapes: [(
            shape: ConvexHull(points: [
                (0.1, 0, 0), (0.05, 0.09, 0), (-0.05, 0.09, 0), (-0.1, 0, 0), (-0.05, -0.09, 0), (0.05, -0.09, 0),
                (0.1, 0, 0.1), (0.05, 0.09, 0.1), (-0.05, 0.09, 0.1), (-0.1, 0, 0.1), (-0.05, -0.09, 0.1), (0.05, -0.09, 0.1),
            ]),
            pose: (xyz: (0, 0, -0.002)),
        )]),
    ],
    joints: [
        (name: "a", kind: Continuous, parent: "trunk", child: "ball", axis: Z, pose: (xyz: (-0.3, 0, 0))),
        (name: "b", kind: Continuous, parent: "ball", child: "rod", axis: Z, pose: (xyz: (0.17, 0.05, 0))),
        (name: "c", kind: Continuous, parent: "rod", child: "prism", axis: Z, pose: (xyz: (0.1, 0.5, 0))),
    ],
    contact_exclusions: [],
)"#;

const GROUNDS: [&str; 4] = [
    "ground: ()",
    "objects: [(name: \"floor\", shapes: [(shape: Box(size: (4, 4, 1)), pose: (xyz: (0, 0, -0.5)))])]",
    "objects: [(name: \"mesh\", shapes: [(shape: TriangleMesh(\
        vertices: [(-2, -2, 0), (2, -2, 0), (2, 2, 0), (-2, 2, 0), (0, 0.1, 0)],\
        triangles: [(0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)]))])]",
    "objects: [(name: \"field\", shapes: [(shape: Heightfield(size: (4, 4), heights: [\
        [0, 0, 0, 0], [0, 0, 0, 0], [0, 0.001, 0, 0], [0, 0, 0, 0]]))])]",
];

fn parse<T: DeserializeOwned>(text: &str) -> T {
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    options.from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn world(robot: &str, environment: &str) -> SimWorld {
    let spec: ScenarioSpec = parse(
        "Scenario(format: 1, title: \"test\", duration: 1, environment: \"inline\",
         robots: [(name: \"robot\", model: \"inline\")])",
    );
    let environment: EnvironmentSpec =
        parse(&format!("Environment(format: 1, name: \"inline\", {environment})"));
    let robots: Vec<RobotSpec> = vec![parse(robot)];
    let scenario = Scenario { spec, environment, robots, contracts: vec![None] };
    let layout = SceneLayout::new(&scenario);
    SimWorld::build(&scenario, &layout).expect("the scenario of a test builds")
}

/// Contacts at the start, by key: those that the engine finds, and those that trees find.
fn both(world: &mut SimWorld, sweep: bool) -> [Vec<Contact>; 2] {
    let mut trees = world.trees.take().expect("robots are trees");
    let sorted = |trees: &Trees| {
        let mut contacts = trees.contacts.clone();
        contacts.sort_by_key(|contact| contact.key);
        contacts
    };
    // The engine has computed contacts while the world was built.
    trees.is_alone = false;
    world.gather_contacts(&mut trees);
    let engines = sorted(&trees);
    let mut pairs = Pairs::default();
    world.list_shapes(&trees, &mut pairs);
    if sweep {
        pairs.listed = None;
    }
    let kinematics = trees.placed.clone();
    world.find_pairs(&trees, &mut pairs, &kinematics);
    trees.pairs = pairs;
    trees.is_alone = true;
    world.gather_contacts(&mut trees);
    let own = sorted(&trees);
    trees.is_alone = false;
    world.trees = Some(trees);
    [engines, own]
}

fn assert_same(mut world: SimWorld, least: usize) -> usize {
    for sweep in [false, true] {
        let [engines, own] = both(&mut world, sweep);
        assert!(engines.len() >= least, "{} contacts", engines.len());
        assert_eq!(own.len(), engines.len());
        for (one, other) in own.iter().zip(&engines) {
            assert_eq!(one.key, other.key);
            assert_eq!(one.sides, other.sides);
            assert!((one.point - other.point).norm() < 1e-6, "{one:?}, {other:?}");
            assert!((one.normal - other.normal).norm() < 1e-6, "{one:?}, {other:?}");
            assert!((one.gap - other.gap).abs() < 1e-6, "{one:?}, {other:?}");
        }
    }
    both(&mut world, false)[1].len()
}

#[test]
fn trees_find_the_contacts_that_the_engine_finds() {
    for ground in GROUNDS {
        // Box, cylinder and prism: four points each; rod: two; ball: one.
        assert_same(world(ROBOT, ground), 13);
    }
}

#[test]
fn links_that_pass_through_each_other_have_no_contacts() {
    let ground = GROUNDS[0];
    let touching = assert_same(world(ROBOT, ground), 1);
    let excluded = ROBOT.replace("exclusions: []", "exclusions: [(\"trunk\", \"rod\")]");
    let fewer = assert_same(world(&excluded, ground), 1);
    assert!(fewer < touching, "{fewer} of {touching}");
    let alone = ROBOT.replace("self_contact: true,", "");
    assert_eq!(assert_same(world(&alone, ground), 1), fewer);
}

#[test]
fn points_that_a_pair_keeps_follow_its_shapes() {
    let mut world = world(ROBOT, GROUNDS[2]);
    let trees = world.trees.take().expect("robots are trees");
    let mut pairs = Pairs::default();
    let raised = |height: f64| {
        let mut moved = trees.state.q.clone();
        moved[2] += height;
        let mut kinematics = trees.placed.clone();
        kinematics.update(&trees.tree, &moved);
        kinematics
    };
    let gaps = |pairs: &Pairs| {
        let manifolds = pairs.meetings().flat_map(|meeting| meeting.manifolds);
        manifolds.flat_map(|it| &it.points).map(|point| point.dist).collect::<Vec<_>>()
    };
    let mut fresh = Pairs::default();
    world.find_pairs(&trees, &mut pairs, &trees.placed);
    let first = gaps(&pairs);

    world.find_pairs(&trees, &mut pairs, &raised(1e-3));
    world.find_pairs(&trees, &mut fresh, &raised(1e-3));
    // Kept points follow the shapes like new ones.
    let deepest = |pairs: &Pairs| gaps(pairs).into_iter().fold(f32::MAX, f32::min);
    assert!(!first.is_empty());
    assert_eq!(pairs.meetings().count(), fresh.meetings().count());
    let (kept, new) = (deepest(&pairs), deepest(&fresh));
    assert!((kept - new).abs() < 1e-5, "{kept} instead of {new}");

    pairs.clear();
    world.find_pairs(&trees, &mut pairs, &trees.placed);
    assert_eq!(gaps(&pairs), first);
}
