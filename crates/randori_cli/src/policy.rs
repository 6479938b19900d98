//! `randori policy`: describes a network, and checks it against its contract and
//! robot.

use std::io;
use std::path::Path;

use randori_core::diagnostic::{Diagnostics, Label, SourceMap};
use randori_core::text::{ContractText, Part, load_contract};
use randori_policy::network::{self, Description, describe, draft};
use randori_project::findings::{Unseen, lacks_assets};
use randori_project::networks;
use randori_project::project::{Places, Project, SelectedFile, select_all};
use serde::Serialize;

use crate::args::{InspectArgs, PolicyCheckArgs, PolicyCommand};
use crate::console::{Console, stderr_has_colours, stdout_has_colours};
use crate::exit::Outcome;
use crate::output::Output;
use crate::style::{HEADING, count, paint};
use crate::tell;
use crate::text::{Text, text};

/// Runs a subcommand.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn policy(
    command: &PolicyCommand,
    places: &Places,
    console: &Console,
) -> io::Result<Outcome> {
    match command {
        PolicyCommand::Inspect(args) => inspect(args, console),
        PolicyCommand::Check(args) => check(args, places, console),
    }
}

fn inspect(args: &InspectArgs, console: &Console) -> io::Result<Outcome> {
    if !args.file.is_file() {
        console.error(&format!("the file `{}` does not exist", args.file.display()));
        return Ok(Outcome::Usage);
    }
    let folder = args.file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut project = Project::at(folder.unwrap_or(Path::new(".")))?;
    project.limits = args.limits.limits();
    let name = args.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let model = match networks::read(&project, &name, None, project.limits.memory_bytes) {
        Ok(model) => model,
        Err(error) => {
            let diagnostics = Diagnostics { list: vec![*error], sources: SourceMap::default() };
            console.note(&text!("{}\n", Text::findings(&diagnostics, stderr_has_colours())));
            return Ok(Outcome::InvalidScenario);
        }
    };
    let description = describe(&model);
    if args.json {
        console.data(&Text::json(&Described::new(&description)))?;
        return Ok(Outcome::Pass);
    }
    console.data(&shown(&description))?;
    let text = draft(&description, &name);
    let Some(output) = &args.output else {
        let heading = paint(HEADING, "first draft of a contract");
        console.data(&text!("\n{}\n{}", heading, Text::lines(&text)))?;
        return Ok(Outcome::Pass);
    };
    let output = Output::named(output);
    if let Output::File(file) = &output
        && file.symlink_metadata().is_ok()
    {
        console.error(&format!("`{}` exists already", file.display()));
        return Ok(Outcome::Usage);
    }
    match output.write(b"", "a contract", &text) {
        Ok(()) => output.tell(console),
        Err(error) => {
            error.tell(console);
            return Ok(Outcome::Usage);
        }
    }
    Ok(Outcome::Pass)
}

/// A description as JSON.
#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    producer: &'a str,
    ir_version: i64,
    opsets: &'a [(String, i64)],
    inputs: Vec<(&'a str, String)>,
    outputs: Vec<(&'a str, String)>,
    operators: &'a [(String, usize)],
    parameters: usize,
    metadata: &'a [(String, String)],
}

impl<'a> Described<'a> {
    fn new(of: &'a Description) -> Self {
        let tensors = |list: &'a [network::TensorInfo]| {
            list.iter().map(|tensor| (tensor.name.as_str(), tensor.shown())).collect()
        };
        Self {
            name: &of.name,
            producer: &of.producer,
            ir_version: of.ir_version,
            opsets: &of.opsets,
            inputs: tensors(&of.inputs),
            outputs: tensors(&of.outputs),
            operators: &of.operators,
            parameters: of.parameters,
            metadata: &of.metadata,
        }
    }
}

