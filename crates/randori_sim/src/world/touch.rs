//! What contacts need to know of the last tick: velocities, and the moments that
//! resisted turning.
//!
//! The engine solves contacts that are rigid but for one softness of all. What
//! else a contact does is put into its targets and into outside moments before
//! each step, from what can be seen of the last one: a row of a contact that
//! yields by `R` per force gets the velocity that it would have after the step
//! (see [`Row`]).
//!
//! Worlds whose surfaces have neither softness nor torsional or rolling friction
//! keep nothing of this.

use nalgebra::Matrix3;
use randori_core::math::{Twist, Vector};
use randori_core::record::BodyState;
use rapier3d::prelude::ColliderHandle;
use serde::{Deserialize, Serialize};

use super::SimWorld;
use super::build::owner;
use super::dropped::DroppedBox;
use super::mobility::Mobility;
use super::rules::Hooks;

/// Everything about contacts that changes, besides the engine's own state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct TouchState {
    /// Velocities of all bodies before the last step, by body index; none if
    /// nothing needs them.
    pub(super) earlier: Vec<Twist>,
    /// The moments in force, in the order of the engine's pairs.
    pub(super) moments: Vec<Moment>,
}

impl TouchState {
    /// The velocities of these bodies, where they are kept at all.
    pub(super) fn twists_of<'a>(&self, bodies: impl Iterator<Item = &'a BodyState>) -> Vec<Twist> {
        bodies.take(self.earlier.len()).map(|body| body.twist).collect()
    }

    /// Adds the change of velocity of a blow to the earlier velocities, so that
    /// it is not taken for an acceleration that goes on.
    pub(super) fn shift<'a>(
        &mut self,
        before: &[Twist],
        bodies: impl Iterator<Item = &'a BodyState>,
    ) {
        for ((earlier, before), body) in self.earlier.iter_mut().zip(before).zip(bodies) {
            earlier.linear += body.twist.linear - before.linear;
            earlier.angular += body.twist.angular - before.angular;
        }
    }
}

/// What resisted turning in the last step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Moment {
    pub(super) colliders: (ColliderHandle, ColliderHandle),
    /// On the first one's body, N m in the world; the opposite on the other's.
    pub(super) on_first: Vector,
}

/// One direction of a contact, in which a force `f` is wanted with
/// `R f = -b v - a`, where `a` is the acceleration that is left over: the
/// constraint law of `MuJoCo` (documentation, "Computation").
///
/// All in units of the direction: m/s, m/s^2 and N, or rad/s, rad/s^2 and N m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    /// Acceleration per force: how easily both bodies yield.
    pub(super) mobility: f32,
    /// `R`, acceleration per force: how the surface yields.
    pub(super) regularization: f32,
    /// `b`, 1/s.
    pub(super) damping: f32,
    /// What is wanted besides damping, such as `-k r`.
    pub(super) push: f32,
}

impl Row {
    /// The force for a relative velocity now and one tick (s) ago, with the
    /// force of the last tick; and the acceleration without any.
    ///
    /// What else accelerates the bodies is taken to go on as in the last tick.
    pub(super) fn force(&self, now: f32, before: f32, last: f32, tick_s: f32) -> (f32, f32) {
        let free = (now - before) / tick_s - self.mobility * last;
        let wanted = self.push - self.damping * now - free;
        let yielding = self.mobility + self.regularization;
        (if yielding > 0.0 { wanted / yielding } else { 0.0 }, free)
    }
}

/// What a step may look at.
pub(super) struct Touching<'a> {
    pub(super) states: &'a [BodyState],
    pub(super) dropped: &'a [DroppedBox],
    pub(super) dropped_states: &'a [BodyState],
    pub(super) earlier: &'a [Twist],
    /// By body index, of those near something with such a surface.
    pub(super) mobilities: Vec<Option<Mobility>>,
    pub(super) tick_s: f32,
    pub(super) substep_s: f32,
    /// Rate at which the engine pushes penetrations out, 1/s.
    pub(super) recovery: f32,
    /// Share of a row's mobility by which the engine's contacts yield.
    pub(super) yielding: f32,
}

/// Velocities of a body's point, now and a tick ago.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Velocities {
    pub(super) now: Vector,
    pub(super) before: Vector,
}

