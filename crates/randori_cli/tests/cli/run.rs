//! `randori run`: verdicts, seeds and exit codes.

use crate::project::Project;

const DRIVE: &str = "scenarios/drive.ron";

#[test]
fn a_run_that_passes_prints_its_goals_and_ends_with_0() {
    let project = Project::new();

    let ended = project.randori(&["run", DRIVE]).expect_code(0);

    let row = |name: &str| {
        let row = ended.stdout.lines().find(|line| line.trim_start().starts_with(name));
        row.unwrap_or_else(|| panic!("no row for {name} in\n{}", ended.stdout)).to_owned()
    };
    assert!(
        row("arrives").contains("pass") && row("arrives").contains("joint(cart.slide) > 0.1 m")
    );
    assert!(row("hurries (preferred)").contains("missed"));
    assert!(row("max(joint(cart.slide))").contains("0.1"));
    assert!(row("reproduce:").ends_with("randori run scenarios/drive.ron --seed 0"));
}

#[test]
fn a_failed_goal_ends_with_1() {
    let project = Project::new();
    project.edit(DRIVE, "> 0.1 m)\")", "> 1.5 m)\")");

    let ended = project.randori(&["run", DRIVE]).expect_code(1);

    assert!(ended.stdout.contains("FAIL after 0.40 s simulated"));
}

#[test]
fn an_expected_failure_passes() {
    let project = Project::new();
    project.edit(
        DRIVE,
        "(name: \"arrives\", require: \"eventually (joint(cart.slide) > 0.1 m)\")",
        "(name: \"arrives\", require: \"eventually (joint(cart.slide) > 1.5 m)\")",
    );
    project.edit(DRIVE, "metrics:", "expect: Fail(goal: \"arrives\"), metrics:");

    let ended = project.randori(&["run", DRIVE]).expect_code(0);

    assert!(ended.stdout.contains("`arrives` failed as expected"));
}

