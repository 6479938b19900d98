//! The convex hull of a mesh, with a limited number of vertices.
//!
//! The exact hull is built first. Then its vertices are removed one by one, the one
//! that changes the hull least first, down to the limit. The cost of a removal is the
//! change of the volume, of the area of each flat face of the vertex, and the inward
//! motion of the surface, each as a fraction of the whole: so a flat sole keeps its
//! outline while the rounded edge around it becomes coarser.
//!
//! Start reading at [`HullFit::of`].

mod decimate;
mod faces;

use std::fmt::Write as _;

use randori_core::hull::{Degenerate, Extent, MAX_SIZE_M, MIN_SIZE_M, convex_hull};

use crate::geometry::{Vector, tidy, tidy3};
use decimate::Decimation;
use faces::FlatFaces;

/// Maximum number of vertices of a hull: the cost of contacts grows with it.
const MAX_CORNERS: usize = 96;

/// Thickness of the plate for a flat mesh, as a fraction of its length.
const ADDED_THICKNESS: f64 = 0.01;

/// A hull and its difference from the original points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HullFit {
    /// Vertices, in the order of the points.
    pub(crate) points: Vec<[f64; 3]>,
    /// Description of the changes for the report; empty if the hull is exact.
    pub(crate) changes: String,
    /// True if the points are flat and thickness was added.
    pub(crate) is_thickened: bool,
}

impl HullFit {
    /// A hull with a limited number of points that the checker and the engine accept.
    ///
    /// # Errors
    /// The reason, if the points are collinear, or too far apart or too close to each
    /// other.
    pub(crate) fn of(points: &[[f64; 3]]) -> Result<Self, String> {
        let extent = Extent::of(points);
        let farthest =
            points.as_flattened().iter().fold(0.0, |most: f64, part| most.max(part.abs()));
        if extent.length > 0.0 && (extent.length < MIN_SIZE_M || farthest > MAX_SIZE_M) {
            let length = tidy(extent.length);
            return Err(format!("it is {length:e} m long; check its `scale` and units"));
        }
        match extent.solid() {
            Ok(()) => fit(points).map_err(|what| what.to_string()),
            Err(Degenerate::Plane) => {
                let half = extent.length * ADDED_THICKNESS / 2.0;
                let normal = Vector::from(extent.normal) * half;
                let thick: Vec<[f64; 3]> = [-normal, normal]
                    .iter()
                    .flat_map(|side| {
                        points.iter().map(move |point| (Vector::from(*point) + side).into())
                    })
                    .collect();
                let mut fit = fit(&thick).map_err(|what| what.to_string())?;
                let thickness = tidy(2.0 * half);
                fit.changes = format!("flat, given a thickness of {thickness} m; {}", fit.changes);
                fit.changes.truncate(fit.changes.trim_end_matches("; ").len());
                fit.is_thickened = true;
                Ok(fit)
            }
            Err(what) => Err(format!("{what}, so it has no volume")),
        }
    }
}

fn fit(points: &[[f64; 3]]) -> Result<HullFit, Degenerate> {
    let (points, triangles) = compact(points, &convex_hull(points)?);
    let faces = FlatFaces::of(&points, &triangles);
    let mut decimation = Decimation::new(&points, &triangles, &faces);
    decimation.reduce(MAX_CORNERS);
    let is_kept = decimation.kept();
    let kept: Vec<[f64; 3]> =
        points.iter().zip(&is_kept).filter(|(_, is)| **is).map(|(point, _)| *point).collect();
    let kept: Vec<[f64; 3]> = kept.iter().map(|point| tidy3(Vector::from(*point))).collect();
    let mut changes = String::new();
    if kept.len() < points.len() {
        let whole = volume(&points, &triangles);
        let left = volume(&kept, &convex_hull(&kept)?);
        let _ = write!(changes, "hull: {} -> {} points", points.len(), kept.len());
        let _ = write!(changes, ", volume {}", percent(left / whole - 1.0));
        if let Some(share) = faces.least_left(&points, &is_kept) {
            let _ = write!(changes, ", support area {}", percent(share - 1.0));
        }
    }
    Ok(HullFit { points: kept, changes, is_thickened: false })
}

