//! Loop closures and joint couplings.

use nalgebra::{Isometry3, Matrix3, Vector3};
use randori_bodies::coupling::{Closure, Coupling};
use randori_bodies::laws::Law;
use randori_bodies::{JointKind, Kinematics, LinkSpec, MassProperties, StepOptions, Tree};

use crate::scene::{World, build, cuboid, free};

fn fixed() -> LinkSpec {
    LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() }
}

/// A thin rod of 1 kg along X of its frame, on a hinge about Y.
fn rod(parent: usize, at: f64, length: f64) -> LinkSpec {
    let across = length * length / 12.0;
    let inertia = Matrix3::from_diagonal(&Vector3::new(1e-5, across, across));
    LinkSpec {
        parent: Some(parent),
        joint: JointKind::Revolute { axis: Vector3::y() },
        parent_from_joint: Isometry3::translation(at, 0.0, 0.0),
        mass: MassProperties { mass_kg: 1.0, com: Vector3::new(length / 2.0, 0.0, 0.0), inertia },
        ..LinkSpec::default()
    }
}

/// A parallelogram of rods of 1 m: crank, coupler, and a rocker that the coupler's
/// end is connected to.
fn four_bar(step_s: f64) -> World {
    let tree = build(&[fixed(), rod(0, 0.0, 1.0), rod(1, 1.0, 1.0), rod(0, 1.0, 1.0)]);
    let options = StepOptions { step_s, tolerance: 1e-9, ..StepOptions::default() };
    let mut world = World::new(tree, options);
    // Crank and rocker straight up, the coupler level.
    let up = -std::f64::consts::FRAC_PI_2;
    world.state.q[7..].copy_from_slice(&[up, -up, up]);
    world.couplings.push(Coupling::Connect {
        links: [Some(2), Some(3)],
        anchors: [Vector3::x(), Vector3::x()],
        law: Law::default(),
    });
    world.state.v.copy_from_slice(&[1.0, -1.0, 1.0]);
    world.state.restart();
    world
}

/// Symplectic Euler in the angle of the crank, with the exact energy
/// `E = (1/2)(2/3 + 1) q'^2 + 2 g sin(..)`: two rods about their ends and one that
/// only moves; the centre of gravity is at 2 m height over 3 kg.
fn reference_energy_error(step_s: f64, seconds: f64) -> f64 {
    let inertia = 1.0 / 3.0 + 1.0 / 3.0 + 1.0;
    let (mut q, mut rate) = (-std::f64::consts::FRAC_PI_2, 1.0_f64);
    let energy = |q: f64, rate: f64| 0.5 * inertia * rate * rate - 9.81 * 2.0 * libm::sin(q);
    let start = energy(q, rate);
    let mut largest = 0.0_f64;
    for _ in 0..(seconds / step_s).round() as usize {
        rate += step_s * 9.81 * 2.0 * libm::cos(q) / inertia;
        q += step_s * rate;
        largest = largest.max((energy(q, rate) - start).abs());
    }
    largest
}

#[test]
fn a_four_bar_linkage_keeps_its_energy_better_than_symplectic_euler() {
    let mut world = four_bar(0.001);
    let start = world.energy();
    let mut largest = 0.0_f64;
    let mut gap = 0.0_f64;
    for _ in 0..10_000 {
        world.step(|_, _, _| {});
        largest = largest.max((world.energy() - start).abs());
        let mut kinematics = Kinematics::new(&world.tree);
        kinematics.update(&world.tree, &world.state.q);
        let end =
            |link: usize| kinematics.pose(&world.tree, link) * nalgebra::Point3::new(1.0, 0.0, 0.0);
        gap = gap.max((end(2) - end(3)).norm());
    }
    let reference = reference_energy_error(0.001, 10.0);

    assert!(largest < 0.09 && largest < reference);
    assert!(gap < 1e-4, "{gap} m");
}

#[test]
fn mimic_joints_follow_whoever_drives() {
    let tree = build(&[fixed(), rod(0, 0.0, 0.5), rod(0, 2.0, 0.5)]);
    let mut world = World::new(tree, StepOptions::default());
    world.couplings.push(Coupling::Joints {
        follower: 1,
        leader: 0,
        polynomial: [0.2, -0.5, 0.0, 0.0, 0.0],
        law: Law::default(),
    });
    world.state.q[8] = 0.2;
    let (mut error, mut swing) = (0.0_f64, 0.0_f64);
    for _ in 0..1500 {
        world.step(|_, _, _| {});
        let [leader, follower] = [world.state.q[7], world.state.q[8]];
        error = error.max((follower - (0.2 - 0.5 * leader)).abs());
        swing = swing.max(leader.abs());
    }

    assert!(error < 3e-4, "{error} rad");
    assert!(swing > 0.5, "{swing} rad");
}

