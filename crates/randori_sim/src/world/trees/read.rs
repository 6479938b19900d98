//! The state of trees as users see it.

use nalgebra::Quaternion;
use randori_core::math::{Rotation, Twist};
use randori_core::record::BodyState;

use super::{Coordinate, Trees};
use crate::hash::StateHasher;
use crate::world::SimWorld;
use crate::world::dynamics::spatial::narrow;
use crate::world::scene::Placing;
use crate::world::state::{placed, rotation_vector};
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
                Coordinate::Ball { first, axis } => ball(&trees.state.q[first..first + 4])[axis],
            };
        }
        self.read_owned();
    }

    /// Reads what drives exerted in the last step.
    pub(in crate::world) fn read_tree_torques(&mut self) {
        let (Some(forest), Some(trees)) = (&self.scene.forest, &self.trees) else { return };
        let step_s = trees.stepper.options().step_s;
        for (index, entry) in forest.dofs.iter().enumerate() {
            let impulse = trees.stepper.dof_impulses(entry.dof).drive;
            self.state.torques[index] = (impulse / step_s) as f32;
        }
    }
}

impl Trees {
    /// The state of a body that is placed in a link.
    pub(super) fn body_state(&self, link: usize, placing: &Placing) -> BodyState {
        let velocity = &self.velocities[link];
        let twist = Twist {
            linear: narrow(&velocity.at(self.placed.offset(link))),
            angular: narrow(&velocity.angular),
        };
        placed(&narrow_pose(&self.placed.pose(&self.tree, link)), &twist, placing)
    }

    /// Feeds the state to a digest.
    pub(in crate::world) fn digest(&self, hasher: &mut StateHasher) {
        for values in [&self.state.q, &self.state.v, &self.state.previous_v] {
            for value in values {
                hasher.write_u64(value.to_bits());
            }
        }
    }
}

/// Rotation vector (rad) of a unit quaternion (x, y, z, w).
fn ball(q: &[f64]) -> [f32; 3] {
    let turn = Quaternion::new(q[3], q[0], q[1], q[2]);
    let [x, y, z, w] = [turn.i, turn.j, turn.k, turn.w].map(|part| part as f32);
    rotation_vector(Rotation::from_xyzw(x, y, z, w)).to_array()
}
