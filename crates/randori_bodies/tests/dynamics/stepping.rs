//! Time steps: accuracy, order, conservation.

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::{
    Dynamics, JointKind, LinkSpec, MassProperties, Rule, State, Step, Tree, TreeBuilder,
};

use super::trees::{Model, Random};

fn gravity() -> Vector3<f64> {
    Vector3::new(0.0, 0.0, -9.81)
}

fn step(dt: f64, rule: Rule, gravity: Vector3<f64>) -> Step<'static> {
    Step { dt, rule, gravity, forces: &[], external: &[] }
}

/// A state after `time` in steps that `step` describes.
fn run(tree: &Tree, start: &State, time: f64, step: &Step) -> State {
    let mut dynamics = Dynamics::new(tree);
    let mut state = start.clone();
    for _ in 0..(time / step.dt).round() as usize {
        dynamics.step(tree, &mut state, step).expect("a regular mass matrix");
    }
    state
}

fn energy(tree: &Tree, state: &State, gravity: &Vector3<f64>) -> f64 {
    let model = Model::new(tree, &state.q);
    model.kinetic_energy(&state.v) + model.kinematics.potential_energy(tree, gravity)
}

fn body(mass_kg: f64, com: [f64; 3], moments: [f64; 3]) -> MassProperties {
    let inertia = Matrix3::from_diagonal(&moments.into());
    MassProperties { mass_kg, com: com.into(), inertia }
}

/// Five links of 0.2 m that hang from a fixed base, with axes in turn along y
/// and x, and hinges bent at the start.
fn chain() -> (Tree, State) {
    let mut builder = TreeBuilder::new();
    let base = LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() };
    let mut parent = builder.add(&base).expect("a base");
    for link in 0..5 {
        let height = if link == 0 { 0.0 } else { -0.2 };
        let spec = LinkSpec {
            parent: Some(parent),
            joint: JointKind::Revolute { axis: Vector3::ith((link + 1) % 2, 1.0) },
            parent_from_joint: Isometry3::translation(0.0, 0.0, height),
            mass: body(0.5, [0.0, 0.0, -0.1], [0.002, 0.002, 0.0002]),
            ..LinkSpec::default()
        };
        parent = builder.add(&spec).expect("a link");
    }
    let tree = builder.build();
    let mut state = State::new(&tree);
    state.q[7..].copy_from_slice(&[1.0, 0.5, -0.4, 0.3, 0.6]);
    (tree, state)
}

