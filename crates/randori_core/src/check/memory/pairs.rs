//! Counts the pairs of shapes for which the engine stores data at the start.
//!
//! Shapes are approximated by bounding boxes, with every joint at zero. Shapes that fall onto
//! each other later have fewer neighbours than shapes that start in overlap.
//!
//! Start reading at [`count`].

use std::collections::BTreeMap;

use crate::math::{Mat3, Pose, Vector};
use crate::spec::{ActorModel, JointSpec, Mobility, PoseSpec, RobotSpec, Shape, ShapeSpec};
use crate::text::Specs;

/// Bytes of a pair of overlapping boxes, in a list that grows by doubling.
const PER_NEAR: f64 = 12.0;
/// Bytes of a pair that can touch: two nodes of graphs, a manifold, its points.
const PER_TOUCHING: f64 = 4_200.0;
/// Bytes of the contact with a single triangle.
const PER_TRIANGLE: f64 = 1_000.0;
/// Maximum of counted pairs: counting more would take minutes.
const MAX_COUNTED: f64 = 1e9;
/// Margin of a box, m, equal to that of the engine.
const MARGIN_M: f32 = 0.01;

/// Pairs of shapes, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Pairs {
    /// Pairs whose boxes overlap, also of one body and of two static bodies.
    pub(super) near: f64,
    /// Pairs among them that can touch.
    pub(super) touching: f64,
    /// Triangles within reach of movable shapes.
    triangles: f64,
}

impl Pairs {
    pub(super) fn near_bytes(&self) -> f64 {
        PER_NEAR * self.near
    }

    pub(super) fn touching_bytes(&self) -> f64 {
        PER_TOUCHING * self.touching + PER_TRIANGLE * self.triangles
    }
}

/// A shape in the world.
#[derive(Debug, Clone, Copy)]
struct Placed {
    low: Vector,
    high: Vector,
    body: usize,
    /// Index of the robot: its links touch each other only with `self_contact`.
    robot: Option<usize>,
    moves: bool,
    triangles: f32,
}

/// Counts pairs, up to a number beyond every limit.
pub(super) fn count(specs: &Specs) -> Pairs {
    let mut shapes = placed(specs);
    let self_contact: Vec<bool> = specs.robots.values().map(|robot| robot.self_contact).collect();
    shapes.sort_by(|a, b| a.low.x.total_cmp(&b.low.x));
    let mut pairs = Pairs::default();
    for (index, one) in shapes.iter().enumerate() {
        for other in shapes[index + 1..].iter().take_while(|it| it.low.x <= one.high.x) {
            if one.low.y > other.high.y || other.low.y > one.high.y {
                continue;
            }
            if one.low.z > other.high.z || other.low.z > one.high.z {
                continue;
            }
            pairs.near += 1.0;
            let same_robot = one.robot.is_some() && one.robot == other.robot;
            let excluded = same_robot && one.robot.is_none_or(|robot| !self_contact[robot]);
            if one.body != other.body && (one.moves || other.moves) && !excluded {
                pairs.touching += 1.0;
                pairs.triangles += f64::from(one.triangles_near(other));
                pairs.triangles += f64::from(other.triangles_near(one));
            }
        }
        if pairs.near > MAX_COUNTED {
            break;
        }
    }
    pairs
}

impl Placed {
    fn new(body: usize, robot: Option<usize>, moves: bool) -> Self {
        let (low, high) = (Vector::ZERO, Vector::ZERO);
        Self { low, high, body, robot, moves, triangles: 0.0 }
    }

    fn at(self, world_from_body: &Pose, spec: &ShapeSpec) -> Self {
        let (centre, half, triangles) = extent(&spec.shape);
        let world_from_shape = *world_from_body * spec.pose.pose();
        let axes = Mat3::from_quat(world_from_shape.rotation);
        let reach = axes.x_axis.abs() * half.x
            + axes.y_axis.abs() * half.y
            + axes.z_axis.abs() * half.z
            + Vector::splat(MARGIN_M);
        let centre = world_from_shape * centre;
        Self { low: centre - reach, high: centre + reach, triangles, ..self }
    }

    /// Number of its triangles near the other shape, if they are uniformly distributed over
    /// its ground plan.
    fn triangles_near(&self, other: &Self) -> f32 {
        let share = |axis: usize| {
            let own = self.high[axis] - self.low[axis];
            let common =
                self.high[axis].min(other.high[axis]) - self.low[axis].max(other.low[axis]);
            if own > 0.0 { (common / own).clamp(0.0, 1.0) } else { 1.0 }
        };
        self.triangles * share(0) * share(1)
    }
}

