//! The dynamics of robots in a simulated world.

use nalgebra::{DVector, Vector3};
use randori_core::layout::{BodyId, DofId, RobotId, SceneLayout};
use randori_core::math::{Vector, Wrench};
use randori_core::random::RandomStream;
use randori_core::spec::{Axis, JointKind, RobotSpec, Scenario, Shape, ShapeSpec};
use randori_sim::world::{JointDrive, SimWorld};
use serde_json::json;

use super::energy::free_acceleration;
use super::robots::*;

const G: f64 = 9.81;
const ROBOT: RobotId = RobotId(0);

/// A world with one robot at `height` above the ground, joints at `start` rad
/// or m; links and joints as in the robot.
fn world(robot: &RobotSpec, height: f64, rate_hz: u32, start: f64) -> SimWorld {
    let joints = robot.joints.iter().filter(|joint| joint.kind.dofs() == 1);
    let joints: serde_json::Map<_, _> =
        joints.map(|joint| (joint.name.clone(), json!({ "Rad": start }))).collect();
    let spec = json!({
        "format": 1, "title": "test", "duration": 1.0, "environment": "inline",
        "physics": { "preset": "Default", "rate_hz": rate_hz },
        "robots": [{
            "name": "r", "model": "inline",
            "pose": { "xyz": [0.0, 0.0, height] }, "start": { "joints": joints },
        }],
    });
    let environment = json!({ "format": 1, "name": "flat", "ground": {} });
    let scenario = Scenario {
        spec: serde_json::from_value(spec).expect("a valid scenario"),
        environment: serde_json::from_value(environment).expect("a valid environment"),
        robots: vec![robot.clone()],
        contracts: vec![None],
    };
    SimWorld::build(&scenario, &SceneLayout::new(&scenario)).expect("the robot can be built")
}

fn run(world: &mut SimWorld, steps: u32) {
    for _ in 0..steps {
        world.advance().expect("the world stays finite");
    }
}

fn generalized_velocity(world: &SimWorld) -> DVector<f64> {
    velocity(&world.robot_model(ROBOT), &world.robot_state(ROBOT))
}

fn assert_near(wrench: Wrench, force: [f32; 3], torque: [f32; 3], tolerance: f32) {
    let far = (wrench.force - Vector::from(force))
        .length()
        .max((wrench.torque - Vector::from(torque)).length());
    assert!(far < tolerance, "{wrench:?} is not {force:?} {torque:?}");
}

/// Acceleration of the simulated robot over one step, and that of the equations
/// of motion between the two ends of the step.
fn two_accelerations(robot: &RobotSpec, rate_hz: u32) -> (DVector<f64>, DVector<f64>) {
    let last = BodyId(robot.links.len() - 1);
    let mut world = world(robot, 50.0, rate_hz, 0.4);
    world.add_payload(last, 0.7);
    world.apply_impulse(last, Vector::new(1.0, -0.6, 1.6));
    run(&mut world, rate_hz / 10);
    let gravity = Vector3::new(0.0, 0.0, -G);
    let model = world.robot_model(ROBOT).into_owned();
    let before = generalized_velocity(&world);
    let early = free_acceleration(&model, &world.robot_state(ROBOT), &gravity);
    run(&mut world, 1);
    let late = free_acceleration(&model, &world.robot_state(ROBOT), &gravity);
    let simulated = (generalized_velocity(&world) - before) * f64::from(rate_hz);
    (simulated, (early + late) / 2.0)
}

#[test]
fn simulated_robots_move_by_the_equations_of_motion() {
    for seed in 0..20 {
        let mut stream = RandomStream::new(seed, "dynamics.world");
        let breed = Breed { floating: seed % 2 == 0, spherical: true, armature: seed % 3 == 0 };
        let robot = random_robot(&mut stream, breed);
        let [coarse, fine] = [1000, 4000].map(|rate_hz| {
            let (simulated, expected) = two_accelerations(&robot, rate_hz);
            (&simulated - &expected).norm() / (1.0 + expected.norm())
        });

        // The engine's error shrinks with the step, down to what f32 allows.
        assert!(coarse < 4e-3, "seed {seed}: {coarse:e}");
        assert!(fine < 1e-3 || fine < coarse / 2.0, "seed {seed}: {coarse:e} {fine:e}");
    }
}

