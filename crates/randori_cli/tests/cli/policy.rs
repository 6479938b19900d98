//! Policies from the command line and from files.

use crate::project::{Project, scenario};

const DRIVE: &str = "scenarios/drive.ron";

const CALM: &str = "
from randori_policy import run

def act(observation):
    return {'drive': 0.5}

run(act)
";

/// Says who it is, answers a few times, and then kills itself.
const MORTAL: &str = "
import os, signal, sys
from randori_policy import run

def act(observation):
    if observation.request == 0:
        print('I am', os.getpid(), file=sys.stderr, flush=True)
    if observation.request == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return {'drive': 0.5}

run(act)
";

fn with_program(script: &str) -> Project {
    let project = Project::new();
    project.write("policies/mine.py", script);
    let policy = r#"(use: Process(command: ["python3", "policies/mine.py"]), rate_hz: 50)"#;
    project.write(DRIVE, &scenario(policy));
    project
}

#[test]
fn a_built_in_policy_can_take_the_place_of_another() {
    let ended = Project::new().randori(&["run", DRIVE, "--policy", "hold"]).expect_code(1);

    assert!(ended.stdout.contains("--policy hold"));
}

#[test]
fn naming_the_policy_that_a_file_has_keeps_its_parameters() {
    let project = Project::new();

    let as_written = project.randori(&["run", DRIVE, "--json"]).expect_code(0).json_lines();
    let named = project
        .randori(&["run", DRIVE, "--json", "--policy", "cart=scripted"])
        .expect_code(0)
        .json_lines();

    assert_eq!(as_written[0]["final_hash"], named[0]["final_hash"]);
}

#[test]
fn a_policy_that_lacks_a_parameter_is_told_so() {
    let ended = Project::new().randori(&["run", DRIVE, "--policy", "poses"]).expect_code(3);

    assert!(ended.stderr.contains("RS0702") && ended.stderr.contains("`sequence`"));
}

#[test]
fn a_wrong_parameter_in_a_file_is_underlined() {
    let project = Project::new();
    project.edit(DRIVE, "\"steps\":", "\"stepz\":");

    let ended = project.randori(&["run", DRIVE]).expect_code(3);

    assert!(ended.stderr.contains("RS0702") && ended.stderr.contains("--> scenarios/drive.ron:"));
    assert!(ended.stderr.contains("did you mean `steps`?"), "{}", ended.stderr);
}

#[test]
fn a_python_file_drives_a_robot_of_a_scenario_without_policy() {
    let project = Project::new();
    project.write(DRIVE, &scenario("None"));
    project.write("mine.py", CALM);

    let idle = project.randori(&["run", DRIVE]).expect_code(1);
    let driven = project.randori(&["run", DRIVE, "--policy", "mine.py"]).expect_code(0);

    assert!(idle.stdout.contains("FAIL"));
    assert!(driven.stdout.contains("--policy mine.py"));
}

#[test]
fn a_command_is_split_into_words_and_never_reaches_a_shell() {
    let project = Project::new();
    project.write(
        "my policy.py",
        &CALM.replace("'drive': 0.5", "'drive': float(__import__('sys').argv[1])"),
    );

    let command = "cart=python3 -u 'my policy.py' 0.5";
    let ended = project.randori(&["run", DRIVE, "--policy", command]).expect_code(0);
    let shell = project.randori(&["run", DRIVE, "--policy", "true; touch x"]).expect_code(2);

    assert!(ended.stdout.contains("arrives"));
    assert!(shell.stderr.contains("`true;` is neither"));
    assert!(!project.path().join("x").exists());
}

#[test]
fn a_program_in_a_file_starts_only_if_somebody_says_so() {
    let project = with_program(CALM);

    let refused = project.randori(&["run", DRIVE]).expect_code(3);
    let trusted = project.randori(&["run", DRIVE, "--trust-programs"]).expect_code(0);
    let named = project
        .randori(&["run", DRIVE, "--policy", "cart=python3 policies/mine.py"])
        .expect_code(0);

    assert!(refused.stderr.contains("RS0704"));
    assert!(refused.stderr.contains("it would run: python3 policies/mine.py"));
    assert!(refused.stderr.contains("--trust-programs"));
    assert!(trusted.stdout.contains("pass") && named.stdout.contains("pass"));
}

