//! `randori test --rebaseline`: goldens of another version of the engine.

use crate::project::{Project, scenario};

const DRIVE: &str = "scenarios/drive.ron";
const GOLDEN: &str = "scenarios/drive.golden.ron";
const CART: &str = "assets/cart.ron";

/// Runs of these masses differ by less, and by more, than the tolerances allow.
const NEARLY: &str = "1.0001";
const FAR_OFF: &str = "1.05";

fn golden(project: &Project) -> String {
    std::fs::read_to_string(project.path().join(GOLDEN)).expect("a golden")
}

/// The golden that is accepted while the cart has this mass.
fn golden_of(project: &Project, mass: &str) -> String {
    let cart = |mass: &str| format!("name: \"cart\", mass_kg: {mass},");
    project.edit(CART, &cart("1.0"), &cart(mass));
    project.randori(&["test", "drive", "--accept"]).expect_code(0);
    project.edit(CART, &cart(mass), &cart("1.0"));
    golden(project)
}

/// Everything before the first line that begins so, and the rest.
fn split<'t>(text: &'t str, line: &str) -> (&'t str, &'t str) {
    text.split_at(text.find(&format!("\n  {line}")).expect("such a line"))
}

/// The version in a golden, as it is written there.
fn version() -> String {
    format!("randori: \"{}\"", env!("CARGO_PKG_VERSION"))
}

/// A project whose golden was written by an engine that moves the cart a little
/// differently: as if it had this mass.
fn updated(mass: &str) -> Project {
    let project = Project::new();
    let (now, then) = (golden_of(&project, "1.0"), golden_of(&project, mass));
    let text = split(&now, "runs: [").0.to_owned() + split(&then, "runs: [").1;
    project.write(GOLDEN, &text.replace(&version(), "randori: \"0.0.9\""));
    project
}

