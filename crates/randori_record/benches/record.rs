//! Cost of recording per tick, and sizes of recordings.
//!
//! A scene like that of the courier: seven bodies, two drives, a joint sensor
//! every tick and a lidar of 360 beams ten times a second, 250 ticks per second.
#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

use std::io::Cursor;
use std::time::Instant;

use randori_core::record::{Contact, TickRecord};
use randori_record::writer::{Options, RecordingWriter};

#[path = "../tests/common/mod.rs"]
mod common;

/// Ticks of ten seconds.
const TICKS: u64 = 2500;

fn main() {
    let ticks = plausible();
    let every = Options::default();
    for (name, options) in [
        ("everything", every),
        ("without viewers", Options { viewers: false, ..every }),
        ("without sensor frames", Options { sensor_frames: false, ..every }),
        ("compressed", Options { compress: true, ..every }),
        (
            "hashes and decisions",
            Options { viewers: false, sensor_frames: false, state_every: TICKS, ..every },
        ),
    ] {
        let mut best = f64::INFINITY;
        let mut size = 0;
        for _ in 0..20 {
            let began = Instant::now();
            size = record(&ticks, options);
            best = best.min(began.elapsed().as_secs_f64());
        }
        let per_tick = best * 1e6 / TICKS as f64;
        println!("{name:<24} {per_tick:6.2} us per tick {:8} kB in 10 s", size / 1000);
    }
}

fn record(ticks: &[(TickRecord, Vec<Contact>)], options: Options) -> usize {
    let out = Cursor::new(Vec::with_capacity(8 << 20));
    let (start, scenario) = (common::start(), common::scenario());
    let mut writer =
        RecordingWriter::create(out, &start, &scenario, options).expect("memory can be written to");
    for (record, contacts) in ticks {
        writer.tick(record, contacts).expect("memory can be written to");
    }
    writer.finish(&common::report(TICKS)).expect("memory can be written to").into_inner().len()
}

/// Made-up ticks with numbers of a usual size, and few messages.
fn plausible() -> Vec<(TickRecord, Vec<Contact>)> {
    let mut ticks = common::odd_ticks(1, TICKS);
    let mut odd = common::Odd(3);
    let mut usual = || (odd.next() >> 40) as f32 * 1e-7;
    for (record, _) in &mut ticks {
        for body in &mut record.state.bodies {
            body.pose.translation.x = usual();
            body.pose.translation.y = usual();
            body.twist.linear.x = usual();
        }
        record.interventions.clear();
        record.events.clear();
        if !record.tick.0.is_multiple_of(25) {
            record.readings.truncate(1);
            record.requests.clear();
            record.decisions.clear();
        } else if let Some(lidar) = record.readings.last_mut() {
            lidar.measured = (0..360).map(|_| usual()).collect();
            lidar.truth.clone_from(&lidar.measured);
        }
    }
    // Parts that only tests use.
    let _ = (common::keyframe, common::recording);
    ticks
}