impl Velocities {
    pub(super) fn minus(self, other: Self) -> Self {
        Self { now: self.now - other.now, before: self.before - other.before }
    }

    pub(super) fn along(self, axis: Vector) -> (f32, f32) {
        (self.now.dot(axis), self.before.dot(axis))
    }
}

impl Touching<'_> {
    /// Velocities at a point (m, world); of the ground if there is no body.
    pub(super) fn at(&self, body: Option<usize>, point: Vector) -> Velocities {
        let Some(body) = body else { return Velocities::default() };
        let state = self.state(body);
        let lever = point - state.pose.translation;
        Velocities {
            now: state.twist.at_offset(lever),
            before: self.earlier[body].at_offset(lever),
        }
    }

    /// Angular velocities.
    pub(super) fn spin(&self, body: Option<usize>) -> Velocities {
        let Some(body) = body else { return Velocities::default() };
        Velocities { now: self.state(body).twist.angular, before: self.earlier[body].angular }
    }

    fn state(&self, body: usize) -> &BodyState {
        match body.checked_sub(self.states.len()) {
            Some(index) => &self.dropped_states[index],
            None => &self.states[body],
        }
    }

    pub(super) fn mobility(&self, body: Option<usize>) -> Option<&Mobility> {
        self.mobilities.get(body?)?.as_ref()
    }

    /// How two bodies yield together at a point; `None` if neither does.
    pub(super) fn mobility_at(
        &self,
        one: Option<usize>,
        other: Option<usize>,
        point: Vector,
    ) -> Option<Matrix3<f32>> {
        let at = |body| self.mobility(body).map(|mobility| mobility.at(point));
        sum(at(one), at(other))
    }
}

/// The sum of what there is.
pub(super) fn sum(one: Option<Matrix3<f32>>, other: Option<Matrix3<f32>>) -> Option<Matrix3<f32>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}

impl SimWorld {
    /// The mobility of every body near one of the colliders that need it.
    pub(super) fn mobilities(&mut self) -> Vec<Option<Mobility>> {
        let mut near = vec![false; self.scene.bodies.len() + self.dropped.len()];
        for &collider in self.scene.rules.special() {
            for pair in self.physics.narrow_phase.contact_pairs_with(collider) {
                for collider in [pair.collider1, pair.collider2] {
                    if let Some(body) = owner(self.physics.colliders[collider].user_data) {
                        near[body.0] = true;
                    }
                }
            }
        }
        let (scene, dropped, physics) = (&self.scene, &self.dropped, &mut self.physics);
        let of = |(body, near): (usize, bool)| {
            if near { Mobility::of(scene, dropped, physics, body) } else { None }
        };
        near.into_iter().enumerate().map(of).collect()
    }

    /// A step of a world whose surfaces resist turning or yield.
    pub(super) fn step_touching(&mut self) {
        let mobilities = self.mobilities();
        let parameters = &self.physics.integration_parameters;
        let touching = Touching {
            states: &self.state.bodies,
            dropped: &self.dropped,
            dropped_states: &self.state.dropped,
            earlier: &self.touch.earlier,
            mobilities,
            tick_s: self.scene.tick_s,
            substep_s: self.scene.substep_s,
            recovery: parameters.contact_softness.erp_inv_dt(self.scene.substep_s),
            yielding: parameters.contact_softness.cfm_coeff(self.scene.substep_s),
        };
        let moments = self.moments(&touching);
        for moment in &moments {
            let (one, other) = moment.colliders;
            for (collider, moment) in [(one, moment.on_first), (other, -moment.on_first)] {
                if let Some(handle) = self.physics.colliders[collider].parent() {
                    self.physics.bodies[handle].add_torque(moment, false);
                }
            }
        }
        let hooks = Hooks { scene: &self.scene, touching: Some(&touching) };
        self.physics.step_with_events(&hooks, &());
        self.touch.moments = moments;
        self.remember_twists();
    }

    /// Notes the velocities that the next step starts from.
    pub(super) fn remember_twists(&mut self) {
        if self.scene.rules.special().is_empty() {
            return;
        }
        self.touch.earlier.clear();
        let states = self.state.bodies.iter().chain(&self.state.dropped);
        self.touch.earlier.extend(states.map(|body| body.twist));
    }
}
