//! Inverse kinematics: joint positions for a target pose of a link.

use randori_bodies::JointKind;
use randori_bodies::inverse_kinematics::{
    IkError, IkOptions, IkOutcome, IkProblem, InverseKinematics, Target,
};
use randori_core::math::rotation_vector;

use super::{RobotModel, RobotState};

/// Joint positions, and their error.
#[derive(Debug, Clone, PartialEq)]
pub struct IkSolution {
    /// Joint coordinates in layout order, rad or m, as in [`RobotState::positions`].
    pub positions: Vec<f64>,
    /// Convergence, and the remaining error.
    pub outcome: IkOutcome,
}

impl RobotModel {
    /// Joint positions that move a point of a link to a position, and rotate the link
    /// if the target has a rotation. The link of the target is an index in the robot
    /// file, see [`Self::link_named`]; the target is in the world.
    ///
    /// The search begins at the positions of `state`, moves only joints between the
    /// base and the link, and stays within the limits of the robot file. The base is
    /// fixed at its pose in `state`, even a floating one. For a target out of reach the
    /// result is the nearest positions that the search finds, with `converged` false
    /// and the remaining error. Loops and couplings are ignored. The method is that of
    /// [`InverseKinematics`].
    ///
    /// ```
    /// use nalgebra::Vector3;
    /// use randori_core::spec::RobotSpec;
    /// use randori_sim::world::dynamics::{IkOptions, RobotModel, RobotState, Target};
    ///
    /// let arm: RobotSpec = serde_json::from_str(
    ///     r#"{"format": 1, "name": "arm", "base": {"Fixed": {"link": "base"}},
    ///         "links": [{"name": "base", "mass_kg": 1}, {"name": "upper", "mass_kg": 1},
    ///                   {"name": "fore", "mass_kg": 1}],
    ///         "joints": [
    ///             {"name": "shoulder", "kind": "Continuous", "parent": "base", "child": "upper"},
    ///             {"name": "elbow", "kind": "Continuous", "parent": "upper", "child": "fore",
    ///              "pose": {"xyz": [0.4, 0, 0]}}]}"#,
    /// )?;
    /// let model = RobotModel::new(&arm);
    /// let mut state = RobotState::zero(&model);
    /// state.positions = vec![0.1, 0.2];
    /// let target = Target {
    ///     link: model.link_named("fore").ok_or("no such link")?,
    ///     point: Vector3::new(0.3, 0.0, 0.0),
    ///     position: Vector3::new(0.4, 0.3, 0.0),
    ///     rotation: None,
    /// };
    ///
    /// let found = model.inverse_kinematics(&state, &target, &IkOptions::default())?;
    ///
    /// assert!(found.outcome.converged);
    /// assert!((found.positions[1] - 90_f64.to_radians()).abs() < 1e-5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the link does not exist, or a number is not finite; see [`IkError`].
    pub fn inverse_kinematics(
        &self,
        state: &RobotState,
        target: &Target,
        options: &IkOptions,
    ) -> Result<IkSolution, IkError> {
        let link =
            *self.links.get(target.link).ok_or(IkError::UnknownLink { link: target.link })?;
        let problem = IkProblem {
            target: Target { link, ..*target },
            ranges: &self.ranges,
            options: *options,
        };
        let mut q = self.configuration(state).q;
        let outcome = InverseKinematics::new(&self.tree).solve(&self.tree, &problem, &mut q)?;
        Ok(IkSolution { positions: self.joint_positions(state, &q), outcome })
    }

    /// Joint coordinates in layout order, from those of the tree. Joints that did not
    /// move keep the coordinates of `state`.
    fn joint_positions(&self, state: &RobotState, q: &[f64]) -> Vec<f64> {
        let before = self.configuration(state).q;
        let mut positions = state.positions.clone();
        for link in &self.tree.links()[1..] {
            let Some(first) = link.dofs().next() else { continue };
            let coordinates = link.coordinates();
            if q[coordinates.clone()] == before[coordinates.clone()] {
                continue;
            }
            let first = self.order[first] - self.base_dofs();
            let q = &q[coordinates];
            if link.joint() == JointKind::Spherical {
                let turned = rotation_vector([q[0], q[1], q[2], q[3]]);
                positions[first..first + 3].copy_from_slice(&turned);
            } else {
                positions[first..first + q.len()].copy_from_slice(q);
            }
        }
        positions
    }
}
