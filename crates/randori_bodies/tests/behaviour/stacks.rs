//! Boxes on boxes: contacts between moving bodies.

use std::ops::Range;

use nalgebra::{Isometry3, Vector3};
use randori_bodies::contact::{Contact, Side};
use randori_bodies::laws::{Law, StiffLaw};
use randori_bodies::potential::Drive;
use randori_bodies::{JointKind, Kinematics, LinkSpec, StepOptions, Tree};

use crate::scene::{NEAR, World, build, corners, cuboid, cuboid_on_ground, free, sliding};

const EDGES: [f64; 3] = [0.1, 0.1, 0.1];

/// A tower of cubes with these masses (kg), `gap` (m) apart.
pub(crate) fn tower(masses: &[f64], gap: f64) -> World {
    let links: Vec<_> = (0..masses.len())
        .map(|k| {
            let height = 0.05 + k as f64 * (0.1 + gap);
            free(cuboid(masses[k], EDGES), Vector3::new(0.0, 0.0, height))
        })
        .collect();
    World::new(build(&links), StepOptions::default())
}

pub(crate) fn touch(tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>) {
    touch_boxes(tree.links().len(), (tree, kinematics), contacts);
}

/// Contacts of the first boxes, each on the one before and the first on the ground.
fn touch_boxes(count: usize, at: (&Tree, &Kinematics), contacts: &mut Vec<Contact>) {
    let whole = 0..count;
    touch_towers(std::slice::from_ref(&whole), at, contacts);
}

/// The same for several towers of these boxes.
pub(crate) fn touch_towers(
    towers: &[Range<usize>],
    at: (&Tree, &Kinematics),
    contacts: &mut Vec<Contact>,
) {
    for tower in towers {
        cuboid_on_ground(at, tower.start, (EDGES, sliding(0.6)), contacts);
        for upper in tower.start + 1..tower.end {
            touch_below(upper, at, contacts);
        }
    }
}

/// Contacts of a box on the one before.
fn touch_below(
    upper: usize,
    (tree, kinematics): (&Tree, &Kinematics),
    contacts: &mut Vec<Contact>,
) {
    let lower = upper - 1;
    let normal = kinematics.rotation(lower) * Vector3::z();
    let top = kinematics.position(tree, lower) + normal * 0.05;
    for (corner, point) in corners(tree, kinematics, upper, EDGES).into_iter().enumerate() {
        let gap = normal.dot(&(point - top));
        if gap < NEAR && gap > -0.05 {
            contacts.push(Contact {
                sides: [Side::Link(lower), Side::Link(upper)],
                point: point - normal * (gap / 2.0),
                normal,
                gap,
                margin: 0.0,
                friction: sliding(0.6),
                restitution: 0.0,
                law: Law::Stiff(StiffLaw::default()),
                key: (upper * 8 + corner) as u64,
            });
        }
    }
}

#[test]
fn a_tower_of_ten_stands() {
    let mut world = tower(&[1.0; 10], 1e-4);
    world.run(10.0, touch);
    let top = world.position(9);

    assert!((top.z - 0.95).abs() < 2e-4, "{} m", top.z - 0.95);
    assert!(top.x.abs() < 1e-6 && top.y.abs() < 1e-6);
    assert!(world.velocity(9).norm() < 1e-9, "{} m/s", world.velocity(9).norm());
}

#[test]
fn a_light_box_carries_a_heavy_one() {
    let mut world = tower(&[1.0, 1000.0], 0.0);
    world.run(10.0, touch);

    let sunk = 0.15 - world.position(1).z;
    assert!((0.0..3e-3).contains(&sunk), "{sunk} m");
    assert!(world.velocity(1).norm() < 1e-9);
}

