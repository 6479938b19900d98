//! Networks that others trained, in the robots of others, at the speeds that
//! they have in `MuJoCo`. The files are not part of the repository: without them
//! these tests say so and end.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder with the robots and networks.
#[expect(clippy::print_stderr, reason = "whoever reads the log has to know")]
fn assets() -> Option<PathBuf> {
    let repository = repository();
    let named = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    let folder = named("RANDORI_ASSETS")
        .or_else(|| named("RANDORI_REFERENCE_DATA").map(|data| data.join("policies")))
        .unwrap_or_else(|| repository.join("../shared/data/policies"));
    let found = folder.join("go1_playground/go1_policy.onnx").is_file();
    if !found {
        eprintln!("skipped: there are no robots and networks in `{}`", folder.display());
    }
    found.then_some(folder)
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// What the scenarios measure: forward (m/s), to the left (m/s), turning (rad/s).
const MEASURED: [[&str; 2]; 3] =
    [["forward_speed", "velocity.x"], ["lateral_speed", "velocity.y"], ["yaw_rate", "gyro.z"]];

/// Runs a scenario with two seeds; the mean velocities of each run. All goals
/// hold.
fn walk(scenario: &str, sets: &[&str]) -> Option<Vec<[f64; 3]>> {
    let assets = assets()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_randori"));
    command.current_dir(repository()).arg("run").arg(format!("scenarios/imported/{scenario}.ron"));
    command.args(["--seeds", "0..2", "--json", "--assets"]).arg(assets);
    for set in sets {
        command.args(["--set", set]);
    }
    let output = command.output().expect("the program starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}\n{}", String::from_utf8_lossy(&output.stderr));
    let metrics = |line: &str| {
        let report: serde_json::Value = serde_json::from_str(line).expect("a report");
        let metrics = report["metrics"].as_object().expect("metrics");
        MEASURED.map(|names| {
            let named = |name: &String| names.iter().any(|word| name.contains(word));
            let metric = metrics.iter().find(|(name, _)| named(name)).expect("it is measured");
            metric.1.as_f64().expect("a number")
        })
    };
    let runs: Vec<[f64; 3]> = stdout.lines().map(metrics).collect();
    assert_eq!(runs.len(), 2, "{stdout}");
    Some(runs)
}

/// Every run has these mean velocities: within 10 % of the values of `MuJoCo`, or 0.03 where those
/// are zero. A velocity that is not commanded is not compared.
#[track_caller]
fn assert_walks(scenario: &str, sets: &[&str], expected: [Option<f64>; 3]) {
    for run in walk(scenario, sets).unwrap_or_default() {
        for (found, expected) in run.iter().zip(expected) {
            let Some(expected) = expected else { continue };
            let tolerance = if expected == 0.0 { 0.03 } else { expected * 0.1 };
            assert!((found - expected).abs() <= tolerance, "{run:?} instead of {expected}");
        }
    }
}

// Expected values: mean velocity over the last 5 of 10 s in MuJoCo 4.0.0, made by
// crates/randori_sim/benches/peers.

#[test]
fn go1_of_mujoco_playground_walks_and_stands() {
    assert_walks("go1_forward", &[], [Some(1.010), None, None]);
    assert_walks("go1_stand", &[], [Some(0.0), Some(0.0), None]);
}

#[test]
fn go1_of_mujoco_playground_walks_sideways_and_in_a_circle() {
    assert_walks("go1_sideways", &[], [None, Some(0.455), None]);
    assert_walks("go1_turn", &[], [Some(0.512), None, Some(0.984)]);
}

#[test]
fn go2_of_rl_sar_walks_straight_and_in_a_circle() {
    assert_walks("go2_forward", &[], [Some(0.939), None, None]);
    assert_walks("go2_turn", &[], [Some(0.504), None, Some(0.692)]);
}

#[test]
fn g1_of_mujoco_playground_walks() {
    assert_walks("g1_forward", &[], [Some(0.594), None, None]);
}

#[test]
fn g1_of_isaac_lab_walks() {
    assert_walks("g1_lab_forward", &[], [Some(0.480), None, None]);
}

#[test]
fn robots_walk_the_same_with_larger_steps() {
    let slower = |rate: &'static str| [rate, "physics.contact_frequency_hz=120"];

    assert_walks("go1_forward", &slower("physics.rate_hz=100"), [Some(1.010), None, None]);
    assert_walks("go2_forward", &slower("physics.rate_hz=100"), [Some(0.939), None, None]);
    assert_walks("g1_forward", &slower("physics.rate_hz=250"), [Some(0.594), None, None]);
    assert_walks("g1_lab_forward", &slower("physics.rate_hz=250"), [Some(0.480), None, None]);
}
