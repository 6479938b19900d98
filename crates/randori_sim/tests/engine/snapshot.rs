//! Saving and restoring runs, and reproducibility.

use randori_core::policy::{
    CommandChunk, Controller, Immediate, Observation, PolicyContract, PolicyError,
};
use randori_core::spec::Scenario;
use randori_sim::simulation::Simulation;
use randori_sim::snapshot::RestoreError;

use crate::common::{Stage, parse};
use crate::fixture::{always, contract, cube, decides, records, rotor, run, run_with};

/// Everything that has a state: noise, walks, losses and delays of sensors,
/// odometry, a policy that thinks for a while, delays and rate limits of
/// actuators, random pushes, a force, actors.
fn eventful() -> Scenario {
    let robot = rotor(
        "drive: Velocity(gain: 2), delay: 0.007, limits: (rate: 20, torque: 3)",
        r#"(name: "joints", kind: JointState(), rate_hz: 250,
            errors: (noise: Gaussian(stddev: 0.1), random_walk: 0.1, dropout: 0.2, latency: 0.01)),
           (name: "imu", link: "arm", pose: (xyz: (0.2, 0, 0)), kind: Imu, rate_hz: 125,
            errors: (preset: "bmi088", latency: 0.003)),
           (name: "odometry", rate_hz: 50,
            kind: WheelOdometry(left: "hinge", right: "hinge", radius: 0.1, separation: 0.5)),
           (name: "lidar", link: "base", kind: Lidar(beams: 8, range: (0.1, 5)), rate_hz: 25,
            errors: (noise: Gaussian(stddev: 0.01), dropout: 0.1))"#,
    );
    let inference = "latency: Uniform(min: 0.01, max: 0.06), chunk: (execute: 2)";
    let crate_robot = cube("");
    let stage = Stage {
        robots: &[(&robot, &decides(50.0, inference)), (&crate_robot, "pose: (xyz: (2, 0, 0.3))")],
        environment: "ground: ()",
        actors: r#"(name: "walker", model: Pedestrian(), path: [(3, -1), (3, 1)], speed: 1)"#,
        physics: "",
    };
    let mut scenario = stage.scenario();
    scenario.spec.events = parse(
        r#"[(at: 0.1, do: RandomPushes(body: "r1", every: (0.05, 0.2), impulse: (0.1, 0.5))),
            (at: 0.2, do: Force(body: "r1", force: (0, 3, 0), lasts: 1.0)),
            (at: 0.25, do: Payload(body: "r1", mass_kg: 0.5))]"#,
    );
    scenario
}

/// A controller whose answers depend on everything that it has ever seen.
struct Remembering {
    contract: PolicyContract,
    sum: f32,
}

impl Remembering {
    fn new() -> Immediate<Self> {
        Immediate::new(Self { contract: contract(1), sum: 0.0 })
    }
}

impl Controller for Remembering {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, seed: u64) {
        self.sum = (seed % 7) as f32;
    }

    fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        self.sum = 0.9 * self.sum + 0.1 * (1.0 - observation.values[0]);
        Ok(CommandChunk { commands: vec![vec![self.sum], vec![0.5 * self.sum]] })
    }

    fn snapshot(&self) -> Vec<u8> {
        self.sum.to_le_bytes().to_vec()
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), PolicyError> {
        let bytes = snapshot.try_into().map_err(|_| PolicyError::new("four bytes are needed"))?;
        self.sum = f32::from_le_bytes(bytes);
        Ok(())
    }
}

fn start(seed: u64) -> Simulation {
    let policies: Vec<Option<Box<dyn randori_core::policy::Policy>>> =
        vec![Some(Box::new(Remembering::new())), None];
    Simulation::new(&eventful(), seed, policies, Box::new(crate::fixture::Silent))
        .expect("the scenario starts")
}

#[test]
fn the_same_seed_gives_the_same_records_and_another_seed_does_not() {
    let (first, second) = (records(&mut start(1), 300), records(&mut start(1), 300));
    let other = records(&mut start(2), 300);

    assert_eq!(first, second);
    assert_ne!(first[299].hash, other[299].hash);
}

