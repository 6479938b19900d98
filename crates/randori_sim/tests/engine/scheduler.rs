//! Schedule of inference requests and of the effects of responses, compared with
//! hand-made tables. A tick is 2 ms.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use randori_core::policy::{CommandChunk, Observation, Policy, PolicyContract, PolicyError};
use randori_core::random::RandomStream;
use randori_core::record::TickRecord;
use randori_core::spec::Scenario;
use randori_core::time::TickPeriod;

use crate::common::Stage;
use crate::fixture::{answering, contract, decides, records, rotor, run_with};

/// The rotor with a policy at this rate.
fn scenario(rate_hz: f64, inference: &str) -> Scenario {
    let robot = rotor(
        "drive: Torque",
        r#"(name: "joints", kind: JointState(), rate_hz: 500, errors: (noise: Gaussian(stddev: 0.1)))"#,
    );
    Stage { robots: &[(&robot, &decides(rate_hz, inference))], ..Stage::default() }.scenario()
}

/// Command `index` of answer `request`, as a number that tells both.
fn told(request: u64, index: usize) -> f32 {
    1.0 + request as f32 + index as f32 / 16.0
}

/// A policy that answers with `len` numbered commands.
fn numbering(len: usize) -> impl Policy {
    answering(1, move |observation| {
        (0..len).map(|index| vec![told(observation.request, index)]).collect()
    })
}

/// The command in force in each step.
fn commands(records: &[TickRecord]) -> Vec<f32> {
    records.iter().map(|record| record.requested[0][0]).collect()
}

/// Steps in which answers took effect: (asked at, effective at, request).
fn decisions(records: &[TickRecord]) -> Vec<(u64, u64, u64)> {
    let of_record = |record: &TickRecord| {
        let effective = record.tick.0 - 1;
        let entry = move |d: &randori_core::record::Decision| (d.asked_at.0, effective, d.request);
        record.decisions.iter().map(entry).collect::<Vec<_>>()
    };
    records.iter().flat_map(of_record).collect()
}

#[test]
fn without_latency_an_answer_acts_in_the_tick_in_which_it_is_asked_for() {
    let records = records(&mut run_with(&scenario(100.0, ""), 1, numbering(1)), 12);

    let (a, b, c) = (told(0, 0), told(1, 0), told(2, 0));
    assert_eq!(commands(&records), [a, a, a, a, a, b, b, b, b, b, c, c]);
    assert_eq!(decisions(&records), [(0, 0, 0), (5, 5, 1), (10, 10, 2)]);
}

#[test]
fn the_first_decision_waits_for_the_phase_and_the_others_follow_it() {
    let mut scenario = scenario(100.0, "");
    let entry = scenario.spec.robots[0].policy.as_mut().expect("the robot has a policy");
    // 6.8 ms are nearest to the third tick of 2 ms.
    entry.offset_s = Some(0.0068);

    let records = records(&mut run_with(&scenario, 1, numbering(1)), 14);

    let (initial, a, b, c) = (0.0, told(0, 0), told(1, 0), told(2, 0));
    assert_eq!(commands(&records)[..3], [initial; 3]);
    assert_eq!(commands(&records)[3..], [a, a, a, a, a, b, b, b, b, b, c]);
    assert_eq!(decisions(&records), [(3, 3, 0), (8, 8, 1), (13, 13, 2)]);
}

#[test]
fn latency_is_rounded_up_and_the_initial_command_holds_until_then() {
    // 15 ms are seven and a half ticks.
    let scenario = scenario(50.0, "latency: Fixed(0.015)");

    let records = records(&mut run_with(&scenario, 1, numbering(1)), 20);

    let (initial, first, second) = (0.0, told(0, 0), told(1, 0));
    assert_eq!(commands(&records)[..8], [initial; 8]);
    assert_eq!(commands(&records)[8..18], [first; 10]);
    assert_eq!(commands(&records)[18..], [second; 2]);
    assert_eq!(decisions(&records), [(0, 8, 0), (10, 18, 1)]);
}

#[test]
fn commands_of_an_answer_advance_once_per_control_period() {
    // Control every 5 ticks, a request every 2 periods, 8 ticks of latency.
    let scenario = scenario(100.0, "latency: Fixed(0.015), chunk: (execute: 2)");

    let records = records(&mut run_with(&scenario, 1, numbering(2)), 30);

    let mut expected = vec![0.0; 8];
    expected.extend([told(0, 0); 5]);
    expected.extend([told(0, 1); 5]);
    expected.extend([told(1, 0); 5]);
    expected.extend([told(1, 1); 5]);
    expected.extend([told(2, 0); 2]);
    assert_eq!(commands(&records), expected);
}

#[test]
fn commands_beyond_execute_apply_while_the_next_answer_is_late_and_then_the_last_holds() {
    // Control and requests every 5 ticks; the second answer comes at tick 5 + 20.
    let scenario = scenario(100.0, "latency: Fixed(0.040), chunk: (execute: 5)");

    let records = records(&mut run_with(&scenario, 1, numbering(3)), 46);

    let mut expected = vec![0.0; 20];
    expected.extend([told(0, 0); 5]);
    expected.extend([told(0, 1); 5]);
    expected.extend([told(0, 2); 15]);
    expected.extend([told(1, 0); 1]);
    assert_eq!(commands(&records), expected);
}

#[test]
fn several_requests_may_be_under_way() {
    // A request every 5 ticks, 20 ticks of latency: four at a time.
    let scenario = scenario(100.0, "latency: Fixed(0.040)");

    let records = records(&mut run_with(&scenario, 1, numbering(1)), 36);

    assert_eq!(decisions(&records), [(0, 20, 0), (5, 25, 1), (10, 30, 2), (15, 35, 3)]);
}

