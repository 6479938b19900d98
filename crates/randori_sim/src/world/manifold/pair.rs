//! Two convex shapes.

use std::mem::take;

use randori_core::math::{Pose, Rotation, Vector};
use rapier3d::parry::query::details::contact_support_map_support_map_with_params;
use rapier3d::parry::query::gjk::{GJKResult, VoronoiSimplex};
use rapier3d::parry::shape::{PackedFeatureId, ShapeType};
use rapier3d::prelude::{ContactManifold, Shape};

use super::Point;
use super::clip::clip;
use super::face::Face;
use super::reduce::{carry_over, reduce};

/// Sine of the relative rotation (0.02 degrees) of two shapes from which their faces
/// are clipped again.
const SAME_TURN: f32 = 3.5e-4;

/// Relative displacement (m) from which they are.
const SAME_PLACE: f32 = 2e-4;

/// Cosine of the angle (half a degree) within which the normal of a contact is replaced
/// by that of a face.
const ALIGNED: f32 = 0.999_96;

/// Cosine of the angle beyond which a face is too steep to measure depths on.
const STEEP: f32 = 0.1;

/// Minimum distance (m) by which the closest points must be nearer than all points of
/// faces to be added.
const NEARER: f32 = 1e-4;

/// Minimum reduction (m) of overlap for which another direction is preferred to the one found.
const SURER: f32 = 1e-5;

/// Two convex shapes close to each other.
pub(super) struct Pair<'a> {
    /// Pose of the second shape in the frame of the first.
    pub(super) pos12: &'a Pose,
    pub(super) shapes: [&'a dyn Shape; 2],
    /// Maximum distance (m) of contact points.
    pub(super) prediction: f32,
}

/// The closest points of two shapes, or those of the deepest overlap; in the frame of
/// the first.
struct Closest {
    on_one: Vector,
    on_other: Vector,
    /// From the first to the second.
    direction: Vector,
}

