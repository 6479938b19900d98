//! A scenario written out in full.

use std::fs;
use std::path::{Path, PathBuf};

use randori_core::text::{
    BUNDLE_SCENARIO, FileReader, Limits, MemoryFiles, Override, ReadError, ScenarioText, bundle,
};

/// The files of this repository.
struct Repository(PathBuf);

impl FileReader for Repository {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        fs::read_to_string(self.0.join(path)).map_err(|_| ReadError::NotFound)
    }
}

fn repository() -> Repository {
    Repository(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
}

fn shipped() -> Vec<String> {
    let root = repository().0;
    let mut found = Vec::new();
    for folder in ["cartpole", "courier", "pup"] {
        let entries = fs::read_dir(root.join("scenarios").join(folder)).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let files = names.map(|name| name.to_string_lossy().into_owned());
        found.extend(
            files
                .filter(|name| Path::new(name).extension().is_some_and(|it| it == "ron"))
                .filter(|name| !name.ends_with(".golden.ron"))
                .map(|name| format!("scenarios/{folder}/{name}")),
        );
    }
    found
}

#[test]
fn a_bundle_gives_the_very_same_scenario_and_the_very_same_bundle() {
    let limits = Limits::default();
    let lighter = Override::parse("duration=3.5", "--set").expect("an override");
    for path in shipped() {
        let text = ScenarioText::load(&repository(), &path, &limits).expect("a shipped scenario");
        let drawn = text.resolve_seed(std::slice::from_ref(&lighter), 7).expect("a scenario");

        let texts = bundle(&drawn.scenario).expect("texts");
        let files = MemoryFiles::new(texts.clone());
        let again = ScenarioText::load(&files, BUNDLE_SCENARIO, &limits)
            .and_then(|text| text.resolve(&[]))
            .unwrap_or_else(|problems| panic!("{path}: {}", problems.short()));

        assert_eq!(again.scenario.spec.duration, 3.5);
        assert_eq!(again.scenario.environment, drawn.scenario.environment, "{path}");
        assert_eq!(again.scenario.robots, drawn.scenario.robots, "{path}");
        assert_eq!(bundle(&again.scenario).expect("texts"), texts, "{path}");
    }
}
