//! State of trees in a snapshot.

use nalgebra::Vector3;
use randori_bodies::Memory;
use randori_bodies::passes::link_velocities;
use serde::{Deserialize, Serialize};

use super::owned::Owned;
use super::slots::SavedSlot;
use super::{Touch, Trees};
use crate::world::SimWorld;

/// The state of trees, without data that follow from the scenario and the payloads.
#[derive(Serialize, Deserialize)]
pub(in crate::world) struct TreesState {
    q: Vec<f64>,
    v: Vec<f64>,
    previous_v: Vec<f64>,
    owned: Vec<Owned>,
    asleep: Vec<usize>,
    /// Friction impulses of contacts by key.
    contacts: Vec<(u64, [[f64; 3]; 2])>,
    /// Nonzero friction impulses of joints, by degree of freedom.
    joints: Vec<(usize, f64)>,
    /// Number of degrees of freedom with friction impulses, or 0 before the first step.
    joint_count: usize,
    touches: Vec<Touch>,
    loads: Vec<Touch>,
    is_alone: bool,
    pairs: Vec<SavedSlot>,
    tightened: usize,
}

impl Trees {
    pub(in crate::world) fn save(&self) -> TreesState {
        let contacts = self.memory.contacts().iter();
        let joints = self.memory.joints().iter().copied().enumerate();
        TreesState {
            q: self.state.q.clone(),
            v: self.state.v.clone(),
            previous_v: self.state.previous_v.clone(),
            owned: self.owned.clone(),
            asleep: self.asleep.clone(),
            contacts: contacts.map(|(key, parts)| (*key, parts.map(Into::into))).collect(),
            joints: joints.filter(|(_, impulse)| impulse.to_bits() != 0).collect(),
            joint_count: self.memory.joints().len(),
            touches: self.touches.clone(),
            loads: self.loads.clone(),
            is_alone: self.is_alone,
            pairs: self.pairs.slots().iter().map(SavedSlot::of).collect(),
            tightened: self.tightened,
        }
    }

    /// Removes all objects.
    pub(in crate::world) fn disown(&mut self) {
        self.owned.clear();
        self.asleep.clear();
        self.state.q.truncate(self.robots.coordinates());
        self.state.v.truncate(self.robots.dofs());
        self.state.previous_v.truncate(self.robots.dofs());
    }

    /// Restores a saved state, which [fits](TreesState::misfit).
    fn take_over(&mut self, saved: TreesState) {
        self.owned = saved.owned;
        self.asleep = saved.asleep;
        self.touches = saved.touches;
        self.loads = saved.loads;
        let contacts = saved.contacts.into_iter();
        let contacts = contacts.map(|(key, parts)| (key, parts.map(Vector3::from)));
        let mut joints = vec![0.0; saved.joint_count];
        for (dof, impulse) in saved.joints {
            joints[dof] = impulse;
        }
        self.memory = Memory::new(contacts.collect(), joints);
        self.state.q = saved.q;
        self.state.v = saved.v;
        self.state.previous_v = saved.previous_v;
        self.is_alone = saved.is_alone;
        self.pairs.restore(saved.pairs.into_iter().map(SavedSlot::restored).collect());
        self.tightened = saved.tightened;
    }
}

impl TreesState {
    /// The reason for which it is not a state of this world's trees with this number of
    /// dropped boxes.
    pub(in crate::world) fn misfit(&self, world: &SimWorld, boxes: usize) -> Option<&'static str> {
        let Some(trees) = &world.trees else { return Some("the engine has lost its robots") };
        let robots = &trees.robots;
        let objects = self.owned.len();
        let ascends = self.owned.windows(2).all(|pair| pair[0].body < pair[1].body)
            && self.asleep.windows(2).all(|pair| pair[0] < pair[1]);
        let count = world.scene.bodies.len() + boxes;
        let colliders = world.scene.counts[1] + boxes;
        let mut members = self.owned.iter().map(|owned| owned.body).chain(self.asleep.clone());
        let are_loose = members.all(|body| body < count && world.is_loose(body));
        let twice = |owned: &Owned| self.asleep.binary_search(&owned.body).is_ok();
        let rates = robots.dofs() + 6 * objects;
        let touches = || self.touches.iter().chain(&self.loads);
        let known = |slot: &SavedSlot| slot.colliders.iter().all(|it| (*it as usize) < colliders);
        let complaints = [
            (ascends && are_loose && !self.owned.iter().any(twice), "its objects are wrong"),
            (self.q.len() == robots.coordinates() + 7 * objects, "its coordinates are too few"),
            ([&self.v, &self.previous_v].iter().all(|it| it.len() == rates), "it lacks rates"),
            (
                self.joint_count <= rates.max(robots.dofs() + 6 * count)
                    && self.joints.iter().all(|(dof, _)| *dof < self.joint_count),
                "its joints are wrong",
            ),
            (
                touches().flat_map(|it| it.bodies).flatten().all(|body| body < count),
                "something unknown touches",
            ),
            (self.pairs.iter().all(known), "its pairs are unknown"),
        ];
        complaints.iter().find(|(holds, _)| !holds).map(|(_, complaint)| *complaint)
    }

    /// Number of objects that the trees move, or have put to sleep.
    pub(in crate::world) fn objects(&self) -> usize {
        self.owned.len() + self.asleep.len()
    }
}

impl SimWorld {
    /// Restores a saved state that fits, with the engine in the state of that time;
    /// payloads are already set.
    pub(in crate::world) fn restore_trees(&mut self, saved: TreesState) {
        let Some(mut trees) = self.trees.take() else { return };
        for group in &self.scene.masses {
            if let Some(link) = self.robot_link(group.members[0].body) {
                trees.set_mass(link, &group.mass(&self.actions.payloads));
            }
        }
        let tightened = saved.tightened;
        trees.take_over(saved);
        self.rebuild(&mut trees);
        trees.tightened = tightened;
        trees.note_links(&self.physics);
        link_velocities(&trees.tree, &trees.placed, &trees.state.v, &mut trees.velocities);
        self.trees = Some(trees);
    }

    /// The same while the engine rests; links are placed.
    pub(in crate::world) fn restore_trees_alone(&mut self, saved: TreesState) {
        let Some(mut trees) = self.trees.take() else { return };
        let bodies = |owned: &[Owned]| owned.iter().map(|it| it.body).collect::<Vec<_>>();
        let is_same = bodies(&trees.owned) == bodies(&saved.owned);
        let stays_known = is_same && trees.asleep.is_empty() && saved.asleep.is_empty();
        trees.take_over(saved);
        if !is_same {
            self.rebuild(&mut trees);
        }
        if !stays_known {
            trees.pairs.forget();
        }
        for index in 0..self.scene.loose.len() {
            let body = self.scene.loose[index];
            self.set_fresh(body, trees.owned_link(body).is_some());
        }
        trees.settle(&mut self.physics);
        for body in &trees.asleep.clone() {
            for collider in &self.scene.bodies[*body].colliders {
                let bounds = self.physics.colliders[*collider].compute_aabb();
                trees.note_shape(*collider, bounds);
            }
        }
        self.trees = Some(trees);
        self.read_trees();
    }

    /// Rebuilds the tree of robots and owned objects after a change of mass.
    pub(in crate::world) fn rebuild_trees(&mut self) {
        if let Some(mut trees) = self.trees.take() {
            self.rebuild(&mut trees);
            self.trees = Some(trees);
        }
    }
}
