//! Mass, centre and moments of geoms at density 1, as `MuJoCo` computes them
//! (`mjCGeom::SetInertia` and `mjCMesh::Process` in its sources).
//!
//! Start reading at [`of_primitive`] and [`of_mesh`].

use nalgebra::{Matrix3, Quaternion, Unit};

use crate::geometry::{Inertia, Pose, Rotation, Vector, pose};

const PI: f64 = std::f64::consts::PI;

/// Mass distribution of a mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filling {
    /// In the tetrahedra between the triangles and the centroid of the surface, each with
    /// positive sign, which counts cavities twice: the default.
    Legacy,
    /// In the volume enclosed by the triangles.
    Exact,
    /// In the convex hull.
    Convex,
    /// On the triangles.
    Shell,
}

/// Mass properties of a solid about its centre: of density 1 per volume, or per
/// area if it `is_shell`.
pub(crate) fn of_primitive(kind: &str, [a, b, c]: [f64; 3], is_shell: bool) -> Inertia {
    let (mass, moments) = match (kind, is_shell) {
        ("capsule", false) => capsule(a, b),
        ("capsule", true) => capsule_shell(a, b),
        ("cylinder", false) => {
            let mass = PI * a * a * 2.0 * b;
            let across = mass * (3.0 * a * a + 4.0 * b * b) / 12.0;
            (mass, [across, across, mass * a * a / 2.0])
        }
        ("cylinder", true) => cylinder_shell(a, b),
        ("box", false) => {
            let mass = 8.0 * a * b * c;
            (mass, squares([a, b, c]).map(|sum| mass * sum / 3.0))
        }
        ("box", true) => box_shell([a, b, c]),
        ("sphere", true) => {
            let mass = 4.0 * PI * a * a;
            (mass, [2.0 / 3.0 * mass * a * a; 3])
        }
        ("ellipsoid", true) => ellipsoid_shell([a, b, c]),
        _ => {
            let sizes = if kind == "sphere" { [a, a, a] } else { [a, b, c] };
            let mass = 4.0 / 3.0 * PI * sizes.iter().product::<f64>();
            (mass, squares(sizes).map(|sum| mass * sum / 5.0))
        }
    };
    Inertia { mass, com: Vector::zeros(), moments: Matrix3::from_diagonal(&moments.into()) }
}

/// For each axis, the squares of the other two sizes.
fn squares([a, b, c]: [f64; 3]) -> [f64; 3] {
    [b * b + c * c, a * a + c * c, a * a + b * b]
}

fn capsule(radius: f64, half: f64) -> (f64, [f64; 3]) {
    let (rod, ball) =
        (PI * radius * radius * 2.0 * half, 4.0 / 3.0 * PI * radius * radius * radius);
    let height = 2.0 * half;
    let across = rod * (3.0 * radius * radius + height * height) / 12.0
        + ball * (0.4 * radius * radius + 0.375 * radius * height + 0.25 * height * height);
    let along = rod * radius * radius / 2.0 + ball * 0.4 * radius * radius;
    (rod + ball, [across, across, along])
}

fn capsule_shell(radius: f64, half: f64) -> (f64, [f64; 3]) {
    let square = radius * radius;
    let (tube, ball) = (4.0 * PI * radius * half, 4.0 * PI * square);
    let own = 2.0 / 3.0 * ball * square;
    // The centroid of a hemispherical shell is half a radius above its centre.
    let (lift, place) = (radius / 2.0, half + radius / 2.0);
    let across = tube * (6.0 * square + 4.0 * half * half) / 12.0
        + own
        + ball * (place * place - lift * lift);
    (tube + ball, [across, across, tube * square + own])
}

fn cylinder_shell(radius: f64, half: f64) -> (f64, [f64; 3]) {
    let square = radius * radius;
    let (disc, tube) = (PI * square, 4.0 * PI * radius * half);
    let across = tube * (6.0 * square + 4.0 * half * half) / 12.0
        + 2.0 * disc * (square / 4.0 + half * half);
    (tube + 2.0 * disc, [across, across, tube * square + disc * square])
}

