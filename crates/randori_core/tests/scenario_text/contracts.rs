//! What people are told about policy contracts.

use randori_core::text::{Limits, MemoryFiles, load_contract};

const ROBOT: &str = r#"Robot(format: 1, name: "dog", base: Floating(link: "trunk"),
    links: [
        (name: "trunk", mass_kg: 5.0, shapes: [(shape: Sphere(radius: 0.1))]),
        (name: "thigh", mass_kg: 1.0, shapes: [(shape: Sphere(radius: 0.1))]),
        (name: "tail", mass_kg: 0.1, shapes: [(shape: Sphere(radius: 0.05))]),
    ],
    joints: [
        (name: "hip", kind: Continuous, parent: "trunk", child: "thigh", axis: Y),
        (name: "rump", kind: Spherical, parent: "trunk", child: "tail"),
    ],
    actuators: [(name: "motor", joint: "hip", drive: Torque)],
    sensors: [
        (name: "joints", kind: JointState()),
        (name: "tail", kind: JointState(joints: ["rump"])),
        (name: "imu", link: "trunk", kind: Imu),
    ],
)"#;

const CONTRACT: &str = r#"PolicyContract(format: 1, name: "walk", network: "walk.onnx",
    joints: ["hip"], default_pose: [0.2],
    timing: (physics_hz: 500, decimation: 10, observe_at: 9),
    commands: [(name: "velocity", default: [0.0])],
    phases: [(name: "gait", frequency_hz: 1.5, start: [0.0])],
    inputs: [(name: "obs", terms: [
        (source: Channel(name: "imu.gyro"), clip: (-5, 5)),
        (source: ProjectedGravity(orientation: "imu.orientation")),
        (source: Command(name: "velocity")), (source: PhaseCos(name: "gait")),
    ], history: (samples: 5))],
    action: (target: Position, gains: (kp: All(30), kd: All(0.5))),
)"#;

/// Replacement in the contract, and the first finding.
const CASES: &[(&str, &str, &str)] = &[
    ("[\"hip\"]", "[\"hop\"]", "error[RS0204]: robot `dog` has no joint `hop`"),
    ("[\"hip\"]", "[\"hip\", \"hip\"]", "error[RS0201]: joint `hip` is listed twice"),
    ("[0.2]", "[0.2, 0.3]", "error[RS0710]: `default_pose` has 2 entries for 1 joints"),
    (
        "observe_at: 9",
        "observe_at: 10",
        "error[RS0301]: `observe_at` is 10, but must be less than `decimation`, which is 10",
    ),
    (
        "(name: \"velocity\"))",
        "(name: \"speed\"))",
        "error[RS0711]: the contract has no command `speed`",
    ),
    (
        "PhaseCos(name: \"gait\")",
        "PhaseCos(name: \"gate\")",
        "error[RS0711]: the contract has no phase `gate`",
    ),
    ("\"imu.gyro\"", "\"imu.giro\"", "error[RS0712]: the robot does not measure `imu.giro`"),
    (
        "\"imu.orientation\"",
        "\"imu.accel\"",
        "error[RS0712]: `imu.accel` is no orientation: it has 3 values",
    ),
    (
        "\"imu.gyro\"",
        "\"tail.velocity\", frame: FromWorld(orientation: \"imu.orientation\")",
        "error[RS0712]: `tail.velocity` is no vector that can be turned: \
         it has 3 values, each by itself",
    ),
    ("(-5, 5)", "(5, -5)", "error[RS0309]: `clip` starts at 5 but ends at -5"),
    ("samples: 5", "samples: 0", "error[RS0716]: a history has 1 to 1000 samples, not 0"),
    (
        ", gains: (kp: All(30), kd: All(0.5))",
        "",
        "error[RS0713]: actuator `motor` of joint `hip` takes a torque, not a position",
    ),
    (
        "\"walk.onnx\"",
        "\"../walk.onnx\"",
        "error[RS0002]: `../walk.onnx` cannot be read: the path leaves the project",
    ),
];

fn told(contract: &str) -> String {
    let files = MemoryFiles::new([("walk.ron", contract), ("dog.ron", ROBOT)]);
    let read = load_contract(&files, "walk.ron", Some("dog.ron"), &Limits::default());
    read.map_or_else(|findings| findings.short(), |_| String::new())
}

#[test]
fn a_contract_that_fits_its_robot_gives_no_finding() {
    assert_eq!(told(CONTRACT), "");
}

#[test]
fn mistakes_in_a_contract_are_told_with_their_place() {
    for (from, to, expected) in CASES {
        assert_eq!(CONTRACT.matches(from).count(), 1, "`{from}`");
        let told = told(&CONTRACT.replace(from, to));
        let line = told.lines().next().unwrap_or_default();
        assert!(line.starts_with("walk.ron:") && line.ends_with(expected), "{to}: {told}");
    }
}
