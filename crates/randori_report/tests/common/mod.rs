//! Made-up runs with texts that would harm a careless page.

use randori_core::layout::{BodyId, SceneLayout};
use randori_core::math::{Pose, Vector, rotation_from_rpy};
use randori_core::record::{BodyState, EventRecord, Intervention, TickRecord};
use randori_core::report::{GoalReason, GoalReport, MetricReport, RunReport, Verdict};
use randori_core::spec::Scenario;
use randori_core::text::{Limits, MemoryFiles, ScenarioText};
use randori_core::time::Tick;
use randori_record::header::{Engine, Header, PolicyIdentity, SignalColumn, Start, texts_digest};
use randori_record::tick::RecordedTick;
use randori_report::ReportRun;

/// A text that ends the script element and fetches something, if it may.
pub(crate) const HOSTILE: &str = "</script><img src=x onerror=alert(1)>&\u{2028}<!--";

/// Ticks per second.
const RATE_HZ: u64 = 500;
/// Ticks of a run.
pub(crate) const TICKS: u64 = 5000;

const SCENARIO: &str = r#"Scenario(
    format: 1, title: "Carry a parcel", duration: 10.0, environment: "corridor.ron",
    robots: [(name: "courier", model: "courier.ron")],
    actors: [(name: "walker", model: Pedestrian(), path: [(3.0, -3.0), (3.0, 3.0)], speed: 0.6)],
    waypoints: {"goal": (6.0, 0.0, 0.0)},
    events: [(name: "gust", at: 4.0, do: Push(body: "courier", impulse: (0.0, 6.0, 0.0)))],
    goals: [(name: "arrives", require: "eventually[0, 10] (distance(courier, goal) < 0.3)")],
)"#;

const ENVIRONMENT: &str = r#"Environment(
    format: 1, name: "corridor", ground: (),
    objects: [
        (name: "wall", pose: (xyz: (3.0, 2.0, 0.5)), shapes: [(shape: Box(size: (8.0, 0.1, 1.0)), material: "concrete")]),
        (name: "crate", pose: (xyz: (2.0, -1.2, 0.25)), mobility: Movable(mass_kg: 4.0),
         shapes: [(shape: Box(size: (0.5, 0.5, 0.5)), material: "wood")]),
        (name: "pylon", pose: (xyz: (4.5, -1.0, 0.3)), mobility: Movable(mass_kg: 1.0), shapes: [(shape: Cone(radius: 0.2, length: 0.6))]),
        (name: "rock", pose: (xyz: (5.0, 1.0, 0.0)), shapes: [(shape: ConvexHull(points: [(0.0, 0.0, 0.0), (0.6, 0.0, 0.0), (0.0, 0.6, 0.0), (0.2, 0.2, 0.5)]))]),
        (name: "terrain", pose: (xyz: (-3.0, 0.0, 0.0)), shapes: [(shape: Heightfield(size: (3.0, 3.0), heights: [[0.0, 0.1, 0.0], [0.2, 0.4, 0.1], [0.0, 0.2, 0.0]]))]),
        (name: "ramp", pose: (xyz: (0.0, -2.5, 0.0)), shapes: [(shape: TriangleMesh(
            vertices: [(0.0, 0.0, 0.01), (1.5, 0.0, 0.6), (1.5, 1.0, 0.6), (0.0, 1.0, 0.01)], triangles: [(0, 1, 2), (0, 2, 3)]))]),
    ],
    zones: [(name: "delivery", pose: (xyz: (6.0, 0.0, 0.1)), shape: Cylinder(radius: 0.5, length: 0.2))],
)"#;

