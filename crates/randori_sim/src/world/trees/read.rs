//! Reads the state of trees in user frames.

use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion, Vector3};
use randori_bodies::State;
use randori_bodies::passes::link_velocities;
use randori_bodies::state::advance;
use randori_core::layout::BodyId;
use randori_core::math::{Twist, Vector, rotation_vector};
use randori_core::record::BodyState;

use super::{Coordinate, Forest, TreeDof, Trees};
use crate::hash::StateHasher;
use crate::world::SimWorld;
use crate::world::dynamics::spatial::{narrow, wide};
use crate::world::dynamics::{RobotState, Twist64};
use crate::world::scene::{Placing, RobotEntry};
use crate::world::state::placed;
use crate::world::tree::narrow_pose;

impl SimWorld {
    /// Reads poses, velocities and joint coordinates of links.
    pub(in crate::world) fn read_trees(&mut self) {
        let (Some(forest), Some(trees)) = (&self.scene.forest, &self.trees) else { return };
        for (index, link) in forest.links.iter().enumerate() {
            for &body in &link.members {
                self.state.bodies[body] = trees.body_state(index, &self.placing[body]);
            }
        }
        for (index, entry) in forest.dofs.iter().enumerate() {
            self.state.velocities[index] = trees.state.v[entry.dof] as f32;
            self.state.positions[index] = match entry.coordinate {
                Coordinate::Scalar(place) => trees.state.q[place] as f32,
                Coordinate::Ball { first, axis } => {
                    ball(&trees.state.q[first..first + 4])[axis] as f32
                }
            };
        }
        self.read_owned();
    }

    /// Initial acceleration (m/s^2) of a point (m, world) of a body, before the first step.
    pub(crate) fn first_acceleration(&self, body: BodyId, point: Vector) -> Vector {
        let (Some(trees), Some(link)) = (&self.trees, self.robot_link(body.0)) else {
            return Vector::ZERO;
        };
        let Trees { tree, placed, state, velocities, .. } = &**trees;
        let step_s = trees.stepper.options().step_s;
        let rates = state.v.iter().zip(&state.previous_v);
        let change: Vec<f64> = rates.map(|(now, before)| (now - before) / step_s).collect();
        // Robots start at rest, so accelerations compose like velocities.
        let mut accelerations = velocities.clone();
        link_velocities(tree, placed, &change, &mut accelerations);
        let offset = wide(point) - placed.origin(tree.links()[link].branch());
        narrow(&accelerations[link].at(&offset))
    }

    /// Reads the torques of drives in the last step.
    pub(in crate::world) fn read_torques(&mut self) {
        let (Some(forest), Some(trees)) = (&self.scene.forest, &self.trees) else { return };
        let step_s = trees.stepper.options().step_s;
        for (index, entry) in forest.dofs.iter().enumerate() {
            let impulse = trees.stepper.dof_impulses(entry.dof).drive;
            self.state.torques[index] = (impulse / step_s) as f32;
        }
    }
}

impl Trees {
    /// The state of a body of a link.
    pub(super) fn body_state(&self, link: usize, placing: &Placing) -> BodyState {
        let velocity = &self.velocities[link];
        let twist = Twist {
            linear: narrow(&velocity.at(self.placed.offset(link))),
            angular: narrow(&velocity.angular),
        };
        placed(&narrow_pose(&self.placed.pose(&self.tree, link)), &twist, placing)
    }

    /// The present state of a robot whose base is the link `base`.
    pub(in crate::world) fn robot_state(
        &self,
        forest: &Forest,
        robot: &RobotEntry,
        base: usize,
    ) -> RobotState {
        self.state_of((forest, robot, base), &self.state.q, &self.state.v)
    }

    /// The state of a robot at the middle of the last step, where forces act, and its
    /// mean acceleration.
    pub(in crate::world) fn middle_of_step(
        &self,
        forest: &Forest,
        robot: &RobotEntry,
        base: usize,
    ) -> (RobotState, Vec<f64>) {
        let step_s = self.stepper.options().step_s;
        let State { q, v, previous_v } = &self.state;
        let mut q = q.clone();
        advance(&self.tree, &mut q, v, -0.5 * step_s);
        let rates = || v.iter().zip(previous_v);
        let middle: Vec<f64> = rates().map(|(now, before)| 0.5 * (now + before)).collect();
        let change: Vec<f64> = rates().map(|(now, before)| (now - before) / step_s).collect();
        let state = self.state_of((forest, robot, base), &q, &middle);
        let base = &self.tree.links()[base];
        let joints = forest.dofs[robot.dofs.clone()].iter().map(|entry| change[entry.dof]);
        (state, change[base.dofs()].iter().copied().chain(joints).collect())
    }

    fn state_of(
        &self,
        (forest, robot, base): (&Forest, &RobotEntry, usize),
        q: &[f64],
        v: &[f64],
    ) -> RobotState {
        let link = &self.tree.links()[base];
        let dofs = &forest.dofs[robot.dofs.clone()];
        let position = |entry: &TreeDof| match entry.coordinate {
            Coordinate::Scalar(place) => q[place],
            Coordinate::Ball { first, axis } => ball(&q[first..first + 4])[axis],
        };
        let (base_pose, base_twist) = match (&q[link.coordinates()], &v[link.dofs()]) {
            (&[x, y, z, i, j, k, w], &[vx, vy, vz, wx, wy, wz]) => {
                let rotation = UnitQuaternion::new_unchecked(Quaternion::new(w, i, j, k));
                let pose = Isometry3::from_parts(Translation3::new(x, y, z), rotation);
                let (linear, angular) = (Vector3::new(vx, vy, vz), Vector3::new(wx, wy, wz));
                (pose, Twist64 { linear, angular })
            }
            _ => (self.placed.pose(&self.tree, base), Twist64::zero()),
        };
        RobotState {
            base_pose,
            base_twist,
            positions: dofs.iter().map(position).collect(),
            velocities: dofs.iter().map(|entry| v[entry.dof]).collect(),
        }
    }

    /// Feeds the state to a digest.
    ///
    /// At the start, previous velocities follow from the scenario: two scenarios with
    /// the same initial state differ first after the first tick.
    pub(in crate::world) fn digest(&self, ticks: u64, hasher: &mut StateHasher) {
        let State { q, v, previous_v } = &self.state;
        for values in [q, v, if ticks == 0 { v } else { previous_v }] {
            for value in values {
                hasher.write_u64(value.to_bits());
            }
        }
    }
}

/// Rotation vector (rad) of a unit quaternion (x, y, z, w).
fn ball(q: &[f64]) -> [f64; 3] {
    rotation_vector([q[0], q[1], q[2], q[3]])
}
