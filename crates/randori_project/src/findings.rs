//! Checks that need more rooms than core has: formulas and policies. They give
//! diagnostics with places, like all others.

use std::collections::BTreeSet;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Diagnostics, Label, Severity};
use randori_core::policy::RobotInterface;
use randori_core::spec::{PolicySource, Scenario};
use randori_core::text::{Limits, Override, ScenarioText, Sources};
use randori_policy::{BuiltinError, builtin, builtins};
use randori_sim::episode::interfaces;
use randori_sim::signals::{FormulaProblem, check_formulas};

use crate::command_line;

/// What is wrong with the formulas and policies of a scenario. Robots in
/// `chosen` have a policy that a person has chosen, so it has no place in a
/// file.
pub fn findings(
    scenario: &Scenario,
    sources: &Sources,
    chosen: &BTreeSet<usize>,
    limits: &Limits,
) -> Vec<Diagnostic> {
    let problems = check_formulas(scenario, limits).into_iter();
    let mut found: Vec<Diagnostic> = problems.map(|problem| formula(problem, sources)).collect();
    found.extend(no_goals(scenario, sources));
    for (index, interface) in interfaces(scenario).iter().enumerate() {
        let policy = scenario.spec.robots[index].policy.as_ref();
        let Some(PolicySource::Builtin { name, params }) = policy.map(|policy| &policy.source)
        else {
            continue;
        };
        let made =
            builtin(name, params, interface).map(|policy| mismatch(name, &*policy, interface));
        let problem = match made {
            Ok(mismatch) => mismatch,
            Err(error) => Some((code(name, &error), error)),
        };
        let Some((code, error)) = problem else { continue };
        found.push(if chosen.contains(&index) {
            Diagnostic::error(code, format!("`--policy`: {}", error.message)).maybe_help(error.help)
        } else {
            misplaced(code, error, &interface.robot, sources)
        });
    }
    found
}

/// A warning about a scenario in which nothing is judged or measured.
fn no_goals(scenario: &Scenario, sources: &Sources) -> Option<Diagnostic> {
    let spec = &scenario.spec;
    (spec.goals.is_empty() && spec.metrics.is_empty()).then(|| {
        let message = "the scenario has no goals, so it passes whatever happens";
        let warning = Diagnostic::warning(DiagnosticCode::NO_GOALS, message);
        placed(warning, sources, &["title"], "").help(
            "add `goals: [(name: \"...\", require: \"always (...)\")]`, or `metrics` to measure",
        )
    })
}

/// The findings on a refused scenario with those on its formulas, as far as its
/// files can be understood.
pub fn refused(
    text: &ScenarioText,
    overrides: &[Override],
    mut errors: Diagnostics,
) -> Diagnostics {
    // What asks for too much must not be laid out to say more about it.
    let too_much = |found: &Diagnostic| found.code == DiagnosticCode::LIMIT_EXCEEDED;
    if errors.list.iter().any(too_much) {
        return errors;
    }
    if let Some((draft, sources)) = text.draft(overrides) {
        let problems = check_formulas(&draft, text.limits()).into_iter();
        errors.list.extend(problems.map(|problem| formula(problem, &sources)));
    }
    errors
}

/// Programs that the scenario's files want to start, for which nobody gave
/// leave.
pub fn untrusted_programs(
    scenario: &Scenario,
    sources: &Sources,
    chosen: &BTreeSet<usize>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (index, robot) in scenario.spec.robots.iter().enumerate() {
        let source = robot.policy.as_ref().map(|policy| &policy.source);
        let Some(PolicySource::Process { command, .. }) = source else { continue };
        if chosen.contains(&index) {
            continue;
        }
        let (name, command) = (&robot.name, command_line(command.iter().map(String::as_str)));
        let message =
            format!("the policy of robot `{name}` starts a program that you have not allowed");
        let error = Diagnostic::error(DiagnosticCode::UNTRUSTED_PROGRAM, message);
        let label = "the file starts this program";
        let argument = command_line([command.as_str()]);
        found.push(
            placed(error, sources, &[&format!("robots.{name}.policy.use.command")], label)
                .help(format!("it would run: {command}"))
                .help(format!(
                    "if you trust it, add `--trust-programs` or `--policy {name}={argument}`"
                )),
        );
    }
    found
}