fn box_shell(half: [f64; 3]) -> (f64, [f64; 3]) {
    let mut moments = [0.0; 3];
    let mut mass = 0.0;
    for normal in 0..3 {
        let [u, v] = [(normal + 1) % 3, (normal + 2) % 3];
        let both = 2.0 * 4.0 * half[u] * half[v];
        let (uu, vv, nn) = (half[u] * half[u], half[v] * half[v], half[normal] * half[normal]);
        mass += both;
        moments[normal] += both * (uu + vv) / 3.0;
        moments[u] += both * (vv / 3.0 + nn);
        moments[v] += both * (uu / 3.0 + nn);
    }
    (mass, moments)
}

/// Knud Thomsen's approximation of the area, and moments of a thin layer.
fn ellipsoid_shell(sizes: [f64; 3]) -> (f64, [f64; 3]) {
    let [a, b, c] = sizes;
    let power = 1.6075;
    let mean = [a * b, b * c, c * a].map(|pair| libm::pow(pair, power)).iter().sum::<f64>() / 3.0;
    let mass = 4.0 * PI * libm::pow(mean, 1.0 / power);
    let layer = sizes.map(|size| size + 1e-6);
    let volume = |sizes: [f64; 3]| 4.0 / 3.0 * PI * sizes.iter().product::<f64>();
    let (inner, outer) = (volume(sizes), volume(layer));
    let density = mass / (outer - inner);
    let (inside, outside) = (squares(sizes), squares(layer));
    let moments =
        std::array::from_fn(|axis| density * (outer * outside[axis] - inner * inside[axis]) / 5.0);
    (mass, moments)
}

/// Mass properties of a mesh of density 1 per volume, or per area of a shell
/// (B. Mirtich, "Fast and accurate computation of polyhedral mass properties",
/// 1996, as sums over tetrahedra); `None` without volume. `solid` are the enclosing
/// triangles, `surface` those of the file.
pub(crate) fn of_mesh(
    vertices: &[[f64; 3]],
    surface: &[[u32; 3]],
    solid: &[[u32; 3]],
    filling: Filling,
) -> Option<Inertia> {
    let corners =
        |triangle: &[u32; 3]| triangle.map(|index| Vector::from(vertices[index as usize]));
    let (mut middle, mut area) = (Vector::zeros(), 0.0);
    for triangle in surface {
        let [a, b, c] = corners(triangle);
        let part = (b - a).cross(&(c - a)).norm() / 2.0;
        middle += (a + b + c) * (part / 3.0);
        area += part;
    }
    if area <= 0.0 || !area.is_finite() {
        return None;
    }
    middle /= area;
    if filling == Filling::Shell {
        let (mass, _, second) = sums(surface.iter().map(corners), middle, filling);
        return Some(inertia(mass, middle, &second));
    }
    let (volume, first, _) = sums(solid.iter().map(corners), middle, filling);
    if volume.abs() < 1e-18 || !volume.is_finite() {
        return None;
    }
    let com = middle + first / volume;
    // Mass and moments are about the centre of mass, which changes the volume of
    // non-convex meshes.
    let (again, _, second) = sums(solid.iter().map(corners), com, filling);
    // Meshes with inverted orientation count as the solid that they outline.
    Some(inertia(again.abs(), com, &(second * again.signum())))
}

