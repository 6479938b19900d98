//! Scenarios that come with Randori, for examples and tests.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::spec::Scenario;
use randori_core::text::{Limits, MemoryFiles, ScenarioText};
use randori_policy::{Context, start};
use randori_sim::batch::PreparedRun;

/// The folder that holds `scenarios` and `assets`.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads a scenario, such as `scenarios/pup/stand.ron`, with all that it names,
/// to be run with seed 0.
pub(crate) fn load(path: &str) -> Result<PreparedRun, Box<dyn Error>> {
    let mut texts = Vec::new();
    for folder in ["assets", "scenarios"] {
        collect(&root(), Path::new(folder), &mut texts)?;
    }
    let text = ScenarioText::load(&MemoryFiles::new(texts), path, &Limits::default());
    let loaded = text.and_then(|text| text.resolve(&[])).map_err(|found| found.short())?;
    Ok(PreparedRun { scenario: loaded.scenario, seed: 0, varied: Vec::new() })
}

/// All RON files below a folder, with their paths from the root.
pub(crate) fn collect(
    root: &Path,
    folder: &Path,
    texts: &mut Vec<(String, String)>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(root, &path, texts)?;
        } else if path.extension().is_some_and(|extension| extension == "ron") {
            let name = path.to_string_lossy().replace('\\', "/");
            texts.push((name, fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

/// Starts the built-in policy that a scenario names for a robot.
pub(crate) fn start_policy(
    scenario: &Scenario,
    robot: usize,
    interface: &RobotInterface,
) -> Result<Option<Box<dyn Policy>>, PolicyError> {
    let policy = scenario.spec.robots[robot].policy.as_ref();
    policy.map(|policy| start(&policy.source, &Context::new(interface))).transpose()
}
