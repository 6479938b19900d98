//! Recordings: replayed to their end, and branched at any tick.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use randori_core::diagnostic::Diagnostics;
use randori_core::policy::PolicyError;
use randori_core::policy_source::PolicySource;
use randori_core::text::Loaded;
use randori_project::findings::untrusted_programs;
use randori_project::networks::Networks;
use randori_project::project::Project;
use randori_project::record::{engine, load};
use randori_record::reader::Recording;
use randori_sim::batch::PreparedRun;

use super::{Content, OpenFile, Ready, Terms, starter};
use crate::driver::StartPolicy;
use crate::run::Problem;

/// Reads a recording.
pub(super) fn read(file: &Path, terms: &Terms) -> Result<Ready, Problem> {
    let shown = file.display();
    let unreadable = |reason: &dyn std::fmt::Display, help: &str| Problem {
        message: format!("`{shown}` cannot be opened: {reason}"),
        help: Some(help.to_owned()),
        ..Problem::default()
    };
    let recording = Recording::open_file(file)
        .map_err(|error| unreadable(&error, "name a recording that `randori run --record` made"))?;
    let start = recording.start().clone();
    if !engine().agrees_with(&start.header.engine) {
        let reason = format!("randori {} has written it", start.header.engine.randori);
        return Err(unreadable(&reason, "open it with that version, or record it again"));
    }
    let loaded = load(&start, &terms.limits)
        .map_err(|error| unreadable(&error, "its scenario cannot be used"))?;
    let mut project = terms.places.current_project().map_err(|error| Problem {
        message: error.to_string(),
        help: error.help(),
        ..Problem::default()
    })?;
    project.policy_env.clone_from(&terms.policy_env);
    let (ticks, damage) = read_ticks(&recording);
    let run = PreparedRun {
        scenario: loaded.scenario.clone(),
        seed: start.header.seed,
        varied: start.header.varied.clone(),
    };
    let start_policy = policies_of(loaded, &project, terms.trust_programs);
    let content = Content::Recording { start: Box::new(start) };
    let file = OpenFile { named: file.to_owned(), project, content };
    Ok(Ready { file, run, ticks: Some(ticks), start: start_policy, note: damage })
}

/// All readable ticks, and the error if the recording ends early.
fn read_ticks(recording: &Recording) -> (Vec<randori_core::record::TickRecord>, Option<String>) {
    let mut ticks = Vec::new();
    for tick in recording.ticks() {
        match tick {
            Ok(tick) => ticks.push(tick.record),
            Err(error) => return (ticks, Some(format!("the recording ends here: {error}"))),
        }
    }
    let cut = !recording.is_complete();
    (ticks, cut.then(|| "the recording was cut off: its end is missing".to_owned()))
}

/// Starts policies for a branch. Files of the recorded scenario are looked up in
/// the project; without them, only the branch is rejected.
fn policies_of(loaded: Loaded, project: &Project, trusted: bool) -> StartPolicy {
    let nobody = BTreeSet::new();
    let mut networks = Networks::default();
    let mut list = networks.load(project, &loaded.scenario, &loaded.sources, &nobody);
    if !trusted {
        list.extend(untrusted_programs(&loaded.scenario, &loaded.sources, &nobody));
    }
    let found: Diagnostics = loaded.diagnostics(list);
    let sources = |scenario: &randori_core::spec::Scenario| -> Vec<Option<PolicySource>> {
        let robots = scenario.spec.robots.iter();
        robots.map(|robot| robot.policy.as_ref().map(|policy| policy.source.clone())).collect()
    };
    let recorded = sources(&loaded.scenario);
    let refusal = (found.errors() > 0).then(|| found.short());
    let mut start = starter(Arc::new(networks), project);
    Box::new(move |scenario, robot, interface| {
        let now = scenario.spec.robots[robot].policy.as_ref().map(|policy| &policy.source);
        match (&refusal, now) {
            (Some(refusal), Some(now))
                if now.needs_files() && recorded[robot].as_ref() == Some(now) =>
            {
                Err(PolicyError {
                    message: "the recorded policy cannot continue from here".to_owned(),
                    details: refusal.lines().map(str::to_owned).collect(),
                    help: Some(
                        "pick another policy, or open the recording in its project".to_owned(),
                    ),
                })
            }
            _ => start(scenario, robot, interface),
        }
    })
}
