//! Triangles of COLLADA meshes.
//!
//! The transforms of nodes and the unit of the file are applied, but not its up
//! axis, because the viewers and planners of ROS, the usual readers of these
//! files, ignore it. Materials and animations are ignored; a skin has its
//! geometry at rest.
//!
//! Start reading at [`read`].

use std::collections::BTreeMap;

use nalgebra::{Matrix4, Point3, Vector3};

use crate::geometry::{about, vector};
use crate::mesh::Mesh;
use crate::xml::{Node, Tree};

/// Maximum number of vertices and triangles of a scene: a small file can instance a
/// geometry many times.
const MAX_CORNERS: usize = 4_000_000;

/// Maximum depth and number of instances of library nodes: a few nodes that each
/// instance another one twice would never end.
const MAX_DEPTH: usize = 32;
const MAX_SHOWN: usize = 100_000;

/// Reads the mesh of a file.
///
/// # Errors
/// The reason, if the bytes are not a COLLADA file with triangles.
pub(crate) fn read(bytes: &[u8]) -> Result<Mesh, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let tree = Tree::of_text(text)
        .map_err(|reason| format!("it is not a valid COLLADA file ({reason})"))?;
    let root = tree.root();
    if root.tag() != "COLLADA" {
        return Err(format!("it is not a COLLADA file: its root element is `<{}>`", root.tag()));
    }
    let mut scene = Scene::read(root);
    let unit = root.child("asset").and_then(|asset| asset.child("unit"));
    let unit = unit.and_then(|unit| unit.text("meter")).and_then(|text| text.trim().parse().ok());
    let unit = unit.filter(|unit: &f64| unit.is_finite() && *unit > 0.0).unwrap_or(1.0);
    let world = Matrix4::new_scaling(unit);
    let shown = root.child("scene").and_then(|scene| scene.child("instance_visual_scene"));
    let shown = shown.and_then(|shown| shown.text("url")).map(id_of);
    let all = root.children_called("library_visual_scenes").flat_map(Node::children);
    let visual = all
        .filter(|node| node.tag() == "visual_scene")
        .find(|node| shown.is_none_or(|id| node.text("id") == Some(id)));
    if let Some(visual) = visual {
        for node in visual.children_called("node") {
            scene.show(node, &world, 0)?;
        }
    } else {
        let geometries: Vec<&str> = scene.geometries.keys().copied().collect();
        for geometry in geometries {
            scene.place(geometry, &world)?;
        }
    }
    if scene.mesh.triangles.is_empty() {
        return Err("it has no triangles".to_owned());
    }
    Ok(scene.mesh)
}

/// `#id` without the `#`.
fn id_of(url: &str) -> &str {
    url.trim().trim_start_matches('#')
}

/// Collects the triangles of a scene.
struct Scene<'t> {
    geometries: BTreeMap<&'t str, Node<'t>>,
    /// Geometries of skins and morphs.
    controllers: BTreeMap<&'t str, &'t str>,
    nodes: BTreeMap<&'t str, Node<'t>>,
    /// Vertices and triangles of parsed geometries.
    known: BTreeMap<&'t str, Mesh>,
    /// Number of instanced nodes.
    shown: usize,
    mesh: Mesh,
}

impl<'t> Scene<'t> {
    fn read(root: Node<'t>) -> Self {
        let library = |name: &'static str, tag: &'static str| {
            let all = root.children_called(name).flat_map(move |it| it.children_called(tag));
            all.filter_map(|node| Some((node.text("id")?, node)))
        };
        let controllers = library("library_controllers", "controller").filter_map(|(id, node)| {
            let source = node.children().find_map(|part| part.text("source"))?;
            Some((id, id_of(source)))
        });
        Self {
            geometries: library("library_geometries", "geometry").collect(),
            controllers: controllers.collect(),
            nodes: library("library_nodes", "node").collect(),
            known: BTreeMap::new(),
            shown: 0,
            mesh: Mesh { vertices: Vec::new(), triangles: Vec::new() },
        }
    }

