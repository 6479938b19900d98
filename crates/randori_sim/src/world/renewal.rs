//! The engine begins anew when it gets something to move again.
//!
//! While the trees move everything, the engine's collision detection and islands fall
//! behind, and copies of a world leave them out. When it has to move something again,
//! they are made from bodies and colliders alone. So they depend on the state, and not
//! on which copies and steps have led to it.

use rapier3d::prelude::{
    BroadPhaseBvh, ColliderSet, IslandManager, NarrowPhase, PhysicsWorld, RigidBodySet,
};

use super::SimWorld;
use super::manifold::FaceContacts;
use super::trees::Trees;

impl SimWorld {
    /// Makes the engine's collision detection and islands anew.
    pub(super) fn renew_engine(&mut self, trees: &mut Trees) {
        renew(&mut self.physics, [usize::MAX; 2]);
        trees.announce(&mut self.physics);
    }

    /// The same, and forgets the boxes that were dropped.
    pub(super) fn empty_engine(&mut self) {
        renew(&mut self.physics, self.scene.counts);
        self.dropped.clear();
        self.state.dropped.clear();
    }
}

/// Makes collision detection and islands anew, for the first bodies and colliders.
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
