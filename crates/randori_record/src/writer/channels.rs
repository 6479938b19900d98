//! The channels of our own messages. Messages and buffers are reused, so a tick
//! allocates nothing after they have reached their size.

use std::collections::BTreeMap;
use std::io::Write;

use mcap::records::MessageHeader;
use mcap::write::NoSeek;
use prost::Message;
use randori_core::math::Pose;
use randori_core::record::{
    BodyState, Contact, Decision, Intervention, Reading, Request, Stage, TickRecord,
};
use randori_core::time::Tick;

use super::{Options, WriteError};
use crate::tick::Decided;
use crate::wire::schema::descriptor_set;
use crate::wire::{Topic, messages};

/// The output, which is written sequentially.
pub(super) type File<W> = mcap::Writer<NoSeek<W>>;

pub(super) struct Channels {
    /// Channel of each topic, in the order of [`Topic::ALL`].
    ids: [u16; Topic::ALL.len()],
    options: Options,
    buffer: Vec<u8>,
    state: messages::State,
    reading: messages::Reading,
    request: messages::Request,
    /// The last written commands.
    commands: Option<messages::Commands>,
}

impl Channels {
    pub(super) fn create<W: Write>(
        file: &mut File<W>,
        options: Options,
    ) -> Result<Self, WriteError> {
        let descriptors = descriptor_set();
        let mut ids = [0; Topic::ALL.len()];
        for (id, topic) in ids.iter_mut().zip(Topic::ALL) {
            let schema = file.add_schema(topic.message(), "protobuf", &descriptors)?;
            *id = file.add_channel(schema, topic.name(), "protobuf", &BTreeMap::new())?;
        }
        Ok(Self {
            ids,
            options: Options { state_every: options.state_every.max(1), ..options },
            buffer: Vec::new(),
            state: messages::State::default(),
            reading: messages::Reading::default(),
            request: messages::Request::default(),
            commands: None,
        })
    }

    /// Writes a tick. The hash is last: it marks the tick as complete for readers.
    pub(super) fn tick<W: Write>(
        &mut self,
        file: &mut File<W>,
        time_ns: u64,
        record: &TickRecord,
        contacts: &[Contact],
    ) -> Result<(), WriteError> {
        let tick = record.tick.0;
        let ids = self.ids;
        let buffer = &mut self.buffer;
        let mut to = Target { file, buffer, sequence: tick as u32, time_ns };
        for intervention in &record.interventions {
            to.message(
                ids[Topic::Intervention as usize],
                &intervention_message(tick, intervention),
            )?;
        }
        if self.options.sensor_frames {
            for reading in &record.readings {
                fill_reading(&mut self.reading, tick, reading);
                to.message(ids[Topic::Reading as usize], &self.reading)?;
            }
        }
        for request in &record.requests {
            fill_request(&mut self.request, tick, request);
            to.message(ids[Topic::Request as usize], &self.request)?;
        }
        for decision in &record.decisions {
            to.message(ids[Topic::Reply as usize], &reply(tick, decision))?;
        }
        for event in &record.events {
            let (event, what) = (event.event as u64, event.what.clone());
            to.message(ids[Topic::Event as usize], &messages::Event { tick, event, what })?;
        }
        if !self.commands.as_ref().is_some_and(|last| same_bits(last, &record.requested)) {
            let robots = record.requested.iter().map(|values| command(values)).collect();
            to.message(
                ids[Topic::Commands as usize],
                self.commands.insert(messages::Commands { tick, robots }),
            )?;
        }
        if tick.is_multiple_of(self.options.state_every) {
            fill_state(&mut self.state, record, contacts);
            to.message(ids[Topic::State as usize], &self.state)?;
        }
        let mut hash = messages::Hash { tick, hash: record.hash, ..messages::Hash::default() };
        for stage in Stage::ALL {
            *hash.digest(stage) = record.digests[stage];
        }
        to.message(ids[Topic::Hash as usize], &hash)
    }

    pub(super) fn decided<W: Write>(
        &mut self,
        file: &mut File<W>,
        time_ns: u64,
        decided: Decided,
    ) -> Result<(), WriteError> {
        let (tick, goal, holds) = (decided.tick.0, decided.goal as u64, decided.holds);
        let message = messages::Decided { tick, goal, holds };
        Target { file, buffer: &mut self.buffer, sequence: tick as u32, time_ns }
            .message(self.ids[Topic::Decided as usize], &message)
    }
}

/// Target of the messages of one tick.
pub(super) struct Target<'a, W: Write> {
    pub(super) file: &'a mut File<W>,
    /// A message to be written.
    pub(super) buffer: &'a mut Vec<u8>,
    pub(super) sequence: u32,
    pub(super) time_ns: u64,
}