fn placed(specs: &Specs) -> Vec<Placed> {
    let mut shapes = Vec::new();
    let mut body = 0;
    if let Some(environment) = &specs.environment {
        for object in &environment.objects {
            let moves = !matches!(object.mobility, Mobility::Static);
            let pose = object.pose.pose();
            let of_body = Placed::new(body, None, moves);
            shapes.extend(object.shapes.iter().map(|shape| of_body.at(&pose, shape)));
            body += 1;
        }
    }
    let Some(scenario) = &specs.scenario else { return shapes };
    for (index, (entry, robot)) in scenario.robots.iter().zip(specs.robots.values()).enumerate() {
        let links = link_poses(robot, &entry.pose);
        for link in &robot.links {
            let of_body = Placed::new(body, Some(index), true);
            let pose = links.get(link.name.as_str()).copied().unwrap_or(Pose::IDENTITY);
            shapes.extend(link.shapes.iter().map(|shape| of_body.at(&pose, shape)));
            body += 1;
        }
    }
    for actor in &scenario.actors {
        let ActorModel::Pedestrian { height, radius } = actor.model;
        let [x, y] = actor.path.first().copied().unwrap_or_default();
        let capsule = ShapeSpec {
            pose: PoseSpec { xyz: [x, y, height / 2.0], ..PoseSpec::default() },
            ..ShapeSpec::of(Shape::Capsule { radius, length: (height - 2.0 * radius).max(0.0) })
        };
        shapes.push(Placed::new(body, None, false).at(&Pose::IDENTITY, &capsule));
        body += 1;
    }
    shapes
}

/// Poses of links in the world with every joint at zero.
fn link_poses<'r>(robot: &'r RobotSpec, base: &PoseSpec) -> BTreeMap<&'r str, Pose> {
    let mut children: BTreeMap<&str, Vec<&JointSpec>> = BTreeMap::new();
    for joint in &robot.joints {
        children.entry(joint.parent.as_str()).or_default().push(joint);
    }
    let mut poses = BTreeMap::from([(robot.base.link(), base.pose())]);
    let mut waiting = vec![robot.base.link()];
    while let Some(parent) = waiting.pop() {
        let pose = poses[parent];
        for joint in children.remove(parent).into_iter().flatten() {
            if !poses.contains_key(joint.child.as_str()) {
                poses.insert(&joint.child, pose * joint.pose.pose());
                waiting.push(&joint.child);
            }
        }
    }
    poses
}

/// Centre and half extent of a box around a shape in its own frame, and the
/// number of its triangles.
fn extent(shape: &Shape) -> (Vector, Vector, f32) {
    let half = |x: f64, y: f64, z: f64| Vector::new(x as f32, y as f32, z as f32) / 2.0;
    let upright = |radius: f64, length: f64| half(2.0 * radius, 2.0 * radius, length);
    match shape {
        Shape::Box { size: [x, y, z] } => (Vector::ZERO, half(*x, *y, *z), 0.0),
        Shape::Sphere { radius } => (Vector::ZERO, Vector::splat(*radius as f32), 0.0),
        Shape::Capsule { radius, length } => {
            (Vector::ZERO, upright(*radius, length + 2.0 * radius), 0.0)
        }
        Shape::Cylinder { radius, length } | Shape::Cone { radius, length } => {
            (Vector::ZERO, upright(*radius, *length), 0.0)
        }
        Shape::ConvexHull { points } => around(points, 0),
        Shape::TriangleMesh { vertices, triangles } => around(vertices, triangles.len()),
        Shape::Heightfield { size: [x, y], heights } => {
            let all = heights.iter().flatten().map(|height| *height as f32);
            let (low, high) = all.fold((f32::MAX, f32::MIN), |(low, high), height| {
                (low.min(height), high.max(height))
            });
            let cells: usize = heights.iter().map(Vec::len).sum();
            let middle = Vector::new(0.0, 0.0, f32::midpoint(low, high));
            (middle, half(*x, *y, f64::from((high - low).max(0.0))), 2.0 * cells as f32)
        }
        Shape::Plane => (Vector::ZERO, Vector::splat(f32::MAX / 4.0), 0.0),
    }
}

fn around(points: &[[f64; 3]], triangles: usize) -> (Vector, Vector, f32) {
    let all = points.iter().map(|[x, y, z]| Vector::new(*x as f32, *y as f32, *z as f32));
    let (low, high) = all
        .fold((Vector::splat(f32::MAX), Vector::splat(f32::MIN)), |(low, high), point| {
            (low.min(point), high.max(point))
        });
    if points.is_empty() {
        return (Vector::ZERO, Vector::ZERO, 0.0);
    }
    ((low + high) / 2.0, (high - low) / 2.0, triangles as f32)
}
