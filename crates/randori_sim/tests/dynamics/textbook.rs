//! Mechanisms with equations from textbooks.

use nalgebra::{Matrix3, UnitQuaternion, Vector3, dmatrix, dvector};
use randori_core::spec::{Axis, JointKind};
use randori_sim::world::dynamics::{RobotModel, RobotState, Twist64, Wrench64};

use super::robots::*;

const G: f64 = 9.81;

#[test]
fn pendulum_has_the_inertia_and_weight_of_a_pendulum() {
    let (mass, length, moment, angle) = (1.7, 0.4, 0.03, 0.6);
    let mut hinge = joint("hinge", JointKind::Continuous, ["stand", "bob"], [0.2, 0.1, 1.0]);
    hinge.axis = Axis::Y;
    hinge.armature = 0.01;
    let bob = link("bob", mass, [0.0, 0.0, -length], [1.0, moment, 1.0]);
    let stand = link("stand", 1.0, [0.0; 3], [1.0; 3]);
    let model = RobotModel::new(&robot(fixed("stand"), vec![stand, bob], vec![hinge]));
    let state = at_rest(&model, &[angle]);
    let gravity = Vector3::new(0.0, 0.0, -G);

    let inertia = model.mass_matrix(&state)[(0, 0)];
    let torque = model.gravity_forces(&state, &gravity)[0];

    assert!((inertia - (moment + mass * length * length + 0.01)).abs() < 1e-12);
    assert!((torque - mass * G * length * libm::sin(angle)).abs() < 1e-12);
}

/// Spong, Hutchinson, Vidyasagar, "Robot Modeling and Control" (2006), section
/// 7.4; Murray, Li, Sastry, "A Mathematical Introduction to Robotic
/// Manipulation" (1994), section 4.2.3.
#[test]
fn two_link_arm_matches_the_textbook() {
    let (l1, c1, c2) = (0.7, 0.3, 0.25);
    let (m1, m2, i1, i2) = (2.0, 1.2, 0.05, 0.02);
    let (q1, q2, v1, v2) = (0.4, -1.1, 1.3, -0.7);
    let shoulder = joint("shoulder", JointKind::Continuous, ["base", "upper"], [0.0; 3]);
    let elbow = joint("elbow", JointKind::Continuous, ["upper", "lower"], [l1, 0.0, 0.0]);
    let links = vec![
        link("base", 1.0, [0.0; 3], [1.0; 3]),
        link("upper", m1, [c1, 0.0, 0.0], [0.3, 0.3, i1]),
        link("lower", m2, [c2, 0.0, 0.0], [0.3, 0.3, i2]),
    ];
    let model = RobotModel::new(&robot(fixed("base"), links, vec![shoulder, elbow]));
    let mut state = at_rest(&model, &[q1, q2]);
    state.velocities = vec![v1, v2];
    let gravity = Vector3::new(0.0, -G, 0.0);

    let (cos1, cos2, sin2, cos12) =
        (libm::cos(q1), libm::cos(q2), libm::sin(q2), libm::cos(q1 + q2));
    let coupling = m2 * (c2 * c2 + l1 * c2 * cos2) + i2;
    let first = m1 * c1 * c1 + m2 * (l1 * l1 + c2 * c2 + 2.0 * l1 * c2 * cos2) + i1 + i2;
    let mass_matrix = dmatrix![first, coupling; coupling, m2 * c2 * c2 + i2];
    let h = -m2 * l1 * c2 * sin2;
    let coriolis = dvector![h * v2 * v1 + h * (v1 + v2) * v2, -h * v1 * v1];
    let far = m2 * c2 * G * cos12;
    let weight = dvector![(m1 * c1 + m2 * l1) * G * cos1 + far, far];

    assert!((model.mass_matrix(&state) - mass_matrix).norm() < 1e-12);
    assert!((model.gravity_forces(&state, &gravity) - &weight).norm() < 1e-12);
    assert!((model.bias_forces(&state, &gravity) - (coriolis + weight)).norm() < 1e-12);
}

/// The usual cart-pole, for example Tedrake, "Underactuated Robotics", section
/// 3.2, with the angle measured from upright and a pole of moment `i`.
#[test]
fn cart_pole_matches_the_textbook() {
    let (cart, pole, l, i) = (1.0, 0.2, 0.3, 0.006);
    let (angle, rate) = (0.5, -1.4);
    let mut rail = joint("rail", SLIDE, ["rail", "cart"], [0.0; 3]);
    rail.axis = Axis::X;
    let mut hinge = joint("hinge", JointKind::Continuous, ["cart", "pole"], [0.0, 0.0, 0.1]);
    hinge.axis = Axis::Y;
    let links = vec![
        link("pole", pole, [0.0, 0.0, l], [i, i, 0.001]),
        link("cart", cart, [0.1, 0.0, 0.0], [0.1; 3]),
        link("rail", 1.0, [0.0; 3], [1.0; 3]),
    ];
    let model = RobotModel::new(&robot(fixed("rail"), links, vec![rail, hinge]));
    let mut state = at_rest(&model, &[0.8, angle]);
    state.velocities = vec![0.4, rate];

    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    let mass_matrix = dmatrix![cart + pole, pole * l * cos; pole * l * cos, i + pole * l * l];
    let bias = dvector![-pole * l * rate * rate * sin, -pole * G * l * sin];

    assert!((model.mass_matrix(&state) - mass_matrix).norm() < 1e-12);
    let computed = model.bias_forces(&state, &Vector3::new(0.0, 0.0, -G));
    assert!((computed - bias).norm() < 1e-12);
}

