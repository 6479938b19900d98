//! Copies of trees into trees of the same scene, without allocation.

use rapier3d::prelude::{Aabb, ColliderHandle, PhysicsWorld, RigidBodyHandle};

use super::Trees;
use crate::world::rules::UNBOUNDED;

impl Trees {
    /// Copies other trees of the same scene with the same payloads into these.
    ///
    /// Data that follow from the scene and from the owned objects are not copied, and
    /// neither are workspaces.
    pub(in crate::world) fn copy_from(&mut self, source: &Self) {
        if !self.owns_the_same(source) {
            *self = source.clone();
            return;
        }
        let same_scenery = self.asleep.is_empty() && source.asleep.is_empty();
        self.pairs.copy_from(&source.pairs, same_scenery);
        self.owned.clone_from(&source.owned);
        self.asleep.clone_from(&source.asleep);
        self.state.clone_from(&source.state);
        self.memory.clone_from(&source.memory);
        self.placed.clone_from(&source.placed);
        self.velocities.clone_from(&source.velocities);
        self.touches.clone_from(&source.touches);
        self.loads.clone_from(&source.loads);
        self.reaches.clone_from(&source.reaches);
        self.bounds.clone_from(&source.bounds);
        self.around.clone_from(&source.around);
        self.tightened = source.tightened;
        self.is_alone = source.is_alone;
    }

    /// True if both have the same links.
    fn owns_the_same(&self, other: &Self) -> bool {
        let bodies = self.owned.iter().zip(&other.owned);
        self.owned.len() == other.owned.len()
            && bodies.into_iter().all(|(one, other)| one.body == other.body)
            && self.stepper.weights() == other.stepper.weights()
    }

    /// Sets the poses of the engine's bodies of all links, and of their shapes, to
    /// those in the engine of another world.
    pub(in crate::world) fn copy_places(&self, to: &mut PhysicsWorld, from: &PhysicsWorld) {
        for handle in &self.handles {
            let (rigid, source) = (&mut to.bodies[*handle], &from.bodies[*handle]);
            rigid.set_position(*source.position(), false);
            for collider in source.colliders() {
                let place = *from.colliders[*collider].position();
                to.colliders[*collider].set_position(place);
            }
        }
    }

    /// Branch and rigid body of each link.
    pub(in crate::world) fn links(&self) -> impl Iterator<Item = (usize, RigidBodyHandle)> {
        let branches = self.tree.links().iter().map(randori_bodies::Link::branch);
        branches.zip(self.handles.iter().copied())
    }

    /// Sleeping objects, in order.
    pub(in crate::world) fn sleepers(&self) -> &[usize] {
        &self.asleep
    }

    /// Bounds of all shapes of a branch.
    pub(in crate::world) fn around(&self, branch: usize) -> &Aabb {
        &self.around[branch]
    }

    /// Bounds of a shape that the trees move, or of a static one.
    pub(in crate::world) fn bounds_of(&self, collider: ColliderHandle) -> &Aabb {
        self.bounds.get(collider.into_raw_parts().0 as usize).unwrap_or(&UNBOUNDED)
    }
}
