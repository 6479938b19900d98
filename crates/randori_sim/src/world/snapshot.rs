//! Copies of a world: clones and snapshots.
//!
//! Both continue with the same bits; a snapshot also in another process.

use rapier3d::prelude::{CCDSolver, CollisionPipeline, PhysicsPipeline, PhysicsWorld};
use serde::{Deserialize, Serialize};

use randori_core::record::{BodyState, WorldState};

use super::act::Actions;
use super::dropped::DroppedBox;
use super::manifold::FaceContacts;
use super::rest::RestState;
use super::scene::Placing;
use super::trees::TreesState;
use super::{SimWorld, SnapshotError};
use crate::hash::StateHasher;

impl Clone for SimWorld {
    fn clone(&self) -> Self {
        let physics = &self.physics;
        Self {
            physics: PhysicsWorld {
                gravity: physics.gravity,
                integration_parameters: physics.integration_parameters,
                // Workspaces; they hold nothing that outlives a step.
                physics_pipeline: PhysicsPipeline::new(),
                collision_pipeline: CollisionPipeline::new(),
                ccd_solver: CCDSolver::new(),
                islands: physics.islands.clone(),
                broad_phase: physics.broad_phase.clone(),
                narrow_phase: physics.narrow_phase.clone(),
                bodies: physics.bodies.clone(),
                colliders: physics.colliders.clone(),
                impulse_joints: physics.impulse_joints.clone(),
                multibody_joints: physics.multibody_joints.clone(),
                soft_bodies: physics.soft_bodies.clone(),
            },
            scene: self.scene.clone(),
            placing: self.placing.clone(),
            actions: self.actions.clone(),
            trees: self.trees.clone(),
            dropped: self.dropped.clone(),
            state: self.state.clone(),
            rest: self.rest.clone(),
            ticks: self.ticks,
            fault: self.fault.clone(),
        }
    }
}

/// Everything of a world that changes, besides the engine's own state.
#[derive(Serialize, Deserialize)]
struct OwnState {
    fingerprint: u64,
    ticks: u64,
    placing: Vec<Placing>,
    actions: Actions,
    state: WorldState,
    rest: RestState,
    trees: Option<TreesState>,
}

/// Dropped boxes and their states: what follows if there are any.
type Boxes = (Vec<DroppedBox>, Vec<BodyState>);

/// The format of snapshots; the engine's version is part of it.
const FORMAT: u64 = 0x7261_6e64_0361_0007;

impl SimWorld {
    /// Everything that changes, as bytes for [`SimWorld::restore`].
    ///
    /// The bytes are readable only by the same version of Randori.
    pub fn snapshot(&self) -> Vec<u8> {
        let own = OwnState {
            fingerprint: self.scene.fingerprint,
            ticks: self.ticks,
            placing: self.placing.clone(),
            actions: self.actions.clone(),
            state: self.state.clone(),
            rest: self.rest.clone(),
            trees: self.trees.as_ref().map(|trees| trees.save()),
        };
        let mut bytes = postcard::to_stdvec(&(FORMAT, own, &self.physics))
            .expect("the state of a world has a serial form");
        if !self.dropped.is_empty() {
            let boxes = postcard::to_stdvec(&(&self.dropped, &self.state.dropped));
            bytes.extend(boxes.expect("boxes have a serial form"));
        }
        bytes
    }

    /// Puts this world into the state of a snapshot, to continue with the same
    /// bits as the one that it was taken from.
    ///
    /// # Errors
    ///
    /// If the bytes are not a snapshot of a world built from the same scenario;
    /// the world is unchanged then.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        let unreadable = |why: String| SnapshotError::Unreadable { why };
        let (format, rest) = postcard::take_from_bytes::<u64>(bytes)
            .map_err(|error| unreadable(error.to_string()))?;
        if format != FORMAT {
            return Err(unreadable("it has another format".to_owned()));
        }
        let ((own, physics), rest) = postcard::take_from_bytes::<(OwnState, PhysicsWorld)>(rest)
            .map_err(|error| unreadable(error.to_string()))?;
        let (dropped, dropped_states) = if rest.is_empty() {
            Boxes::default()
        } else {
            postcard::from_bytes::<Boxes>(rest).map_err(|error| unreadable(error.to_string()))?
        };
        if dropped.len() != dropped_states.len() {
            return Err(unreadable("its boxes have no states".to_owned()));
        }
        if own.fingerprint != self.scene.fingerprint {
            return Err(SnapshotError::OtherScenario);
        }
        self.physics = physics;
        self.physics.narrow_phase.set_query_dispatcher(FaceContacts);
        self.ticks = own.ticks;
        self.placing = own.placing;
        self.actions = own.actions;
        self.state = WorldState { dropped: dropped_states, ..own.state };
        self.dropped = dropped;
        self.rest = own.rest;
        self.fault = None;
        if let Some(trees) = own.trees {
            self.restore_trees(trees);
        }
        Ok(())
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
