//! What goldens keep, and how they say what changed.

use std::collections::BTreeMap;

use randori_core::layout::{BodyId, DofLayout, RobotId};
use randori_core::layout::{BodyLayout, RobotLayout, SceneLayout};
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::record::{BodyState, Digests, EventRecord, Stage, TickRecord, WorldState};
use randori_core::report::{GoalReport, MetricReport, RunReport, Verdict};
use randori_core::time::Tick;

use super::*;

/// A robot with two links and a joint, and a crate.
fn layout() -> SceneLayout {
    let body = |path: &str, robot| BodyLayout { path: path.to_owned(), robot };
    let robot = Some(RobotId(0));
    SceneLayout {
        bodies: vec![body("rover.base", robot), body("rover.arm", robot), body("crate", None)],
        dofs: vec![DofLayout {
            path: "rover.shoulder".to_owned(),
            robot: RobotId(0),
            joint: 0,
            is_length: false,
            limits: None,
            start: 0.0,
        }],
        robots: vec![RobotLayout {
            name: "rover".to_owned(),
            bodies: 0..2,
            base: BodyId(0),
            dofs: 0..1,
            actuators: Vec::new(),
            sensors: Vec::new(),
        }],
        objects: 2..3,
        actors: 3..3,
    }
}

/// A world in which the rover drives along X and the crate stands still.
fn record(tick: u64) -> TickRecord {
    let at = |x: f32| BodyState {
        pose: Pose::from_parts(Vector::new(x, -0.0, 0.1), Rotation::IDENTITY),
        ..BodyState::default()
    };
    let x = tick as f32 * 0.001;
    let mut record = TickRecord {
        tick: Tick(tick),
        state: WorldState {
            bodies: vec![at(x), at(x + 0.5), at(4.0)],
            positions: vec![0.1 * x],
            ..WorldState::default()
        },
        digests: Digests::of(|stage| match stage {
            Stage::Event => u64::from(tick >= 30),
            Stage::Sensor => tick / 2,
            Stage::Policy | Stage::Actuator => tick / 10,
            Stage::Physics => tick,
        }),
        ..TickRecord::default()
    };
    if tick == 30 {
        record.events.push(EventRecord { event: 0, what: "push rover by 3 N s".to_owned() });
    }
    record
}

fn report(end: u64) -> RunReport {
    RunReport {
        title: "a yard".to_owned(),
        seed: 3,
        verdict: Verdict::Pass,
        expected_failure: None,
        goals: vec![GoalReport {
            name: "stay \"upright\"".to_owned(),
            required: true,
            formula: String::new(),
            verdict: Verdict::Pass,
            margin: 0.1 + 0.2,
            decided_at_s: Some(0.25),
            reason: None,
        }],
        metrics: vec![
            MetricReport { name: "energy(rover)".to_owned(), value: 12.5 },
            MetricReport { name: "min(clearance(rover, crate))".to_owned(), value: f64::INFINITY },
        ],
        varied: vec![("robots.rover.pose.xyz.0".to_owned(), -0.0)],
        ticks: end,
        simulated_s: 1.0,
        final_hash: 0x0123_4567_89ab_cdef,
        error: None,
    }
}

/// The golden's view of a run to which `change` is done.
pub(super) fn run_with(end: u64, change: impl Fn(&mut TickRecord)) -> GoldenRun {
    let layout = layout();
    let mut recorder = Recorder::new(&layout, end);
    for tick in 0..=end {
        let mut record = record(tick);
        change(&mut record);
        let digests = Stage::ALL.map(|stage| record.digests[stage]);
        record.hash = digests.into_iter().fold(0, |hash, digest| hash * 31 + digest);
        recorder.observe(&record);
    }
    recorder.finish(&report(end))
}

fn golden(runs: Vec<GoldenRun>) -> Golden {
    let texts =
        [("scenario.ron".to_owned(), "Scenario(title: \"a yard\", seeds: [1, 2])".to_owned())];
    let files = BTreeMap::from([
        ("assets/walk.onnx".to_owned(), "ab".repeat(32)),
        ("scenarios/yard.ron".to_owned(), "cd".repeat(32)),
    ]);
    Golden {
        note: "accepted after the change of the wheels\nsee #12".to_owned(),
        level: Level::Exact,
        tolerances: Tolerances::default(),
        engine: GoldenEngine {
            randori: "0.1.0".to_owned(),
            rapier: "0.36.1".to_owned(),
            parry: "0.31.1".to_owned(),
            features: vec!["enhanced-determinism".to_owned()],
            digests: 1,
        },
        inputs: Inputs::new(&texts, &files),
        runs,
    }
}