/// Mass, and its first and second moments about a point.
fn sums(
    triangles: impl Iterator<Item = [Vector; 3]>,
    from: Vector,
    filling: Filling,
) -> (f64, Vector, Matrix3<f64>) {
    let (mut mass, mut first, mut second) = (0.0, Vector::zeros(), Matrix3::zeros());
    for corners in triangles {
        let [a, b, c] = corners.map(|corner| corner - from);
        let (part, in_first, in_second) = match filling {
            Filling::Shell => ((b - a).cross(&(c - a)).norm() / 2.0, 3.0, 12.0),
            _ => (a.dot(&b.cross(&c)) / 6.0, 4.0, 20.0),
        };
        let part = if filling == Filling::Legacy { part.abs() } else { part };
        let sum = a + b + c;
        mass += part;
        first += sum * (part / in_first);
        let squares = a * a.transpose() + b * b.transpose() + c * c.transpose();
        second += (squares + sum * sum.transpose()) * (part / in_second);
    }
    (mass, first, second)
}

fn inertia(mass: f64, com: Vector, second: &Matrix3<f64>) -> Inertia {
    let moments = Matrix3::identity() * second.trace() - second;
    let (values, axes) = principal(&moments);
    let axes = axes.to_rotation_matrix();
    let diagonal = Matrix3::from_diagonal(&values.into());
    Inertia { mass, com, moments: axes.matrix() * diagonal * axes.matrix().transpose() }
}

/// Off-diagonal moments below this fraction of the largest one count as zero, and
/// moments with a smaller difference as equal.
const SAME: f64 = 1e-14;

/// Principal moments in descending order, and the rotation to their axes. Jacobi
/// iteration in the order of `MuJoCo` (`mjuu_eig3`), so that axes of symmetric shapes
/// are the same.
fn principal(moments: &Matrix3<f64>) -> ([f64; 3], Rotation) {
    let mut turn = Rotation::identity();
    let mut values = [0.0; 3];
    let slack = SAME * moments.abs().max();
    for _ in 0..100 {
        let axes = turn.to_rotation_matrix();
        let turned = axes.matrix().transpose() * moments * axes.matrix();
        values = [turned[(0, 0)], turned[(1, 1)], turned[(2, 2)]];
        let off = |row: usize, column: usize| turned[(row, column)].abs();
        let (row, column, axis) = if off(0, 1) > off(0, 2) && off(0, 1) > off(1, 2) {
            (0, 1, 2)
        } else if off(0, 2) > off(1, 2) {
            (0, 2, 1)
        } else {
            (1, 2, 0)
        };
        if off(row, column) <= slack {
            break;
        }
        let ratio = (values[column] - values[row]) / (2.0 * turned[(row, column)]);
        let root = (1.0 + ratio * ratio).sqrt();
        let tangent = if ratio >= 0.0 { 1.0 / (ratio + root) } else { -1.0 / (root - ratio) };
        let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
        let half = tangent.abs() * cosine / (2.0 * (1.0 + cosine)).sqrt();
        let sine = if (ratio >= 0.0) == (axis == 1) { half } else { -half };
        turn *= about(axis, sine, (1.0 - sine * sine).sqrt());
    }
    for step in 0..3 {
        let first = step % 2;
        if values[first] + slack < values[first + 1] {
            values.swap(first, first + 1);
            turn *= about(
                (first + 2) % 3,
                std::f64::consts::FRAC_1_SQRT_2,
                std::f64::consts::FRAC_1_SQRT_2,
            );
        }
    }
    (values, turn)
}

fn about(axis: usize, sine: f64, cosine: f64) -> Rotation {
    let mut part = [0.0; 3];
    part[axis] = sine;
    Unit::new_normalize(Quaternion::new(cosine, part[0], part[1], part[2]))
}

