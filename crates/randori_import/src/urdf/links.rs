//! `<link>`: mass, collision and visuals.

use std::collections::{BTreeMap, BTreeSet};

use nalgebra::Matrix3;
use randori_core::spec::{Base, InertiaSpec, LinkSpec, RobotSpec, Shape, ShapeSpec, VisualSpec};

use super::graph::origin;
use super::surface::Surface;
use super::{Graph, base, meshes};
use crate::geometry::{self, Inertia, Pose, pose_spec, tidy, tidy3};
use crate::log::Log;
use crate::report::ImportStatus;
use crate::xml::{Files, Node};
use crate::{dynamics, inertia, values};

/// Mass of a link that needs mass but has neither mass nor volume, kg.
const SMALL_MASS: f64 = 1e-3;

/// Adds the links, after merging links that are only frames into the links they are
/// fixed to. Returns the base.
pub(super) fn build(
    log: &mut Log,
    files: &mut Files<'_>,
    graph: &mut Graph<'_>,
    surfaces: &BTreeMap<&str, Surface>,
    robot: &mut RobotSpec,
) -> Base {
    let mut specs: Vec<LinkSpec> = Vec::new();
    let mut moments: BTreeMap<usize, Inertia> = BTreeMap::new();
    for (index, (name, node)) in graph.links.iter().enumerate() {
        let (mut spec, inertia) = one(log, files, name, *node);
        if let Some(inertia) = inertia.filter(|it| it.mass == 0.0 && it.moments.abs().max() > 0.0) {
            moments.insert(index, inertia);
        }
        if let Some(surface) = node.name().and_then(|name| surfaces.get(name)) {
            spec.shapes.iter_mut().for_each(|shape| surface.cover(shape));
        }
        specs.push(spec);
    }
    let mut gone = merge_frames(log, graph, &mut specs, &mut moments);
    base::settle(log, graph, &mut specs, &mut gone);
    let base = base::decide(log, graph, &specs);
    let carrying = carrying_mass(graph, &specs);
    for (index, (_, node)) in graph.links.iter().enumerate() {
        let is_bolted = index == graph.root && matches!(base, Base::Fixed { .. });
        let is_frame = specs[index].shapes.is_empty()
            && (carrying.contains(&index) || (is_bolted && specs.len() > gone.len() + 1));
        let spec = &mut specs[index];
        if gone.contains(&index) || spec.mass_kg > 0.0 || is_frame {
            continue;
        }
        guess_mass(log, *node, spec, is_bolted, moments.get(&index));
    }
    // The base first, then in the order of the file.
    let order =
        std::iter::once(graph.root).chain((0..specs.len()).filter(|link| *link != graph.root));
    robot.links =
        order.filter(|link| !gone.contains(link)).map(|link| specs[link].clone()).collect();
    base
}

/// Links with mass in their subtree, which need no mass of their own.
fn carrying_mass(graph: &Graph<'_>, specs: &[LinkSpec]) -> BTreeSet<usize> {
    let parents: BTreeMap<usize, usize> =
        graph.edges.iter().map(|edge| (edge.child, edge.parent)).collect();
    let mut carrying = BTreeSet::new();
    for link in (0..specs.len()).filter(|link| specs[*link].mass_kg > 0.0) {
        let mut above = Some(link);
        while let Some(link) = above.filter(|link| carrying.insert(*link)) {
            above = parents.get(&link).copied();
        }
    }
    carrying
}

fn guess_mass(
    log: &mut Log,
    node: Node<'_>,
    spec: &mut LinkSpec,
    is_bolted: bool,
    moments: Option<&Inertia>,
) {
    let name = &spec.name;
    if is_bolted {
        let what =
            format!("link `{name}` has no mass: {SMALL_MASS} kg, without effect on a fixed link");
        log.note(ImportStatus::Guessed, node, what);
    } else {
        let what = format!("link `{name}` has no mass: {SMALL_MASS} kg");
        let advice = "give it an `<inertial>`, or its mass in the `Robot`";
        log.note(ImportStatus::Guessed, node, what).advise(advice).doubt();
    }
    spec.mass_kg = SMALL_MASS;
    spec.com.get_or_insert([0.0; 3]);
    // A sphere of 25 mm radius, unless the file has a possible inertia.
    let ball = Matrix3::identity() * (0.4 * SMALL_MASS * 0.025 * 0.025);
    let given = moments.map(|it| Inertia { mass: SMALL_MASS, ..*it });
    let given = given.filter(|it| inertia::possible(it, false).is_none());
    let com = geometry::vector(spec.com.unwrap_or_default());
    spec.inertia = given.unwrap_or(Inertia { mass: SMALL_MASS, com, moments: ball }).spec();
}

