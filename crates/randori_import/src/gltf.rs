//! Triangles of glTF files, as text or binary (GLB). Axes are those of the file;
//! materials, animations and skins are ignored.
//!
//! Start reading at [`read`].

mod buffers;

use nalgebra::{Matrix4, Point3, Quaternion, UnitQuaternion, Vector3};
use serde::Deserialize;

use crate::mesh::Mesh;

/// Maximum depth and number of visited nodes: a few nodes that each contain another
/// one twice would never end.
const MAX_DEPTH: usize = 64;
const MAX_SHOWN: usize = 100_000;

/// Maximum number of vertices and triangles: a file can instance a mesh many times.
const MAX_CORNERS: usize = 4_000_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Document {
    scene: Option<usize>,
    scenes: Vec<SceneJson>,
    nodes: Vec<NodeJson>,
    meshes: Vec<MeshJson>,
    accessors: Vec<Accessor>,
    buffer_views: Vec<BufferView>,
    buffers: Vec<Buffer>,
    extensions_required: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SceneJson {
    nodes: Vec<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NodeJson {
    children: Vec<usize>,
    mesh: Option<usize>,
    matrix: Option<[f64; 16]>,
    translation: Option<[f64; 3]>,
    rotation: Option<[f64; 4]>,
    scale: Option<[f64; 3]>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MeshJson {
    primitives: Vec<Primitive>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Primitive {
    attributes: Attributes,
    indices: Option<usize>,
    mode: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attributes {
    #[serde(rename = "POSITION")]
    position: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Accessor {
    buffer_view: Option<usize>,
    byte_offset: usize,
    component_type: u32,
    count: usize,
    #[serde(rename = "type")]
    shape: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BufferView {
    buffer: usize,
    byte_offset: usize,
    byte_length: usize,
    byte_stride: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Buffer {
    uri: Option<String>,
}

/// Reads a file by its name in a mesh.
pub(crate) type ReadBeside<'r> = dyn FnMut(&str) -> Result<Vec<u8>, String> + 'r;

/// Reads the mesh of a file, whose data can be in files beside it.
///
/// # Errors
/// The reason, if the bytes are not a glTF file with triangles, or its data
/// cannot be read.
pub(crate) fn read(bytes: &[u8], beside: &mut ReadBeside<'_>) -> Result<Mesh, String> {
    let invalid = |what: &str| format!("it is not a valid glTF file ({what})");
    let (json, own) = if bytes.starts_with(b"glTF") {
        chunks(bytes).ok_or_else(|| invalid("invalid chunk offsets"))?
    } else {
        (bytes, &[][..])
    };
    let document: Document =
        serde_json::from_slice(json).map_err(|error| invalid(&error.to_string()))?;
    if let Some(extension) = document.extensions_required.first() {
        let known = extension.starts_with("KHR_materials") || extension == "KHR_texture_transform";
        if !known {
            return Err(format!("it requires the extension `{extension}`, which is not supported"));
        }
    }
    let buffers = buffers::load(&document.buffers, own, beside)?;
    let mut reading = Reading {
        data: buffers::Data { document: &document, buffers: &buffers },
        document: &document,
        shown: 0,
        mesh: Mesh { vertices: Vec::new(), triangles: Vec::new() },
    };
    let scene = document.scenes.get(document.scene.unwrap_or(0));
    for node in scene.map_or(&[][..], |scene| &scene.nodes) {
        reading.show(*node, &Matrix4::identity(), 0)?;
    }
    if reading.mesh.triangles.is_empty() {
        return Err("it has no triangles".to_owned());
    }
    Ok(reading.mesh)
}

/// The JSON and the binary part.
fn chunks(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let word = |at: usize| -> Option<usize> {
        let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(four)).ok()
    };
    if !bytes.starts_with(b"glTF") || bytes.get(16..20)? != b"JSON" {
        return None;
    }
    let json_end = 20_usize.checked_add(word(12)?)?;
    let json = bytes.get(20..json_end)?;
    let data = match word(json_end) {
        Some(length) => bytes.get(json_end + 8..)?.get(..length)?,
        None => &[],
    };
    Some((json, data))
}

struct Reading<'d> {
    document: &'d Document,
    data: buffers::Data<'d>,
    shown: usize,
    mesh: Mesh,
}

impl Reading<'_> {
    fn show(&mut self, node: usize, outer: &Matrix4<f64>, depth: usize) -> Result<(), String> {
        self.shown += 1;
        if self.shown > MAX_SHOWN || depth > MAX_DEPTH {
            return Err("it has too many nodes".to_owned());
        }
        let document = self.document;
        let Some(node) = document.nodes.get(node) else { return Ok(()) };
        let world = outer * transform(node);
        let mesh = node.mesh.and_then(|mesh| document.meshes.get(mesh));
        for primitive in mesh.iter().flat_map(|mesh| &mesh.primitives) {
            self.place(primitive, &world)?;
        }
        for child in &node.children {
            self.show(*child, &world, depth + 1)?;
        }
        Ok(())
    }

    /// Adds the triangles of a primitive; other modes are ignored.
    fn place(&mut self, primitive: &Primitive, world: &Matrix4<f64>) -> Result<(), String> {
        let (Some(position), 4) = (primitive.attributes.position, primitive.mode.unwrap_or(4))
        else {
            return Ok(());
        };
        let corners = self.data.corners(position)?;
        let indices = match primitive.indices {
            Some(indices) => self.data.indices(indices)?,
            None => (0..corners.len() as u32).collect(),
        };
        if self.mesh.vertices.len() + corners.len() + self.mesh.triangles.len() + indices.len() / 3
            > MAX_CORNERS
        {
            return Err(format!("it has more than {MAX_CORNERS} vertices and triangles"));
        }
        let count = corners.len() as u32;
        if indices.iter().any(|index| *index >= count) {
            return Err("a triangle has an invalid vertex index".to_owned());
        }
        let first = self.mesh.vertices.len() as u32;
        let placed = corners
            .into_iter()
            .map(|point| <[f64; 3]>::from(world.transform_point(&Point3::from(point)).coords));
        self.mesh.vertices.extend(placed);
        let is_mirrored = world.fixed_view::<3, 3>(0, 0).determinant() < 0.0;
        self.mesh.triangles.extend(indices.chunks_exact(3).map(|it| {
            let [b, c] = if is_mirrored { [it[2], it[1]] } else { [it[1], it[2]] };
            [it[0] + first, b + first, c + first]
        }));
        Ok(())
    }
}

fn transform(node: &NodeJson) -> Matrix4<f64> {
    if let Some(matrix) = &node.matrix {
        return Matrix4::from_column_slice(matrix);
    }
    let [x, y, z] = node.translation.unwrap_or_default();
    let turn = node.rotation.map_or_else(UnitQuaternion::identity, |[x, y, z, w]| {
        UnitQuaternion::try_new(Quaternion::new(w, x, y, z), 1e-12).unwrap_or_default()
    });
    let scale = Vector3::from(node.scale.unwrap_or([1.0; 3]));
    Matrix4::new_translation(&Vector3::new(x, y, z))
        * turn.to_homogeneous()
        * Matrix4::new_nonuniform_scaling(&scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(nodes: &str, more: &str) -> Vec<u8> {
        let numbers = [0.0_f32, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        let mut data: Vec<u8> = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
        data.extend([0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]);
        let json = format!(
            r#"{{"scene": 0, "scenes": [{{"nodes": [0]}}], "nodes": [{nodes}],
            "meshes": [{{"primitives": [{{"attributes": {{"POSITION": 0}}, "indices": 1}}]}}],
            "accessors": [{{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"}},
                          {{"bufferView": 1, "componentType": 5121, "count": 12, "type": "SCALAR"}}],
            "bufferViews": [{{"buffer": 0, "byteLength": 48}},
                            {{"buffer": 0, "byteOffset": 48, "byteLength": 12}}],
            "buffers": [{{"byteLength": 60{more}}}]}}"#
        );
        let word = |length: usize| (length as u32).to_le_bytes();
        let mut bytes = b"glTF\x02\0\0\0".to_vec();
        bytes.extend(word(28 + json.len() + data.len()));
        bytes.extend(word(json.len()));
        bytes.extend(b"JSON");
        bytes.extend(json.bytes());
        bytes.extend(word(data.len()));
        bytes.extend(b"BIN\0");
        bytes.extend(data);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Mesh, String> {
        super::read(bytes, &mut |named| Err(format!("there is no `{named}`")))
    }

    #[test]
    fn nodes_place_meshes() {
        let nodes = r#"{"children": [1], "translation": [1, 0, 0]}, {"mesh": 0, "scale": [1, 1, -2],
            "rotation": [0, 0, 0.7071067811865476, 0.7071067811865476]}"#;

        let mesh = read(&file(nodes, "")).expect("a mesh");

        let expected = [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, -2.0]];
        for (corner, expected) in mesh.vertices.iter().zip(expected) {
            let gap = (Vector3::from(*corner) - Vector3::from(expected)).norm();
            assert!(gap < 1e-12, "{corner:?} is not {expected:?}");
        }
        let (corners, triangles) = (&mesh.vertices, &mesh.triangles);
        let filling = crate::solids::Filling::Exact;
        let solid =
            crate::solids::of_mesh(corners, triangles, triangles, filling).expect("a volume");
        assert!((solid.mass - 2.0 / 6.0).abs() < 1e-12);
        assert_eq!(mesh.triangles[0], [0, 1, 2], "mirrored");
    }

    #[test]
    fn broken_files_give_a_reason() {
        let node = r#"{"mesh": 0}"#;
        let whole = file(node, "");
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
        let doubling: Vec<String> =
            (1..60).map(|it| format!(r#"{{"children": [{it}, {it}]}}"#)).collect();
        for (bytes, part) in [
            (file(node, r#", "uri": "x.bin""#), "there is no `x.bin`"),
            (file(r#"{"children": [0]}"#, ""), "too many nodes"),
            (file(&doubling.join(","), ""), "too many nodes"),
            (file("{}", ""), "no triangles"),
        ] {
            let reason = read(&bytes).expect_err(part);
            assert!(reason.contains(part), "{reason}\n  not {part}");
        }
    }

    #[test]
    fn data_may_lie_beside_the_file_or_in_its_text() {
        let whole = file(r#"{"mesh": 0}"#, "");
        let expected = read(&whole).expect("a mesh");
        let (json, data) = chunks(&whole).expect("two parts");
        let json = std::str::from_utf8(json).expect("a text");
        let naming =
            |uri: &str| json.replace("\"byteLength\": 60}]}", &format!("\"uri\": \"{uri}\"}}]}}"));

        let beside = super::read(naming("m.bin").as_bytes(), &mut |named| {
            assert_eq!(named, "m.bin");
            Ok(data.to_vec())
        });
        assert_eq!(beside.as_ref(), Ok(&expected));
        let text =
            "AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAAAAAAAAAAAAAAAIA/AAIBAAEDAAMCAQID";
        let inside = naming(&format!("data:application/octet-stream;base64,{text}"));
        assert_eq!(read(inside.as_bytes()).as_ref(), Ok(&expected));
        assert!(read(json.as_bytes()).is_err(), "there are no data");
    }

    #[test]
    fn damaged_files_give_a_mesh_or_a_reason() {
        let whole = file(r#"{"mesh": 0, "scale": [1, 1, -2]}"#, "");
        for at in 0..whole.len() {
            for byte in [0, b'0', b'9', b'-', 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                if let Ok(mesh) = read(&damaged) {
                    let corners = mesh.vertices.len() as u32;
                    assert!(mesh.triangles.iter().flatten().all(|corner| *corner < corners));
                }
            }
        }
    }
}