#[test]
fn a_random_latency_is_drawn_from_its_own_stream_and_answers_never_overtake() {
    let scenario = scenario(100.0, "latency: Uniform(min: 0.0, max: 0.08)");
    let seed = 21;

    let records = records(&mut run_with(&scenario, seed, numbering(1)), 600);

    let period = TickPeriod::from_rate_hz(500).expect("500 divides");
    let mut stream = RandomStream::new(seed, "r0.policy.latency");
    let mut earliest = 0;
    let expected: Vec<_> = (0..120)
        .map(|request| {
            let asked = request * 5;
            let due = asked + period.ticks_at_least(stream.uniform(0.0, 0.08));
            earliest = earliest.max(due);
            (asked, earliest, request)
        })
        .filter(|(_, effective, _)| *effective < 600)
        .collect();
    assert_eq!(decisions(&records), expected);
    assert!(expected.windows(2).any(|pair| pair[0].1 == pair[1].1), "some would have overtaken");
}

#[test]
fn a_normal_latency_stays_within_its_bounds() {
    let scenario =
        scenario(100.0, "latency: Normal(mean: 0.02, stddev: 0.05, min: 0.01, max: 0.03)");

    let records = records(&mut run_with(&scenario, 3, numbering(1)), 1000);

    let waits: Vec<u64> = decisions(&records).iter().map(|d| d.1 - d.0).collect();
    assert!(waits.iter().all(|wait| (5..=15).contains(wait)), "{waits:?}");
    assert!(waits.contains(&5) && waits.contains(&15), "{waits:?}");
}

/// A policy in a thread of its own that does not begin to think before its
/// answer is demanded: as late as can be.
struct Procrastinator {
    contract: PolicyContract,
    waiting: Vec<(u64, Vec<f32>)>,
    questions: Sender<Vec<f32>>,
    answers: Receiver<f32>,
    thread: Option<JoinHandle<()>>,
}

fn think(values: &[f32]) -> f32 {
    0.1 - values[0] - 0.1 * values[1]
}

impl Procrastinator {
    fn new() -> Self {
        let (questions, inbox) = channel::<Vec<f32>>();
        let (outbox, answers) = channel();
        let thread = std::thread::spawn(move || {
            for values in inbox {
                if outbox.send(think(&values)).is_err() {
                    break;
                }
            }
        });
        Self {
            contract: contract(1),
            waiting: Vec::new(),
            questions,
            answers,
            thread: Some(thread),
        }
    }
}

impl Policy for Procrastinator {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _: u64) -> Result<(), PolicyError> {
        Ok(())
    }

    fn submit(&mut self, observation: &Observation<'_>) -> Result<(), PolicyError> {
        self.waiting.push((observation.request, observation.values.to_vec()));
        Ok(())
    }

    fn collect(&mut self, request: u64) -> Result<CommandChunk, PolicyError> {
        let (oldest, values) = self.waiting.remove(0);
        assert_eq!(oldest, request, "answers are collected in order");
        self.questions.send(values).map_err(|error| PolicyError::new(error.to_string()))?;
        let answer = self.answers.recv().map_err(|error| PolicyError::new(error.to_string()))?;
        Ok(CommandChunk::single(vec![answer]))
    }

    fn snapshot(&self) -> Option<Vec<u8>> {
        None
    }

    fn restore(&mut self, _: &[u8]) -> Result<(), PolicyError> {
        Err(PolicyError::new("this policy cannot be restored"))
    }
}

impl Drop for Procrastinator {
    fn drop(&mut self) {
        let (closed, _) = channel();
        self.questions = closed;
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the thread ends with its inbox");
        }
    }
}

#[test]
fn how_long_a_policy_takes_on_the_wall_changes_nothing() {
    let scenario = scenario(100.0, "latency: Uniform(min: 0.004, max: 0.04)");
    let prompt = answering(1, |observation| vec![vec![think(observation.values)]]);

    let prompt = records(&mut run_with(&scenario, 9, prompt), 300);
    let late = records(&mut run_with(&scenario, 9, Procrastinator::new()), 300);

    assert!(commands(&prompt).iter().any(|command| *command != 0.0));
    assert_eq!(prompt, late);
}

#[test]
fn a_policy_without_a_known_state_means_that_there_is_no_snapshot() {
    let scenario = scenario(100.0, "latency: Fixed(0.02)");
    let mut simulation = run_with(&scenario, 9, Procrastinator::new());
    let expected = records(&mut run_with(&scenario, 9, Procrastinator::new()), 50);

    for expected in &expected {
        assert_eq!(simulation.snapshot(), None);
        assert_eq!(simulation.step().expect("the run goes on all the same"), expected);
    }
}

#[test]
fn times_beyond_all_bounds_are_waited_for_in_vain_without_overflow() {
    let robot = rotor(
        "drive: Torque, delay: 1e30",
        r#"(name: "joints", kind: JointState(), rate_hz: 500, errors: (latency: 1e30))"#,
    );
    let entry = decides(500.0, "latency: Fixed(1e30)");
    let mut scenario = Stage { robots: &[(&robot, &entry)], ..Stage::default() }.scenario();
    scenario.spec.events = crate::common::parse(
        r#"[(at: 1e30, do: Push(body: "r0.arm", impulse: (1, 0, 0))),
            (at: 0.002, do: Force(body: "r0.arm", force: (1, 0, 0), lasts: 1e30))]"#,
    );

    let records = records(&mut run_with(&scenario, 1, numbering(1)), 10);

    assert_eq!(commands(&records), [0.0; 10]);
    assert_eq!(decisions(&records), []);
}
