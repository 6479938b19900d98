//! Compares a run with its recording, tick by tick.

use std::collections::BTreeSet;

use randori_core::diagnostic::RunCode;
use randori_core::random::RandomStream;
use randori_core::record::TickRecord;
use randori_core::report::RunError;
use randori_core::time::Tick;
use randori_project::recorded_run::RecordedRun;
use randori_record::reader::{ReadError, Recording};
use randori_record::tick::RecordedTick;
use randori_sim::replay::{Replay, ReplayError};

use super::watch::Watch;

/// Number of random ticks at which `--self-check` saves the run.
const RANDOM_JUMPS: usize = 10;

/// The result of a verification.
#[derive(Debug)]
pub(super) struct Verification {
    /// Number of bit-identical ticks, including the initial state.
    pub(super) equal_ticks: u64,
    /// Number of times that the run was saved and resumed.
    pub(super) jumps: usize,
    /// The end of the verification.
    pub(super) ending: Ending,
}

/// The end of a verification.
#[derive(Debug)]
pub(super) enum Ending {
    /// The whole recording is reproduced.
    Equal,
    /// A tick differs from the recording.
    Diverged(Box<Divergence>),
    /// The run cannot start or continue.
    Broken(RunError),
    /// The recording cannot be read any further.
    Damaged(ReadError),
    /// The user cancelled it.
    Interrupted,
}

/// The first tick that differs, on both sides.
#[derive(Debug)]
pub(super) struct Divergence {
    /// The kind of difference.
    pub(super) error: ReplayError,
    /// As recorded.
    pub(super) recorded: RecordedTick,
    /// As computed now.
    pub(super) now: TickRecord,
    /// True if the run had been resumed from a saved state before.
    pub(super) jumped: bool,
}

/// Re-simulates the run and compares every tick.
pub(super) fn verify(
    run: &RecordedRun,
    recording: &Recording,
    self_check: bool,
    watch: Watch<'_>,
) -> Verification {
    let mut pass = Pass {
        run,
        recording,
        saves: if self_check { random_ticks(recording) } else { BTreeSet::new() },
        keyframes: if self_check {
            recording.keyframes().iter().map(|keyframe| keyframe.tick).collect()
        } else {
            BTreeSet::new()
        },
        jumps: 0,
        equal_ticks: 0,
    };
    let ending = match pass.run(watch).unwrap_or_else(|ending| ending) {
        Ending::Broken(error) => Ending::Broken(watch.judged(error)),
        ending => ending,
    };
    Verification { equal_ticks: pass.equal_ticks, jumps: pass.jumps, ending }
}

/// One pass over a recording.
struct Pass<'a> {
    run: &'a RecordedRun,
    recording: &'a Recording,
    /// Ticks after which the run is saved.
    saves: BTreeSet<Tick>,
    /// Ticks of which the recording holds a snapshot.
    keyframes: BTreeSet<Tick>,
    jumps: usize,
    equal_ticks: u64,
}

impl Pass<'_> {
    /// The result; `Err` only means that the pass ended early.
    fn run(&mut self, watch: Watch<'_>) -> Result<Ending, Ending> {
        let mut replay = self.run.replay().map_err(Ending::Broken)?;
        for tick in self.recording.ticks() {
            if watch.is_cancelled() {
                return Ok(Ending::Interrupted);
            }
            let recorded = tick.map_err(Ending::Damaged)?;
            if let Some(error) = watch.over(recorded.record.tick) {
                return Ok(Ending::Broken(error));
            }
            if let Err(error) = replay.verify_tick(&recorded.record) {
                return Ok(match error {
                    ReplayError::Broken(error) => Ending::Broken(*error),
                    error => {
                        let (now, jumped) = (replay.episode().record().clone(), self.jumps > 0);
                        Ending::Diverged(Box::new(Divergence { error, recorded, now, jumped }))
                    }
                });
            }
            self.equal_ticks += 1;
            self.jump(recorded.record.tick, &mut replay)?;
        }
        Ok(Ending::Equal)
    }

    /// Resumes in a new run from a snapshot of this one, at the ticks chosen for
    /// that.
    fn jump(&mut self, tick: Tick, replay: &mut Replay) -> Result<(), Ending> {
        let saved = match (self.keyframes.contains(&tick), self.saves.contains(&tick)) {
            (true, _) => self.recording.keyframe_before(tick).map(|keyframe| keyframe.bytes),
            (false, true) => replay.episode().simulation().keyframe(),
            (false, false) => None,
        };
        let Some(bytes) = saved else { return Ok(()) };
        let mut next = self.run.replay().map_err(Ending::Broken)?;
        next.restore_keyframe(&bytes).map_err(|error| Ending::Broken(unusable(tick, &error)))?;
        *replay = next;
        self.jumps += 1;
        Ok(())
    }
}

fn unusable(tick: Tick, error: &dyn std::fmt::Display) -> RunError {
    let message = format!("the snapshot cannot be used: {error}");
    RunError::new(RunCode::SNAPSHOT_UNUSABLE, tick.0, message)
}

/// Random ticks, the same for the same recording.
fn random_ticks(recording: &Recording) -> BTreeSet<Tick> {
    let header = &recording.start().header;
    let Some(last) = recording.last_tick().filter(|last| last.0 > 0) else {
        return BTreeSet::new();
    };
    let mut stream = RandomStream::new(header.seed, "self-check");
    (0..RANDOM_JUMPS).map(|_| Tick((stream.unit() * last.0 as f64) as u64)).collect()
}
