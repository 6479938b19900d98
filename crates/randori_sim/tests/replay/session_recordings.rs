//! Sessions written as recordings, and recordings opened as sessions.

use std::collections::BTreeMap;
use std::io::Cursor;

use randori_core::record::{Contact, Stage, TickRecord};
use randori_core::report::{RunError, RunReport, Verdict};
use randori_core::text::bundle;
use randori_core::time::Tick;
use randori_record::header::{Engine, FORMAT, Header, SignalColumn, Start, texts_digest};
use randori_record::reader::Recording;
use randori_record::writer::{Options, RecordingWriter};
use randori_sim::episode::Episode;
use randori_sim::monitors::GoalDecision;
use randori_sim::observer::{ObservedRun, RunObserver};
use randori_sim::replay::{Mismatch, ReplayError};
use randori_sim::session::{Progress, Session, SessionError};

use crate::fixture::always;
use crate::recording::{TICKS, first_error, push, recording, remembering, replay, scenario};

const ROOMY: usize = 1 << 30;

/// Writes a run into memory.
struct Writing {
    writer: Option<RecordingWriter<Cursor<Vec<u8>>>>,
    contacts: Vec<Contact>,
    written: Vec<u8>,
}

impl Writing {
    fn new(episode: &Episode) -> Self {
        let options = Options { state_every: 5, ..Options::default() };
        let writer =
            RecordingWriter::create(Cursor::default(), &start(episode), &scenario(), options);
        let writer = Some(writer.expect("memory can be written to"));
        Self { writer, contacts: Vec::new(), written: Vec::new() }
    }
}

impl RunObserver for Writing {
    fn observe(&mut self, episode: &Episode, _: &[GoalDecision]) -> Result<(), RunError> {
        episode.simulation().world().contacts(&mut self.contacts);
        let writer = self.writer.as_mut().expect("it is not finished");
        writer.tick(episode.record(), &self.contacts).expect("memory can be written to");
        Ok(())
    }

    fn finish(&mut self, _: &Episode, report: &RunReport) -> Result<(), RunError> {
        let writer = self.writer.take().expect("it is finished once");
        self.written = writer.finish(report).expect("memory can be written to").into_inner();
        Ok(())
    }
}

fn start(episode: &Episode) -> Start {
    let texts = bundle(&scenario()).expect("a scenario has a text");
    let columns = episode.signals().signals().iter();
    let columns = columns.map(|it| SignalColumn { name: it.name.clone(), unit: it.unit.clone() });
    Start {
        header: Header {
            format: FORMAT,
            engine: Engine {
                randori: String::new(),
                rapier: String::new(),
                parry: String::new(),
                features: Vec::new(),
                digests: 1,
                target: String::new(),
            },
            file: "test.ron".to_owned(),
            title: "test".to_owned(),
            seed: 7,
            varied: Vec::new(),
            period_ns: episode.period().nanos(),
            end_tick: episode.end().0,
            scenario_digest: texts_digest(&texts),
            assets: BTreeMap::new(),
            policies: vec![None, None],
            reproduce: String::new(),
        },
        layout: episode.simulation().layout().clone(),
        signals: columns.collect(),
        texts,
    }
}

fn session() -> Session {
    let policies = vec![Some(remembering()), None];
    Session::new(&scenario(), 7, policies, ROOMY).expect("the scenario starts")
}

fn recorded(ticks: Vec<TickRecord>) -> Session {
    Session::from_recording(&scenario(), 7, ticks, ROOMY).expect("the recording is sound")
}

fn go_on(session: &mut Session, until: u64) {
    while session.record().tick < Tick(until) {
        if session.newest() == Tick(90) && !session.is_recorded() {
            let push = push(session.live());
            session.intervene(push).expect("the cube can be pushed");
        }
        assert_ne!(session.advance().expect("nothing differs"), Progress::Over);
    }
}

fn write(session: &Session) -> (Recording, RunReport) {
    let mut writing = Writing::new(session.live());
    let report = session.record_into(&mut writing).expect("it comes out the same again");
    (Recording::open(writing.written).expect("a recording"), report)
}

fn ticks(recording: &Recording) -> Vec<TickRecord> {
    recording.ticks().map(|tick| tick.expect("a sound tick").record).collect()
}

#[test]
fn a_run_with_pushes_and_a_branch_is_written_down_and_replays() {
    let mut session = session();
    go_on(&mut session, 150);
    session.seek(Tick(120)).expect("it comes out the same again");
    session.branch(vec![Some(Box::new(always(&[-3.0]))), None]).expect("it can go on");
    go_on(&mut session, 125);
    let blow = push(session.live());
    session.intervene(blow).expect("the cube can be pushed");
    go_on(&mut session, 180);
    session.seek(Tick(40)).expect("what is shown does not matter");

    let (recording, report) = write(&session);

    let ticks = ticks(&recording);
    assert!(recording.is_complete());
    assert_eq!((recording.last_tick(), ticks.len()), (Some(Tick(180)), 181));
    assert_eq!((ticks[91].interventions.len(), ticks[126].interventions.len()), (1, 1));
    assert_eq!(first_error(&mut replay(&scenario()), &ticks), None);
    session.seek(Tick(180)).expect("that is the newest one");
    assert_eq!((report.final_hash, report.ticks), (session.record().hash, 180));
    assert_eq!(recording.report(), Some(&report));
}

