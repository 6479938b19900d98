//! `randori test` and `randori review`.

use std::io::Write as _;
use std::process::Stdio;

use crate::project::{Ended, Project, scenario};

const DRIVE: &str = "scenarios/drive.ron";
const GOLDEN: &str = "scenarios/drive.golden.ron";

/// A project whose scenario was accepted.
fn accepted() -> Project {
    let project = Project::new();
    project.randori(&["test", "--accept"]).expect_code(0);
    project
}

/// The same with a cart that is 1 % heavier.
fn heavier() -> Project {
    let project = accepted();
    project.edit(
        "assets/cart.ron",
        r#"name: "cart", mass_kg: 1.0"#,
        r#"name: "cart", mass_kg: 1.01"#,
    );
    project
}

fn golden(project: &Project) -> String {
    std::fs::read_to_string(project.path().join(GOLDEN)).expect("a golden")
}

/// `randori review` with these answers.
fn review(project: &Project, answers: &str) -> Ended {
    let mut command = project.command(&["review"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(answers.as_bytes()).expect("it listens");
    drop(stdin);
    child.wait_with_output().expect("it ends").into()
}

#[test]
fn an_accepted_run_passes_on_any_number_of_threads() {
    let project = Project::new();
    let accept = ["test", "--accept", "--seeds", "0..3"];
    project.randori(&accept).expect_code(0);
    assert_eq!(golden(&project).matches("seed: ").count(), 3);

    for threads in ["1", "4"] {
        let ended = project.randori(&["test", "--threads", threads]).expect_code(0);
        assert!(ended.stdout.contains("3 runs as accepted (exact)"), "{}", ended.stdout);
    }
    let before = golden(&project);
    project.randori(&["test", "--accept"]).expect_code(0);
    assert_eq!(golden(&project), before, "accepting the same runs changes nothing");
}

#[test]
fn one_percent_of_mass_fails_and_the_output_tells_what_changed_first() {
    let project = heavier();

    let ended = project.randori(&["test"]).expect_code(5);

    let failure = ended.stdout.split_once("\n\n").expect("failures come after the lines").1;
    insta::assert_snapshot!(failure, @r#"
    CHANGED scenarios/drive.ron
      changed in its files:
        cart.robot.ron: links.cart.mass_kg is now 1.01
      seed 0: not as accepted (exact), the same in a second run:
        first difference: tick 1, stage physics
        tick 1, joint cart.slide: 4.5454548e-5 -> 4.504505e-5, by 4.095e-7, 112562 ulp
        tick 20, joint cart.slide: 0.0110607585 -> 0.011004257, by 5.650e-5, 60668 ulp
        tick 50, joint cart.slide: 0.039589446 -> 0.03949446, by 9.499e-5, 25498 ulp
        tick 100, joint cart.slide: 0.08950077 -> 0.08940084, by 9.993e-5, 13412 ulp
        tick 150, joint cart.slide: 0.1395 -> 0.13940002, by 9.999e-5, 6710 ulp
        tick 200, joint cart.slide: 0.1895 -> 0.1894, by 1.000e-4, 6711 ulp
        margin of `arrives`: 0.08950000405311584 -> 0.08940000236034393, by 1.000e-4, 7205881380864 ulp
        margin of `stays on the rail`: 1.6104999959468842 -> 1.6105999976396561, by 1.000e-4, 450367586304 ulp
        margin of `hurries`: -0.06041055396199227 -> -0.06050554141402245, by 9.499e-5, 13689134514176 ulp
        metric `max(joint(cart.slide))`: 0.18950000405311584 -> 0.18940000236034393, by 1.000e-4, 3602940690432 ulp
      reproduce: randori test scenarios/drive.ron
      record:    randori run scenarios/drive.ron --seed 0 --record now.mcap
      accept:    randori test scenarios/drive.ron --accept

    FAIL: 1 scenario: 1 changed
    "#);
}

#[test]
fn lower_levels_ask_for_less() {
    let project = heavier();
    for (level, code) in [("exact", 5), ("tolerance", 5), ("verdict", 0)] {
        project.randori(&["test", "--level", level]).expect_code(code);
    }
    project.edit(GOLDEN, "level: Exact", "level: Verdict");
    let ended = project.randori(&["test"]).expect_code(0);
    assert!(ended.stdout.contains("(verdict)"), "{}", ended.stdout);
}

#[test]
fn a_changed_run_can_be_accepted_and_keeps_what_people_chose() {
    let project = heavier();
    project.edit(GOLDEN, "note: \"\"", "note: \"Seen by a person.\"");

    let ended = project.randori(&["test", "--accept"]).expect_code(0);

    assert!(ended.stderr.contains(&format!("replaced: {GOLDEN}")), "{}", ended.stderr);
    assert!(golden(&project).contains("note: \"Seen by a person.\""));
    project.randori(&["test"]).expect_code(0);
}

#[test]
fn continuous_integration_never_writes_goldens() {
    let project = Project::new();
    for arguments in [&["test", "--accept"][..], &["review"]] {
        let output = project.command(arguments).env("CI", "true").output();
        Ended::from(output.expect("the program starts")).expect_code(2);
    }
    assert!(!project.path().join(GOLDEN).exists());
}

#[test]
fn scenarios_without_golden_are_told_and_nothing_at_all_is_an_error() {
    let project = Project::new();
    project.randori(&["test"]).expect_code(4);
    project.randori(&["test", "--accept"]).expect_code(0);
    project.write("scenarios/new.ron", &scenario("None"));

    let ended = project.randori(&["test"]).expect_code(0);

    assert!(ended.stderr.contains("`scenarios/new.ron` has no golden"), "{}", ended.stderr);
}

#[test]
fn goldens_without_a_scenario_and_damaged_ones_fail() {
    let project = accepted();
    let text = golden(&project);
    project.write("scenarios/gone.golden.ron", &text);
    let ended = project.randori(&["test"]).expect_code(5);
    assert!(ended.stdout.contains("ORPHAN scenarios/gone.golden.ron"), "{}", ended.stdout);
    std::fs::remove_file(project.path().join("scenarios/gone.golden.ron")).expect("removed");

    project.write(GOLDEN, &text.replacen("runs: [", "runs: {", 1));
    for arguments in [&["test"][..], &["test", "--accept"]] {
        let ended = project.randori(arguments).expect_code(3);
        assert!(ended.stdout.contains(&format!("{GOLDEN}:")), "{}", ended.stdout);
    }
    assert!(golden(&project).contains("runs: {"), "what cannot be read is not overwritten");
}

#[test]
fn a_scenario_that_is_no_longer_valid_fails_and_the_others_run() {
    let project = accepted();
    project.write("scenarios/other.ron", &scenario("None"));
    project.randori(&["test", "--accept", "--accept-failures"]).expect_code(0);
    project.edit(DRIVE, "duration: 0.4", "duration: -1.0");

    let ended = project.randori(&["test"]).expect_code(3);

    assert!(ended.stdout.contains("error[RS"), "{}", ended.stdout);
    assert!(ended.stdout.contains("1 as accepted, 1 invalid"), "{}", ended.stdout);
}

#[test]
fn a_policy_that_answers_differently_each_time_is_called_not_deterministic() {
    const CHANCE: &str = "
import os
from randori_policy import run

def act(observation):
    return {'drive': 0.5 + int.from_bytes(os.urandom(2), 'big') * 1e-6}

run(act)
";
    let project = Project::new();
    project.write("policies/mine.py", CHANCE);
    let policy = r#"(use: Process(command: ["python3", "policies/mine.py"]), rate_hz: 50)"#;
    project.write(DRIVE, &scenario(policy));

    let ended = project.randori(&["test", "--accept", "--trust-programs"]).expect_code(5);

    assert!(ended.stdout.contains("stage policy"), "{}", ended.stdout);
    assert!(ended.stdout.contains("1 not deterministic"), "{}", ended.stdout);
    assert!(!project.path().join(GOLDEN).exists(), "chance cannot be accepted");

    let verdict = ["test", "--accept", "--trust-programs", "--level", "verdict"];
    project.randori(&verdict).expect_code(0);
    project.randori(&["test", "--trust-programs"]).expect_code(0);
}

#[test]
fn after_the_first_failure_nothing_begins_if_so_asked() {
    let project = heavier();
    project.write("scenarios/still.ron", &scenario("None"));
    project.randori(&["test", "still", "--accept", "--accept-failures"]).expect_code(0);

    let fast = ["test", "--fail-fast", "--threads", "1"];
    let ended = project.randori(&fast).expect_code(5);

    assert!(ended.stdout.contains("1 changed, 1 not run"), "{}", ended.stdout);
    project.randori(&["test", "--shard", "2/2"]).expect_code(0);
    project.randori(&["test", "--shard", "1/2"]).expect_code(5);
    project.randori(&["test", "--shard", "3/2"]).expect_code(2);
}

#[test]
fn names_are_files_goldens_folders_or_parts_of_paths() {
    let project = accepted();
    for name in [DRIVE, "scenarios/drive", GOLDEN, "scenarios", "driv"] {
        let ended = project.randori(&["test", name]).expect_code(0);
        assert!(ended.stdout.contains("1 as accepted"), "{name}: {}", ended.stdout);
    }
    let ended = project.randori(&["test", "drvie"]).expect_code(4);
    assert!(ended.stderr.contains("did you mean `drive`?"), "{}", ended.stderr);
}

#[test]
fn json_has_one_object_per_scenario() {
    let ended = heavier().randori(&["test", "--format", "json"]).expect_code(5);

    let lines = ended.json_lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["file"], DRIVE);
    assert_eq!(lines[0]["golden"], GOLDEN);
    assert_eq!(lines[0]["status"], "changed");
    assert_eq!(lines[0]["inputs"][0], "cart.robot.ron: links.cart.mass_kg is now 1.01");
    assert_eq!(lines[0]["runs"][0]["findings"][0], "first difference: tick 1, stage physics");
    assert_eq!(lines[0]["reproduce"], format!("randori test {DRIVE}"));
}

#[test]
fn junit_has_a_case_per_goal_with_its_margin() {
    let project = heavier();
    let ended = project.randori(&["test", "--format", "junit"]).expect_code(5);
    let to_file = ["test", "--junit", "results.xml", "--format", "json"];
    project.randori(&to_file).expect_code(5);

    let report = quick_junit::Report::deserialize_from_str(&ended.stdout).expect("JUnit XML");

    assert_eq!((report.tests, report.failures), (4, 1));
    let cases = &report.test_suites[0].test_cases;
    let names: Vec<_> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "seed 0: is as accepted",
            "seed 0: arrives",
            "seed 0: stays on the rail",
            "seed 0: hurries"
        ]
    );
    assert!(cases[1].properties.iter().any(|property| property.name.as_str() == "margin"));
    let file = std::fs::read_to_string(project.path().join("results.xml")).expect("a file");
    quick_junit::Report::deserialize_from_str(&file).expect("JUnit XML");
}

