//! Drives, limits, friction and springs of single joints in a step.

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::dof_law::DofLaw;
use randori_bodies::laws::{Law, SoftLaw};
use randori_bodies::potential::Drive;
use randori_bodies::{JointKind, LinkSpec, MassProperties, StepOptions, Tree};

use crate::scene::{World, build};

/// An arm of 1 kg whose centre of mass is 0.5 m from its horizontal hinge.
fn arm() -> Tree {
    let inertia = Matrix3::identity() * 0.02;
    build(&[
        LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() },
        LinkSpec {
            parent: Some(0),
            joint: JointKind::Revolute { axis: -Vector3::y() },
            parent_from_joint: Isometry3::identity(),
            mass: MassProperties { mass_kg: 1.0, com: Vector3::new(0.5, 0.0, 0.0), inertia },
            ..LinkSpec::default()
        },
    ])
}

fn world() -> World {
    World::new(arm(), StepOptions::default())
}

#[test]
fn a_saturated_drive_gives_its_limit_and_no_more() {
    let mut world = world();
    world.drives = vec![Drive { kp: 1e4, kd: 10.0, target: 1.0, limit: 3.0, ..Drive::default() }];
    world.step(|_, _, _| {});

    // Gravity needs 4.9 N m, so the arm falls: (0.02 + 0.25) a = 3 - 4.905
    assert!((world.state.v[0] / 0.002 - (3.0 - 4.905) / 0.27).abs() < 1e-9);
    assert!((world.stepper.dof_impulses(0).drive - 0.006).abs() < 1e-15);
}

#[test]
fn a_strong_drive_holds_its_target_under_load() {
    let mut world = world();
    world.drives = vec![Drive { kp: 200.0, kd: 20.0, limit: 50.0, ..Drive::default() }];
    world.run(5.0, |_, _, _| {});

    // kp q = m g l cos(q)
    let q = world.state.q[7];
    assert!((200.0 * q + 4.905 * libm::cos(q)).abs() < 1e-9);
    assert!((world.stepper.dof_impulses(0).drive / 0.002 + 200.0 * q).abs() < 1e-6);
}

#[test]
fn limits_stop_the_arm() {
    for (law, depth) in [(Law::default(), 1e-4), (Law::Soft(SoftLaw::default()), 2e-2)] {
        let mut world = world();
        let range = Some([-0.5, 0.5]);
        world.dof_laws = vec![DofLaw { range, limit_law: law, ..DofLaw::default() }];
        world.run(5.0, |_, _, _| {});

        let beyond = -0.5 - world.state.q[7];
        assert!((-1e-12..depth).contains(&beyond), "{beyond}");
        let load = world.stepper.dof_impulses(0).limit / 0.002;
        assert!((load - 4.905 * libm::cos(world.state.q[7])).abs() < 1e-5);
    }
}

#[test]
fn joint_friction_holds_below_its_force_and_does_not_creep() {
    let mut held = world();
    held.dof_laws = vec![DofLaw { friction: 5.0, ..DofLaw::default() }];
    held.run(1.0, |_, _, _| {});
    let start = held.state.q[7];
    held.run(5.0, |_, _, _| {});
    assert!((held.state.q[7] - start).abs() < 1e-9);

    let mut slipping = world();
    slipping.dof_laws = vec![DofLaw { friction: 4.0, ..DofLaw::default() }];
    slipping.step(|_, _, _| {});
    assert!((slipping.state.v[0] / 0.002 + 0.905 / 0.27).abs() < 1e-6);
}

#[test]
fn a_spring_swings_at_its_frequency_and_keeps_its_energy() {
    let mut world = world();
    world.gravity = Vector3::zeros();
    let spring = DofLaw { stiffness: 27.0, rest: 0.1, ..DofLaw::default() };
    world.dof_laws = vec![spring];
    let energy = |world: &World| {
        let stretch = world.state.q[7] - 0.1;
        world.energy() + 0.5 * 27.0 * stretch * stretch
    };
    let start = energy(&world);
    // w^2 = 27 / 0.27: a period of 0.6283 s
    world.run(10.0, |_, _, _| {});
    let expected = 0.1 - 0.1 * libm::cos(100.0);

    assert!((energy(&world) / start - 1.0).abs() < 1e-9);
    assert!((world.state.q[7] - expected).abs() < 1e-3);
}
