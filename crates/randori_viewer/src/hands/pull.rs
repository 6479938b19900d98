//! A pull: a damped spring between a point of a body and a point in the world.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bevy::prelude::Resource;
use randori_core::layout::BodyId;
use randori_core::math::Vector;
use randori_core::record::{Intervention, WorldState};
use randori_core::spec::{Base, Scenario};
use randori_sim::episode::Episode;

use crate::run::Run;

/// Natural frequency of a pull of strength 1 on a free mass, rad/s; gravity
/// stretches it by 10 cm.
const FREQUENCY: f32 = 10.0;

/// Maximum acceleration of a pull of strength 1, m/s^2: a distant mouse position
/// does not tear robots apart.
const MAX_ACCELERATION: f32 = 30.0;

/// Share of a body's own mass that damping may stop within one tick. It is small,
/// since the effective mass at a point off the centre is less than that of the
/// whole body.
const MAX_DAMPING: f32 = 0.2;

/// A damped spring from a point of a body to a point in the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pull {
    /// The pulled body.
    pub body: BodyId,
    /// The grip point, m in the frame of the body.
    pub at: Vector,
    /// The target of that point, m in the world.
    pub target: Vector,
    /// Stiffness relative to that of a firm pull.
    pub strength: f32,
    /// Mass that moves with the body: the whole robot, without a fixed base, kg.
    pub mass_kg: f32,
    /// Mass of the body alone, kg.
    pub own_kg: f32,
}

impl Pull {
    /// Attaches a pull to a point of a body (m in the world), at first without
    /// force; `None` for static bodies.
    pub fn new(run: &mut Run, body: BodyId, point: Vector, strength: f32) -> Option<Self> {
        let (own_kg, whole_kg) = masses(run, body)?;
        let pose = run.record()?.state.body(body)?.pose;
        let at = pose.rotation.inverse() * (point - pose.translation);
        let mass_kg = whole_kg.max(own_kg);
        Some(Self { body, at, target: point, strength, mass_kg, own_kg })
    }

    /// Position of the grip point in the world, m; `None` if the body does not exist now.
    pub fn point(&self, state: &WorldState) -> Option<Vector> {
        state.body(self.body).map(|body| body.pose * self.at)
    }

    /// The force on that point, N in the world frame, for this tick length (s).
    pub fn force(&self, state: &WorldState, tick_s: f32) -> Option<Vector> {
        let body = state.body(self.body)?;
        let velocity = body.twist.at_offset(body.pose.rotation * self.at);
        let stiffness = self.strength * self.mass_kg * FREQUENCY * FREQUENCY;
        let critical = 2.0 * self.mass_kg * FREQUENCY * self.strength.sqrt();
        let damping = critical.min(MAX_DAMPING * self.own_kg / tick_s);
        let stretch = self.target - body.pose * self.at;
        let most = MAX_ACCELERATION * self.mass_kg * self.strength;
        Some((stretch * stiffness - velocity * damping).clamp_length_max(most))
    }

    /// The intervention for the next tick.
    pub(crate) fn intervention(&self, episode: &Episode) -> Option<Intervention> {
        let tick_s = episode.period().seconds() as f32;
        let force = self.force(&episode.record().state, tick_s)?;
        Some(Intervention::Push { body: self.body, at: self.at, impulse: force * tick_s })
    }
}

/// Mass of a body alone and of all that moves with it, kg; `None` for static
/// bodies.
fn masses(run: &mut Run, body: BodyId) -> Option<(f32, f32)> {
    let robot = run.layout()?.bodies.get(body.0).and_then(|entry| entry.robot);
    let bolted = robot.and_then(|robot| {
        let base = run.layout()?.robots.get(robot.0)?.base;
        is_bolted(run.scenario()?, robot.0).then_some(base)
    });
    if bolted == Some(body) {
        return None;
    }
    let world = run.episode()?.simulation().world();
    let own_kg = world.body_mass(body);
    let whole_kg = robot.map_or(own_kg, |robot| world.robot_mass(robot));
    let whole_kg = whole_kg - bolted.map_or(0.0, |base| world.body_mass(base));
    (own_kg > 0.0).then_some((own_kg, whole_kg))
}

fn is_bolted(scenario: &Scenario, robot: usize) -> bool {
    scenario.robots.get(robot).is_some_and(|model| matches!(model.base, Base::Fixed { .. }))
}

/// The current pull, if any. Clones share it: the run reads it before each tick,
/// the mouse moves it once per frame.
#[derive(Resource, Debug, Clone, Default)]
pub struct Grip(Arc<Mutex<Option<Pull>>>);

impl Grip {
    /// The current pull.
    pub fn pull(&self) -> Option<Pull> {
        *self.lock()
    }

    /// Sets or ends the current pull.
    pub fn set(&self, pull: Option<Pull>) {
        *self.lock() = pull;
    }

    /// No code panics while it holds this lock.
    fn lock(&self) -> MutexGuard<'_, Option<Pull>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use randori_core::math::{Pose, Rotation, Twist};
    use randori_core::record::BodyState;

    fn pull() -> Pull {
        let (at, target) = (Vector::ZERO, Vector::new(1.0, 0.0, 0.0));
        Pull { body: BodyId(0), at, target, strength: 1.0, mass_kg: 2.0, own_kg: 2.0 }
    }

    fn state(x: f32, speed: f32) -> WorldState {
        let pose = Pose::from_parts(Vector::new(x, 0.0, 0.0), Rotation::IDENTITY);
        let twist = Twist { linear: Vector::new(speed, 0.0, 0.0), angular: Vector::ZERO };
        WorldState { bodies: vec![BodyState { pose, twist }], ..WorldState::default() }
    }

    #[test]
    fn a_pull_draws_to_its_target_and_resists_speed() {
        let force = |x, speed| pull().force(&state(x, speed), 0.002).expect("a body").x;

        assert!((force(0.9, 0.0) - 20.0).abs() < 1e-3);
        assert!((force(1.0, 0.5) + 20.0).abs() < 1e-3);
        assert!((force(-50.0, 0.0) - 60.0).abs() < 1e-3, "far is not endlessly strong");
    }

    #[test]
    fn a_pull_on_a_light_part_of_a_heavy_robot_never_stops_it_within_a_tick() {
        let foot = Pull { mass_kg: 10.0, own_kg: 0.05, target: Vector::ZERO, ..pull() };

        let force = foot.force(&state(0.0, 1.0), 0.004).expect("a body").x;

        assert!(-force * 0.004 / 0.05 <= 0.2 + 1e-4, "{force}");
    }

    #[test]
    fn a_body_that_is_gone_is_not_pulled() {
        let gone = Pull { body: BodyId(7), ..pull() };

        assert_eq!(gone.force(&state(0.0, 0.0), 0.002), None);
        assert_eq!(gone.point(&state(0.0, 0.0)), None);
    }
}
