//! Turns panics of the physics engine into faults of the run.
//!
//! The engine has assertions that fail for some shapes and poses that no check covers.
//! Such a panic must not abort the program: it is caught, a body is named, and the
//! world is not stepped again until a snapshot has replaced all of its state.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use randori_core::layout::BodyId;
use rapier3d::parry::bounding_volume::BoundingVolume;
use rapier3d::parry::query;
use rapier3d::prelude::{Aabb, ColliderHandle};

use super::scene::Role;
use super::{SimWorld, WorldError, WorldFault};

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// True if a panic of this thread would become an error of a run, so a panic hook
/// should print nothing.
pub fn is_guarded() -> bool {
    IS_GUARDED.get()
}

/// Runs an operation of the engine.
///
/// # Errors
///
/// The panic message of the engine, which is in an unknown state then.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let before = IS_GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(before);
    result.map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        text.unwrap_or_else(|| "no reason given".to_owned())
    })
}

/// Maximum number of pairs of shapes in the search for the cause.
const MAX_PAIRS: usize = 200_000;

impl SimWorld {
    /// The fault of a step to `tick` in which the engine panicked. Every later step
    /// returns it too.
    pub(crate) fn crashed(&mut self, tick: u64, message: &str) -> WorldFault {
        let (body, other) = self.culprits();
        let at = other.map_or_else(String::new, |other| {
            format!(" at its contact with `{}`", self.path_of(other.0))
        });
        let what = format!("made the physics engine fail{at} ({message})");
        let fault = WorldFault { what, ..self.fault_of(body.0, tick) };
        self.fault = Some(fault.clone());
        fault
    }

    /// The error of a world build in which the engine panicked.
    pub(crate) fn unbuildable(&self, message: String) -> WorldError {
        let (body, other) = self.culprits();
        let path = |body: BodyId| format!("`{}`", self.path_of(body.0));
        let place = match other {
            Some(other) => format!("the contact of {} and {}", path(body), path(other)),
            None => path(body),
        };
        WorldError::Engine { place, message }
    }

    /// The body at which the engine fails: one of the pair of shapes whose contact it
    /// cannot compute, with the other one, or else the fastest body.
    fn culprits(&self) -> (BodyId, Option<BodyId>) {
        let count = self.scene.bodies.len() + self.dropped.len();
        let is_static = |body: usize| {
            let entry = self.scene.bodies.get(body);
            entry.is_some_and(|entry| entry.role == Role::Static)
        };
        // Of two bodies, the larger one is the more likely cause.
        let size = |around: &Aabb| around.half_extents().length();
        let mut shapes: Vec<(usize, ColliderHandle, Aabb)> = Vec::new();
        for body in 0..count {
            for &collider in self.body_colliders(BodyId(body)) {
                let shape = &self.physics.colliders[collider];
                match guarded(|| shape.compute_aabb()) {
                    Ok(around) => shapes.push((body, collider, around.loosened(0.1))),
                    Err(_) => return (BodyId(body), None),
                }
            }
        }
        let pairs = shapes
            .iter()
            .enumerate()
            .flat_map(|(index, one)| shapes[index + 1..].iter().map(move |other| (one, other)));
        for (one, other) in pairs.take(MAX_PAIRS) {
            let may_touch = one.0 != other.0 && !(is_static(one.0) && is_static(other.0));
            if may_touch && one.2.intersects(&other.2) && self.fails_at(one.1, other.1) {
                let (one, other) =
                    if size(&other.2) > size(&one.2) { (other, one) } else { (one, other) };
                return (BodyId(one.0), Some(BodyId(other.0)));
            }
        }
        let speed = |body: &usize| self.body_state(BodyId(*body)).twist.linear.length();
        let fastest = (0..count).max_by(|one, other| speed(one).total_cmp(&speed(other)));
        (BodyId(fastest.unwrap_or(0)), None)
    }

    fn fails_at(&self, one: ColliderHandle, other: ColliderHandle) -> bool {
        let (a, b) = (&self.physics.colliders[one], &self.physics.colliders[other]);
        let contact = || query::contact(a.position(), a.shape(), b.position(), b.shape(), 0.1);
        guarded(contact).is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message_and_hooks_can_tell() {
        let seen = guarded(is_guarded);
        let failed = guarded(|| assert!(is_guarded() && !is_guarded(), "index 7 of 3"));

        assert_eq!(seen, Ok(true));
        assert_eq!(failed, Err("index 7 of 3".to_owned()));
        assert!(!is_guarded());
    }
}
