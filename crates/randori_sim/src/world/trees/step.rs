//! One tick of the trees.

use nalgebra::{Point3, Vector3};
use randori_bodies::passes::link_velocities;
use randori_bodies::potential::Drive;
use randori_bodies::stepper::{StepInput, StepOptions};
use randori_bodies::{Kinematics, Rule};
use randori_core::math::Vector;
use rapier3d::parry::bounding_volume::BoundingVolume;
use rapier3d::prelude::{Aabb, ColliderHandle, PhysicsWorld};

use super::Trees;
use super::owned::{AHEAD_TICKS, NO_FORCE};
use crate::world::SimWorld;
use crate::world::drive::JointDrive;
use crate::world::dynamics::spatial::{narrow, wide};
use crate::world::rules::{Hooks, UNBOUNDED};
use crate::world::scene::Scene;
use crate::world::tree::narrow_pose;

impl SimWorld {
    /// One step with trees: half a step ahead, contacts (by the engine while it has
    /// bodies of its own to move), the solution, and the rest of the step.
    pub(in crate::world) fn step_trees(&mut self, trees: &mut Trees) {
        let scene = self.scene.clone();
        self.update_owned(trees);
        trees.stepper.begin(&trees.tree, &mut trees.state);
        self.update_reaches(trees);
        let was_alone = trees.is_alone;
        trees.is_alone = self.engine_rests(trees);
        if trees.is_alone {
            // The engine moves no body of its own.
            let mut pairs = std::mem::take(&mut trees.pairs);
            self.find_pairs(trees, &mut pairs, trees.stepper.kinematics());
            trees.pairs = pairs;
        } else {
            trees.pairs.clear();
            if was_alone {
                self.renew_engine(trees);
            }
            let hooks = Hooks { scene: &scene, reaches: &trees.reaches, bounds: &trees.bounds };
            trees.place(&mut self.physics, trees.stepper.kinematics());
            self.physics.step_with_events(&hooks, &());
        }
        self.gather_contacts(trees);
        self.set_inputs(trees);
        self.solve(trees);
        self.note_touches(trees);
        self.note_loads(trees);
        trees.settle(&mut self.physics);
    }

    /// True if the engine moves no body itself.
    pub(in crate::world) fn engine_rests(&self, trees: &Trees) -> bool {
        trees.owned.len() + trees.asleep.len() == self.scene.loose.len() + self.dropped.len()
    }

    /// Determines before the first step if the engine will have any body to move.
    pub(in crate::world) fn rest_engine(&mut self) {
        if let Some(trees) = &mut self.trees {
            trees.is_alone = self.scene.loose.is_empty();
        }
    }

    /// Maximum displacement of each body in a step, see [`Hooks`].
    fn update_reaches(&self, trees: &mut Trees) {
        let mut reaches = std::mem::take(&mut trees.reaches);
        reaches.clear();
        let radii = self.scene.bodies.iter().map(|body| body.radius);
        let radii = radii.chain(self.dropped.iter().map(|dropped| dropped.size().length() / 2.0));
        let states = self.state.bodies.iter().chain(&self.state.dropped);
        for (body, (state, radius)) in states.zip(radii).enumerate() {
            let is_ours = trees.owned_link(body).is_some() || trees.sleeps(body);
            let engines = self.is_loose(body) && !is_ours;
            let speed = state.twist.linear.length() + state.twist.angular.length() * radius;
            reaches.push((!engines).then_some(AHEAD_TICKS * self.scene.tick_s * speed));
        }
        trees.reaches = reaches;
    }

    /// Computes the initial accelerations: contact forces and accelerations are then
    /// known before the first step.
    pub(in crate::world) fn start_trees(&mut self) {
        let Some(mut trees) = self.trees.take() else { return };
        self.update_owned(&mut trees);
        let mut trial = trees.clone();
        let options = StepOptions { rule: Rule::SemiImplicit, ..*trees.stepper.options() };
        trial.stepper.set_options(options);
        trial.stepper.begin(&trial.tree, &mut trial.state);
        self.gather_contacts(&mut trial);
        self.set_inputs(&mut trial);
        self.solve(&mut trial);
        if trial.is_finite() {
            self.note_touches(&mut trial);
            self.note_loads(&mut trial);
            (trees.touches, trees.loads) = (trial.touches, trial.loads);
            let rates = trees.state.v.iter().zip(&trial.state.v);
            let before = rates.map(|(now, next)| 2.0 * now - next);
            trees.state.previous_v = before.collect();
        }
        self.trees = Some(trees);
    }