fn compare(before: &GoldenRun, after: &GoldenRun, level: Level) -> Vec<String> {
    let found = before.compare(after, level, &Tolerances::default(), true);
    found.iter().map(ToString::to_string).collect()
}

/// `SplitMix64`.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[test]
fn a_golden_is_a_text_that_a_reviewer_can_read() {
    let golden = golden(vec![run_with(40, |_| {})]);

    let text = golden.to_text();

    for line in [
        "  level: Exact,\n",
        "      verdict: pass,\n",
        "        (name: \"stay \\\"upright\\\"\", verdict: pass, margin: 0.30000000000000004, decided_at: 0.25),\n",
        "        (\"min(clearance(rover, crate))\", inf),\n",
        "        (tick: 30, what: \"push rover by 3 N s\"),\n",
        "            (\"rover.base\", (0.004, -0.0, 0.1), (0.0, 0.0, 0.0, 1.0)),\n",
        "    \"assets/walk.onnx\": \"abababababababab\",\n",
        "  sources: {\n    \"scenarios/yard.ron\": \"cdcdcdcdcdcdcdcd\",\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert_eq!(text.matches("(\"crate\",").count(), 1, "what stands still is told once");
    assert!(!text.contains("rover.arm"), "joints say where links are");
    assert!(text.len() < 3_500, "{} bytes", text.len());
}

#[test]
fn every_number_comes_back_with_the_same_bits() {
    let mut state = 7;
    let mut run = run_with(1_000, |_| {});
    for instant in &mut run.instants {
        for (_, pose) in &mut instant.bodies {
            let mut odd = || f32::from_bits(next(&mut state) as u32);
            let rotation = Rotation::from_xyzw(odd(), odd(), odd(), -0.0);
            *pose = Pose::from_parts(Vector::new(odd(), f32::NEG_INFINITY, odd()), rotation);
        }
        instant.joints[0].1 = f32::from_bits(next(&mut state) as u32 & 0x807f_ffff);
    }
    for (_, value) in &mut run.metrics {
        *value = f64::from_bits(next(&mut state));
    }
    run.goals[0].margin = f64::NAN;
    run.goals[0].decided_at = Some(5e-324);
    run.seed = u64::MAX;
    let original = golden(vec![run]);

    let text = original.to_text();
    let again = Golden::parse(&text).expect("it is a golden");

    let found = original.runs[0].compare(&again.runs[0], Level::Exact, &original.tolerances, true);
    assert_eq!(found, [], "NaN is the only number that does not equal itself");
    assert_eq!(again.to_text(), text);
    assert_eq!(again.inputs, original.inputs);
    assert_eq!((again.note, again.engine), (original.note, original.engine));
}

#[test]
fn levels_and_tolerances_survive_a_renewal_and_a_round_trip() {
    let mut before = golden(vec![run_with(40, |_| {})]);
    before.level = Level::Metrics;
    before.tolerances.event_ticks = 7;
    let joules = Tolerance { absolute: 0.5, relative: 0.01 };
    before.tolerances.named.insert("energy(rover)".to_owned(), joules);
    let mut accepted = golden(vec![run_with(60, |_| {})]);
    accepted.note = String::new();

    let renewed = before.renewed(accepted.clone());
    let again = Golden::parse(&renewed.to_text()).expect("it is a golden");

    assert_eq!(again, renewed);
    assert_eq!(again.runs, accepted.runs);
    assert_eq!((again.note, again.level), (before.note, Level::Metrics));
    assert_eq!(again.tolerances, before.tolerances);
}

#[test]
fn equal_runs_are_equal_at_every_level() {
    let (a, b) = (run_with(700, |_| {}), run_with(700, |_| {}));

    for level in Level::ALL {
        assert_eq!(compare(&a, &b, level), Vec::<String>::new());
    }
}

