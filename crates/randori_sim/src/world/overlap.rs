//! Bodies that overlap.

use std::collections::BTreeMap;

use randori_core::layout::BodyId;
use rapier3d::prelude::{ColliderHandle, ContactManifold};

use super::SimWorld;
use super::build::owner;

/// Two overlapping bodies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// One of the bodies.
    pub body: BodyId,
    /// The other one; `None` is the ground.
    pub other: Option<BodyId>,
    /// Penetration depth, m.
    pub depth_m: f32,
}

/// Maximum depth by pair of bodies, m.
type Deepest = BTreeMap<(BodyId, Option<BodyId>), f32>;

impl SimWorld {
    /// All pairs of bodies that may collide and overlap by more than a depth (m) in the
    /// present state, the deepest first. Pairs without collision, and pairs of two
    /// immovable bodies, are omitted.
    pub fn overlaps(&self, deeper_than_m: f32) -> Vec<Overlap> {
        let mut deepest = Deepest::new();
        if let Some(trees) = self.trees.as_ref().filter(|_| self.is_alone()) {
            for meeting in self.present_pairs(trees).meetings() {
                self.note_overlap(meeting.colliders, meeting.manifolds, &mut deepest);
            }
        } else {
            // Filtered pairs have manifolds, but no contacts to solve.
            let pairs = self.physics.narrow_phase.contact_pairs();
            for pair in pairs.filter(|pair| pair.has_any_active_contact()) {
                let colliders = [pair.collider1, pair.collider2];
                self.note_overlap(colliders, pair.manifolds(), &mut deepest);
            }
        }
        deepest.retain(|_, depth| *depth > deeper_than_m);
        let overlap = |((body, other), depth_m)| Overlap { body, other, depth_m };
        let mut overlaps: Vec<Overlap> = deepest.into_iter().map(overlap).collect();
        overlaps.sort_by(|one, other| other.depth_m.total_cmp(&one.depth_m));
        overlaps
    }
    fn note_overlap(
        &self,
        colliders: [ColliderHandle; 2],
        manifolds: &[ContactManifold],
        deepest: &mut Deepest,
    ) {
        let owners = colliders.map(|it| owner(self.physics.colliders[it].user_data));
        let bodies = match owners {
            [Some(one), Some(other)] if one != other => (one.min(other), Some(one.max(other))),
            [Some(body), None] | [None, Some(body)] => (body, None),
            _ => return,
        };
        let points = manifolds.iter().flat_map(|manifold| &manifold.points);
        let depth = points.map(|point| -point.dist).fold(0.0, f32::max);
        let known = deepest.entry(bodies).or_insert(depth);
        *known = known.max(depth);
    }
}