#[test]
fn a_curved_coupling_is_followed() {
    let tree = build(&[fixed(), rod(0, 0.0, 0.5), rod(0, 2.0, 0.5)]);
    let mut world = World::new(tree, StepOptions::default());
    let polynomial = [0.0, 0.6, 0.4, -0.2, 0.05];
    world.couplings.push(Coupling::Joints {
        follower: 1,
        leader: 0,
        polynomial,
        law: Law::default(),
    });
    world.run(2.0, |_, _, _| {});
    let q = world.state.q[7];
    let wanted = ((0.05 * q - 0.2) * q + 0.4) * q * q + 0.6 * q;

    assert!((world.state.q[8] - wanted).abs() < 1e-4);
}

#[test]
fn welded_bodies_fall_and_turn_as_one() {
    let tree: Tree = build(&[
        free(cuboid(1.0, [0.1; 3]), Vector3::zeros()),
        free(cuboid(2.0, [0.1; 3]), Vector3::new(0.3, 0.0, 0.0)),
    ]);
    let mut world = World::new(tree, StepOptions::default());
    world.gravity = Vector3::zeros();
    let mut kinematics = Kinematics::new(&world.tree);
    kinematics.update(&world.tree, &world.state.q);
    let weld = Coupling::weld_here(&world.tree, &kinematics, [Some(0), Some(1)], Law::default());
    world.couplings.push(weld);
    // Together they turn about Z at 2 rad/s around the first.
    world.state.v.copy_from_slice(&[0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.6, 0.0, 0.0, 0.0, 2.0]);
    world.state.restart();
    let energy = world.energy();
    world.run(5.0, |_, _, _| {});
    let poses = [0, 1].map(|link| world.state.base_pose(&world.tree.links()[link]));
    let between = poses[0].inverse() * poses[1];

    assert!((between.translation.vector - Vector3::new(0.3, 0.0, 0.0)).norm() < 1e-4);
    assert!(between.rotation.angle() < 1e-4);
    assert!((world.energy() / energy - 1.0).abs() < 1e-3);
}

#[test]
fn a_link_may_be_welded_to_the_world() {
    let tree = build(&[free(cuboid(1.0, [0.1; 3]), Vector3::zeros())]);
    let mut world = World::new(tree, StepOptions::default());
    let frames = [Isometry3::identity(); 2];
    world.couplings.push(Coupling::Frames {
        links: [None, Some(0)],
        frames,
        closure: Closure::Rigid,
        law: Law::default(),
    });
    world.run(2.0, |_, _, _| {});
    let load = world.stepper.coupling_impulse(0)[0] / 0.002;

    assert!(world.position(0).norm() < 1e-4);
    assert!((load - Vector3::new(0.0, 0.0, 9.81)).norm() < 1e-6);
}

/// A free body of 1 kg whose frame is joined to the world by a closure, with z of the
/// closure along `axis`.
fn joined(closure: Closure, axis: Vector3<f64>) -> World {
    let tree = build(&[free(cuboid(1.0, [0.1; 3]), Vector3::new(0.4, 0.0, 0.0))]);
    let mut world = World::new(tree, StepOptions::default());
    let turn = nalgebra::UnitQuaternion::rotation_between(&Vector3::z(), &axis)
        .expect("the axis does not point down");
    let frame = Isometry3::from_parts(Vector3::zeros().into(), turn);
    let in_body = Isometry3::translation(-0.4, 0.0, 0.0) * frame;
    let frames = [frame, in_body];
    world.couplings.push(Coupling::Frames {
        links: [None, Some(0)],
        frames,
        closure,
        law: Law::default(),
    });
    world
}

#[test]
fn a_hinge_closure_lets_a_body_swing_through_any_angle() {
    let mut world = joined(Closure::Hinge, Vector3::y());
    let (energy, mut lowest) = (world.energy(), 0.0_f64);
    for _ in 0..2000 {
        world.step(|_, _, _| {});
        let place = world.position(0);
        lowest = lowest.min(place.z);
        assert!((place.norm() - 0.4).abs() < 2e-4 && place.y.abs() < 1e-6, "{place}");
    }

    assert!((lowest + 0.4).abs() < 1e-3, "it swings from level to level: {lowest}");
    assert!((world.energy() - energy).abs() < 1e-2, "{} J", world.energy() - energy);
}

#[test]
fn a_slide_closure_lets_a_body_move_along_its_axis() {
    let mut world = joined(Closure::Slide, Vector3::new(0.6, 0.0, 0.8));
    world.run(0.5, |_, _, _| {});
    let moved = world.position(0) - Vector3::new(0.4, 0.0, 0.0);
    let expected = -0.5 * 9.81 * 0.8 * 0.25;

    assert!((moved - Vector3::new(0.6, 0.0, 0.8) * expected).norm() < 1e-3, "{moved}");
    assert!(world.state.v[3..].iter().all(|rate| rate.abs() < 1e-2));
}
