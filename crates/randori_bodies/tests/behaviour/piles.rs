//! Many bodies of all kinds of contacts in a box.

use nalgebra::Vector3;
use randori_bodies::cone::Friction;
use randori_bodies::contact::{Contact, Side};
use randori_bodies::laws::{Law, SoftLaw, StiffLaw};
use randori_bodies::{Kinematics, Method, StepOptions, Tree};

use crate::scene::{NEAR, World, build, cuboid, free};
use crate::stacks;

const RADIUS: f64 = 0.05;
/// Half of the width of the box, m.
const WALL: f64 = 0.16;

/// Balls in layers above the floor of a box, none quite over another.
fn pile(count: usize) -> World {
    let links: Vec<_> = (0..count)
        .map(|k| {
            let (layer, place) = (k / 4, k % 4);
            let aside = |bit: usize| if place >> bit & 1 == 0 { -0.06 } else { 0.06 };
            let shift = 0.013 * (layer % 5) as f64 - 0.02;
            let height = RADIUS + layer as f64 * 0.105;
            let mass = 0.2 + 0.1 * (k % 7) as f64;
            free(
                cuboid(mass, [0.08; 3]),
                Vector3::new(aside(0) + shift, aside(1) - shift / 2.0, height),
            )
        })
        .collect();
    World::new(build(&links), StepOptions::default())
}

/// Friction and law vary from pair to pair.
fn surface(pair: usize) -> (Friction, Law) {
    let friction = match pair % 4 {
        0 => Friction::default(),
        1 => Friction { sliding: 0.5, ..Friction::default() },
        2 => Friction { sliding: 0.3, torsional: 0.01, rolling: 0.0 },
        _ => Friction { sliding: 0.9, torsional: 0.01, rolling: 0.003 },
    };
    let law = if pair.is_multiple_of(3) {
        Law::Soft(SoftLaw::default())
    } else {
        Law::Stiff(StiffLaw::default())
    };
    (friction, law)
}

fn touch(tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>) {
    let count = tree.links().len();
    let mut add =
        |sides: [Side; 2], (point, normal, gap): (Vector3<f64>, Vector3<f64>, f64), pair: usize| {
            let (friction, law) = surface(pair);
            let key = pair as u64;
            if gap < NEAR {
                contacts.push(Contact {
                    sides,
                    point,
                    normal,
                    gap,
                    margin: 0.0,
                    friction,
                    restitution: 0.3,
                    law,
                    key,
                });
            }
        };
    for first in 0..count {
        let center = kinematics.position(tree, first);
        let walls = [
            (Vector3::z(), center.z),
            (Vector3::x(), center.x + WALL),
            (-Vector3::x(), WALL - center.x),
            (Vector3::y(), center.y + WALL),
            (-Vector3::y(), WALL - center.y),
        ];
        for (wall, (normal, distance)) in walls.into_iter().enumerate() {
            let at = (center - normal * RADIUS, normal, distance - RADIUS);
            add([Side::GROUND, Side::Link(first)], at, first * 1000 + 900 + wall);
        }
        for second in first + 1..count {
            let line = kinematics.position(tree, second) - center;
            let distance = line.norm();
            let normal = line / distance;
            let at = (center + normal * (distance / 2.0), normal, distance - 2.0 * RADIUS);
            add([Side::Link(first), Side::Link(second)], at, first * 1000 + second);
        }
    }
}

/// Every ball is in the box, and none is deep in another.
fn assert_sound(world: &World, depth: f64) {
    for contact in &world.contacts {
        assert!(contact.gap > -depth, "{} m", contact.gap);
    }
    for link in 0..world.tree.links().len() {
        let center = world.position(link);
        assert!(center.x.abs() < WALL && center.y.abs() < WALL && center.z > 0.0, "{center}");
    }
}

#[test]
fn newtons_method_converges_in_a_pile_of_all_kinds_of_contacts() {
    let mut world = pile(16);
    world.stepper.set_options(StepOptions { method: Method::Newton, ..StepOptions::default() });
    let mut most = 0;
    for _ in 0..500 {
        most = most.max(world.step(touch).iterations); // each step must converge
        assert_sound(&world, 0.01);
    }

    assert!(most <= 40, "{most} iterations");
    assert!(world.contacts.len() > 20);
    assert!(world.iterations < 4000, "{} iterations", world.iterations);
}

#[test]
fn piles_are_swept_without_passing_through_each_other() {
    let mut world = pile(40);
    world.stepper.set_options(StepOptions { method: Method::Sweeps, ..StepOptions::default() });
    let energy = world.energy();
    world.run(0.6, touch);
    assert_sound(&world, 0.01);
    assert!(world.contacts.len() > 80);
    assert!(world.energy() < energy, "{} J gained", world.energy() - energy);
}

#[test]
fn newtons_method_converges_in_every_step_of_a_pile_of_forty() {
    let mut world = pile(40);
    world.stepper.set_options(StepOptions { method: Method::Newton, ..StepOptions::default() });
    let mut worst = 0.0_f64;
    for _ in 0..300 {
        worst = worst.max(world.step(touch).residual);
        assert_sound(&world, 0.01);
    }

    assert!(world.contacts.len() > 80);
    assert!(worst <= 1e-6 * world.step_s(), "{worst} m/s");
}

#[test]
fn piles_that_do_not_touch_move_as_if_alone() {
    // The foot of the other tower is kicked while the first stands.
    let one = stacks::tower(&[1.0, 2.0, 0.5], 1e-4);
    let links: Vec<_> = [1.0, 2.0, 0.5, 0.3, 3.0]
        .into_iter()
        .enumerate()
        .map(|(k, mass)| {
            let (x, level) = if k < 3 { (0.0, k) } else { (1.0, k - 3) };
            let height = 0.05 + level as f64 * (0.1 + 1e-4);
            free(cuboid(mass, [0.1; 3]), Vector3::new(x, 0.0, height))
        })
        .collect();
    let mut both = World::new(build(&links), StepOptions::default());
    both.state.v[18] = 2.0;
    both.state.restart();
    let mut alone = one;
    for _ in 0..300 {
        alone.step(stacks::touch);
        both.step(|tree, kinematics, contacts| {
            stacks::touch_towers(&[0..3, 3..5], (tree, kinematics), contacts);
        });
        assert_eq!(alone.state.v, both.state.v[..18], "equal bits");
    }

    assert!(both.position(3).x > 1.005, "the other has slid");
}