impl Pair<'_> {
    /// Updates a manifold; `None` if one of the shapes has no faces, edges or corners.
    pub(super) fn touch(&self, manifold: &mut ContactManifold) -> Option<()> {
        let (one, margin_one) = self.shapes[0].as_polygonal_feature_map()?;
        let (other, margin_other) = self.shapes[1].as_polygonal_feature_map()?;
        if self.part().is_none() && self.is_as_before(manifold) {
            manifold.update_separations(self.pos12);
            return Some(());
        }
        let closest = contact_support_map_support_map_with_params(
            self.pos12,
            one,
            other,
            self.prediction + margin_one + margin_other,
            &mut VoronoiSimplex::new(),
            manifold.local_n1.try_normalize(),
        );
        let earlier = take(&mut manifold.points);
        match closest {
            GJKResult::ClosestPoints(on_one, on_other, direction) => {
                let closest = Closest { on_one, on_other, direction };
                self.fill(manifold, &closest, [margin_one, margin_other], &earlier);
            }
            // Initial direction for the next tick.
            GJKResult::NoIntersection(direction) => manifold.local_n1 = direction,
            _ => manifold.local_n1 = Vector::ZERO,
        }
        Some(())
    }

    /// Index of the shape that is a triangle of a terrain or mesh. The points of all
    /// triangles are then needed to select among them.
    fn part(&self) -> Option<usize> {
        self.shapes.iter().position(|shape| shape.shape_type() == ShapeType::Triangle)
    }

    /// The normal of a triangle, from the first shape to the second in the first frame,
    /// if the shapes are apart along it or overlap hardly more than along `direction`.
    ///
    /// A triangle has neighbours at its edges, so a force parallel to it is valid only
    /// for a shape in front of its edge; and for flat shapes the search for the closest
    /// points is often wrong.
    fn across_triangle(&self, direction: Vector) -> Option<Vector> {
        let part = self.part()?;
        let turn = if part == 0 { Rotation::IDENTITY } else { self.pos12.rotation };
        let across = turn * self.shapes[part].as_triangle()?.normal()?;
        let separation = |normal: Vector| self.separation(normal).unwrap_or(f32::NEG_INFINITY);
        let (ahead, behind) = (separation(across), separation(-across));
        let (best, normal) = if ahead >= behind { (ahead, across) } else { (behind, -across) };
        (best >= 0.0 || best + NEARER >= separation(direction)).then_some(normal)
    }

    /// The normal of the last tick, from either shape, if the shapes overlap less along
    /// it: the search for the direction of least overlap can fail for overlapping shapes.
    fn as_last(&self, manifold: &ContactManifold, closest: &Closest) -> Option<Vector> {
        let on_one = manifold.local_n1.try_normalize()?;
        let on_other = (self.pos12.rotation * -manifold.local_n2).try_normalize()?;
        let mut best = (self.separation(closest.direction)? + SURER, None);
        for normal in [on_one, on_other] {
            let separation = self.separation(normal)?;
            if separation > best.0 {
                best = (separation, Some(normal));
            }
        }
        best.1
    }

    /// Distance of the shapes along a direction from the first to the second,
    /// m; negative if they overlap.
    fn separation(&self, direction: Vector) -> Option<f32> {
        let front = self.shapes[0].as_support_map()?.local_support_point(direction);
        let facing = self.pos12.rotation.inverse() * -direction;
        let back = self.shapes[1].as_support_map()?.local_support_point(facing);
        Some((*self.pos12 * back - front).dot(direction))
    }

    /// The foremost corner of the shape next to a triangle, if it is above it.
    fn foremost(&self, [one, other]: &[Face; 2], normal: Vector) -> Vec<Point> {
        let Some(part) = self.part() else { return Vec::new() };
        let Some(shape) = self.shapes[1 - part].as_support_map() else { return Vec::new() };
        if part == 0 {
            let facing = self.pos12.rotation.inverse() * -normal;
            let tip = Face::tip(shape.local_support_point(facing)).placed(self.pos12);
            self.shared(&[one.clone(), tip], normal)
        } else {
            self.shared(&[Face::tip(shape.local_support_point(normal)), other.clone()], normal)
        }
    }

    /// True if the shapes have hardly moved relative to each other since the points of
    /// the manifold were computed.
    fn is_as_before(&self, manifold: &ContactManifold) -> bool {
        let normal = manifold.local_n1;
        let facing = self.pos12.rotation * manifold.local_n2;
        let turned = normal.cross(facing).length_squared();
        let stays = |point: &Point| {
            let apart = *self.pos12 * point.local_p2 - point.local_p1;
            let distance = apart.dot(normal);
            let slid = (apart - normal * distance).length_squared();
            distance * point.dist >= 0.0 && slid < SAME_PLACE * SAME_PLACE
        };
        !manifold.points.is_empty()
            && normal.dot(facing) < 0.0
            && turned < SAME_TURN * SAME_TURN
            && manifold.points.iter().all(stays)
    }

    /// Fills a manifold without points.
    fn fill(
        &self,
        manifold: &mut ContactManifold,
        closest: &Closest,
        margins: [f32; 2],
        earlier: &[Point],
    ) {
        let gap = (closest.on_other - closest.on_one).dot(closest.direction);
        let across =
            self.across_triangle(closest.direction).or_else(|| self.as_last(manifold, closest));
        let Some(faces) = self.faces(across.unwrap_or(closest.direction), closest) else { return };
        let normal = aligned(across.unwrap_or(closest.direction), &faces);
        let mut points = self.shared(&faces, normal);
        if points.is_empty() && across.is_some() {
            points = self.foremost(&faces, normal);
        }
        let reach = self.prediction + margins[0] + margins[1];
        points.retain(|point| point.dist <= reach);
        let nearest = points.iter().map(|point| point.dist).fold(f32::INFINITY, f32::min);
        if across.is_none() && nearest > gap + NEARER {
            points.push(self.point_of(closest, normal));
        }
        manifold.local_n1 = normal;
        manifold.local_n2 = self.pos12.rotation.inverse() * -normal;
        for point in &mut points {
            point.local_p1 += manifold.local_n1 * margins[0];
            point.local_p2 += manifold.local_n2 * margins[1];
            point.dist -= margins[0] + margins[1];
        }
        if self.part().is_none() {
            reduce(&mut points, normal, earlier);
        }
        carry_over(&mut points, earlier);
        manifold.points = points;
    }

    /// The facing faces of both shapes along a normal, in the first frame.
    fn faces(&self, normal: Vector, closest: &Closest) -> Option<[Face; 2]> {
        let one = Face::towards(self.shapes[0], normal, closest.on_one)?;
        let facing = self.pos12.rotation.inverse() * -normal;
        let hint = self.pos12.inverse_transform_point(closest.on_other);
        let other = Face::towards(self.shapes[1], facing, hint)?;
        Some([one, other.placed(self.pos12)])
    }

    /// The corners of the intersection of two faces along a normal. Depths are measured
    /// on the face that is more perpendicular to it.
    fn shared(&self, [one, other]: &[Face; 2], normal: Vector) -> Vec<Point> {
        let across = |face: &Face, axis: Vector| face.normal.map_or(0.0, |it| it.dot(axis));
        let first_cuts = across(one, normal) + 1e-3 >= across(other, -normal);
        let (cutter, subject, outward) =
            if first_cuts { (one, other, normal) } else { (other, one, -normal) };
        let slope = across(cutter, outward);
        let Some(face_normal) = cutter.normal.filter(|_| slope >= STEEP) else {
            return Vec::new();
        };
        let origin = cutter.corners[0].place;
        let point = |cut: super::clip::Cut| {
            let distance = (cut.place - origin).dot(face_normal) / slope;
            let opposite = cut.place - outward * distance;
            if first_cuts {
                let on_other = self.pos12.inverse_transform_point(cut.place);
                Point::new(opposite, on_other, cut.of_cutter, cut.of_subject, distance)
            } else {
                let on_other = self.pos12.inverse_transform_point(opposite);
                Point::new(cut.place, on_other, cut.of_subject, cut.of_cutter, distance)
            }
        };
        clip(cutter, subject, outward).into_iter().map(point).collect()
    }

    fn point_of(&self, closest: &Closest, normal: Vector) -> Point {
        Point::new(
            closest.on_one,
            self.pos12.inverse_transform_point(closest.on_other),
            PackedFeatureId::UNKNOWN,
            PackedFeatureId::UNKNOWN,
            (closest.on_other - closest.on_one).dot(normal),
        )
    }
}

/// The normal of a face if it is nearly the given normal, else the given one: the
/// search for the closest points ends before its direction is exact.
fn aligned(normal: Vector, [one, other]: &[Face; 2]) -> Vector {
    let outward = [one.normal, other.normal.map(|it| -it)];
    let mut best = (ALIGNED, normal);
    for candidate in outward.into_iter().flatten() {
        let cosine = candidate.dot(normal);
        if cosine > best.0 {
            best = (cosine, candidate);
        }
    }
    best.1
}
