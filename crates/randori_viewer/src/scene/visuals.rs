//! Visual mesh files of robots.

use std::collections::BTreeMap;

use bevy::prelude::*;
use randori_core::spec::VisualSpec;
use randori_import::Mesh as FileMesh;

use super::gltf_file;
use super::mesh::{Formed, flat, formed, single};

/// Maximum size of a mesh file, bytes.
const MAX_BYTES: usize = 256 << 20;

/// Colour of meshes without materials.
const BARE: [f32; 3] = [0.72, 0.73, 0.75];

/// Reads a file of the project by its path from the root; the error is a message.
pub type ReadFile = Box<dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync>;

/// The source of mesh files. Without one, robots are drawn by their collision
/// shapes.
#[derive(Resource, Default)]
pub(crate) struct MeshFiles(pub Option<ReadFile>);

/// Notes on visual geometry that could not be drawn.
#[derive(Resource, Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct MeshNotes(pub Vec<String>);

impl MeshNotes {
    /// Adds a note, once.
    pub(super) fn say(&mut self, note: String) {
        if !self.0.contains(&note) {
            self.0.push(note);
        }
    }
}

/// A piece of a mesh file with one colour.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) corners: Vec<[f32; 3]>,
    pub(super) triangles: Vec<[u32; 3]>,
    pub(super) color: Option<[f32; 3]>,
}

/// Cache of files, by path and bits of the scale.
#[derive(Default)]
pub(super) struct VisualCache(BTreeMap<(String, [u64; 3]), Result<Vec<Drawn>, String>>);

/// A piece, ready to be drawn.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub(super) form: Formed,
    pub(super) color: Option<[f32; 3]>,
}

impl VisualCache {
    /// The pieces of a visual, in the mesh's frame, with their colours.
    ///
    /// # Errors
    /// A message why there is no mesh.
    pub(super) fn pieces(
        &mut self,
        visual: &VisualSpec,
        files: &MeshFiles,
        meshes: &mut Assets<Mesh>,
    ) -> Result<Vec<(Formed, [f32; 3])>, String> {
        let key = (visual.mesh.clone(), visual.scale.map(f64::to_bits));
        let known = self.0.entry(key).or_insert_with(|| read(visual, files, meshes));
        let otherwise = visual.color.unwrap_or(BARE);
        let drawn = known.as_ref().map_err(Clone::clone)?;
        Ok(drawn.iter().map(|it| (it.form.clone(), it.color.unwrap_or(otherwise))).collect())
    }
}

fn read(
    visual: &VisualSpec,
    files: &MeshFiles,
    meshes: &mut Assets<Mesh>,
) -> Result<Vec<Drawn>, String> {
    let Some(read) = &files.0 else { return Err("mesh files are not read here".to_owned()) };
    let bytes = read(&visual.mesh)?;
    if bytes.len() > MAX_BYTES {
        return Err(format!("it is larger than {} MiB", MAX_BYTES >> 20));
    }
    let pieces = pieces(&visual.mesh, &bytes, read)?;
    let mirrored = visual.scale.iter().product::<f64>() < 0.0;
    let scale = visual.scale.map(|it| it as f32);
    let drawn = pieces.into_iter().filter_map(|mut piece| {
        for corner in &mut piece.corners {
            *corner = std::array::from_fn(|axis| corner[axis] * scale[axis]);
        }
        if mirrored {
            piece.triangles.iter_mut().for_each(|triangle| triangle.swap(1, 2));
        }
        let form = formed(flat(&piece.corners, &piece.triangles)?, meshes)?;
        Some(Drawn { form, color: piece.color })
    });
    let drawn: Vec<Drawn> = drawn.collect();
    if drawn.is_empty() { Err("it has no triangles".to_owned()) } else { Ok(drawn) }
}

fn pieces(path: &str, bytes: &[u8], read: &ReadFile) -> Result<Vec<Piece>, String> {
    let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if matches!(ending.as_str(), "gltf" | "glb") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside = |file: &str| {
            read(&if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") })
        };
        return gltf_file::pieces(bytes, &beside);
    }
    let mesh = FileMesh::read(path, bytes)?;
    let corners = single(&mesh.vertices);
    Ok(vec![Piece { corners, triangles: mesh.triangles, color: None }])
}

#[cfg(test)]
mod tests {
    use randori_core::spec::PoseSpec;

    use super::*;

    const TETRAHEDRON: &str = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n\
                               f 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n";

    fn visual(mesh: &str, scale: [f64; 3]) -> VisualSpec {
        VisualSpec { mesh: mesh.to_owned(), pose: PoseSpec::default(), scale, color: None }
    }

    fn files() -> MeshFiles {
        MeshFiles(Some(Box::new(|path| match path {
            "assets/a.obj" => Ok(TETRAHEDRON.as_bytes().to_vec()),
            _ => Err("it does not exist".to_owned()),
        })))
    }

    #[test]
    fn a_mesh_file_is_drawn_in_its_scale() {
        let (mut cache, mut meshes) = (VisualCache::default(), Assets::<Mesh>::default());

        let pieces = cache
            .pieces(&visual("assets/a.obj", [2.0, 1.0, -1.0]), &files(), &mut meshes)
            .expect("it can be read");

        assert_eq!(pieces.len(), 1);
        let (form, color) = &pieces[0];
        assert!((form.half - Vec3::new(1.0, 0.5, 0.5)).length() < 1e-6);
        assert!((form.middle - Vec3::new(1.0, 0.5, -0.5)).length() < 1e-6);
        assert_eq!(*color, BARE);
    }

    #[test]
    fn a_mesh_that_cannot_be_had_says_why() {
        let (mut cache, mut meshes) = (VisualCache::default(), Assets::<Mesh>::default());
        let mut why = |path, files: &MeshFiles| {
            cache.pieces(&visual(path, [1.0; 3]), files, &mut meshes).expect_err("nothing to draw")
        };

        assert_eq!(why("b.stl", &files()), "it does not exist");
        assert_eq!(why("c.stl", &MeshFiles::default()), "mesh files are not read here");
    }
}