#[test]
fn github_gets_annotations_and_a_step_summary() {
    let project = heavier();
    let summary = project.path().join("summary.md");

    let mut command = project.command(&["test", "--format", "github"]);
    let output = command.env("GITHUB_STEP_SUMMARY", &summary).output();
    let ended = Ended::from(output.expect("the program starts")).expect_code(5);

    let annotation = ended.stdout.lines().find(|line| line.starts_with("::error"));
    let annotation = annotation.expect("an annotation");
    assert!(annotation.starts_with("::error file=scenarios/drive.ron,line=1,title=changed"));
    assert!(annotation.contains("%0A"), "its lines are escaped");
    let summary = std::fs::read_to_string(summary).expect("a summary");
    assert!(summary.contains("| changed | scenarios/drive.ron |"), "{summary}");
}

#[test]
fn a_review_writes_what_a_person_accepts_and_nothing_else() {
    let project = heavier();
    let before = golden(&project);

    let left = review(&project, "what\nno\n").expect_code(5);
    assert!(left.stdout.contains("links.cart.mass_kg is now 1.01"), "{}", left.stdout);
    assert_eq!(golden(&project), before);
    review(&project, "").expect_code(5);
    assert_eq!(golden(&project), before, "silence is no consent");

    review(&project, "y\n").expect_code(0);
    assert_ne!(golden(&project), before);
    project.randori(&["test"]).expect_code(0);
}

