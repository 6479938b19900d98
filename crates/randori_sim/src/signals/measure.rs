//! Measures signals in the world.

use randori_core::layout::{BodyId, DofId, RobotId};
use randori_core::math::{Vector, tilt_rad, yaw_rad};
use randori_core::record::{TickRecord, WorldState};

use super::names::{Place, ReadingPart};
use super::zone::Zone;
use crate::world::SimWorld;

/// Largest clearance that is measured, m: clearances matter nearby only, and a bound
/// lets the world skip distant shapes.
pub const FARTHEST_CLEARANCE_M: f32 = 10.0;

/// A world axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    X,
    Y,
    Z,
}

impl Axis {
    fn of(self, vector: Vector) -> f64 {
        f64::from(match self {
            Self::X => vector.x,
            Self::Y => vector.y,
            Self::Z => vector.z,
        })
    }
}

/// Selection among several measured values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    Only,
    Least,
    Greatest,
}

/// One signal, reduced to indices. `memory` is the index of the first of its numbers in
/// the memory of all signals.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Measure {
    Time,
    Distance { a: Place, b: Place },
    HorizontalDistance { a: Place, b: Place },
    Clearance { a: Vec<BodyId>, b: Vec<BodyId> },
    Touching { a: Vec<BodyId>, b: Vec<BodyId> },
    InZone { place: Place, zone: Zone },
    Coordinate { place: Place, axis: Axis },
    Velocity { body: BodyId, axis: Axis },
    Tilt(BodyId),
    Yaw(BodyId),
    Speed(BodyId),
    OwnVelocity { body: BodyId, axis: Axis },
    YawRate(BodyId),
    AngularSpeed(BodyId),
    Acceleration { body: BodyId, memory: usize },
    PathLength { body: BodyId, memory: usize },
    ContactForce(Vec<BodyId>),
    Position(DofId),
    Rate(DofId),
    JointMargin { dof: DofId, lower: f64, upper: f64 },
    Torque(DofId),
    Power(Vec<DofId>),
    Energy { dofs: Vec<DofId>, memory: usize },
    MechanicalEnergy(RobotId),
    ComHeight(RobotId),
    Reading { part: ReadingPart, pick: Pick, memory: usize },
}

/// Data that measures read.
pub(super) struct View<'a> {
    pub(super) world: &'a SimWorld,
    pub(super) record: &'a TickRecord,
    pub(super) time_s: f64,
    /// Length of a tick, s.
    pub(super) period_s: f64,
}

impl View<'_> {
    fn state(&self) -> &WorldState {
        &self.record.state
    }

    fn position(&self, place: Place) -> Vector {
        match place {
            Place::Body(body) => self.state().bodies[body.0].pose.translation,
            Place::Fixed(point) => point,
        }
    }

    fn velocity(&self, body: BodyId) -> Vector {
        self.state().bodies[body.0].twist.linear
    }

    fn is_first(&self) -> bool {
        self.record.tick.0 == 0
    }

    /// Mechanical power delivered by these drives at the given rates, W.
    fn power(&self, dofs: &[DofId], rate: impl Fn(usize, DofId) -> f64) -> f64 {
        let torques = &self.state().torques;
        let of = |(index, &dof): (usize, &DofId)| {
            (f64::from(torques[dof.0]) * rate(index, dof)).max(0.0)
        };
        dofs.iter().enumerate().map(of).sum()
    }
}

impl Measure {
    /// Number of values that it keeps from tick to tick.
    pub(super) fn memory_len(&self) -> usize {
        match self {
            Self::Acceleration { .. } => 3,
            Self::PathLength { .. } => 4,
            Self::Energy { dofs, .. } => 1 + dofs.len(),
            Self::Reading { .. } => 1,
            _ => 0,
        }
    }

    /// Sets the index of its first value in the memory.
    pub(super) fn place_memory(&mut self, first: usize) {
        match self {
            Self::Acceleration { memory, .. }
            | Self::PathLength { memory, .. }
            | Self::Energy { memory, .. }
            | Self::Reading { memory, .. } => *memory = first,
            _ => {}
        }
    }

