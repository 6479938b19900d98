//! Quickhull with exact predicates.
//!
//! Points wait at a face that they lie outside of. The farthest point of a face
//! removes all faces that it sees and is joined with the rim that they leave
//! (C. B. Barber, D. P. Dobkin, H. Huhdanpaa, "The Quickhull algorithm for
//! convex hulls", 1996). Points in the plane of a face do not see it, so that
//! the faces which a point sees are always one connected piece.

use robust::{Coord3D, orient3d};

use super::{Degenerate, cross, dot, minus};

/// The triangles of the convex hull, counter-clockwise seen from outside, as
/// indices of points. Points inside, equal points and most points within flat
/// faces are not used. Deterministic; numbers must be finite.
///
/// # Errors
///
/// The degenerate form of the points, if they enclose no volume.
pub fn convex_hull(points: &[[f64; 3]]) -> Result<Vec<[u32; 3]>, Degenerate> {
    let points = scaled(points);
    let first = tetrahedron(&points)?;
    let mut builder = Builder { points: &points, faces: Vec::new(), face_at: Vec::new() };
    builder.face_at.resize(points.len(), u32::MAX);
    builder.start(first);
    let mut next = 0;
    while next < builder.faces.len() {
        while builder.faces[next].is_part
            && let Some(point) = builder.farthest(next)
        {
            builder.add(next, point);
        }
        next += 1;
    }
    let faces = builder.faces.into_iter().filter(|face| face.is_part);
    Ok(faces.map(|face| face.corners).collect())
}

/// A face of the hull so far.
struct Face {
    corners: [u32; 3],
    /// Face across the edge from corner `i` to the next one.
    neighbours: [u32; 3],
    /// Points outside of this face, each waiting at one face only.
    outside: Vec<u32>,
    is_part: bool,
}

struct Builder<'p> {
    points: &'p [[f64; 3]],
    faces: Vec<Face>,
    /// The new face whose rim edge begins at a point; valid during one step.
    face_at: Vec<u32>,
}

impl Builder<'_> {
    fn start(&mut self, [a, b, c, d]: [u32; 4]) {
        let faces = [
            ([a, b, c], [3, 2, 1]),
            ([a, c, d], [0, 2, 3]),
            ([b, d, c], [3, 1, 0]),
            ([a, d, b], [1, 2, 0]),
        ];
        for (corners, neighbours) in faces {
            self.faces.push(Face { corners, neighbours, outside: Vec::new(), is_part: true });
        }
        let points = (0..self.points.len() as u32).filter(|p| ![a, b, c, d].contains(p));
        self.distribute(points.collect(), 0);
    }

    /// Assigns points to the first face, of those from `first` on, whose outer side they are
    /// on. The remaining points are inside.
    fn distribute(&mut self, points: Vec<u32>, first: usize) {
        for point in points {
            let sees = |face: &Face| is_outside(self.points, face.corners, point);
            if let Some(face) = self.faces[first..].iter().position(sees) {
                self.faces[first + face].outside.push(point);
            }
        }
    }

    /// The point outside of a face that is farthest from it, up to rounding.
    fn farthest(&self, face: usize) -> Option<u32> {
        let face = &self.faces[face];
        let [a, b, c] = face.corners.map(|corner| self.points[corner as usize]);
        let normal = cross(minus(b, a), minus(c, a));
        let height = |point: u32| dot(normal, minus(self.points[point as usize], a));
        face.outside.iter().copied().max_by(|one, other| height(*one).total_cmp(&height(*other)))
    }

    /// Makes a point outside of a face a corner of the hull.
    fn add(&mut self, face: usize, point: u32) {
        let (seen, rim) = self.seen_from(face, point);
        let first = self.faces.len();
        for (offset, &(from, to, beyond)) in rim.iter().enumerate() {
            let new = (first + offset) as u32;
            self.face_at[from as usize] = new;
            let corners = [from, to, point];
            let neighbours = [beyond, u32::MAX, u32::MAX];
            self.faces.push(Face { corners, neighbours, outside: Vec::new(), is_part: true });
            let beyond = &mut self.faces[beyond as usize];
            let edge = (0..3).find(|&edge| beyond.corners[edge] == to);
            beyond.neighbours[edge.expect("the rim is an edge of the face beyond it")] = new;
        }
        for new in first..self.faces.len() {
            let to = self.faces[new].corners[1];
            let next = self.face_at[to as usize];
            self.faces[new].neighbours[1] = next;
            self.faces[next as usize].neighbours[2] = new as u32;
        }
        let mut homeless = Vec::new();
        for face in seen {
            homeless.append(&mut self.faces[face as usize].outside);
        }
        homeless.retain(|waiting| *waiting != point);
        self.distribute(homeless, first);
    }

    /// The faces that a point sees, which are removed, and the edges around
    /// them: from corner, to corner, and the face that stays.
    fn seen_from(&mut self, face: usize, point: u32) -> (Vec<u32>, Vec<(u32, u32, u32)>) {
        let (mut seen, mut rim) = (vec![face as u32], Vec::new());
        self.faces[face].is_part = false;
        let mut next = 0;
        while next < seen.len() {
            let Face { corners, neighbours, .. } = self.faces[seen[next] as usize];
            for (edge, beyond) in neighbours.into_iter().enumerate() {
                let other = &self.faces[beyond as usize];
                if !other.is_part {
                    continue;
                }
                if is_outside(self.points, other.corners, point) {
                    self.faces[beyond as usize].is_part = false;
                    seen.push(beyond);
                } else {
                    rim.push((corners[edge], corners[(edge + 1) % 3], beyond));
                }
            }
            next += 1;
        }
        (seen, rim)
    }
}

