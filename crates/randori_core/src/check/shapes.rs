//! Shapes, materials and zones.

use std::collections::BTreeMap;

use super::report::{At, Report};
use super::{bounds, poses};
use crate::diagnostic::DiagnosticCode;
use crate::hull::Extent;
use crate::spec::{MaterialSpec, Shape, ShapeSpec, SoftnessSpec, ZoneShape, ZoneSpec};
use crate::text::{Limits, Part, Specs};

/// Shapes of a link or an object.
pub(super) fn list(
    report: &mut Report<'_>,
    at: &At<'_>,
    shapes: &[ShapeSpec],
    materials: &BTreeMap<String, MaterialSpec>,
    is_movable: bool,
) {
    for (index, spec) in shapes.iter().enumerate() {
        let at = at.index(index);
        poses::pose(report, &at.field("pose"), &spec.pose);
        geometry(report, &at.field("shape"), &spec.shape);
        if is_movable && !is_solid(&spec.shape) {
            let message = "planes, meshes and heightfields cannot move";
            let code = DiagnosticCode::IMMOVABLE_SHAPE;
            let error = report.error(
                code,
                &at.field("shape"),
                message,
                "this belongs to a thing that moves",
            );
            error.help.push("use a convex hull, or several simple shapes".to_owned());
        }
        let frictions = [
            ("friction", spec.friction.unwrap_or(0.0)),
            ("torsional_friction", spec.torsional_friction),
            ("rolling_friction", spec.rolling_friction),
        ];
        for (name, value) in frictions {
            report.amount(&at.field(name), value, bounds::CONTACT);
        }
        if let Some(soft) = &spec.softness {
            softness(report, &at.field("softness"), soft);
        }
        report.fraction(&at.field("restitution"), spec.restitution);
        if let Some(material) = &spec.material
            && !materials.contains_key(material)
            && MaterialSpec::built_in(material).is_none()
        {
            let known = materials.keys().map(String::as_str).chain(MaterialSpec::BUILT_IN);
            let message = format!("the material `{material}` does not exist");
            let (code, at) = (DiagnosticCode::UNKNOWN_MATERIAL, at.field("material"));
            report.unknown_name(code, &at, message, (material, "material"), known);
        }
    }
}

/// An error if there are more shapes than allowed: the engine processes every overlapping
/// pair.
pub(super) fn count(report: &mut Report<'_>, specs: &Specs, limits: &Limits) {
    let objects = specs.environment.iter().flat_map(|environment| &environment.objects);
    let links = specs.robots.values().flat_map(|robot| &robot.links);
    let of_objects: usize = objects.map(|object| object.shapes.len()).sum();
    let of_links: usize = links.map(|link| link.shapes.len()).sum();
    let actors = specs.scenario.as_ref().map_or(0, |scenario| scenario.actors.len());
    let (count, most) = (of_objects + of_links + actors, limits.shapes);
    if count <= most {
        return;
    }
    let (part, list) = match specs.robots.keys().next() {
        Some(robot) if of_links > of_objects => (Part::Robot(*robot), "links"),
        _ => (Part::Environment, "objects"),
    };
    let root = At::root(part);
    let message = format!("a scenario can have {most} shapes at most");
    let (code, label) = (DiagnosticCode::LIMIT_EXCEEDED, format!("{count} shapes in all"));
    let error = report.error(code, &root.field(list), message, label);
    error.help.push("raise the limit on the number of shapes with `--limit shapes=N`".to_owned());
}

/// True if a shape encloses a volume, so that it can have mass.
pub(super) fn is_solid(shape: &Shape) -> bool {
    !matches!(shape, Shape::TriangleMesh { .. } | Shape::Heightfield { .. } | Shape::Plane)
}

/// Materials of a file.
pub(super) fn materials(
    report: &mut Report<'_>,
    at: &At<'_>,
    materials: &BTreeMap<String, MaterialSpec>,
) {
    for (name, material) in materials {
        let at = at.field(name);
        report.amount(&at.field("friction"), material.friction, bounds::CONTACT);
        report.fraction(&at.field("restitution"), Some(material.restitution));
        for (index, part) in material.color.iter().enumerate() {
            report.fraction(&at.field("color").index(index), Some(f64::from(*part)));
        }
    }
}

pub(super) fn softness(report: &mut Report<'_>, at: &At<'_>, spec: &SoftnessSpec) {
    report.positive(&at.field("time_constant"), spec.time_constant);
    report.positive(&at.field("damping_ratio"), spec.damping_ratio);
    report.positive(&at.field("friction_stiffness_ratio"), spec.friction_stiffness_ratio);
    report.amount(&at.field("width"), spec.width, bounds::PLACE);
    let impedances =
        [("impedance", spec.impedance), ("impedance_at_width", spec.impedance_at_width)];
    for (name, value) in impedances {
        if !(value > 0.0 && value < 1.0) && value.is_finite() {
            report.out_of_range(
                &at.field(name),
                value,
                "must be between 0 and 1, without the ends",
            );
        }
    }
}