    /// The value after the step that `view` shows, SI.
    pub(super) fn value(&self, view: &View<'_>, kept: &mut [f64]) -> f64 {
        let body = |body: &BodyId| &view.state().bodies[body.0];
        match self {
            Self::Time => view.time_s,
            Self::Distance { a, b } => length(view.position(*a) - view.position(*b)),
            Self::HorizontalDistance { a, b } => {
                let apart = view.position(*a) - view.position(*b);
                libm::hypot(f64::from(apart.x), f64::from(apart.y))
            }
            Self::Clearance { a, b } => f64::from(view.world.clearance(a, b, FARTHEST_CLEARANCE_M)),
            Self::Touching { a, b } => {
                let touches = |a: &BodyId| b.iter().any(|b| view.world.touches(*a, *b));
                f64::from(u8::from(a.iter().any(touches)))
            }
            Self::InZone { place, zone } => zone.depth(view.position(*place)),
            Self::Coordinate { place, axis } => axis.of(view.position(*place)),
            Self::Velocity { body, axis } => axis.of(view.velocity(*body)),
            Self::Tilt(id) => f64::from(tilt_rad(&body(id).pose)),
            Self::Yaw(id) => f64::from(yaw_rad(&body(id).pose)),
            Self::Speed(id) => length(body(id).twist.linear),
            Self::OwnVelocity { body: id, axis } => {
                axis.of(body(id).pose.rotation.inverse() * body(id).twist.linear)
            }
            Self::YawRate(id) => {
                Axis::Z.of(body(id).pose.rotation.inverse() * body(id).twist.angular)
            }
            Self::AngularSpeed(id) => length(body(id).twist.angular),
            Self::Acceleration { body, memory } => acceleration(view, *body, &mut kept[*memory..]),
            Self::PathLength { body, memory } => path_length(view, *body, &mut kept[*memory..]),
            Self::ContactForce(bodies) => bodies
                .iter()
                .map(|body| length(view.world.contact_wrench(*body).force))
                .fold(0.0, f64::max),
            Self::Position(dof) => f64::from(view.state().positions[dof.0]),
            Self::Rate(dof) => f64::from(view.state().velocities[dof.0]),
            Self::JointMargin { dof, lower, upper } => {
                let position = f64::from(view.state().positions[dof.0]);
                (position - lower).min(upper - position)
            }
            Self::Torque(dof) => f64::from(view.state().torques[dof.0]),
            Self::Power(dofs) => {
                view.power(dofs, |_, dof| f64::from(view.state().velocities[dof.0]))
            }
            Self::Energy { dofs, memory } => energy(view, dofs, &mut kept[*memory..]),
            Self::MechanicalEnergy(robot) => f64::from(view.world.energy(*robot)),
            Self::ComHeight(robot) => f64::from(view.world.center_of_mass(*robot).z),
            Self::Reading { part, pick, memory } => reading(view, part, *pick, &mut kept[*memory]),
        }
    }
}

fn length(vector: Vector) -> f64 {
    let [x, y, z] = wide(vector);
    libm::sqrt(x * x + y * y + z * z)
}

fn wide(vector: Vector) -> [f64; 3] {
    [f64::from(vector.x), f64::from(vector.y), f64::from(vector.z)]
}

/// Distance from the point in `kept`, which is then set to `now`.
fn moved(now: Vector, kept: &mut [f64]) -> f64 {
    let now = wide(now);
    let squares = now.iter().zip(kept.iter()).map(|(now, before)| (now - before) * (now - before));
    let distance = libm::sqrt(squares.sum());
    kept[..3].copy_from_slice(&now);
    distance
}

fn acceleration(view: &View<'_>, body: BodyId, kept: &mut [f64]) -> f64 {
    let change = moved(view.velocity(body), kept);
    if view.is_first() { 0.0 } else { change / view.period_s }
}

/// Keeps the last position, then the current length.
fn path_length(view: &View<'_>, body: BodyId, kept: &mut [f64]) -> f64 {
    let step = moved(view.position(Place::Body(body)), kept);
    kept[3] = if view.is_first() { 0.0 } else { kept[3] + step };
    kept[3]
}

/// Keeps the current work, then the last joint rates.
///
/// A constant torque over a step does the work torque * dt * (mean of the rates before
/// and after), which equals the gain of kinetic energy.
fn energy(view: &View<'_>, dofs: &[DofId], kept: &mut [f64]) -> f64 {
    let rate_now = |dof: DofId| f64::from(view.state().velocities[dof.0]);
    let power = view.power(dofs, |index, dof| f64::midpoint(kept[1 + index], rate_now(dof)));
    kept[0] = if view.is_first() { 0.0 } else { kept[0] + power * view.period_s };
    for (kept, dof) in kept[1..].iter_mut().zip(dofs) {
        *kept = rate_now(*dof);
    }
    kept[0]
}

/// Keeps the last value.
fn reading(view: &View<'_>, part: &ReadingPart, pick: Pick, kept: &mut f64) -> f64 {
    let is_mine = |reading: &&randori_core::record::Reading| {
        reading.robot == part.robot && reading.sensor == part.sensor && !reading.lost
    };
    if let Some(reading) = view.record.readings.iter().rev().find(is_mine) {
        let values = reading.measured[part.values.clone()]
            .iter()
            .map(|value| if value.is_finite() { f64::from(*value) } else { part.beyond_range });
        *kept = match pick {
            Pick::Only | Pick::Greatest => values.fold(f64::NEG_INFINITY, f64::max),
            Pick::Least => values.fold(f64::INFINITY, f64::min),
        };
    }
    *kept
}
