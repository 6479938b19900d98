//! What goes where: streams, JSON, colours.

use std::process::{Command, Stdio};

use crate::project::{Ended, Project};

const DRIVE: &str = "scenarios/drive.ron";

#[test]
fn results_go_to_standard_output_and_wall_clock_times_to_standard_error() {
    let ended = Project::new().randori(&["run", DRIVE]).expect_code(0);

    assert!(ended.stderr.contains("simulated in") && !ended.stderr.contains("arrives"));
    assert!(ended.stdout.contains("arrives") && !ended.stdout.contains("real time"));
}

#[test]
fn json_has_one_object_per_run_that_equals_the_table() {
    let project = Project::new();

    let table = project.randori(&["run", DRIVE, "--seed", "7"]).expect_code(0);
    let json = project.randori(&["run", DRIVE, "--seeds", "7..9", "--json"]).expect_code(0);

    let runs = json.json_lines();
    assert_eq!(runs.len(), 2);
    let run = &runs[0];
    assert_eq!((run["file"].as_str(), run["seed"].as_u64()), (Some(DRIVE), Some(7)));
    assert_eq!((run["verdict"].as_str(), run["ticks"].as_u64()), (Some("pass"), Some(200)));
    assert_eq!(run["goals"][0]["reason"]["atom"], "joint(cart.slide) > 0.1 m");
    assert!(run["goals"][0]["margin"].as_f64().is_some_and(|margin| margin > 0.0));
    assert!(run["metrics"]["max(joint(cart.slide))"].is_f64());
    assert!(run["wall"]["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0));
    let hash = run["final_hash"].as_str().expect("a text");
    assert!(hash.len() == 16 && table.stdout.contains(hash));
}

#[test]
fn json_is_the_same_on_any_number_of_threads_but_for_the_wall_clock() {
    let project = Project::new();
    let run = |threads| {
        let arguments = ["run", DRIVE, "--seeds", "0..6", "--json", "--threads", threads];
        let mut runs = project.randori(&arguments).expect_code(0).json_lines();
        for run in &mut runs {
            run["wall"].take();
        }
        runs
    };

    assert_eq!(run("1"), run("3"));
}

#[test]
fn the_command_that_a_run_names_gives_the_same_run_again() {
    let project = Project::new();
    let first = project
        .randori(&["run", DRIVE, "--seed", "5", "--set", "duration=0.3", "--json"])
        .expect_code(0)
        .json_lines();
    let command = first[0]["reproduce"].as_str().expect("a text");
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--json"]).collect();

    let second = project.randori(&words).expect_code(0).json_lines();

    assert_eq!(first[0]["final_hash"], second[0]["final_hash"]);
    assert_eq!(first[0]["reproduce"], second[0]["reproduce"]);
}

/// Runs the program in a terminal of its own.
fn in_terminal(project: &Project, variable: (&str, &str)) -> Ended {
    let script = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    let inner = project.command(&["run", DRIVE]);
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(inner.get_program())
        .args(inner.get_args())
        .current_dir(project.path())
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env("TERM", "xterm")
        .env(variable.0, variable.1)
        .stdin(Stdio::null())
        .output();
    output.expect("python3 starts").into()
}

#[test]
fn only_terminals_get_colours_and_only_if_they_want_them() {
    let project = Project::new();

    let terminal = in_terminal(&project, ("CLICOLOR", "1")).expect_code(0);
    let unwanted = in_terminal(&project, ("NO_COLOR", "1")).expect_code(0);
    let pipe = project.randori(&["run", DRIVE]).expect_code(0);

    assert!(terminal.stdout.contains("\u{1b}[1m\u{1b}[32mpass"), "{:?}", terminal.stdout);
    assert!(unwanted.stdout.contains("pass") && !unwanted.stdout.contains("\u{1b}[1m"));
    assert!(!pipe.stdout.contains('\u{1b}') && !pipe.stderr.contains('\u{1b}'));
}

#[test]
fn names_in_files_cannot_steer_the_terminal() {
    let project = Project::new();
    project.edit(DRIVE, "Drive a cart", "Drive \\u{1b}[31ma cart");

    let ended = project.randori(&["run", DRIVE]).expect_code(0);

    assert!(!ended.stdout.contains('\u{1b}'));
    assert!(ended.stdout.contains("\\u{1b}[31m"));
}

#[test]
fn a_reader_who_has_seen_enough_is_no_fault() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = Project::new().command(&["policies"]);
    command.current_dir("/").stdout(writer);

    let ended = Ended::from(command.output().expect("the program starts")).expect_code(141);

    assert_eq!(ended.stderr, "");
}

#[test]
fn codes_of_files_and_of_runs_are_explained() {
    let project = Project::new();

    let file = project.randori(&["explain", "rs0203"]).expect_code(0);
    let run = project.randori(&["explain", "RR0102"]).expect_code(0);
    let unknown = project.randori(&["explain", "RS9999"]).expect_code(2);

    assert!(file.stdout.starts_with("RS0203: An unknown link\n"));
    assert!(run.stdout.starts_with("RR0102: A policy failed\n"));
    assert!(unknown.stderr.contains("there is no code `RS9999`"));
}

#[test]
fn the_help_tells_examples_and_exit_codes() {
    let project = Project::new();

    let general = project.randori(&["--help"]).expect_code(0);
    let run = project.randori(&["run", "--help"]).expect_code(0);

    assert!(general.stdout.contains("Exit codes") && general.stdout.contains("130"));
    assert!(run.stdout.contains("randori run scenarios/pup --seeds 0..100"));
}
