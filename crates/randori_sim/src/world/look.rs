//! Queries for rendering: contact points, support polygons, depth images.
//!
//! All functions here are read-only.

use randori_core::layout::{BodyId, RobotId};
use randori_core::math::{Pose, Vec2, Vector};
use rapier3d::prelude::{Collider, ColliderHandle, ContactManifold, ContactPair, QueryFilter};

use super::SimWorld;
use super::build::owner;
use super::contact::contact_index;
use super::rays::Rays;

/// A contact point with force in the last step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContactPoint {
    /// The body with the lower index.
    pub body: BodyId,
    /// The other one; `None` for the ground.
    pub other: Option<BodyId>,
    /// Position, m in the world.
    pub at: Vector,
    /// Contact normal from the other one to `body`; a unit vector in world axes.
    pub normal: Vector,
    /// Mean force on `body` over the step, N in world axes.
    pub force: Vector,
}

/// A depth camera. Its frame is that of other sensors: +X looks ahead, +Y points left,
/// +Z up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DepthCamera {
    /// Its pose in the world.
    pub world_from_camera: Pose,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Vertical field of view, rad, between 0 and pi (exclusive). Pixels are square.
    pub vertical_fov_rad: f32,
    /// Minimum depth, m.
    pub near_m: f32,
    /// Maximum depth, m.
    pub far_m: f32,
    /// The body that carries the camera; it is invisible to it.
    pub carrier: Option<BodyId>,
}

/// Surfaces up to this slope (cosine of 60 degrees) support a robot.
const STEEPEST_SUPPORT: f32 = 0.5;

impl SimWorld {
    /// All points with contact force in the last step. The forces of a pair of bodies
    /// add up to that of [`SimWorld::contacts`]; if the engine solves one friction
    /// force for several points, each gets an equal part of it. Torsional friction
    /// about the normal is omitted.
    pub fn contact_points(&self, out: &mut Vec<ContactPoint>) {
        out.clear();
        for pair in self.solved_pairs() {
            let owner_of =
                |collider: ColliderHandle| owner(self.physics.colliders[collider].user_data);
            let (body, other, sign) = match (owner_of(pair.collider1), owner_of(pair.collider2)) {
                (Some(a), Some(b)) if a == b => continue,
                (Some(a), Some(b)) if b < a => (b, Some(a), -1.0),
                (Some(body), other) => (body, other, 1.0),
                (None, Some(body)) => (body, None, -1.0),
                (None, None) => continue,
            };
            self.for_each_point(pair, |at, normal, force| {
                let (normal, force) = (normal * sign, force * sign);
                out.push(ContactPoint { body, other, at, normal, force });
            });
        }
        for touch in self.tree_touches() {
            let (body, other, sign) = match touch.bodies.map(|body| body.map(BodyId)) {
                [Some(a), Some(b)] if a == b => continue,
                [Some(a), Some(b)] if b < a => (b, Some(a), -1.0),
                [Some(body), other] => (body, other, 1.0),
                [None, Some(body)] => (body, None, -1.0),
                [None, None] => continue,
            };
            let (normal, force) = (-touch.normal * sign, -touch.force * sign);
            out.push(ContactPoint { body, other, at: touch.point, normal, force });
        }
        out.sort_by_key(|point| (point.body, point.other.is_none(), point.other));
    }

    /// The convex hull, projected to the ground plane, of the points at which the
    /// ground and other bodies support a robot: corners x and y in the world, m,
    /// counter-clockwise. With less than three points it is a line, a point or empty.
    /// Surfaces steeper than 60 degrees, such as walls, do not count.
    pub fn support_polygon(&self, robot: RobotId, out: &mut Vec<Vec2>) {
        let mut points = Vec::new();
        self.contact_points(&mut points);
        let bodies = &self.scene.robots[robot.0].bodies;
        let is_own = |body: BodyId| bodies.contains(&body.0);
        out.clear();
        out.extend(points.iter().filter_map(|point| {
            let up = match (is_own(point.body), point.other.is_some_and(is_own)) {
                (true, false) => point.normal.z,
                (false, true) => -point.normal.z,
                _ => return None,
            };
            (up >= STEEPEST_SUPPORT).then_some(Vec2::new(point.at.x, point.at.y))
        }));
        keep_hull(out);
    }

    /// Mass of a robot with its payloads, kg.
    pub fn robot_mass(&self, robot: RobotId) -> f32 {
        let bodies = self.scene.robots[robot.0].bodies.clone();
        self.placing[bodies].iter().map(|placing| placing.mass_kg).sum()
    }

