//! Movable objects in the trees.
//!
//! If a link touches an object, or is about to, both are solved together: the object
//! joins the trees as a floating body, and with it all objects in contact with it. The
//! same holds for an object at a surface with softness, torsional or rolling friction,
//! which the engine's contacts lack. The engine keeps its shapes and finds its
//! contacts. After [`RELEASE_TICKS`] without robots and such surfaces nearby, the
//! engine moves it again; position and velocity are kept.

use nalgebra::{Matrix3, Vector3};
use randori_bodies::{
    ForceVector, JointKind, LinkSpec, MassProperties, State, Tree, TreeBuilder, Weights,
};
use randori_core::layout::BodyId;
use randori_core::math::{Twist, Vector};
use rapier3d::prelude::{RigidBody, RigidBodyType};
use serde::{Deserialize, Serialize};

use super::Trees;
use super::build::set_fresh;
use crate::world::SimWorld;
use crate::world::dynamics::spatial::{narrow, wide, wide_pose};

/// Number of ticks without a robot nearby after which an object is released to the engine.
const RELEASE_TICKS: u32 = 50;

/// Objects join if a link may reach them within this number of ticks; contacts are
/// predicted as far ahead.
pub(super) const AHEAD_TICKS: f32 = 2.0;

/// An object in the trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::world) struct Owned {
    /// Its body index, also that of a dropped box.
    pub(in crate::world) body: usize,
    /// Ticks since a robot was near it.
    free_ticks: u32,
    /// Ticks for which it has kept its pose.
    pub(in crate::world) still_ticks: u32,
}

impl Trees {
    /// True if an object sleeps in the trees.
    pub(in crate::world) fn sleeps(&self, body: usize) -> bool {
        self.asleep.binary_search(&body).is_ok()
    }

    pub(in crate::world) fn owned_mut(&mut self) -> &mut [Owned] {
        &mut self.owned
    }

    /// The link of an object in the trees.
    pub(in crate::world) fn owned_link(&self, body: usize) -> Option<usize> {
        let place = self.owned.binary_search_by_key(&body, |owned| owned.body).ok()?;
        Some(self.robots.links().len() + place)
    }
}

impl SimWorld {
    /// Adds objects near robots to the trees, and releases those without robots nearby
    /// for long enough.
    pub(super) fn update_owned(&mut self, trees: &mut Trees) {
        if self.scene.loose.is_empty() && self.dropped.is_empty() {
            return;
        }
        let mut near = std::mem::take(&mut trees.near);
        self.find_near(trees, &mut near);
        near.next.clear();
        self.find_sleepers(trees, &mut near);
        for owned in &trees.owned {
            let free_ticks = match near.bodies.binary_search(&owned.body) {
                Ok(_) => 0,
                Err(_) => owned.free_ticks + 1,
            };
            let sleeps = near.sleepers.binary_search(&owned.body).is_ok();
            if free_ticks < RELEASE_TICKS && !sleeps {
                near.next.push(Owned { free_ticks, ..*owned });
            }
        }
        let joining = near.bodies.iter().filter(|body| trees.owned_link(**body).is_none());
        let joining = joining.map(|&body| Owned { body, free_ticks: 0, still_ticks: 0 });
        near.next.extend(joining);
        near.next.sort_unstable_by_key(|owned| owned.body);
        let joins = |body: &usize| near.next.binary_search_by_key(body, |owned| owned.body).is_ok();
        trees.asleep.retain(|body| !joins(body));
        trees.asleep.extend_from_slice(&near.sleepers);
        trees.asleep.sort_unstable();
        let same = |(one, other): (&Owned, &Owned)| one.body == other.body;
        let stays =
            near.next.len() == trees.owned.len() && near.next.iter().zip(&trees.owned).all(same);
        if stays {
            trees.owned.clone_from(&near.next);
        } else {
            self.exchange(trees, near.next.clone());
        }
        trees.near = near;
    }

    /// Wakes an object that sleeps in the trees.
    pub(in crate::world) fn wake(&mut self, body: usize) {
        let Some(mut trees) = self.trees.take() else { return };
        if let Ok(place) = trees.asleep.binary_search(&body) {
            trees.asleep.remove(place);
            let mut next = trees.owned.clone();
            next.push(Owned { body, free_ticks: 0, still_ticks: 0 });
            next.sort_unstable_by_key(|owned| owned.body);
            self.exchange(&mut trees, next);
        }
        self.trees = Some(trees);
    }

    /// Sets the objects in the trees, beside the robots.
    fn exchange(&mut self, trees: &mut Trees, next: Vec<Owned>) {
        let before = std::mem::replace(&mut trees.owned, next);
        let (links, dofs, coordinates) =
            (trees.robots.links().len(), trees.robots.dofs(), trees.robots.coordinates());
        let mut state = State {
            q: trees.state.q[..coordinates].to_vec(),
            v: trees.state.v[..dofs].to_vec(),
            previous_v: trees.state.previous_v[..dofs].to_vec(),
        };
        for owned in &trees.owned {
            if let Ok(place) = before.binary_search_by_key(&owned.body, |it| it.body) {
                let (q, v) = (coordinates + 7 * place, dofs + 6 * place);
                state.q.extend_from_slice(&trees.state.q[q..q + 7]);
                state.v.extend_from_slice(&trees.state.v[v..v + 6]);
                state.previous_v.extend_from_slice(&trees.state.previous_v[v..v + 6]);
            } else {
                let handle = self.body_role(BodyId(owned.body)).0;
                let rigid = &mut self.physics.bodies[handle];
                append_rigid(&mut state, rigid);
                rigid.set_body_type(RigidBodyType::KinematicPositionBased, true);
                self.set_fresh(owned.body, true);
            }
        }
        for (place, owned) in before.iter().enumerate() {
            if trees.owned_link(owned.body).is_none() {
                let handle = self.body_role(BodyId(owned.body)).0;
                let velocity = trees.velocities[links + place];
                let com = trees.placed.rotation(links + place)
                    * trees.tree.links()[links + place].mass().com;
                let offset = trees.placed.offset(links + place) + com;
                self.set_fresh(owned.body, false);
                if trees.sleeps(owned.body) {
                    continue;
                }
                release(
                    &mut self.physics.bodies[handle],
                    narrow(&velocity.at(&offset)),
                    narrow(&velocity.angular),
                );
            }
        }
        trees.state = state;
        self.rebuild(trees);
        trees.note_links(&self.physics);
    }

