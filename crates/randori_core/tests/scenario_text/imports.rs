//! Robots that start from files of another kind, and policies with contracts.

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Diagnostics, Label, SourceMap};
use randori_core::spec::Drive;
use randori_core::text::{
    FileReader, ImportedRobot, Limits, Loaded, MemoryFiles, Override, ReadError, RobotImport,
    ScenarioText,
};

/// Understands a kind of file that holds a robot file behind one line.
struct Importer(MemoryFiles);

impl FileReader for Importer {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        self.0.read(path)
    }

    fn import_robot(&self, import: &RobotImport<'_>, _: &mut SourceMap) -> ImportedRobot {
        let text = self.read(import.path).expect("the fixture has it");
        let text = text.split_once('\n').map(|(_, robot)| robot.to_owned());
        let remark = Diagnostic::warning(DiagnosticCode::IMPORT_DOUBTFUL, "a tail was dropped");
        ImportedRobot { text, found: vec![remark.primary(Label::new(import.named_at, ""))] }
    }
}

const SCENARIO: &str = r#"Scenario(
    format: 1, title: "walk", duration: 1.0, environment: "flat.ron",
    robots: [(
        name: "dog", model: "assets:dog.ron",
        policy: (use: Onnx(path: "assets:walk.ron", commands: {"velocity": [0.5]}), rate_hz: 50),
    )],
    vary: {"robots.dog.links.body.mass_kg": Uniform(3, 4)},
)"#;

const DOG: &str = r#"Robot(
    format: 1,
    name: "dog",
    import: Mjcf(path: "dog.xml", from: "the kennel"),
    links: [(name: "body", com: (0.1, 0.0, 0.0))],
    sensors: [(name: "imu", link: "body", kind: Imu)],
)"#;

const IMPORTED: &str = r#"<mujoco/>
Robot(
    format: 1, name: "imported", base: Floating(link: "body"),
    links: [
        (name: "body", mass_kg: 2.0, shapes: [(shape: Sphere(radius: 0.1))]),
        (name: "leg", mass_kg: 0.5, shapes: [(shape: Sphere(radius: 0.05))]),
    ],
    joints: [(name: "hip", kind: Continuous, parent: "body", child: "leg")],
    actuators: [(name: "motor", joint: "hip", drive: Torque, limits: (torque: 20.0, command: (-20, 20)))],
    sensors: [(name: "joints", kind: JointState())],
)"#;

const CONTRACT: &str = r#"PolicyContract(
    format: 1,
    name: "walk",
    network: "nets/walk.onnx",
    joints: ["hip"],
    default_pose: [0.2],
    timing: (physics_hz: 500, decimation: 10, observe_at: 9),
    commands: [(name: "velocity", default: [0.0])],
    inputs: [(name: "obs", terms: [(source: JointPositions()), (source: Command(name: "velocity"))])],
    action: (target: Position, gains: (kp: All(30), kd: All(0.5)), torque_limit: All(15)),
)"#;

fn files() -> MemoryFiles {
    MemoryFiles::new([
        ("walk.ron", SCENARIO),
        ("flat.ron", "Environment(format: 1, name: \"flat\", ground: ())"),
        ("assets/dog.ron", DOG),
        ("assets/dog.xml", IMPORTED),
        ("assets/walk.ron", CONTRACT),
    ])
}

fn resolve(files: MemoryFiles, sets: &[&str]) -> Result<Loaded, Diagnostics> {
    let overrides: Vec<Override> =
        sets.iter().map(|set| Override::parse(set, "--set").expect("a sign")).collect();
    ScenarioText::load(&Importer(files), "walk.ron", &Limits::default())?.resolve(&overrides)
}

