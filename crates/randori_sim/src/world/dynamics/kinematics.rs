//! Where the links are and how they move: the forward passes.

use nalgebra::{DMatrix, Isometry3, Translation3, Vector3};

use super::spatial::{Twist64, rotation_about, rotation_from_vector};
use super::{Motion, Node, RobotModel, RobotState};
use crate::world::inertia::{MassProperties, point_inertia};

/// Placement of one link; in the order of [`RobotModel::nodes`].
pub(super) struct LinkFrame {
    /// Pose of the link frame in the world.
    pub(super) pose: Isometry3<f64>,
    /// Origin of the joint frame in the world, m.
    pub(super) joint_origin: Vector3<f64>,
    /// Velocity of the link against its parent per unit of each joint rate;
    /// only the first [`Motion::dofs`] count.
    pub(super) columns: [Twist64; 6],
}

impl LinkFrame {
    pub(super) fn origin(&self) -> &Vector3<f64> {
        &self.pose.translation.vector
    }
}

/// Velocity and acceleration of one link, of its frame origin, in world axes.
pub(super) struct LinkMotion {
    /// Velocity.
    pub(super) velocity: Twist64,
    /// Linear acceleration of the origin (m/s^2) and angular acceleration.
    pub(super) acceleration: Twist64,
}

/// Linear and angular momentum of a robot, world axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Momentum {
    /// Linear momentum, kg m/s.
    pub linear: Vector3<f64>,
    /// Angular momentum about the robot's centre of mass, kg m^2/s.
    pub angular: Vector3<f64>,
}

impl RobotModel {
    /// Pose of every link frame in the world, in the order of the robot file.
    pub fn link_poses(&self, state: &RobotState) -> Vec<Isometry3<f64>> {
        let mut poses = vec![Isometry3::identity(); self.nodes.len()];
        for (node, frame) in self.nodes.iter().zip(self.frames(state)) {
            poses[node.link] = frame.pose;
        }
        poses
    }

    /// Centre of mass of the robot in the world, m.
    pub fn center_of_mass(&self, state: &RobotState) -> Vector3<f64> {
        self.bodies(&self.frames(state))
            .fold(MassProperties::zero(), |sum, body| sum.joined(&body))
            .com
    }

    /// Jacobian of a link (index in the robot file): its six rows times the
    /// generalized velocity give the velocity of the link-frame origin, linear
    /// (m/s) then angular (rad/s), world axes.
    pub fn jacobian(&self, state: &RobotState, link: usize) -> DMatrix<f64> {
        let frames = self.frames(state);
        let mut jacobian = DMatrix::zeros(6, self.dofs());
        let mut at = self.nodes.iter().position(|node| node.link == link);
        let Some(target) = at.map(|index| *frames[index].origin()) else { return jacobian };
        while let Some(index) = at {
            let (node, frame) = (&self.nodes[index], &frames[index]);
            let offset = target - frame.origin();
            for (dof, column) in frame.columns[..node.motion.dofs()].iter().enumerate() {
                let linear = column.linear + column.angular.cross(&offset);
                let mut out = jacobian.column_mut(node.first_dof + dof);
                out.fixed_rows_mut::<3>(0).copy_from(&linear);
                out.fixed_rows_mut::<3>(3).copy_from(&column.angular);
            }
            at = node.parent;
        }
        jacobian
    }

    /// Linear momentum and angular momentum about the centre of mass. Rotors
    /// that are only known as armature carry none.
    pub fn momentum(&self, state: &RobotState) -> Momentum {
        let frames = self.frames(state);
        let motions = self.motions(state, &frames, &[], &Vector3::zeros());
        let center = self.center_of_mass(state);
        let mut sum = Momentum { linear: Vector3::zeros(), angular: Vector3::zeros() };
        for ((body, frame), motion) in self.bodies(&frames).zip(&frames).zip(&motions) {
            let velocity = motion.velocity;
            let linear = velocity.linear + velocity.angular.cross(&(body.com - frame.origin()));
            sum.linear += linear * body.mass_kg;
            sum.angular +=
                body.inertia * velocity.angular + (body.com - center).cross(&linear) * body.mass_kg;
        }
        sum
    }

    /// Kinetic energy, J, with that of rotors known as armature.
    pub fn kinetic_energy(&self, state: &RobotState) -> f64 {
        let frames = self.frames(state);
        let motions = self.motions(state, &frames, &[], &Vector3::zeros());
        let links =
            self.bodies(&frames).zip(&frames).zip(&motions).map(|((body, frame), motion)| {
                let Twist64 { linear, angular } = motion.velocity;
                let offset = body.com - frame.origin();
                let about_origin = body.inertia + point_inertia(body.mass_kg, &offset);
                0.5 * body.mass_kg * linear.dot(&(linear + angular.cross(&offset) * 2.0))
                    + 0.5 * angular.dot(&(about_origin * angular))
            });
        let rotors = self.nodes.iter().flat_map(|node| {
            let rates = node.rates(self, &state.velocities);
            rates.iter().map(move |rate| 0.5 * node.armature * rate * rate)
        });
        links.sum::<f64>() + rotors.sum::<f64>()
    }

    /// Potential energy, J, in a field of `gravity` (m/s^2, world axes); zero
    /// where every mass is at the world's origin.
    pub fn potential_energy(&self, state: &RobotState, gravity: &Vector3<f64>) -> f64 {
        self.bodies(&self.frames(state)).map(|body| -body.mass_kg * gravity.dot(&body.com)).sum()
    }

