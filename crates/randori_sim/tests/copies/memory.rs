//! Copying into an existing world allocates nothing, and a snapshot is small.

use allocation_counter::measure;
use randori_core::layout::SceneLayout;
use randori_core::math::Vector;
use randori_sim::world::SimWorld;

use crate::common::digest;
use crate::scene::{episode, shipped};

/// Shipped scenarios in which nothing moves but robots, and bytes of a snapshot.
const ROBOTS: [(&str, usize); 3] =
    [("cartpole/balance", 700), ("courier/flat", 2500), ("pup/stand", 3500)];

/// The start of a scenario, and its world after so many ticks.
fn worlds(name: &str, ticks: u64) -> [SimWorld; 2] {
    let mut run = episode(&shipped(name, &[]));
    let start = run.simulation().world().clone();
    while run.record().tick.0 < ticks {
        run.advance();
    }
    [start, run.simulation().world().clone()]
}

fn advance(world: &mut SimWorld, ticks: usize) {
    for _ in 0..ticks {
        world.advance().expect("it stays finite");
    }
}

#[test]
fn a_copy_into_a_world_of_robots_allocates_nothing() {
    for (name, _) in ROBOTS {
        let [start, now] = worlds(name, 700);
        let mut world = now.clone();
        // Memory for what will touch, be it at the start or later.
        advance(&mut world, 50);
        for source in [&start, &now] {
            world.clone_from(source);
        }
        for source in [&start, &now] {
            advance(&mut world, 50);
            let counted = measure(|| world.clone_from(source));
            assert_eq!(counted.count_total, 0, "{name}");
            let mut expected = source.clone();
            for _ in 0..50 {
                assert_eq!(digest(&world), digest(&expected), "{name}");
                advance(&mut world, 1);
                advance(&mut expected, 1);
            }
        }
    }
}

#[test]
fn a_copy_takes_over_payloads_and_forces_without_allocation() {
    let [start, now] = worlds("pup/stand", 300);
    let trunk = SceneLayout::new(&shipped("pup/stand", &[])).body("pup.trunk");
    let trunk = trunk.expect("the pup has a trunk");
    let mut laden = now.clone();
    laden.add_payload(trunk, 1.5);
    laden.set_external_force(trunk, Vector::Y * 5.0);
    let mut world = start.clone();
    for source in [&laden, &start, &laden] {
        world.clone_from(source);
        advance(&mut world, 30);
    }
    for source in [&start, &laden] {
        assert_eq!(measure(|| world.clone_from(source)).count_total, 0);
        let mut expected = source.clone();
        advance(&mut world, 100);
        advance(&mut expected, 100);
        assert_eq!(digest(&world), digest(&expected));
        assert_eq!(world.body_mass(trunk), expected.body_mass(trunk));
    }
}

#[test]
fn the_snapshot_of_a_robot_is_small() {
    for (name, at_most) in ROBOTS {
        let [_, now] = worlds(name, 700);
        let bytes = now.snapshot().len();
        assert!(bytes <= at_most, "{name}: {bytes} bytes");
    }
}

#[test]
fn worlds_of_other_scenes_become_clones() {
    let [pup, _] = worlds("pup/stand", 0);
    let [mut world, _] = worlds("cartpole/balance", 0);
    world.clone_from(&pup);
    let mut expected = pup.clone();
    advance(&mut world, 20);
    advance(&mut expected, 20);
    assert_eq!(digest(&world), digest(&expected));
}
