//! Collision candidates among the shapes of trees; other pairs have no cost in a tick.

use randori_bodies::{Kinematics, Tree};
use randori_core::layout::BodyId;
use randori_core::math::{Pose, Vector};
use rapier3d::prelude::{Aabb, Collider, ColliderHandle};

use super::Trees;
use super::pairs::Pairs;
use crate::world::SimWorld;
use crate::world::build::owner;
use crate::world::rules::NEAR_M;
use crate::world::scene::Role;
use crate::world::tree::narrow_pose;

/// Maximum number of pairs that are tested one by one; for more, shapes are sorted first.
const MAX_LISTED: usize = 4096;

/// A shape of a link, or a static shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct TreeShape {
    pub(super) collider: ColliderHandle,
    pub(super) body: Option<usize>,
    /// `None` for static shapes, and sleeping objects.
    pub(super) link: Option<usize>,
    /// In the frame of its link, or of the world.
    pub(super) pose: Pose,
    /// The outward normal of a plane, in the frame of the shape.
    pub(super) plane: Option<Vector>,
    /// Maximum displacement in a step, m.
    pub(super) reach: f32,
}

impl SimWorld {
    /// Collects all shapes, and the pairs that may touch.
    pub(super) fn list_shapes(&self, trees: &Trees, pairs: &mut Pairs) {
        let physics = &self.physics;
        pairs.shapes.clear();
        for (link, handle) in trees.handles.iter().enumerate() {
            for collider in physics.bodies[*handle].colliders() {
                pairs.shapes.push(shape(*collider, &physics.colliders[*collider], Some(link)));
            }
        }
        for (handle, collider) in physics.colliders.iter() {
            let body = owner(collider.user_data);
            let stays =
                |body: BodyId| self.body_role(body).1 == Role::Static || trees.sleeps(body.0);
            if body.is_none_or(stays) {
                pairs.shapes.push(shape(handle, collider, None));
            }
        }
        pairs.shapes.sort_unstable_by_key(|it| it.collider.into_raw_parts());
        let may_touch = |one: usize, other: usize| {
            self.may_touch(trees, &pairs.shapes[one], &pairs.shapes[other])
        };
        let indices = || 0..pairs.shapes.len();
        let is_plane = |shape: &usize| pairs.shapes[*shape].plane.is_some();
        let meet =
            |plane| indices().filter(move |it| may_touch(plane, *it)).map(move |it| [plane, it]);
        pairs.planes = indices().filter(is_plane).flat_map(meet).collect();
        pairs.sorted = indices().filter(|it| !is_plane(it)).collect();
        let moving = pairs.sorted.iter().filter(|it| pairs.shapes[**it].link.is_some()).count();
        pairs.listed = (moving * pairs.sorted.len() <= MAX_LISTED).then(|| {
            let all = pairs.sorted.iter().enumerate();
            let later = |(place, one): (usize, &usize)| {
                let (one, rest) = (*one, &pairs.sorted[place + 1..]);
                rest.iter().map(move |other| [one, *other])
            };
            all.flat_map(later).filter(|[one, other]| may_touch(*one, *other)).collect()
        });
    }

    /// True if two shapes may ever touch.
    pub(super) fn may_touch(&self, trees: &Trees, one: &TreeShape, other: &TreeShape) -> bool {
        if one.link == other.link || (one.plane.is_some() && other.plane.is_some()) {
            return false;
        }
        let [first, second] = [one, other].map(|it| &self.physics.colliders[it.collider]);
        let is_fixed = |collider: &Collider| {
            collider.parent().is_none_or(|parent| self.physics.bodies[parent].is_fixed())
        };
        if !first.collision_groups().test(second.collision_groups())
            || (is_fixed(first) && is_fixed(second))
        {
            return false;
        }
        if let [Some(one), Some(other)] = [one.body, other.body]
            && self.scene.rules.pass(one, other)
        {
            return false;
        }
        let robots = trees.robots.links().len();
        match [one.link, other.link] {
            [Some(one), Some(other)] if one < robots && other < robots => {
                self.scene.forest.as_ref().is_none_or(|forest| forest.meet(one, other))
            }
            _ => true,
        }
    }
}

impl TreeShape {
    pub(super) fn world_pose(&self, tree: &Tree, kinematics: &Kinematics) -> Pose {
        match self.link {
            Some(link) => narrow_pose(&kinematics.pose(tree, link)) * self.pose,
            None => self.pose,
        }
    }

    /// True if a range is near this shape, a plane.
    pub(super) fn reaches(&self, range: &Aabb) -> bool {
        let Some(normal) = self.plane.filter(|_| self.link.is_none()) else { return true };
        let normal = self.pose.rotation * normal;
        let height = (range.center() - self.pose.translation).dot(normal);
        height - range.half_extents().dot(normal.abs()) <= NEAR_M / 2.0
    }
}

fn shape(handle: ColliderHandle, collider: &Collider, link: Option<usize>) -> TreeShape {
    let pose = match link {
        Some(_) => collider.position_wrt_parent().copied().unwrap_or(Pose::IDENTITY),
        None => *collider.position(),
    };
    TreeShape {
        collider: handle,
        body: owner(collider.user_data).map(|BodyId(body)| body),
        link,
        pose,
        plane: collider.shape().as_halfspace().map(|half| half.normal),
        reach: 0.0,
    }
}
