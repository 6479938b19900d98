//! A trusted scenario as texts of its own, as stored in a recording.
//!
//! The texts are complete: overrides and sampled values are in their places, imports are
//! resolved, defaults are filled in. The only external files that they name are networks, and
//! they parse to an equal scenario.

use ron::ser::{PrettyConfig, to_string_pretty};
use serde::Serialize;

use crate::spec::Scenario;

/// Name of the scenario among the texts of [`bundle`].
pub const BUNDLE_SCENARIO: &str = "scenario.ron";

/// The texts of a scenario, each with its path. Reading them with
/// [`ScenarioText::load`](super::ScenarioText::load), from [`BUNDLE_SCENARIO`] on, and
/// [`resolve`](super::ScenarioText::resolve) returns an equal scenario. Equal scenarios have
/// equal texts.
///
/// # Errors
/// When a value has no textual form.
pub fn bundle(scenario: &Scenario) -> Result<Vec<(String, String)>, ron::Error> {
    let mut spec = scenario.spec.clone();
    let mut texts = Vec::new();
    "environment.ron".clone_into(&mut spec.environment);
    texts.push((spec.environment.clone(), text(&scenario.environment)?));
    for (index, robot) in scenario.robots.iter().enumerate() {
        let entry = &mut spec.robots[index];
        entry.model = format!("{}.robot.ron", entry.name);
        let mut robot = robot.clone();
        robot.import = None;
        texts.push((entry.model.clone(), text(&robot)?));
        let path = entry.policy.as_mut().and_then(|policy| policy.source.contract_mut());
        if let (Some(contract), Some(path)) = (&scenario.contracts[index], path) {
            // Next to the other texts, so that its network stays a path from the root.
            *path = format!("{}.contract.ron", entry.name);
            texts.push((path.clone(), text(contract)?));
        }
    }
    texts.insert(0, (BUNDLE_SCENARIO.to_owned(), text(&spec)?));
    Ok(texts)
}

fn text(value: &impl Serialize) -> Result<String, ron::Error> {
    let config = PrettyConfig::new().struct_names(true).indentor("  ").new_line("\n");
    Ok(to_string_pretty(value, config)? + "\n")
}
