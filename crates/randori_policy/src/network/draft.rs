//! Drafts of contracts for unknown networks.
//!
//! The lengths of inputs are informative: the inputs of a walking policy with n joints whose
//! network takes 9 + 3n numbers are nearly always angular velocity, gravity, a command of three
//! values, joint positions, joint velocities and the last action. Remaining guesses are marked in
//! comments.

use std::fmt::Write as _;

use super::backend::TensorInfo;
use super::describe::Description;

/// Drafts a contract for this network, with `FILL IN` and `CHECK` where the file lacks information.
/// The draft parses, so that `randori policy check` reports the gaps. `path` is the path of the
/// network in the contract.
pub fn draft(network: &Description, path: &str) -> String {
    let states = recurrent(network);
    let is_state =
        |name: &str| states.iter().any(|(input, output)| *input == name || *output == name);
    let action = network.outputs.iter().find(|output| !is_state(&output.name));
    let joints = action.and_then(TensorInfo::sample_len).unwrap_or(0);
    let mut text = String::new();
    head(&mut text, network, path, joints);
    let observed: Vec<&TensorInfo> =
        network.inputs.iter().filter(|input| !is_state(&input.name)).collect();
    let lengths = observed.iter().filter_map(|input| input.sample_len());
    let guesses: Vec<Option<Guess>> = lengths.map(|len| guess(len, joints)).collect();
    let has_phase = guesses.iter().flatten().any(|guess| guess.family.has_phase());
    if has_phase {
        text.push_str(
            "    // FILL IN frequency and starting angles of the gait's clock.\n    \
             phases: [(name: \"gait\", frequency_hz: 1.5, start: [",
        );
        let hands = guesses.iter().flatten().map(|guess| guess.family.hands).max().unwrap_or(1);
        text.push_str(if hands == 2 { "0.0, 3.141592653589793" } else { "0.0" });
        text.push_str("])],\n");
    }
    text.push_str("    inputs: [\n");
    for input in &observed {
        write_input(&mut text, input, joints);
    }
    text.push_str("    ],\n");
    write_action(&mut text, network, action, joints);
    if !states.is_empty() {
        text.push_str("    recurrent: [\n");
        for (input, output) in &states {
            let _ = writeln!(text, "        (input: {input:?}, output: {output:?}),");
        }
        text.push_str("    ],\n");
    }
    text.push_str(")\n");
    text
}

/// A family of observations.
struct Family {
    /// Its training framework.
    of: &'static str,
    terms: &'static [&'static str],
    /// Values in addition to three for each joint.
    extra: usize,
    /// Phase angles of its gait clock.
    hands: usize,
}

impl Family {
    fn has_phase(&self) -> bool {
        self.hands > 0
    }
}

const LINEAR: &str = "Channel(name: \"imu.velocity\")";
const ANGULAR: &str = "Channel(name: \"imu.gyro\")";
const GRAVITY: &str = "ProjectedGravity(orientation: \"imu.orientation\")";
const COMMAND: &str = "Command(name: \"velocity\")";
const POSITIONS: &str = "JointPositions()";
const VELOCITIES: &str = "JointVelocities()";
const ACTION: &str = "LastAction()";
const COSINE: &str = "PhaseCos(name: \"gait\")";
const SINE: &str = "PhaseSin(name: \"gait\")";

const FAMILIES: [Family; 4] = [
    Family {
        of: "Isaac Lab, mjlab and rl_sar",
        terms: &[ANGULAR, GRAVITY, COMMAND, POSITIONS, VELOCITIES, ACTION],
        extra: 9,
        hands: 0,
    },
    Family {
        of: "MuJoCo Playground's quadrupeds (Isaac Lab puts the command after gravity)",
        terms: &[LINEAR, ANGULAR, GRAVITY, POSITIONS, VELOCITIES, ACTION, COMMAND],
        extra: 12,
        hands: 0,
    },
    Family {
        of: "MuJoCo Playground's humanoids",
        terms: &[LINEAR, ANGULAR, GRAVITY, COMMAND, POSITIONS, VELOCITIES, ACTION, COSINE, SINE],
        extra: 16,
        hands: 2,
    },
    Family {
        of: "unitree_rl_gym (others put the clock elsewhere)",
        terms: &[ANGULAR, GRAVITY, COMMAND, POSITIONS, VELOCITIES, ACTION, SINE, COSINE],
        extra: 11,
        hands: 1,
    },
];

/// The family that an input may belong to, and its number of samples.
struct Guess {
    family: &'static Family,
    samples: usize,
}

/// The smallest number of samples that explains a length.
fn guess(len: usize, joints: usize) -> Option<Guess> {
    let of_samples = |samples: usize| {
        let fits = |family: &&Family| (family.extra + 3 * joints) * samples == len;
        FAMILIES.iter().find(fits).map(|family| Guess { family, samples })
    };
    (1..=50).filter(|_| joints > 0).find_map(of_samples)
}

/// Inputs that outputs are fed back to: matched by name and equal length.
fn recurrent(network: &Description) -> Vec<(&str, &str)> {
    let stem = |name: &str| {
        let words = name.split(['_', '.', '/']);
        let is_meaningful = |word: &&str| {
            !["in", "out", "prev", "next", "new", "old", "n", "input", "output"].contains(word)
        };
        words.filter(is_meaningful).collect::<Vec<_>>().join("_").to_lowercase()
    };
    let fed = |input: &TensorInfo, output: &TensorInfo| {
        !stem(&input.name).is_empty()
            && stem(&input.name) == stem(&output.name)
            && input.sample_len() == output.sample_len()
    };
    let mut pairs = Vec::new();
    for input in &network.inputs {
        if let Some(output) = network.outputs.iter().find(|output| fed(input, output)) {
            pairs.push((input.name.as_str(), output.name.as_str()));
        }
    }
    pairs
}

