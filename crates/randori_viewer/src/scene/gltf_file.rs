//! Triangles and colours of glTF files; textures, animations and skins are ignored.
//! Axes are kept as in the file.

use bevy::math::{Affine3A, Mat4, Vec3};

use super::visuals::Piece;

/// Nodes may be nested this deep, and this many may be shown: a few nodes that
/// each hold another one twice would never end.
const MAX_DEPTH: usize = 64;
const MAX_SHOWN: usize = 100_000;

/// Maximum number of corners in a file, which can instance a mesh many times.
const MAX_CORNERS: usize = 4_000_000;

/// The triangles of a file, per primitive; `beside` reads the files that it refers to.
///
/// # Errors
/// A description of the defect.
pub(super) fn pieces(
    bytes: &[u8],
    beside: &dyn Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<Vec<Piece>, String> {
    let file = gltf::Gltf::from_slice(bytes);
    let gltf::Gltf { document, mut blob } =
        file.map_err(|error| format!("it is no valid glTF file ({error})"))?;
    let mut buffers = Vec::new();
    for buffer in document.buffers() {
        let data = match buffer.source() {
            gltf::buffer::Source::Bin => blob.take().ok_or("its binary part is missing")?,
            gltf::buffer::Source::Uri(uri) if uri.starts_with("data:") => {
                return Err("buffers inside of text are not read; save it as GLB".to_owned());
            }
            gltf::buffer::Source::Uri(uri) => {
                beside(uri).map_err(|why| format!("its buffer `{uri}`: {why}"))?
            }
        };
        if data.len() < buffer.length() {
            return Err("a buffer is shorter than it says".to_owned());
        }
        buffers.push(data);
    }
    let mut reading = Reading { buffers: &buffers, shown: 0, corners: 0, pieces: Vec::new() };
    let scene = document.default_scene().or_else(|| document.scenes().next());
    for node in scene.iter().flat_map(gltf::Scene::nodes) {
        reading.show(&node, Affine3A::IDENTITY, 0)?;
    }
    Ok(reading.pieces)
}

/// The pieces of the nodes read so far.
struct Reading<'b> {
    buffers: &'b [Vec<u8>],
    /// Nodes read so far.
    shown: usize,
    /// Corners of all pieces so far.
    corners: usize,
    pieces: Vec<Piece>,
}

impl Reading<'_> {
    fn show(
        &mut self,
        node: &gltf::Node<'_>,
        parent: Affine3A,
        depth: usize,
    ) -> Result<(), String> {
        self.shown += 1;
        if depth > MAX_DEPTH || self.shown > MAX_SHOWN {
            return Err("its nodes are nested too deeply or instanced too often".to_owned());
        }
        let own = Mat4::from_cols_array_2d(&node.transform().matrix());
        let at = parent * Affine3A::from_mat4(own);
        for primitive in node.mesh().iter().flat_map(gltf::Mesh::primitives) {
            let positions = primitive.get(&gltf::Semantic::Positions);
            self.corners += positions.map_or(0, |it| it.count());
            self.corners += primitive.indices().map_or(0, |it| it.count());
            if self.corners > MAX_CORNERS {
                return Err(format!("it has more than {MAX_CORNERS} corners"));
            }
            self.pieces.extend(piece(&primitive, at, self.buffers));
        }
        node.children().try_for_each(|child| self.show(&child, at, depth + 1))
    }
}

fn piece(primitive: &gltf::Primitive<'_>, at: Affine3A, buffers: &[Vec<u8>]) -> Option<Piece> {
    if primitive.mode() != gltf::mesh::Mode::Triangles {
        return None;
    }
    let reader = primitive.reader(|buffer| buffers.get(buffer.index()).map(Vec::as_slice));
    let corners: Vec<[f32; 3]> = reader
        .read_positions()?
        .map(|corner| at.transform_point3(Vec3::from(corner)).to_array())
        .collect();
    let indices: Vec<u32> = match reader.read_indices() {
        Some(indices) => indices.into_u32().collect(),
        None => (0..corners.len() as u32).collect(),
    };
    let mut triangles: Vec<[u32; 3]> =
        indices.chunks_exact(3).map(|it| [it[0], it[1], it[2]]).collect();
    if at.matrix3.determinant() < 0.0 {
        for triangle in &mut triangles {
            triangle.swap(1, 2);
        }
    }
    let material = primitive.material();
    let [red, green, blue, _] = material.pbr_metallic_roughness().base_color_factor();
    // glTF has linear colours, files of the project sRGB.
    let color = bevy::color::Srgba::from(bevy::color::LinearRgba::rgb(red, green, blue));
    let color = material.index().map(|_| [color.red, color.green, color.blue]);
    Some(Piece { corners, triangles, color })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A triangle of a red material, moved by 1 m along X, in an external buffer.
    const TRIANGLE: &str = r#"{
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "translation": [1, 0, 0]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 0, 1]}}],
        "buffers": [{"uri": "triangle.bin", "byteLength": 36}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3",
                       "min": [0, 0, 0], "max": [1, 1, 0]}]
    }"#;

    #[test]
    fn a_triangle_has_place_and_colour() {
        let numbers = [0.0_f32, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        let bytes: Vec<u8> = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
        let beside = |file: &str| {
            assert_eq!(file, "triangle.bin");
            Ok(bytes.clone())
        };

        let pieces = pieces(TRIANGLE.as_bytes(), &beside).expect("it is valid");

        assert_eq!(pieces.len(), 1);
        assert_eq!(pieces[0].corners, [[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [1.0, 1.0, 0.0]]);
        assert_eq!(pieces[0].triangles, [[0, 1, 2]]);
        let [red, green, blue] = pieces[0].color.expect("its material has one");
        assert!((red - 1.0).abs() < 1e-6 && green == 0.0 && blue == 0.0);
    }

    #[test]
    fn what_is_broken_or_missing_is_said() {
        let missing = |_: &str| Err("it does not exist".to_owned());
        let why = |text: &str| pieces(text.as_bytes(), &missing).expect_err("nothing to draw");

        assert!(why("{}").starts_with("it is no valid glTF file"));
        assert_eq!(why(TRIANGLE), "its buffer `triangle.bin`: it does not exist");
    }
    #[test]
    fn nodes_that_show_each_other_again_and_again_are_refused() {
        let doubling: Vec<String> =
            (1..40).map(|next| format!(r#"{{"children": [{next}, {next}]}}"#)).collect();
        let text = format!(
            r#"{{"asset": {{"version": "2.0"}}, "scenes": [{{"nodes": [0]}}],
                 "nodes": [{}, {{}}]}}"#,
            doubling.join(", ")
        );
        let nothing = |_: &str| Err("it does not exist".to_owned());

        let why = pieces(text.as_bytes(), &nothing).expect_err("it would take years");

        assert_eq!(why, "its nodes are nested too deeply or instanced too often");
    }
}
