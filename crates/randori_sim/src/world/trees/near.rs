//! Finds objects near robots, and objects in the trees that may sleep.
//!
//! Start reading at [`SimWorld::find_near`].

use std::cmp::Ordering;

use randori_core::layout::BodyId;
use rapier3d::parry::bounding_volume::BoundingVolume;
use rapier3d::prelude::{Collider, ColliderHandle, ContactPair};

use super::Trees;
use super::owned::{AHEAD_TICKS, Owned};
use crate::world::SimWorld;
use crate::world::build::owner;
use crate::world::dynamics::spatial::narrow;
use crate::world::scene::Role;

/// Workspace of the search for objects near robots.
#[derive(Debug, Clone, Default)]
pub(super) struct Near {
    /// Objects near robots, and all that touch them, in order.
    pub(super) bodies: Vec<usize>,
    /// Those of them near a link.
    by_links: Vec<usize>,
    /// Pairs of touching objects, if the trees know them: if the engine moves no body.
    pairs: Vec<[usize; 2]>,
    /// Objects in the trees that fall asleep, in order.
    pub(super) sleepers: Vec<usize>,
    /// Workspace for that.
    restless: Vec<usize>,
    /// The objects that the trees will own.
    pub(super) next: Vec<Owned>,
    memory: Spread,
}

/// Workspace of [`SimWorld::spread`].
#[derive(Debug, Clone, Default)]
struct Spread {
    /// By body: true if it is found.
    found: Vec<bool>,
    /// By body: another body of the same connected set, nearer to its first one.
    leaders: Vec<usize>,
}

impl SimWorld {
    /// Objects near a link, and all objects in contact with them, in order.
    pub(super) fn find_near(&self, trees: &Trees, found: &mut Near) {
        let Near { bodies: near, by_links, pairs, memory, .. } = found;
        for list in [&mut *near, &mut *by_links] {
            list.clear();
        }
        pairs.clear();
        let narrow_phase = &self.physics.narrow_phase;
        if trees.is_alone {
            let robot_links = trees.robots.links().len();
            let is_plain = !self.scene.rules.has_special();
            for (place, slot) in trees.pairs.slots().iter().enumerate() {
                let objects = trees.pairs.objects(place, robot_links).filter(|_| is_plain);
                let bodies =
                    objects.or_else(|| self.note_pair(trees, slot.colliders, (near, by_links)));
                if let Some(bodies) = bodies.filter(|_| slot.touches()) {
                    pairs.push(bodies);
                }
            }
        } else if self.scene.rules.has_special_objects() {
            for pair in narrow_phase.contact_pairs() {
                self.note_pair(trees, [pair.collider1, pair.collider2], (near, by_links));
            }
        } else {
            // The engine's own pairs, which may be many, are skipped.
            for handle in &trees.handles[..trees.robots.links().len()] {
                for collider in self.physics.bodies[*handle].colliders() {
                    for pair in narrow_phase.contact_pairs_with(*collider) {
                        self.note_pair(trees, [pair.collider1, pair.collider2], (near, by_links));
                    }
                }
            }
        }
        by_links.sort_unstable();
        by_links.dedup();
        near.extend_from_slice(by_links);
        near.extend(
            self.actions.forces.iter().map(|(body, _)| *body).filter(|it| trees.sleeps(*it)),
        );
        self.spread(trees, near, (pairs, memory));
    }

    /// Adds the objects of a pair whose surfaces only trees support; a sleeping one
    /// stays asleep next to another immobile one.
    fn add_special(&self, trees: &Trees, bodies: [Option<usize>; 2], near: &mut Vec<usize>) {
        let moves = |body: usize| match self.body_role(BodyId(body)).1 {
            Role::Loose => !trees.sleeps(body),
            Role::Actor => true,
            Role::Static | Role::Tree { .. } => false,
        };
        if bodies.into_iter().flatten().any(moves) {
            near.extend(bodies.into_iter().flatten().filter(|body| self.is_loose(*body)));
        }
    }

    /// Objects in the trees that have kept their poses for long, as all objects in
    /// contact with them, with no robot near. They leave the trees and keep their poses
    /// until another body comes near or touches them.
    pub(super) fn find_sleepers(&self, trees: &Trees, near: &mut Near) {
        let Near { by_links, pairs, sleepers, restless, memory, .. } = near;
        sleepers.clear();
        let ticks = self.rest_ticks();
        let is_still = |owned: &&Owned| owned.still_ticks >= ticks;
        if !trees.owned.iter().any(|owned| is_still(&owned)) {
            return;
        }
        restless.clone_from(by_links);
        restless.extend(trees.owned.iter().filter(|it| !is_still(it)).map(|it| it.body));
        restless.extend(self.actions.forces.iter().map(|(body, _)| *body));
        self.spread(trees, restless, (pairs, memory));
        let stays = |body: &usize| restless.binary_search(body).is_ok();
        let still = trees.owned.iter().filter(is_still).map(|owned| owned.body);
        sleepers.extend(still.filter(|body| !stays(body)));
    }