fn head(text: &mut String, network: &Description, path: &str, joints: usize) {
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".onnx");
    let name = if network.name.is_empty() { stem } else { &network.name };
    let _ = write!(
        text,
        "// A first draft. Lines with FILL IN or CHECK need somebody who knows how the\n\
         // network was trained; docs/policy-contract.md explains every word.\n\
         PolicyContract(\n    format: 1,\n    name: {stem:?},\n    about: {:?},\n    network: {path:?},\n",
        format!("{name}, {} parameters, from {}", network.parameters, network.producer)
    );
    let listed = entry(network, "joint_names").filter(|names| names.len() == joints);
    if let Some(names) = listed {
        let _ = writeln!(text, "    // From the file.\n    joints: {names:?},");
    } else {
        let names: Vec<String> = (0..joints).map(|index| format!("joint_{index}")).collect();
        let _ = writeln!(
            text,
            "    // FILL IN the {joints} joints of the robot in the network's order.\n    \
             joints: {names:?},"
        );
    }
    let pose = numbers(network, "default_joint_pos", joints);
    let source = if pose.is_some() { "From the file" } else { "FILL IN, rad" };
    let pose = pose.unwrap_or_else(|| vec![0.0; joints]);
    let _ = writeln!(text, "    // {source}.\n    default_pose: {pose:?},");
    text.push_str(
        "    // FILL IN physics ticks per second in training, and ticks per decision.\n    \
         timing: (physics_hz: 200, decimation: 4),\n    \
         // CHECK: what the network is told.\n    commands: [\n        (\n            \
         name: \"velocity\",\n            elements: [\"vx m/s\", \"vy m/s\", \"wz rad/s\"],\n            \
         default: [0.0, 0.0, 0.0],\n        ),\n    ],\n",
    );
}

fn write_input(text: &mut String, input: &TensorInfo, joints: usize) {
    let _ = writeln!(text, "        // {} of the network.", input.shown());
    let Some(len) = input.sample_len() else {
        let _ = writeln!(
            text,
            "        // FILL IN the terms: the file does not tell how many values they have.\n        \
             (name: {:?}, terms: [(source: Constant(values: [0.0]))]),",
            input.name
        );
        return;
    };
    let Some(guess) = guess(len, joints) else {
        let _ = writeln!(
            text,
            "        // FILL IN the terms of {len} values; zeros stand for them.\n        \
             (name: {:?}, terms: [(source: Constant(values: {:?}))]),",
            input.name,
            vec![0.0; len]
        );
        return;
    };
    let Guess { family, samples } = guess;
    let _ = writeln!(
        text,
        "        // CHECK: {len} values are usually these, in the order of {}.\n        \
         // CHECK scales and names of sensors.\n        (\n            name: {:?},\n            terms: [",
        family.of, input.name
    );
    for term in family.terms {
        let _ = writeln!(text, "                (source: {term}),");
    }
    text.push_str("            ],\n");
    if samples > 1 {
        let _ = writeln!(
            text,
            "            // CHECK: {samples} samples of {} values.\n            \
             history: (samples: {samples}, order: OldestFirst, layout: ByTerm, first: FirstSample),",
            len / samples
        );
    }
    text.push_str("        ),\n");
}

fn write_action(
    text: &mut String,
    network: &Description,
    action: Option<&TensorInfo>,
    joints: usize,
) {
    let output = action.map_or("", |action| action.name.as_str());
    let scale = numbers(network, "action_scale", joints);
    let gains =
        [numbers(network, "joint_stiffness", joints), numbers(network, "joint_damping", joints)];
    let _ = writeln!(text, "    action: (\n        output: {output:?},");
    match scale {
        Some(scale) => {
            let _ = writeln!(text, "        // From the file.\n        scale: Each({scale:?}),");
        }
        None => text.push_str("        // FILL IN.\n        scale: All(0.25),\n"),
    }
    text.push_str("        // CHECK.\n        target: Position,\n");
    match gains {
        [Some(kp), Some(kd)] => {
            let _ = writeln!(
                text,
                "        // From the file.\n        gains: (kp: Each({kp:?}), kd: Each({kd:?})),"
            );
        }
        _ => text.push_str(
            "        // FILL IN the gains of training; leave them out if the robot's file has them.\n        \
             gains: (kp: All(20.0), kd: All(0.5)),\n",
        ),
    }
    text.push_str("    ),\n");
}

/// Parses a comma-separated list in the metadata.
fn entry<'n>(network: &'n Description, key: &str) -> Option<Vec<&'n str>> {
    let (_, values) = network.metadata.iter().find(|(name, _)| name == key)?;
    Some(values.trim_matches(['[', ']']).split(',').map(str::trim).collect())
}

/// Numbers among the metadata; one for all, or one for each joint.
fn numbers(network: &Description, key: &str, joints: usize) -> Option<Vec<f64>> {
    let values: Option<Vec<f64>> =
        entry(network, key)?.iter().map(|value| value.parse().ok()).collect();
    let mut values = values?;
    if values.len() == 1 {
        values = vec![values[0]; joints];
    }
    (values.len() == joints && values.iter().all(|value| value.is_finite())).then_some(values)
}
