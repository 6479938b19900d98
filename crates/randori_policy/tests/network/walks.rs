//! Walks of trained networks, recorded in `MuJoCo` by their authors' scripts:
//! what the network saw is rebuilt from positions and velocities, and what it
//! answered from what it saw.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use randori_core::layout::SceneLayout;
use randori_core::policy::{Controller, Observation, RobotInterface};
use randori_core::spec::ContractSpec;
use randori_core::text::{Limits, MemoryFiles, ScenarioText};
use randori_core::time::Tick;
use randori_onnx::{Model, NoExternalData};
use randori_policy::network::{
    ActionDecoder, Network, NetworkPolicy, ObservationBuilder, OnnxNetwork, TensorView,
};

use crate::npz::Array;
use crate::{npz, reference};

const GO1_LEGS: [&str; 4] = ["FR", "FL", "RR", "RL"];
const GO2_LEGS: [&str; 4] = ["FL", "FR", "RL", "RR"];

/// A recorded walk and the robot that walked.
struct Walk {
    /// Folder of the data, and name of the contract.
    name: &'static str,
    network: &'static str,
    /// Joints in the order of the recorded positions.
    joints: Vec<String>,
    /// Joints in the order of the robot's actuators.
    driven: Vec<String>,
    drive: &'static str,
    /// Names of velocimeter (may be none), gyro and orientation sensor.
    sensors: [&'static str; 3],
    /// Where they sit on the base, m.
    site: [f64; 3],
    command: [f64; 3],
    /// Name of the recorded targets, and the joints in their order.
    targets: (&'static str, Vec<String>),
    rate_hz: f64,
}

fn legs(legs: [&str; 4]) -> Vec<String> {
    let joints = ["hip", "thigh", "calf"];
    legs.iter().flat_map(|leg| joints.map(|joint| format!("{leg}_{joint}_joint"))).collect()
}

/// The joints of a Unitree G1 in the order of its motors.
fn g1() -> Vec<String> {
    let leg = ["hip_pitch", "hip_roll", "hip_yaw", "knee", "ankle_pitch", "ankle_roll"];
    let arm = [
        "shoulder_pitch",
        "shoulder_roll",
        "shoulder_yaw",
        "elbow",
        "wrist_roll",
        "wrist_pitch",
        "wrist_yaw",
    ];
    let side = |side: &'static str, parts: &[&'static str]| {
        parts.iter().map(|part| format!("{side}_{part}_joint")).collect::<Vec<_>>()
    };
    [
        side("left", &leg),
        side("right", &leg),
        side("waist", &["yaw", "roll", "pitch"]),
        side("left", &arm),
        side("right", &arm),
    ]
    .concat()
}

fn go1_walk() -> Walk {
    Walk {
        name: "go1_playground",
        network: "go1_policy.onnx",
        joints: legs(GO1_LEGS),
        driven: legs(GO1_LEGS),
        drive: "Position(kp: 35.0, kd: 0.0)",
        sensors: ["local_linvel", "gyro", "orientation"],
        site: [-0.01592, -0.06659, -0.00617],
        command: [1.0, 0.0, 0.0],
        targets: ("ctrl", legs(GO1_LEGS)),
        rate_hz: 250.0,
    }
}

fn g1_playground_walk() -> Walk {
    Walk {
        name: "g1_playground",
        network: "g1_policy.onnx",
        joints: g1(),
        driven: g1(),
        drive: "Position(kp: 75.0, kd: 2.0)",
        sensors: ["local_linvel_pelvis", "gyro_pelvis", "orientation_pelvis"],
        site: [0.04525, 0.0, -0.08339],
        command: [0.5, 0.0, 0.0],
        targets: ("ctrl", g1()),
        rate_hz: 500.0,
    }
}

fn go2_walk() -> Walk {
    Walk {
        name: "go2_rl_sar",
        network: "policy.onnx",
        joints: legs(GO2_LEGS),
        driven: legs(GO1_LEGS),
        drive: "Torque",
        sensors: ["", "imu_gyro", "imu_quat"],
        site: [-0.02557, 0.0, 0.04232],
        command: [1.0, 0.0, 0.0],
        targets: ("target", legs(GO1_LEGS)),
        rate_hz: 200.0,
    }
}

fn g1_isaaclab_walk() -> Walk {
    Walk {
        name: "g1_isaaclab",
        network: "policy.onnx",
        joints: g1(),
        driven: g1(),
        drive: "Torque",
        sensors: ["", "imu_gyro", "imu_quat"],
        site: [0.0, 0.0, 0.0],
        command: [0.5, 0.0, 0.0],
        targets: ("target", g1()),
        rate_hz: 500.0,
    }
}

/// That of every link: nothing falls here.
const INERTIA: &str = "inertia: Moments(ixx: 1.0, iyy: 1.0, izz: 1.0)";

impl Walk {
    /// A robot with the joints, actuators and sensors of the one that walked.
    fn robot(&self) -> String {
        let link = |joint: &String| format!("(name: \"{joint}_link\", mass_kg: 1.0, {INERTIA}), ");
        let links: String = self.joints.iter().map(link).collect();
        let joint = |name: &String| {
            format!(
                "(name: \"{name}\", kind: Continuous, parent: \"base\", child: \"{name}_link\", \
                 axis: Y), "
            )
        };
        let joints: String = self.joints.iter().map(joint).collect();
        let drive = self.drive;
        let actuator =
            |joint: &String| format!("(name: \"{joint}\", joint: \"{joint}\", drive: {drive}), ");
        let actuators: String = self.driven.iter().map(actuator).collect();
        let kinds = ["Velocimeter", "Gyro", "Orientation"];
        let sensor = |(name, kind)| format!("(name: \"{name}\", link: \"base\", kind: {kind}), ");
        let named = self.sensors.iter().zip(kinds).filter(|(name, _)| !name.is_empty());
        let sensors: String = named.map(sensor).collect();
        format!(
            "Robot(format: 1, name: \"walker\", base: Floating(link: \"base\"), \
             links: [(name: \"base\", mass_kg: 1.0, {INERTIA}), {links}], joints: [{joints}], \
             actuators: [{actuators}], sensors: [(name: \"joints\", kind: JointState()), {sensors}])"
        )
    }

