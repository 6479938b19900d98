//! Recordings: written, read back, cut off, damaged.

mod common;

use std::io::{self, Cursor, Write};

use common::{Odd, keyframe, odd_ticks, recording, report, scenario, start};
use randori_core::record::TickRecord;
use randori_core::time::Tick;
use randori_record::reader::{ReadError, Recording};
use randori_record::tick::{Decided, RecordedTick};
use randori_record::writer::{Options, RecordingWriter, WriteError};

fn open(bytes: &[u8]) -> Recording {
    Recording::open(bytes).expect("a recording opens")
}

fn ticks(recording: &Recording) -> Vec<RecordedTick> {
    recording.ticks().collect::<Result<_, _>>().expect("an intact recording reads to its end")
}

/// All numbers of a record as bits: NaNs have payloads.
fn bits(record: &TickRecord) -> Vec<u64> {
    let wide = |values: &[f32]| values.iter().map(|v| u64::from(v.to_bits())).collect::<Vec<_>>();
    let mut all = wide(&record.applied);
    all.extend(record.signals.iter().map(|v| v.to_bits()));
    for values in record.requested.iter().chain(record.decisions.iter().flat_map(|d| &d.commands)) {
        all.extend(wide(values));
    }
    for reading in &record.readings {
        all.extend(wide(&reading.measured));
        all.extend(wide(&reading.truth));
    }
    for request in &record.requests {
        all.extend(wide(&request.values));
    }
    let state = &record.state;
    for values in [&state.positions, &state.velocities, &state.torques] {
        all.extend(wide(values));
    }
    for body in state.bodies.iter().chain(&state.dropped) {
        let (pose, twist) = (&body.pose, &body.twist);
        all.extend(wide(&pose.translation.to_array()));
        all.extend(wide(&pose.rotation.to_array()));
        all.extend(wide(&twist.linear.to_array()));
        all.extend(wide(&twist.angular.to_array()));
    }
    all
}

#[test]
fn every_field_comes_back_to_the_last_bit() {
    for seed in 0..20 {
        let written = odd_ticks(seed, 60);

        let recording = open(&recording(seed, 60, Options::default()));
        let read = ticks(&recording);

        assert_eq!(read.len(), written.len());
        for (read, (record, contacts)) in read.iter().zip(&written) {
            assert!(read.sampled);
            assert_eq!(format!("{:?}", read.record), format!("{record:?}"));
            assert_eq!(format!("{:?}", read.contacts), format!("{contacts:?}"));
            assert_eq!(bits(&read.record), bits(record));
        }
    }
}

#[test]
fn a_body_that_was_not_dropped_yet_is_damage() {
    let mut odd = odd_ticks(0, 12);
    let push = odd[9].0.interventions.pop().expect("the box of tick 9 is pushed");
    odd[8].0.interventions.push(push);
    let mut writer =
        RecordingWriter::create(Cursor::new(Vec::new()), &start(), &scenario(), Options::default())
            .expect("memory can be written to");
    for (record, contacts) in &odd {
        writer.tick(record, contacts).expect("memory can be written to");
    }
    let bytes = writer.finish(&report(12)).expect("memory can be written to").into_inner();

    let recording = open(&bytes);

    assert!(!recording.is_complete());
    assert_eq!(recording.last_tick(), Some(Tick(7)));
    let error = recording.ticks().find_map(Result::err).expect("it is damaged");
    assert!(error.to_string().ends_with("body 9 does not exist"), "{error}");
}

#[test]
fn start_and_end_come_back() {
    let recording = open(&recording(1, 40, Options::default()));

    assert_eq!(recording.start(), &start());
    assert_eq!(recording.report(), Some(&report(40)));
    assert_eq!(recording.decided(), [Decided { goal: 0, holds: false, tick: Tick(20) }]);
    assert_eq!(recording.keyframes(), [keyframe(20)]);
    assert_eq!(recording.keyframe_before(Tick(19)), None);
    assert_eq!(recording.keyframe_before(Tick(20)), Some(keyframe(20)));
    assert_eq!(recording.last_tick(), Some(Tick(39)));
    assert!(recording.is_complete());
}

#[test]
fn equal_runs_give_equal_bytes() {
    assert!(recording(5, 80, Options::default()) == recording(5, 80, Options::default()));
}

#[test]
fn options_leave_out_states_and_readings_and_nothing_else() {
    let options = Options { state_every: 3, sensor_frames: false, ..Options::default() };
    let recording = open(&recording(2, 30, options));

    assert!(!recording.has_sensor_frames());
    assert_eq!(recording.state_every(), 3);
    for (read, (record, _)) in ticks(&recording).iter().zip(odd_ticks(2, 30)) {
        assert_eq!(read.sampled, record.tick.0 % 3 == 0);
        assert_eq!(read.record.state.bodies.is_empty(), !read.sampled);
        assert!(read.record.readings.is_empty());
        assert_eq!(format!("{:?}", read.record.requested), format!("{:?}", record.requested));
        assert_eq!(format!("{:?}", read.record.requests), format!("{:?}", record.requests));
        assert_eq!(read.record.digests, record.digests);
    }
}