#[test]
fn a_difference_names_its_first_tick_its_stage_and_both_values() {
    let before = run_with(100, |_| {});
    let after = run_with(100, |record| {
        if record.tick.0 >= 40 {
            record.digests[Stage::Policy] += 1_000;
            record.digests[Stage::Physics] += 1_000;
            let base = &mut record.state.bodies[0].pose.translation;
            base.y = 0.25;
        }
    });

    let found = compare(&before, &after, Level::Exact);

    assert_eq!(found[0], "first difference: tick 40, stage policy");
    assert!(
        found[1].starts_with("tick 50, position of rover.base: y -0.0 -> 0.25 m, by 2.500e-1 m, "),
        "{found:#?}"
    );
    assert_eq!(found.len(), 1 + 3, "the instants 50, 75 and 100 differ");
}

#[test]
fn a_difference_that_no_instant_shows_is_still_one() {
    let before = run_with(100, |_| {});
    let after = run_with(100, |record| {
        record.digests[Stage::Sensor] += u64::from(record.tick.0 == 7);
    });

    assert_eq!(compare(&before, &after, Level::Exact), ["first difference: tick 7, stage sensor"]);
    assert_eq!(compare(&before, &after, Level::Tolerance), Vec::<String>::new());
}

#[test]
fn each_level_overlooks_what_it_says() {
    let before = run_with(100, |_| {});
    let levels_that_see = |change: &dyn Fn(&mut GoldenRun)| -> Vec<Level> {
        let mut after = before.clone();
        change(&mut after);
        Level::ALL
            .into_iter()
            .filter(|level| !compare(&before, &after, *level).is_empty())
            .collect()
    };

    let seen = levels_that_see(&|run| run.instants[3].joints[0].1 += 1e-5);
    assert_eq!(seen, [Level::Exact]);
    let seen = levels_that_see(&|run| run.instants[3].joints[0].1 += 1e-2);
    assert_eq!(seen, [Level::Exact, Level::Tolerance]);
    let seen = levels_that_see(&|run| run.instants[3].joints[0].1 = f32::NAN);
    assert_eq!(seen, [Level::Exact, Level::Tolerance]);
    let seen = levels_that_see(&|run| run.events[0].tick += 2);
    assert_eq!(seen, [Level::Exact]);
    let seen = levels_that_see(&|run| run.events[0].tick += 3);
    assert_eq!(seen, [Level::Exact, Level::Tolerance, Level::Events]);
    let seen = levels_that_see(&|run| run.metrics[0].1 *= 1.1);
    assert_eq!(seen, Level::ALL[..4]);
    let seen = levels_that_see(&|run| run.metrics[1].1 = 5.0);
    assert_eq!(seen, Level::ALL[..4]);
    let seen = levels_that_see(&|run| run.goals[0].margin = f64::NAN);
    assert_eq!(seen, Level::ALL[..4]);
    let seen = levels_that_see(&|run| run.goals[0].verdict = Verdict::Fail);
    assert_eq!(seen, Level::ALL);
    let seen = levels_that_see(&|run| run.error = Some("RR0101".to_owned()));
    assert_eq!(seen, Level::ALL);
}

#[test]
fn a_tolerance_may_belong_to_one_thing_only() {
    let before = run_with(100, |_| {});
    let mut after = before.clone();
    after.metrics[0].1 *= 1.1;
    let mut tolerances = Tolerances::default();
    let wide = Tolerance { absolute: 0.0, relative: 0.2 };
    tolerances.named.insert("energy(rover)".to_owned(), wide);

    assert_eq!(before.compare(&after, Level::Metrics, &tolerances, true), []);
    assert_ne!(before.compare(&after, Level::Exact, &tolerances, true), []);
}

#[test]
fn runs_of_other_digests_are_compared_without_them() {
    let before = run_with(100, |_| {});
    let after = run_with(100, |record| record.digests[Stage::Physics] ^= 0xffff);

    assert_eq!(before.compare(&after, Level::Exact, &Tolerances::default(), false), []);
    assert_ne!(before.compare(&after, Level::Exact, &Tolerances::default(), true), []);
}

#[test]
fn goals_that_come_and_go_are_named() {
    let before = run_with(10, |_| {});
    let mut after = before.clone();
    after.goals[0].name = "arrives".to_owned();

    let found = compare(&before, &after, Level::Verdict);

    assert_eq!(found, ["goal `stay \"upright\"` is gone", "goal `arrives` is new"]);
}

