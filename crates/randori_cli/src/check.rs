//! `randori check`: reports all diagnostics about files, without running them.

use std::collections::BTreeSet;
use std::io;

use randori_core::diagnostic::Diagnostics;
use randori_core::text::{Override, ScenarioText, load_contract, load_environment, load_robot};
use randori_project::findings::{Unseen, findings, lacks_assets, refused};
use randori_project::networks::Networks;
use randori_project::project::{Places, SelectedFile, select_all};
use randori_project::world_findings::overlaps;

use crate::args::CheckArgs;
use crate::console::{Console, stdout_has_colours};
use crate::exit::Outcome;
use crate::style::count;
use crate::tell;
use crate::text::{Text, text};

/// Checks files of all kinds. The diagnostics are the result, so they go to
/// standard output.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn check(args: &CheckArgs, places: &Places, console: &Console) -> io::Result<Outcome> {
    let mut files = match select_all(&args.files, places) {
        Ok(files) => files,
        Err(error) => return Ok(tell::unselected(console, &error)),
    };
    for file in &mut files {
        file.project.limits = args.limits.limits();
    }
    let overrides = args.overrides();
    let (mut errors, mut warnings, mut skipped) = (0, 0, 0);
    let mut unseen = Unseen::default();
    for file in &files {
        let mut found = check_one(file, &overrides);
        if file.in_folder && lacks_assets(&found) {
            skipped += 1;
            continue;
        }
        found = unseen.filter(found);
        errors += found.errors();
        warnings += found.warnings();
        console.data(&render(&found, args)?)?;
    }
    if !args.json {
        if skipped > 0 {
            tell::skipped(console, &count(skipped, "file"));
        }
        let text = summary(files.len() - skipped, errors, warnings);
        console.note(&text);
    }
    if skipped == files.len() {
        return Ok(Outcome::NothingSelected);
    }
    let is_valid = errors == 0 && !(args.deny_warnings && warnings > 0);
    Ok(if is_valid { Outcome::Pass } else { Outcome::InvalidScenario })
}

fn check_one(file: &SelectedFile, overrides: &[Override]) -> Diagnostics {
    let (reader, path, limits) = (&file.project, file.path.as_str(), &file.project.limits);
    match file.kind().as_deref() {
        Some("Robot") => match load_robot(reader, path, limits) {
            Ok((_, warnings)) => warnings,
            Err(errors) => errors,
        },
        Some("Environment") => match load_environment(reader, path, limits) {
            Ok((_, warnings)) => warnings,
            Err(errors) => errors,
        },
        Some("PolicyContract") => match load_contract(reader, path, None, limits) {
            Ok(read) => Diagnostics { list: read.warnings, sources: read.sources.map },
            Err(errors) => errors,
        },
        _ => match ScenarioText::load(reader, path, limits) {
            Ok(text) => check_scenario(file, &text, overrides),
            Err(errors) => errors,
        },
    }
}

fn check_scenario(file: &SelectedFile, text: &ScenarioText, overrides: &[Override]) -> Diagnostics {
    match text.resolve(overrides) {
        Ok(mut loaded) => {
            let mut list = std::mem::take(&mut loaded.warnings);
            let (scenario, sources) = (&loaded.scenario, &loaded.sources);
            list.extend(findings(scenario, sources, &BTreeSet::new(), text.limits()));
            list.extend(overlaps(scenario, sources).unwrap_or_else(|error| vec![*error]));
            let (scenario, sources, nobody) = (&loaded.scenario, &loaded.sources, &BTreeSet::new());
            list.extend(Networks::default().load(&file.project, scenario, sources, nobody));
            loaded.diagnostics(list)
        }
        Err(errors) => refused(text, overrides, errors),
    }
}

fn render(found: &Diagnostics, args: &CheckArgs) -> io::Result<Text> {
    if found.is_empty() {
        return Ok(Text::new());
    }
    if args.json {
        let objects: Vec<serde_json::Value> = serde_json::from_str(&found.json())?;
        return Ok(objects.iter().map(Text::json).collect());
    }
    Ok(if args.short {
        Text::lines(&found.short())
    } else {
        text!("{}\n", Text::findings(found, stdout_has_colours()))
    })
}

fn summary(files: usize, errors: usize, warnings: usize) -> Text {
    let found = match (errors, warnings) {
        (0, 0) => "no problems found".to_owned(),
        (0, warnings) => count(warnings, "warning"),
        (errors, 0) => count(errors, "error"),
        (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    text!("checked {}: {}\n", count(files, "file"), found)
}
