//! Events: changes to the world during a run.

use randori_core::layout::SceneLayout;
use randori_core::record::TickRecord;
use randori_core::spec::Scenario;
use randori_sim::simulation::{SignalProbe, Simulation};
use randori_sim::world::SimWorld;

use crate::common::{Stage, parse};
use crate::fixture::{assert_near, cube, records, run};

/// A cube of 1 kg that floats in space, and these events.
fn floating(events: &str) -> Scenario {
    let robot = cube("");
    let stage =
        Stage { robots: &[(&robot, "")], physics: "gravity: (0, 0, 0)", ..Stage::default() };
    let mut scenario = stage.scenario();
    scenario.spec.events = parse(&format!("[{events}]"));
    scenario
}

/// Tick of the step, index and words of everything that was done.
fn log(records: &[TickRecord]) -> Vec<(u64, usize, String)> {
    let of_record = |record: &TickRecord| {
        let tick = record.tick.0 - 1;
        record.events.iter().map(move |e| (tick, e.event, e.what.clone())).collect::<Vec<_>>()
    };
    records.iter().flat_map(of_record).collect()
}

#[test]
fn a_push_changes_the_velocity_at_its_tick_and_is_written_down() {
    let scenario = floating(r#"(at: 0.1, do: Push(body: "r0.body", impulse: (0, 8, 0)))"#);

    let records = records(&mut run(&scenario, 1), 60);

    assert_eq!(log(&records), [(50, 0, "push r0.body with (0, 8, 0) N s".to_owned())]);
    assert_eq!(records[49].state.bodies[0].twist.linear.y, 0.0);
    assert_near(records[50].state.bodies[0].twist.linear.y, 8.0, 1e-5);
}

#[test]
fn a_force_acts_for_its_duration_and_not_longer() {
    let scenario = floating(r#"(at: 0.1, do: Force(body: "r0", force: (2, 0, 0), lasts: 0.5))"#);

    let records = records(&mut run(&scenario, 1), 500);

    assert_eq!(
        log(&records),
        [
            (50, 0, "pull r0 with (2, 0, 0) N for 0.5 s".to_owned()),
            (300, 0, "let go of r0".to_owned())
        ]
    );
    // 2 N for 0.5 s on 1 kg.
    assert_near(records[299].state.bodies[0].twist.linear.x, 1.0, 1e-4);
    assert_near(records[499].state.bodies[0].twist.linear.x, 1.0, 1e-4);
}

#[test]
fn forces_on_the_same_body_add_up() {
    let scenario = floating(
        r#"(at: 0.0, do: Force(body: "r0", force: (2, 0, 0), lasts: 1.0)),
           (at: 0.5, do: Force(body: "r0", force: (0, 3, 0), lasts: 1.0))"#,
    );

    let records = records(&mut run(&scenario, 1), 1000);

    let velocity = records[999].state.bodies[0].twist.linear;
    assert_near(velocity.x, 2.0, 1e-3);
    assert_near(velocity.y, 3.0, 1e-3);
}

#[test]
fn a_payload_makes_the_body_heavier() {
    let scenario = floating(
        r#"(at: 0.1, do: Payload(body: "r0.body", mass_kg: 3)),
           (at: 0.2, do: Push(body: "r0.body", impulse: (8, 0, 0)))"#,
    );

    let records = records(&mut run(&scenario, 1), 120);

    assert_eq!(log(&records)[0], (50, 0, "load r0.body with 3 kg".to_owned()));
    assert_near(records[119].state.bodies[0].twist.linear.x, 2.0, 1e-4);
}

const GUSTS: &str = r#"(name: "gusts", at: 1.0,
    do: RandomPushes(body: "r0", every: (0.1, 0.3), impulse: (0.5, 1.5), lasts: 6.0))"#;

#[test]
fn random_pushes_keep_to_their_bounds() {
    let scenario = floating(GUSTS);

    let records = records(&mut run(&scenario, 4), 5000);

    let pushes = log(&records);
    // 6 s with one push every 0.1 to 0.3 s.
    assert!((19..=60).contains(&pushes.len()), "{}", pushes.len());
    let mut before = 500;
    for (tick, _, what) in &pushes {
        assert!((50..=150).contains(&(tick - before)), "{tick} after {before}");
        assert!(*tick < 3500, "{tick}");
        before = *tick;
        let velocity = |record: &TickRecord| record.state.bodies[0].twist.linear;
        let blow = velocity(&records[*tick as usize]) - velocity(&records[*tick as usize - 1]);
        assert!((0.499..=1.501).contains(&blow.length()), "{what}: {blow}");
        // Without gravity, the ground is taken to be below.
        assert!(blow.z.abs() < 1e-5, "{what}: {blow}");
    }
}

#[test]
fn random_pushes_depend_on_the_seed_and_on_no_other_event() {
    let gusts = |scenario: &Scenario, seed: u64, event: usize| -> Vec<(u64, String)> {
        let log = log(&records(&mut run(scenario, seed), 2000));
        log.into_iter().filter(|e| e.1 == event).map(|(tick, _, what)| (tick, what)).collect()
    };
    let alone = floating(GUSTS);
    let others =
        r#"(at: 0.2, do: RandomPushes(body: "r0", every: (0.1, 0.2), impulse: (0.1, 0.2)))"#;
    let in_company = floating(&format!("{others}, {GUSTS}"));

    assert_eq!(gusts(&alone, 4, 0), gusts(&in_company, 4, 1));
    assert_ne!(gusts(&alone, 4, 0), gusts(&alone, 5, 0));
}

/// Says that the formula of event 0 holds from record `from` on.
struct HoldsFrom {
    from: u64,
    tick: u64,
}

impl SignalProbe for HoldsFrom {
    fn measure(&mut self, _: &SimWorld, _: &SceneLayout, record: &TickRecord, out: &mut Vec<f64>) {
        self.tick = record.tick.0;
        assert!(out.is_empty(), "the buffer is cleared for the probe");
        out.push(record.tick.0 as f64);
    }

    fn event_due(&mut self, event: usize) -> bool {
        assert_eq!(event, 0, "only events with a formula are asked about");
        self.tick >= self.from
    }
}

#[test]
fn an_event_with_a_formula_happens_once_in_the_step_after_it_first_holds() {
    let scenario = floating(
        r#"(when: "time > 0", do: Push(body: "r0", impulse: (1, 0, 0))),
           (at: 0.0, do: Push(body: "r0", impulse: (0, 1, 0)))"#,
    );
    for from in [0, 30] {
        let probe = Box::new(HoldsFrom { from, tick: 0 });
        let mut simulation =
            Simulation::new(&scenario, 1, vec![None], probe).expect("the scenario starts");
        assert_eq!(simulation.record().signals, [0.0]);

        let records = records(&mut simulation, 60);

        let pushes: Vec<u64> = log(&records).iter().filter(|e| e.1 == 0).map(|e| e.0).collect();
        assert_eq!(pushes, [from]);
        assert_eq!(records[59].signals, [60.0]);
    }
}

#[test]
fn an_actor_is_where_its_path_says_at_every_tick() {
    let stage = Stage {
        actors: r#"(name: "walker", model: Pedestrian(), path: [(0, 0), (1, 0), (1, 2)],
                   speed: 1.5, start: 0.2, repeat: BackAndForth)"#,
        environment: "ground: ()",
        ..Stage::default()
    };
    let scenario = stage.scenario();
    let path = randori_sim::actor_path::ActorPath::new(&scenario.spec.actors[0]);

    let records = records(&mut run(&scenario, 1), 2500);

    for record in &records {
        let pose = record.state.bodies[0].pose;
        let footing = path.at(record.tick.0 as f64 * 0.002);
        assert_near(pose.translation.x, footing.xy[0], 1e-5);
        assert_near(pose.translation.y, footing.xy[1], 1e-5);
        assert_near(pose.translation.z, 0.0, 1e-5);
        let turn = f64::from(randori_core::math::yaw_rad(&pose)) - footing.yaw_rad;
        assert!(libm::cos(turn) > 0.9999, "at {}: {turn} rad off", record.tick.0);
    }
}

