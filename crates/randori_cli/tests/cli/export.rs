//! `randori export`.

use std::collections::BTreeMap;

use randori_record::reader::Recording;
use randori_record::tick::RecordedTick;

use crate::project::Project;

/// A project with the recording `drive.mcap`.
fn recorded() -> Project {
    let project = Project::new();
    project.randori(&["run", "scenarios/drive.ron", "--record", "drive.mcap"]).expect_code(0);
    project
}

fn ticks(project: &Project) -> Vec<RecordedTick> {
    let recording = Recording::open_file(&project.path().join("drive.mcap")).expect("a recording");
    recording.ticks().map(|tick| tick.expect("a whole recording")).collect()
}

/// The cells of comma-separated values.
fn cells(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let (mut cells, mut quoted) = (vec![String::new()], false);
        for character in line.chars() {
            match character {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                other => cells.last_mut().expect("never empty").push(other),
            }
        }
        cells
    };
    text.lines().map(cells).collect()
}

/// The columns of a table, by their headings.
fn columns(text: &str) -> BTreeMap<String, Vec<String>> {
    let rows = cells(text);
    let (headings, rows) = rows.split_first().expect("headings");
    let column = |index: usize| rows.iter().map(|row| row[index].clone()).collect();
    headings.iter().enumerate().map(|(index, name)| (name.clone(), column(index))).collect()
}

fn export(project: &Project, more: &[&str]) -> BTreeMap<String, Vec<String>> {
    let arguments = [&["export", "drive.mcap", "--csv", "-o", "-"], more].concat();
    columns(&project.randori(&arguments).expect_code(0).stdout)
}

#[track_caller]
fn assert_singles(column: &[String], expected: impl Iterator<Item = f32>) {
    let found: Vec<u32> =
        column.iter().map(|text| text.parse::<f32>().expect("a number").to_bits()).collect();
    assert_eq!(found, expected.map(f32::to_bits).collect::<Vec<_>>());
}

#[test]
fn a_table_has_the_very_bits_of_the_recording() {
    let project = recorded();
    let ticks = ticks(&project);

    let table = export(&project, &[]);

    let numbers = ticks.iter().map(|tick| tick.record.tick.0.to_string());
    assert_eq!(table["tick"], numbers.collect::<Vec<_>>());
    let states = || ticks.iter().map(|tick| &tick.record.state);
    let cart = |name: &str| &table[&format!("body.cart.cart.{name}")][..];
    assert_singles(cart("position.x [m]"), states().map(|it| it.bodies[1].pose.translation.x));
    assert_singles(cart("rotation.w [1]"), states().map(|it| it.bodies[1].pose.rotation.w));
    let speeds = states().map(|it| it.bodies[1].twist.linear.x);
    assert_singles(cart("linear_velocity.x [m/s]"), speeds);
    let slide = |name: &str| &table[&format!("joint.cart.slide.{name}")][..];
    assert_singles(slide("position [m]"), states().map(|it| it.positions[0]));
    assert_singles(slide("velocity [m/s]"), states().map(|it| it.velocities[0]));
    assert_singles(slide("torque [N]"), states().map(|it| it.torques[0]));
    let applied = ticks.iter().map(|tick| tick.record.applied[0]);
    assert_singles(&table["motor.cart.drive.applied [N]"], applied);
    let commands = ticks.iter().map(|tick| tick.record.requested[0][0]);
    assert_singles(&table["command.cart.drive.velocity [m/s]"], commands);
    let signal = table["joint(cart.slide) [m]"].iter();
    let signal: Vec<u64> =
        signal.map(|text| text.parse::<f64>().expect("a number").to_bits()).collect();
    let expected = ticks.iter().map(|tick| tick.record.signals[0].to_bits());
    assert_eq!(signal, expected.collect::<Vec<_>>());
}

