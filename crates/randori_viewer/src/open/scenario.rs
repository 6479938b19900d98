//! Scenario files.

use std::path::Path;
use std::sync::Arc;

use bevy::prelude::World;
use randori_core::diagnostic::DiagnosticCode;
use randori_core::text::Override;
use randori_project::choice::PolicyChoice;
use randori_project::context::{self, RunContext};
use randori_project::project::{SelectedFile, select_scenarios};

use super::{Content, OpenFile, Ready, Refusal, Terms, findings, starter};
use crate::run::{Past, Problem, Run};

/// Reads a scenario.
pub(super) fn read(file: &Path, terms: &Terms) -> Result<Ready, Refusal> {
    let selected = select(file, terms)?;
    let mut context = RunContext {
        overrides: terms.replaced().cloned().collect(),
        choices: choices(&terms.policies)?,
        arguments: arguments(terms),
        ..RunContext::default()
    };
    let project = selected.project.clone();
    let loaded = context.load(selected, terms.trust_programs);
    let (entry, _) = loaded.map_err(|refusal| {
        let missing = context.missing.iter().flat_map(|path| project.candidates(path));
        let mut refusal = refused(refusal, file);
        refusal.sources.extend(missing);
        refusal
    })?;
    let run = context.prepare(&entry, terms.seed).map_err(Problem::from)?;
    let networks = Arc::new(std::mem::take(&mut context.networks));
    let start = starter(networks, &project);
    let content = Content::Scenario { context: Box::new(context), entry: Box::new(entry) };
    let file = OpenFile { named: file.to_owned(), project, content };
    Ok(Ready { file, run, ticks: None, start, note: None })
}

/// Continues from the shown tick with another value in the scenario.
pub(super) fn change(world: &mut World, change: Override) -> Result<Option<Past>, Problem> {
    let terms = world.resource::<Terms>().clone();
    let Some(open) = world.get_resource::<OpenFile>() else { return Ok(None) };
    let Content::Scenario { context, entry } = &open.content else {
        return Err(Problem {
            message: "values of a recording cannot be changed".to_owned(),
            help: Some(format!("open `{}` and change them there", open.shown())),
            ..Problem::default()
        });
    };
    let named = open.named.clone();
    let mut changed = RunContext {
        overrides: context.overrides.clone(),
        choices: context.choices.clone(),
        arguments: arguments(&terms),
        ..RunContext::default()
    };
    changed.overrides.retain(|other| other.path != change.path);
    changed.overrides.push(change.clone());
    let (entry, _) = changed
        .load(entry.file.clone(), terms.trust_programs)
        .map_err(|refusal| refused(refusal, &named).problem)?;
    let run = changed.prepare(&entry, terms.seed)?;
    let past = world.resource_mut::<Run>().change(run);
    if past.is_some() {
        let mut terms = world.resource_mut::<Terms>();
        terms.changes.retain(|other| other.path != change.path);
        terms.changes.push(change);
        changed.arguments = arguments(&terms);
        let content = Content::Scenario { context: Box::new(changed), entry: Box::new(entry) };
        world.resource_mut::<OpenFile>().content = content;
    }
    Ok(past)
}

fn select(file: &Path, terms: &Terms) -> Result<SelectedFile, Problem> {
    let selected = select_scenarios(&[file.to_owned()], &terms.places);
    let mut files = selected.map_err(|error| Problem {
        message: error.to_string(),
        details: Vec::new(),
        help: error.help(),
    })?;
    if files.len() > 1 {
        return Err(Problem {
            message: format!("`{}` holds {} scenarios", file.display(), files.len()),
            details: files.iter().map(|file| file.shown.clone()).collect(),
            help: Some("name one of them".to_owned()),
        });
    }
    let Some(mut selected) = files.pop() else {
        let message = format!("there are no scenario files in `{}`", file.display());
        return Err(Problem { message, ..Problem::default() });
    };
    selected.project.limits = terms.limits.clone();
    selected.project.policy_env.clone_from(&terms.policy_env);
    Ok(selected)
}

fn choices(texts: &[String]) -> Result<Vec<PolicyChoice>, Problem> {
    texts.iter().map(|text| PolicyChoice::parse(text)).collect()
}

fn refused(refusal: context::Refusal, file: &Path) -> Refusal {
    match refusal {
        context::Refusal::Choice(error) => error.into(),
        context::Refusal::Findings(found) => {
            let untrusted = DiagnosticCode::UNTRUSTED_PROGRAM;
            Refusal {
                problem: findings(&found, &file.display().to_string()),
                sources: found.sources.files().map(|(_, path, _)| path.into()).collect(),
                untrusted: found.list.iter().any(|finding| finding.code == untrusted),
            }
        }
    }
}

/// The arguments that reproduce a run, besides its file and seed.
fn arguments(terms: &Terms) -> Vec<String> {
    let mut words = terms.places.words();
    for change in terms.replaced() {
        words.extend(["--set".to_owned(), format!("{}={}", change.path, change.value)]);
    }
    for policy in &terms.policies {
        words.extend(["--policy".to_owned(), policy.clone()]);
    }
    for variable in &terms.policy_env {
        words.extend(["--policy-env".to_owned(), variable.word()]);
    }
    if terms.trust_programs {
        words.push("--trust-programs".to_owned());
    }
    words
}
