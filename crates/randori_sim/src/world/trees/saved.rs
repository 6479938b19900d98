//! What a snapshot holds of trees.

use nalgebra::Vector3;
use randori_bodies::Memory;
use randori_bodies::passes::link_velocities;
use serde::{Deserialize, Serialize};

use super::owned::Owned;
use super::pairs::Slot;
use super::{Touch, Trees};
use crate::world::SimWorld;

/// Everything of trees that does not follow from the scenario and the payloads.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::world) struct TreesState {
    q: Vec<f64>,
    v: Vec<f64>,
    previous_v: Vec<f64>,
    owned: Vec<Owned>,
    asleep: Vec<usize>,
    /// Friction impulses of contacts by key.
    contacts: Vec<(u64, [[f64; 3]; 2])>,
    /// Friction impulses of joints.
    joints: Vec<f64>,
    touches: Vec<Touch>,
    loads: Vec<Touch>,
    is_alone: bool,
    pairs: Vec<Slot>,
    tightened: usize,
}

impl Trees {
    pub(in crate::world) fn save(&self) -> TreesState {
        let contacts = self.memory.contacts().iter();
        TreesState {
            q: self.state.q.clone(),
            v: self.state.v.clone(),
            previous_v: self.state.previous_v.clone(),
            owned: self.owned.clone(),
            asleep: self.asleep.clone(),
            contacts: contacts.map(|(key, parts)| (*key, parts.map(Into::into))).collect(),
            joints: self.memory.joints().to_vec(),
            touches: self.touches.clone(),
            loads: self.loads.clone(),
            is_alone: self.is_alone,
            pairs: self.pairs.slots().to_vec(),
            tightened: self.tightened,
        }
    }
}

impl SimWorld {
    /// Puts the trees into a state that was saved; payloads are in force already.
    pub(in crate::world) fn restore_trees(&mut self, saved: TreesState) {
        let Some(mut trees) = self.trees.take() else { return };
        for group in &self.scene.masses {
            if let Some(link) = self.robot_link(group.members[0].body) {
                trees.set_mass(link, &group.mass(&self.actions.payloads));
            }
        }
        trees.owned = saved.owned;
        trees.asleep = saved.asleep;
        trees.touches = saved.touches;
        trees.loads = saved.loads;
        let contacts = saved.contacts.into_iter();
        let contacts = contacts.map(|(key, parts)| (key, parts.map(Vector3::from)));
        trees.memory = Memory::new(contacts.collect(), saved.joints);
        trees.state.q = saved.q;
        trees.state.v = saved.v;
        trees.state.previous_v = saved.previous_v;
        self.rebuild(&mut trees);
        trees.note_links(&self.physics);
        trees.is_alone = saved.is_alone;
        trees.pairs.restore(saved.pairs);
        trees.tightened = saved.tightened;
        link_velocities(&trees.tree, &trees.placed, &trees.state.v, &mut trees.velocities);
        self.trees = Some(trees);
    }
}
