//! Mesh files: STL, OBJ, `MuJoCo`'s MSH, COLLADA and glTF.

mod hull;
mod stl;

pub(crate) use hull::HullFit;

use crate::geometry::Vector;
use crate::gltf::ReadBeside;

/// Vertices and triangles of a mesh, in its own units.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mesh {
    /// Vertices.
    pub vertices: Vec<[f64; 3]>,
    /// Indices of three vertices each, counter-clockwise seen from outside.
    pub triangles: Vec<[u32; 3]>,
}

impl Mesh {
    /// Reads a mesh from one file, by the extension of its path.
    ///
    /// # Errors
    /// The reason, if the bytes are not such a mesh.
    pub fn read(path: &str, bytes: &[u8]) -> Result<Self, String> {
        let mut beside = |_: &str| Err("another file, which is not supported here".to_owned());
        Self::read_parts(path, bytes, &mut beside).map(|(mesh, _)| mesh)
    }

    /// As [`Self::read`], with files beside it; also returns the number of triangles of its
    /// first object, which are the first ones.
    pub(crate) fn read_parts(
        path: &str,
        bytes: &[u8],
        beside: &mut ReadBeside<'_>,
    ) -> Result<(Self, usize), String> {
        let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let mut first = usize::MAX;
        let mesh = match ending.as_str() {
            "stl" => stl::read(bytes)?,
            "obj" => obj(bytes, &mut first)?,
            "msh" => msh(bytes)?,
            "dae" => crate::collada::read(bytes)?,
            "glb" | "gltf" => crate::gltf::read(bytes, beside)?,
            other => {
                return Err(format!(
                    "meshes of the kind `{other}` are not supported (STL, OBJ, MSH, COLLADA and glTF are)"
                ));
            }
        };
        let count = mesh.vertices.len();
        if mesh.triangles.iter().flatten().any(|corner| *corner as usize >= count) {
            return Err("a triangle has an invalid vertex index".to_owned());
        }
        let is_finite = |point: &[f64; 3]| point.iter().all(|part| (*part as f32).is_finite());
        if !mesh.vertices.iter().all(is_finite) {
            return Err("a vertex is not finite".to_owned());
        }
        if count < 4 {
            return Err(format!("it has {count} vertices; a hull needs at least four"));
        }
        Ok((mesh, first))
    }

    /// The mesh with each axis scaled; negative scales mirror it.
    #[must_use]
    pub fn scaled(mut self, scale: [f64; 3]) -> Self {
        for point in &mut self.vertices {
            for (part, factor) in point.iter_mut().zip(scale) {
                *part *= factor;
            }
        }
        if scale.iter().product::<f64>() < 0.0 {
            self.triangles.iter_mut().for_each(|triangle| triangle.swap(1, 2));
        }
        self
    }

    /// The convex hull, with a limited number of vertices.
    ///
    /// # Errors
    /// The reason, if all vertices are collinear.
    pub(crate) fn hull(&self) -> Result<HullFit, String> {
        HullFit::of(&self.vertices)
    }
}

/// Points of a sphere of radius 1: the six ends of the axes, the corners of the
/// cube, and a spiral of points with equal areas (a Fibonacci lattice).
pub(crate) fn directions(count: usize) -> Vec<Vector> {
    let mut all = Vec::new();
    for sign in [-1.0, 1.0] {
        all.extend([Vector::x() * sign, Vector::y() * sign, Vector::z() * sign]);
    }
    for corner in 0..8 {
        let sign = |bit: usize| if corner & bit == 0 { -1.0 } else { 1.0 };
        all.push(Vector::new(sign(1), sign(2), sign(4)).normalize());
    }
    let golden = std::f64::consts::PI * (3.0 - 5.0_f64.sqrt());
    let rest = count.saturating_sub(all.len());
    for index in 0..rest {
        let z = 1.0 - (2.0 * index as f64 + 1.0) / rest as f64;
        let radius = (1.0 - z * z).sqrt();
        let angle = golden * index as f64;
        all.push(Vector::new(radius * libm::cos(angle), radius * libm::sin(angle), z));
    }
    all
}