/// The vertices of a hull, in their order, and its triangles.
fn compact(points: &[[f64; 3]], triangles: &[[u32; 3]]) -> (Vec<[f64; 3]>, Vec<[u32; 3]>) {
    let mut places = vec![u32::MAX; points.len()];
    triangles.as_flattened().iter().for_each(|&corner| places[corner as usize] = 0);
    let mut corners = Vec::new();
    for (place, point) in places.iter_mut().zip(points).filter(|(place, _)| **place == 0) {
        *place = corners.len() as u32;
        corners.push(*point);
    }
    let moved = triangles.iter().map(|triangle| triangle.map(|corner| places[corner as usize]));
    (corners, moved.collect())
}

fn volume(points: &[[f64; 3]], triangles: &[[u32; 3]]) -> f64 {
    let Some(origin) = points.first().map(|point| Vector::from(*point)) else { return 0.0 };
    let corner = |index: u32| Vector::from(points[index as usize]) - origin;
    let tetrahedron = |[a, b, c]: [u32; 3]| corner(a).dot(&corner(b).cross(&corner(c))) / 6.0;
    triangles.iter().map(|triangle| tetrahedron(*triangle)).sum()
}

/// A fraction in percent with its sign and one digit, such as `-0.3 %`.
fn percent(share: f64) -> String {
    let rounded = (share * 1e3).round() / 10.0;
    if rounded == 0.0 { "0.0 %".to_owned() } else { format!("{rounded:+.1} %") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PI: f64 = std::f64::consts::PI;

    /// A rectangle with rounded corners, `count` points per corner.
    fn ring(count: usize, [length, width]: [f64; 2], radius: f64, z: f64) -> Vec<[f64; 3]> {
        let middle = |size: f64| size / 2.0 - 0.02;
        let (x, y) = (middle(length), middle(width));
        let corners = [(x, y, 0.0), (-x, y, 0.5), (-x, -y, 1.0), (x, -y, 1.5)];
        let mut points = Vec::new();
        for (x, y, turns) in corners {
            points.extend((0..count).map(|step| {
                let angle = PI * (turns + 0.5 * step as f64 / (count - 1) as f64);
                [x + radius * libm::cos(angle), y + radius * libm::sin(angle), z]
            }));
        }
        points
    }

    /// A block of 25 x 8 x 3 cm with rounded corners and a fillet of 3 mm at
    /// its lower edge.
    fn block(count: usize, rings: usize) -> Vec<[f64; 3]> {
        let size = [0.25, 0.08];
        let mut points = Vec::new();
        for step in 0..rings {
            let angle = PI / 2.0 * step as f64 / (rings - 1) as f64;
            let radius = 0.017 + 0.003 * libm::sin(angle);
            points.extend(ring(count, size, radius, 0.003 * (1.0 - libm::cos(angle))));
        }
        points.extend(ring(count, size, 0.02, 0.03));
        points
    }

    /// Area of the convex outline of the lowest points, by the shoelace formula
    /// about their middle.
    fn sole_area(points: &[[f64; 3]]) -> f64 {
        let lowest = points.iter().map(|point| point[2]).fold(f64::INFINITY, f64::min);
        let mut sole: Vec<[f64; 3]> =
            points.iter().filter(|point| point[2] < lowest + 1e-6).copied().collect();
        sole.sort_by(|a, b| libm::atan2(a[1], a[0]).total_cmp(&libm::atan2(b[1], b[0])));
        let next = sole.iter().cycle().skip(1);
        sole.iter().zip(next).map(|(a, b)| (a[0] * b[1] - a[1] * b[0]) / 2.0).sum()
    }

    #[test]
    fn a_flat_sole_keeps_its_outline() {
        // 25 x 8 cm less 3 mm all around, with corners of 17 mm in polygons.
        for (count, rings) in [(7, 5), (15, 9), (40, 12)] {
            let mesh = block(count, rings);
            let fit = HullFit::of(&mesh).expect("a block is a body");

            assert!(fit.points.len() <= MAX_CORNERS, "{} points", fit.points.len());
            let (before, after) = (sole_area(&mesh), sole_area(&fit.points));
            assert!(before > 0.0177, "the mesh has a sole of {before} m2");
            assert!(after > 0.998 * before, "{count} x {rings}: {after} of {before} m2 are left");
            assert!(fit.changes.contains("-> 96 points, volume -"), "{}", fit.changes);
            assert!(fit.changes.contains("support area "), "{}", fit.changes);
        }
    }

    #[test]
    fn hulls_of_few_points_are_exact_and_drop_what_is_inside() {
        let mut points: Vec<[f64; 3]> = (0..8)
            .map(|index| [index & 1, index >> 1 & 1, index >> 2 & 1].map(f64::from))
            .collect();
        let cube = points.clone();
        points.insert(3, [0.5, 0.5, 0.5]);
        points.insert(5, [0.2, 0.9, 1.0]);
        points.extend(cube.clone());

        let fit = HullFit::of(&points).expect("a cube is a body");

        assert_eq!((fit.points, fit.changes.as_str()), (cube, ""));
    }

    #[test]
    fn a_round_body_loses_little_volume_at_any_scale() {
        for scale in [1e-5, 1.0, 1e5] {
            let sphere: Vec<[f64; 3]> = (0..3000)
                .map(|index| {
                    let z = 1.0 - (2.0 * f64::from(index) + 1.0) / 3000.0;
                    let (radius, angle) = ((1.0 - z * z).sqrt(), 2.399_963 * f64::from(index));
                    [radius * libm::cos(angle), radius * libm::sin(angle), z]
                        .map(|part| part * scale)
                })
                .collect();

            let fit = HullFit::of(&sphere).expect("a ball is a body");

            let left = volume(&fit.points, &convex_hull(&fit.points).expect("a body"));
            let share = left / (4.0 / 3.0 * PI * scale.powi(3));
            // The best polyhedra of 96 corners have 0.944 of their ball.
            assert!(share > 0.93, "{share} of the volume is left");
            assert!(
                fit.changes.starts_with("hull: 3000 -> 96 points, volume -"),
                "{}",
                fit.changes
            );
        }
    }

    #[test]
    fn long_and_thin_parts_keep_their_ends() {
        // A handle with a thin rod, both round.
        let mut points = Vec::new();
        for (z, radius) in [(0.0, 0.02), (0.1, 0.02), (0.3, 0.001)] {
            points.extend((0..64).map(|step| {
                let angle = 2.0 * PI * f64::from(step) / 64.0;
                [radius * libm::cos(angle), radius * libm::sin(angle), z]
            }));
        }

        let fit = HullFit::of(&points).expect("a tool is a body");

        let ends: Vec<_> = fit.points.iter().filter(|point| point[2] > 0.299).collect();
        assert!(fit.points.len() <= MAX_CORNERS && ends.len() >= 3, "{} at the tip", ends.len());
    }

    #[test]
    fn flat_meshes_become_thin_plates_and_lines_are_refused() {
        let tag = [
            [-0.025, -0.025, 0.0],
            [0.025, -0.025, 0.0],
            [0.025, 0.025, 0.0],
            [-0.025, 0.025, 0.0],
        ];
        let fit = HullFit::of(&tag).expect("a plate");
        assert!(fit.is_thickened && fit.changes.starts_with("flat, given a thickness of 0.000"));
        assert_eq!(fit.points.len(), 8);
        assert_eq!(Extent::of(&fit.points).solid(), Ok(()));

        let tilted = tag.map(|[x, y, _]| [x, y, 0.3 * x + 0.1 * y]);
        assert_eq!(HullFit::of(&tilted).expect("a plate").points.len(), 8);

        let line: Vec<[f64; 3]> = (0..9).map(|step| [f64::from(step), 1.0, 0.0]).collect();
        assert!(HullFit::of(&line).expect_err("no body").contains("on one line"));
        assert!(HullFit::of(&[[1.0; 3]; 5]).expect_err("no body").contains("points are equal"));
        for scale in [1e-9, 1e9] {
            let absurd =
                block(3, 3).iter().map(|point| point.map(|part| part * scale)).collect::<Vec<_>>();
            assert!(HullFit::of(&absurd).expect_err("no body").contains(" m long"), "{scale}");
        }
    }
}
