//! `randori diff`, on runs in which a difference was planted.

use std::collections::BTreeMap;
use std::io::Cursor;

use randori_core::record::TickRecord;
use randori_core::text::{BUNDLE_SCENARIO, Limits, MemoryFiles, ScenarioText};
use randori_core::time::Tick;
use randori_record::golden::{Golden, GoldenEngine, Inputs, Level, Recorder, Tolerances};
use randori_record::reader::Recording;
use randori_record::writer::{Options, RecordingWriter};
use randori_sim::replay::Replay;
use serde_json::Value;

use crate::project::Project;

const ROOM: &str = r#"Environment(format: 1, name: "flat", ground: (), objects: [
    (name: "ball", pose: (xyz: (1.0, 0.0, 0.2)), mobility: Movable(mass_kg: 1.0),
     shapes: [(shape: Sphere(radius: 0.2))]),
])"#;

/// A project with a ball that lies beside the cart, and a recorded run in which
/// the policy of the cart decides at every tick.
fn recorded() -> Project {
    let project = Project::new();
    project.write("assets/flat.ron", ROOM);
    project.edit("scenarios/drive.ron", "rate_hz: 50", "rate_hz: 500");
    let noise = r#"errors: (channels: {"position": (noise: Gaussian(stddev: 0.001))})"#;
    project.edit("assets/cart.ron", "JointState(),", &format!("JointState(), {noise},"));
    record(&project, "a.mcap", &[]);
    project
}

fn record(project: &Project, file: &str, more: &[&str]) {
    let run = ["run", "scenarios/drive.ron", "--record", file];
    project.randori(&[&run, more].concat()).expect_code(0);
}

fn open(project: &Project, file: &str) -> Recording {
    Recording::open_file(&project.path().join(file)).expect("a recording")
}

/// Makes the run of `a.mcap` again, with its answers and what is changed of
/// them, and records it as `b.mcap`.
fn make_again(
    project: &Project,
    plant: impl FnOnce(&mut Replay),
    change: impl Fn(&mut TickRecord),
    options: Options,
) {
    let recording = open(project, "a.mcap");
    let start = recording.start();
    let files = MemoryFiles::new(start.texts.iter().cloned());
    let loaded = ScenarioText::load(&files, BUNDLE_SCENARIO, &Limits::default())
        .and_then(|text| text.resolve(&[]))
        .expect("the recorded scenario is valid");
    let scenario = &loaded.scenario;
    let answers = vec![Some(BTreeMap::new())];
    let mut replay = Replay::new(scenario, start.header.seed, answers).expect("it starts");
    plant(&mut replay);
    let out = Cursor::new(Vec::new());
    let mut writer =
        RecordingWriter::create(out, start, scenario, options).expect("memory can be written to");
    let mut contacts = Vec::new();
    for tick in recording.ticks() {
        let mut answers = tick.expect("it can be read").record;
        change(&mut answers);
        // It differs, on purpose; the run goes on.
        let _ = replay.verify_tick(&answers);
        replay.episode().simulation().world().contacts(&mut contacts);
        writer.tick(replay.episode().record(), &contacts).expect("memory can be written to");
    }
    let report = replay.episode().report();
    let bytes = writer.finish(&report).expect("memory can be written to").into_inner();
    std::fs::write(project.path().join("b.mcap"), bytes).expect("a file");
}

/// The ball is one ulp away at tick 100.
fn one_ulp(project: &Project, options: Options) {
    let plant = |replay: &mut Replay| {
        let ball = replay.episode().simulation().layout().body("ball").expect("there is a ball");
        replay.episode_mut().plant(Tick(100), ball);
    };
    make_again(project, plant, |_| {}, options);
}

fn diff(project: &Project, code: i32) -> Value {
    let ended = project.randori(&["diff", "a.mcap", "b.mcap", "--json"]).expect_code(code);
    ended.json_lines().remove(0)
}

#[track_caller]
fn expect_first(found: &Value, tick: u64, stage: &str, entity: &str, field: &str) {
    let first = &found["first_difference"];
    assert_eq!((first["tick"].as_u64(), first["stage"].as_str()), (Some(tick), Some(stage)));
    let named = (first["fields"][0]["entity"].as_str(), first["fields"][0]["field"].as_str());
    assert_eq!(named, (Some(entity), Some(field)));
}

#[test]
fn equal_runs_are_equal_however_they_are_recorded() {
    let project = recorded();
    record(&project, "b.mcap", &["--record-every", "7", "--no-sensor-frames"]);

    let found = diff(&project, 0);

    assert_eq!(
        (found["status"].as_str(), found["compared_ticks"].as_u64()),
        (Some("equal"), Some(201))
    );
    let ended = project.randori(&["diff", "a.mcap", "b.mcap"]).expect_code(0);
    assert!(ended.stdout.contains("equal: 201 ticks agree to the last bit"), "{}", ended.stdout);
}

