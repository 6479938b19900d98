//! URDF, the format of ROS.
//!
//! Start reading at [`import`].

mod base;
mod control;
mod drives;
mod graph;
mod joints;
mod leftovers;
mod limits;
mod links;
mod meshes;
mod mimics;
mod start;
mod surface;

use std::collections::BTreeMap;

use randori_core::diagnostic::DiagnosticCode;
use randori_core::sensor::JointState;
use randori_core::spec::{Base, ErrorSpec, FORMAT, PoseSpec, RobotSpec, SensorSpec};

use crate::log::Log;
use crate::names::of_robot;
use crate::report::ImportStatus;
use crate::xml::{Files, Tree};
use crate::{Parts, recognise};

use control::Control;
use graph::{Edge, Graph};

/// Converts a document to a robot.
pub(crate) fn import(log: &mut Log, files: &mut Files<'_>, tree: &Tree) -> Parts {
    let root = tree.root();
    if root.tag() != "robot" {
        let found = recognise::by_root(root, "robot");
        log.error(DiagnosticCode::MALFORMED_XML, root.span(), found.what, found.help);
        return Parts::default();
    }
    if let Some(command) = recognise::xacro(root) {
        let found = recognise::is_xacro(files.main());
        log.error(DiagnosticCode::MALFORMED_XML, command.span(), found.what, found.help);
        return Parts::default();
    }
    let Some(mut graph) = Graph::read(log, root) else { return Parts::default() };
    let mut robot = RobotSpec {
        format: FORMAT,
        name: of_robot(root.name().unwrap_or("robot")),
        about: format!("Imported from {}", files.shown_main()),
        import: None,
        base: Base::Fixed { link: String::new() },
        self_contact: false,
        contact_exclusions: Vec::new(),
        materials: BTreeMap::new(),
        links: Vec::new(),
        joints: Vec::new(),
        loops: Vec::new(),
        couplings: Vec::new(),
        actuators: Vec::new(),
        sensors: Vec::new(),
        poses: BTreeMap::new(),
    };
    let surfaces = surface::read(log, root);
    robot.base = links::build(log, files, &mut graph, &surfaces, &mut robot);
    log.note_whole(
        ImportStatus::Guessed,
        "links of the robot do not collide with each other: URDF does not define it",
    )
    .advise("write `self_contact: true` and `contact_exclusions` if they should collide");
    let most = files.limits.joints_per_robot;
    if graph.edges.len() > most {
        let message = format!("the robot has more than {most} joints");
        let help = "raise the limit with `--limit joints_per_robot=N`";
        log.error(DiagnosticCode::LIMIT_EXCEEDED, root.span(), message, help);
        return Parts::default();
    }
    let limits = joints::build(log, &graph, &mut robot);
    mimics::build(log, &graph, &mut robot);
    let control = Control::read(log, &graph, root);
    surface::springs(log, &graph, root, &mut robot);
    drives::build(log, &graph, &control, &limits, &mut robot);
    leftovers::tell(log, root);
    robot.sensors.push(joint_sensor());
    log.note_whole(
        ImportStatus::Added,
        "sensor `joints`: position, velocity and torque of all joints",
    );
    let configuration = start::initial(log, &graph, &control, &mut robot);
    Parts {
        robot: Some(robot),
        environment: None,
        configurations: vec![configuration],
        rate_hz: None,
        gravity: None,
    }
}

fn joint_sensor() -> SensorSpec {
    SensorSpec {
        name: "joints".to_owned(),
        link: None,
        pose: PoseSpec::default(),
        kind: JointState::default().into(),
        rate_hz: None,
        offset_s: 0.0,
        errors: ErrorSpec::default(),
    }
}
