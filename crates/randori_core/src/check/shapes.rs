//! Shapes, materials and zones.

use std::collections::BTreeMap;

use super::poses;
use super::report::{At, Report};
use crate::diagnostic::DiagnosticCode;
use crate::spec::{MaterialSpec, Shape, ShapeSpec, SoftnessSpec, ZoneShape, ZoneSpec};

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
        report.not_negative(&at.field("friction"), spec.friction.unwrap_or(0.0));
        report.not_negative(&at.field("torsional_friction"), spec.torsional_friction);
        report.not_negative(&at.field("rolling_friction"), spec.rolling_friction);
        if let Some(soft) = &spec.softness {
            softness(report, &at.field("softness"), soft);
        }
        report.fraction(&at.field("restitution"), spec.restitution);
        if let Some(material) = &spec.material
            && !materials.contains_key(material)
            && MaterialSpec::built_in(material).is_none()
        {
            let known: Vec<&str> =
                materials.keys().map(String::as_str).chain(MaterialSpec::BUILT_IN).collect();
            let message = format!("the material `{material}` does not exist");
            let (code, at) = (DiagnosticCode::UNKNOWN_MATERIAL, at.field("material"));
            report.unknown_name(code, &at, message, material, "material", &known);
        }
    }
}

/// Whether a shape encloses a volume, so that mass can be spread over it.
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
        report.not_negative(&at.field("friction"), material.friction);
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
    report.not_negative(&at.field("width"), spec.width);
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
            ZoneShape::Sphere { radius } => report.positive(&at.field("radius"), radius),
            ZoneShape::Cylinder { radius, length } => {
                report.positive(&at.field("radius"), radius);
                report.positive(&at.field("length"), length);
            }
        }
    }
}

fn sizes(report: &mut Report<'_>, at: &At<'_>, size: &[f64]) {
    for (index, edge) in size.iter().enumerate() {
        report.positive(&at.field("size").index(index), *edge);
    }
}

fn geometry(report: &mut Report<'_>, at: &At<'_>, shape: &Shape) {
    match shape {
        Shape::Box { size } => sizes(report, at, size),
        Shape::Sphere { radius } => report.positive(&at.field("radius"), *radius),
        Shape::Capsule { radius, length }
        | Shape::Cylinder { radius, length }
        | Shape::Cone { radius, length } => {
            report.positive(&at.field("radius"), *radius);
            report.positive(&at.field("length"), *length);
        }
        Shape::ConvexHull { points } => {
            if !spans_volume(points) {
                let message = "the points of the hull enclose no volume";
                let label = "at least four points that are not in one plane are needed";
                let at = at.field("points");
                report.error(DiagnosticCode::DEGENERATE_SHAPE, &at, message, label);
            }
        }
        Shape::TriangleMesh { vertices, triangles } => mesh(report, at, vertices.len(), triangles),
        Shape::Heightfield { size, heights } => {
            sizes(report, at, size);
            heightfield(report, &at.field("heights"), heights);
        }
        Shape::Plane => {}
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
        if row.len() != columns {
            let message = "all rows of a heightfield must be equally long";
            let label = format!("{} heights, but the first row has {columns}", row.len());
            report.error(code, &at.index(index), message, label);
        }
    }
}

/// Whether four of the points form a tetrahedron that is thick enough to have
/// an inside in single precision.
fn spans_volume(points: &[[f64; 3]]) -> bool {
    let Some(origin) = points.first() else { return false };
    let offset = |point: &[f64; 3]| -> [f64; 3] { std::array::from_fn(|i| point[i] - origin[i]) };
    let farthest = |weigh: &dyn Fn([f64; 3]) -> f64| {
        let by_weight = |a: &[f64; 3], b: &[f64; 3]| weigh(*a).total_cmp(&weigh(*b));
        points.iter().map(offset).max_by(by_weight).unwrap_or_default()
    };
    let x = farthest(&|point| dot(point, point));
    let length = libm::sqrt(dot(x, x));
    let y = farthest(&|point| dot(cross(x, point), cross(x, point)));
    let normal = cross(x, y);
    let area = libm::sqrt(dot(normal, normal));
    let z = farthest(&|point| dot(normal, point).abs());
    let volume = dot(normal, z).abs();
    area > 1e-6 * length * length && volume > 1e-6 * area * length
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_points_in_one_plane_span_no_volume() {
        let flat = [[0.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 1.0]];
        let mut solid = flat;
        solid[3][2] = 1.1;

        assert!(!spans_volume(&flat));
        assert!(spans_volume(&solid));
        assert!(!spans_volume(&[[1.0; 3]; 5]));
        assert!(!spans_volume(&[]));
    }
}