/// A line of a trace as an engine without sensors wrote it.
fn without_sensors(line: &str) -> String {
    if let Some(names) = line.strip_prefix("stages: event sensor ") {
        return format!("stages: event {names}");
    }
    let field = |word: &str| if word.starts_with('.') { 1 } else { 2 };
    let words = line.split(' ').map(|word| {
        let (event, rest) = word.split_at(field(word));
        format!("{event}{}", &rest[field(rest)..])
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_golden_outlives_the_addition_of_a_stage() {
    let now = run_with(700, |record| record.digests[Stage::Sensor] = 0);
    let text = golden(vec![now.clone()]).to_text();
    let old = now.trace.lines().iter().fold(text, |text, line| {
        assert!(text.contains(line), "{line}");
        text.replace(line, &without_sensors(line))
    });

    let old = Golden::parse(&old).expect("it is a golden").runs.remove(0);

    assert_eq!(compare(&old, &now, Level::Exact), Vec::<String>::new());
    let sensing = run_with(700, |record| {
        record.digests[Stage::Sensor] *= u64::from(record.tick.0 >= 7);
    });
    assert_eq!(compare(&old, &sensing, Level::Exact), ["first difference: tick 7, stage sensor"]);
}

#[test]
fn a_trace_that_names_no_stages_has_those_of_the_first_goldens() {
    let golden = golden(vec![run_with(700, |_| {})]);
    let names = "        \"stages: event sensor policy actuator physics\",\n";
    let text = golden.to_text();
    assert!(text.contains(names), "{text}");

    assert_eq!(Golden::parse(&text.replacen(names, "", 1)), Ok(golden));
}

#[test]
fn a_stage_of_a_newer_version_is_told() {
    let text = golden(vec![run_with(40, |_| {})]).to_text();
    let error = Golden::parse(&text.replacen("policy act", "policy guard act", 1))
        .expect_err("there is no such stage");

    assert_eq!(
        error.to_string(),
        "103:10: the trace names the stage `guard`, which this version does not know"
    );
    assert_eq!(error.help, "use the version of randori that wrote it, or a newer one");
}

#[test]
fn a_broken_text_gets_a_place_and_advice() {
    let text = golden(vec![run_with(40, |_| {})]).to_text();
    let error = |before: &str, after: &str| {
        assert!(text.contains(before), "{before}");
        let error = Golden::parse(&text.replacen(before, after, 1)).expect_err("it is broken");
        assert!(!error.help.is_empty());
        error.to_string()
    };

    let found = error("verdict: pass", "verdict: perhaps");
    assert!(found.starts_with("28:") && found.contains("perhaps"), "{found}");
    assert!(error("seed: 3,", "seed: 3, sead: 4,").contains("sead"));
    assert!(error("format: 1", "format: 2").contains("format 2, this version reads 1"));
    assert!(error("0123456789abcdef", "0123456789abcdeg").contains("is not a digest"));
    assert!(error("tick: 4,", "tick: 50,").contains("does not follow in time"));
    assert!(error("Golden(", "Scenario(").starts_with("4:1: "));
    assert!(error("event sensor", "sensor event").contains("order"));
    assert!(error("event sensor", "event event").contains("order"));
    assert!(error("\"crate\"", "\"rover.base\"").contains("a duplicate or an unknown name"));
    let deep = Golden::parse(&format!("Golden({}", "(".repeat(100_000))).expect_err("too deep");
    assert!(deep.to_string().contains("deep"), "{deep}");
}

#[test]
fn no_damaged_text_is_worse_than_an_error() {
    let text = golden(vec![run_with(40, |_| {})]).to_text();
    let mut state = 11;
    let (mut read, mut refused) = (0, 0);
    for _ in 0..3_000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=next(&mut state) % 3 {
            let place = next(&mut state) as usize % bytes.len();
            match next(&mut state) % 4 {
                0 => bytes.truncate(place.max(1)),
                1 => bytes[place] = next(&mut state) as u8,
                2 => bytes[place] = b"()[]{}:,\"\\0-.e"[next(&mut state) as usize % 14],
                _ => {
                    let end = bytes.len().min(place + next(&mut state) as usize % 40);
                    let copy = bytes[place..end].to_vec();
                    bytes.splice(place..place, copy);
                }
            }
        }
        match Golden::parse(&String::from_utf8_lossy(&bytes)) {
            Ok(golden) => {
                let again = golden.to_text();
                assert_eq!(Golden::parse(&again).map(|g| g.to_text()).as_deref(), Ok(&*again));
                read += 1;
            }
            Err(error) => {
                assert!(error.line >= 1 && error.column >= 1);
                refused += 1;
            }
        }
    }
    assert!(read > 100 && refused > 1_000, "{read} read, {refused} refused");
}
