//! A small scene, and ticks that are made up: every field has values, and
//! numbers are as odd as numbers get.

use std::collections::BTreeMap;
use std::io::Cursor;

use randori_core::layout::{BodyId, RobotId, SceneLayout};
use randori_core::math::{Pose, Rotation, Twist, Vector};
use randori_core::policy::Determinism;
use randori_core::record::{
    BodyState, Contact, Decision, Digests, EventRecord, Intervention, Reading, Request, TickRecord,
    WorldState,
};
use randori_core::report::{GoalReason, GoalReport, MetricReport, RunReport, Verdict};
use randori_core::spec::Scenario;
use randori_core::time::Tick;
use randori_record::header::{Engine, FORMAT, Header, PolicyIdentity, SignalColumn, Start};
use randori_record::tick::{Decided, Keyframe};
use randori_record::writer::{Options, RecordingWriter};

/// Length of a tick, ns.
pub(crate) const PERIOD_NS: u64 = 4_000_000;

const ROBOT: &str = r#"Robot(
    format: 1, name: "rover", base: Floating(link: "base"),
    links: [
        (name: "base", mass_kg: 10, shapes: [
            (shape: Box(size: (0.6, 0.4, 0.2)), material: Some("plastic")),
            (shape: Capsule(radius: 0.05, length: 0.3), pose: (xyz: (0, 0, 0.2))),
        ]),
        (name: "wheel", mass_kg: 1, shapes: [(shape: Cylinder(radius: 0.1, length: 0.05))]),
    ],
    joints: [(name: "axle", kind: Continuous, parent: "base", child: "wheel")],
    sensors: [
        (name: "imu", link: Some("base"), kind: Imu),
        (name: "lidar", link: Some("base"), pose: (xyz: (0.1, 0, 0.3)),
         kind: Lidar(beams: 8, range: (0.1, 10.0))),
    ],
)"#;

const ENVIRONMENT: &str = r#"Environment(
    format: 1, name: "yard", ground: Some(()),
    objects: [
        (name: "ball", mobility: Movable(mass_kg: 1), shapes: [(shape: Sphere(radius: 0.2))]),
        (name: "rock", shapes: [(shape: ConvexHull(points: [
            (0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0.2, 0.2, 0.2)]))]),
        (name: "ramp", shapes: [(shape: TriangleMesh(
            vertices: [(0, 0, 0), (1, 0, 0), (0, 1, 0.5)], triangles: [(0, 1, 2)]))]),
        (name: "hill", shapes: [(shape: Heightfield(size: (2, 2), heights: [[0, 0.1], [0.2, 0]]))]),
        (name: "cone", shapes: [(shape: Cone(radius: 0.1, length: 0.4))]),
    ],
)"#;

const SCENARIO: &str = r#"Scenario(
    format: 1, title: "a yard", duration: 1, environment: "environment.ron",
    robots: [(name: "rover", model: "rover.robot.ron")],
    actors: [(name: "walker", model: Pedestrian(), path: [(0, 0), (1, 0)], speed: 1)],
    goals: [(name: "stay upright", require: Some("always rover.tilt < 0.5"))],
)"#;

/// The scene.
pub(crate) fn scenario() -> Scenario {
    Scenario {
        spec: ron::from_str(SCENARIO).expect("the scenario is well formed"),
        environment: ron::from_str(ENVIRONMENT).expect("the environment is well formed"),
        robots: vec![ron::from_str(ROBOT).expect("the robot is well formed")],
        contracts: vec![None],
    }
}

