//! `randori check`.

use crate::project::Project;

#[test]
fn valid_files_of_all_kinds_end_with_0() {
    let ended = Project::new().randori(&["check", "scenarios", "assets"]).expect_code(0);

    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.contains("checked 3 files"));
}

#[test]
fn a_robot_file_alone_is_checked_alone() {
    let project = Project::new();
    project.edit("assets/cart.ron", "child: \"cart\"", "child: \"cert\"");

    let ended = project.randori(&["check", "assets/cart.ron"]).expect_code(3);

    assert!(ended.stdout.contains("error[RS0203]") && ended.stdout.contains("assets/cart.ron:"));
}

#[test]
fn a_problem_that_files_share_is_told_once() {
    let project = Project::new();
    project.edit("assets/cart.ron", "child: \"cart\"", "child: \"cert\"");

    let ended = project.randori(&["check", "--short", "assets", "scenarios"]).expect_code(3);

    assert_eq!(ended.stdout.matches("RS0203").count(), 1, "{}", ended.stdout);
}

#[test]
fn formulas_and_policies_are_checked_too_each_on_one_line() {
    let project = Project::new();
    project.edit("scenarios/drive.ron", "abs(joint(cart.slide))", "abs(jiont(cart.slide))");
    project.edit("scenarios/drive.ron", "\"scripted\"", "\"scriptid\"");

    let ended = project.randori(&["check", "--short", "scenarios/drive.ron"]).expect_code(3);

    let has = |code: &str| {
        let start = "scenarios/drive.ron:";
        ended.stdout.lines().any(|line| line.starts_with(start) && line.contains(code))
    };
    assert!(has("error[RS0603]") && has("error[RS0701]"), "{}", ended.stdout);
}

#[test]
fn formulas_are_checked_although_other_things_are_wrong() {
    let project = Project::new();
    project.edit("assets/cart.ron", "child: \"cart\"", "child: \"cert\"");
    project.edit("scenarios/drive.ron", "abs(joint(cart.slide))", "abs(jiont(cart.slide))");

    let ended = project.randori(&["check", "--short", "scenarios/drive.ron"]).expect_code(3);

    assert!(ended.stdout.contains("RS0203") && ended.stdout.contains("RS0603"), "{}", ended.stdout);
}

#[test]
fn a_person_can_change_what_files_may_ask_for() {
    let project = Project::new();
    let check = |limit| project.randori(&["check", "scenarios", "--limit", limit]);

    let few = check("ticks=10").expect_code(3);
    assert!(few.stdout.contains("RS0004") && few.stdout.contains("--limit ticks=N"));

    check("ticks=100000").expect_code(0);
    let typo = check("tick=10").expect_code(2);
    assert!(typo.stderr.contains("did you mean `ticks`?"), "{}", typo.stderr);
}

#[test]
fn findings_are_available_as_json_lines() {
    let project = Project::new();
    project.edit("scenarios/drive.ron", "duration: 0.4", "duration: -1.0");

    let ended = project.randori(&["check", "--json", "scenarios"]).expect_code(3);

    let findings = ended.json_lines();
    assert_eq!(findings[0]["file"], "scenarios/drive.ron");
    assert_eq!(
        (findings[0]["line"].as_u64(), findings[0]["severity"].as_str()),
        (Some(5), Some("error"))
    );
    assert_eq!(ended.stderr, "");
}

#[test]
fn warnings_pass_unless_they_are_denied() {
    let project = Project::new();
    project.edit("scenarios/drive.ron", "eventually[0, 0.1]", "eventually[0, 9]");

    let lenient = project.randori(&["check", "scenarios"]).expect_code(0);
    let strict = project.randori(&["check", "scenarios", "--deny-warnings"]).expect_code(3);

    assert!(lenient.stdout.contains("warning[RS0604]"), "{}", lenient.stdout);
    assert!(strict.stderr.contains("1 warning"));
}

#[test]
fn overrides_are_checked_in_place() {
    let project = Project::new();

    let ended = project.randori(&["check", "scenarios", "--set", "duration=-1"]).expect_code(3);

    assert!(ended.stdout.contains("--set:1:10"), "{}", ended.stdout);
}

#[test]
fn paths_are_shown_from_where_one_stands() {
    let project = Project::new();
    project.edit("assets/cart.ron", "child: \"cart\"", "child: \"cert\"");
    let mut command = project.command(&["check", "--short", "drive.ron"]);
    command.current_dir(project.path().join("scenarios"));

    let output = command.output().expect("the program starts");

    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.starts_with("../assets/cart.ron:"), "{text}");
}

#[test]
fn bodies_that_overlap_at_the_start_are_told_with_their_depth() {
    let project = Project::new();
    project.edit("scenarios/drive.ron", "xyz: (0.0, 0.0, 1.0)", "xyz: (0.0, 0.0, 0.03)");

    let lenient = project.randori(&["check", "--short", "scenarios"]).expect_code(0);
    let run = project.randori(&["run", "scenarios"]);

    let warning = "warning[RS0312]: `cart.cart` and the ground overlap by 20.0 mm at the start";
    assert!(lenient.stdout.contains(warning), "{}", lenient.stdout);
    assert!(run.stderr.contains("RS0312"), "{}", run.stderr);
    project.edit("scenarios/drive.ron", "xyz: (0.0, 0.0, 0.03)", "xyz: (0.0, 0.0, 0.0495)");
    project.randori(&["check", "--deny-warnings", "scenarios"]).expect_code(0);
}

#[test]
fn a_world_that_cannot_be_built_is_an_error_of_check_too() {
    let project = Project::new();
    project.edit(
        "assets/cart.ron",
        "base: Fixed(link: \"rail\")",
        "base: Floating(link: \"rail\")",
    );
    project.edit(
        "assets/cart.ron",
        "mass_kg: 5.0, shapes: [",
        "mass_kg: 0.0, shapes: [], visuals: [",
    );
    project.edit(
        "assets/cart.ron",
        "(shape: Box(size: (4.0, 0.04, 0.04)), pose: (xyz: (0.0, 0.0, -0.2))),",
        "",
    );

    let checked = project.randori(&["check", "--short", "scenarios"]).expect_code(3);
    let run = project.randori(&["run", "scenarios"]).expect_code(6);

    assert!(checked.stdout.contains("error[RS0313]: the world cannot be built: `cart.rail`"));
    assert!(run.stderr.contains("RR0201") || run.stdout.contains("RR0201"), "{}", run.stderr);
}
