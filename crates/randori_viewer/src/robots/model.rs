//! Data of a robot for panels and keys, prepared once per run.

use randori_core::input::InputKind;
use randori_core::layout::{BodyId, DofId, RobotLayout, SceneLayout};
use randori_core::policy::RobotInterface;
use randori_core::spec::{JointSpec, RobotSpec, Scenario};
use randori_sim::episode::interfaces;

use super::wheels::Wheels;

/// A robot as shown in panels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RobotModel {
    /// Name in the scenario.
    pub name: String,
    /// Joint tree, parents before children.
    pub rows: Vec<Row>,
    /// Values of its command, in order.
    pub inputs: Vec<Input>,
    /// Named poses with different motor positions.
    pub poses: Vec<NamedPose>,
    /// Wheels that drive it as a vehicle.
    pub wheels: Option<Wheels>,
}

/// A joint with its child link; the first one is the base.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// Number of joints between it and the base.
    pub depth: usize,
    /// Name of the joint, or of the base link.
    pub name: String,
    /// The child link.
    pub body: BodyId,
    /// Its degrees of freedom.
    pub dofs: Vec<Dof>,
    /// The row after the last one of its branch.
    pub end: usize,
}

/// A degree of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dof {
    /// Its identifier.
    pub id: DofId,
    /// True if it is prismatic (a length).
    pub is_length: bool,
    /// Limits of the coordinate, rad or m.
    pub limits: Option<(f32, f32)>,
    /// Maximum torque (N m) or force (N) of its motor.
    pub most_torque: Option<f32>,
    /// True if a motor drives it.
    pub is_driven: bool,
}

/// One value of a command.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Input {
    /// Name of the actuator, with that of the input if it has several.
    pub name: String,
    /// Index in the command.
    pub index: usize,
    /// The actuator that it belongs to, counted within the robot.
    pub actuator: usize,
    /// The quantity that it commands.
    pub kind: Kind,
    /// The range that the robot can follow, SI.
    pub range: Option<(f32, f32)>,
}

/// The quantity of an input, which determines its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    input: InputKind,
    /// True for a prismatic joint.
    slides: bool,
}

impl Kind {
    /// True for position commands.
    pub(crate) fn is_position(self) -> bool {
        self.input == InputKind::Position
    }

    /// True for angular velocity commands.
    pub(super) fn is_angular_velocity(self) -> bool {
        self.input == InputKind::Velocity && !self.slides
    }

    /// Display value per SI unit, and the display unit.
    pub(crate) fn unit(self) -> (f32, &'static str) {
        match self.input.unit(self.slides) {
            "rad" => (1.0_f32.to_degrees(), "deg"),
            unit => (1.0, unit),
        }
    }

    /// Default slider range for an input without limits.
    pub(crate) fn usual_range(self) -> (f32, f32) {
        let most = match (self.input, self.slides) {
            (InputKind::Position, false) => std::f32::consts::PI,
            (InputKind::Position | InputKind::Velocity, true) => 1.0,
            (InputKind::Velocity, false) => 10.0,
            (InputKind::Torque, false) => 20.0,
            (InputKind::Torque, true) => 100.0,
            (InputKind::Voltage, _) => 24.0,
        };
        (-most, most)
    }
}

impl Input {
    /// The range of a slider, SI.
    pub(crate) fn slider_range(&self) -> (f32, f32) {
        self.range.unwrap_or(self.kind.usual_range())
    }
}

/// A named pose of the robot file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NamedPose {
    /// Its name.
    pub name: String,
    /// Values of position inputs: index in the command, rad or m.
    pub values: Vec<(usize, f32)>,
}

/// All robots of a scenario.
pub(crate) fn describe(scenario: &Scenario, layout: &SceneLayout) -> Vec<RobotModel> {
    let robots = scenario.robots.iter().zip(&layout.robots).zip(interfaces(scenario));
    robots.map(|((model, robot), interface)| of(model, robot, &interface, layout)).collect()
}

fn of(
    model: &RobotSpec,
    robot: &RobotLayout,
    interface: &RobotInterface,
    layout: &SceneLayout,
) -> RobotModel {
    let inputs = inputs(interface, robot, layout);
    let poses = model.poses.iter().map(|(name, joints)| {
        let value = |input: &Input| {
            let joint = joints.get(&interface.actions[input.actuator].joint);
            (input.index, joint.map_or(0.0, |coordinate| coordinate.si() as f32))
        };
        let positions = inputs.iter().filter(|input| input.kind.is_position());
        NamedPose { name: name.clone(), values: positions.map(value).collect() }
    });
    RobotModel {
        name: robot.name.clone(),
        rows: rows(model, robot, layout),
        poses: poses.collect(),
        wheels: Wheels::find(interface, &inputs),
        inputs,
    }
}

fn inputs(interface: &RobotInterface, robot: &RobotLayout, layout: &SceneLayout) -> Vec<Input> {
    let mut inputs = Vec::new();
    for (actuator, (action, place)) in interface.actions.iter().zip(&robot.actuators).enumerate() {
        let is_length = layout.dofs[place.dof.0].is_length;
        for (number, (input, range)) in action.inputs.iter().zip(&action.ranges).enumerate() {
            let name = match action.inputs.len() {
                1 => action.name.clone(),
                _ => format!("{} {input}", action.name),
            };
            inputs.push(Input {
                name,
                index: place.inputs.start + number,
                actuator,
                kind: Kind { input: *input, slides: is_length },
                range: range.map(|(low, high)| (low as f32, high as f32)),
            });
        }
    }
    inputs
}

fn rows(model: &RobotSpec, robot: &RobotLayout, layout: &SceneLayout) -> Vec<Row> {
    let name = model.base.link().to_owned();
    let mut rows = vec![Row { depth: 0, name, body: robot.base, dofs: Vec::new(), end: 0 }];
    add_below(model, robot, layout, &mut rows);
    rows
}

/// Adds the rows below the last one.
fn add_below(model: &RobotSpec, robot: &RobotLayout, layout: &SceneLayout, rows: &mut Vec<Row>) {
    let Some(at) = rows.len().checked_sub(1) else { return };
    let (depth, BodyId(body)) = (rows[at].depth + 1, rows[at].body);
    let parent = &model.links[body - robot.bodies.start].name;
    let below = model.joints.iter().enumerate().filter(|(_, joint)| joint.parent == *parent);
    for (index, joint) in below {
        let Some(link) = model.links.iter().position(|link| link.name == joint.child) else {
            continue;
        };
        let body = BodyId(robot.bodies.start + link);
        let dofs = dofs(index, joint, model, robot, layout);
        rows.push(Row { depth, name: joint.name.clone(), body, dofs, end: 0 });
        add_below(model, robot, layout, rows);
    }
    rows[at].end = rows.len();
}

fn dofs(
    index: usize,
    joint: &JointSpec,
    model: &RobotSpec,
    robot: &RobotLayout,
    layout: &SceneLayout,
) -> Vec<Dof> {
    let motor = model.actuators.iter().find(|actuator| actuator.joint == joint.name);
    let most_torque = motor.and_then(|motor| motor.limits.torque).map(|most| most as f32);
    let own = robot.dofs.clone().filter(|dof| layout.dofs[*dof].joint == index);
    own.map(|dof| Dof {
        id: DofId(dof),
        is_length: layout.dofs[dof].is_length,
        limits: layout.dofs[dof].limits,
        most_torque,
        is_driven: motor.is_some(),
    })
    .collect()
}
