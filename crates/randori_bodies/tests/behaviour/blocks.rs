//! Blocks of many boxes, which sweeps solve.

use nalgebra::{Isometry3, Vector3};
use randori_bodies::contact::{Contact, Side};
use randori_bodies::laws::{Law, StiffLaw};
use randori_bodies::potential::Drive;
use randori_bodies::{JointKind, Kinematics, LinkSpec, Method, StepInput, StepOptions, Tree};

use crate::scene::{GRAVITY, NEAR, World, build, cuboid, free, sliding};

const EDGE: f64 = 0.2;
const COUNTS: [usize; 3] = [3, 4, 4];
const BOXES: usize = COUNTS[0] * COUNTS[1] * COUNTS[2];

/// Key of the contact of the finger.
const FINGER: u64 = 1_000_000;

/// Mass of a box, kg.
const MASS: f64 = 0.4;

/// A block of boxes at the origin and, if wanted, a slide above its first column that
/// presses down with 5 N at most.
fn block(method: Method, with_finger: bool) -> World {
    let [nx, ny, _] = COUNTS;
    let mut links: Vec<_> = (0..BOXES)
        .map(|index| {
            let [x, y, z] = [index % nx, index / nx % ny, index / nx / ny];
            let at = |cell: usize| EDGE * cell as f64;
            free(cuboid(MASS, [EDGE; 3]), Vector3::new(at(x), at(y), at(z) + EDGE / 2.0))
        })
        .collect();
    if with_finger {
        links.push(LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() });
        links.push(LinkSpec {
            parent: Some(BOXES),
            joint: JointKind::Prismatic { axis: Vector3::z() },
            parent_from_joint: Isometry3::translation(0.02, 0.01, EDGE * COUNTS[2] as f64),
            mass: cuboid(0.1, [0.02; 3]),
            ..LinkSpec::default()
        });
    }
    let mut world = World::new(build(&links), StepOptions { method, ..StepOptions::default() });
    if with_finger {
        world.drives = vec![Drive::default(); 6 * BOXES];
        world.drives.push(Drive {
            kp: 100.0,
            kd: 5.0,
            target: -1.0,
            limit: 5.0,
            ..Drive::default()
        });
    }
    world
}

/// Contacts of neighbours at the corners of their common face, of the lowest layer on
/// the ground, and of the finger.
fn touch(tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>) {
    touch_boxes(tree, kinematics, contacts);
    if tree.links().len() > BOXES {
        let top = BOXES - COUNTS[0] * COUNTS[1];
        let normal = kinematics.rotation(top) * Vector3::z();
        let face = kinematics.position(tree, top) + normal * (EDGE / 2.0);
        let tip = kinematics.position(tree, BOXES + 1);
        push((Some(top), BOXES + 1), (tip, normal, (tip - face).dot(&normal)), FINGER, contacts);
    }
}

fn touch_boxes(tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>) {
    let [nx, ny, nz] = COUNTS;
    for index in 0..BOXES {
        let [x, y, z] = [index % nx, index / nx % ny, index / nx / ny];
        if z == 0 {
            touch_face((tree, kinematics), (None, index), 2, contacts);
        }
        let next = [(x + 1 < nx, 1), (y + 1 < ny, nx), (z + 1 < nz, nx * ny)];
        for (axis, (exists, step)) in next.into_iter().enumerate() {
            if exists {
                touch_face((tree, kinematics), (Some(index), index + step), axis, contacts);
            }
        }
    }
}

/// The corners of the lower face of a box along an axis, on another box or the ground.
fn touch_face(
    (tree, kinematics): (&Tree, &Kinematics),
    (first, second): (Option<usize>, usize),
    axis: usize,
    contacts: &mut Vec<Contact>,
) {
    let (mut face, mut normal) = (Vector3::zeros(), Vector3::z());
    if let Some(first) = first {
        normal = kinematics.rotation(first).column(axis).into();
        face = kinematics.position(tree, first) + normal * (EDGE / 2.0);
    }
    for corner in 0..4 {
        let mut local = Vector3::repeat(-EDGE / 2.0);
        for (bit, other) in [(axis + 1) % 3, (axis + 2) % 3].into_iter().enumerate() {
            local[other] *= if corner >> bit & 1 == 0 { 1.0 } else { -1.0 };
        }
        let point = kinematics.position(tree, second) + kinematics.rotation(second) * local;
        let key = (second * 12 + axis * 4 + corner) as u64 + u64::from(first.is_some()) * 100_000;
        push((first, second), (point, normal, (point - face).dot(&normal)), key, contacts);
    }
}

