//! What each word of a contract makes of what a robot measures.

use std::f32::consts::{FRAC_1_SQRT_2, FRAC_PI_2};

use randori_core::spec::ContractSpec;

use crate::fixture::{
    ACCEL, GYRO, HIP, HIP_SPEED, KNEE, KNEE_SPEED, ORIENTATION, RANGES, builder, contract,
    measured, seen,
};

fn assert_near(one: &[f32], other: &[f32]) {
    assert_eq!(one.len(), other.len(), "{one:?}");
    assert!(one.iter().zip(other).all(|(one, other)| (one - other).abs() < 1e-6), "{one:?}");
}

/// A quarter turn about one axis.
fn quarter(axis: usize) -> [(usize, f32); 2] {
    [(ORIENTATION + axis, FRAC_1_SQRT_2), (ORIENTATION + 3, FRAC_1_SQRT_2)]
}

/// What `obs` holds at each of these decisions, the action being `[1, 2]`.
fn over(contract: &ContractSpec, hip: &[f32]) -> Vec<Vec<f32>> {
    let mut builder = builder(contract);
    let at = |value: &f32| {
        builder.build(&measured(&[(HIP, *value)])).expect("finite values");
        let input = builder.inputs().next().expect("an input").1.to_vec();
        builder.acted(&[1.0, 2.0], &[0.5, 1.0], &[0.1, 0.2]);
        input
    };
    hip.iter().map(at).collect()
}

#[test]
fn joints_come_in_the_order_of_the_contract_less_the_default_pose() {
    let values = [(KNEE, 1.0), (HIP, 2.0), (KNEE_SPEED, 3.0), (HIP_SPEED, 4.0)];

    assert_eq!(seen("(source: JointPositions())", &values), [1.5, 2.0]);
    assert_eq!(seen("(source: JointPositions(relative: false))", &values), [2.0, 1.0]);
    assert_eq!(seen("(source: JointPositions(joints: [\"knee\"]))", &values), [2.0]);
    assert_eq!(seen("(source: JointPositions(zeroed: [\"hip\"]))", &values), [0.0, 2.0]);
    assert_eq!(seen("(source: JointVelocities())", &values), [4.0, 3.0]);
}

#[test]
fn values_are_scaled_then_offset_then_clipped() {
    let values = [(GYRO, 1.0), (GYRO + 1, 2.0), (GYRO + 2, -9.0)];

    let term = "(source: Channel(name: \"imu.gyro\"), scale: Each([1, 10, 1]), offset: All(1), \
                clip: (-5, 20))";
    assert_eq!(seen(term, &values), [2.0, 20.0, -5.0]);
}

#[test]
fn an_infinite_range_is_clipped_and_otherwise_refused() {
    let values = [(RANGES, f32::INFINITY), (RANGES + 1, 2.0)];

    let term = "(source: Channel(name: \"lidar.ranges\"), clip: (0, 5))";
    assert_eq!(seen(term, &values), [5.0, 2.0]);

    let mut builder = builder(&contract("(source: Channel(name: \"lidar.ranges\"))", "", ""));
    let error = builder.build(&measured(&values)).unwrap_err();
    assert_eq!(error.message, "value 0 of term 0 of input `obs` is inf");
    assert!(error.help.is_some());
}

#[test]
fn values_can_be_picked_in_another_order() {
    let quaternion = [(ORIENTATION, 0.1), (ORIENTATION + 1, 0.2), (ORIENTATION + 2, 0.3)];

    let term = "(source: Channel(name: \"imu.orientation\", pick: [3, 0, 1, 2]))";
    assert_eq!(seen(term, &quaternion), [1.0, 0.1, 0.2, 0.3]);
}