/// Merges massless links at fixed joints into their parents. Returns the merged links.
fn merge_frames(
    log: &mut Log,
    graph: &mut Graph<'_>,
    specs: &mut [LinkSpec],
    moments: &mut BTreeMap<usize, Inertia>,
) -> BTreeSet<usize> {
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
        log.note(ImportStatus::Kept, graph.links[edge.child].1, what);
        if let Some(inertia) = moments.remove(&edge.child) {
            let what = format!(
                "the moments of link `{frame}`, which has no mass, are added to `{parent}`"
            );
            let advice = "remove its `<inertial>` if they are placeholders";
            log.note(ImportStatus::Kept, graph.links[edge.child].1, what).advise(advice).doubt();
            let moved = inertia.seen_from(&edge.pose);
            if specs[edge.parent].mass_kg > 0.0 {
                let whole = dynamics::link_inertia(&specs[edge.parent]).plus(&moved);
                specs[edge.parent].inertia = whole.spec();
            } else {
                let before = moments.get(&edge.parent).copied().unwrap_or(Inertia::NONE);
                moments.insert(edge.parent, before.plus(&moved));
            }
        }
        gone.insert(edge.child);
    }
    gone
}

/// Moves shapes and visuals of a link to another.
pub(super) fn absorb(specs: &mut [LinkSpec], from: usize, to: usize, to_from_from: &Pose) {
    let (shapes, visuals) =
        (std::mem::take(&mut specs[from].shapes), std::mem::take(&mut specs[from].visuals));
    let moved = |pose| pose_spec(&(to_from_from * geometry::spec_pose(&pose)));
    specs[to]
        .shapes
        .extend(shapes.into_iter().map(|shape| ShapeSpec { pose: moved(shape.pose), ..shape }));
    specs[to].visuals.extend(
        visuals.into_iter().map(|visual| VisualSpec { pose: moved(visual.pose), ..visual }),
    );
}

/// A link, and its inertia in the file, even without mass.
fn one(
    log: &mut Log,
    files: &mut Files<'_>,
    name: &str,
    node: Node<'_>,
) -> (LinkSpec, Option<Inertia>) {
    log.note(ImportStatus::Kept, node, format!("link `{name}`"));
    let inertia = node.child("inertial").and_then(|inertial| inertial_of(log, name, inertial));
    let mut spec = LinkSpec {
        name: name.to_owned(),
        mass_kg: 0.0,
        com: None,
        inertia: InertiaSpec::FromShapes,
        shapes: Vec::new(),
        visuals: Vec::new(),
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
        meshes::visual(log, files, visual, &pose, &mut spec);
    }
    (spec, inertia)
}

fn shape_spec(shape: Shape, name: Option<String>, pose: &Pose) -> ShapeSpec {
    ShapeSpec { name, pose: pose_spec(pose), ..ShapeSpec::of(shape) }
}

fn inertial_of(log: &mut Log, name: &str, node: Node<'_>) -> Option<Inertia> {
    let frame = origin(log, node);
    let Some(mass) = node.child("mass").and_then(|mass| mass.attribute("value")) else {
        let what = format!("the inertial of link `{name}`, which has no mass");
        log.note(ImportStatus::Dropped, node, what).advise("write `<mass value=\"...\"/>`").doubt();
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
        log.note(ImportStatus::Clamped, at, what).doubt();
        given = repaired;
    }
    Some(given)
}

/// The shape of an element's `<geometry>`; a part without shape is reported.
fn shape(log: &mut Log, files: &mut Files<'_>, node: Node<'_>) -> Option<Shape> {
    let geometry = node.child("geometry").and_then(|geometry| geometry.children().next());
    let Some(geometry) = geometry else {
        let advice = "write `<geometry><box size=\"...\"/></geometry>`";
        log.note(ImportStatus::Dropped, node, "a collision without geometry")
            .advise(advice)
            .doubt();
        return None;
    };
    if geometry.tag() == "mesh" {
        return meshes::collision(log, files, geometry);
    }
    let mut lengths = |name: &str, count: usize| -> Option<Vec<f64>> {
        let found = geometry.attribute(name);
        let lengths = found.and_then(|found| values::numbers(log, found)).unwrap_or_default();
        if lengths.len() == count && lengths.iter().all(|length| *length > 0.0) {
            return Some(lengths);
        }
        // An invalid number has already been reported.
        let what = format!(
            "a collision: `{name}` of its {} is not greater than 0; this part does not collide",
            geometry.tag()
        );
        let advice = format!("write `{name}=\"...\"`, in metres");
        log.note(ImportStatus::Dropped, geometry, what).advise(advice).doubt();
        None
    };
    let mut length = |name: &str| lengths(name, 1).map(|lengths| lengths[0]);
    match geometry.tag() {
        "box" => lengths("size", 3).map(|size| Shape::Box { size: [size[0], size[1], size[2]] }),
        "cylinder" => {
            Some(Shape::Cylinder { radius: length("radius")?, length: length("length")? })
        }
        "capsule" => Some(Shape::Capsule { radius: length("radius")?, length: length("length")? }),
        "cone" => Some(Shape::Cone { radius: length("radius")?, length: length("length")? }),
        "sphere" => Some(Shape::Sphere { radius: length("radius")? }),
        other => {
            let what = format!("a collision of the kind `{other}`; this part does not collide");
            log.note(ImportStatus::Dropped, geometry, what).doubt();
            None
        }
    }
}
