//! Scenario, robot and environment files.

use randori_core::text::{
    BUNDLE_SCENARIO, Limits, Loaded, MemoryFiles, Override, ScenarioText, bundle,
};
use randori_sim::episode::Episode;

use crate::files::{InputFiles, limits, render};

/// Name of the scenario among the files of an input.
const SCENARIO: &str = "s.ron";
/// Name of the file whose lines are overrides, as after `--set`.
const OVERRIDES: &str = "--set";
/// Maximum length of a run, in physics ticks.
const MAX_TICKS: usize = 5;

/// A scenario is refused with diagnostics, or is unchanged after it is written
/// and read.
pub(crate) fn load(bytes: &[u8]) {
    let Some(loaded) = resolve(bytes) else { return };
    let texts = bundle(&loaded.scenario).expect("a checked scenario has a text");
    let files = MemoryFiles::new(texts.clone());
    let again = ScenarioText::load(&files, BUNDLE_SCENARIO, &Limits::default())
        .and_then(|text| text.resolve(&[]))
        .unwrap_or_else(|findings| panic!("cannot be read again:\n{}", findings.short()));
    let texts_again = bundle(&again.scenario).expect("a checked scenario has a text");
    assert_eq!(texts_again, texts, "reading it again gives another scenario");
}

/// A valid scenario runs, or ends with an error that gives the reason.
pub(crate) fn run(bytes: &[u8]) {
    let Some(loaded) = resolve(bytes) else { return };
    let policies = loaded.scenario.robots.iter().map(|_| None).collect();
    let Ok(mut episode) = Episode::new(&loaded.scenario, 0, policies) else { return };
    for _ in 0..MAX_TICKS {
        if episode.advance().over {
            break;
        }
    }
    let _ = episode.report();
}

fn resolve(bytes: &[u8]) -> Option<Loaded> {
    let files = InputFiles::parse(bytes, SCENARIO);
    let overrides: Vec<Override> =
        files.text(OVERRIDES).lines().filter_map(|line| Override::parse(line, OVERRIDES)).collect();
    let text = ScenarioText::load(&files, SCENARIO, &limits());
    match text.and_then(|text| text.resolve_seed(&overrides, 0)) {
        Ok(loaded) => {
            render(&loaded.diagnostics(loaded.warnings.clone()));
            Some(loaded)
        }
        Err(findings) => {
            assert!(findings.errors() > 0, "refused without a reason");
            render(&findings);
            None
        }
    }
}
