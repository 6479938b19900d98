//! Tests the examples in the page about goals and the tour of the scenario format.

#[path = "../../randori_core/tests/documentation/page.rs"]
mod page;

use std::fs;

use page::{Block, blocks, read, root};
use randori_core::report::Verdict;
use randori_core::spec::Scenario;
use randori_core::text::{Limits, MemoryFiles, ScenarioText};
use randori_policy::{Context, builtins, start};
use randori_sim::episode::{Episode, interfaces};
use randori_sim::signals::{FUNCTIONS, ParameterKind, check_formulas};
use randori_stl::{MAX_DEPTH, MAX_TEXT_BYTES};

const GOALS_PAGE: &str = "goals.md";

/// The scenario that the examples of the page are about, with these fields.
fn example(fields: &str) -> Scenario {
    let asset = |path: &str| {
        let text = fs::read_to_string(root().join("assets").join(path)).expect("a shipped file");
        (format!("assets/{path}"), text)
    };
    let scenario = format!(
        r#"Scenario(
    format: 1,
    title: "examples",
    duration: 30.0,
    environment: "assets:environments/corridor.ron",
    robots: [
        (name: "courier", model: "assets:robots/courier/courier.ron"),
        (name: "pup", model: "assets:robots/pup/pup.ron", pose: (xyz: (2.0, 0.0, 0.14)), start: (named: "stand")),
    ],
    actors: [(name: "walker", model: Pedestrian(), path: [(4.0, -4.0), (4.0, 4.0)], speed: 1.2)],
    waypoints: {{"goal": (8.0, 0.0, 0.0)}},
    {fields}
)"#
    );
    let files = MemoryFiles::new([
        asset("environments/corridor.ron"),
        asset("robots/courier/courier.ron"),
        asset("robots/pup/pup.ron"),
        ("scenarios/examples.ron".to_owned(), scenario),
    ]);
    let text = ScenarioText::load(&files, "scenarios/examples.ron", &Limits::default())
        .unwrap_or_else(|errors| panic!("{errors}"));
    text.resolve(&[]).unwrap_or_else(|errors| panic!("{errors}")).scenario
}

/// What is wrong with a line of a block of this kind.
fn problems(kind: &str, line: &str) -> Vec<String> {
    let fields = match kind {
        "formula" | "refused" => format!("goals: [(name: \"g\", require: {line:?})],"),
        "trigger" => {
            let push = "Push(body: \"courier\", impulse: (0.0, 1.0, 0.0))";
            format!("events: [(when: {line:?}, do: {push})],")
        }
        "metric" => format!("metrics: [{line:?}],"),
        other => panic!("blocks of kind `{other}` are not known"),
    };
    check_formulas(&example(&fields), &Limits::default()).iter().map(ToString::to_string).collect()
}

/// The lines of all blocks of a kind, with their number.
fn lines(kind: &str) -> Vec<(usize, String)> {
    let numbered = |block: Block| {
        let first = block.line + 1;
        let lines: Vec<String> = block.body.lines().map(str::to_owned).collect();
        lines.into_iter().enumerate().map(move |(index, line)| (first + index, line))
    };
    blocks(&read(GOALS_PAGE)).into_iter().filter(|b| b.info == kind).flat_map(numbered).collect()
}

#[test]
fn every_formula_trigger_and_metric_of_the_page_is_accepted() {
    for kind in ["formula", "trigger", "metric"] {
        let lines = lines(kind);
        assert!(lines.len() > 3, "only {} lines of kind {kind}", lines.len());
        for (number, line) in lines {
            let problems = problems(kind, &line);
            assert!(problems.is_empty(), "{GOALS_PAGE}:{number}: `{line}`: {problems:?}");
        }
    }
}

#[test]
fn every_formula_that_the_page_calls_refused_is_refused() {
    let lines = lines("refused");
    assert!(lines.len() > 3, "only {} lines", lines.len());
    for (number, line) in lines {
        assert!(!problems("refused", &line).is_empty(), "{GOALS_PAGE}:{number}: `{line}` is fine");
    }
}