#[test]
fn gravity_points_down_in_the_frame_of_the_sensor() {
    let term = "(source: ProjectedGravity(orientation: \"imu.orientation\"))";

    assert_near(&seen(term, &[]), &[0.0, 0.0, -1.0]);
    // Rolled to its left: down is along -Y.
    assert_near(&seen(term, &quarter(0)), &[0.0, -1.0, 0.0]);
    // Nose down: down is along +X.
    assert_near(&seen(term, &quarter(1)), &[1.0, 0.0, 0.0]);
}

#[test]
fn vectors_turn_between_world_and_sensor() {
    let turned = |frame: &str| {
        let mut values = quarter(2).to_vec();
        values.push((ACCEL, 1.0));
        let frame = format!("{frame}(orientation: \"imu.orientation\")");
        seen(&format!("(source: Channel(name: \"imu.accel\", frame: {frame}))"), &values)
    };

    assert_near(&turned("ToWorld"), &[0.0, 1.0, 0.0]);
    assert_near(&turned("FromWorld"), &[0.0, -1.0, 0.0]);
}

#[test]
fn euler_angles_are_roll_pitch_and_yaw() {
    let term = "(source: EulerAngles(orientation: \"imu.orientation\"))";

    assert_near(&seen(term, &quarter(0)), &[FRAC_PI_2, 0.0, 0.0]);
    assert_near(&seen(term, &quarter(2)), &[0.0, 0.0, FRAC_PI_2]);
    // Half of a quarter, because a pitch of 90 degrees leaves roll and yaw open.
    let (half, rest) = (0.382_683_43, 0.923_879_5);
    let pitched = [(ORIENTATION + 1, half), (ORIENTATION + 3, rest)];
    assert_near(&seen(term, &pitched), &[0.0, FRAC_PI_2 / 2.0, 0.0]);
}

#[test]
fn constants_and_commands_are_what_the_contract_says() {
    assert_eq!(seen("(source: Constant(values: [1, 0, 1]))", &[]), [1.0, 0.0, 1.0]);
    assert_eq!(seen("(source: Command(name: \"velocity\"))", &[]), [3.0, 4.0]);
}

#[test]
fn the_last_action_is_zero_first_and_then_shown_at_its_stage() {
    let terms = "(source: LastAction()), (source: LastAction(stage: Clipped)), \
                 (source: LastAction(stage: Target))";

    let seen = over(&contract(terms, "", ""), &[0.0, 0.0]);

    assert_eq!(seen[0], [0.0; 6]);
    assert_eq!(seen[1], [1.0, 2.0, 0.5, 1.0, 0.1, 0.2]);
}

#[test]
fn commands_slew_from_zero_and_hold() {
    let text = "PolicyContract(format: 1, name: \"walk\", network: \"walk.onnx\", joints: [\"hip\"], \
                timing: (physics_hz: 500, decimation: 10), commands: [(name: \"velocity\", \
                default: [0.05, -0.01], slew: 1.0)], inputs: [(name: \"obs\", terms: [(source: \
                Command(name: \"velocity\"))])], action: (target: Position))";
    let mut builder = builder(&crate::fixture::read(text));
    let mut next = || {
        builder.build(&measured(&[])).expect("finite values");
        builder.inputs().next().expect("an input").1.to_vec()
    };

    // One unit per second is 0.02 per decision.
    assert_near(&next(), &[0.02, -0.01]);
    assert_near(&next(), &[0.04, -0.01]);
    assert_near(&next(), &[0.05, -0.01]);
    assert_near(&next(), &[0.05, -0.01]);
}

const JOINT: &str = "(source: JointPositions(joints: [\"hip\"], relative: false))";
const SPEED: &str = "(source: Constant(values: [7, 8]))";

fn with_history(history: &str) -> ContractSpec {
    let mut contract = contract(&format!("{JOINT}, {SPEED}"), "", "");
    contract.inputs[0].history = ron::from_str(history).expect("a history");
    contract
}