/// Two arms under a stand, 1 kg and 2 kg, with a welded force sensor between
/// them.
fn hanging_arms() -> RobotSpec {
    let links = vec![
        link("stand", 1.0, [0.0; 3], [0.1; 3]),
        link("upper", 1.0, [0.0, 0.0, -0.2], [0.01; 3]),
        link("sensor", 0.1, [0.0; 3], [0.001; 3]),
        link("lower", 1.9, [0.0, 0.0, -0.2], [0.01; 3]),
    ];
    let mut joints = vec![
        joint("shoulder", JointKind::Continuous, ["stand", "upper"], [0.0; 3]),
        joint("mount", JointKind::Fixed, ["upper", "sensor"], [0.0, 0.0, -0.4]),
        joint("elbow", JointKind::Continuous, ["sensor", "lower"], [0.0; 3]),
    ];
    for joint in &mut joints {
        joint.axis = Axis::Y;
    }
    robot(fixed("stand"), links, joints)
}

#[test]
fn joints_of_hanging_arms_carry_the_weight_below() {
    let mut world = world(&hanging_arms(), 3.0, 500, 0.0);
    run(&mut world, 50);

    let weight = |kg: f32| [0.0, 0.0, kg * 9.81];
    assert_near(world.reaction_wrench(ROBOT, 0), weight(3.0), [0.0; 3], 1e-3);
    assert_near(world.reaction_wrench(ROBOT, 1), weight(2.0), [0.0; 3], 1e-3);
    assert_near(world.reaction_wrench(ROBOT, 2), weight(1.9), [0.0; 3], 1e-3);
}

#[test]
fn payloads_and_outside_forces_reach_the_joints() {
    let mut world = world(&hanging_arms(), 3.0, 500, 0.0);
    world.add_payload(BodyId(3), 0.5);
    // Along the axis of the hinges, so that nothing swings.
    world.set_external_force(BodyId(3), Vector::new(0.0, 4.0, 0.0));
    run(&mut world, 50);

    let com = -0.2 * 1.9 / 2.4;
    let lever = |height: f32| [-4.0 * (com - height), 0.0, 0.0].map(|torque: f32| -torque);
    assert_near(world.reaction_wrench(ROBOT, 2), [0.0, -4.0, 2.4 * 9.81], lever(0.0), 2e-3);
    assert_near(world.reaction_wrench(ROBOT, 0), [0.0, -4.0, 3.5 * 9.81], lever(0.4), 2e-3);
    let held = world.gravity_forces(ROBOT);
    assert!(held.norm() < 1e-3, "hanging straight down needs no torque: {held}");
}

#[test]
fn a_swinging_arm_pulls_with_its_weight_and_its_speed() {
    let mut arm = hanging_arms();
    arm.joints[2].kind = JointKind::Fixed;
    let mut world = world(&arm, 3.0, 2000, 1.0);
    let moment = 1.0 * 0.2 + 0.1 * 0.4 + 1.9 * 0.6;
    for _ in 0..20 {
        run(&mut world, 50);
        let (angle, rate) =
            (f64::from(world.position(DofId(0))), f64::from(world.velocity(DofId(0))));
        let along = moment * rate * rate + 3.0 * G * libm::cos(angle);
        let pose = world.body_pose(BodyId(1));

        let pull = world.reaction_wrench(ROBOT, 0).force.dot(pose.rotation * Vector::Z);

        assert!((f64::from(pull) - along).abs() < 0.01 * along, "{pull} {along}");
    }
}

#[test]
fn the_ankle_of_a_standing_robot_carries_what_stands_on_it() {
    let plate = ShapeSpec::of(Shape::Box { size: [0.3, 0.2, 0.02] });
    let mut foot = link("foot", 0.5, [0.0; 3], [0.01; 3]);
    foot.shapes.push(plate);
    let links = vec![
        foot,
        link("leg", 1.5, [0.02, 0.0, 0.1], [0.01; 3]),
        link("head", 1.0, [0.0; 3], [0.01; 3]),
    ];
    let mut ankle = joint("ankle", JointKind::Fixed, ["foot", "leg"], [0.0, 0.0, 0.01]);
    ankle.axis = Axis::Y;
    let lift = joint("lift", SLIDE, ["leg", "head"], [0.0, 0.0, 0.3]);
    let mut world = world(&robot(floating("foot"), links, vec![ankle, lift]), 0.0105, 500, 0.0);
    world.set_drive(
        DofId(0),
        JointDrive::Position {
            target: 0.0,
            target_velocity: 0.0,
            kp: 5000.0,
            kd: 100.0,
            feedforward: 0.0,
            limit: f32::INFINITY,
        },
    );
    run(&mut world, 1000);

    let sideways = 1.5 * 0.02 * 9.81;
    assert_near(
        world.reaction_wrench(ROBOT, 0),
        [0.0, 0.0, 2.5 * 9.81],
        [0.0, -sideways, 0.0],
        0.05,
    );
    assert_near(world.reaction_wrench(ROBOT, 1), [0.0, 0.0, 9.81], [0.0; 3], 0.02);
    let up = world.gravity_forces(ROBOT);
    assert!((up[2] - 3.0 * G).abs() < 1e-4 && (up[6] - G).abs() < 1e-4, "{up}");
}

