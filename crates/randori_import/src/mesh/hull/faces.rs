//! The flat faces of a hull, on which bodies can stand.

use super::Vector;

/// Flat faces with a smaller fraction of the surface than this are ignored.
const SMALL: f64 = 0.01;

/// Vertices at most this far from a plane belong to it, as a fraction of the hull's
/// size: the rounding error of a file in single precision.
const OFF_PLANE: f64 = 2e-6;

/// A flat face: its vertices, unit normal and area.
struct FlatFace {
    corners: Vec<u32>,
    normal: Vector,
    area: f64,
}

/// The relevant flat faces.
pub(super) struct FlatFaces {
    faces: Vec<FlatFace>,
    /// The faces of each vertex of the hull, in ascending order.
    of_corner: Vec<Vec<u32>>,
}

impl FlatFaces {
    /// Finds faces of any number of triangles.
    pub(super) fn of(points: &[[f64; 3]], triangles: &[[u32; 3]]) -> Self {
        let point = |corner: u32| Vector::from(points[corner as usize]);
        let across =
            |[a, b, c]: [u32; 3]| (point(b) - point(a)).cross(&(point(c) - point(a))) / 2.0;
        let areas: Vec<f64> = triangles.iter().map(|triangle| across(*triangle).norm()).collect();
        let whole: f64 = areas.iter().sum();
        let tolerance = OFF_PLANE * size(points);
        let neighbours = neighbours(triangles);
        let mut order: Vec<usize> = (0..triangles.len()).collect();
        order.sort_by(|one, other| areas[*other].total_cmp(&areas[*one]));
        let mut is_taken = vec![false; triangles.len()];
        let mut found = Self { faces: Vec::new(), of_corner: vec![Vec::new(); points.len()] };
        for seed in order {
            if is_taken[seed] || areas[seed] <= 0.0 {
                continue;
            }
            let (normal, origin) =
                (across(triangles[seed]) / areas[seed], point(triangles[seed][0]));
            let is_flat = |corner: &u32| normal.dot(&(point(*corner) - origin)).abs() <= tolerance;
            let (mut part, mut next) = (vec![seed], 0);
            is_taken[seed] = true;
            while let Some(&triangle) = part.get(next) {
                next += 1;
                for &beyond in &neighbours[triangle] {
                    if !is_taken[beyond] && triangles[beyond].iter().all(is_flat) {
                        is_taken[beyond] = true;
                        part.push(beyond);
                    }
                }
            }
            let area: f64 = part.iter().map(|triangle| areas[*triangle]).sum();
            if area >= SMALL * whole {
                let corners = part.iter().flat_map(|triangle| triangles[*triangle]).collect();
                found.add(FlatFace { corners, normal, area });
            }
        }
        found
    }

    fn add(&mut self, mut face: FlatFace) {
        face.corners.sort_unstable();
        face.corners.dedup();
        let index = self.faces.len() as u32;
        for &corner in &face.corners {
            self.of_corner[corner as usize].push(index);
        }
        self.faces.push(face);
    }

    /// Indices of the faces that contain all vertices of a triangle.
    pub(super) fn holding(&self, triangle: [u32; 3]) -> impl Iterator<Item = u32> {
        let [a, b, c] = triangle.map(|corner| &self.of_corner[corner as usize]);
        a.iter().copied().filter(|face| b.contains(face) && c.contains(face))
    }

    /// Unit normal of a face, and its area in the exact hull, m^2.
    pub(super) fn face(&self, index: u32) -> (Vector, f64) {
        let face = &self.faces[index as usize];
        (face.normal, face.area)
    }

    /// The remaining fraction of the area of the face that loses most; `None` without
    /// flat faces.
    pub(super) fn least_left(&self, points: &[[f64; 3]], is_kept: &[bool]) -> Option<f64> {
        let left = |face: &FlatFace| {
            let corners = face.corners.iter().filter(|corner| is_kept[**corner as usize]);
            let corners: Vec<Vector> =
                corners.map(|corner| Vector::from(points[*corner as usize])).collect();
            outline_area(corners, face.normal) / face.area
        };
        self.faces.iter().map(left).min_by(f64::total_cmp)
    }
}

/// Area of a convex polygon from its corners in any order.
fn outline_area(mut corners: Vec<Vector>, normal: Vector) -> f64 {
    let middle = corners.iter().sum::<Vector>() / corners.len().max(1) as f64;
    let Some(x) =
        corners.iter().map(|corner| corner - middle).max_by(|a, b| a.norm().total_cmp(&b.norm()))
    else {
        return 0.0;
    };
    let y = normal.cross(&x);
    let angle = |corner: &Vector| {
        let arm = corner - middle;
        libm::atan2(arm.dot(&y), arm.dot(&x))
    };
    corners.sort_by(|one, other| angle(one).total_cmp(&angle(other)));
    let next = corners.iter().cycle().skip(1);
    let part = |(a, b): (&Vector, &Vector)| normal.dot(&(a - middle).cross(&(b - middle))) / 2.0;
    corners.iter().zip(next).map(part).sum()
}

/// Largest edge of the bounding box of points.
pub(super) fn size(points: &[[f64; 3]]) -> f64 {
    let edge = |axis: usize| {
        let parts = points.iter().map(|point| point[axis]);
        parts.clone().fold(f64::NEG_INFINITY, f64::max) - parts.fold(f64::INFINITY, f64::min)
    };
    edge(0).max(edge(1)).max(edge(2))
}

/// The triangles across the edges of each triangle.
fn neighbours(triangles: &[[u32; 3]]) -> Vec<Vec<usize>> {
    let mut edges: Vec<([u32; 2], usize)> = Vec::with_capacity(3 * triangles.len());
    for (index, &[a, b, c]) in triangles.iter().enumerate() {
        edges.extend([[a, b], [b, c], [c, a]].map(|[a, b]| ([a.min(b), a.max(b)], index)));
    }
    edges.sort_unstable();
    let mut neighbours = vec![Vec::new(); triangles.len()];
    for pair in edges.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let (one, other) = (pair[0].1, pair[1].1);
        neighbours[one].push(other);
        neighbours[other].push(one);
    }
    neighbours
}