#[test]
fn a_history_by_term_holds_all_samples_of_a_term_together() {
    let seen = over(&with_history("(samples: 3)"), &[1.0, 2.0]);

    assert_eq!(seen[0], [1.0, 1.0, 1.0, 7.0, 8.0, 7.0, 8.0, 7.0, 8.0]);
    assert_eq!(seen[1], [1.0, 1.0, 2.0, 7.0, 8.0, 7.0, 8.0, 7.0, 8.0]);
}

#[test]
fn a_history_by_time_holds_all_terms_of_a_sample_together() {
    let history = "(samples: 2, layout: ByTime, order: NewestFirst, first: Zeros)";

    let seen = over(&with_history(history), &[1.0, 2.0]);

    assert_eq!(seen[0], [1.0, 7.0, 8.0, 0.0, 0.0, 0.0]);
    assert_eq!(seen[1], [2.0, 7.0, 8.0, 1.0, 7.0, 8.0]);
}

#[test]
fn a_term_can_have_a_history_of_its_own() {
    let mut contract = with_history("(samples: 1)");
    contract.inputs[0].terms[0].samples = Some(3);

    let seen = over(&contract, &[1.0, 2.0, 3.0, 4.0]);

    assert_eq!(seen[3], [2.0, 3.0, 4.0, 7.0, 8.0]);
}

const HANDS: &str = "(source: PhaseCos(name: \"gait\")), (source: PhaseSin(name: \"gait\"))";

/// Cosine and sine at each decision of a clock that makes a quarter turn from
/// one to the next, while the command is what is given.
fn clock(more: &str, commands: &[[f32; 2]]) -> Vec<Vec<f32>> {
    let phases = format!("phases: [(name: \"gait\", frequency_hz: 12.5, start: [0], {more})]");
    let mut builder = builder(&contract(HANDS, &phases, ""));
    let at = |command: &[f32; 2]| {
        assert!(builder.set_command("velocity", command));
        builder.build(&measured(&[])).expect("finite values");
        let input = builder.inputs().next().expect("an input").1.to_vec();
        builder.acted(&[0.0; 2], &[0.0; 2], &[0.0; 2]);
        input
    };
    commands.iter().map(at).collect()
}

#[test]
fn a_clock_turns_after_inference_unless_told_otherwise() {
    let after = clock("", &[[1.0, 0.0]; 3]);
    assert_near(&after[0], &[1.0, 0.0]);
    assert_near(&after[1], &[0.0, 1.0]);
    assert_near(&after[2], &[-1.0, 0.0]);

    let before = clock("advance: BeforeInference", &[[1.0, 0.0]; 2]);
    assert_near(&before[0], &[0.0, 1.0]);
    assert_near(&before[1], &[-1.0, 0.0]);
}

#[test]
fn a_clock_stands_where_it_is_told_while_the_command_is_small() {
    let commands = [[1.0, 0.0], [0.0, 0.05], [1.0, 0.0], [1.0, 0.0]];

    let seen =
        clock("still: (command: \"velocity\", below: 0.1, at: [3.141592653589793])", &commands);

    assert_near(&seen[1], &[0.0, 1.0]);
    assert_near(&seen[2], &[-1.0, 0.0]);
    assert_near(&seen[3], &[0.0, -1.0]);
}

#[test]
fn a_clock_can_be_hidden_while_it_stands() {
    let commands = [[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]];

    let seen = clock("still: (command: \"velocity\", below: 0.1, zeroed: true)", &commands);

    assert_near(&seen[0], &[1.0, 0.0]);
    assert_near(&seen[1], &[0.0, 0.0]);
    assert_near(&seen[2], &[0.0, 1.0]);
}

#[test]
fn a_clock_turns_faster_with_its_command_up_to_a_limit() {
    let faster = "faster: (command: \"velocity\", hz_per_unit: 12.5, up_to: 1)";

    let seen = clock(faster, &[[9.0, 0.0], [0.0, 0.0], [0.0, 0.0]]);

    // Twice a quarter while the command is large, then a quarter.
    assert_near(&seen[1], &[-1.0, 0.0]);
    assert_near(&seen[2], &[0.0, -1.0]);
}
