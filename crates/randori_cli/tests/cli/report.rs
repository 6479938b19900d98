//! `randori report`.

use crate::project::Project;

/// A project with the recording `drive.mcap`.
fn recorded() -> Project {
    let project = Project::new();
    project.randori(&["run", "scenarios/drive.ron", "--record", "drive.mcap"]).expect_code(0);
    project
}

fn page(project: &Project, path: &str) -> String {
    std::fs::read_to_string(project.path().join(path)).expect("a page")
}

/// The data within a page.
fn data(page: &str) -> serde_json::Value {
    let (_, rest) = page.split_once("id=\"data\">").expect("a data element");
    let (json, _) = rest.split_once("</script>").expect("its end");
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn a_page_lies_beside_its_recording_and_shows_what_was_judged() {
    let project = recorded();

    let ended = project.randori(&["report", "drive.mcap"]).expect_code(0);

    assert!(ended.stdout.is_empty() && ended.stderr.contains("wrote drive.html"));
    let data = data(&page(&project, "drive.html"));
    let run = &data["runs"][0];
    assert_eq!(run["title"], "Drive a cart");
    assert_eq!(run["verdict"], "pass");
    assert_eq!(run["goals"].as_array().map(Vec::len), Some(3));
    assert_eq!(run["signals"][0]["name"], "joint(cart.slide)");
    assert!(data["divergence"].is_null());
}

#[test]
fn a_recording_alone_is_enough() {
    let project = recorded();
    std::fs::remove_dir_all(project.path().join("scenarios")).expect("removed");
    std::fs::remove_dir_all(project.path().join("assets")).expect("removed");

    let ended = project.randori(&["report", "drive.mcap", "-o", "-"]).expect_code(0);

    assert!(ended.stdout.starts_with("<!DOCTYPE html>") && ended.stderr.is_empty());
}

#[test]
fn only_pages_are_overwritten() {
    let project = recorded();
    let report = ["report", "drive.mcap", "-o", "page.html"];
    project.write("page.html", "<!DOCTYPE html>\nby hand");

    let ended = project.randori(&report).expect_code(2);

    assert!(ended.stderr.contains("`page.html` exists, and is not a page of randori"));
    assert_eq!(page(&project, "page.html"), "<!DOCTYPE html>\nby hand");
    std::fs::remove_file(project.path().join("page.html")).expect("removed");
    project.randori(&report).expect_code(0);
    project.randori(&report).expect_code(0);
}

#[test]
fn what_is_no_recording_is_refused() {
    let project = recorded();

    let ended = project.randori(&["report", "drive.mcap", "scenarios/drive.ron"]).expect_code(3);

    assert!(ended.stderr.contains("`scenarios/drive.ron` is not an MCAP file"), "{}", ended.stderr);
    assert!(!project.path().join("drive_and_drive.html").exists());
    project.randori(&["report", "missing.mcap"]).expect_code(3);
    project.randori(&["report", "a.mcap", "b.mcap", "c.mcap"]).expect_code(2);
}

#[test]
fn a_cut_recording_is_shown_as_far_as_it_goes() {
    let project = recorded();
    let bytes = std::fs::read(project.path().join("drive.mcap")).expect("a recording");
    std::fs::write(project.path().join("cut.mcap"), &bytes[..bytes.len() * 3 / 4]).expect("a file");

    let ended = project.randori(&["report", "cut.mcap"]).expect_code(0);

    assert!(ended.stderr.contains("it is truncated"), "{}", ended.stderr);
    let run = &data(&page(&project, "cut.html"))["runs"][0];
    assert_eq!(run["verdict"], "unknown");
    assert!(run["notes"][0].as_str().is_some_and(|note| note.contains("it is truncated")));
}

#[test]
fn two_recordings_are_marked_where_they_part() {
    let project = recorded();
    project.edit(
        "scenarios/drive.ron",
        "{\"drive\": 0.5}",
        "{\"drive\": 0.5}), (at: 0.2, command: {\"drive\": 0.6}",
    );
    let run = ["run", "scenarios/drive.ron", "--record", "other.mcap"];
    project.randori(&run).expect_code(0);

    let ended = project.randori(&["report", "drive.mcap", "other.mcap"]).expect_code(0);

    let divergence = &data(&page(&project, "drive_and_other.html"))["divergence"];
    assert_eq!(divergence["cause"], "policy");
    let what = divergence["what"].as_str().expect("a text");
    assert!(what.contains("drive: A 0.5, B 0.6"), "{what}");
    assert!(what.contains("scenario.ron: robots.cart"), "{what}");
    let at = divergence["time_s"].as_f64().expect("a time");
    assert!((at - 0.2).abs() < 0.01, "{at}");
    assert!(ended.stderr.contains("first difference: tick "), "{}", ended.stderr);
}

#[test]
fn equal_recordings_are_said_to_agree() {
    let project = recorded();

    let ended = project.randori(&["report", "drive.mcap", "drive.mcap", "-o", "p.html"]);

    assert!(ended.expect_code(0).stderr.contains("agree to the last bit"));
    assert!(data(&page(&project, "p.html"))["divergence"].is_null());
}

#[test]
fn a_heavier_body_is_found_as_a_cause_in_physics() {
    let project = recorded();
    project.edit("assets/cart.ron", "mass_kg: 1.0", "mass_kg: 1.01");
    project.randori(&["run", "scenarios/drive.ron", "--record", "other.mcap"]).expect_code(0);

    project.randori(&["report", "drive.mcap", "other.mcap", "-o", "p.html"]).expect_code(0);

    let divergence = &data(&page(&project, "p.html"))["divergence"];
    assert_eq!(divergence["cause"], "physics");
    assert!(divergence["what"].as_str().is_some_and(|what| what.contains("cart.cart")));
}