fn shown(of: &Description) -> Text {
    let mut shown = Text::new();
    let opsets: Vec<String> = of
        .opsets
        .iter()
        .map(|(domain, version)| format!("{domain}{version}").trim_start().to_owned())
        .collect();
    let operators: Vec<String> =
        of.operators.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let rows = [
        ("network", of.name.clone()),
        ("made by", of.producer.clone()),
        ("operator sets", opsets.join(", ")),
        ("parameters", of.parameters.to_string()),
        ("operators", operators.join(", ")),
    ];
    for (name, value) in rows.into_iter().filter(|(_, value)| !value.is_empty()) {
        shown += text!("{:<14} {}\n", name, value);
    }
    for (kind, list) in [("input", &of.inputs), ("output", &of.outputs)] {
        for tensor in list {
            shown += text!("{:<14} {}: {}\n", kind, tensor.name, tensor.shown());
        }
    }
    for (key, value) in &of.metadata {
        shown += text!("{:<14} {}\n", key, value);
    }
    shown
}

fn check(args: &PolicyCheckArgs, places: &Places, console: &Console) -> io::Result<Outcome> {
    let mut files = match select_all(&args.files, places) {
        Ok(files) => files,
        Err(error) => return Ok(tell::unselected(console, &error)),
    };
    for file in &mut files {
        file.project.limits = args.limits.limits();
    }
    let (mut checked, mut skipped, mut errors, mut warnings) = (0, 0, 0, 0);
    let mut unseen = Unseen::default();
    for file in &files {
        if file.in_folder && file.kind().as_deref() != Some("PolicyContract") {
            continue;
        }
        let found = match check_contract(file, args.robot.as_deref()) {
            Ok(found) => found,
            Err(message) => {
                console.error(&message);
                return Ok(Outcome::Usage);
            }
        };
        if file.in_folder && lacks_assets(&found) {
            skipped += 1;
            continue;
        }
        let found = unseen.filter(found);
        checked += 1;
        errors += found.errors();
        warnings += found.warnings();
        if !found.is_empty() {
            console.data(&text!("{}\n", Text::findings(&found, stdout_has_colours())))?;
        }
    }
    if skipped > 0 {
        tell::skipped(console, &count(skipped, "contract"));
    }
    let found = format!("{}, {}", count(errors, "error"), count(warnings, "warning"));
    console.note(&text!("checked {}: {}\n", count(checked, "contract"), found));
    if checked == 0 {
        return Ok(Outcome::NothingSelected);
    }
    Ok(if errors == 0 { Outcome::Pass } else { Outcome::InvalidScenario })
}

/// All diagnostics about a contract, its network and, if one is named, its robot.
///
/// # Errors
/// When the robot does not belong to the contract's project.
fn check_contract(file: &SelectedFile, robot: Option<&Path>) -> Result<Diagnostics, String> {
    let project = &file.project;
    let outside = |robot: &Path| {
        let root = project.root().display();
        format!("the robot `{}` does not lie in the project `{root}`", robot.display())
    };
    let robot = robot.map(|robot| project.relative(robot).ok_or_else(|| outside(robot)));
    let robot = robot.transpose()?;
    let read = load_contract(project, &file.path, robot.as_deref(), &project.limits);
    let ContractText { contract, mut robot, sources, warnings: mut list } = match read {
        Ok(read) => read,
        Err(errors) => return Ok(errors),
    };
    if let Some(robot) = &mut robot {
        contract.equip(robot);
    }
    let span_of = |path: &str| sources.span_in(Part::Contract(0), path);
    let (network_path, from) = (&contract.network, contract.from.as_deref());
    match networks::read(project, network_path, from, project.limits.memory_bytes) {
        Ok(model) => {
            let problems = network::check(&contract, &model, robot.as_ref());
            list.extend(problems.iter().map(|problem| problem.diagnostic(span_of)));
        }
        Err(mut error) => {
            error.primary = span_of("network").map(|span| Label::new(span, "named here"));
            list.push(*error);
        }
    }
    Ok(Diagnostics { list, sources: sources.map.clone() })
}