    /// Mass properties of the links in the world, in the order of the frames.
    pub(super) fn bodies<'a>(
        &'a self,
        frames: &'a [LinkFrame],
    ) -> impl Iterator<Item = MassProperties> + 'a {
        let links = self.nodes.iter().map(|node| &self.links[node.link]);
        links.zip(frames).map(|(link, frame)| link.placed(&frame.pose))
    }

    /// The position pass, from the base outwards.
    pub(super) fn frames(&self, state: &RobotState) -> Vec<LinkFrame> {
        assert!(
            state.positions.len() == self.joint_dofs(),
            "the state has {} joint coordinates but the robot has {}",
            state.positions.len(),
            self.joint_dofs()
        );
        let mut frames: Vec<LinkFrame> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let outer = match node.parent {
                Some(parent) => frames[parent].pose * node.parent_from_joint,
                None => state.base_pose,
            };
            frames.push(node.place(&outer, node.coordinates(self, &state.positions)));
        }
        frames
    }

    /// The velocity and acceleration pass. The base accelerates against
    /// gravity, which has the effect of gravity on every link. An empty
    /// `accelerations` means none.
    pub(super) fn motions(
        &self,
        state: &RobotState,
        frames: &[LinkFrame],
        accelerations: &[f64],
        gravity: &Vector3<f64>,
    ) -> Vec<LinkMotion> {
        assert!(
            state.velocities.len() == self.joint_dofs(),
            "the state has {} joint rates but the robot has {}",
            state.velocities.len(),
            self.joint_dofs()
        );
        assert!(
            accelerations.is_empty() || accelerations.len() == self.dofs(),
            "{} accelerations are given but the robot has {} degrees of freedom",
            accelerations.len(),
            self.dofs()
        );
        let world = LinkMotion {
            velocity: Twist64::zero(),
            acceleration: Twist64 { linear: -gravity, angular: Vector3::zeros() },
        };
        let mut motions: Vec<LinkMotion> = Vec::with_capacity(self.nodes.len());
        for (node, frame) in self.nodes.iter().zip(frames) {
            let (parent, offset) = match node.parent {
                Some(parent) => (&motions[parent], frame.origin() - frames[parent].origin()),
                None => (&world, Vector3::zeros()),
            };
            let rate = match node.motion {
                Motion::Free => state.base_twist,
                _ => frame.combine(node.rates(self, &state.velocities)),
            };
            let last = node.first_dof + node.motion.dofs();
            let pull = accelerations.get(node.first_dof..last).unwrap_or(&[]);
            motions.push(parent.carry(&offset, &rate, &frame.combine(pull)));
        }
        motions
    }
}

impl LinkFrame {
    fn combine(&self, factors: &[f64]) -> Twist64 {
        let terms = self.columns.iter().zip(factors);
        terms.fold(Twist64::zero(), |sum, (column, &factor)| sum.plus(&column.scaled(factor)))
    }
}

impl LinkMotion {
    /// Motion of a child at `offset` that moves with `rate` against this link,
    /// along axes that turn with this link; `pull` is the change of its joint
    /// rates. The extra terms are the centripetal and Coriolis accelerations.
    fn carry(&self, offset: &Vector3<f64>, rate: &Twist64, pull: &Twist64) -> Self {
        let (spin, turn) = (&self.velocity.angular, &self.acceleration.angular);
        let swing = spin.cross(offset);
        Self {
            velocity: Twist64 {
                linear: self.velocity.linear + swing + rate.linear,
                angular: spin + rate.angular,
            },
            acceleration: Twist64 {
                linear: self.acceleration.linear
                    + turn.cross(offset)
                    + spin.cross(&(swing + rate.linear * 2.0))
                    + pull.linear,
                angular: turn + spin.cross(&rate.angular) + pull.angular,
            },
        }
    }
}

impl Node {
    /// The joint coordinates of this node; none for the base.
    fn coordinates<'a>(&self, model: &RobotModel, positions: &'a [f64]) -> &'a [f64] {
        self.rates(model, positions)
    }

    /// The entries of a joint-space vector (without the base) for this node.
    fn rates<'a>(&self, model: &RobotModel, values: &'a [f64]) -> &'a [f64] {
        if self.parent.is_none() {
            return &[];
        }
        let first = self.first_dof - model.base_dofs();
        &values[first..first + self.motion.dofs()]
    }

    fn place(&self, world_from_joint: &Isometry3<f64>, q: &[f64]) -> LinkFrame {
        let turned = |axis: &Vector3<f64>| world_from_joint.rotation * axis;
        let unit = |index: usize| Vector3::ith(index, 1.0);
        let mut pose = *world_from_joint;
        let mut columns = [Twist64::zero(); 6];
        match &self.motion {
            Motion::Fixed => {}
            Motion::Free => {
                for axis in 0..3 {
                    columns[axis].linear = unit(axis);
                    columns[axis + 3].angular = unit(axis);
                }
            }
            Motion::Revolute(axis) => {
                pose.rotation *= rotation_about(axis, q[0]);
                columns[0].angular = turned(axis);
            }
            Motion::Prismatic(axis) => {
                columns[0].linear = turned(axis);
                pose = Translation3::from(columns[0].linear * q[0]) * pose;
            }
            Motion::Spherical => {
                pose.rotation *= rotation_from_vector(&Vector3::new(q[0], q[1], q[2]));
                for (axis, column) in columns[..3].iter_mut().enumerate() {
                    column.angular = turned(&unit(axis));
                }
            }
        }
        LinkFrame { pose, joint_origin: world_from_joint.translation.vector, columns }
    }
}
