//! The HTML text of the page: required and forbidden content.

mod common;

use common::{HOSTILE, TICKS, run, run_report, scenario, start, tick};
use randori_core::math::{Pose, Vector};
use randori_core::record::Intervention;
use randori_core::time::Tick;
use randori_record::tick::{Decided, RecordedTick};
use randori_report::{DivergenceMark, PAGE_START, ReportRun, report};
use serde_json::Value;

/// The data within a page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").expect("a data element");
    let (json, _) = rest.split_once("</script>").expect("its end");
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn texts_of_a_recording_stay_texts() {
    let page = report(&[run(0.0)], None);

    assert!(!page.contains("<img"), "no element may come from a recording");
    assert_eq!(page.matches("</script>").count(), 2, "one element of data, one program");
    let title = &data(&page)["runs"][0]["title"];
    assert_eq!(title, &Value::from(format!("Carry a parcel {HOSTILE}")));
}

#[test]
fn nothing_is_fetched_and_only_the_bundle_may_run() {
    let page = report(&[run(0.0)], None);

    assert!(page.contains("default-src 'none'; script-src 'sha256-"));
    assert!(!page.contains("src=\"http") && !page.contains("@import"));
}

#[test]
fn margins_that_json_does_not_know_survive() {
    let data = data(&report(&[run(0.0)], None));

    let margins: Vec<&Value> =
        (0..4).map(|goal| &data["runs"][0]["goals"][goal]["margin"]).collect();
    assert_eq!(margins, [&Value::from(0.25), &Value::from(-0.043), &"inf".into(), &"nan".into()]);
}

#[test]
fn only_signals_of_goals_are_shown_and_their_spikes_survive() {
    let data = data(&report(&[run(0.0)], None));

    let signals = data["runs"][0]["signals"].as_array().expect("signals");
    let names: Vec<&Value> = signals.iter().map(|signal| &signal["name"]).collect();
    assert_eq!(names, ["distance(courier, goal)", "clearance(courier, walker)"]);
    let values = signals[1]["values"].as_array().expect("values");
    assert!(values.len() < 2100 && values.len() as u64 <= TICKS, "{}", values.len());
    assert!(values[0].is_null(), "an infinite value is a gap");
    assert!(values.iter().any(|value| value.as_f64().is_some_and(|v| (v + 0.093).abs() < 1e-6)));
}

#[test]
fn poses_are_thinned_to_what_a_screen_shows() {
    let data = data(&report(&[run(0.0)], None));

    let run = &data["runs"][0];
    let poses = run["pose_ticks"].as_array().expect("ticks").len();
    assert!((500..=603).contains(&poses), "{poses} poses in 10 s");
    let wall = run["tracks"][2].as_array().expect("rows");
    assert!(wall.iter().all(|row| row.as_array().is_some_and(|row| row.len() == 1)));
    let last_x: i64 = run["tracks"][0][0]
        .as_array()
        .map(|row| row.iter().filter_map(Value::as_i64).sum())
        .expect("a row");
    assert!((last_x - 63_000).abs() < 100, "6.3 m in 0.1 mm, not {last_x}");
}

#[test]
fn a_pull_of_many_steps_is_one_moment() {
    let data = data(&report(&[run(0.0)], None));

    let moments = data["runs"][0]["moments"].as_array().expect("moments");
    let kinds: Vec<&Value> = moments.iter().map(|moment| &moment["kind"]).collect();
    assert_eq!(kinds, ["event", "fail", "intervention", "pass"]);
    let text = moments[2]["text"].as_str().expect("a text");
    assert_eq!(text, "user pushed courier.base with 5.000 N s until 6.098 s");
}

