//! A robot with two joints, and a network that gives what a test wants.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use randori_core::layout::SceneLayout;
use randori_core::policy::{Determinism, Observation, RobotInterface};
use randori_core::spec::ContractSpec;
use randori_core::text::{Limits, MemoryFiles, load_contract, load_robot};
use randori_core::time::Tick;
use randori_policy::network::{
    Dim, Network, NetworkPolicy, ObservationBuilder, TensorInfo, TensorView,
};

/// Joint `hip` is driven by the second actuator, `knee` by the first; `tail` is
/// driven too, but no contract here speaks of it.
const ROBOT: &str = r#"Robot(
    format: 1, name: "dog", base: Floating(link: "trunk"),
    links: [
        (name: "trunk", mass_kg: 5.0, shapes: [(shape: Sphere(radius: 0.1))]),
        (name: "thigh", mass_kg: 1.0, shapes: [(shape: Sphere(radius: 0.1))]),
        (name: "shank", mass_kg: 1.0, shapes: [(shape: Sphere(radius: 0.1))]),
        (name: "tip", mass_kg: 0.1, shapes: [(shape: Sphere(radius: 0.1))]),
    ],
    joints: [
        (name: "hip", kind: Continuous, parent: "trunk", child: "thigh", axis: Y),
        (name: "knee", kind: Continuous, parent: "thigh", child: "shank", axis: Y),
        (name: "tail", kind: Continuous, parent: "trunk", child: "tip", axis: Y),
    ],
    actuators: [
        (name: "knee_motor", joint: "knee", drive: Position(kp: 20.0, kd: 0.5)),
        (name: "hip_motor", joint: "hip", drive: Impedance(kp: 20.0, kd: 0.5)),
        (name: "tail_motor", joint: "tail", drive: Position(kp: 1.0, kd: 0.1)),
    ],
    sensors: [
        (name: "joints", kind: JointState(joints: ["knee", "hip"])),
        (name: "imu", link: "trunk", kind: Imu),
        (name: "lidar", link: "trunk", kind: Lidar(beams: 2, range: (0.1, 5.0)), rate_hz: 10),
    ],
)"#;

/// Places of the robot's measurements in an observation.
pub(crate) const KNEE: usize = 0;
pub(crate) const HIP: usize = 1;
pub(crate) const KNEE_SPEED: usize = 2;
pub(crate) const HIP_SPEED: usize = 3;
pub(crate) const ACCEL: usize = 6;
pub(crate) const GYRO: usize = 9;
pub(crate) const ORIENTATION: usize = 12;
pub(crate) const RANGES: usize = 16;

/// The robot, which starts with its tail at half a radian; 50 decisions per
/// second.
pub(crate) fn interface() -> RobotInterface {
    let files = MemoryFiles::new([("dog.ron", ROBOT)]);
    let (robot, _) = load_robot(&files, "dog.ron", &Limits::default()).expect("a robot");
    let scenario = randori_core::spec::Scenario {
        spec: ron::from_str(
            r#"Scenario(format: 1, title: "x", duration: 1.0, environment: "x", robots: [
                (name: "dog", model: "x", start: (joints: {"tail": Rad(0.5), "hip": Rad(0.25)})),
            ])"#,
        )
        .expect("a scenario"),
        environment: ron::from_str(r#"Environment(format: 1, name: "x")"#).expect("one"),
        robots: vec![robot],
        contracts: vec![None],
    };
    let layout = SceneLayout::new(&scenario);
    RobotInterface::new(&layout, 0, &scenario.robots[0], 0.02, [0.0, 0.0, -9.81])
}