/// A tumbling cube with a noisy IMU at 100 Hz, and these events.
fn with_imu(events: &str) -> Scenario {
    let robot = cube(
        r#"(name: "imu", link: "body", kind: Imu, rate_hz: 100,
            errors: (noise: Gaussian(stddev: 0.1), dropout: 0.05))"#,
    );
    let stage =
        Stage { robots: &[(&robot, "")], physics: "gravity: (0, 0, 0)", ..Stage::default() };
    let mut scenario = stage.scenario();
    let kick = r#"(at: 0.05, do: Push(body: "r0.body", impulse: (1, 2, 3)))"#;
    scenario.spec.events = parse(&format!("[{kick}, {events}]"));
    scenario
}

/// What the IMU measured and whether it got lost, by tick.
fn measured(records: &[TickRecord]) -> Vec<(u64, Vec<f32>, bool)> {
    let readings = records.iter().flat_map(|record| {
        record.readings.iter().map(|it| (record.tick.0, it.measured.clone(), it.lost))
    });
    readings.collect()
}

#[test]
fn a_frozen_channel_repeats_itself_and_moves_no_other_value_or_stream() {
    let freeze = r#"(at: 0.201, do: Freeze(sensor: "r0.imu", channel: "gyro", lasts: 0.3))"#;
    let frozen = records(&mut run(&with_imu(freeze), 3), 500);
    let free = records(&mut run(&with_imu(""), 3), 500);
    let layout = SceneLayout::new(&with_imu(""));
    let channels = &layout.robots[0].sensors[0].channels;
    let first: usize = channels.iter().take_while(|it| it.name != "gyro").map(|it| it.len).sum();
    let gyro = first..first + 3;

    assert_eq!(
        log(&frozen)[1..],
        [
            (101, 1, "freeze r0.imu.gyro for 0.3 s".to_owned()),
            (251, 1, "no longer freeze r0.imu.gyro".to_owned())
        ]
    );
    let (frozen, free) = (measured(&frozen), measured(&free));
    let held =
        free.iter().find(|(tick, ..)| *tick > 101).expect("it measures").1[gyro.clone()].to_vec();
    let mut repeated = 0;
    for ((tick, mine, my_loss), (_, other, loss)) in frozen.iter().zip(&free) {
        let mut expected = other.clone();
        if (102..=251).contains(tick) {
            expected[gyro.clone()].copy_from_slice(&held);
            repeated += 1;
        }
        assert_eq!((mine, my_loss), (&expected, loss), "tick {tick}");
    }
    assert_eq!(repeated, 30);
}

