//! When movable objects may rest.
//!
//! A resting object is not computed until something touches or strikes it: a
//! thousand resting boxes then cost a thirtieth. The engine lets an object rest
//! that is slow for a while; but a slow object may well be on its way. So an
//! object rests only if something holds it (it touches another one, under
//! gravity) and it has stayed at one place, not just near it, for the time that
//! the engine asks for. Robots never rest.

use randori_core::layout::BodyId;
use randori_core::math::{Pose, Vector};
use rapier3d::prelude::{ContactPair, RigidBody, RigidBodyHandle};
use serde::{Deserialize, Serialize};

use super::SimWorld;
use super::trees::Trees;

/// An object whose points are all slower than this (m/s) for [`REST_S`] may
/// rest. The engine's own threshold, 50 mm/s, would stop things that slide.
const REST_MPS: f32 = 1e-3;
/// Seconds; see [`REST_MPS`].
const REST_S: f32 = 1.0;
/// An object that comes farther than this (m, at its centre) within [`REST_S`]
/// is on its way; a resting pile trembles less.
const STIR_M: f32 = 4e-6;
/// The same for its rotation, rad.
const STIR_RAD: f32 = 2e-5;

/// Lets a movable body rest; see [`REST_MPS`].
pub(super) fn let_rest(body: &mut RigidBody) {
    let rest = body.activation_mut();
    rest.normalized_linear_threshold = REST_MPS;
    rest.time_until_sleep = REST_S;
}

/// Where objects were when they became slow.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RestState {
    /// By body index, dropped boxes included; those that are not slow have any.
    pub(super) places: Vec<Pose>,
}

impl Clone for RestState {
    fn clone(&self) -> Self {
        Self { places: self.places.clone() }
    }

    /// Reuses the memory of the list.
    fn clone_from(&mut self, source: &Self) {
        self.places.clone_from(&source.places);
    }
}

impl SimWorld {
    /// Keeps objects awake that are slow but on their way.
    pub(super) fn watch_rest(&mut self) {
        let count = self.scene.bodies.len();
        self.rest.places.resize(count + self.dropped.len(), Pose::IDENTITY);
        for index in 0..self.scene.loose.len() {
            let body = self.scene.loose[index];
            self.watch(body, self.scene.bodies[body].handle);
        }
        for index in 0..self.dropped.len() {
            self.watch(count + index, self.dropped[index].handle);
        }
        if let Some(mut trees) = self.trees.take() {
            self.watch_owned(&mut trees);
            self.trees = Some(trees);
        }
    }

    /// Ticks after which an object that has not moved may rest.
    pub(super) fn rest_ticks(&self) -> u32 {
        (REST_S / self.scene.tick_s).ceil() as u32
    }

    /// Counts how long objects in the trees have stayed at their places.
    pub(super) fn watch_owned(&mut self, trees: &mut Trees) {
        for owned in trees.owned_mut() {
            let state = *self.body_state(BodyId(owned.body));
            let radius = self.radius(BodyId(owned.body));
            let speed = state.twist.linear.length() + state.twist.angular.length() * radius;
            let place = &mut self.rest.places[owned.body];
            if speed < REST_MPS
                && is_near(&state.pose, place)
                && self.physics.gravity != Vector::ZERO
            {
                owned.still_ticks += 1;
            } else {
                owned.still_ticks = 0;
                *place = state.pose;
            }
        }
    }

    fn watch(&mut self, body: usize, handle: RigidBodyHandle) {
        let rigid = &self.physics.bodies[handle];
        let still_s = rigid.activation().time_since_can_sleep;
        if rigid.is_sleeping() || !rigid.is_dynamic() {
            return;
        }
        let (now, then) = (*rigid.position(), self.rest.places[body]);
        if still_s > 0.0 && is_near(&now, &then) && self.is_held(BodyId(body)) {
            return;
        }
        self.rest.places[body] = now;
        if still_s > 0.0 {
            self.physics.bodies[handle].activation_mut().time_since_can_sleep = 0.0;
        }
    }

    /// Whether something holds a body against what would move it.
    fn is_held(&self, body: BodyId) -> bool {
        let narrow_phase = &self.physics.narrow_phase;
        self.physics.gravity != Vector::ZERO
            && self.body_colliders(body).iter().any(|&collider| {
                let mut pairs = narrow_phase.contact_pairs_with(collider);
                pairs.any(ContactPair::has_any_active_contact)
            })
    }
}

/// Whether two poses are the same up to what a resting pile trembles.
fn is_near(now: &Pose, then: &Pose) -> bool {
    let turn = now.rotation * then.rotation.inverse();
    let half_sine = Vector::new(turn.x, turn.y, turn.z).length();
    (now.translation - then.translation).length() <= STIR_M && 2.0 * half_sine <= STIR_RAD
}
