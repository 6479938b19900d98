//! Contacts in ticks in which the engine moves no body: the trees find pairs of
//! touching shapes themselves, and use only the engine's geometry for contact points.
//!
//! Candidate pairs are determined once, when the trees change. A tick compares the
//! bounds of those pairs, in worlds with many shapes along an axis first ("sort and
//! sweep", Baraff 1992). A pair keeps its contact points while it is near, so the
//! geometry can detect that two shapes have hardly moved relative to each other.
//!
//! Start reading at [`SimWorld::find_pairs`].

use randori_bodies::{Kinematics, Tree};
use randori_core::math::Pose;
use rapier3d::parry::bounding_volume::BoundingVolume;
use rapier3d::parry::query::PersistentQueryDispatcher;
use rapier3d::parry::query::details::ContactManifoldsWorkspace;
use rapier3d::prelude::{Aabb, ColliderHandle, ContactManifold};

use super::Trees;
use super::candidates::TreeShape;
use super::slots::copy_slots;
use crate::world::SimWorld;
use crate::world::manifold::FaceContacts;
use crate::world::rules::{NEAR_M, UNBOUNDED};

/// Pairs of shapes near each other.
#[derive(Clone, Default)]
pub(in crate::world) struct Pairs {
    /// Shapes of links and static ones, by collider index; empty after a change of the trees.
    pub(super) shapes: Vec<TreeShape>,
    /// By shape: its bounds, widened by its displacement and half of [`NEAR_M`].
    ranges: Vec<Aabb>,
    /// By shape: its pose in the world, once a pair needs it.
    poses: Vec<Option<Pose>>,
    /// Pairs of a plane and a shape that may touch it.
    pub(super) planes: Vec<[usize; 2]>,
    /// Other pairs that may touch; `None` if there are too many to list.
    pub(super) listed: Option<Vec<[usize; 2]>>,
    /// Shapes other than planes, along the x axis.
    pub(super) sorted: Vec<usize>,
    /// Pairs whose ranges overlap.
    near: Vec<[usize; 2]>,
    /// Their contacts, in the same order; those of the last step until the next search.
    slots: Vec<Slot>,
    /// Workspace of the search.
    earlier: Vec<Slot>,
}

/// Two shapes near each other, with their contact points.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) colliders: [ColliderHandle; 2],
    pub(super) manifolds: Vec<ContactManifold>,
    pub(super) workspace: Option<ContactManifoldsWorkspace>,
}

/// Owner of a shape: the indices of the body and of the link, if any.
pub(super) type Owner = (Option<usize>, Option<usize>);

/// A pair of shapes with its contact points.
#[derive(Clone, Copy)]
pub(in crate::world) struct Meeting<'a> {
    pub(in crate::world) colliders: [ColliderHandle; 2],
    /// Poses of the shapes in the world at which the points were computed.
    pub(super) poses: [Pose; 2],
    /// Their bodies and links.
    pub(super) owners: [Owner; 2],
    pub(in crate::world) manifolds: &'a [ContactManifold],
}

impl SimWorld {
    /// Finds contacts, including predicted ones, with the links at the poses of
    /// `kinematics`.
    pub(super) fn find_pairs(&self, trees: &Trees, pairs: &mut Pairs, kinematics: &Kinematics) {
        if pairs.shapes.is_empty() {
            self.list_shapes(trees, pairs);
        }
        pairs.spread(trees);
        pairs.sweep(|one, other| self.may_touch(trees, one, other));
        pairs.carry();
        self.touch(&trees.tree, pairs, kinematics);
    }

    /// The same for the present state.
    pub(in crate::world) fn present_pairs(&self, trees: &Trees) -> Pairs {
        let mut pairs = trees.pairs.clone();
        self.find_pairs(trees, &mut pairs, &trees.placed);
        pairs
    }

    /// Computes the contact points of all pairs that are near.
    fn touch(&self, tree: &Tree, pairs: &mut Pairs, kinematics: &Kinematics) {
        let widest = self.physics.integration_parameters.prediction_distance();
        let Pairs { shapes, poses, near, slots, .. } = pairs;
        for (pair, slot) in near.iter().zip(slots) {
            let [one, other] = pair.map(|it| {
                *poses[it].get_or_insert_with(|| shapes[it].world_pose(tree, kinematics))
            });
            let sides = pair.map(|it| &shapes[it]);
            let prediction = (NEAR_M + sides[0].reach + sides[1].reach).min(widest);
            let geometry = slot.colliders.map(|it| self.physics.colliders[it].shape());
            slot.touch([&one, &other], geometry, prediction);
        }
    }
}

impl Pairs {
    /// Clears the candidates, because the trees or the static shapes changed.
    pub(super) fn forget(&mut self) {
        self.shapes.clear();
    }

