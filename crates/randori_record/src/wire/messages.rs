//! The messages of our own channels. Their description for other tools is in
//! [`descriptor`](super::descriptor); a test there holds both together.
#![expect(clippy::struct_field_names, reason = "they are the names of the fields in the records")]

/// The digests of a tick: the last message of each tick.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Hash {
    #[prost(uint64, tag = "1")]
    pub(crate) tick: u64,
    #[prost(fixed64, tag = "2")]
    pub(crate) hash: u64,
    #[prost(fixed64, tag = "3")]
    pub(crate) events: u64,
    #[prost(fixed64, tag = "4")]
    pub(crate) sensors: u64,
    #[prost(fixed64, tag = "5")]
    pub(crate) policies: u64,
    #[prost(fixed64, tag = "6")]
    pub(crate) actuators: u64,
    #[prost(fixed64, tag = "7")]
    pub(crate) world: u64,
}

/// The state after the step, in full precision.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct State {
    #[prost(uint64, tag = "1")]
    pub(crate) tick: u64,
    /// Per body: x, y, z (m), then the quaternion x, y, z, w.
    #[prost(float, repeated, tag = "2")]
    pub(crate) poses: Vec<f32>,
    /// Per body: linear x, y, z (m/s), then angular x, y, z (rad/s).
    #[prost(float, repeated, tag = "3")]
    pub(crate) twists: Vec<f32>,
    #[prost(float, repeated, tag = "4")]
    pub(crate) positions: Vec<f32>,
    #[prost(float, repeated, tag = "5")]
    pub(crate) velocities: Vec<f32>,
    #[prost(float, repeated, tag = "6")]
    pub(crate) torques: Vec<f32>,
    #[prost(float, repeated, tag = "7")]
    pub(crate) applied: Vec<f32>,
    #[prost(double, repeated, tag = "8")]
    pub(crate) signals: Vec<f64>,
    /// Per contact: the body.
    #[prost(uint64, repeated, tag = "9")]
    pub(crate) contact_bodies: Vec<u64>,
    /// Per contact: the other body plus 1; 0 for the ground.
    #[prost(uint64, repeated, tag = "10")]
    pub(crate) contact_others: Vec<u64>,
    /// Per contact: force on the body x, y, z, N in the world frame.
    #[prost(float, repeated, tag = "11")]
    pub(crate) contact_forces: Vec<f32>,
    /// Per dropped box, as `poses`.
    #[prost(float, repeated, tag = "12")]
    pub(crate) dropped_poses: Vec<f32>,
    /// Per dropped box, as `twists`.
    #[prost(float, repeated, tag = "13")]
    pub(crate) dropped_twists: Vec<f32>,
}

/// One measurement of one sensor.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Reading {
    #[prost(uint64, tag = "1")]
    pub(crate) tick: u64,
    #[prost(uint64, tag = "2")]
    pub(crate) robot: u64,
    #[prost(uint64, tag = "3")]
    pub(crate) sensor: u64,
    #[prost(uint64, tag = "4")]
    pub(crate) measured_at: u64,
    #[prost(uint64, tag = "5")]
    pub(crate) delivered_at: u64,
    #[prost(bool, tag = "6")]
    pub(crate) lost: bool,
    #[prost(float, repeated, tag = "7")]
    pub(crate) measured: Vec<f32>,
    #[prost(float, repeated, tag = "8")]
    pub(crate) truth: Vec<f32>,
}

/// A question to a policy.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Request {
    #[prost(uint64, tag = "1")]
    pub(crate) tick: u64,
    #[prost(uint64, tag = "2")]
    pub(crate) robot: u64,
    #[prost(uint64, tag = "3")]
    pub(crate) request: u64,
    #[prost(uint64, tag = "4")]
    pub(crate) asked_at: u64,
    #[prost(float, repeated, tag = "5")]
    pub(crate) values: Vec<f32>,
    /// Per channel: the tick of its measurement; 0 where none has arrived.
    #[prost(uint64, repeated, tag = "6")]
    pub(crate) measured_at: Vec<u64>,
    /// Per channel: whether a measurement has arrived.
    #[prost(bool, repeated, tag = "7")]
    pub(crate) arrived: Vec<bool>,
}

/// One command, laid out as the robot's actuators.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Command {
    #[prost(float, repeated, tag = "1")]
    pub(crate) values: Vec<f32>,
}

/// An answer of a policy, in the tick at which it took effect.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Reply {
    #[prost(uint64, tag = "1")]
    pub(crate) tick: u64,
    #[prost(uint64, tag = "2")]
    pub(crate) robot: u64,
    #[prost(uint64, tag = "3")]
    pub(crate) request: u64,
    #[prost(uint64, tag = "4")]
    pub(crate) asked_at: u64,
    #[prost(message, repeated, tag = "5")]
    pub(crate) commands: Vec<Command>,
}

/// The commands in force, robot after robot; written when they change.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Commands {
    #[prost(uint64, tag = "1")]
    pub(crate) tick: u64,
    #[prost(message, repeated, tag = "2")]
    pub(crate) robots: Vec<Command>,
}

/// What a person did: one of these.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Intervention {
    #[prost(uint64, tag = "1")]
    pub(crate) tick: u64,
    #[prost(message, optional, tag = "2")]
    pub(crate) push: Option<Push>,
    #[prost(message, optional, tag = "3")]
    pub(crate) drop: Option<DropBox>,
}

/// A blow.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Push {
    #[prost(uint64, tag = "1")]
    pub(crate) body: u64,
    /// x, y, z, m in the frame of the body.
    #[prost(float, repeated, tag = "2")]
    pub(crate) at: Vec<f32>,
    /// x, y, z, N s in the world frame.
    #[prost(float, repeated, tag = "3")]
    pub(crate) impulse: Vec<f32>,
}

/// A box that falls into the world.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct DropBox {
    /// Edges x, y, z, m.
    #[prost(float, repeated, tag = "1")]
    pub(crate) size: Vec<f32>,
    #[prost(float, tag = "2")]
    pub(crate) mass_kg: f32,
    /// x, y, z (m), then the quaternion x, y, z, w.
    #[prost(float, repeated, tag = "3")]
    pub(crate) pose: Vec<f32>,
}

/// Something that was done to the world.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Event {
    #[prost(uint64, tag = "1")]
    pub(crate) tick: u64,
    #[prost(uint64, tag = "2")]
    pub(crate) event: u64,
    #[prost(string, tag = "3")]
    pub(crate) what: String,
}

/// A goal whose verdict became certain.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Decided {
    #[prost(uint64, tag = "1")]
    pub(crate) tick: u64,
    #[prost(uint64, tag = "2")]
    pub(crate) goal: u64,
    #[prost(bool, tag = "3")]
    pub(crate) holds: bool,
}
