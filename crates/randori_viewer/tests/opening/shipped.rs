//! Every shipped scenario is the same run in the app and without it.

use std::path::PathBuf;

use randori_project::context::RunContext;
use randori_project::project::{SelectedFile, select_scenarios};
use randori_project::start_policy::start_policies;
use randori_sim::episode::Episode;
use randori_viewer::open::Terms;

use crate::{of_repository, opened, play_to_the_end, repository};

#[test]
fn every_shipped_scenario_gives_the_same_hash_as_without_the_app() {
    let compared = compare_all(&of_repository(), |path| !path.contains("/imported/"));

    assert!(compared >= 7, "only {compared} scenarios were compared");
}

#[test]
fn imported_robots_with_their_networks_give_the_same_hash_as_without_the_app() {
    let Some(assets) = foreign_assets() else { return };
    let mut terms = of_repository();
    terms.places.assets.push(assets);

    let compared = compare_all(&terms, |path| path.contains("/imported/"));

    assert!(compared >= 5, "only {compared} scenarios were compared");
}

/// The folder with robots and networks of others, which are not part of the
/// repository.
#[expect(clippy::print_stderr, reason = "whoever reads the log has to know")]
pub(crate) fn foreign_assets() -> Option<PathBuf> {
    let folder = std::env::var_os("RANDORI_ASSETS").map(PathBuf::from);
    let found = folder.filter(|it| it.join("go1_playground/go1_policy.onnx").is_file());
    if found.is_none() {
        eprintln!("skipped: `RANDORI_ASSETS` names no folder with robots and networks");
    }
    found
}

/// Compares these of the shipped scenarios; gives how many there are.
fn compare_all(terms: &Terms, choose: impl Fn(&str) -> bool) -> usize {
    let folder = repository().join("scenarios");
    let files = select_scenarios(&[folder], &terms.places).expect("shipped scenarios");
    let files: Vec<_> = files.into_iter().filter(|file| choose(&file.path)).collect();
    for file in &files {
        let path = repository().join(&file.path);

        let hash = play_to_the_end(&mut opened(&path, terms.clone()));

        assert_eq!(hash, without_the_app(file), "{}", path.display());
    }
    files.len()
}

fn without_the_app(file: &SelectedFile) -> u64 {
    let mut context = RunContext::default();
    let loaded = context.load(file.clone(), false);
    let (entry, _) = loaded.expect("shipped scenarios are valid");
    let run = context.prepare(&entry, 0).expect("it makes sense for seed 0");
    let project = &entry.file.project;
    let policies = start_policies(&run.scenario, &context.networks, project).expect("they start");
    let mut episode = Episode::new(&run.scenario, run.seed, policies).expect("it begins");
    while !episode.is_over() {
        episode.advance();
    }
    episode.record().hash
}
