//! Built-in meshes of `MuJoCo`: `<mesh builtin="sphere" params="2"/>`.
//!
//! Vertices and triangles are those of `MuJoCo` (`mjCMesh::MakeSphere` and others),
//! so that hulls and masses are the same.

use std::collections::BTreeMap;

use crate::mesh::Mesh;

/// Maximum number of vertices.
const MAX_RESOLUTION: f64 = 256.0;

/// The mesh of a kind.
///
/// # Errors
/// The problem of the kind or its parameters.
pub(crate) fn make(kind: &str, parameters: &[f64]) -> Result<Mesh, String> {
    let count = match kind {
        "sphere" | "hemisphere" => 1,
        "cone" => 2,
        "supersphere" => 3,
        "supertorus" => 4,
        other => return Err(format!("a built-in `{other}` is not supported")),
    };
    let parameters: Vec<f64> = parameters.to_vec();
    if parameters.len() != count {
        return Err(format!("a built-in `{kind}` needs {count} parameters"));
    }
    let first = parameters[0];
    let (least, most) = match kind {
        "sphere" => (0.0, 4.0),
        "hemisphere" => (0.0, 10.0),
        _ => (3.0, MAX_RESOLUTION),
    };
    if !(least..=most).contains(&first) {
        return Err(format!(
            "the first parameter of a built-in `{kind}` must be from {least} to {most}"
        ));
    }
    let whole = first as u32;
    Ok(match (kind, &parameters[1..]) {
        ("sphere", _) => sphere(whole),
        ("hemisphere", _) => hemisphere(whole),
        ("cone", [radius]) => cone(whole, *radius),
        ("supersphere", [east, north]) => supersphere(whole, *east, *north),
        (_, rest) => supertorus(whole, [rest[0], rest[1], rest[2]]),
    })
}

/// An icosahedron with repeatedly subdivided triangles.
fn sphere(divisions: u32) -> Mesh {
    let golden = f64::midpoint(1.0, 5.0_f64.sqrt());
    let (one, far) = (1.0, golden);
    let corners = [
        [-one, far, 0.0],
        [one, far, 0.0],
        [-one, -far, 0.0],
        [one, -far, 0.0],
        [0.0, -one, far],
        [0.0, one, far],
        [0.0, -one, -far],
        [0.0, one, -far],
        [far, 0.0, -one],
        [far, 0.0, one],
        [-far, 0.0, -one],
        [-far, 0.0, one],
    ];
    let mut vertices: Vec<[f64; 3]> = corners.map(unit).to_vec();
    let mut triangles: Vec<[u32; 3]> = vec![
        [0, 11, 5],
        [0, 5, 1],
        [0, 1, 7],
        [0, 7, 10],
        [0, 10, 11],
        [1, 5, 9],
        [5, 11, 4],
        [11, 10, 2],
        [10, 7, 6],
        [7, 1, 8],
        [3, 9, 4],
        [3, 4, 2],
        [3, 2, 6],
        [3, 6, 8],
        [3, 8, 9],
        [4, 9, 5],
        [2, 4, 11],
        [6, 2, 10],
        [8, 6, 7],
        [9, 8, 1],
    ];
    for _ in 0..divisions {
        let mut middles: BTreeMap<[u32; 2], u32> = BTreeMap::new();
        let mut middle = |one: u32, other: u32| {
            *middles.entry([one.min(other), one.max(other)]).or_insert_with(|| {
                let (a, b) = (vertices[one as usize], vertices[other as usize]);
                vertices.push(unit(std::array::from_fn(|part| a[part] + b[part])));
                vertices.len() as u32 - 1
            })
        };
        let divided = triangles.iter().flat_map(|&[a, b, c]| {
            let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a));
            [[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]]
        });
        triangles = divided.collect();
    }
    single(vertices, triangles)
}

