//! Policies over several decisions.

use std::collections::BTreeMap;
use std::sync::Arc;

use randori_core::policy::Controller;
use randori_core::spec::ContractSpec;
use randori_core::time::Tick;
use randori_policy::network::NetworkPolicy;

use crate::fixture::{
    GYRO, Given, HIP, Scripted, contract, interface, measured, observation, policy, tensor,
};

const EVERYTHING: [Option<Tick>; 6] = [Some(Tick(0)); 6];

fn act(policy: &mut NetworkPolicy, values: &[(usize, f32)]) -> Vec<f32> {
    let values = measured(values);
    let mut answer = policy.act(&observation(&values, &EVERYTHING)).expect("a command");
    answer.commands.remove(0)
}

fn half(inputs: &[Vec<f32>]) -> Vec<Vec<f32>> {
    vec![vec![inputs[0][0] * 0.5, 1.0]]
}

/// A contract that uses every kind of state.
fn stateful() -> ContractSpec {
    let terms = "(source: JointPositions(joints: [\"hip\"])), (source: LastAction()), \
                 (source: PhaseSin(name: \"gait\"))";
    let more = "phases: [(name: \"gait\", frequency_hz: 1.3, start: [0.1])]";
    let mut contract = contract(terms, more, "");
    contract.commands[0].slew = Some(1.0);
    contract.inputs[0].history.samples = 2;
    contract.action.target = randori_core::spec::ActionTarget::Residual;
    contract
}

#[test]
fn the_robot_keeps_its_first_command_until_everything_was_measured() {
    let (mut policy, given) = policy(&stateful(), 8, half);
    let values = measured(&[]);
    let mut measured_at = EVERYTHING;
    measured_at[0] = None;

    let answer = policy.act(&observation(&values, &measured_at)).expect("a command");

    assert_eq!(answer.commands, [interface().initial_command()]);
    assert!(given.lock().expect("one thread").is_empty(), "the network is not asked");
}

#[test]
fn what_is_not_needed_need_not_be_measured() {
    let (mut policy, given) = policy(&stateful(), 8, half);
    let values = measured(&[]);
    let mut measured_at = EVERYTHING;
    measured_at[3] = None; // The accelerometer.

    policy.act(&observation(&values, &measured_at)).expect("a command");

    assert_eq!(given.lock().expect("one thread").len(), 1);
}

#[test]
fn a_snapshot_brings_every_bit_of_state_back() {
    let (mut original, _) = policy(&stateful(), 8, half);
    for hip in [0.3, -0.7, 1.1] {
        act(&mut original, &[(HIP, hip)]);
    }
    let snapshot = original.snapshot();
    let (mut copy, _) = policy(&stateful(), 8, half);
    copy.restore(&snapshot).expect("a snapshot of this policy");

    for hip in [0.2, 0.9, -0.4] {
        assert_eq!(act(&mut original, &[(HIP, hip)]), act(&mut copy, &[(HIP, hip)]));
    }
    assert_eq!(original.snapshot(), copy.snapshot());
    assert_ne!(original.snapshot(), snapshot);
}

#[test]
fn a_foreign_snapshot_is_refused() {
    let (mut policy, _) = policy(&stateful(), 8, half);
    let mut snapshot = policy.snapshot();

    snapshot.push(0);
    assert!(policy.restore(&snapshot).is_err());
    snapshot.truncate(4);
    assert!(policy.restore(&snapshot).is_err());
}

#[test]
fn a_reset_begins_a_run_like_the_first() {
    let (mut policy, _) = policy(&stateful(), 8, half);
    policy.reset(1);
    let first: Vec<_> = (0..3).map(|_| act(&mut policy, &[(HIP, 0.4)])).collect();

    policy.reset(2);
    let second: Vec<_> = (0..3).map(|_| act(&mut policy, &[(HIP, 0.4)])).collect();

    assert_eq!(first, second);
}

#[test]
fn state_is_carried_from_output_to_input_and_reset() {
    let mut contract = contract("(source: Channel(name: \"imu.gyro\"))", "", "");
    contract.recurrent =
        ron::from_str("[(input: \"h_in\", output: \"h_out\", reset: 0.5)]").expect("a list");
    contract.action.output = Some("action".to_owned());
    let given = Given::default();
    let network = Scripted {
        inputs: vec![tensor("h_in", &[1, 1, 2]), tensor("obs", &[1, 3])],
        outputs: vec![tensor("h_out", &[1, 1, 2]), tensor("action", &[1, 2])],
        given: Arc::clone(&given),
        answer: |inputs| {
            let counted = inputs[0].iter().map(|value| value + inputs[1][0]).collect();
            vec![counted, vec![0.0, 0.0]]
        },
    };
    let network = Box::new(network);
    let mut policy = NetworkPolicy::new(&contract, network, &BTreeMap::new(), &interface())
        .unwrap_or_else(|found| panic!("{found:#?}"));

    act(&mut policy, &[(GYRO, 1.0)]);
    act(&mut policy, &[(GYRO, 2.0)]);
    let snapshot = policy.snapshot();
    policy.reset(0);
    act(&mut policy, &[(GYRO, 1.0)]);
    policy.restore(&snapshot).expect("a snapshot of this policy");
    act(&mut policy, &[(GYRO, 1.0)]);

    let given = given.lock().expect("one thread");
    let states: Vec<f32> = given.iter().map(|inputs| inputs[0][0]).collect();
    assert_eq!(states, [0.5, 1.5, 0.5, 3.5]);
}

#[test]
fn several_inputs_are_fed_by_their_names() {
    let mut contract = contract("(source: Command(name: \"velocity\"))", "", "");
    let more = "(name: \"more\", terms: [(source: Constant(values: [9]))])";
    contract.inputs.push(ron::from_str(more).expect("an input"));
    let given = Given::default();
    let network = Scripted {
        inputs: vec![tensor("more", &[1]), tensor("obs", &[1, 2])],
        outputs: vec![tensor("action", &[1, 2])],
        given: Arc::clone(&given),
        answer: |_| vec![vec![0.0, 0.0]],
    };
    let network = Box::new(network);
    let mut policy = NetworkPolicy::new(&contract, network, &BTreeMap::new(), &interface())
        .unwrap_or_else(|found| panic!("{found:#?}"));

    act(&mut policy, &[]);

    assert_eq!(*given.lock().expect("one thread"), [vec![vec![9.0], vec![3.0, 4.0]]]);
}

#[test]
fn a_network_that_answers_with_no_number_is_an_error() {
    let contract = contract("(source: LastAction())", "", "");
    let (mut policy, _) = policy(&contract, 2, |_| vec![vec![0.0, f32::NAN]]);
    let values = measured(&[]);

    let error = policy.act(&observation(&values, &EVERYTHING)).unwrap_err();

    assert_eq!(error.message, "value 1 of the network's output `action` is NaN");
}

#[test]
fn it_says_which_channels_it_needs() {
    let (policy, _) = policy(&stateful(), 8, half);

    assert_eq!(policy.contract().needs, ["joints.position"]);
    assert_eq!(policy.contract().command_len, 5);
}
