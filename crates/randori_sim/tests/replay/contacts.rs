//! Queries for contacts.

use randori_core::math::Vector;

use crate::common::Stage;
use crate::fixture::{assert_near, cube};

#[test]
fn a_stack_presses_with_its_weight_and_each_pair_is_listed_once() {
    let cube = cube("");
    let stage = Stage {
        robots: &[(&cube, "pose: (xyz: (0, 0, 0.3))"), (&cube, "pose: (xyz: (0, 0, 0.1))")],
        environment: "ground: ()",
        ..Stage::default()
    };
    let mut scene = stage.build();
    scene.run(1.0);
    let (upper, lower) = (scene.body("r0.body"), scene.body("r1.body"));

    let mut contacts = Vec::new();
    scene.world.contacts(&mut contacts);

    let pairs: Vec<_> = contacts.iter().map(|it| (it.body, it.other)).collect();
    assert_eq!(pairs, [(upper, Some(lower)), (lower, None)]);
    assert_near(contacts[0].force.z, 9.81, 0.05);
    assert_near(contacts[1].force.z, 19.62, 0.1);
    let aside = |force: Vector| Vector::new(force.x, force.y, 0.0).length();
    assert!(contacts.iter().all(|it| aside(it.force) < 0.05), "{contacts:?}");

    scene.world.contacts(&mut contacts);
    assert_eq!(contacts.len(), 2);
}
