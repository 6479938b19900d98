//! Resets the engine's caches when it has a body to move again.
//!
//! While the trees move all bodies, the engine's collision detection and islands are
//! outdated, and copies of a world omit them. When the engine has to move a body again,
//! they are rebuilt from bodies and colliders alone. So they depend on the state, and
//! not on the history of copies and steps.

use rapier3d::prelude::{
    BroadPhaseBvh, ColliderSet, IslandManager, NarrowPhase, PhysicsWorld, RigidBodySet,
};

use super::SimWorld;
use super::manifold::FaceContacts;
use super::trees::Trees;

impl SimWorld {
    /// Rebuilds the engine's collision detection and islands.
    pub(super) fn renew_engine(&mut self, trees: &mut Trees) {
        renew(&mut self.physics, [usize::MAX; 2]);
        trees.announce(&mut self.physics);
    }

    /// Rebuilds them and removes dropped boxes.
    pub(super) fn empty_engine(&mut self) {
        renew(&mut self.physics, self.scene.counts);
        self.dropped.clear();
        self.state.dropped.clear();
    }
}

/// Rebuilds collision detection and islands, for the first bodies and colliders.
fn renew(physics: &mut PhysicsWorld, [most_bodies, most_colliders]: [usize; 2]) {
    let bodies = std::mem::replace(&mut physics.bodies, RigidBodySet::new());
    let colliders = std::mem::replace(&mut physics.colliders, ColliderSet::new());
    physics.islands = IslandManager::new();
    physics.broad_phase = BroadPhaseBvh::new();
    physics.narrow_phase = NarrowPhase::with_query_dispatcher(FaceContacts);
    for (handle, body) in bodies.iter().take(most_bodies) {
        let renewed = physics.bodies.insert(body.clone());
        assert_eq!(renewed, handle, "bodies never go away one by one");
    }
    for (handle, collider) in colliders.iter().take(most_colliders) {
        let renewed = match collider.parent() {
            Some(parent) => {
                physics.colliders.insert_with_parent(collider.clone(), parent, &mut physics.bodies)
            }
            None => physics.colliders.insert(collider.clone()),
        };
        assert_eq!(renewed, handle, "colliders never go away one by one");
    }
}