/// Whether nothing is wrong but that assets from elsewhere are not here.
pub fn lacks_assets(found: &Diagnostics) -> bool {
    let is_missing = |finding: &Diagnostic| finding.code == DiagnosticCode::MISSING_ASSET;
    found.errors() > 0
        && found.list.iter().all(|f| f.severity == Severity::Warning || is_missing(f))
}

/// Diagnostics that were not seen before: files that share a robot share its
/// problems.
#[derive(Debug, Default)]
pub struct Unseen {
    seen: BTreeSet<String>,
}

impl Unseen {
    /// Removes what was seen before.
    pub fn filter(&mut self, mut diagnostics: Diagnostics) -> Diagnostics {
        let sources = &diagnostics.sources;
        diagnostics.list.retain(|finding| {
            // Without a place, equal texts may mean different things.
            finding.primary.is_none()
                || self.seen.insert(randori_core::diagnostic::render_short(
                    std::slice::from_ref(finding),
                    sources,
                ))
        });
        diagnostics
    }
}

fn formula(problem: FormulaProblem, sources: &Sources) -> Diagnostic {
    let finding = match problem.severity {
        Severity::Error => Diagnostic::error(problem.code, problem.message),
        Severity::Warning => Diagnostic::warning(problem.code, problem.message),
    };
    let place = sources
        .span_in_text(&problem.path, problem.span)
        .or_else(|| sources.span_of(&problem.path));
    let finding = match place {
        Some(span) => finding.primary(Label::new(span, "")),
        None => finding,
    };
    finding.maybe_help(problem.help)
}

fn code(name: &str, error: &BuiltinError) -> DiagnosticCode {
    if builtins().iter().all(|info| info.name != name) {
        DiagnosticCode::UNKNOWN_POLICY
    } else if error.param.is_some() {
        DiagnosticCode::POLICY_PARAMETER
    } else {
        DiagnosticCode::POLICY_MISMATCH
    }
}

/// Channels that a policy needs and the robot does not have.
fn mismatch(
    name: &str,
    policy: &dyn randori_core::policy::Policy,
    interface: &RobotInterface,
) -> Option<(DiagnosticCode, BuiltinError)> {
    let missing =
        policy.contract().needs.iter().find(|need| interface.observation(need).is_none())?;
    let message =
        format!("policy `{name}` needs `{missing}`, which `{}` does not measure", interface.robot);
    let help = Some("add such a sensor to the robot, or use another policy".to_owned());
    Some((DiagnosticCode::POLICY_MISMATCH, BuiltinError { message, param: None, help }))
}

/// A problem with a policy that a file names, at its place.
fn misplaced(
    code: DiagnosticCode,
    error: BuiltinError,
    robot: &str,
    sources: &Sources,
) -> Diagnostic {
    let policy = format!("robots.{robot}.policy.use");
    let name = format!("{policy}.name");
    let param = error.param.map(|param| format!("{policy}.params.{param}"));
    let paths: Vec<&str> = param.iter().chain([&name, &policy]).map(String::as_str).collect();
    placed(Diagnostic::error(code, error.message), sources, &paths, "").maybe_help(error.help)
}

/// The finding at the first of these paths that the text has.
fn placed(finding: Diagnostic, sources: &Sources, paths: &[&str], label: &str) -> Diagnostic {
    match paths.iter().find_map(|path| sources.span_of(path)) {
        Some(span) => finding.primary(Label::new(span, label)),
        None => finding,
    }
}