#[test]
fn measured_values_have_a_row_each() {
    let project = recorded();
    let ticks = ticks(&project);
    let readings = || ticks.iter().flat_map(|tick| &tick.record.readings);

    let table = export(&project, &["--table", "sensors"]);

    assert_singles(&table["measured"], readings().flat_map(|it| it.measured.clone()));
    assert_singles(&table["truth"], readings().flat_map(|it| it.truth.clone()));
    assert!(table["sensor"].iter().all(|name| name == "cart.joints"));
    let channels = [&table["channel"][0], &table["element"][0], &table["lost"][0]];
    assert_eq!(channels, ["position", "slide", "false"]);
}

#[test]
fn columns_are_chosen_by_parts_of_their_names() {
    let project = recorded();

    let table = export(&project, &["--channel", "joint(", "--channel", "applied"]);

    let names: Vec<&String> = table.keys().collect();
    let expected = ["joint(cart.slide) [m]", "motor.cart.drive.applied [N]", "tick", "time [s]"];
    assert_eq!(names, expected);
    let nothing = ["export", "drive.mcap", "--csv", "--channel", "wheel"];
    let ended = project.randori(&nothing).expect_code(4);
    assert!(ended.stderr.contains("there is: body.cart.rail, body.cart.cart, joint.cart.slide"));
}

#[test]
fn states_that_were_not_recorded_have_no_row_but_commands_have() {
    let project = Project::new();
    let run = ["run", "scenarios/drive.ron", "--record", "drive.mcap", "--record-every", "10"];
    project.randori(&run).expect_code(0);
    let ticks = ticks(&project);

    let states = export(&project, &["--table", "state"]);
    let commands = export(&project, &["--table", "commands"]);

    assert_eq!(states["tick"].len(), ticks.iter().filter(|tick| tick.sampled).count());
    assert_eq!(commands["tick"].len(), ticks.len());
    assert!(states["tick"].len() < commands["tick"].len() / 9);
}

#[test]
fn tables_lie_beside_their_recording_and_only_tables_are_overwritten() {
    let project = recorded();
    let csv = ["export", "drive.mcap", "--csv"];
    let parquet = ["export", "drive.mcap", "--parquet", "--table", "sensors"];

    for _ in 0..2 {
        project.randori(&csv).expect_code(0);
        project.randori(&parquet).expect_code(0);
    }

    let read = |name: &str| std::fs::read(project.path().join(name)).expect("a table");
    let table = read("drive.sensors.parquet");
    assert!(table.starts_with(b"PAR1") && table.ends_with(b"PAR1"));
    project.write("drive.csv", "time,mine\n");
    let ended = project.randori(&csv).expect_code(2);
    assert!(ended.stderr.contains("`drive.csv` exists"), "{}", ended.stderr);
    assert_eq!(read("drive.csv"), b"time,mine\n");
}

#[test]
fn a_cut_recording_gives_what_can_be_read() {
    let project = recorded();
    let bytes = std::fs::read(project.path().join("drive.mcap")).expect("a recording");
    std::fs::write(project.path().join("cut.mcap"), &bytes[..bytes.len() * 3 / 4]).expect("a file");
    std::fs::write(project.path().join("stub.mcap"), &bytes[..100]).expect("a file");

    for format in ["--csv", "--parquet"] {
        let ended = project.randori(&["export", "cut.mcap", format]).expect_code(0);
        assert!(ended.stderr.contains("is truncated"), "{}", ended.stderr);
        project.randori(&["export", "stub.mcap", format]).expect_code(3);
    }
}

#[test]
fn a_format_has_to_be_named() {
    let project = recorded();

    project.randori(&["export", "drive.mcap"]).expect_code(2);
    project.randori(&["export", "drive.mcap", "--csv", "--parquet"]).expect_code(2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_names_the_file() {
    let project = recorded();

    for format in ["--csv", "--parquet"] {
        let ended = project.randori(&["export", "drive.mcap", format, "-o", "/dev/full"]);
        assert!(ended.expect_code(2).stderr.contains("`/dev/full` cannot be written"));
    }
}
