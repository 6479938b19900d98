//! Intersection of two faces, projected along their contact normal.
//!
//! Sutherland and Hodgman, "Reentrant polygon clipping", Communications of the ACM 17
//! (1974): the corners of one face are clipped by each edge of the other in turn. Every
//! corner of the result stores the features that it comes from, to identify contact
//! points across ticks.

use randori_core::math::Vector;
use rapier3d::parry::shape::PackedFeatureId;

use super::face::Face;

/// Distance outside an edge up to which a corner counts as inside, as a fraction of the
/// size of the face: congruent faces then need no clipping.
const TOLERANCE: f32 = 1e-4;

/// A corner of the intersection of two faces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// On the clipped face.
    pub(super) place: Vector,
    /// Feature of the clipping face.
    pub(super) of_cutter: PackedFeatureId,
    /// Feature of the clipped face.
    pub(super) of_subject: PackedFeatureId,
    /// The side between this corner and the next.
    side: Side,
}

/// Origin of a side of a clipped face.
#[derive(Debug, Clone, Copy)]
enum Side {
    /// An edge of the clipped face.
    Subject(PackedFeatureId),
    /// An edge of the clipping face, by its index.
    Cutter(usize),
}

/// The part of the face `subject` within the outline of `cutter`, projected along
/// `axis` (a unit vector); empty if they do not intersect.
pub(super) fn clip(cutter: &Face, subject: &Face, axis: Vector) -> Vec<Cut> {
    let cutter = cutter.wound_about(axis);
    let mut cuts: Vec<Cut> = subject
        .corners
        .iter()
        .map(|corner| Cut {
            place: corner.place,
            of_cutter: cutter.id,
            of_subject: corner.vertex,
            side: Side::Subject(corner.edge),
        })
        .collect();
    let origin = cutter.corners[0].place;
    let size = cutter.corners.iter().map(|it| (it.place - origin).length()).fold(0.0, f32::max);
    for index in 0..cutter.corners.len() {
        let from = cutter.corners[index].place;
        let to = cutter.corners[(index + 1) % cutter.corners.len()].place;
        let Some(inward) = axis.cross(to - from).try_normalize() else { continue };
        let depth = |place: Vector| (place - from).dot(inward) + TOLERANCE * size;
        cuts = cut_by_edge(&cuts, depth, |side| crossing(&cutter, index, side, subject.id), index);
    }
    without_twins(cuts, TOLERANCE * size)
}

/// Clips by one edge. `depth` is positive inside; `names` returns the features of the
/// cutter and of the subject where a side crosses the edge.
fn cut_by_edge(
    cuts: &[Cut],
    depth: impl Fn(Vector) -> f32,
    names: impl Fn(Side) -> (PackedFeatureId, PackedFeatureId),
    edge: usize,
) -> Vec<Cut> {
    let mut left = Vec::with_capacity(cuts.len() + 1);
    for (index, cut) in cuts.iter().enumerate() {
        let next = &cuts[(index + 1) % cuts.len()];
        let (here, there) = (depth(cut.place), depth(next.place));
        if here >= 0.0 {
            left.push(*cut);
        }
        if (here >= 0.0) != (there >= 0.0) {
            let place = cut.place + (next.place - cut.place) * (here / (here - there));
            let (of_cutter, of_subject) = names(cut.side);
            let side = if here >= 0.0 { Side::Cutter(edge) } else { cut.side };
            left.push(Cut { place, of_cutter, of_subject, side });
        }
    }
    left
}

/// The features at the crossing of a side and an edge of the cutter.
fn crossing(
    cutter: &Face,
    edge: usize,
    side: Side,
    subject: PackedFeatureId,
) -> (PackedFeatureId, PackedFeatureId) {
    match side {
        Side::Subject(side) => (cutter.corners[edge].edge, side),
        // Two edges of the cutter meet in its corner: the start of the later one.
        Side::Cutter(earlier) => {
            let wraps = (edge + 1) % cutter.corners.len() == earlier;
            let corner = if wraps { earlier } else { edge };
            (cutter.corners[corner].vertex, subject)
        }
    }
}

/// Removes corners that coincide with earlier ones.
fn without_twins(cuts: Vec<Cut>, distance: f32) -> Vec<Cut> {
    let mut left: Vec<Cut> = Vec::with_capacity(cuts.len());
    for cut in cuts {
        let twin = |it: &Cut| (it.place - cut.place).length_squared() <= distance * distance;
        if !left.iter().any(twin) {
            left.push(cut);
        }
    }
    left
}
