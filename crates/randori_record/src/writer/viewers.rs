//! Channels for viewers such as Foxglove, Rerun and `PlotJuggler`, at a display rate.
//! The reader of this crate does not need them.

use std::collections::BTreeMap;
use std::io::Write;

use foxglove::Encode;
use foxglove::messages::{
    FrameTransform, FrameTransforms, JointState, JointStates, Log, SceneUpdate, Timestamp, log,
};
use mcap::write::NoSeek;
use randori_core::layout::SceneLayout;
use randori_core::math::Vector;
use randori_core::record::{Intervention, TickRecord};
use randori_core::report::{RunReport, Verdict};
use randori_core::spec::Scenario;
use randori_core::time::{NANOS_PER_SECOND, Tick};

use super::channels::{File, Target};
use super::lidar::Lidar;
use super::scene::{dropped_box, orientation, position, scene};
use super::{Options, WriteError};
use crate::header::Start;
use crate::tick::Decided;

/// Maximum frame rate, Hz.
const MAX_HZ: u64 = 60;

pub(super) struct Viewers {
    /// Interval of frames, ticks.
    every: u64,
    period_ns: u64,
    buffer: Vec<u8>,
    shapes: u16,
    transforms: (u16, FrameTransforms),
    joints: (u16, JointStates),
    log: u16,
    signals: u16,
    /// Each signal's name as a JSON string.
    signal_names: Vec<String>,
    lidars: Vec<Lidar>,
    layout: SceneLayout,
    /// Number of dropped boxes so far.
    dropped: usize,
    goals: Vec<String>,
    events: Vec<String>,
}

impl Viewers {
    /// Creates the channels and writes the shapes.
    pub(super) fn create<W: Write>(
        file: &mut File<W>,
        start: &Start,
        scenario: &Scenario,
        options: Options,
    ) -> Result<Self, WriteError> {
        let (layout, period_ns) = (&start.layout, start.header.period_ns);
        let shapes = channel::<SceneUpdate, W>(file, "/scene")?;
        let transforms = channel::<FrameTransforms, W>(file, "/tf")?;
        let joints = channel::<JointStates, W>(file, "/joint_states")?;
        let log = channel::<Log, W>(file, "/log")?;
        let schema = file.add_schema("randori.Signals", "jsonschema", &signal_schema(start))?;
        let signals = file.add_channel(schema, "/signals", "json", &BTreeMap::new())?;
        let lidars =
            if options.sensor_frames { Lidar::all(file, scenario, layout)? } else { Vec::new() };
        let joint = |path: &str| JointState { name: path.to_owned(), ..JointState::default() };
        let events = scenario.spec.events.iter().enumerate();
        let mut viewers = Self {
            every: picture_every(period_ns),
            period_ns,
            buffer: Vec::new(),
            shapes,
            transforms: (
                transforms,
                FrameTransforms {
                    transforms: layout.bodies.iter().map(|body| frame(&body.path)).collect(),
                },
            ),
            joints: (
                joints,
                JointStates {
                    timestamp: None,
                    joints: layout.dofs.iter().map(|dof| joint(&dof.path)).collect(),
                },
            ),
            log,
            signals,
            signal_names: start.signals.iter().map(|s| quoted(&s.name)).collect(),
            lidars,
            layout: layout.clone(),
            dropped: 0,
            goals: scenario.spec.goals.iter().map(|goal| goal.name.clone()).collect(),
            events: events
                .map(|(index, event)| {
                    event.name.clone().unwrap_or_else(|| format!("event {index}"))
                })
                .collect(),
        };
        let scene = scene(scenario, layout);
        viewers.target(file, Tick(0)).message(shapes, &scene)?;
        Ok(viewers)
    }