fn push(
    (first, second): (Option<usize>, usize),
    (point, normal, gap): (Vector3<f64>, Vector3<f64>, f64),
    key: u64,
    contacts: &mut Vec<Contact>,
) {
    if gap < NEAR {
        contacts.push(Contact {
            sides: [first.map_or(Side::GROUND, Side::Link), Side::Link(second)],
            point: point - normal * (gap / 2.0),
            normal,
            gap,
            margin: 0.0,
            friction: sliding(0.5),
            restitution: 0.0,
            law: Law::Stiff(StiffLaw::default()),
            key,
        });
    }
}

/// Momentum of all boxes along x, kg m/s.
fn momentum(world: &World) -> f64 {
    (0..BOXES).map(|link| MASS * world.velocity(link).x).sum()
}

#[test]
fn a_block_under_a_finger_stands_by_sweeps() {
    let mut world = block(Method::Sweeps, true);
    world.run(1.0, touch);
    let settled: Vec<_> = (0..BOXES).map(|link| world.position(link)).collect();
    let energy = world.energy();
    let mut highest = energy;
    for _ in 0..10 {
        world.run(1.0, touch);
        highest = highest.max(world.energy());
    }

    let creep = (0..BOXES).map(|link| (world.position(link) - settled[link]).norm());
    let creep = creep.fold(0.0, f64::max);
    let depth = world.contacts.iter().map(|contact| -contact.gap).fold(0.0, f64::max);
    assert!(creep < 1e-3, "{creep} m");
    assert!(depth < 1e-3, "{depth} m");
    assert!(highest - energy < 1e-4, "{} J gained", highest - energy);
    assert!(world.memory.contacts().iter().any(|(key, _)| *key == FINGER), "it rests");
}

#[test]
fn a_block_that_is_struck_keeps_together_and_loses_energy() {
    let mut world = block(Method::Sweeps, false);
    let standing = world.energy();
    for link in (0..BOXES).filter(|link| link % COUNTS[0] == 0) {
        let first = world.tree.links()[link].dofs().start;
        world.state.v[first] = 2.0;
    }
    world.state.restart();
    let mut energy = world.energy();
    let struck = energy - standing;
    let mut deepest = 0.0_f64;
    for _ in 0..500 {
        world.step(touch);
        let now = world.energy();
        assert!(now < energy + 1e-3 * struck, "{} J gained in a step", now - energy);
        energy = now;
        deepest = world.contacts.iter().map(|contact| -contact.gap).fold(deepest, f64::max);
    }

    assert!(deepest < 0.005, "{deepest} m");
    assert!(energy < standing + 0.5 * struck, "{energy} J");
}

#[test]
fn impulses_between_boxes_change_no_momentum() {
    let mut world = block(Method::Sweeps, false);
    let first = world.tree.links()[4].dofs().start;
    world.gravity = Vector3::zeros();
    world.state.v[first] = 3.0;
    world.state.restart();
    let before = momentum(&world);
    for _ in 0..20 {
        // Without the ground.
        world.step(|tree, kinematics, contacts| {
            touch(tree, kinematics, contacts);
            contacts.retain(|contact| contact.sides[0] != Side::GROUND);
        });
    }

    assert!(world.velocity(first / 6).x < 2.9, "it has struck others");
    assert!((momentum(&world) - before).abs() < 1e-12);
}

/// Velocities after 20 steps with one box kicked.
fn kicked(method: Method, others: usize) -> Vec<f64> {
    let mut world = block(method, false);
    if others > 0 {
        // Boxes that slide far from the block.
        let far: Vec<_> = (0..others)
            .map(|k| free(cuboid(1.0, [EDGE; 3]), Vector3::new(9.0 + k as f64, 0.0, 0.1)))
            .collect();
        world.tree.append(&build(&far));
        let tree = std::mem::take(&mut world.tree);
        world = World::new(tree, StepOptions { method, ..StepOptions::default() });
        world.state.v[6 * BOXES] = 0.3;
    }
    world.state.v[0] = 1.0;
    world.state.restart();
    for _ in 0..20 {
        let World { tree, state, memory, stepper, contacts, .. } = &mut world;
        stepper.begin(tree, state);
        contacts.clear();
        touch_boxes(tree, stepper.kinematics(), contacts);
        for link in BOXES..tree.links().len() {
            touch_face((tree, stepper.kinematics()), (None, link), 2, contacts);
        }
        let input = StepInput { gravity: GRAVITY, contacts, ..StepInput::default() };
        stepper.finish(tree, state, memory, &input).expect("a finite state");
    }
    world.state.v
}

#[test]
fn the_automatic_choice_for_a_block_is_to_sweep() {
    let automatic = kicked(Method::Automatic, 0);

    assert_eq!(automatic, kicked(Method::Sweeps, 0));
    assert_ne!(automatic, kicked(Method::Newton, 0));
}

#[test]
fn a_block_moves_as_if_alone() {
    let alone = kicked(Method::Automatic, 0);
    let among = kicked(Method::Automatic, 3);

    assert_eq!(alone, among[..6 * BOXES], "equal bits");
    assert!(among[6 * BOXES] < 0.25, "the others brake");
}
