//! `<mesh>`: vertices and mass of mesh assets, transformed by `refpos`, `refquat` and
//! `scale`.
//!
//! Start reading at [`Content::of`].

use nalgebra::Matrix3;

use super::defaults::Look;
use crate::geometry::{self, Inertia, Pose, Rotation, Vector};
use crate::log::Log;
use crate::mesh::Mesh;
use crate::report::ImportStatus;
use crate::solids::{self, Filling};
use crate::values;
use crate::xml::Attribute;

/// Placement of a mesh file as a visual: scale of each axis, then pose in the frame of
/// its geom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placement {
    pub(crate) scale: [f64; 3],
    pub(crate) pose: Pose,
}

impl Default for Placement {
    fn default() -> Self {
        Self { scale: [1.0; 3], pose: Pose::identity() }
    }
}

/// A mesh asset for geoms.
#[derive(Debug, Clone)]
pub(crate) struct Used {
    /// Path of its file from the project root; empty without a file.
    pub(crate) path: String,
    pub(crate) placement: Placement,
    /// Absent if it cannot be read.
    pub(crate) content: Option<Content>,
}

/// Content of a mesh asset.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    /// Vertices and triangles in the frame of the placement.
    pub(crate) mesh: Mesh,
    /// Vertices in the frame of the geom.
    pub(crate) corners: Vec<[f64; 3]>,
    /// Mass properties at density 1 in the frame of the geom; `None` without volume.
    pub(crate) solid: Option<Inertia>,
}

impl Content {
    /// The mesh of a file, transformed by an asset. The mass is that of the first
    /// `counted` triangles: `MuJoCo` reads only the first object of a file.
    pub(crate) fn of(
        log: &mut Log,
        asset: &Look<'_>,
        file: &Mesh,
        counted: usize,
    ) -> (Self, Placement) {
        let mapping = Mapping::read(log, asset);
        let placement = mapping.placement();
        if mapping.is_skewed() {
            let what = "a mesh with a non-uniform scale along rotated axes: scaled along its own";
            log.note(ImportStatus::Approximated, asset.node(), what);
        }
        let corners: Vec<[f64; 3]> =
            file.vertices.iter().map(|point| mapping.apply(point)).collect();
        let back = placement.pose.inverse();
        let vertices = corners.iter().map(|point| (back * nalgebra::Point3::from(*point)).into());
        let mut triangles = file.triangles.clone();
        if mapping.scale.iter().product::<f64>() < 0.0 {
            for triangle in &mut triangles {
                triangle.swap(1, 2);
            }
        }
        let filling = filling(log, asset);
        let counted = &triangles[..counted.min(triangles.len())];
        let solid = solid(&corners, counted, filling);
        let mesh = Mesh { vertices: vertices.collect(), triangles };
        (Self { mesh, corners, solid }, placement)
    }
}

/// The mesh of vertices, and optionally triangles, in the document.
pub(crate) fn written(log: &mut Log, asset: &Look<'_>) -> Option<Mesh> {
    let points = asset.attribute("vertex")?;
    let numbers = values::numbers(log, points)?;
    if numbers.len() % 3 != 0 || numbers.len() < 12 {
        let message = format!("`vertex` has {} numbers, which are not vertices", numbers.len());
        log.refuse(points, message, "write three numbers for each of at least four vertices");
        return None;
    }
    let single = |part: &f64| f64::from(*part as f32);
    let corner = |part: &[f64; 3]| part.each_ref().map(single);
    let vertices: Vec<[f64; 3]> = numbers.as_chunks::<3>().0.iter().map(corner).collect();
    let mut mesh = Mesh { vertices, triangles: Vec::new() };
    let Some(faces) = asset.attribute("face").filter(|faces| !faces.value.trim().is_empty()) else {
        return Some(mesh);
    };
    let numbers = values::numbers(log, faces)?;
    let count = mesh.vertices.len();
    let is_corner = |index: &f64| *index >= 0.0 && *index < count as f64 && index.fract() == 0.0;
    if numbers.len() % 3 != 0 || !numbers.iter().all(is_corner) {
        let message = "`face` has invalid vertex indices, or is not a list of triangles";
        let help = format!("write three whole numbers from 0 to {} for each triangle", count - 1);
        log.refuse(faces, message, help);
        return None;
    }
    let faces = numbers.as_chunks::<3>().0.iter().map(|face| face.map(|index| index as u32));
    mesh.triangles = faces.collect();
    Some(mesh)
}

/// The built-in mesh of `MuJoCo`.
pub(crate) fn built_in(log: &mut Log, asset: &Look<'_>, kind: &Attribute) -> Option<Mesh> {
    let parameters = asset.attribute("params").and_then(|found| values::numbers(log, found));
    match super::builtin_meshes::make(kind.value.trim(), &parameters.unwrap_or_default()) {
        Ok(mesh) => Some(mesh),
        Err(reason) => {
            let advice = "write its vertices as `vertex`, or name a mesh file";
            log.note_value(ImportStatus::Dropped, asset.node(), "builtin", reason)
                .advise(advice)
                .doubt();
            None
        }
    }
}