/// Zones of a scenario or an environment.
pub(super) fn zones(report: &mut Report<'_>, at: &At<'_>, zones: &[ZoneSpec]) {
    for (index, zone) in zones.iter().enumerate() {
        let at = at.index(index);
        poses::pose(report, &at.field("pose"), &zone.pose);
        let at = at.field("shape");
        match zone.shape {
            ZoneShape::Box { size } => sizes(report, &at, &size),
            ZoneShape::Sphere { radius } => report.size(&at.field("radius"), radius),
            ZoneShape::Cylinder { radius, length } => {
                report.size(&at.field("radius"), radius);
                report.size(&at.field("length"), length);
            }
        }
    }
}

fn sizes(report: &mut Report<'_>, at: &At<'_>, size: &[f64]) {
    for (index, edge) in size.iter().enumerate() {
        report.size(&at.field("size").index(index), *edge);
    }
}

fn geometry(report: &mut Report<'_>, at: &At<'_>, shape: &Shape) {
    match shape {
        Shape::Box { size } => {
            sizes(report, at, size);
            report.ratio(&at.field("size"), size);
        }
        Shape::Sphere { radius } => report.size(&at.field("radius"), *radius),
        Shape::Capsule { radius, length }
        | Shape::Cylinder { radius, length }
        | Shape::Cone { radius, length } => {
            report.size(&at.field("radius"), *radius);
            report.size(&at.field("length"), *length);
            report.ratio(at, &[*radius, *length]);
        }
        Shape::ConvexHull { points } => hull(report, &at.field("points"), points),
        Shape::TriangleMesh { vertices, triangles } => {
            corners(report, &at.field("vertices"), vertices);
            mesh(report, at, vertices.len(), triangles);
        }
        Shape::Heightfield { size, heights } => {
            sizes(report, at, size);
            heightfield(report, &at.field("heights"), heights);
        }
        Shape::Plane => {}
    }
}

fn corners(report: &mut Report<'_>, at: &At<'_>, corners: &[[f64; 3]]) {
    for (index, corner) in corners.iter().enumerate() {
        report.bounded_parts(&at.index(index), corner, bounds::PLACE);
    }
}

/// The engine builds every hull that passes.
fn hull(report: &mut Report<'_>, at: &At<'_>, points: &[[f64; 3]]) {
    corners(report, at, points);
    let extent = Extent::of(points);
    if let Err(what) = extent.solid() {
        let message = "the points of the hull enclose no volume";
        let code = DiagnosticCode::DEGENERATE_SHAPE;
        report.error(code, at, message, what.to_string()).help.push(
            "a hull needs four points that are not in one plane, and a thickness of at least a \
             millionth of its length"
                .to_owned(),
        );
    } else {
        report.bounded(at, extent.length, bounds::SIZE);
    }
}

fn mesh(report: &mut Report<'_>, at: &At<'_>, vertices: usize, triangles: &[[u32; 3]]) {
    let (code, at) = (DiagnosticCode::DEGENERATE_SHAPE, at.field("triangles"));
    if triangles.is_empty() {
        report.error(code, &at, "the mesh has no triangles", "empty");
    }
    for (index, triangle) in triangles.iter().enumerate() {
        let [a, b, c] = *triangle;
        if triangle.iter().any(|corner| *corner as usize >= vertices) {
            let message =
                format!("a triangle uses a corner that the mesh does not have: {triangle:?}");
            let label = format!("there are {vertices} corners, counted from 0");
            report.error(code, &at.index(index), message, label);
        } else if a == b || b == c || a == c {
            let message = "a triangle uses the same corner twice";
            report.error(code, &at.index(index), message, "no area");
        }
    }
}

fn heightfield(report: &mut Report<'_>, at: &At<'_>, heights: &[Vec<f64>]) {
    let code = DiagnosticCode::DEGENERATE_SHAPE;
    let columns = heights.first().map_or(0, Vec::len);
    if heights.len() < 2 || columns < 2 {
        let message = "a heightfield needs at least two rows of two heights";
        report.error(code, at, message, format!("{} x {columns} heights", heights.len()));
    }
    for (index, row) in heights.iter().enumerate() {
        report.bounded_parts(&at.index(index), row, bounds::PLACE);
        if row.len() != columns {
            let message = "all rows of a heightfield must be equally long";
            let label = format!("{} heights, but the first row has {columns}", row.len());
            report.error(code, &at.index(index), message, label);
        }
    }
}
