//! Batches: identical results on any number of threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::fixture::text;
use randori_core::policy::{
    CommandChunk, Controller, Determinism, Immediate, Observation, Policy, PolicyContract,
    PolicyError, RobotInterface,
};
use randori_core::report::{RunError, RunReport, Verdict};
use randori_core::text::ScenarioText;
use randori_sim::batch::{BatchHost, BatchOptions, PreparedRun, RunOutcome, run_batch};

/// A tumbling crate of random mass on ground of random friction.
fn tumbling() -> ScenarioText {
    text(
        r#"ground: (), objects: [(name: "crate", pose: (xyz: (0.0, 0.0, 0.5)),
            mobility: Movable(mass_kg: 1.0, linear_velocity: (2.0, 0.0, 0.0),
                angular_velocity: (0.0, 3.0, 1.0)),
            shapes: [(shape: Box(size: (0.3, 0.3, 0.3)))])],"#,
        r#"duration: 0.6,
        robots: [(name: "lift", model: "lift.ron", pose: (xyz: (0.0, 5.0, 1.0)),
                  policy: (use: Builtin(name: "hold"), rate_hz: 2.0))],
        events: [(at: 0.1, do: RandomPushes(body: "crate", every: (0.05, 0.1), impulse: (0.1, 0.5)))],
        vary: {
            "environment.objects.crate.mobility.mass_kg": Uniform(0.5, 2.0),
            "environment.ground.friction": Uniform(0.2, 1.0),
        },
        goals: [(name: "stops soon", require: "always (x(crate) < 0.8)")],
        metrics: ["path_length(crate)"],"#,
    )
}

/// Seeds from 10 on, and no policy but what a test says.
struct Host {
    text: ScenarioText,
    policy: fn(run: &PreparedRun) -> Option<Box<dyn Policy>>,
    finished: AtomicUsize,
    ticks: Mutex<Vec<u64>>,
    /// Set once so many runs have finished.
    cancel_after: usize,
    cancel: AtomicBool,
}

impl Host {
    fn new(policy: fn(&PreparedRun) -> Option<Box<dyn Policy>>) -> Self {
        Self {
            text: tumbling(),
            policy,
            finished: AtomicUsize::new(0),
            ticks: Mutex::new(vec![0; 64]),
            cancel_after: usize::MAX,
            cancel: AtomicBool::new(false),
        }
    }

    fn run(&self, runs: usize, threads: usize) -> Vec<RunOutcome> {
        let options = BatchOptions { threads, stop_when_decided: false, cancel: &self.cancel };
        run_batch(runs, &options, self)
    }
}

impl BatchHost for Host {
    fn prepare(&self, run: usize) -> Result<PreparedRun, RunError> {
        PreparedRun::draw(&self.text, &[], 10 + run as u64).map_err(|found| RunError {
            code: "RS0000".to_owned(),
            message: found.to_string(),
            tick: 0,
            details: Vec::new(),
            help: None,
        })
    }

    fn policy(
        &self,
        run: &PreparedRun,
        _robot: usize,
        _interface: &RobotInterface,
    ) -> Result<Option<Box<dyn Policy>>, PolicyError> {
        Ok((self.policy)(run))
    }

    fn advanced(&self, run: usize, ticks: u64) {
        self.ticks.lock().expect("no panic")[run] += ticks;
    }

    fn finished(&self, _run: usize, _outcome: &RunOutcome) {
        if self.finished.fetch_add(1, Ordering::SeqCst) + 1 == self.cancel_after {
            self.cancel.store(true, Ordering::SeqCst);
        }
    }
}

fn reports(outcomes: &[RunOutcome]) -> Vec<&RunReport> {
    outcomes.iter().map(|outcome| outcome.report().expect("finished")).collect()
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let host = Host::new(|_| None);

    let one = host.run(8, 1);
    let two = host.run(8, 2);
    let four = host.run(8, 4);

    assert_eq!(one, two);
    assert_eq!(one, four);
    let reports = reports(&one);
    let seeds: Vec<u64> = reports.iter().map(|report| report.seed).collect();
    assert_eq!(seeds, [10, 11, 12, 13, 14, 15, 16, 17]);
    assert!(reports.iter().all(|report| report.varied.len() == 2 && report.error.is_none()));
    assert!(reports.windows(2).all(|pair| pair[0].final_hash != pair[1].final_hash));
}

#[test]
fn a_run_in_a_batch_is_the_same_run_as_alone() {
    let host = Host::new(|_| None);
    let outcomes = host.run(3, 2);

    let prepared = host.prepare(2).expect("can be prepared");
    let alone = crate::fixture::episode(&prepared.scenario);
    // `episode` uses seed 1; only the world of this seed is drawn.
    assert_ne!(alone.run_to_end().final_hash, reports(&outcomes)[2].final_hash);

    let policies = vec![None];
    let alone = randori_sim::episode::Episode::new(&prepared.scenario, prepared.seed, policies)
        .unwrap_or_else(|e| panic!("{e}"))
        .with_varied(prepared.varied.clone());
    assert_eq!(&alone.run_to_end(), reports(&outcomes)[2]);
}

#[test]
fn progress_counts_every_tick() {
    let host = Host::new(|_| None);

    host.run(3, 2);

    assert_eq!(host.ticks.lock().expect("no panic")[..4], [300, 300, 300, 0]);
    assert_eq!(host.finished.load(Ordering::SeqCst), 3);
}

#[test]
fn cancelling_keeps_what_has_finished() {
    let host = Host { cancel_after: 3, ..Host::new(|_| None) };

    let outcomes = host.run(8, 1);

    let finished = outcomes.iter().take_while(|outcome| outcome.report().is_some()).count();
    assert_eq!(finished, 3);
    assert!(outcomes[3..].iter().all(|outcome| *outcome == RunOutcome::Cancelled));
}

#[test]
fn a_failing_policy_spoils_its_own_run_only() {
    let host = Host::new(|run| (run.seed == 11).then(breaking_policy));

    let outcomes = host.run(3, 2);

    let verdicts: Vec<bool> =
        reports(&outcomes).iter().map(|report| report.verdict == Verdict::Error).collect();
    assert_eq!(verdicts, [false, true, false]);
}

#[test]
fn a_panic_inside_a_run_is_caught() {
    let host = Host::new(|run| {
        assert!(run.seed != 11, "the factory cannot make a policy for seed 11");
        None
    });

    let outcomes = host.run(3, 1);

    assert!(outcomes[0].report().is_some() && outcomes[2].report().is_some());
    let message = "the factory cannot make a policy for seed 11".to_owned();
    assert_eq!(outcomes[1], RunOutcome::Panicked(message));
}

/// A policy whose second answer is not a number.
pub(crate) fn breaking_policy() -> Box<dyn Policy> {
    struct Breaking(PolicyContract);
    impl Controller for Breaking {
        fn contract(&self) -> &PolicyContract {
            &self.0
        }

        fn reset(&mut self, _seed: u64) {}

        fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
            let value = if observation.request == 0 { 0.0 } else { f32::NAN };
            Ok(CommandChunk::single(vec![value]))
        }
    }
    Box::new(Immediate::new(Breaking(PolicyContract {
        name: "breaking".to_owned(),
        needs: Vec::new(),
        command_len: 1,
        max_chunk: 1,
        determinism: Determinism::BitExact,
    })))
}
