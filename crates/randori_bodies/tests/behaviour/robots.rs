//! Legged robots that stand, and touch themselves.

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::contact::{Contact, Side};
use randori_bodies::dof_law::DofLaw;
use randori_bodies::laws::{Law, SoftLaw, StiffLaw};
use randori_bodies::potential::Drive;
use randori_bodies::{JointKind, Kinematics, LinkSpec, MassProperties, StepOptions, Tree};

use crate::scene::{NEAR, World, build, cuboid, free, on_ground, sliding};

/// Thighs and shins, m.
const LENGTH: f64 = 0.2;

fn rod(parent: usize, at: Vector3<f64>, axis: Vector3<f64>, mass_kg: f64) -> LinkSpec {
    let inertia = Matrix3::from_diagonal(&Vector3::new(0.002, 0.002, 0.0004)) * mass_kg;
    LinkSpec {
        parent: Some(parent),
        joint: JointKind::Revolute { axis },
        parent_from_joint: Isometry3::translation(at.x, at.y, at.z),
        mass: MassProperties { mass_kg, com: Vector3::new(0.0, 0.0, -LENGTH / 2.0), inertia },
        armature: 0.005,
        damping: 0.05,
    }
}

/// A trunk with four legs of three joints; links 3, 6, 9 and 12 are shins.
fn quadruped() -> World {
    let mut links = vec![free(cuboid(6.0, [0.4, 0.2, 0.1]), Vector3::new(0.0, 0.0, 0.37))];
    for (x, y) in [(0.2, 0.1), (0.2, -0.1), (-0.2, 0.1), (-0.2, -0.1)] {
        let hip = links.len();
        links.push(rod(0, Vector3::new(x, y, 0.0), Vector3::x(), 0.5));
        links.push(rod(hip, Vector3::zeros(), Vector3::y(), 0.8));
        links.push(rod(hip + 1, Vector3::new(0.0, 0.0, -LENGTH), Vector3::y(), 0.2));
    }
    let mut world = World::new(build(&links), StepOptions::default());
    world.drives = vec![Drive::default(); 18];
    world.dof_laws = vec![DofLaw::default(); 18];
    for leg in 0..4 {
        for (joint, target) in [0.0, 0.4, -0.8].into_iter().enumerate() {
            let dof = 6 + 3 * leg + joint;
            world.drives[dof] =
                Drive { kp: 80.0, kd: 2.0, target, limit: 30.0, ..Drive::default() };
            world.dof_laws[dof] = DofLaw { friction: 0.1, ..DofLaw::default() };
            world.state.q[7 + 3 * leg + joint] = target;
        }
    }
    world
}

fn end_of(tree: &Tree, kinematics: &Kinematics, shin: usize) -> Vector3<f64> {
    let end = Vector3::new(0.0, 0.0, -LENGTH);
    kinematics.position(tree, shin) + kinematics.rotation(shin) * end
}

fn feet(law: Law) -> impl Fn(&Tree, &Kinematics, &mut Vec<Contact>) {
    move |tree, kinematics, contacts| {
        for shin in [3, 6, 9, 12] {
            let foot = end_of(tree, kinematics, shin);
            let near = match law {
                Law::Soft(_) => 0.0,
                Law::Stiff(_) => NEAR,
            };
            if foot.z < near {
                contacts.push(Contact { law, ..on_ground(shin, foot, sliding(0.7), shin as u64) });
            }
        }
    }
}

#[test]
fn a_quadruped_stands_still_on_four_points() {
    for (law, creep) in
        [(Law::Stiff(StiffLaw::default()), 1e-9), (Law::Soft(SoftLaw::default()), 1e-2)]
    {
        let mut world = quadruped();
        world.run(3.0, feet(law));
        let place = world.position(0);
        world.run(3.0, feet(law));

        assert!(place.z > 0.3 && world.contacts.len() == 4, "it stands: {place}");
        assert!((world.position(0) - place).norm() < creep, "{}", world.position(0) - place);
        let carried: f64 =
            (0..4).map(|contact| world.stepper.contact_impulse(contact)[0].z / 0.002).sum();
        assert!((carried - 12.0 * 9.81).abs() < 1e-3, "{carried} N");
        // Four drives hold each leg; the iterations are few.
        assert!(world.iterations < 3000 * 3, "{}", world.iterations);
    }
}

#[test]
fn legs_that_press_on_each_other_leave_momentum_alone() {
    let mut world = quadruped();
    world.gravity = Vector3::zeros();
    for (leg, inwards) in [(0, -0.45), (1, 0.45)] {
        world.drives[6 + 3 * leg].target = inwards;
        world.state.q[7 + 3 * leg] = inwards * 0.6;
    }
    let touch = |tree: &Tree, kinematics: &Kinematics, contacts: &mut Vec<Contact>| {
        // Balls of 3 cm at the ends of the front legs.
        let ends = [3, 6].map(|shin| end_of(tree, kinematics, shin));
        let line = ends[0] - ends[1];
        let gap = line.norm() - 0.06;
        if gap < NEAR {
            contacts.push(Contact {
                sides: [Side::Link(6), Side::Link(3)],
                point: (ends[0] + ends[1]) / 2.0,
                normal: line.normalize(),
                gap,
                ..on_ground(3, Vector3::zeros(), sliding(0.5), 77)
            });
        }
    };
    world.run(3.0, touch);
    let mut kinematics = Kinematics::new(&world.tree);
    kinematics.update(&world.tree, &world.state.q);
    let mut velocities = vec![randori_bodies::MotionVector::ZERO; world.tree.links().len()];
    let v = &world.state.v;
    randori_bodies::passes::link_velocities(&world.tree, &kinematics, v, &mut velocities);
    let momentum = kinematics.momentum(&world.tree, 0, &velocities);
    let pressed = world.stepper.contact_impulse(0)[0].norm() / 0.002;

    assert!(world.contacts.len() == 1 && pressed > 1.0, "{pressed} N");
    assert!(momentum.linear.norm() < 1e-3, "{}", momentum.linear);
    assert!(momentum.angular.norm() < 1e-3, "{}", momentum.angular);
}