const ROBOT: &str = r#"Robot(
    format: 1, name: "courier", base: Floating(link: "base"),
    links: [
        (name: "base", mass_kg: 27.0, shapes: [
            (shape: Box(size: (0.60, 0.46, 0.30)), pose: (xyz: (0.0, 0.0, 0.26)), material: "plastic"),
            (shape: Capsule(radius: 0.03, length: 0.5), pose: (xyz: (-0.25, 0.0, 0.6)), material: "steel"),
            (shape: Sphere(radius: 0.05), pose: (xyz: (0.25, 0.0, 0.052)), material: "rubber"),
        ]),
        (name: "left_wheel", mass_kg: 1.5, shapes: [(shape: Cylinder(radius: 0.10, length: 0.05), material: "rubber")]),
    ],
    joints: [(name: "left_wheel", kind: Continuous, parent: "base", child: "left_wheel",
              pose: (xyz: (0.0, 0.265, 0.10), rpy: (Deg(-90), Deg(0), Deg(0))), axis: Z)],
)"#;

/// The scenario of all made-up runs.
pub(crate) fn scenario() -> Scenario {
    let files = [("sample.ron", SCENARIO), ("corridor.ron", ENVIRONMENT), ("courier.ron", ROBOT)];
    let files = MemoryFiles::new(files);
    let loaded = ScenarioText::load(&files, "sample.ron", &Limits::default())
        .and_then(|text| text.resolve(&[]));
    let mut scenario = match loaded {
        Ok(loaded) => loaded.scenario,
        Err(found) => panic!("{found:?}"),
    };
    scenario.environment.objects[0].name = format!("wall {HOSTILE}");
    scenario
}

/// The header of an artificial run.
pub(crate) fn start(scenario: &Scenario) -> Start {
    let texts = vec![("scenario.ron".to_owned(), SCENARIO.to_owned())];
    let column = |name: &str, unit: &str| SignalColumn { name: name.into(), unit: unit.into() };
    Start {
        header: Header {
            format: 1,
            engine: Engine {
                randori: "0.1.0".into(),
                rapier: "0.36.1".into(),
                parry: "0.31.0".into(),
                features: vec!["enhanced-determinism".into()],
                digests: 1,
                target: "x86_64-linux".into(),
            },
            file: format!("scenarios/sample.ron {HOSTILE}"),
            title: format!("Carry a parcel {HOSTILE}"),
            seed: u64::MAX,
            varied: vec![("actors.walker.speed".into(), 0.6)],
            period_ns: 1_000_000_000 / RATE_HZ,
            end_tick: TICKS,
            scenario_digest: texts_digest(&texts),
            assets: [].into(),
            policies: vec![Some(PolicyIdentity {
                robot: "courier".into(),
                kind: "process".into(),
                name: format!("python policy.py {HOSTILE}"),
                determinism: randori_core::policy::Determinism::Unknown,
            })],
            reproduce: "randori run scenarios/sample.ron --seed 7".into(),
        },
        layout: SceneLayout::new(scenario),
        signals: vec![
            column("distance(courier, goal)", "m"),
            column("clearance(courier, walker)", "m"),
            column("unused(courier)", "rad"),
        ],
        texts,
    }
}

/// Verdicts with margins that JSON does not know.
pub(crate) fn run_report() -> RunReport {
    let goal = |name: &str, verdict, margin, at: Option<(&str, f64)>, formula: &str| GoalReport {
        name: name.into(),
        required: verdict != Verdict::Error,
        formula: formula.into(),
        verdict,
        margin,
        decided_at_s: at.map(|(_, time_s)| time_s),
        reason: at.map(|(atom, time_s)| GoalReason { atom: atom.into(), time_s }),
    };
    let (near, clear) = ("distance(courier, goal) < 0.3", "clearance(courier,walker) > 0.05");
    RunReport {
        title: "Carry a parcel".into(),
        seed: u64::MAX,
        verdict: Verdict::Fail,
        expected_failure: None,
        goals: vec![
            goal(
                "arrives",
                Verdict::Pass,
                0.25,
                Some((near, 9.5)),
                &format!("eventually[0, 10] ({near})"),
            ),
            goal(
                &format!("keeps clear {HOSTILE}"),
                Verdict::Fail,
                -0.043,
                Some((clear, 5.25)),
                &format!("always ({clear})"),
            ),
            goal("endless", Verdict::Pass, f64::INFINITY, None, "true"),
            goal("undefined", Verdict::Error, f64::NAN, None, "always (0 > 1)"),
        ],
        metrics: vec![
            MetricReport { name: "path_length(courier)".into(), value: 6.3 },
            MetricReport { name: format!("max(tilt) {HOSTILE}"), value: f64::NEG_INFINITY },
        ],
        varied: vec![],
        ticks: TICKS,
        simulated_s: 10.0,
        final_hash: 0x0123_4567_89ab_cdef,
        error: None,
    }
}

