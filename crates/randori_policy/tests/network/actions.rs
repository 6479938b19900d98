//! What a network's answer does.

use randori_core::spec::ContractSpec;
use randori_policy::network::ActionDecoder;

use crate::fixture::{contract, interface};

/// Knee; hip with its velocity and torque; tail.
fn commands(contract: &ContractSpec, outputs: &[[f32; 2]]) -> Vec<Vec<f32>> {
    let mut decoder = ActionDecoder::new(contract, &interface()).expect("a decoder");
    outputs.iter().map(|output| decoder.decode(output).expect("a command")).collect()
}

fn acting(action: &str) -> ContractSpec {
    contract("(source: LastAction())", "", action)
}

#[test]
fn positions_are_scaled_about_the_default_pose_and_go_to_their_joints() {
    let sent = commands(&acting("scale: Each([0.5, 2])"), &[[1.0, 1.0]]);

    // The tail, of which the contract does not speak, stays where it started.
    assert_eq!(sent, [[1.0, 1.0, 0.0, 0.0, 0.5]]);
}

#[test]
fn outputs_are_clipped_before_and_targets_after_scaling() {
    let action = "clip: (-2, 2), scale: All(0.5), offset: All(0), \
                  target_range: [(-0.25, 0.25), (-9, 9)]";

    assert_eq!(commands(&acting(action), &[[5.0, 5.0]]), [[1.0, 0.25, 0.0, 0.0, 0.5]]);
}

#[test]
fn residual_targets_add_up_from_the_starting_configuration_within_their_range() {
    let mut contract = acting("target_range: [(-1, 1), (-1, 0.5)]");
    contract.action.target = randori_core::spec::ActionTarget::Residual;

    let sent = commands(&contract, &[[0.5, 0.25], [0.5, 0.5], [-0.5, -0.25]]);

    assert_eq!(sent[0][..2], [0.25, 0.75]);
    assert_eq!(sent[1][..2], [0.5, 1.0]);
    assert_eq!(sent[2][..2], [0.25, 0.5]);
}

#[test]
fn an_action_can_drive_fewer_joints_than_the_network_sees() {
    let contract = acting("joints: [\"knee\"]");
    let mut decoder = ActionDecoder::new(&contract, &interface()).expect("a decoder");

    assert_eq!(decoder.decode(&[0.25]).expect("a command"), [-0.75, 0.25, 0.0, 0.0, 0.5]);
}

#[test]
fn torques_reach_the_torque_of_an_impedance_drive_only() {
    let mut contract = acting("joints: [\"hip\"]");
    contract.action.target = randori_core::spec::ActionTarget::Torque;
    let mut decoder = ActionDecoder::new(&contract, &interface()).expect("a decoder");
    assert_eq!(decoder.decode(&[3.0]).expect("a command"), [0.0, 0.25, 0.0, 3.0, 0.5]);

    contract.action.joints = vec!["knee".to_owned()];
    let found = ActionDecoder::new(&contract, &interface()).unwrap_err();
    assert_eq!(
        found[0].message,
        "actuator `knee_motor` of joint `knee` takes `position`, not a torque"
    );
    assert_eq!(found[0].path, "action.joints.0");
}