    /// The contract of the repository, and the robot as it is equipped.
    fn load(&self) -> (ContractSpec, RobotInterface) {
        let path = format!("assets/policies/{}.ron", self.name);
        let [vx, vy, wz] = self.command;
        let scenario = format!(
            "Scenario(format: 1, title: \"walk\", duration: 1.0, environment: \"flat.ron\", \
             physics: (rate_hz: {}), robots: [(name: \"walker\", model: \"robot.ron\", \
             policy: (use: Onnx(path: \"assets:policies/contract.ron\", \
             commands: {{\"velocity\": [{vx:?}, {vy:?}, {wz:?}]}}), rate_hz: 50.0))])",
            self.rate_hz
        );
        let files = MemoryFiles::new([
            ("flat.ron", r#"Environment(format: 1, name: "flat", ground: ())"#.to_owned()),
            ("robot.ron", self.robot()),
            ("assets/policies/contract.ron", reference::repository_file(&path)),
            ("walk.ron", scenario),
        ]);
        let loaded = ScenarioText::load(&files, "walk.ron", &Limits::default())
            .and_then(|text| text.resolve(&[]))
            .unwrap_or_else(|findings| panic!("{findings}"));
        let scenario = loaded.scenario;
        let layout = SceneLayout::new(&scenario);
        let gravity = [0.0, 0.0, -9.81];
        let interface = RobotInterface::new(&layout, 0, &scenario.robots[0], 0.02, gravity);
        (scenario.contracts[0].clone().expect("a contract"), interface)
    }

    /// Recorded targets in the order of the robot's actuators.
    fn targets(&self, recorded: &[f64], interface: &RobotInterface) -> Vec<f32> {
        let target = |joint: &String| {
            let place = self.targets.1.iter().position(|name| name == joint).expect("a target");
            recorded[place] as f32
        };
        interface.actions.iter().map(|action| target(&action.joint)).collect()
    }

    fn commands(&self) -> BTreeMap<String, Vec<f64>> {
        BTreeMap::from([("velocity".to_owned(), self.command.to_vec())])
    }

    fn network(&self, folder: &std::path::Path) -> OnnxNetwork {
        let bytes = fs::read(folder.join(self.network)).expect("a network");
        let model = Model::parse(&bytes, &mut NoExternalData).expect("a network that can be run");
        OnnxNetwork::new(Arc::new(model))
    }

    /// What the sensors measure at a recorded state: `MuJoCo`'s `qpos` (position,
    /// quaternion w, x, y, z, joints) and `qvel` (velocity of the base's origin
    /// in the world, angular velocity in the base, joints).
    fn measure(&self, interface: &RobotInterface, qpos: &[f64], qvel: &[f64]) -> Vec<f32> {
        let [w, x, y, z] = [qpos[3], qpos[4], qpos[5], qpos[6]];
        let base_from_world = |v: [f64; 3]| {
            // q^-1 v q by the vector form of the product.
            let cross = |a: [f64; 3], b: [f64; 3]| {
                [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
            };
            let u = [-x, -y, -z];
            let t = cross(u, v).map(|value| 2.0 * value);
            let c = cross(u, t);
            [0, 1, 2].map(|axis| v[axis] + w * t[axis] + c[axis])
        };
        let omega = [qvel[3], qvel[4], qvel[5]];
        let linear = base_from_world([qvel[0], qvel[1], qvel[2]]);
        let s = self.site;
        let velocity = [
            linear[0] + omega[1] * s[2] - omega[2] * s[1],
            linear[1] + omega[2] * s[0] - omega[0] * s[2],
            linear[2] + omega[0] * s[1] - omega[1] * s[0],
        ];
        let [velocimeter, gyro, orientation] = self.sensors;
        let mut values = Vec::new();
        for channel in &interface.observations {
            let (sensor, quantity) = channel.name.split_once('.').expect("sensor.channel");
            let numbers: Vec<f64> = match (sensor, quantity) {
                ("joints", "position") => qpos[7..].to_vec(),
                ("joints", "velocity") => qvel[6..].to_vec(),
                ("joints", _) => vec![0.0; channel.len],
                (name, _) if name == velocimeter => velocity.to_vec(),
                (name, _) if name == gyro => omega.to_vec(),
                (name, _) if name == orientation => vec![x, y, z, w],
                _ => panic!("`{}` is not measured", channel.name),
            };
            assert_eq!(numbers.len(), channel.len, "{}", channel.name);
            values.extend(numbers.iter().map(|number| *number as f32));
        }
        values
    }
}

/// The largest difference of two lists of equal length.
fn difference(one: &[f32], other: &[f32]) -> f32 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max)
}

/// The largest differences over a walk.
#[derive(Debug, Default)]
struct Differences {
    /// Of observations that are built from recorded states and actions.
    observation: f32,
    /// Of actions for recorded observations.
    action: f32,
    /// Of targets for recorded actions.
    target: f32,
    /// Of targets when the policy sees its own last actions.
    closed: f32,
}

fn replay(walk: &Walk) -> Option<Differences> {
    let folder = reference::policy_folder(walk.name)?;
    let recorded = npz::read(&folder.join("golden.npz"));
    let array = |name: &str| -> &Array { &recorded[name] };
    let (contract, interface) = walk.load();
    let mut builder = ObservationBuilder::new(&contract, &interface, &walk.commands())
        .unwrap_or_else(|found| panic!("{found:#?}"));
    let mut network = walk.network(&folder);
    let mut policy = NetworkPolicy::new(
        &contract,
        Box::new(walk.network(&folder)),
        &walk.commands(),
        &interface,
    )
    .unwrap_or_else(|found| panic!("{found:#?}"));
    policy.reset(0);
    let mut decoder = ActionDecoder::new(&contract, &interface).expect("a decoder");
    let mut largest = Differences::default();
    let mut outputs = vec![Vec::new(); network.outputs().len()];
    let measured_at = vec![Some(Tick(0)); interface.observations.len()];
    for row in 0..array("obs").rows() {
        let (qpos, qvel) = (array("qpos").row(row), array("qvel").row(row));
        let values = walk.measure(&interface, qpos, qvel);
        let (seen, action) = (array("obs").row_f32(row), array("action").row_f32(row));

        builder.build(&values).expect("an observation");
        let (_, built) = builder.inputs().next().expect("an input");
        largest.observation = largest.observation.max(difference(built, &seen));
        builder.acted(&action, &action, &action);

        let view = TensorView { shape: &[1, seen.len()], values: &seen };
        network.run(&[view], &mut outputs).expect("an action");
        largest.action = largest.action.max(difference(&outputs[0], &action));

        let targets = walk.targets(array(walk.targets.0).row(row), &interface);
        let command = decoder.decode(&action).expect("a command");
        largest.target = largest.target.max(difference(&command, &targets));

        let (request, tick) = (row as u64, Tick(row as u64));
        let measured_at = &measured_at;
        let observation = Observation { request, tick, time_s: 0.0, values: &values, measured_at };
        let answer = policy.act(&observation).expect("a command");
        largest.closed = largest.closed.max(difference(&answer.commands[0], &targets));
    }
    Some(largest)
}

fn assert_close(walk: &Walk) {
    let Some(largest) = replay(walk) else { return };
    assert!(largest.observation < 1e-5, "{largest:?}");
    assert!(largest.action < 1e-5, "{largest:?}");
    assert!(largest.target < 1e-6, "{largest:?}");
    // What a network makes of its own last actions amplifies rounding: for Go2,
    // ONNX Runtime too departs by 4e-4 from its own record.
    assert!(largest.closed < 1e-3, "{largest:?}");
}

#[test]
fn go1_of_playground_sees_and_answers_what_was_recorded() {
    assert_close(&go1_walk());
}

#[test]
fn g1_of_playground_sees_and_answers_what_was_recorded() {
    assert_close(&g1_playground_walk());
}

#[test]
fn go2_of_rl_sar_sees_and_answers_what_was_recorded() {
    assert_close(&go2_walk());
}

#[test]
fn g1_of_isaac_lab_sees_and_answers_what_was_recorded() {
    assert_close(&g1_isaaclab_walk());
}