/// A contract over hip and knee whose input `obs` has these terms; `more` is
/// added as it is, `action` too.
pub(crate) fn contract(terms: &str, more: &str, action: &str) -> ContractSpec {
    let text = format!(
        "PolicyContract(format: 1, name: \"walk\", network: \"walk.onnx\", \
         joints: [\"hip\", \"knee\"], default_pose: [0.5, -1.0], \
         timing: (physics_hz: 500, decimation: 10), \
         commands: [(name: \"velocity\", default: [3.0, 4.0])], \
         inputs: [(name: \"obs\", terms: [{terms}])], action: (target: Position, {action}), {more})"
    );
    read(&text)
}

pub(crate) fn read(text: &str) -> ContractSpec {
    let files = MemoryFiles::new([("walk.ron", text)]);
    let read = load_contract(&files, "walk.ron", None, &Limits::default());
    read.unwrap_or_else(|findings| panic!("{findings}")).contract
}

pub(crate) fn builder(contract: &ContractSpec) -> ObservationBuilder {
    ObservationBuilder::new(contract, &interface(), &BTreeMap::new())
        .unwrap_or_else(|found| panic!("{found:#?}"))
}

/// Measurements, zero but for these.
pub(crate) fn measured(values: &[(usize, f32)]) -> Vec<f32> {
    let mut all = vec![0.0; 18];
    all[ORIENTATION + 3] = 1.0;
    for (place, value) in values {
        all[*place] = *value;
    }
    all
}

/// What one term makes of measurements at the first decision.
pub(crate) fn seen(term: &str, values: &[(usize, f32)]) -> Vec<f32> {
    let mut builder = builder(&contract(term, "", ""));
    builder.build(&measured(values)).expect("finite values");
    let (_, input) = builder.inputs().next().expect("an input");
    input.to_vec()
}

/// An observation in which everything was just measured.
pub(crate) fn observation<'a>(
    values: &'a [f32],
    measured_at: &'a [Option<Tick>],
) -> Observation<'a> {
    Observation { request: 0, tick: Tick(0), time_s: 0.0, values, measured_at }
}

pub(crate) fn tensor(name: &str, dims: &[usize]) -> TensorInfo {
    let shape = dims.iter().map(|size| Dim::Fixed(*size)).collect();
    TensorInfo { name: name.to_owned(), element: "f32".to_owned(), shape: Some(shape) }
}

/// What the network was given, by run.
pub(crate) type Given = Arc<Mutex<Vec<Vec<Vec<f32>>>>>;

/// A network whose outputs follow from its inputs by a function.
pub(crate) struct Scripted {
    pub(crate) inputs: Vec<TensorInfo>,
    pub(crate) outputs: Vec<TensorInfo>,
    pub(crate) given: Given,
    pub(crate) answer: fn(&[Vec<f32>]) -> Vec<Vec<f32>>,
}

impl Network for Scripted {
    fn inputs(&self) -> &[TensorInfo] {
        &self.inputs
    }

    fn outputs(&self) -> &[TensorInfo] {
        &self.outputs
    }

    fn determinism(&self) -> Determinism {
        Determinism::BitExact
    }

    fn run(&mut self, inputs: &[TensorView<'_>], outputs: &mut [Vec<f32>]) -> Result<(), String> {
        let given: Vec<Vec<f32>> = inputs.iter().map(|input| input.values.to_vec()).collect();
        outputs.clone_from_slice(&(self.answer)(&given));
        self.given.lock().expect("one thread").push(given);
        Ok(())
    }
}

/// A policy around a network with one input `obs` and one output `action`.
pub(crate) fn policy(
    contract: &ContractSpec,
    inputs: usize,
    answer: fn(&[Vec<f32>]) -> Vec<Vec<f32>>,
) -> (NetworkPolicy, Given) {
    let given = Given::default();
    let network = Scripted {
        inputs: vec![tensor("obs", &[1, inputs])],
        outputs: vec![tensor("action", &[1, 2])],
        given: Arc::clone(&given),
        answer,
    };
    let policy = NetworkPolicy::new(contract, Box::new(network), &BTreeMap::new(), &interface());
    (policy.unwrap_or_else(|found| panic!("{found:#?}")), given)
}