#[test]
fn a_dropout_loses_measurements_at_its_probability() {
    let dropout = |probability: f64| {
        let event = format!(
            r#"(at: 1.0, do: Dropout(sensor: "r0.imu", probability: {probability:?}, lasts: 8))"#
        );
        measured(&records(&mut run(&with_imu(&event), 3), 5000))
    };
    let free = measured(&records(&mut run(&with_imu(""), 3), 5000));

    for (probability, expected) in [(1.0, 800..801), (0.5, 380..440), (0.0, 20..65)] {
        let lost = dropout(probability);
        let during = |tick: u64| (501..=4500).contains(&tick);
        let count = lost.iter().filter(|(tick, _, lost)| during(*tick) && *lost).count();
        assert!(expected.contains(&count), "{count} of 800 at {probability}");
        for (mine, other) in lost.iter().zip(&free) {
            assert_eq!((mine.0, &mine.1), (other.0, &other.1), "values stay");
            assert!(during(mine.0) || mine.2 == other.2, "tick {}", mine.0);
        }
    }
}

#[test]
fn a_run_with_faults_is_restored_in_the_midst_of_them_and_before() {
    let events = r#"(at: 0.1, do: Dropout(sensor: "r0.imu", probability: 0.5)),
        (at: 0.2, do: Freeze(sensor: "r0.imu", lasts: 0.2))"#;
    let scenario = with_imu(events);
    let mut original = run(&scenario, 5);
    let start = original.snapshot().expect("everything has a state");
    let whole = records(&mut original, 300);

    for tick in [0, 70, 130, 250] {
        let mut again = run(&scenario, 5);
        records(&mut again, tick);
        let saved = again.snapshot().expect("everything has a state");
        records(&mut again, 40);

        again.restore(&saved).expect("it is the same scenario");
        assert_eq!(records(&mut again, 300 - tick), whole[tick..], "from tick {tick} on");

        again.restore(&start).expect("it is the same scenario");
        assert_eq!(records(&mut again, 300), whole, "from the start on");
    }
}