/// Data before the first tick.
pub(crate) fn start() -> Start {
    let engine = Engine {
        randori: "0.1.0".to_owned(),
        rapier: "0.36.1".to_owned(),
        parry: "0.30.0".to_owned(),
        features: vec!["enhanced-determinism".to_owned()],
        digests: 1,
        target: "x86_64-linux".to_owned(),
    };
    let policy = PolicyIdentity {
        robot: "rover".to_owned(),
        kind: "builtin".to_owned(),
        name: "goto".to_owned(),
        determinism: Determinism::BitExact,
    };
    let column = |name: &str, unit: &str| SignalColumn { name: name.into(), unit: unit.into() };
    Start {
        header: Header {
            format: FORMAT,
            engine,
            file: "scenarios/yard.ron".to_owned(),
            title: "a yard".to_owned(),
            seed: u64::MAX,
            varied: vec![("objects.ball.mass_kg".to_owned(), 0.1 + 0.2)],
            period_ns: PERIOD_NS,
            end_tick: 250,
            scenario_digest: "ab".repeat(32),
            assets: BTreeMap::from([("nets/walk.onnx".to_owned(), "cd".repeat(32))]),
            policies: vec![Some(policy)],
            reproduce: "scenarios/yard.ron --seed 7".to_owned(),
        },
        layout: SceneLayout::new(&scenario()),
        signals: vec![column("rover.tilt", "rad"), column("distance(rover, ball)", "m")],
        texts: vec![
            ("scenario.ron".to_owned(), SCENARIO.to_owned()),
            ("environment.ron".to_owned(), ENVIRONMENT.to_owned()),
        ],
    }
}

/// A reproducible source of odd numbers (`SplitMix64`).
pub(crate) struct Odd(pub(crate) u64);

impl Odd {
    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Any bits at all: among them NaNs with payload, zeros of both signs,
    /// infinities and subnormal numbers.
    fn f32(&mut self) -> f32 {
        match self.below(8) {
            0 => -0.0,
            1 => f32::INFINITY,
            2 => f32::from_bits(0x7fc0_0000 | (self.next() as u32 & 0xffff)),
            3 => f32::from_bits(1),
            _ => f32::from_bits(self.next() as u32),
        }
    }

    fn many(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.f32()).collect()
    }

    fn vector(&mut self) -> Vector {
        Vector::new(self.f32(), self.f32(), self.f32())
    }

    fn commands(&mut self) -> Vec<Vec<f32>> {
        let count = self.below(3);
        (0..count).map(|_| self.many(2)).collect()
    }
}

/// A made-up tick, and its contacts.
pub(crate) fn odd_tick(
    odd: &mut Odd,
    tick: u64,
    requested: &[Vec<f32>],
) -> (TickRecord, Vec<Contact>) {
    let start = start();
    let (bodies, dofs) = (start.layout.bodies.len(), start.layout.dofs.len());
    let pose = |odd: &mut Odd| {
        let at = odd.vector();
        Pose::from_parts(at, Rotation::from_xyzw(odd.f32(), odd.f32(), odd.f32(), odd.f32()))
    };
    let mut record = TickRecord {
        tick: Tick(tick),
        requested: requested.to_vec(),
        applied: odd.many(1),
        state: WorldState {
            bodies: (0..bodies)
                .map(|_| BodyState {
                    pose: pose(odd),
                    twist: Twist { linear: odd.vector(), angular: odd.vector() },
                })
                .collect(),
            positions: odd.many(dofs),
            velocities: odd.many(dofs),
            torques: odd.many(dofs),
            dropped: Vec::new(),
        },
        signals: (0..2).map(|_| f64::from_bits(odd.next())).collect(),
        hash: odd.next(),
        digests: Digests::of(|_| odd.next()),
        ..TickRecord::default()
    };
    if odd.below(3) == 0 {
        let (at, impulse) = (odd.vector(), odd.vector());
        record.interventions.push(Intervention::Push { body: BodyId(1), at, impulse });
        record.events.push(EventRecord { event: 3, what: "push of 3 N s ← here".to_owned() });
    }
    if odd.below(2) == 0 {
        let (robot, asked_at) = (RobotId(0), Tick(odd.next()));
        let measured_at = vec![None, Some(Tick(0)), Some(Tick(u64::MAX))];
        let values = odd.many(5);
        record.requests.push(Request { robot, request: tick, asked_at, values, measured_at });
        let commands = odd.commands();
        record.decisions.push(Decision { robot, request: odd.next(), asked_at, commands });
    }
    for (sensor, len) in [(0, 10), (1, 8)] {
        record.readings.push(Reading {
            robot: RobotId(0),
            sensor,
            measured_at: Tick(tick),
            delivered_at: Tick(odd.next()),
            lost: odd.below(2) == 0,
            measured: odd.many(len),
            truth: odd.many(len),
        });
    }
    let others = [None, Some(BodyId(0)), Some(BodyId(bodies - 1))];
    let count = odd.below(4);
    let contacts = (0..count)
        .map(|_| Contact {
            body: BodyId(odd.below(bodies)),
            other: others[odd.below(3)],
            force: odd.vector(),
        })
        .collect();
    (record, contacts)
}

