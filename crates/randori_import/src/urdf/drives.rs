//! Drives of joints. A URDF defines at best the actuated joints, the limits of their
//! motors and the command interface; gains are guessed, and reported as guesses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use randori_core::spec::{ActuatorLimits, ActuatorSpec, Drive, JointSpec, RobotSpec};

use super::control::{Control, Interface, Said};
use super::limits::JointLimits;
use super::{Edge, Graph};
use crate::dynamics;
use crate::geometry::tidy;
use crate::log::Log;
use crate::report::ImportStatus;

/// Natural frequency of a drive with the inertia of its own limb, rad/s.
const FREQUENCY: f64 = 20.0;

/// Position error at which a drive saturates: rad, and m.
const FULL_ERROR: [f64; 2] = [0.25, 0.02];

/// Velocity error at which a velocity drive saturates, if the file has no velocity
/// limit: rad/s, and m/s.
const FULL_SPEED_ERROR: [f64; 2] = [0.5, 0.05];

/// Parts of names of wheel joints and other rotors without limits.
const WHEELS: [&str; 6] = ["wheel", "rotor", "propeller", "sprocket", "whl", "tire"];

/// Parts of names of passive wheels.
const CASTERS: [&str; 8] =
    ["caster", "castor", "swivel", "passive", "roller", "free_wheel", "freewheel", "idler"];

/// Minimum damping per stiffness, s: limbs that support the robot move more than their
/// own inertia.
const DAMPING_TIME: f64 = 0.03;

/// Inertia of rotor and gear, kg m^2 or kg, for coupled joints that are too light
/// compared with the rest of a robot.
const ROTOR: f64 = 1e-3;

/// Adds armature to coupled joints with almost no inertia: fingers of a few grams on a
/// robot of 40 kg would be unstable.
fn steady_couplings(log: &mut Log, robot: &mut RobotSpec) {
    let felt = dynamics::inertia_at_joints(robot, &|_| 0.0);
    let pairs = &robot.couplings;
    for joint in &mut robot.joints {
        let is_coupled =
            pairs.iter().any(|pair| pair.follower == joint.name || pair.leader == joint.name);
        let inertia = felt.get(&joint.name).copied().unwrap_or(0.0);
        if is_coupled && inertia < ROTOR / 10.0 && joint.armature < ROTOR {
            joint.armature = ROTOR;
            let what = format!("armature {ROTOR} of the light, coupled joint `{}`", joint.name);
            log.note_whole(ImportStatus::Guessed, what);
        }
    }
}

/// Adds a drive for every actuated joint that is not a follower.
pub(super) fn build(
    log: &mut Log,
    graph: &Graph<'_>,
    control: &Control<'_>,
    limits: &BTreeMap<String, JointLimits>,
    robot: &mut RobotSpec,
) {
    steady_couplings(log, robot);
    let felt = dynamics::inertia_at_joints(robot, &|_| 0.0);
    let mut drives = Vec::new();
    let surroundings = Surroundings::new(graph, control);
    let edges: BTreeMap<&str, &Edge<'_>> =
        graph.edges.iter().map(|edge| (edge.name.as_str(), edge)).collect();
    for joint in &robot.joints {
        let edge = edges.get(joint.name.as_str()).copied();
        let is_follower = robot.couplings.iter().any(|pair| pair.follower == joint.name);
        let (Some(edge), false, 1) = (edge, is_follower, joint.kind.dofs()) else { continue };
        let limits = limits.get(&joint.name).copied().unwrap_or_default();
        let interface = match surroundings.choose(edge, joint, &limits) {
            Ok(interface) => interface,
            Err(reason) => {
                let what = format!("joint `{}` has no drive: {reason}", joint.name);
                let entry = log.note(ImportStatus::Guessed, edge.node, what);
                entry.advise("add an entry of `actuators` in the `Robot` if it is actuated");
                entry.is_doubtful = edge.kind != "continuous" && limits.effort.is_some();
                continue;
            }
        };
        let inertia = felt.get(&joint.name).copied().unwrap_or(0.0).max(1e-6);
        let drive = drive_of(interface, joint, inertia, &limits);
        tell(log, edge, control.said.get(&joint.name), drive);
        let command = match drive {
            Drive::Position { .. } => joint.kind.limits_si(),
            _ => None,
        };
        drives.push(ActuatorSpec {
            name: joint.name.clone(),
            joint: joint.name.clone(),
            drive,
            limits: ActuatorLimits {
                torque: limits.effort,
                speed: limits.speed,
                rate: None,
                command,
            },
            delay: 0.0,
        });
    }
    robot.actuators.extend(drives);
}

/// Guessed gains of a drive.
fn drive_of(interface: Interface, joint: &JointSpec, inertia: f64, limits: &JointLimits) -> Drive {
    let is_slide = usize::from(joint.kind.is_prismatic());
    match interface {
        Interface::Effort => Drive::Torque,
        Interface::Velocity => {
            let error = limits.speed.map_or(FULL_SPEED_ERROR[is_slide], |speed| speed * 0.05);
            let own = inertia * FREQUENCY;
            let gain = limits.effort.map_or(own, |effort| own.max(effort / error));
            Drive::Velocity { gain: short(gain) }
        }
        Interface::Position => {
            let own = inertia * FREQUENCY * FREQUENCY;
            let full = FULL_ERROR[is_slide];
            let kp = limits.effort.map_or(own, |effort| own.max(effort / full));
            let kd = (2.0 * (kp * inertia).sqrt()).max(DAMPING_TIME * kp);
            Drive::Position { kp: short(kp), kd: short(kd) }
        }
    }
}

