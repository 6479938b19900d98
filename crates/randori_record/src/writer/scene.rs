//! The shapes of a scene for viewers: collision shapes, not visuals.

use foxglove::messages::{
    Color, CubePrimitive, CylinderPrimitive, Point3, Pose, Quaternion, SceneEntity, SceneUpdate,
    SpherePrimitive, TriangleListPrimitive, Vector3,
};
use randori_core::drawing::hull_triangles;
use randori_core::layout::SceneLayout;
use randori_core::math;
use randori_core::spec::{ActorModel, MaterialSpec, Scenario, Shape, ShapeSpec};
use std::collections::BTreeMap;

/// Edge of the square that represents the infinite ground, m.
const GROUND_SIZE: f64 = 100.0;
const GROUND_COLOR: [f32; 3] = [0.80, 0.81, 0.82];
const ACTOR_COLOR: [f32; 3] = [0.90, 0.55, 0.20];
const DROPPED_COLOR: [f32; 3] = [0.75, 0.55, 0.35];
/// Colours of robots without materials, in cyclic order.
const ROBOT_COLORS: [[f32; 3]; 4] =
    [[0.20, 0.45, 0.75], [0.25, 0.60, 0.40], [0.65, 0.35, 0.60], [0.70, 0.60, 0.25]];

/// One entity per body, fixed to its frame, and one for the ground.
pub(super) fn scene(scenario: &Scenario, layout: &SceneLayout) -> SceneUpdate {
    let mut entities = Vec::new();
    if let Some(ground) = &scenario.environment.ground {
        let mut entity = entity("ground", "world");
        entity.cubes.push(slab(math::Pose::IDENTITY, ground.height, GROUND_COLOR));
        entities.push(entity);
    }
    let mut paths = layout.bodies.iter().map(|body| body.path.as_str());
    for (index, robot) in scenario.robots.iter().enumerate() {
        let color = ROBOT_COLORS[index % ROBOT_COLORS.len()];
        for (link, path) in robot.links.iter().zip(&mut paths) {
            entities.push(shaped(path, &link.shapes, &robot.materials, color));
        }
    }
    let environment = &scenario.environment;
    for (object, path) in environment.objects.iter().zip(&mut paths) {
        let color = MaterialSpec::default().color;
        entities.push(shaped(path, &object.shapes, &environment.materials, color));
    }
    for (actor, path) in scenario.spec.actors.iter().zip(&mut paths) {
        let ActorModel::Pedestrian { height, radius } = actor.model;
        let mut entity = entity(path, path);
        let length = (height - 2.0 * radius).max(0.0);
        add_capsule(&mut entity, math::Pose::IDENTITY, [radius, length], ACTOR_COLOR);
        entities.push(entity);
    }
    SceneUpdate { deletions: Vec::new(), entities }
}

/// A dropped box, fixed to its frame of the same name.
pub(super) fn dropped_box(name: &str, size: math::Vector) -> SceneUpdate {
    let mut entity = entity(name, name);
    let size = size.to_array().map(f64::from);
    entity.cubes.push(cube(math::Pose::IDENTITY, size, DROPPED_COLOR));
    SceneUpdate { deletions: Vec::new(), entities: vec![entity] }
}

fn entity(id: &str, frame: &str) -> SceneEntity {
    SceneEntity {
        id: id.to_owned(),
        frame_id: frame.to_owned(),
        frame_locked: true,
        ..SceneEntity::default()
    }
}

fn shaped(
    path: &str,
    shapes: &[ShapeSpec],
    materials: &BTreeMap<String, MaterialSpec>,
    fallback: [f32; 3],
) -> SceneEntity {
    let mut entity = entity(path, path);
    for spec in shapes {
        let named = spec
            .material
            .as_ref()
            .and_then(|name| materials.get(name).cloned().or_else(|| MaterialSpec::built_in(name)));
        let color = named.map_or(fallback, |material| material.color);
        add_shape(&mut entity, &spec.shape, spec.pose.pose(), color);
    }
    entity
}

fn add_shape(entity: &mut SceneEntity, shape: &Shape, at: math::Pose, color: [f32; 3]) {
    match shape {
        Shape::Box { size } => entity.cubes.push(cube(at, *size, color)),
        Shape::Sphere { radius } => entity.spheres.push(sphere(at, *radius, color)),
        Shape::Capsule { radius, length } => add_capsule(entity, at, [*radius, *length], color),
        Shape::Cylinder { radius, length } => {
            entity.cylinders.push(cylinder(at, [*radius, *length], 1.0, color));
        }
        Shape::Cone { radius, length } => {
            entity.cylinders.push(cylinder(at, [*radius, *length], 0.0, color));
        }
        Shape::ConvexHull { points } => {
            entity.triangles.push(triangles(at, points, &hull_triangles(points), color));
        }
        Shape::TriangleMesh { vertices, triangles: corners } => {
            entity.triangles.push(triangles(at, vertices, corners, color));
        }
        Shape::Heightfield { size, heights } => {
            let (points, corners) = grid(*size, heights);
            entity.triangles.push(triangles(at, &points, &corners, color));
        }
        Shape::Plane => entity.cubes.push(slab(at, 0.0, color)),
    }
}