impl<W: Write> Target<'_, W> {
    /// Writes a message.
    pub(super) fn message(
        &mut self,
        channel: u16,
        message: &impl Message,
    ) -> Result<(), WriteError> {
        self.buffer.clear();
        message.encode_raw(self.buffer);
        self.bytes(channel)
    }

    /// Writes the buffer as a message.
    pub(super) fn bytes(&mut self, channel: u16) -> Result<(), WriteError> {
        let header = MessageHeader {
            channel_id: channel,
            sequence: self.sequence,
            log_time: self.time_ns,
            publish_time: self.time_ns,
        };
        Ok(self.file.write_to_known_channel(&header, self.buffer)?)
    }
}

fn fill_state(state: &mut messages::State, record: &TickRecord, contacts: &[Contact]) {
    let refill = |list: &mut Vec<f32>, values: &[f32]| {
        list.clear();
        list.extend_from_slice(values);
    };
    state.tick = record.tick.0;
    fill_bodies(&mut state.poses, &mut state.twists, &record.state.bodies);
    fill_bodies(&mut state.dropped_poses, &mut state.dropped_twists, &record.state.dropped);
    refill(&mut state.positions, &record.state.positions);
    refill(&mut state.velocities, &record.state.velocities);
    refill(&mut state.torques, &record.state.torques);
    refill(&mut state.applied, &record.applied);
    state.signals.clear();
    state.signals.extend_from_slice(&record.signals);
    state.contact_bodies.clear();
    state.contact_others.clear();
    state.contact_forces.clear();
    for contact in contacts {
        state.contact_bodies.push(contact.body.0 as u64);
        state.contact_others.push(contact.other.map_or(0, |other| other.0 as u64 + 1));
        state.contact_forces.extend_from_slice(&contact.force.to_array());
    }
}

fn fill_bodies(poses: &mut Vec<f32>, twists: &mut Vec<f32>, bodies: &[BodyState]) {
    poses.clear();
    twists.clear();
    for body in bodies {
        poses.extend_from_slice(&pose_values(&body.pose));
        let (linear, angular) = (body.twist.linear, body.twist.angular);
        let twist = [linear.x, linear.y, linear.z, angular.x, angular.y, angular.z];
        twists.extend_from_slice(&twist);
    }
}

fn pose_values(pose: &Pose) -> [f32; 7] {
    let (at, rotation) = (pose.translation, pose.rotation);
    [at.x, at.y, at.z, rotation.x, rotation.y, rotation.z, rotation.w]
}

fn fill_reading(message: &mut messages::Reading, tick: u64, reading: &Reading) {
    message.tick = tick;
    message.robot = reading.robot.0 as u64;
    message.sensor = reading.sensor as u64;
    message.measured_at = reading.measured_at.0;
    message.delivered_at = reading.delivered_at.0;
    message.lost = reading.lost;
    message.measured.clone_from(&reading.measured);
    message.truth.clone_from(&reading.truth);
}

fn fill_request(message: &mut messages::Request, tick: u64, request: &Request) {
    message.tick = tick;
    message.robot = request.robot.0 as u64;
    message.request = request.request;
    message.asked_at = request.asked_at.0;
    message.values.clone_from(&request.values);
    let measured = request.measured_at.iter();
    message.measured_at.clear();
    message.measured_at.extend(measured.clone().map(|at| at.unwrap_or(Tick(0)).0));
    message.arrived.clear();
    message.arrived.extend(measured.map(Option::is_some));
}

fn reply(tick: u64, decision: &Decision) -> messages::Reply {
    messages::Reply {
        tick,
        robot: decision.robot.0 as u64,
        request: decision.request,
        asked_at: decision.asked_at.0,
        commands: decision.commands.iter().map(|values| command(values)).collect(),
    }
}

fn command(values: &[f32]) -> messages::Command {
    messages::Command { values: values.to_vec() }
}

fn intervention_message(tick: u64, intervention: &Intervention) -> messages::Intervention {
    let mut message = messages::Intervention { tick, ..messages::Intervention::default() };
    match intervention {
        Intervention::Push { body, at, impulse } => {
            message.push = Some(messages::Push {
                body: body.0 as u64,
                at: at.to_array().to_vec(),
                impulse: impulse.to_array().to_vec(),
            });
        }
        Intervention::Drop { size, mass_kg, pose } => {
            message.drop = Some(messages::DropBox {
                size: size.to_array().to_vec(),
                mass_kg: *mass_kg,
                pose: pose_values(pose).to_vec(),
            });
        }
    }
    message
}

/// Bitwise equality, which distinguishes -0 from 0 and compares NaNs.
fn same_bits(last: &messages::Commands, requested: &[Vec<f32>]) -> bool {
    last.robots.len() == requested.len()
        && last.robots.iter().zip(requested).all(|(last, now)| {
            last.values.len() == now.len()
                && last.values.iter().zip(now).all(|(a, b)| a.to_bits() == b.to_bits())
        })
}
