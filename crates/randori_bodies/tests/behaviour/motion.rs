//! Motion without contacts: order of the integration, energy, drift.

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::{JointKind, LinkSpec, MassProperties, Rule, StepOptions, Tree};

use crate::scene::{World, build};

/// Five links of 0.2 m that hang on crossed hinges.
fn chain() -> Tree {
    let base = LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() };
    let mut links = vec![base];
    for k in 0..5 {
        let axis = if k % 2 == 0 { Vector3::y() } else { Vector3::x() };
        let down = if k == 0 { 0.0 } else { -0.2 };
        let inertia = Matrix3::from_diagonal(&Vector3::new(0.002, 0.002, 0.0002));
        links.push(LinkSpec {
            parent: Some(k),
            joint: JointKind::Revolute { axis },
            parent_from_joint: Isometry3::translation(0.0, 0.0, down),
            mass: MassProperties { mass_kg: 0.5, com: Vector3::new(0.0, 0.0, -0.1), inertia },
            ..LinkSpec::default()
        });
    }
    build(&links)
}

fn swing(step_s: f64, rule: Rule) -> World {
    let options = StepOptions { step_s, rule, tolerance: 1e-9, ..StepOptions::default() };
    let mut world = World::new(chain(), options);
    world.state.q[7..].copy_from_slice(&[1.0, 0.5, -0.4, 0.3, 0.6]);
    world
}

fn joints_after_a_second(step_s: f64, rule: Rule) -> Vec<f64> {
    let mut world = swing(step_s, rule);
    world.run(1.0, |_, _, _| {});
    world.state.q[7..].to_vec()
}

fn distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).fold(0.0, |largest, (a, b)| f64::max(largest, (a - b).abs()))
}

#[test]
fn a_swinging_chain_converges_with_second_order() {
    let exact = joints_after_a_second(2e-5, Rule::SecondOrder);
    let errors = [0.004, 0.002, 0.001]
        .map(|h| distance(&joints_after_a_second(h, Rule::SecondOrder), &exact));

    assert!(errors[1] < 6.5e-4, "{errors:?}");
    for pair in errors.windows(2) {
        assert!((3.5..4.5).contains(&(pair[0] / pair[1])), "{errors:?}");
    }
    // The plain rule is some twenty times worse at this step.
    assert!(distance(&joints_after_a_second(0.002, Rule::SemiImplicit), &exact) > 10.0 * errors[1]);
}

#[test]
fn a_swinging_chain_keeps_its_energy() {
    for (step_s, drift) in [(0.001, 2e-4), (0.002, 1e-3)] {
        let mut world = swing(step_s, Rule::SecondOrder);
        let start = world.energy();
        world.run(10.0, |_, _, _| {});
        let change = world.energy() - start;
        assert!(change.abs() < drift, "{change} J at {step_s} s");
    }
}

#[test]
fn the_centre_of_mass_of_a_tumbling_body_stays() {
    let com = Vector3::new(0.05, 0.02, 0.0);
    let inertia = Matrix3::from_diagonal(&Vector3::new(0.01, 0.02, 0.03));
    let mass = MassProperties { mass_kg: 2.0, com, inertia };
    let mut world =
        World::new(build(&[LinkSpec { mass, ..LinkSpec::default() }]), StepOptions::default());
    world.gravity = Vector3::zeros();
    let spin = Vector3::new(4.0, 5.0, 6.0);
    world.state.v[..3].copy_from_slice((-spin.cross(&com)).as_slice());
    world.state.v[3..].copy_from_slice(spin.as_slice());
    world.state.restart();
    let energy = world.energy();
    world.run(1.0, |_, _, _| {});
    let pose = world.state.base_pose(&world.tree.links()[0]);
    let drift = (pose.rotation * com + pose.translation.vector - com).norm();

    assert!(drift < 1e-4, "{drift} m");
    assert!((world.energy() / energy - 1.0).abs() < 2e-4);
}