#[test]
fn a_tumbling_body_obeys_eulers_equations() {
    let moments = Vector3::new(0.2, 0.5, 0.6);
    let (mass, com) = (3.0, Vector3::new(0.1, -0.2, 0.3));
    let body = link("body", mass, com.into(), moments.into());
    let model = RobotModel::new(&robot(floating("body"), vec![body], vec![]));
    let mut state = RobotState::zero(&model);
    state.base_pose.rotation = UnitQuaternion::from_scaled_axis(Vector3::new(0.3, 1.0, -0.4));
    let spin = Vector3::new(1.0, -2.0, 0.7);
    state.base_twist = Twist64 { linear: Vector3::new(4.0, 5.0, 6.0), angular: spin };

    let axes = state.base_pose.rotation.to_rotation_matrix();
    let inertia = axes.matrix() * Matrix3::from_diagonal(&moments) * axes.matrix().transpose();
    let offset = axes * com;
    let force = spin.cross(&spin.cross(&offset)) * mass;
    let torque = spin.cross(&(inertia * spin)) + offset.cross(&force);

    let bias = model.bias_forces(&state, &Vector3::zeros());
    assert!((bias.fixed_rows::<3>(0) - force).norm() < 1e-12);
    assert!((bias.fixed_rows::<3>(3) - torque).norm() < 1e-12);
    assert!(force.norm() > 1.0 && torque.norm() > 0.5, "the case must exercise both terms");
}

#[test]
fn each_joint_of_a_hanging_chain_carries_what_hangs_below() {
    let masses = [0.5, 1.0, 2.0, 4.0];
    let names = ["hook", "one", "two", "three"];
    let kinds = [JointKind::Continuous, JointKind::Fixed, JointKind::Spherical];
    let links = (0..4).map(|i| link(names[i], masses[i], [0.0, 0.0, -0.1], [0.01; 3])).collect();
    let joints =
        (0..3).map(|i| joint(names[i + 1], kinds[i], [names[i], names[i + 1]], [0.0, 0.0, -0.2]));
    let model = RobotModel::new(&robot(fixed("hook"), links, joints.collect()));
    let state = RobotState::zero(&model);
    let gravity = Vector3::new(0.0, 0.0, -G);
    let pull = Wrench64 { force: Vector3::new(5.0, 0.0, 0.0), torque: Vector3::zeros() };
    let pulls = [Wrench64::zero(), Wrench64::zero(), Wrench64::zero(), pull];

    let still = vec![0.0; model.dofs()];
    let hanging = model.reaction_wrenches(&state, &still, &gravity, &[]);
    let pulled = model.reaction_wrenches(&state, &still, &gravity, &pulls);

    for (index, below) in [7.0, 6.0, 4.0].into_iter().enumerate() {
        let weight = Vector3::new(0.0, 0.0, below * G);
        assert!((hanging[index].force - weight).norm() < 1e-12, "{index}: {hanging:?}");
        assert!(hanging[index].torque.norm() < 1e-12, "{index}: {hanging:?}");
        // A sideways pull at the last link's origin bends every joint above.
        let lever = Vector3::new(0.0, 0.0, 0.2 * (2 - index) as f64);
        assert!((pulled[index].force - (weight - pull.force)).norm() < 1e-12);
        assert!((pulled[index].torque - lever.cross(&pull.force)).norm() < 1e-12);
    }
}

#[test]
fn an_extended_slide_bends_its_rail() {
    let links =
        vec![link("rail", 1.0, [0.0; 3], [1.0; 3]), link("slider", 2.0, [0.0; 3], [0.1; 3])];
    let mut slide = joint("slide", SLIDE, ["rail", "slider"], [0.0; 3]);
    slide.axis = Axis::X;
    let model = RobotModel::new(&robot(fixed("rail"), links, vec![slide]));
    let state = at_rest(&model, &[0.5]);

    let gravity = Vector3::new(0.0, 0.0, -G);
    let reaction = model.reaction_wrenches(&state, &[3.0], &gravity, &[])[0];

    assert!((reaction.force - Vector3::new(6.0, 0.0, 2.0 * G)).norm() < 1e-12);
    assert!((reaction.torque - Vector3::new(0.0, -0.5 * 2.0 * G, 0.0)).norm() < 1e-12);
}

#[test]
fn a_payload_weighs_as_much_as_a_point_mass_at_the_frame_origin() {
    let arm = link("arm", 1.0, [0.5, 0.0, 0.0], [0.1; 3]);
    let base = link("base", 1.0, [0.0; 3], [1.0; 3]);
    let tool = link("tool", 0.1, [0.0; 3], [0.001; 3]);
    let hinge = joint("hinge", JointKind::Continuous, ["base", "arm"], [0.0; 3]);
    let mount = joint("mount", JointKind::Fixed, ["arm", "tool"], [1.0, 0.0, 0.0]);
    let mut model =
        RobotModel::new(&robot(fixed("base"), vec![base, arm, tool], vec![hinge, mount]));
    let state = RobotState::zero(&model);
    let before = model.mass_matrix(&state)[(0, 0)];

    model.add_payload(2, 3.0);

    assert!((model.mass_matrix(&state)[(0, 0)] - before - 3.0).abs() < 1e-12);
    assert!((model.total_mass() - 5.1).abs() < 1e-12);
}
