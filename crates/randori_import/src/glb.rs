//! Triangles of binary glTF files (GLB). Axes are taken as the file has them;
//! materials, animations and skins are not read.
//!
//! Start reading at [`read`].

use nalgebra::{Matrix4, Point3, Quaternion, UnitQuaternion, Vector3};
use serde::Deserialize;

use crate::mesh::Mesh;

/// Nodes may be nested this deep, and this many may be shown: a few nodes that
/// each hold another one twice would never end.
const MOST_DEPTH: usize = 64;
const MOST_SHOWN: usize = 100_000;

/// Corners and triangles that a file may have: it can show a mesh many times.
const MOST_CORNERS: usize = 4_000_000;

/// Values of `componentType`: bytes, shorts and ints without sign, and floats.
const BYTES: u32 = 5121;
const SHORTS: u32 = 5123;
const INTS: u32 = 5125;
const FLOATS: u32 = 5126;

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

/// Reads the mesh of a file.
///
/// # Errors
/// A reason in words, when the bytes are no GLB file with triangles, or its data
/// lie elsewhere.
pub(crate) fn read(bytes: &[u8]) -> Result<Mesh, String> {
    let invalid = |what: &str| format!("it is no valid GLB file ({what})");
    let (json, data) = chunks(bytes).ok_or_else(|| invalid("its parts are not where it says"))?;
    let document: Document =
        serde_json::from_slice(json).map_err(|error| invalid(&error.to_string()))?;
    if let Some(extension) = document.extensions_required.first() {
        let known = extension.starts_with("KHR_materials") || extension == "KHR_texture_transform";
        if !known {
            return Err(format!("it needs the extension `{extension}`, which is not read"));
        }
    }
    if document.buffers.iter().any(|buffer| buffer.uri.is_some()) {
        return Err("its data lie in another file; save it as one GLB file".to_owned());
    }
    let mut reading = Reading {
        document: &document,
        data,
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
    data: &'d [u8],
    shown: usize,
    mesh: Mesh,
}

impl Reading<'_> {
    fn show(&mut self, node: usize, outer: &Matrix4<f64>, depth: usize) -> Result<(), String> {
        self.shown += 1;
        if self.shown > MOST_SHOWN || depth > MOST_DEPTH {
            return Err("it shows too many nodes".to_owned());
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

    /// Adds the triangles of a primitive; others are not solid.
    fn place(&mut self, primitive: &Primitive, world: &Matrix4<f64>) -> Result<(), String> {
        let (Some(position), 4) = (primitive.attributes.position, primitive.mode.unwrap_or(4))
        else {
            return Ok(());
        };
        let corners = self.corners(position)?;
        let indices = match primitive.indices {
            Some(indices) => self.indices(indices)?,
            None => (0..corners.len() as u32).collect(),
        };
        if self.mesh.vertices.len() + corners.len() + self.mesh.triangles.len() + indices.len() / 3
            > MOST_CORNERS
        {
            return Err(format!("it has more than {MOST_CORNERS} corners and triangles"));
        }
        let count = corners.len() as u32;
        if indices.iter().any(|index| *index >= count) {
            return Err("a triangle uses a corner that the mesh does not have".to_owned());
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

    fn corners(&self, accessor: usize) -> Result<Vec<[f64; 3]>, String> {
        let (accessor, items) = self.items(accessor, 12)?;
        if accessor.component_type != FLOATS || accessor.shape != "VEC3" {
            return Err("its corners are not written as floats".to_owned());
        }
        let number = |bytes: &[u8], at: usize| {
            let four = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
            f64::from(f32::from_le_bytes(four))
        };
        Ok(items.map(|it| [number(it, 0), number(it, 4), number(it, 8)]).collect())
    }

    fn indices(&self, accessor: usize) -> Result<Vec<u32>, String> {
        let kind = self.document.accessors.get(accessor).map_or(0, |it| it.component_type);
        let size = match kind {
            BYTES => 1,
            SHORTS => 2,
            INTS => 4,
            _ => return Err("its indices are of an unknown kind".to_owned()),
        };
        let (_, items) = self.items(accessor, size)?;
        let number = |bytes: &[u8]| {
            bytes.iter().rev().fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
        };
        Ok(items.map(number).collect())
    }

    /// An accessor and its items of this many bytes each.
    fn items(
        &self,
        accessor: usize,
        size: usize,
    ) -> Result<(&Accessor, impl Iterator<Item = &[u8]>), String> {
        let beyond = || "its data end before they should".to_owned();
        let found = self.document.accessors.get(accessor).ok_or_else(beyond)?;
        let view = found.buffer_view.and_then(|view| self.document.buffer_views.get(view));
        // Data without a view are all zero, or sparse.
        let view = view.ok_or_else(|| "its data are sparse".to_owned())?;
        if view.buffer != 0 {
            return Err(beyond());
        }
        let end = view.byte_offset.checked_add(view.byte_length).ok_or_else(beyond)?;
        let data = self.data.get(view.byte_offset..end).ok_or_else(beyond)?;
        let data = data.get(found.byte_offset..).ok_or_else(beyond)?;
        let stride = view.byte_stride.unwrap_or(size).max(size);
        let needed = found.count.saturating_sub(1).checked_mul(stride);
        let needed = needed.and_then(|it| it.checked_add(size)).ok_or_else(beyond)?;
        if found.count == 0 || needed > data.len() {
            return Err(beyond());
        }
        let items = (0..found.count).map(move |item| &data[item * stride..item * stride + size]);
        Ok((found, items))
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
            (file(node, r#", "uri": "x.bin""#), "another file"),
            (file(r#"{"children": [0]}"#, ""), "too many nodes"),
            (file(&doubling.join(","), ""), "too many nodes"),
            (file("{}", ""), "no triangles"),
        ] {
            let reason = read(&bytes).expect_err(part);
            assert!(reason.contains(part), "{reason}\n  not {part}");
        }
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