fn obj(bytes: &[u8], first: &mut usize) -> Result<Mesh, String> {
    let options = tobj::LoadOptions {
        triangulate: true,
        ignore_points: true,
        ignore_lines: true,
        ..Default::default()
    };
    let mut reader = std::io::Cursor::new(bytes);
    // Materials are not read, so that no other file is opened.
    let no_materials = |_: &std::path::Path| Ok(Default::default());
    let read = tobj::load_obj_buf(&mut reader, &options, no_materials);
    let (models, _) = read.map_err(|error| format!("it is not a valid OBJ file ({error})"))?;
    let mut mesh = Mesh { vertices: Vec::new(), triangles: Vec::new() };
    for model in models {
        let start = mesh.vertices.len() as u32;
        let corner = |point: &[f32]| [point[0], point[1], point[2]].map(f64::from);
        mesh.vertices.extend(model.mesh.positions.chunks_exact(3).map(corner));
        let triangle = |corners: &[u32]| {
            [corners[0], corners[1], corners[2]].map(|index| start.saturating_add(index))
        };
        mesh.triangles.extend(model.mesh.indices.chunks_exact(3).map(triangle));
        *first = (*first).min(mesh.triangles.len());
    }
    Ok(mesh)
}

/// Four counts (vertices, normals, texture points, triangles), then the data;
/// everything little-endian, 32 bits wide (`MuJoCo` documentation, "XML
/// reference", asset/mesh).
fn msh(bytes: &[u8]) -> Result<Mesh, String> {
    let word =
        |index: usize| -> Option<[u8; 4]> { bytes.get(index * 4..index * 4 + 4)?.try_into().ok() };
    let too_short = || "it is a truncated MSH file".to_owned();
    let count =
        |index: usize| -> Option<usize> { usize::try_from(i32::from_le_bytes(word(index)?)).ok() };
    let counts: Option<Vec<usize>> = (0..4).map(count).collect();
    let [vertices, normals, texture, faces]: [usize; 4] =
        counts.and_then(|counts| counts.try_into().ok()).ok_or_else(too_short)?;
    let faces_at = vertices
        .checked_mul(3)
        .zip(normals.checked_mul(3))
        .zip(texture.checked_mul(2))
        .and_then(|((a, b), c)| a.checked_add(b)?.checked_add(c)?.checked_add(4))
        .ok_or_else(too_short)?;
    let words =
        faces.checked_mul(3).and_then(|size| size.checked_add(faces_at)).ok_or_else(too_short)?;
    if words.checked_mul(4).is_none_or(|size| size > bytes.len()) {
        return Err(too_short());
    }
    let number = |index: usize| word(index).map_or(0.0, |word| f64::from(f32::from_le_bytes(word)));
    let corner = |index: usize| word(index).map_or(u32::MAX, u32::from_le_bytes);
    let vertices =
        (0..vertices).map(|at| std::array::from_fn(|part| number(4 + at * 3 + part))).collect();
    let triangles =
        (0..faces).map(|at| std::array::from_fn(|part| corner(faces_at + at * 3 + part))).collect();
    Ok(Mesh { vertices, triangles })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_a_file_does_not_have_are_refused_not_allocated() {
        let mut stl = vec![0; 84];
        stl[80..84].copy_from_slice(&(u32::MAX - 1).to_le_bytes());
        assert!(Mesh::read("x.stl", &stl).is_err());
        assert!(Mesh::read("x.msh", &[0x7f; 16]).is_err());
        assert!(Mesh::read("x.msh", &[0xff; 16]).is_err());
        assert!(Mesh::read("x.obj", b"v 0 0 0\nf 1 2 99999\n").is_err());
        assert!(Mesh::read("x.dae", b"").is_err());
    }
}
