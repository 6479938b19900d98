//! Measures the cost and the benefit of recordings for a user. Runs the program
//! itself; the compared variants alternate.
//!
//! ```sh
//! cargo bench -p randori_cli --bench regressions
//! ```
#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const CORRIDOR: &str = "scenarios/courier/corridor.ron";

/// Number of repetitions of each comparison.
const TURNS: usize = 15;

/// Drives like `goal_seeker`, with 5 ms of wall time per inference.
const SLOW_POLICY: &str = "
import math, time
from randori_policy import run

def act(observation):
    time.sleep(0.005)
    x, y, yaw = frame['odometry']['pose'] or (0.0, 0.0, 0.0)
    away = math.hypot(6.0 - x, 1.0 - y)
    turn = math.remainder(math.atan2(1.0 - y, 6.0 - x) - yaw, math.tau)
    speed = 10.0 * min(away, 1.0) * max(math.cos(turn), 0.0)
    return {'left': speed - 5.0 * turn, 'right': speed + 5.0 * turn}

run(act)
";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    overhead(folder.path())?;
    sizes(folder.path())?;
    replaying(folder.path())?;
    suite()
}

/// The repository, where the scenarios are.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Wall time of the whole program, s.
fn time(arguments: &[&str]) -> Result<f64, Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_randori"));
    command.args(arguments).current_dir(root()).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let status = command.status()?;
    let wall_s = begun.elapsed().as_secs_f64();
    // A scenario with an expected failure has run as well.
    match status.code() {
        Some(0 | 1) => Ok(wall_s),
        code => Err(format!("`randori {}` ended with {code:?}", arguments.join(" ")).into()),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Compares a recorded run with one that is not recorded.
fn overhead(folder: &Path) -> Result<(), Box<dyn Error>> {
    let file = folder.join("corridor.mcap").display().to_string();
    let record = ["run", CORRIDOR, "--record", &file];
    let compress = [&record[..], &["--record-compressed"]].concat();
    let (mut bare, mut ratios, mut compressed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let without = time(&["run", CORRIDOR])?;
        ratios.push(time(&record)? / without);
        compressed.push(time(&compress)? / without);
        bare.push(without);
    }
    println!("recording `{CORRIDOR}`, 20 s, whole program, median of {TURNS}");
    println!("  not recorded  {:8.1} ms", 1e3 * median(bare));
    println!("  recorded      {:8.3} times that", median(ratios));
    println!("  compressed    {:8.3} times that\n", median(compressed));
    Ok(())
}

/// Size of a recording of 10 s of the courier.
fn sizes(folder: &Path) -> Result<(), Box<dyn Error>> {
    println!("size of 10 s of `{CORRIDOR}`");
    let file = folder.join("ten_seconds.mcap");
    let shown = file.display().to_string();
    for (name, options) in [
        ("everything", &[][..]),
        ("without lidar and other sensor frames", &["--no-sensor-frames"]),
        ("state of every 10th tick", &["--record-every", "10"]),
        ("both", &["--no-sensor-frames", "--record-every", "10"]),
        ("everything, compressed", &["--record-compressed"]),
    ] {
        let ten = ["run", CORRIDOR, "--set", "duration=10", "--record", &shown];
        time(&[&ten, options].concat())?;
        println!("  {name:<40} {:8.2} MB", fs::metadata(&file)?.len() as f64 * 1e-6);
    }
    println!();
    Ok(())
}

/// Compares a run with a slow policy with its verification.
fn replaying(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (policy, file) = (folder.join("slow.py"), folder.join("slow.mcap"));
    fs::write(&policy, SLOW_POLICY)?;
    let (policy, file) = (policy.display().to_string(), file.display().to_string());
    let flat = "scenarios/courier/flat.ron";
    let original = time(&["run", flat, "--policy", &policy, "--record", &file])?;
    let replayed = median((0..TURNS).map(|_| time(&["replay", &file])).collect::<Result<_, _>>()?);
    println!("`{flat}` with a policy that thinks for 5 ms");
    println!("  run           {:8.1} ms", 1e3 * original);
    println!("  verified      {:8.1} ms", 1e3 * replayed);
    println!("  ratio         {:8.1}\n", original / replayed);
    Ok(())
}

/// Tests all shipped scenarios against their goldens.
fn suite() -> Result<(), Box<dyn Error>> {
    let wall_s = median((0..5).map(|_| time(&["test", "scenarios"])).collect::<Result<_, _>>()?);
    println!("`randori test scenarios`: {wall_s:.2} s (median of 5)");
    Ok(())
}
