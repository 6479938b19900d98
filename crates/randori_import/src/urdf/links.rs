//! `<link>`: mass, collision and looks.

use std::collections::BTreeSet;

use randori_core::diagnostic::DiagnosticCode;
use randori_core::spec::{InertiaSpec, LinkSpec, LookSpec, RobotSpec, Shape, ShapeSpec};

use super::{Graph, WORLDS, origin};
use crate::geometry::{self, Inertia, Pose, pose_spec, tidy, tidy3};
use crate::log::Log;
use crate::mesh::Mesh;
use crate::mjcf::hull;
use crate::report::Fate;
use crate::xml::{Files, Node};
use crate::{inertia, paths, values};

/// Mass of a link that needs one but has neither mass nor volume, kg.
const SMALL_MASS: f64 = 1e-3;

/// Adds the links, after links that are only frames have become parts of what
/// they are bolted to.
pub(super) fn build(
    log: &mut Log,
    files: &mut Files<'_>,
    graph: &mut Graph<'_>,
    robot: &mut RobotSpec,
) {
    let mut specs: Vec<LinkSpec> = Vec::new();
    for (name, node) in &graph.links {
        specs.push(one(log, files, name, *node));
    }
    let gone = merge_frames(log, graph, &mut specs);
    for (index, (_, node)) in graph.links.iter().enumerate() {
        let is_leaf = !graph.edges.iter().any(|edge| edge.parent == index);
        let spec = &mut specs[index];
        if gone.contains(&index) || spec.mass_kg > 0.0 || (spec.shapes.is_empty() && !is_leaf) {
            continue;
        }
        guess_mass(log, *node, spec);
    }
    // The base first, then as the file lists them.
    let order =
        std::iter::once(graph.root).chain((0..specs.len()).filter(|link| *link != graph.root));
    robot.links =
        order.filter(|link| !gone.contains(link)).map(|link| specs[link].clone()).collect();
}

fn guess_mass(log: &mut Log, node: Node<'_>, spec: &mut LinkSpec) {
    let what = format!("link `{}` has no mass: {SMALL_MASS} kg", spec.name);
    let advice = "give it an `<inertial>`, or its mass in the `Robot`";
    log.note(Fate::Guessed, node, what).advise(advice).doubt();
    spec.mass_kg = SMALL_MASS;
    spec.com.get_or_insert([0.0; 3]);
    // A ball of 25 mm radius.
    let moment = tidy(0.4 * SMALL_MASS * 0.025 * 0.025);
    spec.inertia = InertiaSpec::Moments {
        ixx: moment,
        iyy: moment,
        izz: moment,
        ixy: 0.0,
        ixz: 0.0,
        iyz: 0.0,
    };
}

/// Massless links at fixed joints become parts of their parents, and a massless
/// root with one fixed joint becomes part of its child. Gives those that are no
/// longer links.
fn merge_frames(log: &mut Log, graph: &mut Graph<'_>, specs: &mut [LinkSpec]) -> BTreeSet<usize> {
    let mut gone = BTreeSet::new();
    while let Some(at) =
        graph.edges.iter().position(|edge| edge.kind == "fixed" && specs[edge.child].mass_kg == 0.0)
    {
        let edge = graph.edges.remove(at);
        for other in graph.edges.iter_mut().filter(|other| other.parent == edge.child) {
            other.parent = edge.parent;
            other.pose = edge.pose * other.pose;
        }
        absorb(specs, edge.child, edge.parent, &edge.pose);
        let (frame, parent) = (&specs[edge.child].name, &specs[edge.parent].name);
        let what = format!("link `{frame}` without mass: a part of link `{parent}`");
        log.note(Fate::Kept, graph.links[edge.child].1, what);
        gone.insert(edge.child);
    }
    loop {
        let root = graph.root;
        let down: Vec<usize> =
            (0..graph.edges.len()).filter(|edge| graph.edges[*edge].parent == root).collect();
        let is_frame = specs[root].mass_kg == 0.0 && specs[root].shapes.is_empty();
        let [only] = down[..] else { break };
        let is_world = WORLDS.contains(&specs[root].name.as_str());
        let edge = &graph.edges[only];
        let merges =
            is_frame && matches!((edge.kind, is_world), ("fixed", false) | ("floating", _));
        if !merges {
            break;
        }
        let edge = graph.edges.remove(only);
        absorb(specs, root, edge.child, &edge.pose.inverse());
        let (frame, child) = (&specs[root].name, &specs[edge.child].name);
        let what = format!("link `{frame}` without mass: the base is `{child}`");
        log.note(Fate::Approximated, graph.links[root].1, what);
        gone.insert(root);
        graph.root = edge.child;
    }
    gone
}