/// The path of a mesh, with the extension of its content type, if given.
pub(crate) fn named_kind(path: &str, kind: Option<&str>) -> String {
    match kind.map(str::trim) {
        Some("model/stl") => format!("{path}.stl"),
        Some("model/obj") => format!("{path}.obj"),
        Some("model/vnd.mujoco.msh") => format!("{path}.msh"),
        _ => path.to_owned(),
    }
}

fn filling(log: &mut Log, asset: &Look<'_>) -> Filling {
    let Some(word) = asset.attribute("inertia") else { return Filling::Legacy };
    match values::word(log, word, &["legacy", "exact", "convex", "shell"]) {
        Some("exact") => Filling::Exact,
        Some("convex") => Filling::Convex,
        Some("shell") => Filling::Shell,
        _ => Filling::Legacy,
    }
}

/// Mass properties of a mesh; without triangles those of its convex hull.
fn solid(corners: &[[f64; 3]], triangles: &[[u32; 3]], filling: Filling) -> Option<Inertia> {
    let hull = || randori_core::hull::convex_hull(corners).ok();
    if triangles.is_empty() {
        let hull = hull()?;
        return solids::of_mesh(corners, &hull, &hull, filling);
    }
    if filling == Filling::Convex {
        return solids::of_mesh(corners, triangles, &hull()?, filling);
    }
    solids::of_mesh(corners, triangles, triangles, filling)
}

/// Transform of the vertices of a file: `scale * (rotation (point - from))`.
#[derive(Debug, Clone, Copy)]
struct Mapping {
    from: Vector,
    rotation: Rotation,
    scale: [f64; 3],
}

impl Mapping {
    fn read(log: &mut Log, asset: &Look<'_>) -> Self {
        let from = geometry::vector(asset.exactly::<3>(log, "refpos").unwrap_or_default());
        let turn = asset.exactly::<4>(log, "refquat").and_then(geometry::from_wxyz);
        let rotation = turn.unwrap_or_else(Rotation::identity).inverse();
        let scale = asset.exactly::<3>(log, "scale").unwrap_or([1.0; 3]);
        Self { from, rotation, scale }
    }

    fn apply(&self, point: &[f64; 3]) -> [f64; 3] {
        let turned = self.rotation * (Vector::from(*point) - self.from);
        turned.component_mul(&Vector::from(self.scale)).into()
    }

    /// The scale along the axes of the file, if there is one.
    fn own_scale(&self) -> Option<[f64; 3]> {
        let axes = self.rotation.to_rotation_matrix();
        let scale = Matrix3::from_diagonal(&self.scale.into());
        let own = axes.matrix().transpose() * scale * axes.matrix();
        let size = own.abs().max();
        let off = [own[(0, 1)], own[(0, 2)], own[(1, 2)]];
        let is_diagonal = off.iter().all(|part| part.abs() <= 1e-9 * size);
        is_diagonal.then(|| [own[(0, 0)], own[(1, 1)], own[(2, 2)]])
    }

    fn is_skewed(&self) -> bool {
        self.own_scale().is_none()
    }

    /// The nearest scale and pose that a visual mesh can have.
    fn placement(&self) -> Placement {
        let scale = self.own_scale().unwrap_or(self.scale);
        let shift = self.rotation * -self.from;
        let shift = shift.component_mul(&Vector::from(self.scale));
        Placement { scale, pose: geometry::pose(shift, self.rotation) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(mapping: Mapping, point: [f64; 3]) -> Vector {
        let Placement { scale, pose } = mapping.placement();
        let scaled = Vector::from(point).component_mul(&Vector::from(scale));
        (pose * nalgebra::Point3::from(scaled)).coords
    }

    #[test]
    fn scale_acts_after_the_reference_pose() {
        let quarter = geometry::about(Vector::z(), std::f64::consts::FRAC_PI_2);
        let point = [0.3, -0.2, 0.7];
        let mappings = [
            Mapping {
                from: Vector::new(1.0, 2.0, 3.0),
                rotation: quarter,
                scale: [1.0, -2.0, 3.0],
            },
            Mapping {
                from: Vector::zeros(),
                rotation: geometry::about(Vector::x(), 0.4),
                scale: [2.0; 3],
            },
        ];
        for mapping in mappings {
            assert!(!mapping.is_skewed());
            let wanted = Vector::from(mapping.apply(&point));
            assert!((placed(mapping, point) - wanted).norm() < 1e-12, "{mapping:?}");
        }
        let skewed = Mapping {
            from: Vector::zeros(),
            rotation: geometry::about(Vector::x(), 0.4),
            scale: [1.0, 2.0, 3.0],
        };
        assert!(skewed.is_skewed());
    }
}