    /// The depth image of a camera: distances along its +X, m, row by row from the
    /// upper left corner; 0 without a hit between near and far. One ray per pixel,
    /// through its centre.
    pub fn depth_image(&self, camera: &DepthCamera, out: &mut Vec<f32>) {
        out.clear();
        let pose = &camera.world_from_camera;
        let ignored = camera.carrier;
        let sees = |_: ColliderHandle, collider: &Collider| {
            ignored.is_none() || owner(collider.user_data) != ignored
        };
        let rays = Rays::new(self, QueryFilter::new().predicate(&sees));
        let pixel = 2.0 * libm::tanf(camera.vertical_fov_rad / 2.0) / camera.height as f32;
        for row in 0..camera.height {
            let z = (camera.height as f32 / 2.0 - row as f32 - 0.5) * pixel;
            for column in 0..camera.width {
                let y = (camera.width as f32 / 2.0 - column as f32 - 0.5) * pixel;
                let along = Vector::new(1.0, y, z);
                let stretch = along.length();
                let direction = pose.rotation * (along / stretch);
                let hit = rays.cast(pose.translation, direction, camera.far_m * stretch);
                let depth = hit.map_or(0.0, |hit| hit.distance_m / stretch);
                out.push(if depth >= camera.near_m { depth } else { 0.0 });
            }
        }
    }

    /// Calls `visit` with position, normal and force, both on the first body, of every
    /// point of a pair with contact force.
    fn for_each_point(&self, pair: &ContactPair, mut visit: impl FnMut(Vector, Vector, Vector)) {
        for manifold in pair.solver_manifolds() {
            self.visit_shared_points(manifold, &mut visit);
        }
    }

    fn visit_shared_points(
        &self,
        manifold: &ContactManifold,
        visit: &mut impl FnMut(Vector, Vector, Vector),
    ) {
        let normal = manifold.data.normal;
        // The solver processes four points at a time.
        for patch in manifold.data.solver_contacts.chunks(4) {
            let data = |index: u32| &manifold.points[contact_index(index)].data;
            let pressing =
                || patch.iter().filter(|contact| data(contact.contact_id[0]).impulse > 0.0);
            // Each point holds the friction of the whole patch.
            let Some(last) = patch.last() else { continue };
            let friction = data(last.contact_id[0]).warmstart_tangent_world / self.scene.substep_s;
            let share = friction / pressing().count().max(1) as f32;
            for contact in pressing() {
                let pressed = data(contact.contact_id[0]).impulse / self.scene.tick_s;
                visit(self.middle(manifold, contact), -normal, share - normal * pressed);
            }
        }
    }
}

/// Keeps the corners of the convex hull, counter-clockwise from the leftmost.
/// Andrew's monotone chain (1979).
fn keep_hull(points: &mut Vec<Vec2>) {
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    if points.len() < 3 {
        return;
    }
    let mut hull: Vec<Vec2> = Vec::with_capacity(points.len() + 1);
    extend_chain(&mut hull, points.iter().copied(), 0);
    hull.pop();
    let lower = hull.len();
    extend_chain(&mut hull, points.iter().rev().copied(), lower);
    hull.pop();
    *points = hull;
}

/// Adds points to a chain that begins at `first` and turns only left.
fn extend_chain(hull: &mut Vec<Vec2>, points: impl Iterator<Item = Vec2>, first: usize) {
    for point in points {
        while let [.., before, last] = hull[first..]
            && (last - before).perp_dot(point - before) <= 0.0
        {
            hull.pop();
        }
        hull.push(point);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hull(points: &[(f32, f32)]) -> Vec<(f32, f32)> {
        let mut points: Vec<Vec2> = points.iter().map(|&(x, y)| Vec2::new(x, y)).collect();
        keep_hull(&mut points);
        points.into_iter().map(|point| (point.x, point.y)).collect()
    }

    #[test]
    fn a_hull_keeps_corners_and_nothing_within_or_between() {
        let square = [(1.0, 1.0), (0.5, 0.5), (0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (0.0, 1.0)];

        assert_eq!(hull(&square), [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]);
        assert_eq!(hull(&[(1.0, 2.0), (1.0, 2.0)]), [(1.0, 2.0)]);
        assert_eq!(hull(&[(2.0, 2.0), (0.0, 0.0), (1.0, 1.0)]), [(0.0, 0.0), (2.0, 2.0)]);
        assert_eq!(hull(&[]), []);
    }
}
