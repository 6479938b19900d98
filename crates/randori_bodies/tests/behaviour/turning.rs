//! Torsional and rolling friction.

use nalgebra::{Matrix3, Vector3};
use randori_bodies::cone::Friction;
use randori_bodies::contact::Contact;
use randori_bodies::{Kinematics, LinkSpec, MassProperties, StepOptions, Tree};

use crate::scene::{World, build, free, on_ground};

const RADIUS: f64 = 0.1;
const MASS: f64 = 2.0;

/// A ball of this moment of inertia (kg m^2) on the ground.
fn ball(inertia: f64) -> World {
    let mass = MassProperties {
        mass_kg: MASS,
        com: Vector3::zeros(),
        inertia: Matrix3::identity() * inertia,
    };
    let spec: LinkSpec = free(mass, Vector3::new(0.0, 0.0, RADIUS));
    World::new(build(&[spec]), StepOptions::default())
}

fn touch(friction: Friction) -> impl Fn(&Tree, &Kinematics, &mut Vec<Contact>) {
    move |tree, kinematics, contacts| {
        let point = kinematics.position(tree, 0) - Vector3::z() * RADIUS;
        contacts.push(on_ground(0, point, friction, 0));
    }
}

#[test]
fn torsional_friction_brakes_a_spinning_body_evenly_to_rest() {
    let friction = Friction { sliding: 0.8, torsional: 0.004, rolling: 0.0 };
    let inertia = 0.008;
    let mut world = ball(inertia);
    world.run(0.2, touch(friction));
    world.state.v[5] = 8.0;
    world.state.restart();
    world.run(0.2, touch(friction));
    let braking = (8.0 - world.state.v[5]) / 0.2;
    let expected = 0.004 * MASS * 9.81 / inertia;
    assert!((braking / expected - 1.0).abs() < 1e-6, "{braking} {expected}");

    world.run(2.0, touch(friction));
    assert!(world.state.v[5].abs() < 1e-9);
}

#[test]
fn without_torsional_friction_a_point_lets_a_body_spin() {
    let mut world = ball(0.008);
    world.state.v[5] = 8.0;
    world.state.restart();
    world.run(1.0, touch(Friction { sliding: 0.8, ..Friction::default() }));

    assert!((world.state.v[5] - 8.0).abs() < 1e-9);
}

#[test]
fn a_ball_rolls_without_slipping_and_without_loss() {
    let mut world = ball(0.008);
    world.run(0.2, touch(Friction { sliding: 0.8, ..Friction::default() }));
    (world.state.v[0], world.state.v[4]) = (1.0, 1.0 / RADIUS);
    world.state.restart();
    world.run(2.0, touch(Friction { sliding: 0.8, ..Friction::default() }));

    // It touches 4e-6 m deep, so its radius of rolling is a little smaller.
    assert!((world.state.v[0] - 1.0).abs() < 1e-5);
    assert!((world.state.v[4] * RADIUS / world.state.v[0] - 1.0).abs() < 3e-5);
}

#[test]
fn rolling_friction_brakes_a_rolling_ball_evenly_to_rest() {
    let (rolling, inertia) = (0.002, 0.008);
    let friction = Friction { sliding: 0.8, torsional: 0.001, rolling };
    let mut world = ball(inertia);
    world.run(0.2, touch(friction));
    (world.state.v[0], world.state.v[4]) = (1.0, 1.0 / RADIUS);
    world.state.restart();
    world.run(1.0, touch(friction));
    let braking = 1.0 - world.state.v[0];
    // (m + I/r^2) a = c m g / r
    let expected = rolling / RADIUS * MASS * 9.81 / (MASS + inertia / (RADIUS * RADIUS));
    // Sliding and rolling share one cone: the friction that brakes the ball makes
    // it slip by 4e-4 m/s while it rolls.
    assert!((braking / expected - 1.0).abs() < 1e-3, "{braking} {expected}");

    world.run(10.0, touch(friction));
    let place = world.position(0).x;
    world.run(5.0, touch(friction));
    assert!((world.position(0).x - place).abs() < 1e-9);
}
