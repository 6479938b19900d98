//! The same bits every time, from any stepper.

use nalgebra::Vector3;
use randori_bodies::contact::Contact;
use randori_bodies::{Kinematics, StepOptions, Stepper, Tree};

use crate::scene::{World, build, cuboid, cuboid_on_ground, free, sliding};

const EDGES: [f64; 3] = [0.2, 0.1, 0.15];

fn touch(tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>) {
    for link in 0..tree.links().len() {
        cuboid_on_ground((tree, kinematics), link, (EDGES, sliding(0.4)), contacts);
    }
}

/// Two boxes thrown onto the ground.
fn thrown() -> World {
    let tree = build(&[
        free(cuboid(1.0, EDGES), Vector3::new(0.0, 0.0, 0.3)),
        free(cuboid(2.0, EDGES), Vector3::new(1.0, 0.0, 0.4)),
    ]);
    let mut world = World::new(tree, StepOptions::default());
    world.state.v.copy_from_slice(&[1.0, 0.3, 0.0, 2.0, -3.0, 1.0, -0.5, 0.0, 0.0, 1.0, 0.2, 4.0]);
    world.state.restart();
    world
}

#[test]
fn two_runs_agree_in_every_bit() {
    let (mut one, mut other) = (thrown(), thrown());
    one.run(2.0, touch);
    other.run(2.0, touch);

    assert_eq!(one.state, other.state);
    assert_eq!(one.memory, other.memory);
}

#[test]
fn state_and_memory_are_all_there_is_to_save() {
    let mut whole = thrown();
    whole.run(0.6, touch);
    let mut resumed = thrown();
    resumed.state = whole.state.clone();
    resumed.memory = whole.memory.clone();
    resumed.stepper = Stepper::new(&resumed.tree, StepOptions::default()).unwrap();
    whole.run(1.0, touch);
    resumed.run(1.0, touch);

    assert_eq!(whole.state, resumed.state);
}

#[test]
fn bodies_that_never_meet_move_as_if_alone() {
    let mut together = thrown();
    let mut alone = World::new(
        build(&[free(cuboid(1.0, EDGES), Vector3::new(0.0, 0.0, 0.3))]),
        StepOptions::default(),
    );
    alone.state.v.copy_from_slice(&together.state.v[..6]);
    alone.state.restart();
    together.run(1.0, touch);
    alone.run(1.0, touch);

    for (one, other) in alone.state.q.iter().zip(&together.state.q) {
        assert!((one - other).abs() < 1e-5);
    }
}

/// Measured on x86-64. A change of the order of sums moves this number, and with it
/// the results of every robot in contact.
#[test]
fn steps_with_contacts_have_known_bits() {
    let mut world = thrown();
    world.run(1.5, touch);
    let numbers = world.state.q.iter().chain(&world.state.v);
    // FNV-1a
    let hash = numbers
        .flat_map(|number| number.to_bits().to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });

    assert!(world.contacts.len() >= 4, "the boxes lie on the ground");
    assert_eq!(hash, 9_969_633_566_581_747_601);
}