#[test]
fn a_finger_may_rest_on_a_tower() {
    for masses in [vec![1.0; 10], vec![1.0, 1000.0]] {
        let top = masses.len() - 1;
        let mut links: Vec<_> = (0..masses.len())
            .map(|k| {
                let place = Vector3::new(0.0, 0.0, 0.05 + 0.1 * k as f64);
                free(cuboid(masses[k], EDGES), place)
            })
            .collect();
        // A slide above the tower that presses with 5 N at most.
        let above = Isometry3::translation(0.02, 0.01, 0.1 * masses.len() as f64 + 0.01);
        links.push(LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() });
        links.push(LinkSpec {
            parent: Some(top + 1),
            joint: JointKind::Prismatic { axis: -Vector3::z() },
            parent_from_joint: above,
            mass: cuboid(0.1, [0.01; 3]),
            ..LinkSpec::default()
        });
        let mut world = World::new(build(&links), StepOptions::default());
        let dofs = world.tree.dofs();
        world.drives = vec![Drive::default(); dofs];
        world.drives[dofs - 1] =
            Drive { kd: 100.0, target_velocity: 0.1, limit: 5.0, ..Drive::default() };
        world.run(10.0, |tree, kinematics, contacts| {
            touch_boxes(top + 1, (tree, kinematics), contacts);
            let finger = kinematics.position(tree, top + 2);
            let gap = finger.z - 0.005 - (kinematics.position(tree, top).z + 0.05);
            if gap < NEAR {
                contacts.push(Contact {
                    sides: [Side::Link(top), Side::Link(top + 2)],
                    point: finger - Vector3::z() * 0.005,
                    normal: Vector3::z(),
                    gap,
                    margin: 0.0,
                    friction: sliding(0.6),
                    restitution: 0.0,
                    law: Law::Stiff(StiffLaw::default()),
                    key: 9999,
                });
            }
        });
        assert!((world.position(top).z - (0.05 + 0.1 * top as f64)).abs() < 4e-3);
        assert!(world.state.v.iter().all(|rate| rate.abs() < 1e-8), "{:?}", world.state.v);
        let last = world.contacts.len() - 1;
        let pressed = world.stepper.contact_impulse(last)[0].z / 0.002;
        // The drive's 5 N and the finger's own weight.
        assert!((pressed - 5.0 - 0.981).abs() < 1e-5, "{pressed} N");
    }
}

#[test]
fn contacts_of_several_bodies_share_one_solution() {
    // A plank over two boxes: the order of bodies is not that of the stack.
    let plank = [0.6, 0.1, 0.02];
    let tree = build(&[
        free(cuboid(2.0, plank), Vector3::new(0.0, 0.0, 0.11)),
        free(cuboid(1.0, EDGES), Vector3::new(-0.2, 0.0, 0.05)),
        free(cuboid(3.0, EDGES), Vector3::new(0.2, 0.0, 0.05)),
    ]);
    let mut world = World::new(tree, StepOptions::default());
    let touch = |tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>| {
        for lower in [1, 2] {
            cuboid_on_ground((tree, kinematics), lower, (EDGES, sliding(0.6)), contacts);
            for (corner, point) in corners(tree, kinematics, lower, EDGES).into_iter().enumerate() {
                let normal = kinematics.rotation(0) * Vector3::z();
                let bottom = kinematics.position(tree, 0) - normal * 0.01;
                let gap = normal.dot(&(bottom - point));
                if corner >= 4 && gap < NEAR {
                    contacts.push(Contact {
                        sides: [Side::Link(lower), Side::Link(0)],
                        point,
                        normal,
                        gap,
                        margin: 0.0,
                        friction: sliding(0.6),
                        restitution: 0.0,
                        law: Law::Stiff(StiffLaw::default()),
                        key: (100 + lower * 8 + corner) as u64,
                    });
                }
            }
        }
    };
    world.run(3.0, touch);

    assert!((world.position(0).z - 0.11).abs() < 1e-4);
    assert!(world.velocity(0).norm() < 1e-9);
    // The ground carries everything.
    let carried: f64 = (0..world.contacts.len())
        .filter(|contact| world.contacts[*contact].sides[0] == Side::GROUND)
        .map(|contact| world.stepper.contact_impulse(contact)[0].z)
        .sum();
    assert!((carried / 0.002 - 6.0 * 9.81).abs() < 1e-6);
}