/// A tick of a run that drifts sideways by `drift` m/s from tick 2600 on.
pub(crate) fn tick(start: &Start, number: u64, drift: f32) -> RecordedTick {
    let time = number as f32 / RATE_HZ as f32;
    let aside = drift * (time - 5.2).max(0.0);
    let mut bodies = vec![BodyState::default(); start.layout.bodies.len()];
    let yaw = f64::from(0.4 * wave(time)) + f64::from(aside) * 0.3;
    let base =
        Pose::from_parts(Vector::new(0.63 * time, aside, 0.0), rotation_from_rpy(0.0, 0.0, yaw));
    bodies[0].pose = base;
    let roll = rotation_from_rpy(-std::f64::consts::FRAC_PI_2, 0.0, f64::from(time) * 6.3);
    bodies[1].pose = base * Pose::from_parts(Vector::new(0.0, 0.265, 0.1), roll);
    let places = [
        [3.0, 2.0, 0.5],
        [2.0, -1.2, 0.25],
        [4.5, -1.0, 0.3],
        [5.0, 1.0, 0.0],
        [-3.0, 0.0, 0.0],
        [0.0, -2.5, 0.0],
    ];
    for (body, [x, y, z]) in bodies[2..].iter_mut().zip(places) {
        body.pose.translation = Vector::new(x, y, z);
    }
    let walker = bodies.len() - 1;
    bodies[walker].pose.translation = Vector::new(3.0, -3.0 + 0.6 * time, 0.0);
    let mut record = TickRecord { tick: Tick(number), ..TickRecord::default() };
    let to_goal = (Vector::new(6.0, 0.0, 0.0) - base.translation).length();
    let to_walker = (bodies[walker].pose.translation - base.translation).length() - 0.6;
    let spike = if number == 2625 { -0.093 } else { f64::from(to_walker) };
    record.signals =
        vec![f64::from(to_goal), if number < 200 { f64::INFINITY } else { spike }, 0.0];
    record.state.bodies = bodies;
    if number == 2000 {
        let what = format!("push of 6 N s on courier {HOSTILE}");
        record.events.push(EventRecord { event: 0, what });
    }
    if (3000..3050).contains(&number) {
        let impulse = Vector::new(0.1, 0.0, 0.0);
        record.interventions.push(Intervention::Push {
            body: BodyId(0),
            at: Vector::ZERO,
            impulse,
        });
    }
    RecordedTick { record, sampled: true, contacts: vec![] }
}

/// A wave between -1 and 1 with a period of 4 s, of parabolas.
fn wave(time: f32) -> f32 {
    let phase = time / 4.0 - (time / 4.0).floor();
    let half = if phase < 0.5 { phase * 2.0 } else { phase * 2.0 - 1.0 };
    let bow = 4.0 * half * (1.0 - half);
    if phase < 0.5 { bow } else { -bow }
}

/// A whole made-up run.
pub(crate) fn run(drift: f32) -> ReportRun {
    let scenario = scenario();
    let start = start(&scenario);
    let mut run = ReportRun::new(&start, &scenario, Some(&run_report()));
    for number in 0..=TICKS {
        run.add(&tick(&start, number, drift));
    }
    run.finish()
}
