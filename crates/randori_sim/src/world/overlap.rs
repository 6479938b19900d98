//! Bodies that overlap.

use std::collections::BTreeMap;

use randori_core::layout::BodyId;
use rapier3d::prelude::ColliderHandle;

use super::SimWorld;
use super::build::owner;

/// Two bodies whose shapes share space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// A body.
    pub body: BodyId,
    /// The other one; `None` is the ground.
    pub other: Option<BodyId>,
    /// How far their shapes reach into each other, m.
    pub depth_m: f32,
}

impl SimWorld {
    /// All pairs of bodies that may touch and overlap by more than a depth (m)
    /// in the present state, the deepest first. Pairs that pass through each
    /// other, and pairs of which neither body can move, are left out.
    pub fn overlaps(&self, deeper_than_m: f32) -> Vec<Overlap> {
        let owner_of = |collider: ColliderHandle| owner(self.physics.colliders[collider].user_data);
        let mut deepest: BTreeMap<(BodyId, Option<BodyId>), f32> = BTreeMap::new();
        for pair in self.physics.narrow_phase.contact_pairs() {
            let (body, other) = match (owner_of(pair.collider1), owner_of(pair.collider2)) {
                (Some(one), Some(other)) if one != other => (one.min(other), Some(one.max(other))),
                (Some(body), None) | (None, Some(body)) => (body, None),
                _ => continue,
            };
            // What hooks filter out has manifolds, but no contacts to solve.
            if !pair.has_any_active_contact() {
                continue;
            }
            let points = pair.manifolds().iter().flat_map(|manifold| &manifold.points);
            let depth = points.map(|point| -point.dist).fold(0.0, f32::max);
            if depth > deeper_than_m {
                let known = deepest.entry((body, other)).or_insert(depth);
                *known = known.max(depth);
            }
        }
        let overlap = |((body, other), depth_m)| Overlap { body, other, depth_m };
        let mut overlaps: Vec<Overlap> = deepest.into_iter().map(overlap).collect();
        overlaps.sort_by(|one, other| other.depth_m.total_cmp(&one.depth_m));
        overlaps
    }
}
