//! Decoding of messages to records. Indices are checked, so that users of a record can
//! look up entities in the layout.

use prost::Message;
use randori_core::layout::{BodyId, RobotId};
use randori_core::math::{Pose, Rotation, Twist, Vector};
use randori_core::record::{
    BodyState, Contact, Decision, Digests, EventRecord, Intervention, Reading, Request, WorldState,
};
use randori_core::time::Tick;

use crate::header::Start;
use crate::tick::{Decided, RecordedTick};
use crate::wire::{Topic, messages};

/// Collects the messages of a tick until its hash completes it.
pub(super) struct Decoder<'a> {
    start: &'a Start,
    pending: RecordedTick,
    /// The tick of `pending`, after its first message.
    tick: Option<u64>,
    requested: Vec<Vec<f32>>,
    /// Number of dropped boxes so far.
    dropped: usize,
    pub(super) decided: Vec<Decided>,
}

type Outcome<T> = Result<T, String>;

impl<'a> Decoder<'a> {
    pub(super) fn new(start: &'a Start) -> Self {
        Self {
            start,
            pending: RecordedTick::default(),
            tick: None,
            requested: Vec::new(),
            dropped: 0,
            decided: Vec::new(),
        }
    }

    /// Takes a message; returns the tick that it completes.
    pub(super) fn message(&mut self, topic: Topic, data: &[u8]) -> Outcome<Option<RecordedTick>> {
        let record = &mut self.pending.record;
        let tick = match topic {
            Topic::Hash => return self.whole(data).map(Some),
            Topic::Decided => {
                let message: messages::Decided = decode(data)?;
                let goal = index(message.goal, usize::MAX, "goal")?;
                let tick = Tick(message.tick);
                self.decided.push(Decided { goal, holds: message.holds, tick });
                return Ok(None);
            }
            Topic::State => {
                let message: messages::State = decode(data)?;
                let tick = message.tick;
                self.state(message)?;
                tick
            }
            Topic::Reading => {
                let message: messages::Reading = decode(data)?;
                let tick = message.tick;
                record.readings.push(reading(message, self.start)?);
                tick
            }
            Topic::Request => {
                let message: messages::Request = decode(data)?;
                let tick = message.tick;
                record.requests.push(request(message, self.start)?);
                tick
            }
            Topic::Reply => {
                let message: messages::Reply = decode(data)?;
                let tick = message.tick;
                record.decisions.push(Decision {
                    robot: robot(message.robot, self.start)?,
                    request: message.request,
                    asked_at: Tick(message.asked_at),
                    commands: commands(message.commands),
                });
                tick
            }
            Topic::Commands => {
                let message: messages::Commands = decode(data)?;
                self.requested = commands(message.robots);
                if self.requested.len() > self.start.layout.robots.len() {
                    return Err("commands for robots that do not exist".to_owned());
                }
                message.tick
            }
            Topic::Intervention => {
                let message: messages::Intervention = decode(data)?;
                let bodies = self.start.layout.bodies.len() + self.dropped;
                let intervention = intervention(&message, bodies)?;
                self.dropped += usize::from(matches!(intervention, Intervention::Drop { .. }));
                record.interventions.push(intervention);
                message.tick
            }
            Topic::Event => {
                let message: messages::Event = decode(data)?;
                let event = index(message.event, usize::MAX, "event")?;
                record.events.push(EventRecord { event, what: message.what });
                message.tick
            }
        };
        self.belongs(tick).map(|()| None)
    }

    /// Checks that all messages between two hashes are of one tick.
    fn belongs(&mut self, tick: u64) -> Outcome<()> {
        match self.tick.replace(tick) {
            Some(other) if other != tick => Err(format!("ticks {other} and {tick} are mixed")),
            _ => Ok(()),
        }
    }

    fn whole(&mut self, data: &[u8]) -> Outcome<RecordedTick> {
        let mut hash: messages::Hash = decode(data)?;
        self.belongs(hash.tick)?;
        self.tick = None;
        let mut whole = std::mem::take(&mut self.pending);
        whole.record.tick = Tick(hash.tick);
        whole.record.hash = hash.hash;
        whole.record.digests = Digests::of(|stage| *hash.digest(stage));
        whole.record.requested.clone_from(&self.requested);
        Ok(whole)
    }

