//! Inverse kinematics in the order, with the names and within the limits of a robot file.

use nalgebra::{UnitQuaternion, Vector3};
use randori_core::random::RandomStream;
use randori_core::spec::{Angle, JointKind, Limits};
use randori_sim::world::dynamics::{IkError, IkOptions, RobotModel, RobotState, Target};

use super::robots::{
    Breed, at_rest, fixed, joint, link, random_robot, random_state, robot, triple,
};

fn pose_of(model: &RobotModel, state: &RobotState, link: usize) -> Target {
    let pose = model.link_poses(state)[link];
    Target {
        link,
        point: Vector3::zeros(),
        position: pose.translation.vector,
        rotation: Some(pose.rotation),
    }
}

#[test]
fn any_link_of_any_robot_is_put_where_it_was() {
    let mut stream = RandomStream::new(11, "inverse_kinematics");
    let options = IkOptions {
        position_tolerance_m: 1e-10,
        rotation_tolerance_rad: 1e-10,
        ..IkOptions::default()
    };
    let mut moved = 0;
    for index in 0..100 {
        let breed = Breed { floating: index % 2 == 0, spherical: true, armature: false };
        let robot = random_robot(&mut stream, breed);
        let model = RobotModel::new(&robot);
        let start = random_state(&mut stream, &model);
        let mut there = start.clone();
        for position in &mut there.positions {
            *position += stream.uniform(-0.15, 0.15);
        }
        let name = format!("link_{}", stream.next_u64() as usize % robot.links.len());
        let link = model.link_named(&name).expect("the links have these names");
        let target = pose_of(&model, &there, link);

        let found = model.inverse_kinematics(&start, &target, &options).expect("a valid target");

        assert!(found.outcome.converged, "robot {index}: {:?}", found.outcome);
        let state = RobotState { positions: found.positions, ..start.clone() };
        let reached = pose_of(&model, &state, link);
        assert!((reached.position - target.position).norm() < 1e-9, "robot {index}");
        let turned: [UnitQuaternion<f64>; 2] =
            [reached, target].map(|it| it.rotation.expect("a rotation"));
        assert!(turned[0].angle_to(&turned[1]) < 1e-7, "robot {index}");
        moved += usize::from(state.positions != start.positions);
    }
    assert!(moved > 50, "only {moved} of 100 had to move");
}

/// A planar arm of two links of 1 m whose joints are listed from the hand to the base.
fn arm(elbow: JointKind) -> RobotModel {
    let part = |name: &str| link(name, 1.0, [0.5, 0.0, 0.0], [0.01, 0.1, 0.1]);
    RobotModel::new(&robot(
        fixed("base"),
        vec![part("fore"), part("base"), part("upper")],
        vec![
            joint("elbow", elbow, ["upper", "fore"], [1.0, 0.0, 0.0]),
            joint("shoulder", JointKind::Continuous, ["base", "upper"], [0.0; 3]),
        ],
    ))
}

fn tip(model: &RobotModel, position: [f64; 3]) -> Target {
    Target {
        link: model.link_named("fore").expect("the arm has a forearm"),
        point: Vector3::new(1.0, 0.0, 0.0),
        position: Vector3::from(position),
        rotation: None,
    }
}

#[test]
fn positions_come_in_the_order_of_the_file_and_keep_its_limits() {
    let limits = Limits { lower: Angle::Deg(-170.0), upper: Angle::Deg(57.3) };
    let most = limits.upper.radians();
    for (elbow, bend, left) in [
        (JointKind::Continuous, std::f64::consts::FRAC_PI_2, 0.0),
        (
            JointKind::Revolute { limits },
            most,
            2.0 * libm::cos(most / 2.0) - std::f64::consts::SQRT_2,
        ),
    ] {
        let model = arm(elbow);
        let start = at_rest(&model, &[0.3, 0.2]);

        let target = tip(&model, [1.0, 1.0, 0.0]);
        let found = model.inverse_kinematics(&start, &target, &IkOptions::default()).unwrap();

        // The shoulder points half of the bend past the target.
        let shoulder = std::f64::consts::FRAC_PI_4 - bend / 2.0;
        assert!((found.positions[0] - bend).abs() < 1e-5, "{found:?}");
        assert!((found.positions[1] - shoulder).abs() < 1e-5, "{found:?}");
        assert!((found.outcome.position_error_m - left).abs() < 2e-6, "{found:?}");
        assert_eq!(found.outcome.converged, left == 0.0);
    }
}

#[test]
fn the_base_stays_and_is_where_the_state_says() {
    let mut stream = RandomStream::new(12, "inverse_kinematics");
    let model = arm(JointKind::Continuous);
    let mut state = at_rest(&model, &[0.3, 0.2]);
    state.base_pose.translation.vector = Vector3::from(triple(&mut stream, 2.0));
    let target = tip(&model, [1.0, 1.0, 0.0]);
    let moved = Target { position: target.position + state.base_pose.translation.vector, ..target };

    let found = model.inverse_kinematics(&state, &moved, &IkOptions::default()).unwrap();

    assert!(found.outcome.converged);
    assert!((found.positions[0] - std::f64::consts::FRAC_PI_2).abs() < 1e-5);
}

#[test]
fn an_unknown_link_is_refused() {
    let model = arm(JointKind::Continuous);
    let target = Target { link: 3, ..tip(&model, [1.0, 1.0, 0.0]) };

    let refused =
        model.inverse_kinematics(&RobotState::zero(&model), &target, &IkOptions::default());

    assert_eq!(refused, Err(IkError::UnknownLink { link: 3 }));
    assert_eq!(model.link_named("thumb"), None);
}
