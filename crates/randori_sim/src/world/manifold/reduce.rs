//! Selects the four best supporting points among the contact points in a plane.

use randori_core::math::Vector;

use super::Point;

/// Maximum number of points that the engine solves in one contact plane.
pub(super) const MOST: usize = 4;

/// Fraction of the best area from which the points of the last tick are kept.
const ENOUGH: f32 = 0.8;

/// Minimum additional depth with which a point displaces others, as a fraction of the
/// extent of the points. A body that rolls from corner to corner sinks in by this much
/// before the next corner supports it; pushing it out would add energy.
const SLACK: f32 = 5e-5;

/// Height above the deepest point, as a fraction of the extent, at which the weight of
/// a point is a quarter.
const HIGH: f32 = 1e-3;

/// Displacement within a tick up to which a point without feature id is the same, as a
/// fraction of the extent.
const SAME_PLACE: f32 = 1e-2;

/// Indices, in order, of the at most four points that support best: the deepest, and
/// those that span the largest area with it.
///
/// The points of the last tick are kept while they are nearly as good, so that a body
/// at rest does not alternate between two sets. `normal` is that of the first shape, in
/// its frame.
pub(super) fn carriers(points: &[Point], normal: Vector, earlier: &[Point]) -> Vec<usize> {
    if points.len() <= MOST {
        return (0..points.len()).collect();
    }
    let span = Span::of(points, normal);
    let best = span.best();
    let place = SAME_PLACE * span.reach;
    let counterparts = earlier.iter().filter_map(|point| counterpart(point, points, place));
    let mut kept: Vec<usize> = counterparts.collect();
    kept.sort_unstable();
    kept.dedup();
    let is_deep = kept.iter().any(|&index| span.height(index) <= SLACK * span.reach);
    let is_wide = kept.len() == best.len() && span.area_of(&kept) >= ENOUGH * span.area_of(&best);
    if is_deep && is_wide { kept } else { best }
}

/// Reduces points to the [`carriers`].
pub(super) fn reduce(points: &mut Vec<Point>, normal: Vector, earlier: &[Point]) {
    if points.len() > MOST {
        *points = carriers(points, normal, earlier).into_iter().map(|it| points[it]).collect();
    }
}

/// Copies solver data of the points of the last tick to the present ones.
pub(super) fn carry_over(points: &mut [Point], earlier: &[Point]) {
    let reach = points
        .iter()
        .map(|point| (point.local_p1 - points[0].local_p1).length())
        .fold(0.0, f32::max);
    for point in points {
        if let Some(index) = counterpart(point, earlier, SAME_PLACE * reach) {
            point.data = earlier[index].data;
        }
    }
}

/// The point with the same features or, if features are unknown, the nearest on either
/// body within `place` (m).
fn counterpart(point: &Point, among: &[Point], place: f32) -> Option<usize> {
    if !(point.fid1.is_unknown() && point.fid2.is_unknown()) {
        let named = |it: &Point| it.fid1 == point.fid1 && it.fid2 == point.fid2;
        if let Some(index) = among.iter().position(named) {
            return Some(index);
        }
    }
    let mut nearest = None;
    let mut limit = place * place;
    for (index, it) in among.iter().enumerate() {
        let on_one = (it.local_p1 - point.local_p1).length_squared();
        let on_other = (it.local_p2 - point.local_p2).length_squared();
        let distance = on_one.min(on_other);
        if distance < limit {
            (nearest, limit) = (Some(index), distance);
        }
    }
    nearest
}

/// Points in a plane with data for the selection.
struct Span<'a> {
    points: &'a [Point],
    normal: Vector,
    deepest: usize,
    furthest: usize,
    /// Distance between these two, m.
    reach: f32,
}

impl<'a> Span<'a> {
    /// Of at least one point.
    fn of(points: &'a [Point], normal: Vector) -> Self {
        let deepest = largest(points.len(), |index| -points[index].dist);
        let from = points[deepest].local_p1;
        let away = |index: usize| (points[index].local_p1 - from).length();
        let furthest = largest(points.len(), away);
        Self { points, normal, deepest, furthest, reach: away(furthest) }
    }

    /// Height of a point above the deepest one, m.
    fn height(&self, index: usize) -> f32 {
        self.points[index].dist - self.points[self.deepest].dist
    }

    /// 1 for points as deep as the deepest one, less for points above it.
    fn weight(&self, index: usize) -> f32 {
        let ratio = 1.0 + self.height(index) / (HIGH * self.reach);
        1.0 / (ratio * ratio)
    }

    /// The best points, sorted by index.
    fn best(&self) -> Vec<usize> {
        let count = self.points.len();
        let (first, place) = (self.deepest, |index: usize| self.points[index].local_p1);
        if self.reach <= 0.0 {
            return vec![first];
        }
        let far = |index| (place(index) - place(first)).length() * self.weight(index);
        let second = largest(count, far);
        let wide = |index| self.area_of(&[first, second, index]) * self.weight(index);
        let third = largest(count, wide);
        let narrow = 1e-3 * self.reach * self.reach;
        let mut best = if self.area_of(&[first, second, third]) <= narrow {
            vec![first, self.furthest]
        } else {
            let triangle = self.area_of(&[first, second, third]);
            let gain = |index| {
                let gain = self.area_of(&[first, second, third, index]) - triangle;
                gain * self.weight(index)
            };
            vec![first, second, third, largest(count, gain)]
        };
        best.sort_unstable();
        best.dedup();
        best
    }

    /// Area (m^2) of the polygon of three or four points in the plane; 0 for fewer.
    ///
    /// For four points in convex position it is half the cross product of the
    /// diagonals; the pairing with the largest product has the diagonals.
    fn area_of(&self, chosen: &[usize]) -> f32 {
        let place = |index: usize| self.points[chosen[index]].local_p1;
        let across = |one: Vector, other: Vector| one.cross(other).dot(self.normal).abs() / 2.0;
        match chosen.len() {
            3 => across(place(1) - place(0), place(2) - place(0)),
            4 => {
                let pairings = [[0, 1, 2, 3], [0, 2, 1, 3], [0, 3, 1, 2]];
                let area =
                    |[a, b, c, d]: [usize; 4]| across(place(a) - place(b), place(c) - place(d));
                pairings.into_iter().map(area).fold(0.0, f32::max)
            }
            _ => 0.0,
        }
    }
}

/// The first index at which a measure is largest.
fn largest(count: usize, measure: impl Fn(usize) -> f32) -> usize {
    let mut best = 0;
    let mut most = measure(0);
    for index in 1..count {
        let value = measure(index);
        if value > most {
            (best, most) = (index, value);
        }
    }
    best
}
