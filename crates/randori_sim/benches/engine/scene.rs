//! Shipped scenarios with their own policies, and scenes from text.

use std::fs;
use std::path::{Path, PathBuf};

use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::spec::{PolicySpec, Scenario};
use randori_core::text::{FileReader, Limits, MemoryFiles, Override, ReadError, ScenarioText};
use randori_policy::{Context, start};
use randori_sim::episode::{Episode, interfaces};

/// Files of this repository.
pub(crate) struct Repository(PathBuf);

impl Repository {
    pub(crate) fn new() -> Self {
        Self(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
    }
}

impl FileReader for Repository {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        fs::read_to_string(self.0.join(path)).map_err(|error| ReadError::Other(error.to_string()))
    }
}

/// The texts of a shipped scenario, such as `pup/stand`.
pub(crate) fn shipped_text(name: &str) -> ScenarioText {
    let path = format!("scenarios/{name}.ron");
    ScenarioText::load(&Repository::new(), &path, &Limits::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A shipped scenario with these overrides, `PATH=VALUE`.
pub(crate) fn shipped(name: &str, overrides: &[&str]) -> Scenario {
    let overrides: Vec<Override> = overrides
        .iter()
        .map(|assignment| Override::parse(assignment, "bench").expect("PATH=VALUE"))
        .collect();
    let loaded = shipped_text(name).resolve(&overrides);
    loaded.unwrap_or_else(|error| panic!("{error}")).scenario
}

/// A scenario of 1000 s with an environment and no robots.
pub(crate) fn room(environment: &str) -> Scenario {
    let files = MemoryFiles::new([
        ("room.ron", format!("Environment(format: 1, name: \"room\", {environment})").as_str()),
        (
            "bench.ron",
            "Scenario(format: 1, title: \"bench\", duration: 1000.0, environment: \"room.ron\")",
        ),
    ]);
    let text = ScenarioText::load(&files, "bench.ron", &Limits::default());
    let loaded = text.and_then(|text| text.resolve(&[]));
    loaded.unwrap_or_else(|error| panic!("{error}")).scenario
}

/// The policy of a robot of a shipped scenario.
pub(crate) fn policy(
    spec: Option<&PolicySpec>,
    interface: &RobotInterface,
) -> Result<Option<Box<dyn Policy>>, PolicyError> {
    let source = spec.map(|policy| &policy.source).filter(|source| !source.needs_files());
    source.map(|source| start(source, &Context::new(interface))).transpose()
}

/// The policies of a scenario, in robot order.
pub(crate) fn policies(scenario: &Scenario) -> Vec<Option<Box<dyn Policy>>> {
    interfaces(scenario)
        .iter()
        .zip(&scenario.spec.robots)
        .map(|(interface, robot)| policy(robot.policy.as_ref(), interface))
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A run of a scenario with its own policies.
pub(crate) fn episode(scenario: &Scenario) -> Episode {
    Episode::new(scenario, 1, policies(scenario)).unwrap_or_else(|error| panic!("{error}"))
}
