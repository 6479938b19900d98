//! What people are told when contract, network and robot do not fit.

use std::collections::BTreeMap;

use randori_core::spec::ContractSpec;
use randori_policy::network::{ObservationBuilder, TensorInfo, check_network};

use crate::fixture::{contract, interface, tensor};

/// Findings about a network, as text.
fn told(contract: &ContractSpec, inputs: &[TensorInfo], outputs: &[TensorInfo]) -> Vec<String> {
    let interface = interface();
    let channel_len = |name: &str| interface.observation(name).map(|range| range.len());
    check_network(contract, inputs, outputs, &channel_len)
        .iter()
        .map(|problem| {
            format!(
                "{} {}: {}; {}",
                problem.code,
                problem.path,
                problem.message,
                problem.help.join("; ")
            )
        })
        .collect()
}

fn plain() -> ContractSpec {
    contract("(source: JointPositions()), (source: Channel(name: \"imu.gyro\"))", "", "")
}

#[test]
fn a_network_that_fits_gives_no_finding() {
    let outputs = [tensor("action", &[1, 2])];

    assert!(told(&plain(), &[tensor("obs", &[1, 5])], &outputs).is_empty());
}

#[test]
fn another_length_says_how_the_contracts_comes_about() {
    assert_eq!(
        told(&plain(), &[tensor("obs", &[1, 48])], &[tensor("action", &[1, 12])]),
        [
            "RS0717 inputs.0: the terms of `obs` make 5 values, but the network takes f32[1, 48] \
             (48 values); its terms have 2 + 3 values",
            "RS0717 action: output `action` is f32[1, 12], but the action drives 2 joints; list \
             the driven joints in `action.joints`; the outputs are `action`",
        ]
    );
}

#[test]
fn names_that_the_network_does_not_have_are_told_with_the_nearest() {
    let found = told(&plain(), &[tensor("obz", &[1, 5])], &[tensor("action", &[1, 2])]);

    assert_eq!(
        found,
        [
            "RS0717 inputs.0.name: the network has no input `obs`; did you mean `obz`?",
            "RS0717 inputs: the network also takes `obz` (f32[1, 5]); make it of terms in \
             `inputs`, or feed it from an output in `recurrent`",
        ]
    );
}

#[test]
fn other_types_than_single_precision_are_refused() {
    let whole = TensorInfo { element: "i64".to_owned(), ..tensor("obs", &[1, 5]) };

    assert_eq!(
        told(&plain(), &[whole], &[tensor("action", &[1, 2])]),
        ["RS0717 inputs.0.name: `obs` of the network is i64[1, 5]; export the network with \
             single-precision inputs and outputs"]
    );
}

#[test]
fn a_state_must_be_as_long_as_what_is_fed_back() {
    let mut contract = plain();
    contract.recurrent = ron::from_str("[(input: \"h\", output: \"hn\")]").expect("a list");
    let inputs = [tensor("obs", &[1, 5]), tensor("h", &[1, 64])];
    let outputs = [tensor("action", &[1, 2]), tensor("hn", &[1, 32])];

    assert_eq!(
        told(&contract, &inputs, &outputs),
        ["RS0717 recurrent.0: state `h` is f32[1, 64], but output `hn` is f32[1, 32]; an \
             output that is fed back must be as long as its input"]
    );
}

#[test]
fn measurements_that_the_robot_does_not_make_are_all_told() {
    let contract = contract(
        "(source: Channel(name: \"imu.gyros\")), (source: ProjectedGravity(orientation: \
         \"imu.gyro\")), (source: Channel(name: \"imu.gyro\", pick: [3]))",
        "",
        "",
    );

    let found = ObservationBuilder::new(&contract, &interface(), &BTreeMap::new()).unwrap_err();

    let told: Vec<String> =
        found.iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect();
    assert_eq!(
        told,
        [
            "inputs.0.terms.0.source.name: robot `dog` does not measure `imu.gyros`",
            "inputs.0.terms.1.source.orientation: `imu.gyro` is no orientation: it has 3 values",
            "inputs.0.terms.2.source.pick: `imu.gyro` has no value 3",
        ]
    );
    assert_eq!(found[0].help, ["did you mean `imu.gyro`?"]);
}