fn tell(log: &mut Log, edge: &Edge<'_>, said: Option<&Said<'_>>, drive: Drive) {
    let mut kind = drive.inputs()[0].to_string();
    for (name, gain) in drive.gains() {
        let _ = write!(kind, ", {name} {gain}");
    }
    let (node, source) = match said {
        Some(Said { node, interface: Some(_), source }) => (*node, format!(", as {source} says")),
        Some(Said { node, source, .. }) => {
            (*node, format!(": {source} does not give its interface"))
        }
        None => (edge.node, String::new()),
    };
    let what = format!("drive of joint `{}`: {kind}{source}", edge.name);
    // A torque drive has no gains that could be wrong.
    let status = if drive == Drive::Torque { ImportStatus::Kept } else { ImportStatus::Guessed };
    let advice = if drive == Drive::Torque {
        "a torque drive does not hold a pose: write a `Position` drive in the `Robot` to hold poses"
    } else {
        "write the actual drive in the `Robot`"
    };
    log.note(status, node, what).advise(advice);
}

/// Inputs for the drive of a joint.
struct Surroundings<'a, 't> {
    graph: &'a Graph<'t>,
    control: &'a Control<'t>,
    /// Links that are rigid with the base.
    rigid: BTreeSet<usize>,
    /// Links with joints in their subtree.
    carriers: BTreeSet<usize>,
    /// True if any joint has an effort.
    has_efforts: bool,
}

impl<'a, 't> Surroundings<'a, 't> {
    fn new(graph: &'a Graph<'t>, control: &'a Control<'t>) -> Self {
        let mut below: BTreeMap<usize, Vec<&Edge<'_>>> = BTreeMap::new();
        for edge in &graph.edges {
            below.entry(edge.parent).or_default().push(edge);
        }
        // Parents before their children.
        let mut order = vec![graph.root];
        let mut rigid = BTreeSet::from([graph.root]);
        let mut next = 0;
        while let Some(link) = order.get(next).copied() {
            next += 1;
            for edge in below.get(&link).into_iter().flatten() {
                order.push(edge.child);
                if edge.kind == "fixed" && rigid.contains(&link) {
                    rigid.insert(edge.child);
                }
            }
        }
        let mut carriers = BTreeSet::new();
        for link in order.iter().rev() {
            let moves = |edge: &&Edge<'_>| edge.kind != "fixed" || carriers.contains(&edge.child);
            if below.get(link).into_iter().flatten().any(moves) {
                carriers.insert(*link);
            }
        }
        let effort = |edge: &Edge<'_>| -> Option<f64> {
            edge.node.child("limit")?.text("effort")?.trim().parse().ok()
        };
        let has_efforts = graph.edges.iter().filter_map(effort).any(|effort| effort > 0.0);
        Self { graph, control, rigid, carriers, has_efforts }
    }

    /// The command interface of a joint, or the reason why it is passive.
    fn choose(
        &self,
        edge: &Edge<'_>,
        joint: &JointSpec,
        limits: &JointLimits,
    ) -> Result<Interface, &'static str> {
        // A revolute joint without effective limits is not a wheel.
        let is_endless = edge.kind == "continuous";
        let is_wheel = is_endless && self.is_wheel(edge);
        let usual = if is_wheel { Interface::Velocity } else { Interface::Position };
        if let Some(said) = self.control.said.get(&joint.name) {
            return Ok(said.interface.unwrap_or(usual));
        }
        if self.control.lists_all {
            return Err("it has neither a transmission nor an entry in `<ros2_control>`");
        }
        if !is_endless {
            return Ok(usual);
        }
        if self.control.lists_wheels {
            return Err("it is not in the plugin of Gazebo that drives the wheels");
        }
        if self.is_named(edge, &CASTERS) {
            return Err("its name is that of a passive wheel");
        }
        // Exporters without data write 0 for all joints.
        if limits.is_effort_zero && self.has_efforts {
            return Err("its effort is 0");
        }
        Ok(usual)
    }

    /// True for a joint without limits that is a wheel and not part of a limb: it has no
    /// joints in its subtree, and is attached to the base or has the name of a wheel.
    fn is_wheel(&self, edge: &Edge<'_>) -> bool {
        if self.is_named(edge, &WHEELS) {
            return true;
        }
        self.rigid.contains(&edge.parent) && !self.carriers.contains(&edge.child)
    }

    fn is_named(&self, edge: &Edge<'_>, words: &[&str]) -> bool {
        let child = &self.graph.links[edge.child].0;
        let names = [edge.name.to_ascii_lowercase(), child.to_ascii_lowercase()];
        names.iter().any(|name| words.iter().any(|word| name.contains(word)))
    }
}

/// Rounds a guess to three digits.
fn short(value: f64) -> f64 {
    tidy(format!("{value:.2e}").parse().unwrap_or(value))
}
