//! Scenes in the format of user files.

use randori_core::policy::{
    CommandChunk, Controller, Determinism, Immediate, Observation, Policy, PolicyContract,
    PolicyError,
};
use randori_core::spec::Scenario;
use randori_core::text::{Limits, MemoryFiles, ScenarioText};
use randori_sim::episode::Episode;

/// A block that glides along +X at 1 m/s, without gravity or ground.
pub(crate) const GLIDING: &str = r#"
    objects: [(name: "block",
        mobility: Movable(mass_kg: 1.0, linear_velocity: (1.0, 0.0, 0.0)),
        shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))])],
    zones: [(name: "gate", pose: (xyz: (1.0, 0.0, 0.0)), shape: Box(size: (0.5, 2.0, 2.0)))],
"#;

/// No gravity.
pub(crate) const WEIGHTLESS: &str = "physics: (gravity: (0.0, 0.0, 0.0)),";

/// A carriage of 2 kg on a vertical rail, with a velocity drive and an encoder.
pub(crate) const LIFT: &str = r#"Robot(
    format: 1,
    name: "lift",
    base: Fixed(link: "rail"),
    links: [
        (name: "rail", mass_kg: 1.0, inertia: Moments(ixx: 0.01, iyy: 0.01, izz: 0.01)),
        (name: "carriage", mass_kg: 2.0, inertia: Moments(ixx: 0.01, iyy: 0.01, izz: 0.01)),
    ],
    joints: [(name: "slide", kind: Prismatic(limits: (lower: 0.0, upper: 5.0)),
        parent: "rail", child: "carriage", axis: Z)],
    actuators: [(name: "motor", joint: "slide", drive: Velocity(gain: 20000.0))],
    sensors: [(name: "encoder", kind: JointState(), rate_hz: 500.0)],
)"#;

/// The texts of a scenario with these fields in its environment and scenario
/// file; `robots/lift.ron` exists.
pub(crate) fn text(environment: &str, scenario: &str) -> ScenarioText {
    let files = MemoryFiles::new([
        ("room.ron".to_owned(), format!("Environment(format: 1, name: \"room\", {environment})")),
        ("lift.ron".to_owned(), LIFT.to_owned()),
        (
            "test.ron".to_owned(),
            format!("Scenario(format: 1, title: \"test\", environment: \"room.ron\", {scenario})"),
        ),
    ]);
    ScenarioText::load(&files, "test.ron", &Limits::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// The checked scenario of [`text`].
pub(crate) fn scenario(environment: &str, scenario: &str) -> Scenario {
    text(environment, scenario).resolve(&[]).unwrap_or_else(|e| panic!("{e}")).scenario
}

/// A run of a scenario without policies.
pub(crate) fn episode(scenario: &Scenario) -> Episode {
    let policies = scenario.robots.iter().map(|_| None).collect();
    Episode::new(scenario, 1, policies).unwrap_or_else(|e| panic!("{e}"))
}

/// A policy that always commands the same.
pub(crate) fn constant(command: &[f32]) -> Box<dyn Policy> {
    Box::new(Immediate::new(Constant {
        contract: PolicyContract {
            name: "constant".to_owned(),
            needs: Vec::new(),
            command_len: command.len(),
            max_chunk: 1,
            determinism: Determinism::BitExact,
        },
        command: command.to_vec(),
    }))
}

struct Constant {
    contract: PolicyContract,
    command: Vec<f32>,
}

impl Controller for Constant {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _seed: u64) {}

    fn act(&mut self, _observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        Ok(CommandChunk::single(self.command.clone()))
    }
}

/// Values of all metrics of a run without policies, by their text.
pub(crate) fn metrics(environment: &str, scenario_fields: &str, metrics: &[&str]) -> Vec<f64> {
    let list: Vec<String> = metrics.iter().map(|metric| format!("{metric:?}")).collect();
    let fields = format!("{scenario_fields} metrics: [{}],", list.join(", "));
    let report = episode(&scenario(environment, &fields)).run_to_end();
    assert_eq!(report.error, None);
    report.metrics.iter().map(|metric| metric.value).collect()
}

/// Asserts that two numbers differ by at most `tolerance`.
#[track_caller]
pub(crate) fn assert_near(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{actual}, not {expected} +- {tolerance}");
}