/// True if a point lies strictly outside of a face.
fn is_outside(points: &[[f64; 3]], [a, b, c]: [u32; 3], point: u32) -> bool {
    side(points, [a, b, c, point]) < 0.0
}

/// Negative if the last point lies on the side of the first three from which
/// they are counter-clockwise, 0 if all four lie in one plane.
fn side(points: &[[f64; 3]], corners: [u32; 4]) -> f64 {
    let [a, b, c, d] = corners.map(|corner| {
        let [x, y, z] = points[corner as usize];
        Coord3D { x, y, z }
    });
    orient3d(a, b, c, d)
}

/// Points of about size 1, so that no product in a predicate overflows or
/// vanishes. Powers of two change no digit.
fn scaled(points: &[[f64; 3]]) -> Vec<[f64; 3]> {
    let largest = points.as_flattened().iter().fold(0.0, |most: f64, part| most.max(part.abs()));
    let exponent = libm::frexp(largest).1;
    let scale = |part: f64| {
        let part = libm::scalbn(part, -exponent);
        if part.abs() < 1e-60 { 0.0 } else { part }
    };
    points.iter().map(|point| point.map(scale)).collect()
}

/// Four points that span a volume, the last one inside of the first three: an
/// extreme one, the farthest from it, the farthest from their line, the
/// farthest from their plane.
fn tetrahedron(points: &[[f64; 3]]) -> Result<[u32; 4], Degenerate> {
    let farthest = |measure: &dyn Fn([f64; 3]) -> f64| {
        let measure = |index: &usize| measure(points[*index]);
        (0..points.len())
            .max_by(|one, other| measure(one).total_cmp(&measure(other)))
            .ok_or(Degenerate::Point)
    };
    let a = farthest(&|point| point[0])?;
    let b = farthest(&|point| squared(minus(point, points[a])))?;
    let along = minus(points[b], points[a]);
    if along == [0.0; 3] {
        return Err(Degenerate::Point);
    }
    let c = farthest(&|point| squared(cross(along, minus(point, points[a]))))?;
    let normal = cross(along, minus(points[c], points[a]));
    if normal == [0.0; 3] {
        return Err(Degenerate::Line);
    }
    let d = farthest(&|point| dot(normal, minus(point, points[a])).abs())?;
    let [a, b, c, d] = [a, b, c, d].map(|index| index as u32);
    let around = |point: u32| side(points, [a, b, c, point]);
    // The farthest by rounded numbers may lie in the plane after all.
    let off_plane = std::iter::once(d).chain(0..points.len() as u32).find(|&d| around(d) != 0.0);
    match off_plane {
        None => Err(Degenerate::Plane),
        Some(d) if around(d) > 0.0 => Ok([a, b, c, d]),
        Some(d) => Ok([a, c, b, d]),
    }
}