#[test]
fn every_block_of_the_page_is_of_a_kind_that_is_tried_out() {
    for block in blocks(&read(GOALS_PAGE)) {
        let known = ["formula", "trigger", "metric", "refused"];
        assert!(
            known.contains(&block.info.as_str()),
            "{GOALS_PAGE}:{}: {}",
            block.line,
            block.info
        );
    }
}

#[test]
fn the_pages_show_the_limits_of_formulas() {
    let limits = format!("at most {MAX_TEXT_BYTES} bytes and nests at most {MAX_DEPTH} deep");
    for page in [GOALS_PAGE, "scenario-format.md"] {
        assert!(read(page).contains(&limits), "{page} does not say: {limits}");
    }
}

/// How the page calls what an argument may name.
fn argument(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Place => "place",
        ParameterKind::Body => "body",
        ParameterKind::Solid => "solid",
        ParameterKind::Robot => "robot",
        ParameterKind::Zone => "zone",
        ParameterKind::Joint => "joint",
        ParameterKind::Drive => "drive",
        ParameterKind::Value => "value",
        ParameterKind::Channel => "channel",
    }
}

#[test]
fn the_table_of_signals_is_that_of_the_engine() {
    let page = read(GOALS_PAGE);
    let (_, section) = page.split_once("<!-- signals -->").expect("the mark before the table");
    let shown: Vec<&str> = section
        .lines()
        .take_while(|line| !line.starts_with('#'))
        .filter(|line| line.starts_with("| `"))
        .collect();
    let rows: Vec<String> = FUNCTIONS
        .iter()
        .map(|function| {
            let arguments: Vec<&str> =
                function.parameters.iter().map(|(_, kind)| argument(*kind)).collect();
            let arguments = arguments.join(", ");
            let arguments = if arguments.is_empty() { arguments } else { format!("{arguments} ") };
            format!(
                "| `{}` | {arguments}| {} | {} |",
                function.usage(),
                function.unit,
                function.about
            )
        })
        .collect();

    assert_eq!(shown.join("\n"), rows.join("\n"), "the table should read as on the right");
}

/// The scenario of the tour with this path.
fn tour(path: &str) -> Scenario {
    let shown = blocks(&read("scenario-format.md")).into_iter().filter_map(|block| {
        let path = block.info.strip_prefix("ron file=")?.to_owned();
        Some((path, block.body))
    });
    let text = ScenarioText::load(&MemoryFiles::new(shown), path, &Limits::default())
        .unwrap_or_else(|errors| panic!("{errors}"));
    text.resolve(&[]).unwrap_or_else(|errors| panic!("{errors}")).scenario
}

#[test]
fn the_scenarios_of_the_tour_pass() {
    for path in ["scenarios/tour/drop.ron", "scenarios/tour/reach.ron"] {
        let scenario = tour(path);
        let interfaces = interfaces(&scenario);
        let policies = interfaces.iter().zip(&scenario.spec.robots).map(|(interface, robot)| {
            let policy = start(&robot.policy.as_ref()?.source, &Context::new(interface));
            Some(policy.unwrap_or_else(|error| panic!("{path}: {error}")))
        });
        let episode = Episode::new(&scenario, 0, policies.collect());
        let report = episode.unwrap_or_else(|error| panic!("{path}: {error}")).run_to_end();

        assert_eq!(report.verdict, Verdict::Pass, "{path}: {:?}", report.goals);
    }
}

#[test]
fn the_page_names_every_built_in_policy_and_its_parameters() {
    let page = read("scenario-format.md");
    for policy in builtins() {
        let params: Vec<String> =
            policy.params.iter().map(|param| format!("`{}`", param.name)).collect();
        let params = if params.is_empty() { "none".to_owned() } else { params.join(", ") };
        let row = format!("| `{}` | {params} |", policy.name);
        assert!(page.lines().any(|line| line.starts_with(&row)), "the page does not show\n{row}");
    }
}