#[test]
fn one_ulp_of_a_body_is_a_difference_of_the_physics_at_its_tick() {
    let project = recorded();
    one_ulp(&project, Options::default());

    let found = diff(&project, 5);

    expect_first(&found, 100, "physics", "ball", "position.x");
    let field = &found["first_difference"]["fields"][0];
    assert_eq!((field["unit"].as_str(), field["ulps"].as_u64()), (Some("m"), Some(1)));
    assert_eq!(field["distance"].as_f64(), Some(f64::from(f32::EPSILON)));
    assert_eq!(found["bodies"][0]["body"], "ball");
    assert_eq!(found["contacts"]["tick"], 100);
}

#[test]
fn the_text_tells_what_changed_first_and_how_it_grew() {
    let project = recorded();
    one_ulp(&project, Options::default());

    let ended = project.randori(&["diff", "a.mcap", "b.mcap"]).expect_code(5);

    insta::assert_snapshot!(ended.stdout, @r"
    A a.mcap: Drive a cart (scenarios/drive.ron, seed 0)
    B b.mcap: Drive a cart (scenarios/drive.ron, seed 0)
    DIFFERENT from tick 100 (0.20 s) on; the cause is the physics stage
      ball position.x: A 1.0, B 1.0000001 (1.192e-7 m, 1 ulp)
    contacts at tick 100 (0.20 s)
      both  ball on ground: (0.0, 0.0, 9.81) N
    bodies that deviate most
      body  first (m)  farthest (m)  at tick
      ball   1.192e-7      1.192e-7      100
    largest deviation of a body: stays at about 1.2e-7 m (101 samples)
        1.2e-7 m |***************************************************
        8.6e-8 m |
        6.2e-8 m |
        4.4e-8 m |
        3.2e-8 m |
        2.3e-8 m |
        1.7e-8 m |
        1.2e-8 m |
                 +---------------------------------------------------
                  0.200 s                                     0.400 s
    to verify both:   randori replay a.mcap b.mcap
    to see both:      randori report a.mcap b.mcap -o diff.html
    to watch both:    randori view a.mcap --compare b.mcap
    ");
}

#[test]
fn a_difference_between_two_recorded_states_is_still_found_at_its_tick() {
    let project = recorded();
    one_ulp(&project, Options { state_every: 7, ..Options::default() });

    let found = diff(&project, 5);

    expect_first(&found, 100, "physics", "ball", "position.x");
    assert_eq!(found["first_difference"]["seen_at_tick"], 105);
}

#[test]
fn a_changed_command_is_a_difference_of_the_policy_at_its_tick() {
    let project = recorded();
    let change = |record: &mut TickRecord| {
        if record.tick == Tick(50) {
            record.decisions[0].commands[0][0] = 0.25;
        }
    };
    make_again(&project, |_| {}, change, Options::default());

    let found = diff(&project, 5);

    let entity = "response 49 of the policy of cart";
    expect_first(&found, 50, "policy", entity, "command 0, drive");
    let field = &found["first_difference"]["fields"][0];
    assert_eq!((field["a"].as_f64(), field["b"].as_f64()), (Some(0.5), Some(0.25)));
}

#[test]
fn another_stream_of_noise_is_a_difference_of_the_sensor() {
    let project = recorded();
    record(&project, "b.mcap", &["--seed", "1"]);

    let found = diff(&project, 5);

    // Streams differ from the start; the first measurement shows it.
    expect_first(&found, 0, "sensor", "cart.joints", "position[slide]");
    assert_eq!(found["first_difference"]["seen_at_tick"], 1);
    assert_eq!(found["settings"][0]["what"], "seed");
}

#[test]
fn stronger_noise_is_a_changed_input_and_a_difference_of_the_sensor() {
    let project = recorded();
    project.edit("assets/cart.ron", "stddev: 0.001", "stddev: 0.002");
    record(&project, "b.mcap", &[]);

    let found = diff(&project, 5);

    expect_first(&found, 1, "sensor", "cart.joints", "position[slide]");
    let input = &found["inputs"][0];
    assert!(input["path"].as_str().is_some_and(|path| path.starts_with("sensors.joints")));
    assert_eq!((input["a"].as_str(), input["b"].as_str()), (Some("0.001"), Some("0.002")));
}

#[test]
fn a_new_thing_and_a_longer_run_are_told_before_the_motion() {
    let project = recorded();
    let crate_ = r#"objects: [
    (name: "crate", pose: (xyz: (3.0, 0.0, 0.1)), shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))]),"#;
    project.edit("assets/flat.ron", "objects: [", crate_);
    record(&project, "b.mcap", &["--set", "duration=0.5"]);

    let ended = project.randori(&["diff", "a.mcap", "b.mcap"]).expect_code(5);

    let text = ended.stdout;
    assert!(text.contains("body crate: only in B"), "{text}");
    assert!(text.contains("scenario.ron: duration: 0.4 -> 0.5"), "{text}");
    assert!(text.contains("note: the scenes differ"), "{text}");
    assert!(text.contains("A ends at tick 200, B at tick 250"), "{text}");
}

