//! Collisions: restitution, momentum, moving surfaces.

use nalgebra::Vector3;
use randori_bodies::contact::{Contact, Side};
use randori_bodies::laws::{Law, StiffLaw};
use randori_bodies::{Kinematics, Rule, StepOptions, Tree};

use crate::scene::{World, build, cuboid, cuboid_on_ground, free, on_ground, sliding};

fn ball(height: f64) -> World {
    let ball = free(cuboid(0.5, [0.1; 3]), Vector3::new(0.0, 0.0, height));
    World::new(build(&[ball]), StepOptions { step_s: 0.001, ..StepOptions::default() })
}

fn bounce(restitution: f64) -> impl Fn(&Tree, &Kinematics, &mut Vec<Contact>) {
    move |tree, kinematics, contacts| {
        let point = kinematics.position(tree, 0) - Vector3::z() * 0.05;
        if point.z < 0.02 {
            contacts.push(Contact { restitution, ..on_ground(0, point, sliding(0.5), 0) });
        }
    }
}

#[test]
fn a_ball_rebounds_with_its_coefficient_of_restitution() {
    let mut world = ball(1.05);
    let (mut fastest, mut rebounds) = (0.0_f64, Vec::new());
    for _ in 0..1800 {
        let before = world.velocity(0).z;
        world.step(bounce(0.8));
        let after = world.velocity(0).z;
        if before < -1.0 && after > 0.0 {
            rebounds.push(after / -before);
        }
        fastest = fastest.max(after);
    }

    assert!(rebounds.len() >= 3);
    for ratio in rebounds {
        assert!((ratio - 0.8).abs() < 2e-3, "{ratio}");
    }
    // It falls 1 m and rises to the square of the coefficient.
    let height = fastest * fastest / (2.0 * 9.81);
    assert!((height - 0.64).abs() < 0.02, "{height}");
}

#[test]
fn a_dead_ball_stays_down_and_a_slow_one_comes_to_rest() {
    for restitution in [0.0, 0.8] {
        let mut world = ball(0.15);
        world.run(4.0, bounce(restitution));

        assert!((world.position(0).z - 0.05).abs() < 1e-4);
        assert!(world.velocity(0).norm() < 1e-6);
    }
}

/// Momentum and angular momentum about the origin of two free bodies.
fn momenta(world: &World) -> [Vector3<f64>; 2] {
    let mut sum = [Vector3::zeros(); 2];
    for link in 0..2 {
        let pose = world.state.base_pose(&world.tree.links()[link]);
        let mass = world.tree.links()[link].mass();
        let first = 6 * link + 3;
        let spin = Vector3::from_column_slice(&world.state.v[first..first + 3]);
        let axes = pose.rotation.to_rotation_matrix();
        let linear = world.velocity(link) * mass.mass_kg;
        sum[0] += linear;
        sum[1] += pose.translation.vector.cross(&linear)
            + axes.matrix() * mass.inertia * axes.matrix().transpose() * spin;
    }
    sum
}

#[test]
fn an_oblique_impact_keeps_momentum_and_angular_momentum() {
    let (second, first) = (Rule::SecondOrder, Rule::SemiImplicit);
    for (restitution, rule) in [(0.0, second), (0.6, second), (0.6, first)] {
        let tree = build(&[
            free(cuboid(2.0, [0.1; 3]), Vector3::zeros()),
            free(cuboid(0.7, [0.1; 3]), Vector3::new(0.15, 0.05, 0.0)),
        ]);
        let options = StepOptions { step_s: 0.0005, rule, ..StepOptions::default() };
        let mut world = World::new(tree, options);
        world.gravity = Vector3::zeros();
        world.state.v[6] = -2.0;
        world.state.v[4] = 1.0;
        world.state.restart();
        let before = momenta(&world);
        let mut touched = false;
        for _ in 0..200 {
            world.step(|tree, kinematics, contacts| {
                // Two balls of radius 0.06 m.
                let centers = [0, 1].map(|link| kinematics.position(tree, link));
                let line = centers[1] - centers[0];
                let (distance, normal) = (line.norm(), line.normalize());
                if distance - 0.12 < 0.002 {
                    contacts.push(Contact {
                        sides: [Side::Link(0), Side::Link(1)],
                        point: centers[0] + normal * (distance / 2.0),
                        normal,
                        gap: distance - 0.12,
                        margin: 0.0,
                        friction: sliding(0.4),
                        restitution,
                        law: Law::Stiff(StiffLaw::default()),
                        key: 5,
                    });
                }
            });
            touched |= world.contacts.iter().any(|contact| contact.gap < 0.0);
        }
        let after = momenta(&world);
        assert!(touched || restitution > 0.0);
        assert!(world.velocity(0).norm() > 0.1, "it was hit");
        assert!((after[0] - before[0]).norm() < 1e-12);
        // Free flight between has a small error of its own.
        assert!((after[1] - before[1]).norm() < 1e-6, "{:?}", after[1] - before[1]);
    }
}

#[test]
fn a_box_on_a_conveyor_takes_its_velocity() {
    let edges = [0.2, 0.2, 0.1];
    let tree = build(&[free(cuboid(1.0, edges), Vector3::new(0.0, 0.0, 0.05))]);
    let mut world = World::new(tree, StepOptions::default());
    let belt = Side::World { linear: Vector3::new(0.7, -0.2, 0.0), angular: Vector3::zeros() };
    world.run(1.0, |tree, kinematics, contacts| {
        cuboid_on_ground((tree, kinematics), 0, (edges, sliding(0.5)), contacts);
        for contact in contacts.iter_mut() {
            contact.sides[0] = belt;
        }
    });

    assert!((world.velocity(0) - Vector3::new(0.7, -0.2, 0.0)).norm() < 1e-9);
}

#[test]
fn bodies_that_overlap_at_the_start_are_pushed_apart_gently() {
    let edges = [0.2, 0.2, 0.1];
    let tree = build(&[free(cuboid(1.0, edges), Vector3::new(0.0, 0.0, 0.03))]);
    let mut world = World::new(tree, StepOptions::default());
    let (mut fastest, mut highest) = (0.0_f64, 0.0_f64);
    for _ in 0..500 {
        world.step(|tree, kinematics, contacts| {
            cuboid_on_ground((tree, kinematics), 0, (edges, sliding(0.5)), contacts);
        });
        fastest = fastest.max(world.velocity(0).z);
        highest = highest.max(world.position(0).z);
    }

    assert!(fastest < 0.25, "{fastest} m/s");
    assert!(highest < 0.053, "{highest} m");
    assert!((world.position(0).z - 0.05).abs() < 1e-4);
    assert!(world.velocity(0).norm() < 1e-6);
}
