//! Checks that need more crates than core: formulas and policies. They return diagnostics with
//! locations, like all checks.

use std::collections::BTreeSet;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Diagnostics, Label, Severity};
use randori_core::spec::Scenario;
use randori_core::text::{Limits, Override, ScenarioText, Sources};
use randori_policy::network::Problem;
use randori_policy::{Context, problems};
use randori_sim::episode::interfaces;
use randori_sim::signals::{FormulaProblem, check_formulas};

use crate::command_line;

/// Diagnostics for the formulas and policies of a scenario. Robots in `chosen` have a policy from
/// the command line, so it has no location in a file.
pub fn findings(
    scenario: &Scenario,
    sources: &Sources,
    chosen: &BTreeSet<usize>,
    limits: &Limits,
) -> Vec<Diagnostic> {
    let formulas = check_formulas(scenario, limits).into_iter();
    let mut found: Vec<Diagnostic> = formulas.map(|problem| formula(problem, sources)).collect();
    found.extend(no_goals(scenario, sources));
    for (index, interface) in interfaces(scenario).iter().enumerate() {
        let Some(policy) = &scenario.spec.robots[index].policy else { continue };
        let misfits = problems(&policy.source, &Context::new(interface));
        found.extend(misfits.into_iter().map(|problem| {
            if chosen.contains(&index) {
                unplaced(problem)
            } else {
                misplaced(&problem, &interface.robot, sources)
            }
        }));
    }
    found
}

/// A warning about a scenario without goals and metrics.
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

/// The diagnostics of a refused scenario with those of its formulas, as far as its files can be
/// parsed.
pub fn refused(
    text: &ScenarioText,
    overrides: &[Override],
    mut errors: Diagnostics,
) -> Diagnostics {
    // Scenarios over the limits are not expanded for further diagnostics.
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

/// Diagnostics for policies in the scenario's files that need a trust which was not granted.
pub fn untrusted_programs(
    scenario: &Scenario,
    sources: &Sources,
    chosen: &BTreeSet<usize>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (index, robot) in scenario.spec.robots.iter().enumerate() {
        let trust = robot.policy.as_ref().and_then(|policy| policy.source.trust());
        let Some(trust) = trust.filter(|_| !chosen.contains(&index)) else { continue };
        let (name, does) = (&robot.name, trust.does);
        let message = format!("the policy of robot `{name}` {does} that you have not allowed");
        let error = Diagnostic::error(DiagnosticCode::UNTRUSTED_PROGRAM, message);
        let argument = command_line([trust.choice.as_str()]);
        let place = format!("robots.{name}.policy.use.{}", trust.field);
        found.push(
            placed(error, sources, &[&place], trust.label)
                .help(format!("it would {}", trust.would))
                .help(format!(
                    "if you trust it, add `--trust-programs` or `--policy {name}={argument}`"
                )),
        );
    }
    found
}

/// True if the only problem is that external assets are missing.
pub fn lacks_assets(found: &Diagnostics) -> bool {
    let is_missing = |finding: &Diagnostic| finding.code == DiagnosticCode::MISSING_ASSET;
    found.errors() > 0
        && found.list.iter().all(|f| f.severity == Severity::Warning || is_missing(f))
}

/// Filters repeated diagnostics: files that share a robot share its diagnostics.
#[derive(Debug, Default)]
pub struct Unseen {
    seen: BTreeSet<String>,
}

impl Unseen {
    /// Removes repeated diagnostics.
    pub fn filter(&mut self, mut diagnostics: Diagnostics) -> Diagnostics {
        let sources = &diagnostics.sources;
        diagnostics.list.retain(|finding| {
            // Without a location, equal texts may have different causes.
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

/// A problem with a policy from the command line.
fn unplaced(problem: Problem) -> Diagnostic {
    let mut finding = Diagnostic::error(problem.code, format!("`--policy`: {}", problem.message));
    finding.help = problem.help;
    finding
}

/// A problem with a policy in a file, at its location.
fn misplaced(problem: &Problem, robot: &str, sources: &Sources) -> Diagnostic {
    let policy = format!("robots.{robot}.policy.use");
    let place = |path: &str| sources.span_of(&format!("{policy}.{path}"));
    problem.diagnostic(|path| {
        place(path).or_else(|| place("name")).or_else(|| sources.span_of(&policy))
    })
}

/// The diagnostic at the first of these paths that exists in the text.
fn placed(finding: Diagnostic, sources: &Sources, paths: &[&str], label: &str) -> Diagnostic {
    match paths.iter().find_map(|path| sources.span_of(path)) {
        Some(span) => finding.primary(Label::new(span, label)),
        None => finding,
    }
}