#[test]
fn a_review_shows_the_verdicts_of_a_new_scenario() {
    let project = Project::new();

    let ended = review(&project, "yes\n").expect_code(0);

    assert!(ended.stdout.contains("arrives, margin"), "{}", ended.stdout);
    project.randori(&["test"]).expect_code(0);
}

#[test]
fn whoever_quits_a_review_leaves_the_rest_changed() {
    let project = heavier();
    project.write("scenarios/a_new_one.ron", &scenario("None"));

    // The new one comes first; nobody looks at the changed one.
    let ended = review(&project, "q\n").expect_code(5);

    assert!(!ended.stdout.contains("links.cart.mass_kg"), "{}", ended.stdout);
    assert!(!project.path().join("scenarios/a_new_one.golden.ron").exists());
}

/// A project whose first goal cannot be reached.
fn failing() -> Project {
    let project = Project::new();
    project.edit(DRIVE, "joint(cart.slide) > 0.1 m)\"", "joint(cart.slide) > 1.5 m)\"");
    project
}

#[test]
fn a_run_that_fails_is_accepted_only_if_that_is_said() {
    let project = failing();

    let refused = project.randori(&["test", "--accept"]).expect_code(1);
    assert!(
        refused.stderr.contains("was not written: seed 0 fails: `arrives`"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("--accept-failures"), "{}", refused.stderr);
    assert!(!project.path().join(GOLDEN).exists());

    let told = project.randori(&["test", "--accept", "--accept-failures"]).expect_code(0);
    assert!(told.stderr.contains("FAIL arrives"), "{}", told.stderr);
    let passes = project.randori(&["test"]).expect_code(0);
    assert!(passes.stdout.contains("1 run as accepted (exact); 1 FAIL"), "{}", passes.stdout);
    // What was accepted as it is stays accepted.
    project.randori(&["test", "--accept"]).expect_code(0);
}

#[test]
fn a_failure_that_the_scenario_expects_is_accepted() {
    let project = failing();
    project.edit(DRIVE, "    goals: [", "    expect: Fail(goal: \"arrives\"),\n    goals: [");

    let told = project.randori(&["test", "--accept"]).expect_code(0);

    assert!(told.stderr.contains("seed 0: pass"), "{}", told.stderr);
    let ended = project.randori(&["test", "--format", "junit"]).expect_code(0);
    let report = quick_junit::Report::deserialize_from_str(&ended.stdout).expect("JUnit XML");
    assert_eq!((report.failures, report.errors), (0, 0));
}

#[test]
fn a_run_that_broke_is_not_accepted_by_the_way() {
    let project = Project::new();
    project.write("scenarios/broken.ron", &scenario("None"));
    project.edit(
        "scenarios/broken.ron",
        "policy: None",
        "policy: (use: Process(command: [\"false\"]), rate_hz: 50)",
    );

    let accept = ["test", "scenarios/broken.ron", "--accept", "--trust-programs"];
    project.randori(&accept).expect_code(6);

    assert!(!project.path().join("scenarios/broken.golden.ron").exists());
}

#[test]
fn junit_cases_follow_their_verdict_also_where_it_was_accepted() {
    let project = failing();
    project.randori(&["test", "--accept", "--accept-failures"]).expect_code(0);

    let ended = project.randori(&["test", "--format", "junit"]).expect_code(0);

    let report = quick_junit::Report::deserialize_from_str(&ended.stdout).expect("JUnit XML");
    let failed = |case: &&quick_junit::TestCase| {
        matches!(case.status, quick_junit::TestCaseStatus::NonSuccess { .. })
    };
    let failed: Vec<_> = report.test_suites[0].test_cases.iter().filter(failed).collect();
    let names: Vec<_> = failed.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["seed 0: arrives"], "what is only preferred cannot fail");
}