    /// Solves for the velocities at the end of a step, and integrates.
    fn solve(&self, trees: &mut Trees) {
        let forest = self.scene.forest.as_ref().expect("a world with trees has a forest");
        let gravity = wide(self.physics.gravity);
        let Trees { tree, state, memory, stepper, contacts, drives, external, .. } = trees;
        let input = StepInput {
            gravity,
            drives,
            dof_laws: &forest.laws,
            forces: &[],
            external,
            contacts,
            couplings: &forest.couplings,
        };
        if stepper.finish(tree, state, memory, &input).is_err() {
            // Reported as a body whose state is not finite.
            state.v.fill(f64::NAN);
        }
    }

    /// Sets drives and external forces.
    fn set_inputs(&self, trees: &mut Trees) {
        let Scene { forest: Some(forest), .. } = &*self.scene else { return };
        trees.drives.clear();
        // Objects have no drives.
        trees.drives.resize(trees.robots.dofs(), Drive::default());
        for (entry, drive) in forest.dofs.iter().zip(&self.actions.drives) {
            trees.drives[entry.dof] = law(drive);
        }
        trees.external.clear();
        if self.actions.forces.is_empty() {
            return;
        }
        trees.external.resize(trees.tree.links().len(), NO_FORCE);
        for &(body, force) in &self.actions.forces {
            if let Some(link) = self.robot_link(body).or_else(|| trees.owned_link(body)) {
                let kinematics = trees.stepper.kinematics();
                let point = self.push_point(trees, link, body);
                let loads = (&wide(force), &Vector3::zeros());
                let own = kinematics.force_at(&trees.tree, link, &point, loads);
                let sum = &mut trees.external[link];
                sum.force += own.force;
                sum.torque += own.torque;
            }
        }
    }

    /// Notes the contacts with force.
    fn note_touches(&self, trees: &mut Trees) {
        // Contacts on sleeping objects persist.
        let Trees { touches, asleep, .. } = trees;
        let sleeps = |body: &usize| asleep.binary_search(body).is_ok();
        touches.retain(|touch| touch.bodies.iter().flatten().any(sleeps));
        let tick_s = self.scene.tick_s;
        for (index, (contact, bodies)) in trees.contacts.iter().zip(&trees.bodies).enumerate() {
            let [impulse, moment] = trees.stepper.contact_impulse(index);
            if impulse.dot(&contact.normal) > 0.0 {
                trees.touches.push(super::Touch {
                    bodies: *bodies,
                    point: narrow(&contact.point),
                    normal: narrow(&contact.normal),
                    force: narrow(&impulse) / tick_s,
                    moment: narrow(&moment) / tick_s,
                });
            }
        }
    }

    /// Notes the loads of loops and external forces.
    fn note_loads(&self, trees: &mut Trees) {
        trees.loads.clear();
        let tick_s = self.scene.tick_s;
        let loops = self.scene.forest.iter().flat_map(|forest| &forest.loops);
        for (index, bodies) in loops.enumerate() {
            let [impulse, moment] = trees.stepper.coupling_impulse(index);
            trees.loads.push(super::Touch {
                bodies: bodies.map(Some),
                point: narrow(&trees.stepper.coupling_point(index)),
                normal: Vector::ZERO,
                force: narrow(&impulse) / tick_s,
                moment: narrow(&moment) / tick_s,
            });
        }
        for &(body, force) in &self.actions.forces {
            let Some(link) = self.robot_link(body) else { continue };
            trees.loads.push(super::Touch {
                bodies: [None, Some(body)],
                point: narrow(&self.push_point(trees, link, body)),
                normal: Vector::ZERO,
                force,
                moment: Vector::ZERO,
            });
        }
    }

    /// Point of action of an external force on a body during a step: its centre of mass.
    fn push_point(&self, trees: &Trees, link: usize, body: usize) -> Vector3<f64> {
        let placing = self.placing_of(body);
        let com = wide(placing.rapier_from_body * placing.com);
        let link = trees.stepper.kinematics().pose(&trees.tree, link);
        (link * Point3::from(com)).coords
    }
}

impl Trees {
    /// Updates the poses of links from the state.
    pub(in crate::world) fn settle(&mut self, physics: &mut PhysicsWorld) {
        if !self.is_finite() {
            return;
        }
        self.placed.update(&self.tree, &self.state.q);
        self.place(physics, &self.placed);
        link_velocities(&self.tree, &self.placed, &self.state.v, &mut self.velocities);
        physics.bodies.propagate_modified_body_positions_to_colliders(&mut physics.colliders);
        self.bound(physics);
    }