    /// Adds the geometry of a node and its subtree.
    fn show(&mut self, top: Node<'t>, outer: &Matrix4<f64>, depth: usize) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err("its nodes form a cycle".to_owned());
        }
        let mut waiting = vec![(top, *outer)];
        while let Some((node, outer)) = waiting.pop() {
            self.shown += 1;
            if self.shown > MAX_SHOWN {
                return Err(format!("it has more than {MAX_SHOWN} nodes"));
            }
            let world = outer * transform(node)?;
            for part in node.children() {
                let url = part.text("url").map(id_of);
                match (part.tag(), url) {
                    ("node", _) => waiting.push((part, world)),
                    ("instance_geometry", Some(url)) => self.place(url, &world)?,
                    ("instance_controller", Some(url)) => {
                        if let Some(geometry) = self.controllers.get(url).copied() {
                            self.place(geometry, &world)?;
                        }
                    }
                    ("instance_node", Some(url)) => {
                        if let Some(other) = self.nodes.get(url).copied() {
                            self.show(other, &world, depth + 1)?;
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Adds a geometry with this transform.
    fn place(&mut self, id: &str, world: &Matrix4<f64>) -> Result<(), String> {
        let Some((id, node)) = self.geometries.get_key_value(id) else { return Ok(()) };
        if !self.known.contains_key(id) {
            self.known.insert(id, geometry(*node)?);
        }
        let part = &self.known[id];
        let corners = self.mesh.vertices.len() + part.vertices.len();
        if corners + self.mesh.triangles.len() + part.triangles.len() > MAX_CORNERS {
            return Err(format!("it has more than {MAX_CORNERS} vertices and triangles"));
        }
        let first = self.mesh.vertices.len() as u32;
        let placed = part
            .vertices
            .iter()
            .map(|point| <[f64; 3]>::from(world.transform_point(&Point3::from(*point)).coords));
        self.mesh.vertices.extend(placed);
        let is_mirrored = world.fixed_view::<3, 3>(0, 0).determinant() < 0.0;
        let turned = part.triangles.iter().map(|[a, b, c]| {
            let [b, c] = if is_mirrored { [c, b] } else { [b, c] };
            [a + first, b + first, c + first]
        });
        self.mesh.triangles.extend(turned);
        Ok(())
    }
}

/// The transform of a node: the product of its elements, in order.
fn transform(node: Node<'_>) -> Result<Matrix4<f64>, String> {
    let mut whole = Matrix4::identity();
    for step in node.children() {
        let is_step = matches!(step.tag(), "matrix" | "translate" | "rotate" | "scale");
        if !is_step {
            continue;
        }
        let numbers = numbers(step.inner_text())?;
        let matrix = match (step.tag(), numbers.as_slice()) {
            ("matrix", parts) if parts.len() == 16 => Matrix4::from_row_slice(parts),
            ("translate", [x, y, z]) => Matrix4::new_translation(&Vector3::new(*x, *y, *z)),
            ("rotate", [x, y, z, degrees]) => {
                about(vector([*x, *y, *z]), degrees.to_radians()).to_homogeneous()
            }
            ("scale", [x, y, z]) => Matrix4::new_nonuniform_scaling(&Vector3::new(*x, *y, *z)),
            (tag, _) => return Err(format!("a `<{tag}>` has the wrong number of values")),
        };
        whole *= matrix;
    }
    Ok(whole)
}

fn numbers(text: &str) -> Result<Vec<f64>, String> {
    let parsed = text.split_ascii_whitespace().map(str::parse::<f64>);
    parsed.collect::<Result<_, _>>().map_err(|_| "it has an invalid number".to_owned())
}

fn indices(text: &str) -> Result<Vec<usize>, String> {
    let parsed = text.split_ascii_whitespace().map(str::parse::<usize>);
    parsed.collect::<Result<_, _>>().map_err(|_| "it has an invalid index".to_owned())
}

/// Vertices and triangles of a `<geometry>`, in its own frame.
fn geometry(node: Node<'_>) -> Result<Mesh, String> {
    let mut whole = Mesh { vertices: Vec::new(), triangles: Vec::new() };
    let Some(mesh) = node.child("mesh") else { return Ok(whole) };
    // The vertices of each source are added once.
    let mut firsts: BTreeMap<&str, (u32, usize)> = BTreeMap::new();
    for part in mesh.children() {
        if !matches!(part.tag(), "triangles" | "polylist" | "polygons" | "trifans" | "tristrips") {
            continue;
        }
        let Some((source, offset)) = positions_of(mesh, part) else { continue };
        let (first, count) = if let Some(known) = firsts.get(source) {
            *known
        } else {
            let corners = corners(mesh, source)?;
            let added = (whole.vertices.len() as u32, corners.len());
            whole.vertices.extend(corners);
            firsts.insert(source, added);
            added
        };
        for polygon in polygons(part, offset)? {
            if polygon.iter().any(|corner| *corner >= count) {
                return Err("a polygon has an invalid vertex index".to_owned());
            }
            let corner = |at: usize| first + polygon[at] as u32;
            let strip = part.tag() == "tristrips";
            for at in 2..polygon.len() {
                whole.triangles.push(match (strip, at % 2 == 0) {
                    (false, _) => [corner(0), corner(at - 1), corner(at)],
                    (true, true) => [corner(at - 2), corner(at - 1), corner(at)],
                    (true, false) => [corner(at - 1), corner(at - 2), corner(at)],
                });
            }
        }
    }
    Ok(used(&whole))
}

/// The mesh without unused vertices.
fn used(mesh: &Mesh) -> Mesh {
    let mut places: Vec<Option<u32>> = vec![None; mesh.vertices.len()];
    let mut vertices = Vec::new();
    let mut place = |corner: u32| {
        *places[corner as usize].get_or_insert_with(|| {
            vertices.push(mesh.vertices[corner as usize]);
            vertices.len() as u32 - 1
        })
    };
    let triangles = mesh.triangles.iter().map(|triangle| triangle.map(&mut place)).collect();
    Mesh { vertices, triangles }
}

/// The source of the positions of some polygons, and the offset of the position
/// among the indices of a corner.
fn positions_of<'t>(mesh: Node<'t>, part: Node<'t>) -> Option<(&'t str, usize)> {
    let input = |semantic: &'static str, node: Node<'t>| {
        node.children_called("input").find(move |input| input.text("semantic") == Some(semantic))
    };
    let offset =
        |node: Node<'_>| node.text("offset").and_then(|it| it.trim().parse().ok()).unwrap_or(0);
    if let Some(direct) = input("POSITION", part) {
        return Some((id_of(direct.text("source")?), offset(direct)));
    }
    let vertex = input("VERTEX", part)?;
    let id = id_of(vertex.text("source")?);
    let vertices = mesh.children_called("vertices").find(|it| it.text("id") == Some(id))?;
    Some((id_of(input("POSITION", vertices)?.text("source")?), offset(vertex)))
}

fn corners(mesh: Node<'_>, source: &str) -> Result<Vec<[f64; 3]>, String> {
    let missing = || format!("it has no source `{source}`");
    let mut sources = mesh.children_called("source");
    let node = sources.find(|it| it.text("id") == Some(source)).ok_or_else(missing)?;
    let values = numbers(node.child("float_array").ok_or_else(missing)?.inner_text())?;
    let accessor = node.child("technique_common").and_then(|it| it.child("accessor"));
    let whole = |name: &str, otherwise: usize| {
        let found = accessor.and_then(|it| it.text(name)).and_then(|it| it.trim().parse().ok());
        found.unwrap_or(otherwise)
    };
    let (stride, offset) = (whole("stride", 3).max(3), whole("offset", 0));
    let values = values.get(offset..).unwrap_or_default();
    Ok(values.chunks(stride).filter(|it| it.len() >= 3).map(|it| [it[0], it[1], it[2]]).collect())
}

/// The corners of each polygon (or fan, or strip) of some primitives.
fn polygons(part: Node<'_>, offset: usize) -> Result<Vec<Vec<usize>>, String> {
    let strides = part.children_called("input").filter_map(|it| {
        it.text("offset").map_or(Some(0), |text| text.trim().parse::<usize>().ok())
    });
    // The number of indices per corner follows from the largest offset; few are allowed.
    let stride = strides.max().unwrap_or(0).min(64) + 1;
    let offset = offset.min(stride - 1);
    let of = |list: &Node<'_>| -> Result<Vec<usize>, String> {
        let all = indices(list.inner_text())?;
        Ok(all.chunks_exact(stride).map(|corner| corner[offset]).collect())
    };
    let mut lists = Vec::new();
    for list in part.children_called("p") {
        lists.push(of(&list)?);
    }
    for holed in part.children_called("ph") {
        if let Some(outline) = holed.child("p") {
            lists.push(of(&outline)?);
        }
    }
    match part.tag() {
        "triangles" => Ok(lists.concat().chunks_exact(3).map(<[usize]>::to_vec).collect()),
        "polylist" => {
            let counts = part.child("vcount").map_or("", Node::inner_text);
            let corners = lists.concat();
            let mut rest = corners.as_slice();
            let mut all = Vec::new();
            for count in indices(counts)? {
                let Some((polygon, after)) = rest.split_at_checked(count) else {
                    return Err("it ends before its last polygon".to_owned());
                };
                all.push(polygon.to_vec());
                rest = after;
            }
            Ok(all)
        }
        _ => Ok(lists),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "<source id=\"s\"><float_array count=\"12\">0 0 0 1 0 0 0 1 0 0 0 1 9 9 9</float_array>\
        <technique_common><accessor stride=\"3\" count=\"5\"/></technique_common></source>\
        <vertices id=\"v\"><input semantic=\"POSITION\" source=\"#s\"/></vertices>";

    /// A file with one tetrahedron, these polygons, and this scene.
    fn file(polygons: &str, scene: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><COLLADA xmlns=\"x\"><asset><unit meter=\"0.01\"/><up_axis>Y_UP</up_axis></asset>\
             <library_geometries><geometry id=\"g\"><mesh>{SOURCE}{polygons}</mesh></geometry></library_geometries>\
             {scene}</COLLADA>"
        )
    }

    const TRIANGLES: &str = "<triangles count=\"4\"><input semantic=\"VERTEX\" source=\"#v\" offset=\"0\"/>\
        <input semantic=\"NORMAL\" source=\"#n\" offset=\"1\"/>\
        <p>0 0 2 0 1 0 0 1 1 1 3 1 0 2 3 2 2 2 1 3 2 3 3 3</p></triangles>";

    fn scene(nodes: &str) -> String {
        format!(
            "<library_visual_scenes><visual_scene id=\"a\"/><visual_scene id=\"b\">{nodes}</visual_scene></library_visual_scenes>\
             <scene><instance_visual_scene url=\"#b\"/></scene>"
        )
    }

    #[test]
    fn nodes_place_geometries_in_metres() {
        let nodes = "<node><translate>100 0 0</translate><rotate>0 0 1 90</rotate><node><scale>2 2 -2</scale>\
            <instance_geometry url=\"#g\"/></node></node>";

        let mesh = read(file(TRIANGLES, &scene(nodes)).as_bytes()).expect("a mesh");

        // In the order of first use: corners 0, 2, 1 and 3; the fifth is unused.
        let expected = [[1.0, 0.0, 0.0], [0.98, 0.0, 0.0], [1.0, 0.02, 0.0], [1.0, 0.0, -0.02]];
        assert_eq!(mesh.vertices.len(), 4);
        for (corner, expected) in mesh.vertices.iter().zip(expected) {
            let gap = (vector(*corner) - vector(expected)).norm();
            assert!(gap < 1e-12, "{corner:?} is not {expected:?}");
        }
        // Mirrored, so that the other side of each triangle is in front.
        assert_eq!(mesh.triangles[0], [0, 2, 1]);
        let (corners, triangles) = (&mesh.vertices, &mesh.triangles);
        let filling = crate::solids::Filling::Exact;
        let solid =
            crate::solids::of_mesh(corners, triangles, triangles, filling).expect("a volume");
        assert!((solid.mass - 8e-6 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn polygons_of_all_kinds_become_triangles() {
        let input = "<input semantic=\"VERTEX\" source=\"#v\" offset=\"0\"/>";
        for (polygons, count) in [
            (format!("<polylist>{input}<vcount>4 3</vcount><p>0 1 2 3 0 1 2</p></polylist>"), 3),
            (format!("<polygons>{input}<p>0 1 2</p><p>0 1 2 3</p></polygons>"), 3),
            (format!("<tristrips>{input}<p>0 1 2 3</p></tristrips>"), 2),
            (format!("<trifans>{input}<p>0 1 2 3</p></trifans>"), 2),
            (format!("<lines>{input}<p>0 1</p></lines>{TRIANGLES}"), 4),
        ] {
            let mesh = read(file(&polygons, "").as_bytes()).expect(&polygons);
            assert_eq!(mesh.triangles.len(), count, "{polygons}");
        }
    }

    #[test]
    fn broken_files_give_a_reason() {
        let input = "<input semantic=\"VERTEX\" source=\"#v\" offset=\"0\"/>";
        let twice = |it: usize| {
            let inner = format!("<instance_node url=\"#n{}\"/>", it - 1).repeat(2);
            format!("<node id=\"n{it}\">{inner}</node>")
        };
        let doubling = (1..40).map(twice).collect::<Vec<String>>().concat();
        let doubling = format!("<library_nodes>{doubling}</library_nodes>");
        let ring =
            "<library_nodes><node id=\"n\"><instance_node url=\"#n\"/></node></library_nodes>";
        for (text, part) in [
            (String::new(), "not a valid COLLADA"),
            ("<a/>".to_owned(), "root element is `<a>`"),
            (file("", ""), "no triangles"),
            (
                file(&format!("<triangles>{input}<p>0 1 9</p></triangles>"), ""),
                "invalid vertex index",
            ),
            (file(&format!("<triangles>{input}<p>0 1 -1</p></triangles>"), ""), "index"),
            (
                file(&format!("<polylist>{input}<vcount>3 99</vcount><p>0 1 2</p></polylist>"), ""),
                "ends before",
            ),
            (file(TRIANGLES, &(scene("<node><scale>1 1</scale></node>"))), "wrong number"),
            (
                file(TRIANGLES, &(scene("<node><instance_node url=\"#n\"/></node>") + ring)),
                "form a cycle",
            ),
            (
                file(TRIANGLES, &(scene("<node><instance_node url=\"#n20\"/></node>") + &doubling)),
                "more than 100000 nodes",
            ),
        ] {
            let reason = read(text.as_bytes()).expect_err(&text);
            assert!(reason.contains(part), "{reason}\n  not {part}");
        }
    }

    #[test]
    fn damaged_files_give_a_mesh_or_a_reason() {
        let nodes = "<node><matrix>1 0 0 1 0 1 0 1 0 0 1 1 0 0 0 1</matrix><instance_geometry url=\"#g\"/></node>";
        let whole = file(TRIANGLES, &scene(nodes)).into_bytes();
        for at in 0..whole.len() {
            for byte in *b"0-9e \"</" {
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
