//! Projected sweeps find what Newton's method finds.

use nalgebra::Vector3;
use randori_bodies::contact::Contact;
use randori_bodies::dof_law::DofLaw;
use randori_bodies::potential::Drive;
use randori_bodies::{JointKind, Kinematics, LinkSpec, Method, StepOptions, Tree};

use crate::scene::{World, build, cuboid, cuboid_on_ground, free, sliding};
use crate::stacks;

const EDGES: [f64; 3] = [0.2, 0.1, 0.15];

/// Sweeps until nothing moves any more. The correction for sliding velocities is
/// left out: sweeps have none.
fn exact_sweeps(method: Method) -> StepOptions {
    StepOptions {
        method,
        sweep_tolerance: 1e-6,
        max_sweeps: 20_000,
        sweep_recovery: 1.0,
        slip_rounds: 0,
        ..StepOptions::default()
    }
}

/// A box with a driven arm that ends in another box, thrown onto the ground.
fn thrown(method: Method) -> World {
    let mut links = vec![free(cuboid(2.0, EDGES), Vector3::new(0.0, 0.0, 0.12))];
    for (parent, axis) in [(0, Vector3::y()), (1, Vector3::x()), (2, Vector3::y())] {
        links.push(LinkSpec {
            parent: Some(parent),
            joint: JointKind::Revolute { axis },
            parent_from_joint: nalgebra::Isometry3::translation(0.22, 0.0, 0.0),
            mass: cuboid(0.5, EDGES),
            armature: 0.01,
            damping: 0.05,
        });
    }
    let mut world = World::new(build(&links), exact_sweeps(method));
    let drive = Drive { kp: 20.0, kd: 0.5, limit: 1.5, ..Drive::default() };
    world.drives = vec![Drive::default(); 9];
    world.drives[6..].fill(drive);
    let law = DofLaw { friction: 0.2, range: Some([-0.3, 0.3]), ..DofLaw::default() };
    world.dof_laws = vec![DofLaw::default(); 9];
    world.dof_laws[6..].fill(law);
    world.state.v.copy_from_slice(&[0.5, 0.1, -0.5, 0.4, 1.0, 0.3, 1.0, -2.0, 0.5]);
    world.state.restart();
    world
}

fn touch(tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>) {
    for link in 0..tree.links().len() {
        cuboid_on_ground((tree, kinematics), link, (EDGES, sliding(0.5)), contacts);
    }
}

fn assert_same_steps(
    mut newton: World,
    mut sweeps: World,
    touch: impl Fn(&Tree, &Kinematics, &mut Vec<Contact>),
) {
    let mut contacts = 0;
    for _ in 0..10 {
        for _ in 0..9 {
            newton.step(&touch);
        }
        // Both step from the same state, so that differences do not add up.
        sweeps.state.clone_from(&newton.state);
        sweeps.memory.clone_from(&newton.memory);
        newton.step(&touch);
        let found = sweeps.step(&touch);
        assert!(found.converged, "{found:?}");
        contacts += newton.contacts.len();
        for (one, other) in newton.state.v.iter().zip(&sweeps.state.v) {
            assert!((one - other).abs() < 1e-6, "{one} {other}");
        }
    }
    assert!(contacts > 30);
}

#[test]
fn a_thrown_robot_moves_as_by_newtons_method() {
    assert_same_steps(thrown(Method::Newton), thrown(Method::Sweeps), touch);
}

#[test]
fn a_tower_moves_as_by_newtons_method() {
    let tower = |method| {
        let mut world = stacks::tower(&[1.0, 2.0, 0.5], 1e-4);
        world.stepper.set_options(exact_sweeps(method));
        world
    };
    assert_same_steps(tower(Method::Newton), tower(Method::Sweeps), stacks::touch);
}

#[test]
fn a_tower_of_ten_stands_by_sixty_sweeps() {
    let mut world = stacks::tower(&[1.0; 10], 1e-4);
    let options = StepOptions { method: Method::Sweeps, max_sweeps: 60, ..StepOptions::default() };
    world.stepper.set_options(options);
    world.run(5.0, stacks::touch);
    let top = world.position(9);

    assert!((top.z - 0.95).abs() < 1e-3, "{} m", top.z - 0.95);
    assert!(top.x.abs() < 1e-4 && top.y.abs() < 1e-4);
    assert!(world.velocity(9).norm() < 1e-4);
}

#[test]
fn eight_sweeps_hold_an_arm_as_newtons_method_does() {
    let arm = |method| {
        let mut links = vec![LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() }];
        for parent in 0..5 {
            links.push(LinkSpec {
                parent: Some(parent),
                joint: JointKind::Revolute { axis: Vector3::y() },
                parent_from_joint: nalgebra::Isometry3::translation(0.3, 0.0, 0.0),
                mass: cuboid(2.0, EDGES),
                armature: 0.01,
                damping: 0.05,
            });
        }
        let options = StepOptions { method, ..StepOptions::default() };
        let mut world = World::new(build(&links), options);
        let drive = Drive { kp: 2000.0, kd: 50.0, limit: 200.0, ..Drive::default() };
        world.drives = vec![drive; 5];
        world.run(2.0, |_, _, _| ());
        world
    };
    let (newton, sweeps) = (arm(Method::Newton), arm(Method::Sweeps));
    for (one, other) in newton.state.q.iter().zip(&sweeps.state.q) {
        assert!((one - other).abs() < 1e-3, "{:?} {:?}", newton.state.q, sweeps.state.q);
    }
}
