//! From commands to torques: delays and limits.

use randori_sim::episode::interfaces;

use crate::common::Stage;
use crate::fixture::{always, answering, assert_near, decides, records, rotor, run, run_with};

/// What the motor of the rotor exerts, tick by tick, when it is always told the
/// same; and its speed in the end.
fn applied(actuator: &str, command: f32, steps: usize) -> (Vec<f32>, f32) {
    let robot = rotor(actuator, "");
    let scenario =
        Stage { robots: &[(&robot, &decides(500.0, ""))], ..Stage::default() }.scenario();
    let records = records(&mut run_with(&scenario, 1, always(&[command])), steps);
    let speed = records[steps - 1].state.velocities[0];
    (records.iter().map(|record| record.applied[0]).collect(), speed)
}

#[test]
fn a_command_takes_effect_after_the_delay_rounded_up_to_ticks() {
    // 5 ms are two and a half ticks.
    let (torques, _) = applied("drive: Torque, delay: 0.005", 0.5, 6);

    assert_eq!(torques, [0.0, 0.0, 0.0, 0.5, 0.5, 0.5]);
}

#[test]
fn the_command_changes_no_faster_than_the_rate_limit() {
    let (torques, _) = applied("drive: Torque, limits: (rate: 50)", 0.35, 6);

    // 50 N m/s are 0.1 N m per tick of 2 ms.
    for (torque, expected) in torques.iter().zip([0.1, 0.2, 0.3, 0.35, 0.35, 0.35]) {
        assert_near(*torque, expected, 1e-6);
    }
}

#[test]
fn no_drive_exceeds_its_torque_limit() {
    for (drive, command) in [
        ("drive: Torque, limits: (torque: 0.5)", -3.0),
        ("drive: Velocity(gain: 100), limits: (torque: 0.5)", -30.0),
        ("drive: Position(kp: 1000, kd: 1), limits: (torque: 0.5)", -3.0),
    ] {
        let (torques, speed) = applied(drive, command, 100);

        assert!(torques.iter().all(|torque| *torque == -0.5), "{drive}: {torques:?}");
        // 0.5 N m on 0.5 kg m^2 for 0.2 s.
        assert_near(speed, -0.2, 1e-4);
    }
}

#[test]
fn a_velocity_command_is_clamped_to_the_speed_limit() {
    let (_, speed) = applied("drive: Velocity(gain: 1e4), limits: (speed: 3)", 10.0, 200);

    assert_near(speed, 3.0, 1e-3);
}

#[test]
fn at_the_speed_limit_a_motor_no_longer_pushes_but_still_brakes() {
    let robot = rotor("drive: Torque, limits: (speed: 2)", "");
    let scenario =
        Stage { robots: &[(&robot, &decides(500.0, ""))], ..Stage::default() }.scenario();
    // Full ahead for one second, then full astern.
    let policy =
        answering(1, |observation| vec![vec![if observation.tick.0 < 500 { 5.0 } else { -5.0 }]]);

    let records = records(&mut run_with(&scenario, 1, policy), 600);

    // 5 N m on 0.5 kg m^2 give 0.02 rad/s per tick.
    let fastest = records.iter().map(|record| record.state.velocities[0]).fold(0.0, f32::max);
    assert_near(fastest, 2.0, 0.0201);
    assert_eq!(records[499].applied[0], 0.0);
    assert_eq!(records[500].applied[0], -5.0);
    assert_near(records[599].state.velocities[0], f64::from(fastest) - 2.0, 1e-3);
}

#[test]
fn a_position_drive_settles_where_it_is_told_and_impedance_adds_its_torque() {
    let position = "drive: Position(kp: 50, kd: 10)";
    let robot = rotor(position, "");
    let scenario =
        Stage { robots: &[(&robot, &decides(500.0, ""))], ..Stage::default() }.scenario();
    let settled = records(&mut run_with(&scenario, 1, always(&[0.4])), 2000);
    assert_near(settled[1999].state.positions[0], 0.4, 1e-4);

    let robot = rotor("drive: Impedance(kp: 50, kd: 10)", "");
    let scenario =
        Stage { robots: &[(&robot, &decides(500.0, ""))], ..Stage::default() }.scenario();
    let settled = records(&mut run_with(&scenario, 1, always(&[0.4, 0.0, 5.0])), 2000);
    // The spring gives way by 5 N m / (50 N m/rad).
    assert_near(settled[1999].state.positions[0], 0.5, 1e-4);
}

#[test]
fn a_dc_motor_approaches_its_no_load_speed_exponentially() {
    let motor = "drive: DcMotor(torque_constant: 2, resistance: 4), limits: (command: (-3, 3))";
    for (seconds, steps) in [(0.1_f64, 50), (0.4, 200), (4.0, 2000)] {
        let (torques, speed) = applied(motor, 10.0, steps);

        // J dv/dt = k (u - k v) / R with J = 0.5 kg m^2, k^2 / R = 1, and u clamped to 3 V.
        // The back electromotive force is integrated implicitly: an error of first order.
        assert_near(speed, 1.5 * (1.0 - libm::exp(-2.0 * seconds)), 2e-3);
        assert_near(torques[steps - 1], 1.5 - f64::from(speed), 2e-3);
    }
    let (torques, _) = applied("drive: DcMotor(torque_constant: 2, resistance: 4)", 12.0, 1);
    assert_near(torques[0], 2.0 * 12.0 / 4.0, 0.03);
}

#[test]
fn without_a_policy_a_robot_holds_where_it_started() {
    let robot = rotor("drive: Position(kp: 50, kd: 10)", "");
    let entry = r#"start: (joints: {"hinge": Rad(0.3)})"#;
    let scenario = Stage { robots: &[(&robot, entry)], ..Stage::default() }.scenario();

    let records = records(&mut run(&scenario, 1), 100);

    assert_eq!(records[99].requested, [[0.3]]);
    assert_near(records[99].state.positions[0], 0.3, 1e-6);
}

#[test]
fn the_range_that_a_policy_is_told_is_what_the_joint_and_the_actuator_both_allow() {
    let model =
        rotor("drive: Position(kp: 1, kd: 0), limits: (command: (-2.5, 0.5), torque: 3)", "");
    let hinge = "kind: Revolute(limits: (lower: Rad(-1), upper: Rad(2)))";
    let limited = model.replace("kind: Continuous", hinge);
    let range = |robot: &str| {
        let scenario = Stage { robots: &[(robot, "")], ..Stage::default() }.scenario();
        interfaces(&scenario)[0].actions[0].ranges.clone()
    };

    assert_eq!(range(&limited), [Some((-1.0, 0.5))]);
    assert_eq!(range(&model), [Some((-2.5, 0.5))]);
}
