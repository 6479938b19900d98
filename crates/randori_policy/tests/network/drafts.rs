//! First drafts of contracts.

use std::fs;

use randori_core::spec::ContractSpec;
use randori_onnx::{Model, NoExternalData};
use randori_policy::network::{Description, TensorInfo, check, describe, draft};

use crate::fixture::{read, tensor};
use crate::reference;

fn network(inputs: Vec<TensorInfo>, outputs: Vec<TensorInfo>) -> Description {
    Description {
        name: "main_graph".to_owned(),
        producer: "pytorch 2.5.1".to_owned(),
        ir_version: 8,
        opsets: vec![(String::new(), 17)],
        inputs,
        outputs,
        operators: vec![("Gemm".to_owned(), 4)],
        parameters: 1_000,
        metadata: Vec::new(),
    }
}

fn terms(contract: &ContractSpec) -> Vec<String> {
    contract.inputs[0]
        .terms
        .iter()
        .map(|term| {
            let text = format!("{:?}", term.source);
            text.split([' ', '{']).next().expect("a word").to_owned()
        })
        .collect()
}

#[test]
fn a_length_that_a_family_of_policies_explains_becomes_its_terms() {
    let lab = network(vec![tensor("obs", &[1, 480])], vec![tensor("actions", &[1, 29])]);

    let contract = read(&draft(&lab, "assets:lab/policy.onnx"));

    assert_eq!(contract.inputs[0].history.samples, 5);
    assert_eq!(
        terms(&contract),
        [
            "Channel",
            "ProjectedGravity",
            "Command",
            "JointPositions",
            "JointVelocities",
            "LastAction"
        ]
    );
    assert_eq!((contract.joints.len(), contract.network.as_str()), (29, "assets/lab/policy.onnx"));
}

#[test]
fn a_length_that_nothing_explains_is_left_to_a_person() {
    let odd = network(vec![tensor("obs", &[1, 5])], vec![tensor("actions", &[1, 12])]);

    let text = draft(&odd, "odd.onnx");

    assert!(text.contains("// FILL IN the terms of 5 values; zeros stand for them."), "{text}");
    assert_eq!(terms(&read(&text)), ["Constant"]);
}

#[test]
fn states_are_found_by_their_names() {
    let lstm = network(
        vec![tensor("obs", &[1, 47]), tensor("h_in", &[1, 1, 64]), tensor("c_in", &[1, 1, 64])],
        vec![
            tensor("actions", &[1, 12]),
            tensor("h_out", &[1, 1, 64]),
            tensor("c_out", &[1, 1, 64]),
        ],
    );

    let contract = read(&draft(&lstm, "lstm.onnx"));

    let states: Vec<(&str, &str)> =
        contract.recurrent.iter().map(|it| (it.input.as_str(), it.output.as_str())).collect();
    assert_eq!(states, [("h_in", "h_out"), ("c_in", "c_out")]);
    assert_eq!(contract.inputs.len(), 1);
    assert_eq!(contract.phases.len(), 1);
}

#[test]
fn what_the_file_tells_of_joints_is_taken_over() {
    let mut told = network(vec![tensor("obs", &[1, 15])], vec![tensor("actions", &[1, 2])]);
    let pairs = [
        ("joint_names", "hip, knee"),
        ("default_joint_pos", "0.1,-0.2"),
        ("action_scale", "0.5"),
        ("joint_stiffness", "20.0,30.0"),
        ("joint_damping", "1.0,2.0"),
    ];
    told.metadata = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();

    let contract = read(&draft(&told, "told.onnx"));

    assert_eq!(contract.joints, ["hip", "knee"]);
    assert_eq!(contract.default_pose, [0.1, -0.2]);
    assert_eq!(contract.action.scale.at(1), 0.5);
    assert_eq!(contract.action.gains.expect("gains").kp.at(1), 30.0);
}

#[test]
fn drafts_of_real_networks_fit_their_networks() {
    for (folder, file, parameters) in [
        ("go1_playground", "go1_policy.onnx", 192_000),
        ("g1_playground", "g1_policy.onnx", 220_000),
        ("go2_rl_sar", "policy.onnx", 188_000),
        ("g1_isaaclab", "policy.onnx", 400_000),
    ] {
        let Some(folder) = reference::policy_folder(folder) else { return };
        let bytes = fs::read(folder.join(file)).expect("a network");
        let model = Model::parse(&bytes, &mut NoExternalData).expect("a network");
        let described = describe(&model);

        let contract = read(&draft(&described, file));

        assert!(described.parameters > parameters, "{}", described.parameters);
        assert!(!terms(&contract).contains(&"Constant".to_owned()), "{folder:?}");
        // Lengths of channels are known with a robot only, and then fit too.
        assert_eq!(check(&contract, &model, None), []);
    }
}
