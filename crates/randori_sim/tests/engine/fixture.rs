//! Small robots, policies from closures, and runs of a few ticks.

use randori_core::layout::SceneLayout;
use randori_core::policy::{
    CommandChunk, Controller, Determinism, Immediate, Observation, Policy, PolicyContract,
    PolicyError,
};
use randori_core::record::{Reading, TickRecord};
use randori_core::spec::Scenario;
use randori_sim::simulation::{SignalProbe, Simulation};
use randori_sim::world::SimWorld;

/// A cube of 1 kg that nothing holds.
pub(crate) const CUBE: &str = r#"Robot(format: 1, name: "cube", base: Floating(link: "body"),
    links: [(name: "body", mass_kg: 1, shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))])],
    sensors: [SENSORS])"#;

/// An arm of 1 kg on a vertical axis, whose moment of inertia about it is
/// 0.5 kg m^2.
pub(crate) const ROTOR: &str = r#"Robot(format: 1, name: "rotor", base: Fixed(link: "base"),
    links: [
        (name: "base", mass_kg: 1, shapes: [(shape: Box(size: (0.1, 0.1, 0.1)))]),
        (name: "arm", mass_kg: 1, com: (0, 0, 0), inertia: Moments(ixx: 0.5, iyy: 0.5, izz: 0.5)),
    ],
    joints: [(name: "hinge", kind: Continuous, parent: "base", child: "arm",
              pose: (xyz: (0, 0, 0.5)))],
    actuators: [(name: "motor", joint: "hinge", ACTUATOR)],
    sensors: [SENSORS])"#;

/// The cube with these sensors.
pub(crate) fn cube(sensors: &str) -> String {
    CUBE.replace("SENSORS", sensors)
}

/// The rotor with this drive (and limits and delay) and these sensors.
pub(crate) fn rotor(actuator: &str, sensors: &str) -> String {
    ROTOR.replace("ACTUATOR", actuator).replace("SENSORS", sensors)
}

/// The entry of a robot with a policy that decides at this rate (Hz), with
/// fields of `inference`.
pub(crate) fn decides(rate_hz: f64, inference: &str) -> String {
    format!("policy: (use: Builtin(name: \"test\"), rate_hz: {rate_hz}, inference: ({inference}))")
}

/// A run without policies.
pub(crate) fn run(scenario: &Scenario, seed: u64) -> Simulation {
    let policies = scenario.robots.iter().map(|_| None).collect();
    Simulation::new(scenario, seed, policies, Box::new(Silent)).expect("the scenario starts")
}

/// A run in which the first robot, the only one, has this policy.
pub(crate) fn run_with(
    scenario: &Scenario,
    seed: u64,
    policy: impl Policy + 'static,
) -> Simulation {
    Simulation::new(scenario, seed, vec![Some(Box::new(policy))], Box::new(Silent))
        .expect("the scenario starts")
}

/// The records of the next steps.
pub(crate) fn records(simulation: &mut Simulation, steps: usize) -> Vec<TickRecord> {
    (0..steps).map(|_| simulation.step().expect("the run goes on").clone()).collect()
}

/// All readings of sensor `sensor` of the first robot in these records.
pub(crate) fn readings(records: &[TickRecord], sensor: usize) -> Vec<Reading> {
    let all = records.iter().flat_map(|record| &record.readings);
    all.filter(|reading| reading.robot.0 == 0 && reading.sensor == sensor).cloned().collect()
}

/// Signals of a scenario without any.
pub(crate) struct Silent;

impl SignalProbe for Silent {
    fn measure(&mut self, _: &SimWorld, _: &SceneLayout, _: &TickRecord, _: &mut Vec<f64>) {}

    fn event_due(&mut self, _: usize) -> bool {
        false
    }

    fn snapshot(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }

    fn restore(&mut self, _: &[u8]) -> Result<(), String> {
        Ok(())
    }
}

/// A policy that answers at once with what a function of the observation says.
pub(crate) fn answering<F>(command_len: usize, answer: F) -> Immediate<Answering<F>>
where
    F: FnMut(&Observation<'_>) -> Vec<Vec<f32>> + Send,
{
    Immediate::new(Answering { contract: contract(command_len), answer })
}

/// A policy that always gives the same command.
pub(crate) fn always(command: &[f32]) -> impl Policy + use<> {
    let command = command.to_vec();
    answering(command.len(), move |_| vec![command.clone()])
}

/// See [`answering`].
pub(crate) struct Answering<F> {
    contract: PolicyContract,
    answer: F,
}

impl<F: FnMut(&Observation<'_>) -> Vec<Vec<f32>> + Send> Controller for Answering<F> {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _: u64) {}

    fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        Ok(CommandChunk { commands: (self.answer)(observation) })
    }
}

/// The contract of a policy that needs no observations.
pub(crate) fn contract(command_len: usize) -> PolicyContract {
    PolicyContract {
        name: "test".to_owned(),
        needs: Vec::new(),
        command_len,
        max_chunk: 8,
        determinism: Determinism::BitExact,
    }
}

/// Asserts that two numbers differ by at most `tolerance`.
#[track_caller]
pub(crate) fn assert_near(found: f32, expected: f64, tolerance: f64) {
    assert!(
        (f64::from(found) - expected).abs() <= tolerance,
        "{found} is not within {tolerance} of {expected}"
    );
}