#[test]
fn a_robot_file_is_laid_on_top_of_what_it_imports() {
    let robot = &resolve(files(), &[]).expect("valid").scenario.robots[0];

    assert_eq!(robot.name, "dog");
    assert_eq!(robot.links[0].mass_kg, 2.0);
    assert_eq!(robot.links[0].com, Some([0.1, 0.0, 0.0]));
    let sensors: Vec<&str> = robot.sensors.iter().map(|sensor| sensor.name.as_str()).collect();
    assert_eq!(sensors, ["joints", "imu"]);
}

#[test]
fn what_an_import_doubts_is_a_warning_and_prevents_no_run() {
    let loaded = resolve(files(), &[]).expect("valid");

    let told = loaded.diagnostics(loaded.warnings.clone()).short();
    assert_eq!(told, "assets/dog.ron:4:24: warning[RS0807]: a tail was dropped\n");
}

#[test]
fn overrides_and_variations_reach_what_was_imported() {
    let sets = ["robots.dog.joints.hip.damping=0.3", "robots.dog.links.body.com.0=0.2"];
    let loaded = resolve(files(), &sets).expect("valid");
    let text = ScenarioText::load(&Importer(files()), "walk.ron", &Limits::default());
    let drawn = text.expect("valid").resolve_seed(&[], 1).expect("valid");

    let robot = &loaded.scenario.robots[0];
    assert_eq!((robot.joints[0].damping, robot.links[0].com), (0.3, Some([0.2, 0.0, 0.0])));
    let mass = drawn.scenario.robots[0].links[0].mass_kg;
    assert!(mass != 2.0 && drawn.drawn == [("robots.dog.links.body.mass_kg".to_owned(), mass)]);
}

#[test]
fn findings_in_imported_text_name_the_imported_file() {
    let mut broken = files();
    broken.insert("assets/dog.xml", IMPORTED.replace("mass_kg: 0.5", "mass_kg: -1"));

    let errors = resolve(broken, &[]).expect_err("a negative mass").short();

    assert_eq!(
        errors,
        "assets/dog.ron:4:24: warning[RS0807]: a tail was dropped\n\
         assets/dog.xml as a robot file:5:32: error[RS0301]: `mass_kg` is -1, but must be greater than 0\n"
    );
}

#[test]
fn a_missing_import_says_where_to_get_it() {
    let mut missing = files();
    missing.insert("assets/dog.ron", DOG.replace("dog.xml", "cat.xml"));

    let errors = resolve(missing, &[]).expect_err("no such file").short();

    assert_eq!(
        errors,
        "assets/dog.ron:4:24: error[RS0006]: `assets/cat.xml` is not part of this project and was not found\n\
         help: get it from the kennel\n\
         help: give the folder that holds it by `--assets DIR` or `RANDORI_ASSETS`\n"
    );
}

#[test]
fn a_contract_sets_gains_limits_and_the_moment_of_the_first_decision() {
    let scenario = resolve(files(), &[]).expect("valid").scenario;

    let actuator = &scenario.robots[0].actuators[0];
    assert_eq!(actuator.drive, Drive::Position { kp: 30.0, kd: 0.5 });
    assert_eq!((actuator.limits.torque, actuator.limits.command), (Some(15.0), None));
    assert_eq!(scenario.spec.robots[0].policy.as_ref().and_then(|p| p.offset_s), Some(0.018));
    let contract = scenario.contracts[0].as_ref().expect("it has one");
    assert_eq!(contract.network, "assets/nets/walk.onnx");
}

#[test]
fn overrides_reach_contracts_and_commands() {
    let sets = [
        "robots.dog.contract.action.gains.kp=All(50)",
        "robots.dog.policy.use.commands.velocity.0=0.25",
    ];
    let scenario = resolve(files(), &sets).expect("valid").scenario;

    assert_eq!(
        scenario.robots[0].actuators[0].drive,
        Drive::Position { kp: 50.0, kd: 0.5 },
        "the changed gain is in force"
    );
    let policy = format!("{:?}", scenario.spec.robots[0].policy);
    assert!(policy.contains("0.25"), "{policy}");
}