fn squared(a: [f64; 3]) -> f64 {
    dot(a, a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::RandomStream;

    fn volume(points: &[[f64; 3]], faces: &[[u32; 3]]) -> f64 {
        let corner = |index: u32| points[index as usize];
        faces.iter().map(|&[a, b, c]| dot(corner(a), cross(corner(b), corner(c))) / 6.0).sum()
    }

    /// Every edge has two faces, and no point lies outside of any face.
    fn assert_hull(points: &[[f64; 3]], faces: &[[u32; 3]]) {
        let mut edges: Vec<[u32; 2]> =
            faces.iter().flat_map(|&[a, b, c]| [[a, b], [b, c], [c, a]]).collect();
        edges.sort_unstable();
        assert!(edges.windows(2).all(|pair| pair[0] != pair[1]), "an edge has one direction");
        assert!(edges.iter().all(|&[a, b]| edges.binary_search(&[b, a]).is_ok()), "closed");
        let points = scaled(points);
        for face in faces {
            for point in 0..points.len() as u32 {
                assert!(!is_outside(&points, *face, point), "{point} is outside of {face:?}");
            }
        }
    }

    #[test]
    fn the_hull_of_a_lattice_is_the_cube_around_it() {
        let mut points = Vec::new();
        for x in 0..5 {
            for y in 0..5 {
                points.extend((0..5).map(|z| [x, y, z].map(f64::from)));
            }
        }
        points.extend(points.clone());

        let faces = convex_hull(&points).expect("a cube has an inside");

        assert_hull(&points, &faces);
        let volume = volume(&points, &faces);
        assert!((volume - 64.0).abs() < 1e-9, "{volume}");
    }

    #[test]
    fn hulls_of_slender_rounded_profiles_are_exact() {
        for (length, radius) in [(1.0, 3e-4), (1.0, 1e-5), (50.0, 3e-3), (1e-3, 2e-7)] {
            let mut points = Vec::new();
            for step in 0..128 {
                let angle = f64::from(step) * std::f64::consts::TAU / 128.0;
                let side = |unit: f64| 0.01 * length * unit.signum() + radius * unit;
                let (x, y) = (side(libm::cos(angle)) as f32, side(libm::sin(angle)) as f32);
                points.extend([0.0, length].map(|z| [f64::from(x), f64::from(y), z]));
            }

            let faces = convex_hull(&points).expect("a profile has an inside");

            assert_hull(&points, &faces);
        }
    }

    #[test]
    fn random_points_in_single_precision_have_hulls_at_every_scale() {
        for (seed, scale) in [(1, 1.0), (2, 1e-6), (3, 1e6), (4, 1e-150), (5, 1e150)] {
            let mut stream = RandomStream::new(seed, "points");
            let mut part = || f64::from(stream.uniform(-1.0, 1.0) as f32);
            // Flat on one side, as is common for machine parts.
            let points: Vec<[f64; 3]> = (0..300)
                .map(|_| [part() * scale, part() * scale, part().max(-0.5) * scale])
                .collect();

            let faces = convex_hull(&points).expect("the points have an inside");

            assert_hull(&points, &faces);
        }
    }

    #[test]
    fn points_without_an_inside_are_told_apart() {
        let flat = [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]];
        let line: Vec<[f64; 3]> = (0..5).map(|i| [f64::from(i), 0.0, 2.0]).collect();

        assert_eq!(convex_hull(&flat), Err(Degenerate::Plane));
        assert_eq!(convex_hull(&line), Err(Degenerate::Line));
        assert_eq!(convex_hull(&[[1.0; 3]; 6]), Err(Degenerate::Point));
        assert_eq!(convex_hull(&[]), Err(Degenerate::Point));
    }
}