    /// Sets whether the engine computes the contacts of an object in every tick.
    pub(super) fn set_fresh(&mut self, body: usize, fresh: bool) {
        let handle = self.body_role(BodyId(body)).0;
        for collider in self.physics.bodies[handle].colliders() {
            set_fresh(&mut self.physics.colliders[*collider], fresh);
        }
    }

    /// Rebuilds the tree of robots and owned objects; the state is kept.
    pub(super) fn rebuild(&self, trees: &mut Trees) {
        let mut tree = trees.robots.clone();
        let mut weights = trees.robot_weights.clone();
        for owned in &trees.owned {
            let object = self.object_tree(owned.body);
            if let Ok(own) = Weights::new(&object) {
                weights.append(&own);
            }
            tree.append(&object);
        }
        trees.stepper.set_tree(&tree, weights);
        trees.placed.resize(&tree);
        trees.placed.update(&tree, &trees.state.q);
        trees.velocities.resize(tree.links().len(), randori_bodies::MotionVector::ZERO);
        trees.tree = tree;
        trees.pairs.forget();
        trees.handles.truncate(trees.robots.links().len());
        trees.tightened = trees.tightened.min(trees.handles.len());
        let objects = trees.owned.iter().map(|owned| self.body_role(BodyId(owned.body)).0);
        trees.handles.extend(objects);
    }

    /// An object as a tree of its own.
    fn object_tree(&self, body: usize) -> Tree {
        let mut builder = TreeBuilder::new();
        let spec = LinkSpec {
            joint: JointKind::FloatingBase,
            mass: self.object_mass(body),
            ..LinkSpec::default()
        };
        builder.add(&spec).expect("the engine has taken this mass");
        builder.build()
    }

    /// Mass properties of an object in the frame of its rigid body.
    pub(super) fn object_mass(&self, body: usize) -> MassProperties {
        if let Some(index) = self.dropped_index(BodyId(body)) {
            let dropped = &self.dropped[index];
            let mass_kg = f64::from(dropped.mass_kg());
            let squares = wide(dropped.size()).map(|edge| edge * edge);
            let moments =
                Vector3::new(squares.y + squares.z, squares.z + squares.x, squares.x + squares.y);
            return MassProperties {
                mass_kg,
                com: Vector3::zeros(),
                inertia: Matrix3::from_diagonal(&(moments * (mass_kg / 12.0))),
            };
        }
        let group = self.scene.bodies[body].mass_group.expect("objects that move have mass");
        self.scene.masses[group].mass(&self.actions.payloads)
    }

    /// The link of an owned object or of a body of a robot.
    pub(in crate::world) fn tree_link(&self, body: usize) -> Option<usize> {
        self.robot_link(body).or_else(|| self.trees.as_ref()?.owned_link(body))
    }

    /// Updates and reads the poses of owned objects.
    pub(super) fn read_owned(&mut self) {
        let Some(trees) = self.trees.take() else { return };
        for (place, owned) in trees.owned.iter().enumerate() {
            let link = trees.robots.links().len() + place;
            let state = trees.body_state(link, &self.placing_of(owned.body));
            match self.dropped_index(BodyId(owned.body)) {
                Some(index) => self.state.dropped[index] = state,
                None => self.state.bodies[owned.body] = state,
            }
        }
        for &body in &trees.asleep {
            // The engine's velocity is older than its entry into the trees.
            match self.dropped_index(BodyId(body)) {
                Some(index) => self.state.dropped[index].twist = Twist::default(),
                None => self.state.bodies[body].twist = Twist::default(),
            }
        }
        self.trees = Some(trees);
    }
}

/// Adds a rigid body of the engine to a state, as a floating base.
fn append_rigid(state: &mut State, rigid: &mut RigidBody) {
    let pose = wide_pose(rigid.position());
    let turn = pose.rotation.coords;
    state.q.extend_from_slice(pose.translation.vector.as_slice());
    state.q.extend_from_slice(turn.as_slice());
    // The engine's velocity of an object that slept in the trees is outdated.
    let (linear, angular) =
        if rigid.is_dynamic() { (rigid.linvel(), rigid.angvel()) } else { Default::default() };
    let origin = linear + angular.cross(rigid.translation() - rigid.center_of_mass());
    let v = [origin.x, origin.y, origin.z, angular.x, angular.y, angular.z].map(f64::from);
    state.v.extend(v);
    state.previous_v.extend(v);
    // External forces act on it in the trees.
    rigid.reset_forces(false);
    rigid.reset_torques(false);
}

/// Releases a rigid body to the engine with its velocity at the centre of mass.
fn release(rigid: &mut RigidBody, linear: Vector, angular: Vector) {
    rigid.set_body_type(RigidBodyType::Dynamic, true);
    rigid.set_linvel(linear, true);
    rigid.set_angvel(angular, true);
}

/// No force.
pub(super) const NO_FORCE: ForceVector =
    ForceVector { torque: Vector3::new(0.0, 0.0, 0.0), force: Vector3::new(0.0, 0.0, 0.0) };
