//! `randori list`.

use crate::project::Project;

#[test]
fn scenarios_are_listed_with_what_they_are_about() {
    let project = Project::new();
    project.edit("scenarios/drive.ron", "metrics:", "expect: Fail(goal: \"arrives\"), metrics:");

    let ended = project.randori(&["list"]).expect_code(0);

    let row =
        ended.stdout.lines().find(|line| line.contains("scenarios/drive.ron")).expect("a row");
    for part in ["Drive a cart", "0.4 s", "cart", "arrives"] {
        assert!(row.contains(part), "{part} is not in {row}");
    }
}

#[test]
fn tags_select_and_none_that_matches_ends_with_4() {
    let project = Project::new();

    let found = project.randori(&["list", "--tag", "cart", "--json"]).expect_code(0);
    let none = project.randori(&["list", "--tag", "boat"]).expect_code(4);

    assert_eq!(found.json_lines()[0]["tags"][0], "cart");
    assert!(none.stderr.contains("there are cart") && none.stdout.is_empty());
}

#[test]
fn the_project_is_found_from_a_folder_inside_of_it() {
    let project = Project::new();
    let mut command = project.command(&["list"]);
    command.current_dir(project.path().join("assets"));

    let output = command.output().expect("the program starts");

    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("../scenarios/drive.ron"), "{text}");
}

#[test]
fn a_broken_scenario_does_not_hide_the_others() {
    let project = Project::new();
    project.write("scenarios/broken.ron", "Scenario(");

    let ended = project.randori(&["list"]).expect_code(3);

    assert!(ended.stderr.contains("`scenarios/broken.ron` is not valid"));
    assert!(ended.stdout.contains("scenarios/drive.ron"));
}
