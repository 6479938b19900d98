//! Triangles around points, for drawing convex hulls.

/// The triangles of the convex hull, counter-clockwise seen from outside; none
/// if all points lie in one plane.
///
/// Points are added one by one: each removes the faces that it sees and joins
/// the rim that they leave.
pub fn hull_triangles(points: &[[f64; 3]]) -> Vec<[u32; 3]> {
    let Some(first) = tetrahedron(points) else { return Vec::new() };
    let [a, b, c, d] = first;
    let mut faces = vec![[a, b, c], [a, c, d], [a, d, b], [b, d, c]];
    if height(points, faces[0], d) > 0.0 {
        for face in &mut faces {
            face.swap(1, 2);
        }
    }
    let margin = 1e-9 * extent(points);
    for point in (0..points.len()).filter(|point| !first.contains(point)) {
        let (seen, hidden): (Vec<_>, Vec<_>) =
            faces.into_iter().partition(|&face| height(points, face, point) > margin);
        let edges: Vec<[usize; 2]> =
            seen.iter().flat_map(|&[a, b, c]| [[a, b], [b, c], [c, a]]).collect();
        faces = hidden;
        let rim = edges.iter().filter(|&&[from, to]| !edges.contains(&[to, from]));
        faces.extend(rim.map(|&[from, to]| [from, to, point]));
    }
    faces.iter().map(|face| face.map(|corner| corner as u32)).collect()
}

/// Four points that span a volume: an extreme one, the farthest from it, the
/// farthest from their line, the farthest from their plane.
fn tetrahedron(points: &[[f64; 3]]) -> Option<[usize; 4]> {
    let farthest = |measure: &dyn Fn(usize) -> f64| {
        (0..points.len()).max_by(|&a, &b| measure(a).total_cmp(&measure(b)))
    };
    let a = farthest(&|p| points[p][0])?;
    let b = farthest(&|p| square(minus(points[p], points[a])))?;
    let along = minus(points[b], points[a]);
    let c = farthest(&|p| square(cross(along, minus(points[p], points[a]))))?;
    let d = farthest(&|p| height(points, [a, b, c], p).abs())?;
    (height(points, [a, b, c], d).abs() > 1e-9 * extent(points)).then_some([a, b, c, d])
}

/// Distance of a point over the plane of a face; 0 over a face without area.
fn height(points: &[[f64; 3]], [a, b, c]: [usize; 3], point: usize) -> f64 {
    let origin = points[a];
    let normal = cross(minus(points[b], origin), minus(points[c], origin));
    let length = square(normal).sqrt();
    let over = minus(points[point], origin);
    if length > 0.0 { dot(normal, over) / length } else { 0.0 }
}

/// Largest coordinate, m.
fn extent(points: &[[f64; 3]]) -> f64 {
    points.as_flattened().iter().fold(0.0, |most: f64, part| most.max(part.abs()))
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn square(a: [f64; 3]) -> f64 {
    dot(a, a)
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume(points: &[[f64; 3]], faces: &[[u32; 3]]) -> f64 {
        let corner = |index: u32| points[index as usize];
        faces.iter().map(|&[a, b, c]| dot(corner(a), cross(corner(b), corner(c))) / 6.0).sum()
    }

    #[test]
    fn the_hull_of_a_cube_with_points_inside_has_its_volume() {
        let signs = [-1.0, 1.0];
        let mut points = vec![[0.0; 3], [0.5, -0.5, 0.25]];
        for x in signs {
            for y in signs {
                points.extend(signs.map(|z| [x, y, z]));
            }
        }

        let faces = hull_triangles(&points);

        assert_eq!(faces.len(), 12);
        assert!((volume(&points, &faces) - 8.0).abs() < 1e-12);
    }

    #[test]
    fn points_in_a_plane_have_no_hull() {
        let flat = [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]];

        assert!(hull_triangles(&flat).is_empty());
        assert!(hull_triangles(&[]).is_empty());
    }
}
