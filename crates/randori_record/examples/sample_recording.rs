//! Writes a recording of made-up ticks, and beside it what a reader must find,
//! as JSON. Floats are given as their bits.
//!
//! Usage: `sample_recording OUT.mcap OUT.json`

use std::error::Error;
use std::{env, fs};

use randori_core::record::{BodyState, Intervention, Stage, TickRecord};
use randori_record::writer::Options;
use serde_json::{Value, json};

#[path = "../tests/common/mod.rs"]
mod common;

/// Ticks of the sample.
const TICKS: u64 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = env::args().skip(1).collect();
    let [recording, expected] = paths.as_slice() else {
        return Err("give two paths: the recording and what is expected of it".into());
    };
    fs::write(recording, common::recording(1, TICKS, Options::default()))?;
    let start = common::start();
    let ticks: Vec<Value> = common::odd_ticks(1, TICKS).iter().map(|(tick, _)| of(tick)).collect();
    let expected_value = json!({
        "header": start.header,
        "texts": start.texts,
        "bodies": start.layout.bodies.iter().map(|body| &body.path).collect::<Vec<_>>(),
        "signals": start.signals,
        "keyframe": {"name": format!("keyframe/{}", TICKS / 2), "bytes": common::keyframe(0).bytes},
        "ticks": ticks,
    });
    fs::write(expected, expected_value.to_string())?;
    // Parts that only tests use.
    let _ = (common::keyframe, common::report, common::Odd(0).next());
    Ok(())
}

fn of(record: &TickRecord) -> Value {
    let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let state = &record.state;
    let digests = Stage::ALL.map(|stage| record.digests[stage]);
    let readings = record.readings.iter().map(|reading| {
        json!({"sensor": reading.sensor, "lost": reading.lost, "measured": bits(&reading.measured),
               "truth": bits(&reading.truth), "delivered_at": reading.delivered_at.0})
    });
    let requests = record.requests.iter().map(|request| {
        json!({"request": request.request, "values": bits(&request.values),
               "arrived": request.measured_at.iter().map(Option::is_some).collect::<Vec<_>>()})
    });
    let replies = record.decisions.iter().map(|decision| {
        let commands = decision.commands.iter().map(|command| bits(command));
        json!({"request": decision.request, "asked_at": decision.asked_at.0,
               "commands": commands.collect::<Vec<_>>()})
    });
    json!({
        "tick": record.tick.0,
        "hash": record.hash,
        "digests": digests,
        "poses": poses(&state.bodies),
        "dropped_poses": poses(&state.dropped),
        "velocities": bits(&state.velocities),
        "applied": bits(&record.applied),
        "signals": record.signals.iter().map(|value| value.to_bits()).collect::<Vec<_>>(),
        "requested": record.requested.iter().map(|values| bits(values)).collect::<Vec<_>>(),
        "events": record.events.iter().map(|event| &event.what).collect::<Vec<_>>(),
        "interventions": record.interventions.len(),
        "drops": record.interventions.iter().filter_map(size_of_drop).collect::<Vec<_>>(),
        "readings": readings.collect::<Vec<_>>(),
        "requests": requests.collect::<Vec<_>>(),
        "replies": replies.collect::<Vec<_>>(),
    })
}

/// Position and quaternion of each body, in this order.
fn poses(bodies: &[BodyState]) -> Vec<u32> {
    let numbers = bodies.iter().flat_map(|body| {
        let at = body.pose.translation.to_array();
        at.into_iter().chain(body.pose.rotation.to_array())
    });
    numbers.map(f32::to_bits).collect()
}

/// The edges of a box that is dropped, m.
fn size_of_drop(intervention: &Intervention) -> Option<[f64; 3]> {
    match intervention {
        Intervention::Drop { size, .. } => Some(size.to_array().map(f64::from)),
        Intervention::Push { .. } => None,
    }
}