/// Moves shapes and looks of a link to another.
fn absorb(specs: &mut [LinkSpec], from: usize, to: usize, to_from_from: &Pose) {
    let (shapes, looks) =
        (std::mem::take(&mut specs[from].shapes), std::mem::take(&mut specs[from].looks));
    let moved = |pose| pose_spec(&(to_from_from * geometry::spec_pose(&pose)));
    specs[to]
        .shapes
        .extend(shapes.into_iter().map(|shape| ShapeSpec { pose: moved(shape.pose), ..shape }));
    specs[to]
        .looks
        .extend(looks.into_iter().map(|look| LookSpec { pose: moved(look.pose), ..look }));
}

fn one(log: &mut Log, files: &mut Files<'_>, name: &str, node: Node<'_>) -> LinkSpec {
    log.note(Fate::Kept, node, format!("link `{name}`"));
    let inertia = node.child("inertial").and_then(|inertial| inertial_of(log, name, inertial));
    let mut spec = LinkSpec {
        name: name.to_owned(),
        mass_kg: 0.0,
        com: None,
        inertia: InertiaSpec::FromShapes,
        shapes: Vec::new(),
        looks: Vec::new(),
    };
    if let Some(inertia) = inertia.filter(|inertia| inertia.mass > 0.0) {
        spec.mass_kg = tidy(inertia.mass);
        spec.com = Some(tidy3(inertia.com));
        spec.inertia = inertia.spec();
    }
    for collision in node.children_called("collision") {
        let pose = origin(log, collision);
        if let Some(shape) = shape(log, files, collision) {
            let name = collision.name().map(crate::names::spelt);
            spec.shapes.push(shape_spec(shape, name, &pose));
        }
    }
    for visual in node.children_called("visual") {
        let pose = origin(log, visual);
        look(log, files, visual, &pose, &mut spec);
    }
    spec
}

fn shape_spec(shape: Shape, name: Option<String>, pose: &Pose) -> ShapeSpec {
    ShapeSpec { name, pose: pose_spec(pose), ..ShapeSpec::of(shape) }
}

fn inertial_of(log: &mut Log, name: &str, node: Node<'_>) -> Option<Inertia> {
    let frame = origin(log, node);
    let Some(mass) = node.child("mass").and_then(|mass| mass.attribute("value")) else {
        let message = format!("the inertial of link `{name}` has no mass");
        log.error(
            DiagnosticCode::IMPORT_VALUE,
            node.span(),
            message,
            "write `<mass value=\"...\"/>`",
        );
        return None;
    };
    let mass = values::not_negative(log, mass)?;
    let mut parts = [0.0; 6];
    let tensor = node.child("inertia");
    for (part, word) in parts.iter_mut().zip(["ixx", "iyy", "izz", "ixy", "ixz", "iyz"]) {
        let found = tensor.and_then(|tensor| tensor.attribute(word));
        *part = found.and_then(|found| values::number(log, found)).unwrap_or(0.0);
    }
    let given = Inertia { mass, com: geometry::Vector::zeros(), moments: geometry::moments(parts) };
    let mut given = given.seen_from(&frame);
    if mass > 0.0
        && let Some((repaired, what)) = inertia::possible(&given, false)
    {
        let at = tensor.unwrap_or(node);
        let what = format!("the inertia of link `{name}`: {what}");
        log.note(Fate::Clamped, at, what).doubt();
        given = repaired;
    }
    Some(given)
}