    /// Clears the contacts, because the engine finds them now.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
    }

    /// Pairs that were near in the last step, in order.
    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The bodies of a pair, if both are objects in the trees; `None` also if the trees
    /// have changed since, or have restored contacts.
    pub(super) fn objects(&self, place: usize, robot_links: usize) -> Option<[usize; 2]> {
        let (pair, slot) = (self.near.get(place)?, self.slots.get(place)?);
        let body = |side: usize| {
            let shape = self.shapes.get(pair[side])?;
            let is_object = shape.link.is_some_and(|link| link >= robot_links);
            shape.body.filter(|_| is_object && shape.collider == slot.colliders[side])
        };
        Some([body(0)?, body(1)?])
    }

    /// Restores the contacts of a snapshot.
    pub(super) fn restore(&mut self, slots: Vec<Slot>) {
        self.slots = slots;
    }

    /// Copies contacts, and candidates unless the trees have the same `scenery`, so
    /// that they are equal already.
    pub(super) fn copy_from(&mut self, source: &Self, same_scenery: bool) {
        copy_slots(&mut self.slots, &source.slots);
        if same_scenery && !self.shapes.is_empty() {
            return;
        }
        self.shapes.clone_from(&source.shapes);
        self.planes.clone_from(&source.planes);
        self.sorted.clone_from(&source.sorted);
        self.listed.clone_from(&source.listed);
    }

    /// Pairs with contact points, in order.
    pub(in crate::world) fn meetings(&self) -> impl Iterator<Item = Meeting<'_>> {
        let found = self.near.iter().zip(&self.slots);
        found.filter(|(_, slot)| slot.touches()).map(|(pair, slot)| Meeting {
            colliders: slot.colliders,
            poses: pair.map(|it| self.poses[it].unwrap_or(Pose::IDENTITY)),
            owners: pair.map(|it| (self.shapes[it].body, self.shapes[it].link)),
            manifolds: &slot.manifolds,
        })
    }

    /// Computes the ranges of shapes.
    fn spread(&mut self, trees: &Trees) {
        self.poses.clear();
        self.poses.resize(self.shapes.len(), None);
        self.ranges.clear();
        for shape in &mut self.shapes {
            let reach = shape.body.and_then(|body| trees.reaches.get(body).copied().flatten());
            shape.reach = reach.unwrap_or(0.0);
            let place = shape.collider.into_raw_parts().0 as usize;
            let bounds = trees.bounds.get(place).unwrap_or(&UNBOUNDED);
            self.ranges.push(bounds.loosened(NEAR_M / 2.0 + shape.reach));
        }
    }

    /// Finds pairs whose ranges overlap, in the order of their colliders.
    fn sweep(&mut self, may_touch: impl Fn(&TreeShape, &TreeShape) -> bool) {
        let Self { shapes, ranges, planes, listed, sorted, near, .. } = self;
        near.clear();
        let meets = |[plane, other]: &&[usize; 2]| shapes[*plane].reaches(&ranges[*other]);
        near.extend(planes.iter().filter(meets).map(|[one, other]| ordered(*one, *other)));
        if let Some(listed) = listed {
            let meet = |[one, other]: &&[usize; 2]| ranges[*one].intersects(&ranges[*other]);
            near.extend(listed.iter().filter(meet));
            near.sort_unstable();
            return;
        }
        sorted.sort_unstable_by(|one, other| {
            ranges[*one].mins.x.total_cmp(&ranges[*other].mins.x).then(one.cmp(other))
        });
        for (place, one) in sorted.iter().enumerate() {
            let range = &ranges[*one];
            for other in &sorted[place + 1..] {
                if ranges[*other].mins.x > range.maxs.x {
                    break;
                }
                let pair = ordered(*one, *other);
                let is_moving = pair.iter().any(|it| shapes[*it].link.is_some());
                if is_moving
                    && range.intersects(&ranges[*other])
                    && may_touch(&shapes[pair[0]], &shapes[pair[1]])
                {
                    near.push(pair);
                }
            }
        }
        near.sort_unstable();
    }

    /// Copies the contact points of pairs from the last step.
    fn carry(&mut self) {
        let Self { shapes, near, slots, earlier, .. } = self;
        std::mem::swap(slots, earlier);
        let order = |colliders: [ColliderHandle; 2]| colliders.map(ColliderHandle::into_raw_parts);
        let mut known = earlier.drain(..).peekable();
        for pair in near {
            let colliders = pair.map(|it| shapes[it].collider);
            while known.next_if(|slot| order(slot.colliders) < order(colliders)).is_some() {}
            let slot = known.next_if(|slot| slot.colliders == colliders);
            slots.push(slot.unwrap_or_else(|| Slot::new(colliders)));
        }
    }
}

fn ordered(one: usize, other: usize) -> [usize; 2] {
    [one.min(other), one.max(other)]
}

impl Slot {
    fn new(colliders: [ColliderHandle; 2]) -> Self {
        Self { colliders, manifolds: Vec::new(), workspace: None }
    }

    /// True if it has contact points.
    pub(super) fn touches(&self) -> bool {
        self.manifolds.iter().any(|manifold| !manifold.points.is_empty())
    }

    /// Updates the contact points of the shapes, up to a distance of `prediction` (m).
    fn touch(
        &mut self,
        [one, other]: [&Pose; 2],
        [first, second]: [&dyn rapier3d::prelude::Shape; 2],
        prediction: f32,
    ) {
        let Self { manifolds, workspace, .. } = self;
        let one_from_other = one.inv_mul(other);
        let found = FaceContacts.contact_manifolds(
            &one_from_other,
            first,
            second,
            prediction,
            manifolds,
            workspace,
        );
        if found.is_err() {
            // Pairs that the geometry does not support never touch.
            manifolds.clear();
        }
        for manifold in manifolds {
            let local = manifold.subshape_pos1().map(|it| it.rotation * manifold.local_n1);
            manifold.data.normal = one.rotation * local.unwrap_or(manifold.local_n1);
        }
    }
}

#[cfg(test)]
#[path = "pairs_tests.rs"]
mod tests;
