//! Snapshots of a world, which continue with identical bits, also in another process.
//!
//! If trees move all bodies, a snapshot holds little more than their state, see
//! [`alone`](super::alone); otherwise it includes the state of the engine.

use rapier3d::prelude::{PhysicsWorld, RigidBodyHandle};
use serde::{Deserialize, Serialize};

use randori_core::record::{BodyState, WorldState};

use super::act::Actions;
use super::alone::AloneState;
use super::dropped::DroppedBox;
use super::manifold::FaceContacts;
use super::rest::RestState;
use super::scene::Placing;
use super::trees::TreesState;
use super::{SimWorld, SnapshotError};
use crate::hash::StateHasher;

/// The state of a world besides the engine's own state.
#[derive(Serialize, Deserialize)]
struct OwnState {
    ticks: u64,
    placing: Vec<Placing>,
    actions: Actions,
    state: WorldState,
    rest: RestState,
    trees: Option<TreesState>,
}

/// Dropped boxes and their states.
type Boxes = (Vec<DroppedBox>, Vec<BodyState>);

/// Format number of snapshots, including those of whole simulations; it contains the
/// engine's version.
const FORMAT: u64 = 0x7261_6e64_0361_0009;

impl SimWorld {
    /// The whole state, as bytes for [`SimWorld::restore`].
    ///
    /// The bytes are readable only by the same version of Randori.
    pub fn snapshot(&self) -> Vec<u8> {
        let alone = self.save_alone();
        let head = (FORMAT, self.scene.fingerprint, alone.is_some());
        let written = |bytes: Result<Vec<u8>, _>| bytes.expect("a world has a serial form");
        if let Some(alone) = alone {
            return written(postcard::to_stdvec(&(head, alone)));
        }
        let own = OwnState {
            ticks: self.ticks,
            placing: self.placing.clone(),
            actions: self.actions.clone(),
            state: self.state.clone(),
            rest: self.rest.clone(),
            trees: self.trees.as_ref().map(|trees| trees.save()),
        };
        let boxes = (&self.dropped, &self.state.dropped);
        written(postcard::to_stdvec(&(head, own, &self.physics, boxes)))
    }

    /// Restores a snapshot; the world continues with identical bits.
    ///
    /// # Errors
    ///
    /// If the bytes are not a snapshot of a world built from the same scenario;
    /// the world is unchanged then.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        let (format, bytes) = take::<u64>(bytes)?;
        if format != FORMAT {
            return Err(unreadable("it has another format"));
        }
        let ((fingerprint, is_alone), bytes) = take::<(u64, bool)>(bytes)?;
        if fingerprint != self.scene.fingerprint {
            return Err(SnapshotError::OtherScenario);
        }
        if is_alone {
            let alone = take_last::<AloneState>(bytes)?;
            return self.restore_alone(alone);
        }
        let (own, physics, boxes) = take_last::<(OwnState, PhysicsWorld, Boxes)>(bytes)?;
        self.restore_engine(own, physics, boxes)
    }

    fn restore_engine(
        &mut self,
        own: OwnState,
        physics: PhysicsWorld,
        (dropped, states): Boxes,
    ) -> Result<(), SnapshotError> {
        if dropped.len() != states.len() {
            return Err(unreadable("its boxes have no states"));
        }
        if own.trees.is_some() != self.scene.forest.is_some()
            || self.trees.is_some() != self.scene.forest.is_some()
        {
            return Err(unreadable("its robots are missing"));
        }
        if !self.has_scene(&own, &physics, dropped.len()) {
            return Err(unreadable("bodies are missing"));
        }
        let now = std::mem::replace(&mut self.physics, physics);
        let boxes = std::mem::replace(&mut self.dropped, dropped);
        if let Some(why) = own.trees.as_ref().and_then(|it| it.misfit(self, self.dropped.len())) {
            (self.physics, self.dropped) = (now, boxes);
            return Err(unreadable(why));
        }
        self.physics.narrow_phase.set_query_dispatcher(FaceContacts);
        self.ticks = own.ticks;
        self.placing = own.placing;
        self.actions = own.actions;
        self.state = WorldState { dropped: states, ..own.state };
        self.rest = own.rest;
        self.fault = None;
        if let Some(trees) = own.trees {
            self.restore_trees(trees);
        }
        Ok(())
    }

    /// True if all items of the scene are present, and this number of boxes.
    fn has_scene(&self, own: &OwnState, physics: &PhysicsWorld, boxes: usize) -> bool {
        let [bodies, colliders] = self.scene.counts;
        let (count, dofs) = (self.scene.bodies.len(), self.actions.drives.len());
        let entries = self.scene.bodies.iter().map(|entry| entry.handle);
        let forest = self.scene.forest.iter();
        let links = forest.flat_map(|forest| forest.links.iter().map(|link| link.handle));
        let is_whole = |handle: RigidBodyHandle| {
            let rigid = physics.bodies.get(handle);
            let mut shapes = rigid.iter().flat_map(|rigid| rigid.colliders());
            rigid.is_some() && shapes.all(|shape| physics.colliders.contains(*shape))
        };
        let dof_lists = [own.state.positions.len(), own.state.velocities.len()];
        physics.bodies.len() == bodies + boxes
            && physics.colliders.len() == colliders + boxes
            && entries.chain(links).all(is_whole)
            && [own.placing.len(), own.state.bodies.len(), own.actions.payloads.len()]
                .iter()
                .all(|len| *len == count)
            && [own.actions.drives.len(), own.state.torques.len()]
                .iter()
                .chain(&dof_lists)
                .all(|len| *len == dofs)
    }

    pub(super) fn digest_actions(&self, hasher: &mut StateHasher) {
        let actions = &self.actions;
        for drive in &actions.drives {
            drive.digest(hasher);
        }
        hasher.write_u64(actions.forces.len() as u64);
        for (body, force) in &actions.forces {
            hasher.write_u64(*body as u64);
            hasher.write_f32s(&force.to_array());
        }
        for (body, payload) in actions.payloads.iter().enumerate() {
            if *payload != 0.0 {
                hasher.write_u64(body as u64);
                hasher.write_u64(payload.to_bits());
            }
        }
    }
}

fn unreadable(why: &str) -> SnapshotError {
    SnapshotError::Unreadable { why: why.to_owned() }
}

/// Decodes a value; returns it with the remaining bytes.
fn take<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<(T, &'a [u8]), SnapshotError> {
    postcard::take_from_bytes(bytes).map_err(|error| unreadable(&error.to_string()))
}

/// Decodes a value without remaining bytes.
fn take_last<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, SnapshotError> {
    match take(bytes)? {
        (value, []) => Ok(value),
        _ => Err(unreadable("there is more than a state")),
    }
}