    /// Writes the frame of a tick.
    pub(super) fn tick<W: Write>(
        &mut self,
        file: &mut File<W>,
        record: &TickRecord,
    ) -> Result<(), WriteError> {
        for intervention in &record.interventions {
            let text = match intervention {
                Intervention::Push { body, impulse, .. } => {
                    let body = self.layout.body_name(*body);
                    let [x, y, z] = impulse.to_array();
                    format!("push on {body}: ({x}, {y}, {z}) N s")
                }
                Intervention::Drop { size, mass_kg, .. } => {
                    let name = self.drop_box(file, record.tick, *size)?;
                    format!("{name}: {} x {} x {} m, {mass_kg} kg", size.x, size.y, size.z)
                }
            };
            self.say(file, record.tick, log::Level::Info, "intervention", text)?;
        }
        for event in &record.events {
            let title = name(&self.events, event.event).to_owned();
            self.say(file, record.tick, log::Level::Info, &title, event.what.clone())?;
        }
        for reading in &record.readings {
            let lidar = self.lidars.iter_mut().find(|lidar| lidar.is_source_of(reading));
            if let (Some(lidar), false) = (lidar, reading.lost) {
                let time_ns = record.tick.0.saturating_mul(self.period_ns);
                let buffer = &mut self.buffer;
                let mut to = Target { file, buffer, sequence: record.tick.0 as u32, time_ns };
                let measured = reading.measured_at.0.saturating_mul(self.period_ns);
                lidar.write(&mut to, timestamp(measured), &reading.measured)?;
            }
        }
        if record.tick.0.is_multiple_of(self.every) {
            self.picture(file, record)?;
        }
        Ok(())
    }

    /// Adds a box to the scene; returns its name.
    fn drop_box<W: Write>(
        &mut self,
        file: &mut File<W>,
        tick: Tick,
        size: Vector,
    ) -> Result<String, WriteError> {
        let name = self.layout.body_name(self.layout.dropped(self.dropped)).into_owned();
        self.dropped += 1;
        self.transforms.1.transforms.push(frame(&name));
        let shapes = self.shapes;
        self.target(file, tick).message(shapes, &dropped_box(&name, size))?;
        Ok(name)
    }

    fn picture<W: Write>(
        &mut self,
        file: &mut File<W>,
        record: &TickRecord,
    ) -> Result<(), WriteError> {
        let time_ns = record.tick.0.saturating_mul(self.period_ns);
        let now = timestamp(time_ns);
        let state = &record.state;
        let (transforms, message) = &mut self.transforms;
        let bodies = state.bodies.iter().chain(&state.dropped);
        for (frame, body) in message.transforms.iter_mut().zip(bodies) {
            frame.timestamp = now;
            frame.translation = Some(position(&body.pose));
            frame.rotation = Some(orientation(&body.pose));
        }
        let buffer = &mut self.buffer;
        let mut to = Target { file, buffer, sequence: record.tick.0 as u32, time_ns };
        to.message(*transforms, message)?;
        let (joints, message) = &mut self.joints;
        message.timestamp = now;
        for (index, joint) in message.joints.iter_mut().enumerate() {
            let value = |list: &[f32]| list.get(index).map(|value| f64::from(*value));
            joint.position = value(&state.positions);
            joint.velocity = value(&state.velocities);
            joint.effort = value(&state.torques);
        }
        if !message.joints.is_empty() {
            to.message(*joints, message)?;
        }
        to.buffer.clear();
        for (index, (name, value)) in self.signal_names.iter().zip(&record.signals).enumerate() {
            to.buffer.extend_from_slice(if index == 0 { b"{" } else { b"," });
            to.buffer.extend_from_slice(name.as_bytes());
            to.buffer.push(b':');
            // Infinite and undefined numbers become null.
            serde_json::to_writer(&mut *to.buffer, value)
                .map_err(|source| WriteError::Json { what: "/signals", source })?;
        }
        if !to.buffer.is_empty() {
            to.buffer.push(b'}');
            to.bytes(self.signals)?;
        }
        Ok(())
    }

