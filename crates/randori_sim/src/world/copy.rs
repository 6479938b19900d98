//! Copies a world into an existing one.

use std::sync::Arc;

use rapier3d::prelude::{
    CCDSolver, CollisionPipeline, PhysicsPipeline, PhysicsWorld, RigidBody, RigidBodyHandle,
    RigidBodyType,
};

use super::SimWorld;

impl Clone for SimWorld {
    fn clone(&self) -> Self {
        Self {
            physics: copy_of(&self.physics),
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

    /// Copies another world into this one and reuses memory.
    ///
    /// Between copies of one world in which trees move all bodies (robots, and objects
    /// next to them), this allocates nothing: the state of the trees is copied, and the
    /// engine's bodies are placed. This requires enough memory from earlier copies or
    /// steps, the same objects solved in both, and no contacts of terrain or meshes. If
    /// the engine moves bodies itself, its part is cloned.
    fn clone_from(&mut self, source: &Self) {
        let may_reuse = Arc::ptr_eq(&self.scene, &source.scene)
            // The engine may be in any state after a failure.
            && self.fault.is_none();
        if !may_reuse {
            *self = source.clone();
            return;
        }
        self.copy_payloads(source);
        if source.is_alone() && self.dropped == source.dropped && self.trees.is_some() {
            self.copy_places(source);
        } else {
            self.physics = copy_of(&source.physics);
        }
        match (&mut self.trees, &source.trees) {
            (Some(trees), Some(source)) => trees.copy_from(source),
            (trees, source) => trees.clone_from(source),
        }
        self.placing.clone_from(&source.placing);
        self.actions.clone_from(&source.actions);
        self.dropped.clone_from(&source.dropped);
        self.state.clone_from(&source.state);
        self.rest.clone_from(&source.rest);
        self.ticks = source.ticks;
        self.fault.clone_from(&source.fault);
    }
}

impl SimWorld {
    /// Copies the payloads of another world of the same scene.
    fn copy_payloads(&mut self, source: &Self) {
        if self.actions.payloads == source.actions.payloads {
            return;
        }
        let scene = self.scene.clone();
        for group in &scene.masses {
            let mut members = group.members.iter().map(|member| member.body);
            let payloads = |world: &Self, body: usize| world.actions.payloads[body].to_bits();
            if members.any(|body| payloads(self, body) != payloads(source, body)) {
                for member in &group.members {
                    self.actions.payloads[member.body] = source.actions.payloads[member.body];
                }
                self.set_mass(group);
            }
        }
    }

    /// Sets the poses of the engine's bodies to those of another world in which the
    /// engine rests, with the same bodies.
    fn copy_places(&mut self, source: &Self) {
        if let Some(trees) = &source.trees {
            trees.copy_places(&mut self.physics, &source.physics);
        }
        let loose = self.scene.loose.iter().map(|body| self.scene.bodies[*body].handle);
        let dropped = self.dropped.iter().map(|dropped| dropped.handle);
        for handle in loose.chain(dropped) {
            copy_object(&mut self.physics, &source.physics, handle);
        }
    }
}

/// Clones the engine without its workspaces, which hold no state between steps.
fn copy_of(physics: &PhysicsWorld) -> PhysicsWorld {
    PhysicsWorld {
        gravity: physics.gravity,
        integration_parameters: physics.integration_parameters,
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
    }
}

/// Copies the engine's part of the state of an object that trees move, or have put to sleep.
fn copy_object(to: &mut PhysicsWorld, from: &PhysicsWorld, handle: RigidBodyHandle) {
    let source = &from.bodies[handle];
    let rigid = &mut to.bodies[handle];
    set_still(rigid);
    rigid.set_linvel(source.linvel(), false);
    rigid.set_angvel(source.angvel(), false);
    rigid.set_body_type(source.body_type(), false);
    rigid.set_position(*source.position(), false);
    *rigid.activation_mut() = *source.activation();
    for collider in source.colliders() {
        let source = &from.colliders[*collider];
        let collider = &mut to.colliders[*collider];
        collider.set_position(*source.position());
        collider.set_active_hooks(source.active_hooks());
    }
}

/// Allows setting velocities of a rigid body that trees move, without engine forces on it.
pub(super) fn set_still(rigid: &mut RigidBody) {
    rigid.set_body_type(RigidBodyType::Dynamic, false);
    rigid.reset_forces(false);
    rigid.reset_torques(false);
}
