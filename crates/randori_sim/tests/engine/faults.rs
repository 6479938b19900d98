//! Runs that refuse to start, and runs that break.

use randori_core::input::InputKind;
use randori_core::policy::{
    CommandChunk, Controller, Immediate, Observation, PolicyContract, PolicyError,
};
use randori_core::report::RunError;
use randori_core::spec::Scenario;
use randori_sim::fault::{BadCommand, RunFault, SimulationError};
use randori_sim::simulation::Simulation;

use crate::common::{Stage, parse};
use crate::fixture::{Silent, answering, contract, cube, decides, records, rotor, run, run_with};

fn scenario() -> Scenario {
    let robot = rotor(
        "drive: Impedance(kp: 1, kd: 1)",
        r#"(name: "joints", kind: JointState(), rate_hz: 500)"#,
    );
    Stage { robots: &[(&robot, &decides(100.0, "latency: Fixed(0.004)"))], ..Stage::default() }
        .scenario()
}

/// Steps until the run breaks; it has to within 100 ticks.
fn fault(simulation: &mut Simulation) -> RunFault {
    (0..100).find_map(|_| simulation.step().err()).expect("the run breaks")
}

/// Breaks at request 3, which is asked at tick 15 and due at tick 17.
fn broken_by(commands: Vec<Vec<f32>>) -> RunFault {
    let policy =
        answering(
            3,
            move |observation| {
                if observation.request == 3 { commands.clone() } else { vec![vec![0.0; 3]] }
            },
        );
    fault(&mut run_with(&scenario(), 1, policy))
}

#[test]
fn a_command_that_is_not_a_number_names_robot_actuator_and_tick() {
    let fault = broken_by(vec![vec![0.0; 3], vec![0.0, f32::NAN, 0.0]]);

    let error = RunError::from(&fault);
    assert_eq!(error.code, "RR0103");
    assert_eq!(error.tick, 17);
    assert_eq!(
        error.message,
        "policy of robot `r0` returned NaN for input `velocity` of actuator `motor` in command 1"
    );
    assert!(error.help.is_some_and(|help| help.contains("division by zero")));
}

#[test]
fn an_infinite_command_is_refused_too() {
    let RunFault::BadCommand { what, .. } = broken_by(vec![vec![0.0, 0.0, f32::INFINITY]]) else {
        panic!("an infinite command is a bad command");
    };
    assert!(matches!(what, BadCommand::NotFinite { index: 0, input: InputKind::Torque, .. }));
}

#[test]
fn a_command_of_the_wrong_length_says_what_is_right() {
    let error = RunError::from(&broken_by(vec![vec![0.0; 2]]));

    assert_eq!(
        error.message,
        "policy of robot `r0` returned command 0 of 2 values, but the robot takes 3"
    );
}

#[test]
fn an_empty_answer_is_refused() {
    let fault = broken_by(Vec::new());

    assert!(matches!(fault, RunFault::BadCommand { what: BadCommand::Empty, tick: 17, .. }));
}

/// Says no at the second request.
struct Stubborn(PolicyContract);

impl Controller for Stubborn {
    fn contract(&self) -> &PolicyContract {
        &self.0
    }

    fn reset(&mut self, _: u64) {}

    fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        if observation.request > 0 {
            return Err(PolicyError {
                message: "I will not".to_owned(),
                details: vec!["last words".to_owned()],
                help: Some("ask nicely".to_owned()),
            });
        }
        Ok(CommandChunk::single(vec![0.0; 3]))
    }
}

#[test]
fn a_policy_that_fails_is_quoted() {
    let policy = Immediate::new(Stubborn(contract(3)));

    let error = RunError::from(&fault(&mut run_with(&scenario(), 1, policy)));

    assert_eq!(error.code, "RR0102");
    assert_eq!(error.tick, 5);
    assert_eq!(error.message, "policy of robot `r0` failed: I will not");
    assert_eq!(error.details, ["last words"]);
    assert_eq!(error.help.as_deref(), Some("ask nicely"));
}

#[test]
fn a_broken_run_stays_broken_and_keeps_its_last_record() {
    let policy = Immediate::new(Stubborn(contract(3)));
    let mut simulation = run_with(&scenario(), 1, policy);
    // The second request is made in the step from tick 5.
    let good = records(&mut simulation, 5);
    let first = fault(&mut simulation);

    assert_eq!(simulation.step().err(), Some(first));
    assert_eq!(Some(simulation.record()), good.last());
    assert_eq!(simulation.snapshot(), None);
}

#[test]
fn a_state_that_explodes_names_the_body_and_its_last_finite_state() {
    let robot = cube("");
    let mut scenario = Stage { robots: &[(&robot, "")], ..Stage::default() }.scenario();
    scenario.spec.events =
        parse(r#"[(at: 0.02, do: Push(body: "r0.body", impulse: (1e30, 0, 0)))]"#);

    let error = RunError::from(&fault(&mut run(&scenario, 1)));

    assert_eq!(error.code, "RR0101");
    assert!(error.message.contains("`r0.body`"), "{}", error.message);
    assert_eq!(error.details.len(), 1);
    assert!(error.details[0].starts_with("last finite state of `r0.body`: at ("));
}

/// The error with which a simulation refuses this contract.
fn refused(contract: PolicyContract) -> SimulationError {
    let policy = Immediate::new(Stubborn(contract));
    Simulation::new(&scenario(), 1, vec![Some(Box::new(policy))], Box::new(Silent))
        .err()
        .expect("the contract does not fit")
}

#[test]
fn a_policy_that_needs_more_than_the_robot_measures_is_refused() {
    let needs = ["joints.position", "imu.gyro", "imu.accel"].map(str::to_owned).to_vec();

    let error = RunError::from(&refused(PolicyContract { needs, ..contract(3) }));

    assert_eq!(
        error.message,
        "policy `test` needs `imu.gyro`, `imu.accel`, which robot `r0` does not measure"
    );
    assert_eq!(
        error.help.as_deref(),
        Some("`r0` measures `joints.position`, `joints.velocity`, `joints.torque`")
    );
}

#[test]
fn a_policy_with_commands_of_another_length_is_refused() {
    let error = RunError::from(&refused(contract(12)));

    assert_eq!(error.message, "policy `test` gives commands of 12 values, but robot `r0` takes 3");
    assert_eq!(error.help.as_deref(), Some("actuators of `r0`, in order: `motor`"));
}