#[test]
fn a_dropped_box_and_a_push_on_it_are_moments_with_their_names() {
    let (scenario, pose) = (scenario(), Pose::IDENTITY);
    let start = start(&scenario);
    let mut tick = tick(&start, 0, 0.0);
    let box_ = Intervention::Drop { size: Vector::new(0.5, 0.25, 1.0), mass_kg: 2.5, pose };
    let body = start.layout.dropped(0);
    let push = Intervention::Push { body, at: Vector::ZERO, impulse: Vector::X };
    tick.record.interventions = vec![box_, push];
    let run = ReportRun::new(&start, &scenario, None).tick(&tick).finish();

    let data = data(&report(&[run], None));

    let moments = data["runs"][0]["moments"].as_array().expect("moments");
    let texts: Vec<_> = moments.iter().filter_map(|moment| moment["text"].as_str()).collect();
    assert_eq!(
        texts,
        [
            "user dropped a box: 0.5 x 0.25 x 1 m, 2.5 kg",
            "user pushed dropped box 1 with 1.000 N s",
        ]
    );
}

#[test]
fn two_runs_of_one_scenario_share_its_shapes() {
    let mark = DivergenceMark { tick: 2600, cause: "physics".into(), what: "a pose".into() };

    let data = data(&report(&[run(0.0), run(0.2)], Some(&mark)));

    assert_eq!(data["scenes"].as_array().map(Vec::len), Some(1));
    assert_eq!(data["runs"].as_array().map(Vec::len), Some(2));
    assert_eq!(data["divergence"]["time_s"], Value::from(5.2));
}

#[test]
fn a_run_that_was_cut_off_has_goals_without_verdicts() {
    let scenario = scenario();
    let start = start(&scenario);
    let cut = ReportRun::new(&start, &scenario, None).tick(&tick(&start, 0, 0.0)).finish();

    let data = data(&report(&[cut], None));

    assert_eq!(data["runs"][0]["verdict"], "unknown");
    assert_eq!(data["runs"][0]["goals"][0]["name"], "arrives");
}

#[test]
fn what_was_decided_before_a_run_was_cut_off_is_shown() {
    let scenario = scenario();
    let start = start(&scenario);
    let mut cut = ReportRun::new(&start, &scenario, None);
    cut.note(format!("it is cut off {HOSTILE}"));
    cut.decided(&[Decided { goal: 0, holds: false, tick: Tick(100) }]);

    let data = data(&report(&[cut.finish()], None));

    let run = &data["runs"][0];
    assert_eq!((&run["verdict"], &run["goals"][0]["verdict"]), (&"unknown".into(), &"fail".into()));
    assert_eq!(run["goals"][0]["decided_s"], Value::from(0.2));
    assert_eq!(run["moments"][0]["text"], "goal arrives: is violated");
    assert_eq!(run["notes"][0], format!("it is cut off {HOSTILE}"));
}

#[test]
fn what_is_only_preferred_is_missed_and_does_not_fail() {
    let scenario = scenario();
    let mut judged = run_report();
    judged.goals[1].required = false;
    let run = ReportRun::new(&start(&scenario), &scenario, Some(&judged)).finish();

    let data = data(&report(&[run], None));

    let words: Vec<&Value> =
        (0..4).map(|goal| &data["runs"][0]["goals"][goal]["verdict"]).collect();
    assert_eq!(words, ["pass", "missed", "pass", "open"]);
}

#[test]
fn a_page_is_known_by_its_start() {
    assert!(report(&[], None).starts_with(PAGE_START));
}

#[test]
fn ticks_without_a_sample_still_tell_their_events() {
    let scenario = scenario();
    let start = start(&scenario);
    let mut bare = tick(&start, 2000, 0.0);
    bare.record.state = randori_core::record::WorldState::default();
    let bare = RecordedTick { sampled: false, ..bare };
    let run = ReportRun::new(&start, &scenario, Some(&run_report())).tick(&bare).finish();

    let data = data(&report(&[run], None));

    assert_eq!(data["runs"][0]["pose_ticks"].as_array().map(Vec::len), Some(0));
    assert_eq!(data["runs"][0]["moments"][0]["kind"], "event");
}

#[test]
fn without_runs_there_is_still_a_page() {
    assert_eq!(data(&report(&[], None))["runs"].as_array().map(Vec::len), Some(0));
}