/// The shape that an element's `<geometry>` says.
fn shape(log: &mut Log, files: &mut Files<'_>, node: Node<'_>) -> Option<Shape> {
    let geometry = node.child("geometry").and_then(|geometry| geometry.children().next());
    let Some(geometry) = geometry else {
        let message = "a collision has no geometry";
        log.error(
            DiagnosticCode::IMPORT_VALUE,
            node.span(),
            message,
            "write `<geometry><box size=\"...\"/></geometry>`",
        );
        return None;
    };
    let mut positive = |name: &str| -> Option<f64> {
        let Some(found) = geometry.attribute(name) else {
            let message = format!("a {} has no {name}", geometry.tag());
            log.error(
                DiagnosticCode::IMPORT_VALUE,
                geometry.span(),
                message,
                format!("write `{name}=\"...\"`"),
            );
            return None;
        };
        let value = values::number(log, found)?;
        if value <= 0.0 {
            log.refuse(
                found,
                format!("`{name}` must be greater than 0"),
                "write a length in metres",
            );
            return None;
        }
        Some(value)
    };
    match geometry.tag() {
        "box" => {
            let size = geometry.attribute("size");
            let size = size.and_then(|size| Some((size, values::exactly::<3>(log, size)?)));
            let (at, size) = size?;
            if size.iter().any(|edge| *edge <= 0.0) {
                log.refuse(at, "`size` must be greater than 0", "write three lengths in metres");
                return None;
            }
            Some(Shape::Box { size })
        }
        "cylinder" => {
            Some(Shape::Cylinder { radius: positive("radius")?, length: positive("length")? })
        }
        "capsule" => {
            Some(Shape::Capsule { radius: positive("radius")?, length: positive("length")? })
        }
        "sphere" => Some(Shape::Sphere { radius: positive("radius")? }),
        "mesh" => collision_mesh(log, files, geometry),
        other => {
            log.note(Fate::Dropped, geometry, format!("a collision of kind `{other}`")).doubt();
            None
        }
    }
}

fn collision_mesh(log: &mut Log, files: &mut Files<'_>, node: Node<'_>) -> Option<Shape> {
    let scale = node.attribute("scale").and_then(|scale| values::exactly::<3>(log, scale));
    let read = find(files, node)
        .and_then(|(path, bytes)| Mesh::read(&path, &bytes))
        .map(|mesh| mesh.scaled(scale.unwrap_or([1.0; 3])));
    match read {
        Ok(mesh) => {
            let corners = mesh.hull();
            if corners.len() < mesh.vertices.len() {
                let count = corners.len();
                log.note(
                    Fate::Approximated,
                    node,
                    format!("a collision mesh: its convex hull of {count} points"),
                );
            }
            Some(hull(&corners))
        }
        Err(reason) => {
            let file = node.text("filename").unwrap_or_default();
            let what = format!("the collision mesh `{file}`: {reason}; this part touches nothing");
            let advice =
                "put the mesh below the folder of the URDF file, or write shapes in the `Robot`";
            log.note(Fate::Dropped, node, what).advise(advice).doubt();
            None
        }
    }
}

fn look(log: &mut Log, files: &mut Files<'_>, visual: Node<'_>, pose: &Pose, spec: &mut LinkSpec) {
    let Some(mesh) = visual.child("geometry").and_then(|geometry| geometry.child("mesh")) else {
        return; // Simple shapes look like what collides.
    };
    let file = mesh.text("filename").unwrap_or_default();
    let ending = file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let problem = match find(files, mesh) {
        _ if !matches!(ending.as_str(), "stl" | "obj" | "gltf" | "glb") => {
            format!("meshes of the kind `{ending}` are not shown")
        }
        Err(reason) => reason,
        Ok((path, _)) => {
            let scale = mesh.attribute("scale").and_then(|scale| values::exactly::<3>(log, scale));
            let mesh = paths::named_from(files.main(), &path);
            let (pose, scale) = (pose_spec(pose), scale.unwrap_or([1.0; 3]));
            spec.looks.push(LookSpec { mesh, pose, scale, color: None });
            return;
        }
    };
    log.note(Fate::Dropped, mesh, format!("the look `{file}`: {problem}"));
}

/// Path and content of a mesh. Packages are looked for in all folders around
/// the file, up to the root of the reader.
fn find(files: &mut Files<'_>, node: Node<'_>) -> Result<(String, Vec<u8>), String> {
    let Some(named) = node.text("filename") else { return Err("it has no name".to_owned()) };
    let folder = paths::folder(files.main()).to_owned();
    let Some(in_package) =
        named.strip_prefix("package://").or_else(|| named.strip_prefix("model://"))
    else {
        let path = paths::resolve(&folder, named)?;
        return files.bytes(&path).map(|bytes| (path, bytes));
    };
    let inside = in_package.split_once('/').map_or(in_package, |(_, inside)| inside);
    let mut around = folder.as_str();
    loop {
        for candidate in [in_package, inside] {
            if let Ok(path) = paths::resolve(around, candidate)
                && let Ok(bytes) = files.bytes(&path)
            {
                return Ok((path, bytes));
            }
        }
        if around.is_empty() {
            return Err("no folder around the file holds it".to_owned());
        }
        around = paths::folder(around);
    }
}