#[test]
fn a_policy_that_is_killed_ends_the_run_as_an_error_and_leaves_no_process() {
    let project = with_program(MORTAL);

    let ended = project.randori(&["run", DRIVE, "--trust-programs"]).expect_code(6);

    assert!(ended.stdout.contains("error[RR0102]") && ended.stdout.contains("signal 9"));
    assert!(ended.stdout.contains("at tick 50 (0.10 s)"), "{}", ended.stdout);
    let last_words = ended.stdout.lines().find_map(|line| line.split_once("I am "));
    let (_, process) = last_words.expect("its error output is shown");
    let gone = !std::path::Path::new("/proc").join(process.trim()).exists();
    assert!(gone, "process {process} is still there");
}

#[test]
fn a_broken_run_has_its_reason_in_json_too() {
    let project = with_program(MORTAL);

    let ended = project.randori(&["run", DRIVE, "--trust-programs", "--json"]).expect_code(6);

    let run = &ended.json_lines()[0];
    assert_eq!(
        (run["verdict"].as_str(), run["error"]["code"].as_str()),
        (Some("error"), Some("RR0102"))
    );
    assert_eq!(run["goals"][0]["verdict"], "error");
    assert!(run["error"]["details"][0].as_str().is_some_and(|line| line.starts_with("I am ")));
}

#[test]
fn a_policy_that_is_neither_built_in_nor_a_program_gets_a_suggestion() {
    let ended = Project::new().randori(&["run", DRIVE, "--policy", "hodl"]).expect_code(2);

    assert!(ended.stderr.contains("did you mean `hold`?"));
}

#[test]
fn all_built_in_policies_are_listed_with_their_parameters() {
    let project = Project::new();

    let text = project.randori(&["policies"]).expect_code(0);
    let json = project.randori(&["policies", "--json"]).expect_code(0);

    assert!(text.stdout.contains("goal_seeker") && text.stdout.contains("required"));
    let named = |name: &str| json.json_lines().iter().any(|policy| policy["name"] == name);
    assert!(named("hold") && named("cartpole_lqr"));
}

/// A protocol buffer field of fewer than 128 bytes.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("a short field");
    assert!(length < 128 && number < 16);
    [&[number << 3 | 2, length], content].concat()
}

#[test]
fn names_of_a_network_cannot_steer_the_terminal() {
    let value = [field(1, b"x\x1b[2J"), field(2, &field(1, &[8, 1]))].concat();
    let node = [field(1, b"x\x1b[2J"), field(2, b"y"), field(4, b"Neg")].concat();
    let output = [field(1, b"y"), field(2, &field(1, &[8, 1]))].concat();
    let graph = [field(1, &node), field(2, b"\x1b]0;owned\x07"), field(11, &value)].concat();
    let graph = [graph, field(12, &output)].concat();
    let file = [field(2, b"maker\nnetwork        innocent"), field(7, &graph), field(8, &[16, 17])];
    let project = Project::new();
    std::fs::write(project.path().join("net.onnx"), file.concat()).expect("a file");

    let ended = project.randori(&["policy", "inspect", "net.onnx"]).expect_code(0);

    assert!(!ended.stdout.contains('\x1b') && !ended.stdout.contains('\x07'), "{}", ended.stdout);
    assert!(ended.stdout.contains("]0;owned"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("\nnetwork        innocent"), "{}", ended.stdout);
}

#[test]
fn a_file_that_is_no_network_is_named_for_what_it_is() {
    let project = Project::new();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 84213\n";
    let files = [
        ("net.onnx", pointer, "a Git LFS pointer", "git lfs pull"),
        ("net.npz", "PK\u{3}\u{4}................arr_0.npy", "NumPy arrays", "torch.onnx.export"),
        ("page.onnx", "<!DOCTYPE html><html></html>", "an HTML page", "download link"),
    ];
    for (name, text, what, help) in files {
        project.write(name, text);

        let ended = project.randori(&["policy", "inspect", name]).expect_code(3);

        assert!(ended.stderr.contains("RS0718"), "{}", ended.stderr);
        assert!(ended.stderr.contains(what) && ended.stderr.contains(help), "{}", ended.stderr);
    }
}
