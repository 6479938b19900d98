//! Messages to an external policy, as one JSON object each. `docs/policy-protocol.md` specifies the
//! messages for authors of policies; `reply.rs` parses those of the policy.

use std::ops::Range;

use randori_core::input::InputKind;
use randori_core::policy::{Observation, RobotInterface};
use randori_core::time::{NANOS_PER_SECOND, Tick};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// Protocol version; a policy must report the same.
pub const PROTOCOL_VERSION: u32 = 1;

/// A message to a policy.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Message<'a> {
    Hello {
        protocol: u32,
        robot: &'a str,
        period_s: f64,
        gravity: [f64; 3],
        observations: Vec<ObservationChannel<'a>>,
        actions: Vec<Action<'a>>,
    },
    Reset {
        seed: u64,
    },
    Observation {
        request: u64,
        tick: u64,
        time: f64,
        sensors: Reading<'a>,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct ObservationChannel<'a> {
    sensor: &'a str,
    channel: &'a str,
    len: usize,
    unit: &'a str,
    elements: &'a [String],
}

#[derive(Debug, Serialize)]
pub(super) struct Action<'a> {
    name: &'a str,
    joint: &'a str,
    inputs: &'a [InputKind],
    ranges: &'a [Option<(f64, f64)>],
    initial: &'a [f32],
}

impl<'a> Message<'a> {
    /// Describes the robot's interface.
    pub(super) fn hello(interface: &'a RobotInterface) -> Self {
        let observations = interface.observations.iter().map(|observation| {
            let (sensor, channel) = split(&observation.name);
            ObservationChannel {
                sensor,
                channel,
                len: observation.len,
                unit: &observation.unit,
                elements: &observation.elements,
            }
        });
        let actions = interface.actions.iter().map(|action| Action {
            name: &action.name,
            joint: &action.joint,
            inputs: &action.inputs,
            ranges: &action.ranges,
            initial: &action.initial,
        });
        Self::Hello {
            protocol: PROTOCOL_VERSION,
            robot: &interface.robot,
            period_s: interface.period_s,
            gravity: interface.gravity,
            observations: observations.collect(),
            actions: actions.collect(),
        }
    }

    /// The message as a JSON object, on one line.
    pub(super) fn json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("messages are plain data with string keys")
    }
}

/// Sensor and channel of a full name; sensors may have dots, channels have none.
fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or((name, ""))
}

/// The mapping from an observation's values to sensors.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sensors {
    /// Name and channels of each sensor.
    entries: Vec<(String, Vec<SensorChannel>)>,
    values: usize,
    channels: usize,
}

#[derive(Debug, Clone, PartialEq)]
struct SensorChannel {
    name: String,
    values: Range<usize>,
    index: usize,
}

impl Sensors {
    pub(super) fn new(interface: &RobotInterface) -> Self {
        let mut entries: Vec<(String, Vec<SensorChannel>)> = Vec::new();
        let mut first = 0;
        for (index, observation) in interface.observations.iter().enumerate() {
            let (sensor, channel) = split(&observation.name);
            let values = first..first + observation.len;
            first = values.end;
            let channel = SensorChannel { name: channel.to_owned(), values, index };
            match entries.last_mut() {
                Some((last, channels)) if last == sensor => channels.push(channel),
                _ => entries.push((sensor.to_owned(), vec![channel])),
            }
        }
        Self { entries, values: first, channels: interface.observations.len() }
    }

    /// Number of values in an observation.
    pub(super) fn values(&self) -> usize {
        self.values
    }

    /// Number of channels in an observation.
    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// An observation with its names.
    pub(super) fn reading<'a>(&'a self, observation: &'a Observation<'a>) -> Reading<'a> {
        Reading { sensors: self, observation }
    }
}

/// The readings of each sensor: its channels, and their time of measurement (s).
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    sensors: &'a Sensors,
    observation: &'a Observation<'a>,
}

impl Serialize for Reading<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = &self.sensors.entries;
        let mut map = serializer.serialize_map(Some(entries.len()))?;
        for (name, channels) in entries {
            map.serialize_entry(name, &SensorReading { channels, observation: self.observation })?;
        }
        map.end()
    }
}

struct SensorReading<'a> {
    channels: &'a [SensorChannel],
    observation: &'a Observation<'a>,
}

impl Serialize for SensorReading<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let observation = self.observation;
        let measured_at = |channel: &SensorChannel| observation.measured_at[channel.index];
        let latest = self.channels.iter().filter_map(measured_at).max();
        let mut map = serializer.serialize_map(Some(self.channels.len() + 1))?;
        map.serialize_entry("measured_at", &latest.map(|tick| seconds(tick, observation)))?;
        for channel in self.channels {
            // Non-finite numbers become null, since JSON cannot represent them.
            let values = &observation.values[channel.values.clone()];
            map.serialize_entry(&channel.name, &measured_at(channel).map(|_| values))?;
        }
        map.end()
    }
}

/// Simulated seconds at `tick`. The duration of a tick is derived from the observation, exactly: it
/// is a whole number of nanoseconds.
fn seconds(tick: Tick, observation: &Observation<'_>) -> f64 {
    let now = observation.tick.0.max(1) as f64;
    let nanos = libm::round(observation.time_s * NANOS_PER_SECOND as f64 / now) as u64;
    (tick.0 * nanos) as f64 / NANOS_PER_SECOND as f64
}

#[cfg(test)]
#[path = "protocol_tests.rs"]
mod tests;