#[test]
fn what_is_written_later_is_what_a_recorder_would_have_written() {
    let mut scenario = scenario();
    scenario.spec.duration = 0.3;
    let policies = || vec![Some(remembering()), None];
    let mut session = Session::new(&scenario, 7, policies(), 0).expect("the scenario starts");
    while session.advance().expect("nothing breaks") != Progress::Over {}
    let mut beside = Writing::new(session.live());
    let episode = Episode::new(&scenario, 7, policies()).expect("the scenario starts");
    {
        let observer: Box<dyn RunObserver> = Box::new(Beside(&mut beside));
        let mut run = ObservedRun::start(episode, |_| Ok(Some(observer)));
        while !run.episode().is_over() {
            run.advance();
        }
        run.finish();
    }

    let mut later = Writing::new(session.live());
    let report = session.record_into(&mut later).expect("it comes out the same again");

    assert_eq!((report.error, report.verdict), (None, Verdict::Pass));
    assert!(later.written == beside.written, "the bytes differ");
}

struct Beside<'a>(&'a mut Writing);

impl RunObserver for Beside<'_> {
    fn observe(&mut self, episode: &Episode, decided: &[GoalDecision]) -> Result<(), RunError> {
        self.0.observe(episode, decided)
    }

    fn finish(&mut self, episode: &Episode, report: &RunReport) -> Result<(), RunError> {
        self.0.finish(episode, report)
    }
}

#[test]
fn a_run_that_was_not_played_to_its_end_says_so() {
    let mut session = session();
    go_on(&mut session, 30);

    let (recording, report) = write(&session);

    assert_eq!(report.verdict, Verdict::Error);
    let error = report.error.expect("it was ended");
    assert_eq!((error.code.as_str(), error.tick), ("RR0104", 30));
    assert!(recording.is_complete());
    // The run itself goes on as if nothing had been written.
    assert_eq!(session.live().report().error, None);
    assert_eq!(session.advance().expect("nothing breaks"), Progress::New);
}

#[test]
fn an_observer_that_fails_ends_the_writing_only() {
    struct Full;
    impl RunObserver for Full {
        fn observe(&mut self, episode: &Episode, _: &[GoalDecision]) -> Result<(), RunError> {
            let error = RunError {
                code: "RR0301".to_owned(),
                message: "the disk is full".to_owned(),
                tick: 5,
                details: Vec::new(),
                help: None,
            };
            if episode.record().tick == Tick(5) { Err(error) } else { Ok(()) }
        }

        fn finish(&mut self, _: &Episode, _: &RunReport) -> Result<(), RunError> {
            panic!("it has failed before");
        }
    }
    let mut session = session();
    go_on(&mut session, 30);

    let failed = session.record_into(&mut Full);

    assert!(matches!(failed, Err(SessionError::Observer(error)) if error.tick == 5));
}

#[test]
fn a_recorded_run_is_made_again_tick_by_tick_and_then_is_over() {
    let records = recording();
    let mut session = recorded(records.clone());
    assert!(session.is_recorded());
    assert_eq!(session.end(), Tick(TICKS as u64));

    go_on(&mut session, 150);
    assert_eq!((session.record(), session.end()), (&records[150], Tick(TICKS as u64)));
    session.seek(Tick(33)).expect("it comes out the same again");
    assert_eq!(session.record(), &records[33]);
    session.seek(Tick(150)).expect("that is the newest one");
    let push = push(session.live());
    assert!(matches!(session.intervene(push), Err(SessionError::Recorded(Tick(150)))));
    go_on(&mut session, TICKS as u64);

    assert_eq!(session.record(), &records[TICKS]);
    assert_eq!(session.advance().expect("nothing differs"), Progress::Over);
}

#[test]
fn a_recorded_run_goes_another_way_from_any_tick() {
    let records = recording();
    // Before, at and long after what is newest.
    for (newest, tick) in [(150, 60), (100, 100), (TICKS as u64, 199)] {
        let mut session = recorded(records.clone());
        go_on(&mut session, newest);
        session.seek(Tick(tick)).expect("it comes out the same again");

        session.branch(vec![Some(remembering()), None]).expect("it can go on");

        assert!(!session.is_recorded());
        go_on(&mut session, TICKS as u64);
        assert_eq!(session.record(), &records[TICKS], "branched at {tick}");
    }
}

#[test]
fn a_recording_that_lies_is_caught_at_its_tick_and_followed_no_further() {
    let mut records = recording();
    let other = records[40].digests;
    records[60].digests = other;
    records[60].hash = records[40].hash;
    let mut session = recorded(records);
    go_on(&mut session, 59);

    let error = session.advance().expect_err("the tick is another one");

    assert!(matches!(
        error,
        SessionError::Repeat(ReplayError::Mismatch(it))
            if matches!(*it, Mismatch { tick: Tick(60), stage: Stage::Event, .. })
    ));
    assert_eq!(session.advance().expect("there is no more"), Progress::Over);
    assert_eq!((session.newest(), session.end()), (Tick(60), Tick(60)));
    session.seek(Tick(30)).expect("what came before is sound");
}

#[test]
fn a_recording_with_a_gap_or_another_start_is_refused() {
    let open = |ticks| Session::from_recording(&scenario(), 7, ticks, ROOMY).map(drop);
    let records = recording();
    let mut gap = records.clone();
    gap.remove(8);

    assert!(matches!(
        open(gap),
        Err(SessionError::Repeat(ReplayError::OutOfOrder { expected: Tick(8), found: Tick(9) }))
    ));
    let other_seed = Session::from_recording(&scenario(), 8, records, ROOMY).map(drop);
    assert!(matches!(other_seed, Err(SessionError::Repeat(ReplayError::Mismatch(_)))));
}