#[test]
fn energy_of_a_frictionless_swing_stays() {
    let mut arm = hanging_arms();
    arm.joints[2].kind = JointKind::Fixed;
    let mut world = world(&arm, 3.0, 2000, 1.0);
    let before = world.energy(ROBOT);
    run(&mut world, 2000);

    // The stand, too, is part of the robot: 1 kg at 3 m.
    let still = f64::from(before) - 3.0 * G;
    let hanging = 9.0 * G - (1.0 * 0.2 + 0.1 * 0.4 + 1.9 * 0.6) * G * libm::cos(1.0);
    assert!((still - hanging).abs() < 1e-3, "{still} {hanging}");
    assert!((world.energy(ROBOT) - before).abs() < 0.02, "{before} {}", world.energy(ROBOT));
}

#[test]
fn reactions_survive_cloning_and_restoring() {
    let mut world = world(&hanging_arms(), 3.0, 500, 0.7);
    run(&mut world, 40);
    let reaction = world.reaction_wrench(ROBOT, 0);
    let copy = world.clone();
    let bytes = world.snapshot();
    run(&mut world, 40);
    assert_ne!(world.reaction_wrench(ROBOT, 0), reaction, "the arm must swing");

    world.restore(&bytes).expect("a snapshot of this world");

    assert_eq!(world.reaction_wrench(ROBOT, 0), reaction);
    assert_eq!(copy.reaction_wrench(ROBOT, 0), reaction);
}

#[test]
fn the_centre_of_mass_counts_a_bolted_base() {
    let links = vec![
        link("base", 5.0, [0.1, 0.0, 0.2], [0.1, 0.1, 0.1]),
        link("arm", 2.0, [0.0, 0.0, 0.5], [0.1, 0.1, 0.01]),
    ];
    let hinge = joint("hinge", JointKind::Continuous, ["base", "arm"], [0.0, 0.0, 0.4]);
    let world = world(&robot(fixed("base"), links, vec![hinge]), 1.0, 500, 0.4);

    let expected = world.robot_model(ROBOT).center_of_mass(&world.robot_state(ROBOT));
    let found = world.center_of_mass(ROBOT);

    let far =
        (found - Vector::new(expected.x as f32, expected.y as f32, expected.z as f32)).length();
    assert!(far < 1e-5, "{found:?} is not {expected:?}");
}

#[test]
fn a_hinge_beside_a_loop_carries_its_half() {
    // A beam between a hinge and a ball joint that closes a loop.
    let links = vec![
        link("stand", 1.0, [0.0; 3], [0.01; 3]),
        link("beam", 2.0, [0.5, 0.0, 0.0], [0.01, 0.2, 0.2]),
    ];
    let mut hinge = joint("hinge", JointKind::Continuous, ["stand", "beam"], [0.0; 3]);
    hinge.axis = Axis::Y;
    let mut beam = robot(fixed("stand"), links, vec![hinge]);
    let end = json!({ "xyz": [1.0, 0.0, 0.0] });
    let tie = json!({
        "name": "tie", "kind": "Spherical",
        "link_a": "beam", "pose_a": end, "link_b": "stand", "pose_b": end,
    });
    beam.loops.push(serde_json::from_value(tie).expect("a valid loop"));
    let mut world = world(&beam, 3.0, 500, 0.0);
    run(&mut world, 500);

    assert_near(world.reaction_wrench(ROBOT, 0), [0.0, 0.0, 9.81], [0.0; 3], 0.01);
}