    /// Updates the bounds of links, and sets those of the engine's broad phase, widened
    /// by the prediction for the next step.
    fn bound(&mut self, physics: &mut PhysicsWorld) {
        self.note_links(physics);
        if self.is_alone {
            return;
        }
        let mut parameters = physics.integration_parameters;
        let margin = parameters.prediction_distance() / 2.0;
        let ahead_s = AHEAD_TICKS * parameters.dt;
        for (link, handle) in self.handles.iter().enumerate() {
            for collider in physics.bodies[*handle].colliders() {
                let aabb = self.bounds[collider.into_raw_parts().0 as usize];
                parameters.length_unit = skin_unit(&aabb);
                if link >= self.tightened {
                    // Bounds within those of the engine would have no effect.
                    physics.broad_phase.set_aabb(&parameters, *collider, FAR_AWAY);
                }
                let reach = ahead_s * self.speed(link, &aabb) + margin;
                physics.broad_phase.set_aabb(&parameters, *collider, aabb.loosened(reach));
            }
        }
        self.tightened = self.handles.len();
    }

    /// Passes the bounds of links to the engine's new search tree.
    pub(in crate::world) fn announce(&mut self, physics: &mut PhysicsWorld) {
        link_velocities(&self.tree, &self.placed, &self.state.v, &mut self.velocities);
        self.renew_bounds();
        self.bound(physics);
    }

    /// Upper bound of the speed of points within bounds on a link, m/s.
    fn speed(&self, link: usize, bounds: &Aabb) -> f32 {
        let velocity = &self.velocities[link];
        let speed = velocity.at(self.placed.offset(link)).norm() as f32;
        speed + velocity.angular.norm() as f32 * bounds.extents().length()
    }

    /// Notes the bounds of links at the poses of the engine's bodies.
    pub(super) fn note_links(&mut self, physics: &PhysicsWorld) {
        self.around.clear();
        self.around.resize(self.tree.bases().len(), Aabb::new_invalid());
        for (link, handle) in self.tree.links().iter().zip(&self.handles) {
            for collider in physics.bodies[*handle].colliders() {
                let aabb = physics.colliders[*collider].compute_aabb();
                self.around[link.branch()].merge(&aabb);
                note(&mut self.bounds, *collider, aabb);
            }
        }
    }

    /// Notes the bounds of a shape.
    pub(in crate::world) fn note_shape(&mut self, collider: ColliderHandle, aabb: Aabb) {
        note(&mut self.bounds, collider, aabb);
    }

    /// Makes the engine recompute the bounds of all links at their next update.
    pub(in crate::world) fn renew_bounds(&mut self) {
        self.tightened = 0;
    }

    /// Notes the bounds of static shapes.
    pub(in crate::world) fn note_bounds(&mut self, scene: &Scene, physics: &PhysicsWorld) {
        for (handle, collider) in physics.colliders.iter() {
            if scene.is_scenery(collider) {
                note(&mut self.bounds, handle, collider.compute_aabb());
            }
        }
    }

    fn place(&self, physics: &mut PhysicsWorld, kinematics: &Kinematics) {
        for (index, handle) in self.handles.iter().enumerate() {
            let pose = narrow_pose(&kinematics.pose(&self.tree, index));
            physics.bodies[*handle].set_position(pose, true);
        }
    }

    /// True if the state is finite and the engine can represent its squares.
    pub(in crate::world) fn is_finite(&self) -> bool {
        let numbers = self.state.v.iter().chain(&self.state.q);
        (numbers.map(|value| value * value).sum::<f64>() as f32).is_finite()
    }
}

fn note(bounds: &mut Vec<Aabb>, collider: ColliderHandle, aabb: Aabb) {
    let place = collider.into_raw_parts().0 as usize;
    bounds.resize(bounds.len().max(place + 1), UNBOUNDED);
    bounds[place] = aabb;
}

/// A region without shapes.
const FAR_AWAY: Aabb = Aabb { mins: Vector::splat(1e6), maxs: Vector::splat(1e6 + 1.0) };

/// The engine widens bounds by 4 % of its unit of length (m), 4 cm; for smaller shapes
/// that makes all of them neighbours. Here they are widened by a quarter of the
/// smallest extent.
fn skin_unit(bounds: &Aabb) -> f32 {
    (bounds.extents().min_element() / 4.0).clamp(2e-3, 0.04) / 0.04
}

/// A drive in the form of the dynamics.
fn law(drive: &JointDrive) -> Drive {
    let free = Drive::default();
    match *drive {
        JointDrive::Free => free,
        JointDrive::Torque { torque } => Drive { feedforward: f64::from(torque), ..free },
        JointDrive::Velocity { target, gain, limit } => Drive {
            kd: f64::from(gain),
            target_velocity: f64::from(target),
            limit: f64::from(limit),
            ..free
        },
        JointDrive::Position { target, target_velocity, kp, kd, feedforward, limit } => Drive {
            kp: f64::from(kp),
            kd: f64::from(kd),
            target: f64::from(target),
            target_velocity: f64::from(target_velocity),
            feedforward: f64::from(feedforward),
            limit: f64::from(limit),
        },
    }
}