/// Made-up ticks from 0; commands change now and then.
pub(crate) fn odd_ticks(seed: u64, count: u64) -> Vec<(TickRecord, Vec<Contact>)> {
    let mut odd = Odd(seed);
    let mut requested = vec![vec![0.0, -0.0]];
    (0..count)
        .map(|tick| {
            if odd.below(4) == 0 {
                requested = vec![odd.many(2)];
            }
            let (mut record, mut contacts) = odd_tick(&mut odd, tick, &requested);
            drop_boxes(&mut odd, &mut record, &mut contacts);
            (record, contacts)
        })
        .collect()
}

/// A box falls at tick 5 and a second one, which is pushed, at tick 9.
fn drop_boxes(odd: &mut Odd, record: &mut TickRecord, contacts: &mut Vec<Contact>) {
    let tick = record.tick.0;
    let dropped = usize::from(tick >= 5) + usize::from(tick >= 9);
    let mut pose = || {
        let at = odd.vector();
        Pose::from_parts(at, Rotation::from_xyzw(odd.f32(), odd.f32(), odd.f32(), odd.f32()))
    };
    if tick == 5 || tick == 9 {
        let (size, mass_kg) = (Vector::new(0.1, 0.2, 0.3), 1.5 * tick as f32);
        record.interventions.push(Intervention::Drop { size, mass_kg, pose: pose() });
    }
    let bodies = record.state.bodies.len();
    if tick == 9 {
        let (body, at) = (BodyId(bodies + 1), Vector::X);
        record.interventions.push(Intervention::Push { body, at, impulse: Vector::Y });
    }
    for index in 0..dropped {
        let twist = Twist { linear: Vector::Z * index as f32, angular: Vector::X };
        record.state.dropped.push(BodyState { pose: pose(), twist });
        let (body, other) = (BodyId(index), Some(BodyId(bodies + index)));
        contacts.push(Contact { body, other, force: Vector::NEG_Z });
    }
}

/// The report of the run.
pub(crate) fn report(ticks: u64) -> RunReport {
    RunReport {
        title: "a yard".to_owned(),
        seed: u64::MAX,
        verdict: Verdict::Fail,
        expected_failure: None,
        goals: vec![GoalReport {
            name: "stay upright".to_owned(),
            required: true,
            formula: "always rover.tilt < 0.5".to_owned(),
            verdict: Verdict::Fail,
            margin: f64::NEG_INFINITY,
            decided_at_s: Some(0.1),
            reason: Some(GoalReason { atom: "rover.tilt < 0.5".to_owned(), time_s: 0.1 }),
        }],
        metrics: vec![
            MetricReport { name: "max rover.tilt".to_owned(), value: f64::INFINITY },
            MetricReport { name: "min rover.tilt".to_owned(), value: 0.1 + 0.2 },
        ],
        varied: vec![("objects.ball.mass_kg".to_owned(), 0.1 + 0.2)],
        ticks,
        simulated_s: 0.3,
        final_hash: u64::MAX - 1,
        error: None,
    }
}

/// A keyframe.
pub(crate) fn keyframe(tick: u64) -> Keyframe {
    Keyframe { tick: Tick(tick), bytes: (0..=255).cycle().take(1000).collect() }
}

/// A whole recording of made-up ticks, with a keyframe in the middle.
pub(crate) fn recording(seed: u64, count: u64, options: Options) -> Vec<u8> {
    let out = Cursor::new(Vec::new());
    let mut writer = RecordingWriter::create(out, &start(), &scenario(), options)
        .expect("memory can be written to");
    for (record, contacts) in odd_ticks(seed, count) {
        writer.tick(&record, &contacts).expect("memory can be written to");
        if record.tick.0 == count / 2 {
            writer.keyframe(&keyframe(count / 2)).expect("memory can be written to");
            let decided = Decided { goal: 0, holds: false, tick: record.tick };
            writer.decided(decided).expect("memory can be written to");
        }
    }
    writer.finish(&report(count)).expect("memory can be written to").into_inner()
}
