//! The initial configuration of the robot.

use randori_core::spec::{Base, Coordinate, PoseSpec, RobotSpec};

use super::control::Control;
use super::{Graph, mimics};
use crate::geometry::{self, Pose, pose_spec};
use crate::log::Log;
use crate::report::ImportStatus;
use crate::{Commands, InitialConfiguration, dynamics};

/// Height over the ground at which the lowest shape starts, m.
const CLEARANCE: f64 = 1e-3;

/// The pose with all coordinates at zero, or as near as limits allow, or at the
/// initial values of the file. A floating base starts at the pose in the file, or with
/// its lowest shape on the ground.
pub(super) fn initial(
    log: &mut Log,
    graph: &Graph<'_>,
    control: &Control<'_>,
    robot: &mut RobotSpec,
) -> InitialConfiguration {
    let pose = mimics::rest(robot, &control.start);
    let at = |joint: &str| pose.get(joint).map_or(0.0, |value: &Coordinate| value.si());
    let base = match &robot.base {
        Base::Floating { .. } => free_base(log, graph, robot, &at),
        Base::Fixed { .. } => graph.free_from.as_ref().map_or_else(PoseSpec::default, pose_spec),
    };
    let what = if control.start.is_empty() {
        "pose `initial`: all joints at zero, or as near as limits allow"
    } else {
        "pose `initial`: joints as in `<ros2_control>`, the others at zero, or as near as limits allow"
    };
    log.note_whole(ImportStatus::Added, what);
    robot.poses.insert("initial".to_owned(), pose);
    InitialConfiguration { name: "initial".to_owned(), base, commands: Commands::new() }
}

fn free_base(
    log: &mut Log,
    graph: &Graph<'_>,
    robot: &RobotSpec,
    at: &dyn Fn(&str) -> f64,
) -> PoseSpec {
    let given = graph
        .free_from
        .filter(|pose| pose.translation.vector.norm() > 1e-9 || pose.rotation.angle() > 1e-9);
    let from = given.unwrap_or_else(Pose::identity);
    let Some(lowest) = dynamics::lowest_point(robot, &from, at) else {
        return pose_spec(&from);
    };
    if given.is_some() && lowest >= 0.0 {
        return pose_spec(&from);
    }
    let lift = geometry::tidy(CLEARANCE - lowest);
    let what = if given.is_some() {
        format!(
            "the base starts {lift} m higher than in the file, with its lowest shape on the ground"
        )
    } else {
        format!("the base starts {lift} m above the ground, with its lowest shape on the ground")
    };
    log.note_whole(ImportStatus::Guessed, what);
    pose_spec(&(geometry::translation(geometry::Vector::new(0.0, 0.0, lift)) * from))
}
