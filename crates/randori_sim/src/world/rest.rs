//! Sleeping of movable objects.
//!
//! A sleeping object is not computed until it is touched or hit: a thousand sleeping
//! boxes then cost a thirtieth. The engine puts objects to sleep that are slow for a
//! while; but a slow object may be moving steadily. So an object sleeps only if it is
//! supported (it touches another one, under gravity) and its pose has been constant,
//! within a tolerance, for the time that the engine requires. Robots never sleep.

use randori_core::layout::BodyId;
use randori_core::math::{Pose, Vector};
use rapier3d::prelude::{ContactPair, RigidBody, RigidBodyHandle};
use serde::{Deserialize, Serialize};

use super::SimWorld;
use super::trees::Trees;

/// Velocity (m/s) of all points below which an object may sleep after [`REST_S`]. The
/// engine's own threshold, 50 mm/s, would stop sliding objects.
const REST_MPS: f32 = 1e-3;
/// Time at rest before an object may sleep, s; see [`REST_MPS`].
const REST_S: f32 = 1.0;
/// Displacement of the centre (m) within [`REST_S`] from which an object counts as
/// moving; larger than the jitter of a resting pile.
const STIR_M: f32 = 4e-6;
/// The corresponding rotation, rad.
const STIR_RAD: f32 = 2e-5;

/// Allows a movable body to sleep; see [`REST_MPS`].
pub(super) fn let_rest(body: &mut RigidBody) {
    let rest = body.activation_mut();
    rest.normalized_linear_threshold = REST_MPS;
    rest.time_until_sleep = REST_S;
}

/// Poses of objects when they became slow.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RestState {
    /// By body index, dropped boxes included; arbitrary for objects that are not slow.
    pub(super) places: Vec<Pose>,
}

impl Clone for RestState {
    fn clone(&self) -> Self {
        Self { places: self.places.clone() }
    }

    /// Reuses the allocated memory of the list.
    fn clone_from(&mut self, source: &Self) {
        self.places.clone_from(&source.places);
    }
}

impl SimWorld {
    /// Keeps slow but moving objects awake.
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

    /// Ticks after which an object at a constant pose may sleep.
    pub(super) fn rest_ticks(&self) -> u32 {
        (REST_S / self.scene.tick_s).ceil() as u32
    }

    /// Counts the ticks for which objects in the trees have kept their poses.
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

    /// True if an object is supported against gravity.
    fn is_held(&self, body: BodyId) -> bool {
        let narrow_phase = &self.physics.narrow_phase;
        self.physics.gravity != Vector::ZERO
            && self.body_colliders(body).iter().any(|&collider| {
                let mut pairs = narrow_phase.contact_pairs_with(collider);
                pairs.any(ContactPair::has_any_active_contact)
            })
    }
}

/// True if two poses are equal within the jitter of a resting pile.
fn is_near(now: &Pose, then: &Pose) -> bool {
    let turn = now.rotation * then.rotation.inverse();
    let half_sine = Vector::new(turn.x, turn.y, turn.z).length();
    (now.translation - then.translation).length() <= STIR_M && 2.0 * half_sine <= STIR_RAD
}