/// Largest difference of the joints of the chain.
fn distance(a: &State, b: &State) -> f64 {
    a.q.iter().zip(&b.q).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Joint error of the chain after 1 s, against the same rule at a hundredth of
/// the step.
fn chain_error(dt: f64, rule: Rule) -> f64 {
    let (tree, start) = chain();
    let fine = run(&tree, &start, 1.0, &step(2e-5, Rule::SecondOrder, gravity()));
    distance(&run(&tree, &start, 1.0, &step(dt, rule, gravity())), &fine)
}

#[test]
fn a_chain_of_five_is_followed_to_half_a_milliradian_at_2_ms() {
    let error = chain_error(0.002, Rule::SecondOrder);

    assert!(error < 6e-4, "{error:e}");
}

#[test]
fn the_error_of_the_default_falls_with_the_square_of_the_step() {
    let second = [0.004, 0.002, 0.001].map(|dt| chain_error(dt, Rule::SecondOrder));
    let first = [0.004, 0.002, 0.001].map(|dt| chain_error(dt, Rule::SemiImplicit));

    for pair in second.windows(2) {
        assert!((3.5..4.5).contains(&(pair[0] / pair[1])), "{second:?}");
    }
    for pair in first.windows(2) {
        assert!((1.7..2.5).contains(&(pair[0] / pair[1])), "{first:?}");
    }
}

#[test]
fn a_swinging_chain_keeps_its_energy() {
    let (tree, start) = chain();
    let end = run(&tree, &start, 10.0, &step(0.002, Rule::SecondOrder, gravity()));

    let drift = energy(&tree, &end, &gravity()) - energy(&tree, &start, &gravity());

    // Some 5 J move between the links.
    assert!(drift.abs() < 3e-4, "{drift:e}");
}

#[test]
fn a_tumbling_body_keeps_its_center_of_mass_and_its_energy() {
    let com = Vector3::new(0.05, 0.02, 0.0);
    let mut builder = TreeBuilder::new();
    let mass = body(2.0, com.into(), [0.01, 0.02, 0.03]);
    builder.add(&LinkSpec { mass, ..LinkSpec::default() }).expect("a body");
    let tree = builder.build();
    let mut start = State::new(&tree);
    let spin = Vector3::new(4.0, 5.0, 6.0);
    start.v[..3].copy_from_slice((-spin.cross(&com)).as_slice());
    start.v[3..].copy_from_slice(spin.as_slice());
    start.restart();

    let end = run(&tree, &start, 1.0, &step(0.002, Rule::SecondOrder, Vector3::zeros()));

    let center = |state: &State| center(&tree, state);
    let drift = (center(&end) - center(&start)).norm();
    let change = energy(&tree, &end, &Vector3::zeros()) / energy(&tree, &start, &Vector3::zeros());
    assert!(drift < 4e-5, "{drift:e}");
    assert!((change - 1.0).abs() < 1e-4, "{change}");
}

fn center(tree: &Tree, state: &State) -> Vector3<f64> {
    Model::new(tree, &state.q).kinematics.center_of_mass(tree, 0).1
}

/// A floating trunk with four legs of three hinges: 18 dofs.
fn quadruped() -> Tree {
    let mut builder = TreeBuilder::new();
    let trunk = body(6.9, [0.02, 0.0, 0.0], [0.017, 0.056, 0.065]);
    let trunk = builder.add(&LinkSpec { mass: trunk, ..LinkSpec::default() }).expect("a trunk");
    for (x, y) in [(0.19, 0.05), (0.19, -0.05), (-0.19, 0.05), (-0.19, -0.05)] {
        let mut parent = trunk;
        let links = [
            (Vector3::x(), [x, y, 0.0], body(0.68, [0.0, 0.0, 0.0], [5e-4, 8e-4, 6e-4])),
            (Vector3::y(), [0.0, 0.08, 0.0], body(1.0, [0.0, 0.0, -0.03], [6e-3, 6e-3, 1e-3])),
            (Vector3::y(), [0.0, 0.0, -0.21], body(0.2, [0.0, 0.0, -0.1], [2e-3, 2e-3, 5e-5])),
        ];
        for (axis, [x, y, z], mass) in links {
            let spec = LinkSpec {
                parent: Some(parent),
                joint: JointKind::Revolute { axis },
                parent_from_joint: Isometry3::translation(x, y, z),
                mass,
                armature: 0.005,
                damping: 1.0,
            };
            parent = builder.add(&spec).expect("a link");
        }
    }
    builder.build()
}

#[test]
fn a_tumbling_robot_that_holds_its_pose_keeps_its_center_of_mass() {
    let tree = quadruped();
    let mut state = State::new(&tree);
    for leg in 0..4 {
        state.q[7 + 3 * leg..][..3].copy_from_slice(&[0.1, 0.9, -1.8]);
    }
    let pose = state.q[7..].to_vec();
    state.v[..6].copy_from_slice(&[0.3, -0.2, 1.0, 3.0, 5.0, -2.0]);
    state.restart();
    let model = Model::new(&tree, &state.q);
    let momentum = model.kinematics.momentum(&tree, 0, &model.velocities(&state.v));
    let speed = momentum.linear / tree.branch_mass(0);
    let start = center(&tree, &state);

    let (mut dynamics, mut forces) = (Dynamics::new(&tree), vec![0.0; tree.dofs()]);
    for _ in 0..125 {
        for (force, (q, target)) in forces[6..].iter_mut().zip(state.q[7..].iter().zip(&pose)) {
            *force = 40.0 * (target - q);
        }
        let step = Step { forces: &forces, ..step(0.002, Rule::SecondOrder, gravity()) };
        dynamics.step(&tree, &mut state, &step).expect("a regular mass matrix");
    }

    let time = 0.25;
    let expected = start + speed * time + gravity() * (0.5 * time * time);
    let drift = (center(&tree, &state) - expected).norm();
    assert!(drift < 5e-5, "{drift:e}");
}

#[test]
fn motion_of_every_kind_of_joint_is_of_second_order() {
    let mut compared = 0;
    for seed in 0..30 {
        let mut random = Random(9000 + seed);
        let tree = random.tree();
        let start = random.state(&tree);
        let end = |steps: f64| {
            let dt = 0.1 / steps;
            run(&tree, &start, 0.1, &step(dt, Rule::SecondOrder, gravity()))
        };
        let fine = end(1600.0);

        let errors = [50.0, 100.0, 200.0].map(|steps| distance(&end(steps), &fine));

        // A quarter per halving, but for the last where the reference counts.
        if errors[0] > 1e-9 {
            assert!(errors[1] < errors[0] / 3.0, "seed {seed}: {errors:?}");
            assert!(errors[2] < errors[1] / 3.0, "seed {seed}: {errors:?}");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn damping_is_implicit_and_never_turns_a_motion_round() {
    let mut builder = TreeBuilder::new();
    let base = LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() };
    let base = builder.add(&base).expect("a base");
    let (mass, damping, dt) = (2.0, 5000.0, 0.002);
    let slider = LinkSpec {
        parent: Some(base),
        joint: JointKind::Prismatic { axis: Vector3::x() },
        mass: body(mass, [0.0; 3], [0.1; 3]),
        damping,
        ..LinkSpec::default()
    };
    builder.add(&slider).expect("a slider");
    let tree = builder.build();
    let mut start = State::new(&tree);
    start.v[0] = 3.0;
    start.restart();

    let end = run(&tree, &start, 5.0 * dt, &step(dt, Rule::SecondOrder, gravity()));

    let ratio = 1.0 / (1.0 + dt * damping / mass);
    let expected = 3.0 * ratio * ratio * ratio * ratio * ratio;
    assert!((end.v[0] - expected).abs() < 1e-12, "{} {expected}", end.v[0]);
}

#[test]
fn acceleration_is_what_inverse_dynamics_asks_for() {
    for seed in 0..50 {
        let mut random = Random(9100 + seed);
        let tree = random.damped_tree(0.4);
        let state = random.state(&tree);
        let wanted = random.values(tree.dofs(), 3.0);
        let mut model = Model::new(&tree, &state.q);
        let mut forces = model.forces(&state.v, &wanted, &gravity());
        for (force, (damping, v)) in forces.iter_mut().zip(tree.damping().iter().zip(&state.v)) {
            *force += damping * v;
        }
        let step = Step { forces: forces.as_slice(), ..step(0.0, Rule::SecondOrder, gravity()) };

        let mut found = vec![0.0; tree.dofs()];
        Dynamics::new(&tree)
            .acceleration(&tree, &state, &step, &mut found)
            .expect("a regular mass matrix");

        for (found, wanted) in found.iter().zip(&wanted) {
            assert!((found - wanted).abs() < 1e-9, "seed {seed}: {found} {wanted}");
        }
    }
}

#[test]
fn a_joint_that_moves_nothing_is_an_error() {
    let mut builder = TreeBuilder::new();
    let base = LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() };
    let base = builder.add(&base).expect("a base");
    let empty = LinkSpec {
        parent: Some(base),
        joint: JointKind::Revolute { axis: Vector3::z() },
        ..LinkSpec::default()
    };
    let link = builder.add(&empty).expect("a link without mass");
    let tree = builder.build();
    assert_eq!(tree.massless_joint(), Some(link));

    let mut state = State::new(&tree);
    let failed =
        Dynamics::new(&tree).step(&tree, &mut state, &step(0.002, Rule::SecondOrder, gravity()));

    assert_eq!(failed.expect_err("no inertia").dof, 0);
}