#[test]
fn a_restored_run_goes_on_with_the_same_bits() {
    // Moments with and without answers, deliveries and events under way.
    for moment in [1, 37, 130, 151] {
        let mut original = start(1);
        records(&mut original, moment);
        let bytes = original.snapshot().expect("everything has a state");
        let expected = records(&mut original, 400);

        let mut restored = start(99);
        restored.restore(&bytes).expect("it is the same scenario");
        assert_eq!(restored.record().tick.0, moment as u64);

        assert_eq!(records(&mut restored, 400), expected, "from tick {moment} on");
    }
}

#[test]
fn taking_a_snapshot_changes_nothing() {
    let mut watched = start(1);
    let mut hashes = Vec::new();
    for _ in 0..200 {
        watched.snapshot().expect("everything has a state");
        hashes.push(watched.step().expect("the run goes on").hash);
    }

    let undisturbed: Vec<u64> = records(&mut start(1), 200).iter().map(|r| r.hash).collect();

    assert_eq!(hashes, undisturbed);
}

#[test]
fn a_run_can_be_restored_again_and_again() {
    let mut simulation = start(1);
    records(&mut simulation, 100);
    let bytes = simulation.snapshot().expect("everything has a state");
    let first = records(&mut simulation, 50);

    simulation.restore(&bytes).expect("it is the same scenario");

    assert_eq!(records(&mut simulation, 50), first);
}

#[test]
fn a_snapshot_of_another_scenario_is_refused() {
    let robot = cube("");
    let other = Stage { robots: &[(&robot, "")], ..Stage::default() }.scenario();
    let bytes = run(&other, 1).snapshot().expect("everything has a state");

    let error = start(1).restore(&bytes).expect_err("it does not fit");

    assert!(matches!(error, RestoreError::OtherScenario { .. }), "{error}");
    assert!(matches!(start(1).restore(&bytes[..7]), Err(RestoreError::Malformed(_))));
}

#[test]
fn the_hash_notices_a_state_that_no_body_shows_yet() {
    // Commands that differ only behind the actuator's delay, and measurements
    // that differ although nobody acts on them.
    let robot = rotor("drive: Torque, delay: 0.1", "");
    let scenario =
        Stage { robots: &[(&robot, &decides(500.0, ""))], ..Stage::default() }.scenario();
    let left = records(&mut run_with(&scenario, 1, always(&[1.0])), 3);
    let right = records(&mut run_with(&scenario, 1, always(&[2.0])), 3);
    assert_eq!(left[2].state, right[2].state);
    assert_ne!(left[2].hash, right[2].hash);

    let robot = rotor(
        "drive: Torque",
        r#"(name: "joints", kind: JointState(), rate_hz: 500, errors: (noise: Gaussian(stddev: 0.1)))"#,
    );
    let scenario = Stage { robots: &[(&robot, "")], ..Stage::default() }.scenario();
    let (left, right) = (records(&mut run(&scenario, 1), 3), records(&mut run(&scenario, 2), 3));
    assert_eq!(left[2].state, right[2].state);
    assert_ne!(left[2].hash, right[2].hash);
}

#[test]
fn each_robot_has_its_own_seed() {
    let robot = rotor("drive: Torque", "");
    let entry = decides(500.0, "");
    let stage = Stage { robots: &[(&robot, &entry), (&robot, &entry)], ..Stage::default() };
    let (send, seeds) = std::sync::mpsc::channel();
    let policies = (0..2)
        .map(|_| {
            let policy = SeedTeller { contract: contract(1), send: send.clone() };
            Some(Box::new(Immediate::new(policy)) as Box<dyn randori_core::policy::Policy>)
        })
        .collect();

    let _simulation =
        Simulation::new(&stage.scenario(), 1, policies, Box::new(crate::fixture::Silent))
            .expect("the scenario starts");

    let seeds: Vec<u64> = seeds.try_iter().collect();
    assert_eq!(seeds.len(), 2);
    assert_ne!(seeds[0], seeds[1]);
}

/// Tells which seed it was given.
struct SeedTeller {
    contract: PolicyContract,
    send: std::sync::mpsc::Sender<u64>,
}

impl Controller for SeedTeller {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, seed: u64) {
        self.send.send(seed).expect("the test listens");
    }

    fn act(&mut self, _: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        Ok(CommandChunk::single(vec![0.0]))
    }
}
