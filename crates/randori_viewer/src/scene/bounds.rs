//! Bounding boxes, for cameras and outlines.

use randori_core::drawing::bones;
use randori_core::layout::{BodyId, RobotId, SceneLayout};
use randori_core::math::{Pose, Vector};
use randori_core::record::TickRecord;
use randori_core::spec::{ActorModel, Scenario, Shape, ShapeSpec};

/// An axis-aligned box in some frame, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    /// Its lowest corner.
    pub low: Vector,
    /// Its highest corner.
    pub high: Vector,
}

impl Bounds {
    /// A box around this point.
    fn around(middle: Vector, half: Vector) -> Self {
        Self { low: middle - half, high: middle + half }
    }

    /// The box around both.
    #[must_use]
    pub(crate) fn with(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Its middle, m.
    pub(crate) fn middle(&self) -> Vector {
        (self.low + self.high) * 0.5
    }

    /// Its edges, m.
    pub(crate) fn size(&self) -> Vector {
        self.high - self.low
    }

    /// The bounding box of this one after a transform.
    #[must_use]
    pub(crate) fn placed(self, pose: &Pose) -> Self {
        let half = self.size() * 0.5;
        let axes = [Vector::X * half.x, Vector::Y * half.y, Vector::Z * half.z];
        let reach = axes.into_iter().fold(Vector::ZERO, |sum, it| sum + (pose.rotation * it).abs());
        Self::around(*pose * self.middle(), reach)
    }
}

/// Bounding box of a body of the scenario, in its frame; `None` for a body without
/// shapes, or of infinite size.
pub(crate) fn body_bounds(
    scenario: &Scenario,
    layout: &SceneLayout,
    body: BodyId,
) -> Option<Bounds> {
    let BodyId(index) = body;
    if let Some(RobotId(robot)) = layout.bodies.get(index)?.robot {
        let model = scenario.robots.get(robot)?;
        let link = model.links.get(index - layout.robots[robot].bodies.start)?;
        let lines = bones(model, link).into_iter().map(|bone| {
            let reach = bone.length / 2.0 + bone.radius;
            Bounds::around(Vector::from_array(bone.xyz), Vector::splat(reach))
        });
        return shapes_bounds(&link.shapes).into_iter().chain(lines).reduce(Bounds::with);
    }
    if layout.objects.contains(&index) {
        return shapes_bounds(
            &scenario.environment.objects.get(index - layout.objects.start)?.shapes,
        );
    }
    let actor = scenario.spec.actors.get(index.checked_sub(layout.actors.start)?)?;
    let ActorModel::Pedestrian { height, radius } = actor.model;
    let (height, radius) = (height as f32, radius as f32);
    Some(Bounds {
        low: Vector::new(-radius, -radius, 0.0),
        high: Vector::new(radius, radius, height),
    })
}

/// Bounding box of a robot in the world, at a record.
pub(crate) fn robot_bounds(
    scenario: &Scenario,
    layout: &SceneLayout,
    robot: RobotId,
    record: &TickRecord,
) -> Option<Bounds> {
    let bodies = layout.robots.get(robot.0)?.bodies.clone();
    let links = bodies.filter_map(|index| {
        let pose = &record.state.bodies.get(index)?.pose;
        Some(body_bounds(scenario, layout, BodyId(index))?.placed(pose))
    });
    links.reduce(Bounds::with)
}

fn shapes_bounds(shapes: &[ShapeSpec]) -> Option<Bounds> {
    let placed = |spec: &ShapeSpec| Some(shape_bounds(&spec.shape)?.placed(&spec.pose.pose()));
    shapes.iter().filter_map(placed).reduce(Bounds::with)
}

fn shape_bounds(shape: &Shape) -> Option<Bounds> {
    let half = |x: f64, y: f64, z: f64| {
        Some(Bounds::around(Vector::ZERO, Vector::new(x as f32, y as f32, z as f32)))
    };
    let points = |points: &[[f64; 3]]| {
        let point = |at: &[f64; 3]| Vector::from_array(at.map(|it| it as f32));
        points.iter().map(|at| Bounds::around(point(at), Vector::ZERO)).reduce(Bounds::with)
    };
    match shape {
        Shape::Box { size: [x, y, z] } => half(x / 2.0, y / 2.0, z / 2.0),
        Shape::Sphere { radius } => half(*radius, *radius, *radius),
        Shape::Capsule { radius, length } => half(*radius, *radius, length / 2.0 + radius),
        Shape::Cylinder { radius, length } | Shape::Cone { radius, length } => {
            half(*radius, *radius, length / 2.0)
        }
        Shape::ConvexHull { points: corners } => points(corners),
        Shape::TriangleMesh { vertices, .. } => points(vertices),
        Shape::Heightfield { size: [x, y], heights } => {
            let heights = heights.iter().flatten().copied();
            let (low, high) = heights.fold((0.0, 0.0), |(low, high): (f64, f64), height| {
                (low.min(height), high.max(height))
            });
            let flat = half(x / 2.0, y / 2.0, 0.0)?;
            let up = |height: f64| Vector::Z * height as f32;
            Some(Bounds { low: flat.low + up(low), high: flat.high + up(high) })
        }
        Shape::Plane => None,
    }
}

#[cfg(test)]
mod tests {
    use randori_core::math::rotation_from_rpy;

    use super::*;

    #[test]
    fn what_is_turned_reaches_as_far_as_its_corners() {
        let plank = shape_bounds(&Shape::Box { size: [4.0, 2.0, 1.0] }).expect("it ends");
        let turn = rotation_from_rpy(0.0, 0.0, std::f64::consts::FRAC_PI_2);

        let placed = plank.placed(&Pose::from_parts(Vector::new(1.0, 0.0, 0.0), turn));

        assert!((placed.size() - Vector::new(2.0, 4.0, 1.0)).length() < 1e-5, "{placed:?}");
        assert!((placed.middle() - Vector::X).length() < 1e-6);
    }

    #[test]
    fn a_plane_has_no_bounds_and_a_capsule_has_its_caps() {
        assert_eq!(shape_bounds(&Shape::Plane), None);
        let capsule = shape_bounds(&Shape::Capsule { radius: 0.1, length: 1.0 });
        assert!((capsule.expect("it ends").size().z - 1.2).abs() < 1e-6);
    }
}
