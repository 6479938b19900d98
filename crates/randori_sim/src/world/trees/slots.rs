//! Copies of touching pairs: into existing memory, and in compact form for a snapshot.
//!
//! While the trees find contacts themselves, the engine's solver data in manifolds are
//! unused, so only data of the geometry have to be copied.

use randori_core::math::{Pose, Vector};
use rapier3d::parry::query::TrackedContact;
use rapier3d::parry::query::details::ContactManifoldsWorkspace;
use rapier3d::parry::shape::PackedFeatureId;
use rapier3d::prelude::{ColliderHandle, ContactManifold, ContactManifoldData};
use serde::{Deserialize, Serialize};

use super::pairs::Slot;

/// A pair in a snapshot.
#[derive(Serialize, Deserialize)]
pub(super) struct SavedSlot {
    /// Indices; colliders are never removed, so all have the first generation.
    pub(super) colliders: [u32; 2],
    manifolds: Vec<SavedManifold>,
    workspace: Option<ContactManifoldsWorkspace>,
}

#[derive(Serialize, Deserialize)]
struct SavedManifold {
    points: Vec<SavedPoint>,
    normals: [Vector; 2],
    subshapes: [u32; 2],
    poses: Option<[Option<Pose>; 2]>,
}

/// A point on both shapes, its distance (m) and its features.
type SavedPoint = ([Vector; 2], f32, [u32; 2]);

impl SavedSlot {
    pub(super) fn of(slot: &Slot) -> Self {
        Self {
            colliders: slot.colliders.map(|it| it.into_raw_parts().0),
            manifolds: slot.manifolds.iter().map(SavedManifold::of).collect(),
            workspace: slot.workspace.clone(),
        }
    }

    pub(super) fn restored(self) -> Slot {
        Slot {
            colliders: self.colliders.map(|index| ColliderHandle::from_raw_parts(index, 0)),
            manifolds: self.manifolds.into_iter().map(SavedManifold::restored).collect(),
            workspace: self.workspace,
        }
    }
}

impl SavedManifold {
    fn of(manifold: &ContactManifold) -> Self {
        let points = manifold.points.iter().map(|point| {
            let features = [point.fid1, point.fid2].map(|feature| feature.0);
            ([point.local_p1, point.local_p2], point.dist, features)
        });
        Self {
            points: points.collect(),
            normals: [manifold.local_n1, manifold.local_n2],
            subshapes: [manifold.subshape1, manifold.subshape2],
            poses: manifold.subshape_poses.as_ref().map(|poses| [poses.pos1, poses.pos2]),
        }
    }

    fn restored(self) -> ContactManifold {
        let [first, second] = self.subshapes;
        let mut manifold =
            ContactManifold::with_data(first, second, ContactManifoldData::default());
        [manifold.local_n1, manifold.local_n2] = self.normals;
        if let Some(poses) = self.poses {
            let kept = manifold.subshape_poses.get_or_insert_default();
            [kept.pos1, kept.pos2] = poses;
        }
        let points = self.points.into_iter().map(|([one, other], dist, features)| {
            let [first, second] = features.map(PackedFeatureId);
            TrackedContact::new(one, other, first, second, dist)
        });
        manifold.points.extend(points);
        manifold
    }
}

/// Copies pairs; nothing is allocated if there were as many pairs, manifolds and points
/// before, unless a shape has parts that need a workspace.
pub(super) fn copy_slots(slots: &mut Vec<Slot>, source: &[Slot]) {
    slots.truncate(source.len());
    let known = slots.len();
    for (slot, source) in slots.iter_mut().zip(source) {
        slot.colliders = source.colliders;
        copy_manifolds(&mut slot.manifolds, &source.manifolds);
        slot.workspace.clone_from(&source.workspace);
    }
    slots.extend_from_slice(&source[known..]);
}

fn copy_manifolds(manifolds: &mut Vec<ContactManifold>, source: &[ContactManifold]) {
    manifolds.truncate(source.len());
    let known = manifolds.len();
    for (manifold, source) in manifolds.iter_mut().zip(source) {
        manifold.points.clone_from(&source.points);
        manifold.local_n1 = source.local_n1;
        manifold.local_n2 = source.local_n2;
        manifold.subshape1 = source.subshape1;
        manifold.subshape2 = source.subshape2;
        manifold.subshape_poses.clone_from(&source.subshape_poses);
        manifold.data.normal = source.data.normal;
    }
    manifolds.extend_from_slice(&source[known..]);
}