/// A pyramid of four sides, divided into rows and projected onto the sphere, with a
/// flat bottom.
fn hemisphere(rows: u32) -> Mesh {
    let equator = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]];
    let mut vertices = vec![[0.0, 0.0, 1.0]];
    for row in 0..=rows {
        let share = f64::from(row + 1) / f64::from(rows + 1);
        for side in 0..4 {
            let (from, to): ([f64; 2], [f64; 2]) = (equator[side], equator[(side + 1) % 4]);
            for step in 0..=row {
                let part = f64::from(step) / f64::from(row + 1);
                let along = |axis: usize| share * (from[axis] + part * (to[axis] - from[axis]));
                vertices.push(unit([along(0), along(1), 1.0 - share]));
            }
        }
    }
    vertices.push([0.0; 3]);
    let mut triangles = vec![[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 1]];
    for row in 0..rows {
        let (start, count) = (2 * row * (row + 1) + 1, 4 * (row + 1));
        let (next, next_count) = (start + count, 4 * (row + 2));
        for side in 0..4 {
            for step in 0..row + 2 {
                let (at, below) = (step + (row + 1) * side, step + (row + 2) * side);
                let (here, left) = (start + at % count, next + below % next_count);
                let right = next + (below + 1) % next_count;
                triangles.push([here, left, right]);
                if step <= row {
                    triangles.push([here, right, start + (at + 1) % count]);
                }
            }
        }
    }
    let (start, count) = (2 * rows * (rows + 1) + 1, 4 * (rows + 1));
    let middle = vertices.len() as u32 - 1;
    triangles.extend((0..count).map(|step| [start + step, middle, start + (step + 1) % count]));
    single(vertices, triangles)
}

/// Vertices of a cone, or of a frustum with this radius at its top.
fn cone(edges: u32, radius: f64) -> Mesh {
    let ring = |radius: f64, height: f64| {
        (0..edges).map(move |edge| {
            let angle = 2.0 * std::f64::consts::PI * f64::from(edge) / f64::from(edges);
            [radius * libm::cos(angle), radius * libm::sin(angle), height]
        })
    };
    let mut vertices: Vec<[f64; 3]> = ring(1.0, -1.0).collect();
    if radius > 0.0 {
        vertices.extend(ring(radius, 1.0));
    } else {
        vertices.push([0.0, 0.0, 1.0]);
    }
    single(vertices, Vec::new())
}

/// A power of a cosine or sine that keeps its sign.
fn bent(value: f64, power: f64) -> f64 {
    libm::pow(value.abs(), power).copysign(value)
}

fn supersphere(rings: u32, east: f64, north: f64) -> Mesh {
    let pi = std::f64::consts::PI;
    let mut vertices = vec![[0.0, 0.0, -1.0]];
    for ring in 1..rings {
        let up = -pi / 2.0 + f64::from(ring) * pi / f64::from(rings);
        for step in 0..rings {
            let around = -pi + f64::from(step) * 2.0 * pi / f64::from(rings);
            let out = bent(libm::cos(up), north);
            let (x, y) = (bent(libm::cos(around), east), bent(libm::sin(around), east));
            vertices.push([out * x, out * y, bent(libm::sin(up), north)]);
        }
    }
    vertices.push([0.0, 0.0, 1.0]);
    let next = |step: u32| (step + 1) % rings;
    let mut triangles: Vec<[u32; 3]> =
        (0..rings).map(|step| [0, 1 + next(step), 1 + step]).collect();
    for ring in 0..rings - 2 {
        for step in 0..rings {
            let (low, high) = (1 + ring * rings, 1 + (ring + 1) * rings);
            triangles.push([low + step, low + next(step), high + step]);
            triangles.push([low + next(step), high + next(step), high + step]);
        }
    }
    let (last, top) = (1 + (rings - 2) * rings, vertices.len() as u32 - 1);
    triangles.extend((0..rings).map(|step| [last + step, last + next(step), top]));
    single(vertices, triangles)
}

fn supertorus(rings: u32, [radius, small, large]: [f64; 3]) -> Mesh {
    let angle = |step: u32| 2.0 * std::f64::consts::PI * f64::from(step) / f64::from(rings);
    let mut mesh = Mesh { vertices: Vec::new(), triangles: Vec::new() };
    for ring in 0..rings {
        for step in 0..rings {
            let (around, up) = (angle(ring), angle(step));
            let out = 1.0 + radius * bent(libm::cos(up), small);
            let (x, y) = (bent(libm::cos(around), large), bent(libm::sin(around), large));
            mesh.vertices.push([out * x, out * y, radius * bent(libm::sin(up), small)]);
            let (beside, above) = ((ring + 1) % rings, (step + 1) % rings);
            let [a, b] = [ring * rings + step, beside * rings + step];
            let [c, d] = [beside * rings + above, ring * rings + above];
            mesh.triangles.extend([[a, b, d], [b, c, d]]);
        }
    }
    single(mesh.vertices, mesh.triangles)
}

fn unit(point: [f64; 3]) -> [f64; 3] {
    let length = point.iter().map(|part| part * part).sum::<f64>().sqrt();
    point.map(|part| part / length)
}

/// Vertices in single precision, as in mesh assets.
fn single(vertices: Vec<[f64; 3]>, triangles: Vec<[u32; 3]>) -> Mesh {
    let vertices = vertices.into_iter().map(|point| point.map(|part| f64::from(part as f32)));
    Mesh { vertices: vertices.collect(), triangles }
}