    pub(super) fn decided<W: Write>(
        &mut self,
        file: &mut File<W>,
        decided: Decided,
    ) -> Result<(), WriteError> {
        let goal = name(&self.goals, decided.goal).to_owned();
        let (level, what) = if decided.holds {
            (log::Level::Info, "holds")
        } else {
            (log::Level::Warning, "is violated")
        };
        self.say(file, decided.tick, level, "goal", format!("`{goal}` {what}"))
    }

    pub(super) fn finish<W: Write>(
        &mut self,
        file: &mut File<W>,
        report: &RunReport,
    ) -> Result<(), WriteError> {
        let tick = Tick(report.ticks);
        if let Some(error) = &report.error {
            let text = format!("{}: {}", error.code, error.message);
            self.say(file, tick, log::Level::Error, "error", text)?;
        }
        let (level, verdict) = match report.verdict {
            Verdict::Pass => (log::Level::Info, "pass"),
            Verdict::Fail => (log::Level::Warning, "fail"),
            Verdict::Error => (log::Level::Error, "error"),
        };
        self.say(file, tick, level, "verdict", verdict.to_owned())
    }

    fn say<W: Write>(
        &mut self,
        file: &mut File<W>,
        tick: Tick,
        level: log::Level,
        name: &str,
        message: String,
    ) -> Result<(), WriteError> {
        let channel = self.log;
        let mut to = self.target(file, tick);
        let log = Log {
            timestamp: timestamp(to.time_ns),
            level: level as i32,
            message,
            name: name.to_owned(),
            ..Log::default()
        };
        to.message(channel, &log)
    }

    fn target<'a, W: Write>(&'a mut self, file: &'a mut File<W>, tick: Tick) -> Target<'a, W> {
        let time_ns = tick.0.saturating_mul(self.period_ns);
        Target { file, buffer: &mut self.buffer, sequence: tick.0 as u32, time_ns }
    }
}

fn frame(name: &str) -> FrameTransform {
    FrameTransform {
        parent_frame_id: "world".to_owned(),
        child_frame_id: name.to_owned(),
        ..FrameTransform::default()
    }
}

/// A channel of a message type for viewers.
pub(super) fn channel<M: Encode, W: Write>(
    file: &mut mcap::Writer<NoSeek<W>>,
    topic: &str,
) -> Result<u16, WriteError> {
    let schema = match M::get_schema() {
        Some(schema) => file.add_schema(&schema.name, &schema.encoding, &schema.data)?,
        None => 0,
    };
    Ok(file.add_channel(schema, topic, &M::get_message_encoding(), &BTreeMap::new())?)
}

/// Interval of frames in ticks: the highest evenly spaced frame rate up to [`MAX_HZ`];
/// uneven if none is above half of that rate.
fn picture_every(period_ns: u64) -> u64 {
    let rate = (NANOS_PER_SECOND / period_ns.max(1)).max(1);
    let least = rate.div_ceil(MAX_HZ);
    (least..=2 * least).find(|every| rate.is_multiple_of(*every)).unwrap_or(least)
}

fn timestamp(time_ns: u64) -> Option<Timestamp> {
    let seconds = u32::try_from(time_ns / NANOS_PER_SECOND).ok()?;
    Timestamp::new_checked(seconds, (time_ns % NANOS_PER_SECOND) as u32)
}

fn signal_schema(start: &Start) -> Vec<u8> {
    let property = |signal: &crate::header::SignalColumn| {
        let about = format!("unit: {}", signal.unit);
        (signal.name.clone(), serde_json::json!({"type": ["number", "null"], "description": about}))
    };
    let properties: serde_json::Map<_, _> = start.signals.iter().map(property).collect();
    serde_json::json!({"type": "object", "properties": properties}).to_string().into_bytes()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn name(names: &[String], index: usize) -> &str {
    names.get(index).map_or("?", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_at_a_rate_for_eyes() {
        let hz = |rate: u64| rate / picture_every(NANOS_PER_SECOND / rate);
        let rates = [50, 60, 100, 200, 240, 250, 400, 500, 1000, 2000].map(hz);

        assert_eq!(rates, [50, 60, 50, 50, 60, 50, 50, 50, 50, 50]);
    }
}