#[test]
fn what_was_cut_off_is_never_called_equal() {
    let project = recorded();
    let bytes = std::fs::read(project.path().join("a.mcap")).expect("a recording");
    for tenth in 0..10 {
        project.write("b.mcap", "");
        std::fs::write(project.path().join("b.mcap"), &bytes[..bytes.len() * tenth / 10])
            .expect("a file");

        let ended = project.randori(&["diff", "a.mcap", "b.mcap"]).expect_code(3);

        let said = ended.stdout + &ended.stderr;
        assert!(said.contains("error:"), "{tenth}: {said}");
    }
}

/// Writes the golden that would be accepted for the run of a recording.
fn accept(project: &Project, recording: &str, golden: &str) {
    let recording = open(project, recording);
    let start = recording.start();
    let mut recorder = Recorder::new(&start.layout, start.header.end_tick);
    for tick in recording.ticks() {
        recorder.observe(&tick.expect("it can be read").record);
    }
    let accepted = Golden {
        note: String::new(),
        level: Level::Exact,
        tolerances: Tolerances::default(),
        engine: GoldenEngine::from(&start.header.engine),
        inputs: Inputs::new(&start.texts, &start.header.assets),
        runs: vec![recorder.finish(recording.report().expect("the run ended"))],
    };
    project.write(golden, &accepted.to_text());
}

#[test]
fn goldens_name_the_changed_part_the_tick_and_the_stage() {
    let project = recorded();
    project.edit("scenarios/drive.ron", r#""drive": 0.5"#, r#""drive": 0.6"#);
    record(&project, "b.mcap", &[]);
    accept(&project, "a.mcap", "a.golden.ron");
    accept(&project, "b.mcap", "b.golden.ron");

    for (other, input) in [("b.golden.ron", "has changed"), ("b.mcap", "is now 0.6")] {
        let ended = project.randori(&["diff", "a.golden.ron", other]).expect_code(5);
        let text = ended.stdout;
        assert!(text.contains("scenario.ron: robots.cart"), "{text}");
        assert!(text.contains(input), "{text}");
        assert!(text.contains("first difference: tick 1, stage policy"), "{text}");
    }
}

#[test]
fn a_recording_fits_its_golden_from_either_side() {
    let project = recorded();
    accept(&project, "a.mcap", "a.golden.ron");

    for files in [["a.golden.ron", "a.mcap"], ["a.mcap", "a.golden.ron"], ["a.golden.ron"; 2]] {
        let ended = project.randori(&["diff", files[0], files[1]]).expect_code(0);
        assert!(ended.stdout.contains("seed 0: equal"), "{}", ended.stdout);
    }
    record(&project, "b.mcap", &["--seed", "1"]);
    let ended = project.randori(&["diff", "a.golden.ron", "b.mcap", "--json"]).expect_code(5);
    assert_eq!(ended.json_lines()[0]["only_b"][0], 1);
}

#[test]
fn what_cannot_be_compared_is_named() {
    let project = recorded();

    project.randori(&["diff", "a.mcap"]).expect_code(2);
    for other in ["missing.mcap", "scenarios", "scenarios/drive.ron", "missing.golden.ron"] {
        let ended = project.randori(&["diff", "a.mcap", other]).expect_code(3);
        assert!(ended.stderr.contains(other), "{}", ended.stderr);
        assert_eq!(ended.stdout, "");
        let ended = project.randori(&["diff", other, "a.mcap", "--json"]).expect_code(3);
        assert_eq!(ended.json_lines()[0]["status"], "unreadable");
    }
}

#[test]
fn another_start_is_called_the_start_and_not_a_stage_of_a_step() {
    let project = recorded();
    project.edit("scenarios/drive.ron", "xyz: (0.0, 0.0, 1.0)", "xyz: (0.0, 0.0, 1.1)");
    record(&project, "b.mcap", &[]);

    let told = project.randori(&["diff", "a.mcap", "b.mcap"]).expect_code(5);
    let found = diff(&project, 5);

    assert!(told.stdout.contains("the initial states differ"), "{}", told.stdout);
    assert!(told.stdout.contains("pose.xyz"), "{}", told.stdout);
    assert_eq!(found["first_difference"]["tick"], 0);
    assert_eq!(found["first_difference"]["stage"], "start");
}