/// A primitive that replaces a mesh: its sizes and pose, from the mass properties of
/// the mesh, or from its box along the principal axes.
pub(crate) fn fitted(
    kind: &str,
    vertices: &[[f64; 3]],
    solid: &Inertia,
    to_box: bool,
) -> ([f64; 3], Pose) {
    let (values, axes) = principal(&solid.moments);
    if !to_box {
        let half = |other: f64, another: f64, own: f64| {
            0.5 * (6.0 * (other + another - own).max(0.0) / solid.mass).sqrt()
        };
        let [x, y, z] = values;
        let sizes = match (kind, [half(y, z, x), half(x, z, y), half(x, y, z)]) {
            ("sphere", [a, b, c]) => [(a + b + c) / 3.0, 0.0, 0.0],
            ("capsule", [a, b, c]) => [f64::midpoint(a, b), (c - (a + b) / 4.0).max(0.0), 0.0],
            ("cylinder", [a, b, c]) => [f64::midpoint(a, b), c, 0.0],
            (_, sizes) => sizes,
        };
        return (sizes, pose(solid.com, axes));
    }
    let (mut low, mut high) = (Vector::repeat(f64::INFINITY), Vector::repeat(f64::NEG_INFINITY));
    for vertex in vertices {
        let at = axes.inverse() * (Vector::from(*vertex) - solid.com);
        (low, high) = (low.inf(&at), high.sup(&at));
    }
    let (middle, half) = ((low + high) / 2.0, (high - low) / 2.0);
    let across = half.x.max(half.y);
    let sizes = match kind {
        "sphere" => [half.max(), 0.0, 0.0],
        "capsule" => [across, half.z - across, 0.0],
        "cylinder" => [across, half.z, 0.0],
        _ => half.into(),
    };
    (sizes, pose(solid.com + axes * middle, axes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cube() -> (Vec<[f64; 3]>, Vec<[u32; 3]>) {
        let corner = |index: u32| [index & 1, index >> 1 & 1, index >> 2 & 1].map(f64::from);
        let quads =
            [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
        let triangles =
            quads.iter().flat_map(|[a, b, c, d]| [[*a, *b, *c], [*a, *c, *d]]).collect();
        ((0..8).map(corner).collect(), triangles)
    }

    #[test]
    fn the_inertia_of_a_mesh_is_that_of_the_solid_inside() {
        let (vertices, triangles) = cube();
        let vertices: Vec<[f64; 3]> = vertices.iter().map(|[x, y, z]| [2.0 * x, *y, *z]).collect();

        for filling in [Filling::Exact, Filling::Legacy] {
            let solid = of_mesh(&vertices, &triangles, &triangles, filling).expect("a volume");

            assert!((solid.mass - 2.0).abs() < 1e-12);
            assert!((solid.com - Vector::new(1.0, 0.5, 0.5)).norm() < 1e-12);
            assert!((solid.moments[(0, 0)] - 2.0 / 12.0 * 2.0).abs() < 1e-12);
            assert!((solid.moments[(1, 1)] - 2.0 / 12.0 * 5.0).abs() < 1e-12);
        }
    }

    #[test]
    fn thin_shells_of_boxes_and_meshes_agree() {
        let (vertices, triangles) = cube();

        let mesh = of_mesh(&vertices, &triangles, &triangles, Filling::Shell).expect("an area");
        let primitive = of_primitive("box", [0.5; 3], true);

        assert!((mesh.mass - primitive.mass).abs() < 1e-12);
        assert!((mesh.moments - primitive.moments).norm() < 1e-12);
    }

    #[test]
    fn a_box_fitted_to_a_box_is_that_box_its_longest_edge_along_z() {
        let (vertices, triangles) = cube();
        let vertices: Vec<[f64; 3]> =
            vertices.iter().map(|[x, y, z]| [4.0 * x, 2.0 * y, *z]).collect();
        let solid = of_mesh(&vertices, &triangles, &triangles, Filling::Legacy).expect("a volume");

        for to_box in [false, true] {
            let (half, place) = fitted("box", &vertices, &solid, to_box);

            assert!((Vector::from(half) - Vector::new(0.5, 1.0, 2.0)).norm() < 1e-9, "{half:?}");
            assert!((place.translation.vector - Vector::new(2.0, 1.0, 0.5)).norm() < 1e-9);
            assert!((place.rotation * Vector::z()).x.abs() > 1.0 - 1e-9);
        }
    }
}
