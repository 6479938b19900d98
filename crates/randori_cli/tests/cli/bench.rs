//! `randori bench accuracy`.

use crate::project::Project;

#[test]
fn the_page_about_accuracy_is_what_the_command_prints() {
    let project = Project::new();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/physics-accuracy.md");
    let page = std::fs::read_to_string(page).expect("the page exists");

    let chosen = ["--only", "pendulum", "--only", "babyboot"];
    let arguments = [&["bench", "accuracy", "--markdown"], &chosen[..]].concat();
    let ended = project.randori(&arguments).expect_code(0);

    let sections: Vec<&str> = ended.stdout.split("### ").skip(1).collect();
    assert_eq!(sections.len(), 2, "{}", ended.stdout);
    for section in sections {
        assert!(page.contains(section.trim_end()), "the page does not hold\n{section}");
    }
}

#[test]
fn scripts_get_errors_settings_and_published_figures() {
    let project = Project::new();

    let ended =
        project.randori(&["bench", "accuracy", "--json", "--only", "babyboot"]).expect_code(0);

    let report = &ended.json_lines()[0];
    let run = &report["runs"][2];
    assert_eq!(run["rate_hz"], 500);
    assert_eq!(run["settings"]["contact_frequency_hz"], 240.0);
    assert!(run["errors"][0].as_f64().is_some_and(|error| error < 0.02), "{run}");
    assert!(report["orders"][1].as_f64().is_some_and(|order| (1.9..2.1).contains(&order)));
    assert_eq!(report["published"][0]["errors"][0], 0.081);
}

#[test]
fn an_unknown_case_is_told_with_those_that_exist() {
    let project = Project::new();

    let ended = project.randori(&["bench", "accuracy", "--only", "pendulm"]).expect_code(4);

    assert!(ended.stdout.is_empty());
    assert!(ended.stderr.contains("`pendulm`") && ended.stderr.contains("pendulum"));
}
