//! What drives the joints. The format says only how strong and fast motors are,
//! so gains are guessed, and said to be.

use randori_core::spec::{ActuatorLimits, ActuatorSpec, Drive, JointKind, RobotSpec};

use super::Graph;
use crate::dynamics;
use crate::geometry::tidy;
use crate::log::Log;
use crate::report::Fate;
use crate::values;

/// Frequency of a drive that has only its own limb to move, rad/s.
const FREQUENCY: f64 = 20.0;

/// Error at which a drive is as strong as it can be: rad, and m.
const FULL_ERROR: [f64; 2] = [0.25, 0.02];

/// Least damping per stiffness, s: limbs that carry the robot move more than
/// their own inertia.
const DAMPING_TIME: f64 = 0.03;

/// Efforts above this are placeholders, not motors.
const STRONGEST: f64 = 1e5;

/// Inertia of rotor and gear, kg m^2 or kg, where coupled joints are too light to
/// be computed in single precision beside the rest of a robot.
const ROTOR: f64 = 1e-3;

/// Gives coupled joints that feel next to no inertia some of their own: fingers
/// of a few grams on a robot of 40 kg would fly apart.
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
            log.note_whole(Fate::Guessed, what);
        }
    }
}

/// Adds a position drive for every joint that can move and follows no other.
pub(super) fn build(log: &mut Log, graph: &Graph<'_>, robot: &mut RobotSpec) {
    steady_couplings(log, robot);
    let felt = dynamics::inertia_at_joints(robot, &|_| 0.0);
    for joint in &robot.joints {
        if joint.kind.dofs() != 1 || robot.couplings.iter().any(|pair| pair.follower == joint.name)
        {
            continue;
        }
        let edge = graph.edges.iter().find(|edge| edge.name == joint.name);
        let limit = edge.and_then(|edge| edge.node.child("limit"));
        let mut positive = |name: &str| -> Option<f64> {
            let found = limit.and_then(|limit| limit.attribute(name))?;
            values::number(log, found).filter(|value| *value > 0.0 && *value < STRONGEST)
        };
        let (torque, speed) = (positive("effort"), positive("velocity"));
        let inertia = felt.get(&joint.name).copied().unwrap_or(0.0).max(1e-6);
        let full = FULL_ERROR[usize::from(joint.kind.is_prismatic())];
        let own = inertia * FREQUENCY * FREQUENCY;
        let kp = torque.map_or(own, |torque| own.max(torque / full));
        let kd = (2.0 * (kp * inertia).sqrt()).max(DAMPING_TIME * kp);
        let command = match joint.kind {
            JointKind::Continuous => None,
            _ => joint.kind.limits_si(),
        };
        robot.actuators.push(ActuatorSpec {
            name: joint.name.clone(),
            joint: joint.name.clone(),
            drive: Drive::Position { kp: short(kp), kd: short(kd) },
            limits: ActuatorLimits { torque, speed, rate: None, command },
            delay: 0.0,
        });
        let what = format!(
            "drive of joint `{}`: position, kp {}, kd {}",
            joint.name,
            short(kp),
            short(kd)
        );
        let advice = "write the drive that the robot really has in the `Robot`";
        match edge {
            Some(edge) => log.note(Fate::Guessed, edge.node, what).advise(advice),
            None => log.note_whole(Fate::Guessed, what).advise(advice),
        };
    }
    for transmission in graph.links[graph.root]
        .1
        .parent()
        .iter()
        .flat_map(|root| root.children_called("transmission"))
    {
        log.note(Fate::Dropped, transmission, "a transmission: every joint has its own drive");
    }
}

/// A guess needs no more than three digits.
fn short(value: f64) -> f64 {
    tidy(format!("{value:.2e}").parse().unwrap_or(value))
}
