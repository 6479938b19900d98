//! Length, width and thickness of a set of points.

use super::{Degenerate, cross, dot, minus};

/// Length, width and thickness of points in single precision, each across the
/// ones before, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// Distance of the two points that are (nearly) farthest from each other.
    pub length: f64,
    /// Largest distance of a point from the line through them.
    pub width: f64,
    /// Largest distance of a point from the plane through these three.
    pub thickness: f64,
    /// Unit normal of that plane; zero where there is none.
    pub normal: [f64; 3],
    /// Resolution of single precision at this position, m.
    rounding: f64,
}

/// Below this share of its length, a body has no width or thickness to the
/// engine, which computes in single precision.
const FLAT: f64 = 1e-6;

impl Extent {
    /// Measures points, rounded to single precision as the engine has them.
    pub fn of(points: &[[f64; 3]]) -> Self {
        let none =
            Self { length: 0.0, width: 0.0, thickness: 0.0, normal: [0.0; 3], rounding: 0.0 };
        let single = |point: &[f64; 3]| point.map(|part| f64::from(part as f32));
        let Some(start) = points.first().map(single) else { return none };
        let farthest = |weigh: &dyn Fn([f64; 3]) -> f64, none: [f64; 3]| {
            let heavier = |(most, best), point| {
                let weight = weigh(point);
                if weight > most { (weight, point) } else { (most, best) }
            };
            points.iter().map(single).fold((0.0, none), heavier).1
        };
        let squared = |a: [f64; 3]| dot(a, a);
        let one = farthest(&|point| squared(minus(point, start)), start);
        let other = farthest(&|point| squared(minus(point, one)), one);
        let along = minus(other, one);
        let length = libm::sqrt(squared(along));
        let largest =
            points.as_flattened().iter().fold(0.0, |most: f64, part| most.max(part.abs()));
        let rounding = 4.0 * largest * f64::from(f32::EPSILON);
        if length <= rounding {
            return Self { length, rounding, ..none };
        }
        let side = farthest(&|point| squared(cross(along, minus(point, one))), one);
        let across = cross(along, minus(side, one));
        let area = libm::sqrt(squared(across));
        let width = area / length;
        if width <= FLAT * length {
            return Self { length, width, rounding, ..none };
        }
        let normal = across.map(|part| part / area);
        let top = farthest(&|point| dot(normal, minus(point, one)).abs(), one);
        let thickness = dot(normal, minus(top, one)).abs();
        Self { length, width, thickness, normal, rounding }
    }

    /// Succeeds if the hull of the points has a volume.
    ///
    /// # Errors
    ///
    /// The degenerate form of the points.
    pub fn solid(&self) -> Result<(), Degenerate> {
        let least = self.rounding.max(FLAT * self.length);
        // Written so that a NaN counts as nothing.
        let is_more = |size: f64| size > least;
        if !is_more(self.length) {
            Err(Degenerate::Point)
        } else if !is_more(self.width) {
            Err(Degenerate::Line)
        } else if !is_more(self.thickness) {
            Err(Degenerate::Plane)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The corners of a box with its first corner at `at`.
    fn corners(at: f64, size: [f64; 3]) -> Vec<[f64; 3]> {
        let corner = |index: usize| {
            std::array::from_fn(|axis| at + if index >> axis & 1 == 0 { 0.0 } else { size[axis] })
        };
        (0..8).map(corner).collect()
    }

    #[test]
    fn slender_thin_and_tiny_boxes_are_solid() {
        for size in [[1.0, 0.001, 0.001], [1.0, 1.0, 1e-4], [1e-6; 3], [1e5, 1e5, 1.0]] {
            let extent = Extent::of(&corners(0.0, size));

            assert_eq!(extent.solid(), Ok(()), "{size:?}: {extent:?}");
        }
    }

    #[test]
    fn what_single_precision_cannot_tell_from_a_plane_or_a_line_is_none() {
        let expect = |at, size, expected| {
            assert_eq!(Extent::of(&corners(at, size)).solid(), Err(expected), "{size:?} at {at}");
        };
        expect(0.0, [1.0, 1.0, 0.0], Degenerate::Plane);
        expect(0.0, [1.0, 1.0, 1e-7], Degenerate::Plane);
        expect(1000.0, [1.0, 1.0, 1e-5], Degenerate::Plane);
        expect(0.0, [1.0, 0.0, 0.0], Degenerate::Line);
        expect(0.0, [1.0, 1e-8, 1e-8], Degenerate::Line);
        expect(3.0, [0.0; 3], Degenerate::Point);
        assert_eq!(Extent::of(&[]).solid(), Err(Degenerate::Point));
        assert!(Extent::of(&[[f64::NAN; 3]; 4]).solid().is_err());
    }
}