#[test]
fn a_cut_recording_reads_up_to_its_last_chunk_or_says_why_not() {
    let whole = recording(3, 1000, Options::default());
    let all = ticks(&open(&whole));
    let mut opened = 0;
    for cut in (0..=50).map(|part| whole.len() * part / 50).chain(0..40) {
        match Recording::open(&whole[..cut]) {
            Ok(recording) => {
                opened += 1;
                let read = ticks(&recording);
                assert_eq!(
                    format!("{read:?}"),
                    format!("{:?}", &all[..read.len()]),
                    "cut at {cut}"
                );
                assert_eq!(recording.is_complete(), cut == whole.len(), "cut at {cut}");
                assert_eq!(recording.last_tick(), read.last().map(|tick| tick.record.tick));
            }
            Err(ReadError::NotMcap) => assert_eq!(cut, 0),
            Err(error) => assert!(matches!(error, ReadError::EndsBeforeStart), "{cut}: {error}"),
        }
    }
    assert!(opened > 40, "only {opened} of 51 opened");
}

#[test]
fn a_dropped_writer_leaves_an_incomplete_recording() {
    let mut file = Cursor::new(Vec::new());
    let mut writer = RecordingWriter::create(&mut file, &start(), &scenario(), Options::default())
        .expect("memory can be written to");
    for (record, contacts) in odd_ticks(4, 10) {
        writer.tick(&record, &contacts).expect("memory can be written to");
    }
    drop(writer);

    let recording = open(file.get_ref());
    assert_eq!(ticks(&recording).len(), 10);
    assert!(!recording.is_complete());
}

#[test]
fn flipped_bits_never_panic_and_never_pass_unnoticed_in_a_chunk() {
    let whole = recording(6, 40, Options::default());
    let pristine = format!("{:?}", ticks(&open(&whole)));
    let mut odd = Odd(1);
    for _ in 0..3000 {
        let mut bytes = whole.clone();
        let at = odd.next() as usize % bytes.len();
        bytes[at] ^= 1 << (odd.next() % 8);
        let Ok(recording) = Recording::open(bytes) else { continue };
        if let Ok(read) = recording.ticks().collect::<Result<Vec<_>, _>>() {
            let read = format!("{read:?}");
            // A damaged length can end a file early, but ticks are never wrong.
            assert!(read == pristine || !recording.is_complete(), "byte {at}");
        }
    }
}

#[test]
fn seeded_mutations_never_panic() {
    let whole = recording(7, 20, Options::default());
    let mut odd = Odd(2);
    for _ in 0..2000 {
        let mut bytes = whole.clone();
        for _ in 0..=odd.next() % 6 {
            let at = odd.next() as usize % bytes.len();
            match odd.next() % 4 {
                0 => bytes[at] = odd.next() as u8,
                1 => bytes.truncate(at.max(1)),
                2 => {
                    let length = bytes.len();
                    let end = (at + 8).min(length);
                    bytes[at..end].fill(if odd.next().is_multiple_of(2) { 0xff } else { 0 });
                }
                _ => {
                    let from = odd.next() as usize % bytes.len();
                    let piece = bytes[from..(from + 30).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        if let Ok(recording) = Recording::open(bytes) {
            let _ = recording.ticks().count();
            let _ = recording.keyframes();
        }
    }
}

#[test]
fn other_files_are_refused_by_name() {
    assert!(matches!(Recording::open(*b"a plain text"), Err(ReadError::NotMcap)));

    let mut foreign = mcap::Writer::new(Cursor::new(Vec::new())).expect("an empty file");
    foreign.finish().expect("an empty file");
    let foreign = foreign.into_inner().into_inner();
    assert!(matches!(Recording::open(foreign), Err(ReadError::NotARecording)));
}

#[test]
fn a_newer_format_says_its_number() {
    let mut start = start();
    start.header.format = 99;
    let out = Cursor::new(Vec::new());
    let writer = RecordingWriter::create(out, &start, &scenario(), Options::default())
        .expect("memory can be written to");
    let bytes = writer.finish(&report(0)).expect("memory can be written to").into_inner();

    let error = Recording::open(bytes).expect_err("it is newer");
    assert!(matches!(error, ReadError::NewerFormat { found: 99 }), "{error}");
}

/// A disk with little room.
struct Full {
    room: usize,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let written = bytes.len().min(self.room);
        self.room -= written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_all(out: Full) -> Result<(), WriteError> {
    let mut writer = RecordingWriter::create(out, &start(), &scenario(), Options::default())?;
    for (record, contacts) in odd_ticks(8, 600) {
        writer.tick(&record, &contacts)?;
        if record.tick.0 == 300 {
            writer.keyframe(&keyframe(300))?;
        }
    }
    writer.finish(&report(600)).map(|_| ())
}

#[test]
fn a_full_disk_is_an_error_wherever_it_happens() {
    let needed = {
        let mut out = Cursor::new(Vec::new());
        let mut writer =
            RecordingWriter::create(&mut out, &start(), &scenario(), Options::default())
                .expect("memory can be written to");
        for (record, contacts) in odd_ticks(8, 600) {
            writer.tick(&record, &contacts).expect("memory can be written to");
            if record.tick.0 == 300 {
                writer.keyframe(&keyframe(300)).expect("memory can be written to");
            }
        }
        writer.finish(&report(600)).expect("memory can be written to");
        out.into_inner().len()
    };
    for part in 0..25 {
        let error = write_all(Full { room: needed * part / 25 }).expect_err("it does not fit");
        assert!(matches!(error, WriteError::Io(_)), "{part}: {error}");
        assert!(error.to_string().starts_with("cannot write: "), "{error}");
    }
    write_all(Full { room: needed }).expect("it fits");
}
