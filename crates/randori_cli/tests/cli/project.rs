//! A small project in a temporary folder, and the program run in it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A cart of 1 kg on a rail, which moves at 0.5 m/s.
const CART: &str = r#"Robot(
    format: 1,
    name: "cart",
    base: Fixed(link: "rail"),
    links: [
        (name: "rail", mass_kg: 5.0, shapes: [
            (shape: Box(size: (4.0, 0.04, 0.04)), pose: (xyz: (0.0, 0.0, -0.2))),
        ]),
        (name: "cart", mass_kg: 1.0, shapes: [(shape: Box(size: (0.2, 0.1, 0.1)))]),
    ],
    joints: [(name: "slide", kind: Prismatic(limits: (lower: -1.9, upper: 1.9)), parent: "rail", child: "cart", axis: X)],
    actuators: [(name: "drive", joint: "slide", drive: Velocity(gain: 50.0), limits: (torque: 50.0))],
    sensors: [(name: "joints", kind: JointState(), rate_hz: 100)],
)"#;

/// `policy` stands for what follows `policy:`.
const SCENARIO: &str = r#"Scenario(
    format: 1,
    title: "Drive a cart",
    tags: ["cart"],
    duration: 0.4,
    environment: "assets:flat.ron",
    robots: [(name: "cart", model: "assets:cart.ron", pose: (xyz: (0.0, 0.0, 1.0)), policy: POLICY)],
    goals: [
        (name: "arrives", require: "eventually (joint(cart.slide) > 0.1 m)"),
        (name: "stays on the rail", require: "always (abs(joint(cart.slide)) < 1.8 m)"),
        (name: "hurries", prefer: "eventually[0, 0.1] (joint(cart.slide) > 0.1 m)"),
    ],
    metrics: ["max(joint(cart.slide))"],
)"#;

const DRIVES: &str = r#"(
        use: Builtin(name: "scripted", params: {"steps": [(at: 0.0, command: {"drive": 0.5})]}),
        rate_hz: 50,
    )"#;

/// A project with the scenario `scenarios/drive.ron`.
pub(crate) struct Project {
    folder: TempDir,
}

/// How the program ended and what it said.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    pub(crate) fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        project.write("assets/cart.ron", CART);
        project.write("assets/flat.ron", r#"Environment(format: 1, name: "flat", ground: ())"#);
        project.write("scenarios/drive.ron", &scenario(DRIVES));
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Replaces a part of the scenario, which has to be there.
    pub(crate) fn edit(&self, path: &str, before: &str, after: &str) {
        let text = std::fs::read_to_string(self.path().join(path)).expect("a file");
        assert!(text.contains(before), "`{before}` is not in {path}");
        self.write(path, &text.replace(before, after));
    }

    /// The program with these arguments, in the project's folder, without the
    /// settings of whoever runs the tests.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_randori"));
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        let ambient = [
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "RUST_BACKTRACE",
            "RANDORI_ASSETS",
            "CI",
            "GITHUB_STEP_SUMMARY",
        ];
        for variable in ambient {
            command.env_remove(variable);
        }
        command
    }

    /// Runs the program to its end.
    pub(crate) fn randori(&self, arguments: &[&str]) -> Ended {
        Ended::from(self.command(arguments).output().expect("the program starts"))
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("output is text");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Ended {
    /// Checks the exit code, with all output in the message.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        let Self { stdout, stderr, .. } = &self;
        assert_eq!(self.code, Some(code), "stdout:\n{stdout}\nstderr:\n{stderr}");
        self
    }

    /// Each line of standard output as JSON.
    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        let parse = |line| serde_json::from_str(line).expect("each line is one JSON value");
        self.stdout.lines().map(parse).collect()
    }
}

/// A scenario with this policy.
pub(crate) fn scenario(policy: &str) -> String {
    SCENARIO.replace("POLICY", policy)
}