    /// Notes the objects of a pair that are near a robot or touch a surface that only
    /// trees support. Returns the pair if it consists of two objects.
    fn note_pair(
        &self,
        trees: &Trees,
        colliders: [ColliderHandle; 2],
        (near, by_links): (&mut Vec<usize>, &mut Vec<usize>),
    ) -> Option<[usize; 2]> {
        let bodies = colliders.map(|it| self.owner_of(it));
        if self.scene.rules.has_special() && self.is_special(colliders) {
            self.add_special(trees, bodies, near);
        }
        let [Some(one), Some(other)] = bodies else { return None };
        match [one, other].map(|body| self.is_loose(body)) {
            [true, true] => return Some([one, other]),
            [true, false] if self.comes_near(trees, colliders, other) => by_links.push(one),
            [false, true] if self.comes_near(trees, colliders, one) => by_links.push(other),
            _ => {}
        }
        None
    }

    /// True if the surfaces of a pair have softness, or torsional or rolling friction,
    /// which only trees support.
    fn is_special(&self, colliders: [ColliderHandle; 2]) -> bool {
        let [one, other] =
            colliders.map(|it| self.scene.rules.surface(&self.physics.colliders[it]));
        match one.priority.cmp(&other.priority) {
            Ordering::Greater => one.is_special(),
            Ordering::Less => other.is_special(),
            Ordering::Equal => one.is_special() || other.is_special(),
        }
    }

    fn owner_of(&self, collider: ColliderHandle) -> Option<usize> {
        owner(self.physics.colliders[collider].user_data).map(|body| body.0)
    }

    /// True if a body is a movable object.
    pub(super) fn is_loose(&self, body: usize) -> bool {
        self.body_role(BodyId(body)).1 == Role::Loose
    }

    /// True if the link of a pair may touch the object within a few ticks.
    fn comes_near(&self, trees: &Trees, pair: [ColliderHandle; 2], link: usize) -> bool {
        if self.robot_link(link).is_none() {
            return false;
        }
        let colliders = pair.map(|it| &self.physics.colliders[it]);
        let bodies = pair.map(|it| self.owner_of(it));
        let [first, second] = bodies.map(|body| {
            let body = body.unwrap_or(link);
            self.robot_link(body).or_else(|| trees.owned_link(body)).map_or_else(
                || self.body_state(BodyId(body)).twist.linear,
                |link| narrow(&trees.velocities[link].at(trees.placed.offset(link))),
            )
        });
        let closing = (first - second).length() * self.scene.tick_s * AHEAD_TICKS;
        let margin = self.physics.integration_parameters.prediction_distance() + closing;
        let [one, other] = colliders.map(Collider::compute_aabb);
        one.loosened(margin).intersects(&other)
    }

    /// Adds to a list of objects all that are in contact with them, directly or through
    /// other objects, and sorts it.
    fn spread(
        &self,
        trees: &Trees,
        list: &mut Vec<usize>,
        (pairs, memory): (&[[usize; 2]], &mut Spread),
    ) {
        if list.is_empty() {
            return;
        }
        let Spread { found, leaders } = memory;
        let count = self.scene.bodies.len() + self.dropped.len();
        found.clear();
        found.resize(count, false);
        if trees.is_alone {
            leaders.clear();
            leaders.extend(0..count);
            for pair in pairs {
                let [one, other] = pair.map(|body| leader(leaders, body));
                leaders[one.max(other)] = one.min(other);
            }
            for body in list.drain(..) {
                found[leader(leaders, body)] = true;
            }
            list.extend((0..count).filter(|body| found[leader(leaders, *body)]));
            return;
        }
        list.retain(|body| !std::mem::replace(&mut found[*body], true));
        let mut next = 0;
        while let Some(&body) = list.get(next) {
            next += 1;
            if self.is_loose(body) {
                self.add_touching(body, list, found);
            }
        }
        list.sort_unstable();
    }

    /// Adds the objects that touch an object according to the engine and are not found yet.
    fn add_touching(&self, body: usize, list: &mut Vec<usize>, found: &mut [bool]) {
        for collider in self.body_colliders(BodyId(body)) {
            for pair in self.physics.narrow_phase.contact_pairs_with(*collider) {
                let other =
                    if pair.collider1 == *collider { pair.collider2 } else { pair.collider1 };
                let Some(other) = self.owner_of(other) else { continue };
                if !found[other] && self.is_loose(other) && touches(pair) {
                    found[other] = true;
                    list.push(other);
                }
            }
        }
    }
}

/// The first body of the connected set of a body.
fn leader(leaders: &mut [usize], mut body: usize) -> usize {
    while leaders[body] != body {
        // Path compression.
        leaders[body] = leaders[leaders[body]];
        body = leaders[body];
    }
    body
}

/// True if the shapes of a pair touch, or may touch within a tick.
pub(super) fn touches(pair: &ContactPair) -> bool {
    pair.manifolds().iter().any(|manifold| !manifold.points.is_empty())
}
