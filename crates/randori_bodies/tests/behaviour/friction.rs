//! Coulomb friction: sticking without creep, sliding with the right force.

use nalgebra::{Isometry3, Vector3};
use randori_bodies::contact::{Contact, Side};
use randori_bodies::laws::{Law, StiffLaw};
use randori_bodies::potential::Drive;
use randori_bodies::{JointKind, Kinematics, LinkSpec, StepOptions, Tree};

use crate::scene::{World, build, cuboid, cuboid_on_ground, free, sliding};

const BOX: [f64; 3] = [0.2, 0.2, 0.1];

/// A box on a plane that gravity is inclined to; creep (m) and acceleration
/// (m/s^2) from 1 s to 3 s.
fn incline(degrees: f64, coefficient: f64) -> (f64, f64) {
    let tree = build(&[free(cuboid(1.0, BOX), Vector3::new(0.0, 0.0, 0.05))]);
    let mut world = World::new(tree, StepOptions::default());
    let angle = degrees.to_radians();
    world.gravity = Vector3::new(libm::sin(angle), 0.0, -libm::cos(angle)) * 9.81;
    let touch = |tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>| {
        cuboid_on_ground((tree, kinematics), 0, (BOX, sliding(coefficient)), contacts);
    };
    world.run(1.0, touch);
    let (start, speed) = (world.position(0).x, world.velocity(0).x);
    world.run(2.0, touch);
    (world.position(0).x - start, (world.velocity(0).x - speed) / 2.0)
}

#[test]
fn a_box_below_the_friction_angle_does_not_creep() {
    for degrees in [5.0, 20.0, 26.0] {
        let (creep, _) = incline(degrees, 0.5);
        assert!(creep.abs() < 1e-9, "{degrees} degrees: {creep} m");
    }
}

#[test]
fn a_box_above_the_friction_angle_slides_as_coulomb_says() {
    for degrees in [27.0, 35.0, 60.0] {
        let (_, acceleration) = incline(degrees, 0.5);
        let angle = f64::to_radians(degrees);
        let expected = 9.81 * (libm::sin(angle) - 0.5 * libm::cos(angle));
        assert!((acceleration - expected).abs() < 1e-6 * expected.max(1.0));
    }
}

/// Penetration depth of a box that lands with 3 m/s sideways (m), and the lateral velocity
/// that it has after 0.2 s (m/s).
fn land(slip_rounds: usize) -> (f64, f64) {
    let tree = build(&[free(cuboid(1.0, BOX), Vector3::new(0.0, 0.0, 0.1))]);
    let mut world = World::new(tree, StepOptions { slip_rounds, ..StepOptions::default() });
    world.state.v[0] = 3.0;
    world.state.restart();
    let mut depth = 0.0_f64;
    for _ in 0..100 {
        world.step(|tree, kinematics, contacts| {
            cuboid_on_ground((tree, kinematics), 0, (BOX, sliding(0.5)), contacts);
        });
        let deepest = world.contacts.iter().map(|contact| -contact.gap);
        depth = deepest.fold(depth, f64::max);
    }
    (depth, world.velocity(0).x)
}

#[test]
fn a_box_that_lands_sliding_does_not_sink_in() {
    let (lagged, corrected) = (land(0), land(1));

    assert!(corrected.0 < 1.5e-4 && corrected.0 < 0.3 * lagged.0, "{corrected:?} {lagged:?}");
    // Friction takes its share of the fall's momentum and of the weight.
    let expected = 3.0 - 0.5 * 9.81 * 0.2;
    assert!((corrected.1 - expected).abs() < 1e-3, "{corrected:?}");
}

/// Two fingers on slides, limited to 10 N, press a free box of 0.5 kg between them.
#[test]
fn force_limited_fingers_hold_a_free_box() {
    let finger = |x: f64, axis: Vector3<f64>, parent: usize| LinkSpec {
        parent: Some(parent),
        joint: JointKind::Prismatic { axis },
        parent_from_joint: Isometry3::translation(x, 0.0, 0.5),
        mass: cuboid(0.2, [0.02, 0.04, 0.04]),
        ..LinkSpec::default()
    };
    let base = LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() };
    let tree = build(&[
        base,
        finger(-0.1, Vector3::x(), 0),
        finger(0.1, -Vector3::x(), 0),
        free(cuboid(0.5, [0.06; 3]), Vector3::new(0.0, 0.0, 0.5)),
    ]);
    let mut world = World::new(tree, StepOptions::default());
    let closing = Drive { kd: 1000.0, target_velocity: 0.2, limit: 10.0, ..Drive::default() };
    world.drives = vec![Drive::default(); 8];
    world.drives[..2].fill(closing);
    let touch = |tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>| {
        let center = kinematics.position(tree, 3);
        for (finger, sign) in [(1, 1.0), (2, -1.0)] {
            let face = kinematics.position(tree, finger).x + sign * 0.01;
            let gap = sign * (center.x - face) - 0.03;
            for corner in 0..4 {
                let y = center.y + if corner & 1 == 0 { 0.01 } else { -0.01 };
                let z = center.z + if corner & 2 == 0 { 0.01 } else { -0.01 };
                if gap < 0.002 {
                    contacts.push(Contact {
                        sides: [Side::Link(finger), Side::Link(3)],
                        point: Vector3::new(face, y, z),
                        normal: Vector3::x() * sign,
                        gap,
                        margin: 0.0,
                        friction: sliding(0.8),
                        restitution: 0.0,
                        law: Law::Stiff(StiffLaw::default()),
                        key: (finger * 4 + corner) as u64,
                    });
                }
            }
        }
    };
    // The box floats until the fingers have closed.
    world.gravity = Vector3::zeros();
    world.run(0.5, touch);
    world.gravity = Vector3::new(0.0, 0.0, -9.81);
    world.run(0.5, touch);
    let before = world.position(3);
    world.run(9.0, touch);
    let slip = (world.position(3) - before).norm();
    assert!(slip < 1e-9, "slip {slip} m");
    assert!(world.velocity(3).norm() < 1e-9);
}
