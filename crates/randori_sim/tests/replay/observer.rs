//! Observers of runs in a batch.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::report::{RunError, RunReport, Verdict};
use randori_sim::batch::{BatchHost, BatchOptions, PreparedRun, RunOutcome, run_batch};
use randori_sim::episode::Episode;
use randori_sim::monitors::GoalDecision;
use randori_sim::observer::RunObserver;

use crate::recording::{remembering, scenario};

/// Follows every run; that of run 1 fails at tick 10, that of run 2 at the end.
#[derive(Default)]
struct Host {
    seen: Mutex<Vec<(usize, u64)>>,
    finished: Mutex<Vec<usize>>,
}

struct Follower<'a> {
    host: &'a Host,
    run: usize,
}

fn full_disk() -> RunError {
    RunError {
        code: "RR0301".to_owned(),
        message: "the disk is full".to_owned(),
        tick: 10,
        details: Vec::new(),
        help: None,
    }
}

impl RunObserver for Follower<'_> {
    fn observe(&mut self, episode: &Episode, _: &[GoalDecision]) -> Result<(), RunError> {
        let tick = episode.record().tick.0;
        self.host.seen.lock().expect("no test panics here").push((self.run, tick));
        if (self.run, tick) == (1, 10) { Err(full_disk()) } else { Ok(()) }
    }

    fn finish(&mut self, episode: &Episode, report: &RunReport) -> Result<(), RunError> {
        assert_eq!(report.final_hash, episode.record().hash);
        self.host.finished.lock().expect("no test panics here").push(self.run);
        if self.run == 2 { Err(full_disk()) } else { Ok(()) }
    }
}

impl BatchHost for Host {
    fn prepare(&self, run: usize) -> Result<PreparedRun, RunError> {
        let mut scenario = scenario();
        scenario.spec.duration = 0.05;
        Ok(PreparedRun { scenario, seed: run as u64, varied: Vec::new() })
    }

    fn policy(
        &self,
        _: &PreparedRun,
        robot: usize,
        _: &RobotInterface,
    ) -> Result<Option<Box<dyn Policy>>, PolicyError> {
        Ok((robot == 0).then(remembering))
    }

    fn observer(
        &self,
        run: usize,
        _: &PreparedRun,
        _: &Episode,
    ) -> Result<Option<Box<dyn RunObserver + '_>>, RunError> {
        if run == 3 { Err(full_disk()) } else { Ok(Some(Box::new(Follower { host: self, run }))) }
    }
}

#[test]
fn an_observer_sees_every_tick_and_its_failure_ends_its_run_only() {
    let host = Host::default();
    let cancel = AtomicBool::new(false);
    let options = BatchOptions { threads: 2, stop_when_decided: false, cancel: &cancel };

    let outcomes = run_batch(4, &options, &host);

    let reports: Vec<&RunReport> = outcomes.iter().filter_map(RunOutcome::report).collect();
    let verdicts: Vec<Verdict> = reports.iter().map(|report| report.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Error, Verdict::Error, Verdict::Error]);
    assert!(reports[1..].iter().all(|report| report.error == Some(full_disk())));
    let ticks: Vec<u64> = reports.iter().map(|report| report.ticks).collect();
    assert_eq!((ticks[1], ticks[3]), (10, 0));

    let seen = host.seen.into_inner().expect("no test panics here");
    let of = |run| seen.iter().filter(move |it| it.0 == run).map(|it| it.1).collect::<Vec<_>>();
    assert_eq!(of(0), (0..=ticks[0]).collect::<Vec<_>>());
    assert_eq!(of(1), (0..=10).collect::<Vec<_>>());
    let mut finished = host.finished.into_inner().expect("no test panics here");
    finished.sort_unstable();
    assert_eq!(finished, [0, 2]);
}
