//! A small valid scenario of three files, and ways to change it.

use randori_core::diagnostic::Diagnostics;
use randori_core::text::{Limits, Loaded, MemoryFiles, Override, ScenarioText};

pub(crate) const SCENARIO: &str = r#"// A robot pushes a crate.
Scenario(
    format: 1,
    title: "push",
    duration: 4.0,
    physics: (preset: Default),
    environment: "assets:hall.ron",
    robots: [
        (name: "arm", model: "../assets/arm.ron", pose: (xyz: (0.0, 0.0, 0.1), quat: (0.0, 0.0, 0.0, 1.0)),
         start: (named: "ready", joints: {"wrist": Deg(10)}),
         policy: (use: Builtin(name: "hold", params: {"gain": 2.0}), rate_hz: 50,
                  inference: (latency: Uniform(min: 0.01, max: 0.02)))),
        (name: "twin", model: "../assets/arm.ron", start: (named: "ready")),
    ],
    actors: [(name: "walker", model: Pedestrian(height: 1.7), path: [(0.0, 1.0), (2.0, 1.0)], speed: 1.0)],
    waypoints: {"goal": (3.0, 0.0, 0.0)},
    events: [
        (name: "shove", at: 1.0, do: Push(body: "crate", impulse: (0.0, 2.0, 0.0))),
        (when: "true", do: RandomPushes(body: "arm.hand", every: (0.5, 1.5), impulse: (0.0, 1.0))),
    ],
    vary: {
        "robots.arm.links.hand.mass_kg": Uniform(0.4, 0.6),
        "environment.ground.friction": OneOf([0.5, 0.7]),
        "events.shove.do.impulse.1": Normal(2.0, 0.1),
    },
    goals: [
        (name: "stays", require: "always (tilt(arm) < 20 deg)"),
        (name: "quick", prefer: "eventually (distance(arm, goal) < 1)"),
    ],
)
"#;

pub(crate) const HALL: &str = r#"Environment(
    format: 1,
    name: "hall",
    materials: {"felt": (friction: 0.6, restitution: 0.1)},
    ground: (friction: 0.8),
    objects: [
        (name: "crate", pose: (xyz: (1.0, 0.0, 0.2)), mobility: Movable(mass_kg: 3.0), shapes: [
            (shape: Box(size: (0.4, 0.4, 0.4)), material: "felt", group: "cargo"),
        ]),
        (name: "pillar", shapes: [(shape: Cylinder(radius: 0.2, length: 3.0), material: "concrete")]),
        (name: "hill", shapes: [(shape: Heightfield(size: (4.0, 4.0), heights: [[0.0, 0.1], [0.1, 0.0]]))]),
        (name: "shell", shapes: [(shape: TriangleMesh(
            vertices: [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)], triangles: [(0, 1, 2)]))]),
    ],
    zones: [(name: "bay", shape: Sphere(radius: 1.0))],
)
"#;

pub(crate) const ARM: &str = r#"Robot(
    format: 1,
    name: "arm",
    base: Fixed(link: "base"),
    links: [
        (name: "base", mass_kg: 5.0, inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.1)),
        (name: "hand", mass_kg: 0.5, shapes: [
            (shape: Box(size: (0.1, 0.1, 0.1)), friction: 0.9, restitution: 0.1, ignores: ["cargo"]),
        ]),
        (name: "finger", mass_kg: 0.1, shapes: [(shape: Capsule(radius: 0.01, length: 0.05))]),
        (name: "ball", mass_kg: 0.1, shapes: [(shape: Sphere(radius: 0.02))]),
    ],
    joints: [
        (name: "wrist", kind: Revolute(limits: (lower: Deg(5), upper: Deg(90))), parent: "base", child: "hand",
         axis: Along(0.0, 1.0, 0.0), damping: 0.1, spring: (stiffness: 1.0, rest: Deg(10))),
        (name: "slide", kind: Prismatic(limits: (lower: 0.0, upper: 0.1)), parent: "hand", child: "finger"),
        (name: "socket", kind: Spherical, parent: "finger", child: "ball"),
    ],
    loops: [(name: "strut", kind: Spherical, link_a: "base", link_b: "ball")],
    couplings: [(follower: "slide", leader: "wrist", ratio: 0.1)],
    actuators: [(name: "motor", joint: "wrist", drive: Position(kp: 30.0, kd: 1.0), limits: (torque: 5.0), delay: 0.002)],
    sensors: [
        (name: "eyes", link: "base", kind: Lidar(beams: 90, range: (0.1, 5.0)), rate_hz: 10, errors: (dropout: 0.01)),
        (name: "imu", link: "hand", kind: Imu, rate_hz: 100,
         errors: (preset: "bmi088", channels: {"gyro": (bias: 0.01)})),
        (name: "state", kind: JointState(joints: ["wrist"]), rate_hz: 250),
    ],
    poses: {"ready": {"wrist": Deg(45), "slide": M(0.05)}},
)
"#;

/// The three files.
pub(crate) fn files() -> MemoryFiles {
    MemoryFiles::new([
        ("scenarios/push.ron", SCENARIO),
        ("assets/hall.ron", HALL),
        ("assets/arm.ron", ARM),
    ])
}

/// The files with a stretch of one of them replaced.
pub(crate) fn changed(file: &str, from: &str, to: &str) -> MemoryFiles {
    let mut files = files();
    let (path, text) = match file {
        "scenario" => ("scenarios/push.ron", SCENARIO),
        "hall" => ("assets/hall.ron", HALL),
        _ => ("assets/arm.ron", ARM),
    };
    assert_eq!(text.matches(from).count(), 1, "`{from}` must stand in {path} exactly once");
    files.insert(path, text.replace(from, to));
    files
}

pub(crate) fn load(files: &MemoryFiles) -> Result<ScenarioText, Diagnostics> {
    ScenarioText::load(files, "scenarios/push.ron", &Limits::default())
}

/// All findings, warnings too.
pub(crate) fn findings(files: &MemoryFiles) -> Diagnostics {
    match load(files).and_then(|text| text.resolve(&[])) {
        Ok(loaded) => loaded.diagnostics(loaded.warnings.clone()),
        Err(findings) => findings,
    }
}

/// The findings that a change of one file causes, as short text.
pub(crate) fn told(file: &str, from: &str, to: &str) -> String {
    findings(&changed(file, from, to)).short()
}

pub(crate) fn set(assignments: &[&str]) -> Result<Loaded, Diagnostics> {
    let overrides: Vec<Override> = assignments
        .iter()
        .map(|assignment| Override::parse(assignment, "--set").expect("assignments have a sign"))
        .collect();
    load(&files()).expect("the fixture is valid").resolve(&overrides)
}