#[test]
fn a_run_that_moved_is_shown_beside_its_tolerances_and_nothing_is_written() {
    let project = updated(NEARLY);
    let before = golden(&project);

    let ended = project.randori(&["test", "--rebaseline"]).expect_code(5);

    let (versions, rest): (Vec<_>, Vec<_>) =
        ended.stdout.lines().partition(|line| line.starts_with("  golden by"));
    assert!(versions[0].contains("randori 0.0.9 (rapier "), "{versions:?}");
    assert!(versions[0].contains(&format!("now randori {} (", env!("CARGO_PKG_VERSION"))));
    insta::assert_snapshot!(rest.join("\n"), @r"
      within    scenarios/drive.ron  moved within tolerance; first difference: tick 1, stage physics

    moved within tolerance: scenarios/drive.ron
      first difference: tick 1, stage physics
        quantity  moved by   allowed  where
        joint     1.006e-6  1.000e-4  cart.slide at tick 100: 0.089499764 -> 0.08950077
        margin    9.984e-7  1.895e-4  arrives: 0.08949900567531585 -> 0.08950000405311584
        margin    9.984e-7  1.711e-3  stays on the rail: 1.6105009943246842 -> 1.6104999959468842
        margin    9.499e-7  1.604e-4  hurries: -0.06041150391101838 -> -0.06041055396199227
        metric    9.984e-7  2.895e-4  max(joint(cart.slide)): 0.18949900567531586 -> 0.18950000405311584
      verdicts: as before (pass)
      rewrite: randori test scenarios/drive.ron --rebaseline --yes

    1 scenario: 1 moved within tolerance
    ");
    assert!(ended.stderr.contains("no golden was rewritten: without a terminal"));
    assert!(ended.stderr.contains("`--yes` rewrites"), "{}", ended.stderr);
    assert_eq!(golden(&project), before);
}

#[test]
fn scripts_rewrite_what_moved_within_tolerance() {
    let project = updated(NEARLY);
    project.edit(GOLDEN, "note: \"\"", "note: \"Seen by a person.\"");
    let changed = project.randori(&["test"]).expect_code(5);
    assert!(changed.stdout.contains(&format!("update: randori test {DRIVE} --rebaseline")));

    let ended = project.randori(&["test", "--rebaseline", "--yes"]).expect_code(0);

    assert!(ended.stderr.contains(&format!("replaced: {GOLDEN}")), "{}", ended.stderr);
    assert!(ended.stderr.contains("1 golden rewritten, 0 left"), "{}", ended.stderr);
    let after = golden(&project);
    assert!(after.contains("note: \"Seen by a person.\"") && after.contains("level: Exact"));
    assert!(after.contains(&version()));
    project.randori(&["test"]).expect_code(0);
    let same = project.randori(&["test", "--rebaseline"]).expect_code(0);
    assert!(same.stdout.contains("every bit as in the golden"), "{}", same.stdout);
}

#[test]
fn the_level_of_the_golden_does_not_count() {
    let project = updated(FAR_OFF);
    project.edit(GOLDEN, "level: Exact", "level: Verdict");
    project.randori(&["test"]).expect_code(0);

    let ended = project.randori(&["test", "--rebaseline"]).expect_code(5);

    assert!(ended.stdout.contains("BEYOND    scenarios/drive.ron  same verdicts; tick "));
    assert!(ended.stdout.contains("1 moved beyond tolerance with the same verdicts"));
    assert!(ended.stdout.contains("as accepted at the level of the golden (verdict)"));
    assert!(ended.stdout.contains("verdicts: as before (pass)"), "{}", ended.stdout);
}

#[test]
fn of_several_seeds_the_one_that_moved_most_is_named() {
    let project = Project::new();
    project.randori(&["test", "--accept", "--seeds", "0..3"]).expect_code(0);
    let metric = "(\"max(joint(cart.slide))\", 0.18950000405311584),";
    let (first, last) = {
        let text = golden(&project);
        let at = text.rfind(metric).expect("the metric of the last seed");
        (text[..at].to_owned(), text[at + metric.len()..].to_owned())
    };
    project.write(GOLDEN, &format!("{first}(\"max(joint(cart.slide))\", 0.18955),{last}"));

    let ended = project.randori(&["test", "--rebaseline"]).expect_code(5);

    let row = "seed 2: max(joint(cart.slide)): 0.18955 -> 0.1895000";
    assert!(ended.stdout.contains(row), "{}", ended.stdout);
    assert!(!ended.stdout.contains("equal numbers"), "{}", ended.stdout);
}

#[test]
fn scripts_rewrite_what_moved_further_only_if_its_file_is_named() {
    let project = updated(FAR_OFF);
    let before = golden(&project);
    let yes = ["test", "--rebaseline", "--yes"];

    let left = project.randori(&yes).expect_code(5);
    assert!(left.stderr.contains("moved beyond tolerance"), "{}", left.stderr);
    let beyond = [&yes[..], &["--beyond-tolerance", "scenarios"]].concat();
    project.randori(&beyond).expect_code(5);
    assert_eq!(golden(&project), before);

    let named = [&yes[..], &["--beyond-tolerance", DRIVE]].concat();
    project.randori(&named).expect_code(0);
    project.randori(&["test"]).expect_code(0);
}

#[test]
fn flags_that_make_no_sense_together_are_refused() {
    let project = updated(NEARLY);
    let before = golden(&project);
    for flags in [
        &["--yes"][..],
        &["--rebaseline", "--beyond-tolerance", DRIVE],
        &["--rebaseline", "--yes", "--beyond-tolerance"],
        &["--rebaseline", "--accept"],
        &["--rebaseline", "--level", "verdict"],
        &["--rebaseline", "--accept-failures"],
        &["--rebaseline", "--yes", "--format", "junit"],
    ] {
        project.randori(&[&["test"], flags].concat()).expect_code(2);
    }
    assert_eq!(golden(&project), before);
}

#[test]
fn a_run_that_no_longer_passes_is_rewritten_only_if_that_is_said() {
    let project = Project::new();
    project.edit(DRIVE, "joint(cart.slide) > 0.1 m)\"", "joint(cart.slide) > 1.5 m)\"");
    project.randori(&["test", "--accept", "--accept-failures"]).expect_code(0);
    project.edit(GOLDEN, "      verdict: fail,", "      verdict: pass,");
    project.edit(GOLDEN, "\"arrives\", verdict: fail,", "\"arrives\", verdict: pass,");
    let yes = ["test", "--rebaseline", "--yes", "--beyond-tolerance", DRIVE];

    let refused = project.randori(&yes).expect_code(5);
    assert!(refused.stdout.contains("`arrives`: pass -> FAIL"), "{}", refused.stdout);
    assert!(refused.stdout.contains("run: pass -> FAIL"), "{}", refused.stdout);
    assert!(refused.stdout.contains("1 moved beyond tolerance (1 with other verdicts)"));
    assert!(refused.stderr.contains("was not written: seed 0 fails: `arrives`"));
    assert!(golden(&project).contains("      verdict: pass,"));

    project.randori(&[&yes[..], &["--accept-failures"]].concat()).expect_code(0);
    project.randori(&["test"]).expect_code(0);
}

#[test]
fn an_edited_scenario_is_left_to_accept() {
    let project = updated(NEARLY);
    project.edit(CART, "name: \"cart\", mass_kg: 1.0,", "name: \"cart\", mass_kg: 1.01,");
    let before = golden(&project);

    let yes = ["test", "--rebaseline", "--yes", "--beyond-tolerance", DRIVE];
    let ended = project.randori(&yes).expect_code(5);

    assert!(ended.stdout.contains("EDITED    scenarios/drive.ron"), "{}", ended.stdout);
    assert!(ended.stdout.contains("cart.robot.ron: links.cart.mass_kg is now 1.01"));
    assert!(ended.stdout.contains("    assets/cart.ron\n"), "{}", ended.stdout);
    assert!(ended.stdout.contains(&format!("accept: randori test {DRIVE} --accept")));
    assert_eq!(golden(&project), before);
}

#[test]
fn a_comment_is_no_edit() {
    let project = updated(NEARLY);
    let text = std::fs::read_to_string(project.path().join(CART)).expect("a file");
    project.write(CART, &format!("// A cart on a rail.\n{text}"));

    let ended = project.randori(&["test", "--rebaseline", "--yes"]).expect_code(0);

    assert!(ended.stdout.contains("1 moved within tolerance"), "{}", ended.stdout);
}

#[test]
fn what_this_version_resolves_otherwise_is_no_edit_if_the_files_are_the_same() {
    let project = Project::new();
    let (now, then) = (golden_of(&project, "1.0"), golden_of(&project, NEARLY));
    let sources = split(split(&now, "runs: [").0, "sources: {").1;
    let (values, runs) = (split(&then, "sources: {").0, split(&then, "runs: [").1);

    project.write(GOLDEN, &format!("{values}{runs}"));
    let unknown = project.randori(&["test", "--rebaseline", "--yes"]).expect_code(5);
    project.write(GOLDEN, &format!("{values}{sources}{runs}"));
    let moved = project.randori(&["test", "--rebaseline", "--yes"]).expect_code(0);

    // A golden without digests of its sources cannot tell; that is the safe side.
    assert!(unknown.stdout.contains("1 edited"), "{}", unknown.stdout);
    assert!(unknown.stdout.contains("by an edit or by defaults of this version"));
    assert!(moved.stdout.contains("this version resolves the same files to other values:"));
    assert!(moved.stdout.contains("links.cart.mass_kg is now 1.0\n"), "{}", moved.stdout);
}

#[test]
fn goldens_with_digests_of_another_version_are_compared_by_their_numbers() {
    let project = Project::new();
    let text = golden_of(&project, "1.0");
    let (before, after) = text.split_once("digests: ").expect("a version");
    let (version, rest) = after.split_once(')').expect("its end");
    project.write(GOLDEN, &format!("{before}digests: 1{version}){rest}"));

    let ended = project.randori(&["test", "--rebaseline", "--yes"]).expect_code(0);

    assert!(ended.stdout.contains("equal numbers; digests differ"), "{}", ended.stdout);
    assert!(ended.stdout.contains("only numbers can be compared"), "{}", ended.stdout);
    assert_eq!(golden(&project), text);
}

#[test]
fn continuous_integration_gets_the_report_and_writes_nothing() {
    let project = updated(NEARLY);
    let before = golden(&project);

    let in_ci = |arguments: &[&str]| {
        let output = project.command(arguments).env("CI", "true").output();
        crate::project::Ended::from(output.expect("the program starts"))
    };
    let report = in_ci(&["test", "--rebaseline"]).expect_code(5);
    in_ci(&["test", "--rebaseline", "--yes"]).expect_code(2);

    assert!(report.stdout.contains("1 moved within tolerance"), "{}", report.stdout);
    assert_eq!(golden(&project), before);
}

#[test]
fn json_has_the_class_the_versions_and_every_difference() {
    let project = updated(FAR_OFF);

    let ended = project.randori(&["test", "--rebaseline", "--format", "json"]).expect_code(5);

    let line = &ended.json_lines()[0];
    assert_eq!((&line["file"], &line["golden"]), (&DRIVE.into(), &GOLDEN.into()));
    assert_eq!((&line["status"], &line["movement"]), (&line["movement"], &line["status"]));
    assert_eq!(line["status"], "beyond_tolerance");
    assert_eq!((&line["written"], &line["inputs_changed_by"]), (&false.into(), &().into()));
    assert_eq!(line["engine"]["golden"]["randori"], "0.0.9");
    assert_eq!(line["engine"]["now"]["randori"], env!("CARGO_PKG_VERSION"));
    assert_eq!(line["first_difference"]["first_tick"], 1);
    assert_eq!(line["first_difference"]["stage"], "physics");
    let differences = line["differences"].as_array().expect("a list");
    let joint = differences.iter().find(|it| it["quantity"] == "joint").expect("a joint");
    assert_eq!(joint["name"], "cart.slide");
    assert!(joint["distance"].as_f64() > joint["allowed"].as_f64(), "{joint}");
    assert!(!line["beyond"].as_array().expect("a list").is_empty());

    let yes = ["test", "--rebaseline", "--yes", "--beyond-tolerance", DRIVE, "--format", "json"];
    let ended = project.randori(&yes).expect_code(0);
    assert_eq!(ended.json_lines()[0]["written"], true);
}

#[test]
fn chance_is_not_taken_for_an_update() {
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
    let accept = ["test", "--accept", "--trust-programs", "--level", "verdict"];
    project.randori(&accept).expect_code(0);
    let before = golden(&project);
    let rebaseline = ["test", "--rebaseline", "--yes", "--trust-programs"];

    let ended = project.randori(&rebaseline).expect_code(0);
    project.edit(GOLDEN, "level: Verdict", "level: Exact");
    let exact = project.randori(&rebaseline).expect_code(5);

    assert!(ended.stdout.contains("two runs differ; as accepted (verdict)"), "{}", ended.stdout);
    assert!(exact.stdout.contains("RANDOM"), "{}", exact.stdout);
    assert_eq!(golden(&project), before.replace("level: Verdict", "level: Exact"));
}

#[cfg(unix)]
mod at_a_terminal {
    use super::*;
    use crate::project::Ended;
    use crate::terminal::{Terminal, at_terminal};

    /// A second scenario with the same golden.
    const SECOND: &str = "scenarios/drive_again.ron";

    fn rebaseline(project: &Project, answers: &str) -> Ended {
        at_terminal(project.command(&["test", "--rebaseline"]), answers)
    }

    /// Two scenarios that moved.
    fn two(mass: &str) -> Project {
        let project = updated(mass);
        let text = std::fs::read_to_string(project.path().join(DRIVE)).expect("a scenario");
        project.write(SECOND, &text);
        let other = golden(&project).replace("scenarios/drive.ron", SECOND);
        project.write("scenarios/drive_again.golden.ron", &other);
        project
    }

    fn expect_rewritten(project: &Project, rewritten: usize) {
        let ended = project.randori(&["test"]);
        let lines = ended.stdout.lines().filter(|line| line.starts_with("  pass"));
        assert_eq!(lines.count(), rewritten, "{}", ended.stdout);
    }

    #[test]
    fn each_golden_is_rewritten_if_a_person_says_so() {
        let project = two(NEARLY);

        let left = rebaseline(&project, "what\nno\n").expect_code(5);
        assert!(left.stderr.contains("1 of 2: scenarios/drive.ron moved within tolerance"));
        assert!(left.stderr.contains("0 goldens rewritten, 2 left"), "{}", left.stderr);
        expect_rewritten(&project, 0);
        rebaseline(&project, "n\ny\n").expect_code(5);
        expect_rewritten(&project, 1);
        let ended = rebaseline(&project, "yes\n").expect_code(0);
        assert!(ended.stderr.contains("1 of 1: scenarios/drive.ron"), "{}", ended.stderr);
        expect_rewritten(&project, 2);
    }

    #[test]
    fn all_of_a_class_are_confirmed_at_once() {
        let project = two(FAR_OFF);

        let ended = rebaseline(&project, "a\n").expect_code(0);

        assert!(ended.stderr.contains("[a]ll beyond tolerance"), "{}", ended.stderr);
        expect_rewritten(&project, 2);
    }

    #[test]
    fn quitting_leaves_the_rest() {
        let project = two(NEARLY);
        rebaseline(&project, "q\n").expect_code(5);
        expect_rewritten(&project, 0);
    }

    #[test]
    fn all_does_not_stand_for_runs_that_no_longer_pass() {
        let project = two(FAR_OFF);
        project.edit(SECOND, "joint(cart.slide) > 0.1 m)\"", "joint(cart.slide) > 1.5 m)\"");
        project.randori(&["test", SECOND, "--accept", "--accept-failures"]).expect_code(0);
        let second = "scenarios/drive_again.golden.ron";
        project.edit(second, "      verdict: fail,", "      verdict: pass,");

        let ended = rebaseline(&project, "a\n").expect_code(5);

        assert!(ended.stderr.contains("drive_again.ron: seed 0 fails: `arrives`"));
        expect_rewritten(&project, 1);
    }

    #[test]
    fn ctrl_c_at_a_question_keeps_what_was_confirmed_before_and_nothing_else() {
        let project = two(NEARLY);
        let mut terminal = Terminal::start(project.command(&["test", "--rebaseline"]));
        terminal.wait_for("1 of 2");
        terminal.write("y\n");
        terminal.wait_for("2 of 2");

        terminal.press_ctrl_c();

        terminal.wait().expect_code(130);
        expect_rewritten(&project, 1);
        let names = std::fs::read_dir(project.path().join("scenarios")).expect("a folder");
        assert_eq!(names.count(), 4, "two scenarios and two goldens");
    }

    #[test]
    fn a_golden_that_somebody_edits_meanwhile_is_not_overwritten() {
        let project = updated(NEARLY);
        let mut terminal = Terminal::start(project.command(&["test", "--rebaseline"]));
        terminal.wait_for("1 of 1");
        project.edit(GOLDEN, "note: \"\"", "note: \"Written meanwhile.\"");
        terminal.write("y\n");

        let ended = terminal.end().expect_code(2);

        assert!(ended.stderr.contains("has changed while"), "{}", ended.stderr);
        assert!(golden(&project).contains("Written meanwhile."));
    }
}