    fn state(&mut self, message: messages::State) -> Outcome<()> {
        let layout = &self.start.layout;
        let (bodies, dofs) = (layout.bodies.len(), layout.dofs.len());
        // A broken run may have less data, but never other counts.
        let fits = |len: usize, expected: usize| len == 0 || len == expected;
        let all = fits(message.poses.len(), 7 * bodies)
            && fits(message.dropped_poses.len(), 7 * self.dropped)
            && [
                (&message.poses, &message.twists),
                (&message.dropped_poses, &message.dropped_twists),
            ]
            .iter()
            .all(|(poses, twists)| twists.len() * 7 == poses.len() * 6)
            && [&message.positions, &message.velocities, &message.torques]
                .iter()
                .all(|values| fits(values.len(), dofs))
            && fits(message.signals.len(), self.start.signals.len());
        if !all {
            return Err("a state of another scene".to_owned());
        }
        self.pending.contacts = contacts(&message, bodies + self.dropped)?;
        let record = &mut self.pending.record;
        record.state = WorldState {
            bodies: body_states(&message.poses, &message.twists),
            dropped: body_states(&message.dropped_poses, &message.dropped_twists),
            positions: message.positions,
            velocities: message.velocities,
            torques: message.torques,
        };
        record.applied = message.applied;
        record.signals = message.signals;
        self.pending.sampled = true;
        Ok(())
    }
}

fn body_states(poses: &[f32], twists: &[f32]) -> Vec<BodyState> {
    let poses = poses.as_chunks::<7>().0.iter();
    let twists = twists.as_chunks::<6>().0.iter();
    poses
        .zip(twists)
        .map(|(values, [vx, vy, vz, wx, wy, wz])| BodyState {
            pose: pose(values),
            twist: Twist {
                linear: Vector::new(*vx, *vy, *vz),
                angular: Vector::new(*wx, *wy, *wz),
            },
        })
        .collect()
}

fn pose([x, y, z, i, j, k, w]: &[f32; 7]) -> Pose {
    Pose::from_parts(Vector::new(*x, *y, *z), Rotation::from_xyzw(*i, *j, *k, *w))
}

fn contacts(message: &messages::State, bodies: usize) -> Outcome<Vec<Contact>> {
    let count = message.contact_bodies.len();
    if message.contact_others.len() != count || message.contact_forces.len() != 3 * count {
        return Err("contact fields of different lengths".to_owned());
    }
    let forces = message.contact_forces.as_chunks::<3>().0;
    let pairs = message.contact_bodies.iter().zip(&message.contact_others);
    pairs
        .zip(forces)
        .map(|((&body, &other), force)| {
            let other = other.checked_sub(1).map(|other| index(other, bodies, "body"));
            Ok(Contact {
                body: BodyId(index(body, bodies, "body")?),
                other: other.transpose()?.map(BodyId),
                force: Vector::from_array(*force),
            })
        })
        .collect()
}

fn reading(message: messages::Reading, start: &Start) -> Outcome<Reading> {
    let robot = robot(message.robot, start)?;
    let sensors = start.layout.robots[robot.0].sensors.len();
    Ok(Reading {
        robot,
        sensor: index(message.sensor, sensors, "sensor")?,
        measured_at: Tick(message.measured_at),
        delivered_at: Tick(message.delivered_at),
        lost: message.lost,
        measured: message.measured,
        truth: message.truth,
    })
}

fn request(message: messages::Request, start: &Start) -> Outcome<Request> {
    if message.measured_at.len() != message.arrived.len() {
        return Err("channel fields of different lengths".to_owned());
    }
    let measured = message.measured_at.into_iter().zip(message.arrived);
    Ok(Request {
        robot: robot(message.robot, start)?,
        request: message.request,
        asked_at: Tick(message.asked_at),
        values: message.values,
        measured_at: measured.map(|(at, arrived)| arrived.then_some(Tick(at))).collect(),
    })
}

/// In a world with this number of bodies.
fn intervention(message: &messages::Intervention, bodies: usize) -> Outcome<Intervention> {
    let vector = |values: &[f32]| match *values {
        [x, y, z] => Ok(Vector::new(x, y, z)),
        _ => Err("a vector without three components".to_owned()),
    };
    match (&message.push, &message.drop) {
        (Some(push), None) => Ok(Intervention::Push {
            body: BodyId(index(push.body, bodies, "body")?),
            at: vector(&push.at)?,
            impulse: vector(&push.impulse)?,
        }),
        (None, Some(dropped)) => {
            let values: Result<&[f32; 7], _> = dropped.pose.as_slice().try_into();
            Ok(Intervention::Drop {
                size: vector(&dropped.size)?,
                mass_kg: dropped.mass_kg,
                pose: values.map(pose).map_err(|_| "a pose without seven components")?,
            })
        }
        _ => Err("an intervention of an unknown kind".to_owned()),
    }
}

fn commands(commands: Vec<messages::Command>) -> Vec<Vec<f32>> {
    commands.into_iter().map(|command| command.values).collect()
}

fn robot(number: u64, start: &Start) -> Outcome<RobotId> {
    index(number, start.layout.robots.len(), "robot").map(RobotId)
}

fn index(number: u64, count: usize, what: &str) -> Outcome<usize> {
    let index = usize::try_from(number).ok().filter(|index| *index < count);
    index.ok_or_else(|| format!("{what} {number} does not exist"))
}

fn decode<M: Message + Default>(data: &[u8]) -> Outcome<M> {
    M::decode(data).map_err(|error| error.to_string())
}