#[test]
fn arguments_without_sense_end_with_2() {
    let project = Project::new();

    for arguments in [
        &["run"][..],
        &["run", DRIVE, "--seeds", "5..5"],
        &["run", DRIVE, "--seed", "1", "--seeds", "0..2"],
        &["run", DRIVE, "--set", "duration"],
        &["run", DRIVE, "--seeds", "0..3", "--realtime"],
        &["run", DRIVE, "--policy", "card=hold"],
        &["run", DRIVE, "--seeds", "0..99999999999"],
        &["fly", DRIVE],
    ] {
        let ended = project.randori(arguments).expect_code(2);
        assert!(ended.stdout.is_empty() && !ended.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_misspelt_file_gets_a_suggestion() {
    let ended = Project::new().randori(&["run", "scenarios/driv.ron"]).expect_code(2);

    assert!(ended.stderr.contains("the file `scenarios/driv.ron` does not exist"));
    assert!(ended.stderr.contains("did you mean `scenarios/drive.ron`?"));
}

#[test]
fn an_invalid_scenario_ends_with_3_and_nothing_runs() {
    let project = Project::new();
    project.write("scenarios/broken.ron", "Scenario(format: 1, titel: \"x\")");

    let ended = project.randori(&["run", "scenarios"]).expect_code(3);

    assert!(ended.stderr.contains("--> scenarios/broken.ron:1:21"), "{}", ended.stderr);
    assert!(ended.stdout.is_empty(), "{}", ended.stdout);
}

#[test]
fn an_unknown_signal_is_underlined_inside_of_the_formula() {
    let project = Project::new();
    project.edit(
        DRIVE,
        "eventually (joint(cart.slide) > 0.1 m)",
        "eventually (joint(cart.slid) > 0.1 m)",
    );

    let ended = project.randori(&["run", DRIVE]).expect_code(3);

    let place = ended.stderr.lines().find(|line| line.contains("-->")).expect("a place");
    let text = std::fs::read_to_string(project.path().join(DRIVE)).expect("a file");
    let (number, line) = text
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains("cart.slid)"))
        .expect("the formula");
    let column = line.find("joint(cart.slid)").expect("the signal") + 1;
    let start = format!("{DRIVE}:{}:", number + 1);
    let found: usize = place
        .split_once(&start)
        .and_then(|(_, column)| column.trim().parse().ok())
        .unwrap_or_else(|| panic!("{start} is not in {place}"));
    assert!((column..column + "joint(cart.slid)".len()).contains(&found), "{}", ended.stderr);
    assert!(ended.stderr.contains("did you mean") || ended.stderr.contains("similar"));
}

#[test]
fn a_folder_without_scenarios_ends_with_4() {
    let ended = Project::new().randori(&["run", "assets"]).expect_code(4);

    assert!(ended.stderr.contains("no scenario files in `assets`"));
}

#[test]
fn a_folder_stands_for_its_scenarios_and_the_extension_may_be_left_out() {
    let project = Project::new();

    let by_folder = project.randori(&["run", "."]).expect_code(0);
    let by_name = project.randori(&["run", "scenarios/drive"]).expect_code(0);

    assert_eq!(by_folder.stdout, by_name.stdout);
}

#[test]
fn values_can_be_set_and_a_slip_is_shown_at_its_place() {
    let project = Project::new();

    let short = project.randori(&["run", DRIVE, "--set", "duration=0.1"]).expect_code(1);
    let slip = project.randori(&["run", DRIVE, "--set", "duraton=0.1"]).expect_code(3);

    assert!(short.stdout.contains("0.10 s simulated"));
    assert!(short.stdout.contains("--seed 0 --set duration=0.1"), "the way back is complete");
    assert!(slip.stderr.contains("duraton=0.1") && slip.stderr.contains("`duration`"));
}

#[test]
fn several_seeds_give_a_line_each_and_figures_over_all() {
    let project = Project::new();
    project.edit(
        DRIVE,
        "metrics:",
        r#"vary: {"robots.cart.links.cart.mass_kg": Uniform(0.5, 2.0)}, metrics:"#,
    );

    let ended = project.randori(&["run", DRIVE, "--seeds", "3..8"]).expect_code(0);

    let seeds: Vec<u32> = ended
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next()?.parse().ok())
        .collect();
    assert_eq!(seeds, [3, 4, 5, 6, 7]);
    let goal = ended.stdout.lines().find(|line| line.contains("5/5")).expect("a pass rate");
    assert!(
        goal.contains("arrives") && goal.contains("100.0 %") && goal.contains("56.6 to 100.0 %")
    );
    assert!(ended.stdout.contains("pass: 5 of 5 runs passed"));
}

#[test]
fn the_number_of_threads_changes_no_output() {
    let project = Project::new();
    project.edit(
        DRIVE,
        "metrics:",
        r#"vary: {"robots.cart.links.cart.mass_kg": Uniform(0.5, 2.0)}, metrics:"#,
    );
    let run = |threads| project.randori(&["run", DRIVE, "--seeds", "0..12", "--threads", threads]);

    let (one, four) = (run("1").expect_code(0), run("4").expect_code(0));

    assert_eq!(one.stdout, four.stdout);
}

#[test]
fn pacing_by_the_clock_changes_no_result() {
    let project = Project::new();

    let free = project.randori(&["run", DRIVE]).expect_code(0);
    let paced = project.randori(&["run", DRIVE, "--realtime"]).expect_code(0);

    assert_eq!(free.stdout, paced.stdout);
    assert!(paced.stderr.contains("times real time"));
}

#[test]
fn a_drawn_value_that_makes_no_sense_is_reported_for_its_seed() {
    let project = Project::new();
    project.edit(
        DRIVE,
        "metrics:",
        r#"vary: {"robots.cart.links.cart.mass_kg": Normal(0.5, 1.0)}, metrics:"#,
    );

    let ended = project.randori(&["run", DRIVE, "--seeds", "0..20"]).expect_code(3);

    assert!(ended.stdout.contains("the values sampled for this seed are invalid"));
    assert!(ended.stdout.contains("20 runs"));
}

#[test]
fn the_largest_seed_is_run_and_nothing_run_is_not_fine() {
    let project = Project::new();
    let largest = u64::MAX.to_string();

    for more in [&[][..], &["--realtime"]] {
        let arguments = [&["run", "scenarios/drive.ron", "--seed", &largest], more].concat();
        let ended = project.randori(&arguments).expect_code(0);
        assert!(ended.stdout.contains(&format!("seed {largest}")), "{}", ended.stdout);
    }
    let last_two = format!("{}..={largest}", u64::MAX - 1);
    let both =
        project.randori(&["run", "scenarios/drive.ron", "--seeds", &last_two]).expect_code(0);
    assert!(both.stdout.contains("2 of 2 runs passed"), "{}", both.stdout);
    for none in ["5..5", "5..4", "0..18446744073709551615", "0..=18446744073709551615"] {
        project.randori(&["run", "scenarios/drive.ron", "--seeds", none]).expect_code(2);
        project.randori(&["test", "--accept", "--seeds", none]).expect_code(2);
    }
}

#[test]
fn nothing_to_do_is_never_success() {
    let project = Project::new();
    std::fs::create_dir(project.path().join("empty")).expect("a folder");
    let commands: [&[&str]; 9] = [
        &["run", "empty"],
        &["run", "assets"],
        &["check", "empty"],
        &["list", "empty"],
        &["list", "--tag", "nobody"],
        &["test"],
        &["test", "nothing_like_it"],
        &["test", "empty"],
        &["policy", "check", "assets"],
    ];
    for command in commands {
        project.randori(command).expect_code(4);
    }
}