#[test]
fn a_changed_policy_script_is_named() {
    let project = Project::new();
    let script = "from randori_policy import run\n\nrun(lambda observation: [0.5])\n";
    project.write("drive.py", script);
    let policy = "(use: Process(command: [\"python3\", \"drive.py\"]), rate_hz: 50)";
    project.write(DRIVE, &scenario(policy));
    project.randori(&["test", "--accept", "--trust-programs"]).expect_code(0);
    let run = ["run", DRIVE, "--trust-programs", "--record"];
    project.randori(&[&run[..], &["a.mcap"]].concat()).expect_code(0);

    project.write("drive.py", &script.replace("0.5", "0.6"));
    project.randori(&[&run[..], &["b.mcap"]].concat()).expect_code(0);

    let tested = project.randori(&["test", "--trust-programs"]).expect_code(5);
    assert!(tested.stdout.contains("drive.py has changed"), "{}", tested.stdout);
    let compared = project.randori(&["diff", "a.mcap", "b.mcap"]).expect_code(5);
    assert!(compared.stdout.contains("drive.py has changed"), "{}", compared.stdout);
    let replay = ["replay", "a.mcap", "--policy", "--trust-programs"];
    let replayed = project.randori(&replay).expect_code(5);
    assert!(replayed.stdout.contains("`drive.py` has changed since"), "{}", replayed.stdout);
}
