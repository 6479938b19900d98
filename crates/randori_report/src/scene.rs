//! Shapes of all bodies, for drawing.

use randori_core::drawing::{Bone, bones};
use randori_core::layout::SceneLayout;
use randori_core::math::Pose;
use randori_core::spec::{
    ActorModel, MaterialSpec, Mobility, PoseSpec, Scenario, Shape, ShapeSpec, ZoneShape,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Content of a scene.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(crate) struct Scene {
    /// All bodies, in the order of the layout.
    bodies: Vec<Body>,
    /// Height of the ground, m.
    ground: Option<f64>,
    marks: Vec<(String, [f64; 3])>,
    zones: Vec<Drawn>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Body {
    path: String,
    /// `robot`, `movable`, `static` or `actor`.
    role: &'static str,
    /// Index of the robot.
    robot: Option<usize>,
    shapes: Vec<Drawn>,
}

/// A shape at its pose in the frame of its body (zones: of the world).
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Drawn {
    name: Option<String>,
    xyz: [f32; 3],
    /// x, y, z, w.
    quat: [f32; 4],
    color: Option<[f32; 3]>,
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Form {
    Box { size: [f32; 3] },
    Sphere { radius: f32 },
    Capsule { radius: f32, length: f32 },
    Cylinder { radius: f32, length: f32 },
    Cone { radius: f32, length: f32 },
    Hull { points: Vec<[f32; 3]> },
    Mesh { vertices: Vec<[f32; 3]>, triangles: Vec<[u32; 3]> },
    Terrain { size: [f32; 2], heights: Vec<Vec<f32>> },
    Plane,
}

impl Scene {
    /// The scene of a scenario, with bodies in the order of its layout.
    pub(crate) fn new(layout: &SceneLayout, scenario: &Scenario) -> Self {
        let mut bodies: Vec<Body> = layout
            .bodies
            .iter()
            .map(|body| Body {
                path: body.path.clone(),
                role: if body.robot.is_some() { "robot" } else { "static" },
                robot: body.robot.map(|robot| robot.0),
                shapes: Vec::new(),
            })
            .collect();
        for (robot, model) in layout.robots.iter().zip(&scenario.robots) {
            let links = bodies.iter_mut().skip(robot.bodies.start);
            for (body, link) in links.zip(&model.links) {
                body.shapes = drawn(&link.shapes, &model.materials);
                body.shapes.extend(bones(model, link).into_iter().map(Drawn::from));
            }
        }
        let objects = bodies.iter_mut().skip(layout.objects.start);
        for (body, object) in objects.zip(&scenario.environment.objects) {
            body.role = match object.mobility {
                Mobility::Static => "static",
                Mobility::Movable { .. } => "movable",
            };
            body.shapes = drawn(&object.shapes, &scenario.environment.materials);
        }
        let actors = bodies.iter_mut().skip(layout.actors.start);
        for (body, actor) in actors.zip(&scenario.spec.actors) {
            body.role = "actor";
            body.shapes = vec![of_actor(&actor.model)];
        }
        let zones = scenario.environment.zones.iter().chain(&scenario.spec.zones);
        Self {
            bodies,
            ground: scenario.environment.ground.as_ref().map(|ground| ground.height),
            marks: scenario.spec.waypoints.iter().map(|(name, at)| (name.clone(), *at)).collect(),
            zones: zones
                .map(|zone| placed(Some(&zone.name), &zone.pose, zone_form(&zone.shape)))
                .collect(),
        }
    }
}

impl From<Bone> for Drawn {
    fn from(Bone { xyz, quat, radius, length }: Bone) -> Self {
        Self { name: None, xyz, quat, color: None, form: Form::Capsule { radius, length } }
    }
}

fn drawn(shapes: &[ShapeSpec], materials: &BTreeMap<String, MaterialSpec>) -> Vec<Drawn> {
    let color = |name: &String| {
        let own = materials.get(name).map(|material| material.color);
        own.or_else(|| Some(MaterialSpec::built_in(name)?.color))
    };
    shapes
        .iter()
        .map(|shape| Drawn {
            color: shape.material.as_ref().and_then(color),
            ..placed(shape.name.as_ref(), &shape.pose, form(&shape.shape))
        })
        .collect()
}

/// An actor's frame is at its feet.
fn of_actor(model: &ActorModel) -> Drawn {
    let ActorModel::Pedestrian { height, radius } = *model;
    let length = (height - 2.0 * radius).max(0.0) as f32;
    Drawn {
        xyz: [0.0, 0.0, (height / 2.0) as f32],
        ..placed(None, &PoseSpec::default(), Form::Capsule { radius: radius as f32, length })
    }
}

fn placed(name: Option<&String>, pose: &PoseSpec, form: Form) -> Drawn {
    let Pose { rotation, translation, .. } = pose.pose();
    Drawn {
        name: name.cloned(),
        xyz: translation.to_array(),
        quat: rotation.to_array(),
        color: None,
        form,
    }
}

fn zone_form(shape: &ZoneShape) -> Form {
    match *shape {
        ZoneShape::Box { size } => Form::Box { size: short(size) },
        ZoneShape::Sphere { radius } => Form::Sphere { radius: radius as f32 },
        ZoneShape::Cylinder { radius, length } => {
            Form::Cylinder { radius: radius as f32, length: length as f32 }
        }
    }
}

fn form(shape: &Shape) -> Form {
    match shape {
        Shape::Box { size } => Form::Box { size: short(*size) },
        Shape::Sphere { radius } => Form::Sphere { radius: *radius as f32 },
        Shape::Capsule { radius, length } => {
            Form::Capsule { radius: *radius as f32, length: *length as f32 }
        }
        Shape::Cylinder { radius, length } => {
            Form::Cylinder { radius: *radius as f32, length: *length as f32 }
        }
        Shape::Cone { radius, length } => {
            Form::Cone { radius: *radius as f32, length: *length as f32 }
        }
        Shape::ConvexHull { points } => Form::Hull { points: fine(points) },
        Shape::TriangleMesh { vertices, triangles } => {
            Form::Mesh { vertices: fine(vertices), triangles: triangles.clone() }
        }
        Shape::Heightfield { size: [x, y], heights } => Form::Terrain {
            size: [*x as f32, *y as f32],
            heights: heights
                .iter()
                .map(|row| row.iter().map(|&height| rounded(height)).collect())
                .collect(),
        },
        Shape::Plane => Form::Plane,
    }
}

fn short(values: [f64; 3]) -> [f32; 3] {
    values.map(|value| value as f32)
}

fn fine(points: &[[f64; 3]]) -> Vec<[f32; 3]> {
    points.iter().map(|point| point.map(rounded)).collect()
}

/// Rounds to 0.01 mm, which is invisible and shortens the text of many vertices.
fn rounded(value: f64) -> f32 {
    ((value * 1e5).round() / 1e5) as f32
}