fn add_capsule(entity: &mut SceneEntity, at: math::Pose, size: [f64; 2], color: [f32; 3]) {
    let [radius, length] = size;
    entity.cylinders.push(cylinder(at, size, 1.0, color));
    for end in [-0.5, 0.5] {
        entity.spheres.push(sphere(above(at, end * length), radius, color));
    }
}

/// A thin plate with its upper side at `height` over `at`.
fn slab(at: math::Pose, height: f64, color: [f32; 3]) -> CubePrimitive {
    let thickness = 0.01;
    cube(above(at, height - thickness / 2.0), [GROUND_SIZE, GROUND_SIZE, thickness], color)
}

fn cube(at: math::Pose, size: [f64; 3], rgb: [f32; 3]) -> CubePrimitive {
    CubePrimitive { pose: Some(pose(at)), size: Some(vector(size)), color: Some(color(rgb)) }
}

fn sphere(at: math::Pose, radius: f64, rgb: [f32; 3]) -> SpherePrimitive {
    let size = Some(vector([2.0 * radius; 3]));
    SpherePrimitive { pose: Some(pose(at)), size, color: Some(color(rgb)) }
}

/// A cylinder, or with a `top` of 0 a cone, along Z.
fn cylinder(at: math::Pose, size: [f64; 2], top: f64, rgb: [f32; 3]) -> CylinderPrimitive {
    let [radius, length] = size;
    CylinderPrimitive {
        pose: Some(pose(at)),
        size: Some(vector([2.0 * radius, 2.0 * radius, length])),
        bottom_scale: 1.0,
        top_scale: top,
        color: Some(color(rgb)),
    }
}

fn triangles(
    at: math::Pose,
    points: &[[f64; 3]],
    corners: &[[u32; 3]],
    rgb: [f32; 3],
) -> TriangleListPrimitive {
    TriangleListPrimitive {
        pose: Some(pose(at)),
        points: points.iter().map(|&[x, y, z]| Point3 { x, y, z }).collect(),
        color: Some(color(rgb)),
        colors: Vec::new(),
        indices: corners.as_flattened().to_vec(),
    }
}

/// Terrain as triangles: rows along +Y of heights along +X, centred.
fn grid(size: [f64; 2], heights: &[Vec<f64>]) -> (Vec<[f64; 3]>, Vec<[u32; 3]>) {
    let columns = heights.first().map_or(0, Vec::len);
    let along = |index: usize, count: usize, size: f64| {
        size * (index as f64 / count.saturating_sub(1).max(1) as f64 - 0.5)
    };
    let mut points = Vec::new();
    for (row, line) in heights.iter().enumerate() {
        for (column, height) in line.iter().take(columns).enumerate() {
            let y = along(row, heights.len(), size[1]);
            points.push([along(column, columns, size[0]), y, *height]);
        }
    }
    let mut corners = Vec::new();
    for row in 1..heights.len() {
        for column in 1..columns {
            let far = (row * columns + column) as u32;
            let near = far - columns as u32;
            corners.extend([[near - 1, near, far], [near - 1, far, far - 1]]);
        }
    }
    (points, corners)
}

/// The pose that lies `height` m along its own Z.
fn above(at: math::Pose, height: f64) -> math::Pose {
    at * math::Pose::from_parts(math::Vector::Z * height as f32, math::Rotation::IDENTITY)
}

pub(super) fn pose(pose: math::Pose) -> Pose {
    Pose { position: Some(position(&pose)), orientation: Some(orientation(&pose)) }
}

pub(super) fn position(pose: &math::Pose) -> Vector3 {
    vector(pose.translation.to_array().map(f64::from))
}

pub(super) fn orientation(pose: &math::Pose) -> Quaternion {
    let [x, y, z, w] = pose.rotation.to_array().map(f64::from);
    Quaternion { x, y, z, w }
}

fn vector([x, y, z]: [f64; 3]) -> Vector3 {
    Vector3 { x, y, z }
}

fn color(rgb: [f32; 3]) -> Color {
    let [r, g, b] = rgb.map(f64::from);
    Color { r, g, b, a: 1.0 }
}
