//! Inverse kinematics: coordinates that put a point of a link at a position, with
//! or without an orientation, within the ranges of the joints.
//!
//! It minimizes `E = |p* - p|^2 / 2 + L^2 |log(R* R')|^2 / 2`, the squared distance of
//! the point from its target and the squared angle of the link to its own, which a
//! length L makes comparable. The method is that of Levenberg and Marquardt: damped
//! least squares, which stays bounded at singular configurations (Nakamura and
//! Hanafusa, "Inverse kinematic solutions with singularity robustness for robot
//! manipulator control", 1986; Wampler 1986), with the damping adapted by the ratio of
//! the actual to the predicted decrease (Madsen, Nielsen and Tingleff, "Methods for
//! Non-Linear Least Squares Problems", 2004, algorithm 3.16). Joints at a bound that
//! the step would leave are fixed for that step, and steps end at bounds (projection,
//! Bertsekas 1982). So E never increases, and for a target out of reach the result is
//! the nearest configuration that a descent from the start finds.
//!
//! The result can be a local minimum; if that matters, solve again from other starts.
//! Results have the same bits on every machine.
//!
//! Start reading at [`InverseKinematics::solve`].

mod damped;
mod problem;

use nalgebra::{UnitQuaternion, Vector3};

use crate::coupling::rotation_vector;
use crate::kinematics::Kinematics;
use crate::spatial::{MotionVector, rotated};
use crate::state::advance_link;
use crate::tree::Tree;

pub use problem::{DofRange, IkError, IkOptions, IkOutcome, IkProblem, Target};

/// Initial damping as a fraction of the largest squared column of the Jacobian: the
/// parameter tau of Madsen et al.
const FIRST_DAMPING: f64 = 1e-3;

/// Minimum damping as the same fraction; keeps the damped matrix positive definite
/// in spite of rounding.
const LEAST_DAMPING: f64 = 1e-12;

/// The search ends if no joint changes the error by more than this fraction of the
/// change by a motion along the error.
const STATIONARY: f64 = 1e-9;

/// A shorter step without improvement ends the search, rad or m.
const SHORTEST_STEP: f64 = 1e-13;

/// Largest displacement of a joint off a saddle, rad or m.
const NUDGE: f64 = 0.05;

/// A solver with preallocated memory: solving allocates nothing.
#[derive(Debug, Clone, Default)]
pub struct InverseKinematics {
    kinematics: Kinematics,
    /// Columns of the weighted Jacobian, for the chain of the link; zero for dofs
    /// that are fixed in this step.
    columns: Vec<MotionVector>,
    /// One displacement per dof; zero outside the chain.
    step: Vec<f64>,
    trial: Vec<f64>,
    best: Vec<f64>,
}

/// Distance of a configuration from the target.
#[derive(Debug, Clone, Copy)]
struct Miss {
    /// Weighted error, world axes: L times the rotation vector (m) and the distance (m).
    weighted: MotionVector,
    /// Half its square, m^2.
    energy: f64,
    distance_m: f64,
    angle_rad: f64,
}

impl InverseKinematics {
    /// Memory for a tree.
    pub fn new(tree: &Tree) -> Self {
        Self {
            kinematics: Kinematics::new(tree),
            columns: Vec::with_capacity(tree.dofs()),
            step: vec![0.0; tree.dofs()],
            trial: vec![0.0; tree.coordinates()],
            best: vec![0.0; tree.coordinates()],
        }
    }

    /// Changes the configuration `q` to reach the target, or to the minimum of the
    /// error that a descent from `q` finds. Only joints between the base and the link
    /// move. Coordinates outside their ranges are first clamped.
    ///
    /// From a start (or an end) at which no joint changes the error to first order,
    /// such as an outstretched arm with a target on its axis, the search continues once
    /// after a small fixed displacement, and keeps the better result.
    ///
    /// # Errors
    ///
    /// If the problem is not one of this tree or has numbers that are not finite; see
    /// [`IkError`]. `q` is then unchanged. A target out of reach is not an error.
    ///
    /// # Panics
    ///
    /// If the memory belongs to a tree of another size.
    pub fn solve(
        &mut self,
        tree: &Tree,
        problem: &IkProblem<'_>,
        q: &mut [f64],
    ) -> Result<IkOutcome, IkError> {
        problem.check(tree, q)?;
        assert!(
            self.step.len() == tree.dofs() && self.trial.len() == tree.coordinates(),
            "the memory must be that of this tree"
        );
        problem.clamp(tree, q);
        self.step.fill(0.0);
        let (mut miss, mut iterations) = self.descend(tree, problem, q, 0);
        if !miss.is_within(&problem.options) && iterations < problem.options.max_iterations {
            self.best.copy_from_slice(q);
            self.nudge(tree, problem, q);
            let (second, total) = self.descend(tree, problem, q, iterations);
            iterations = total;
            if second.energy < miss.energy {
                miss = second;
            } else {
                q.copy_from_slice(&self.best);
            }
        }
        Ok(IkOutcome {
            converged: miss.is_within(&problem.options),
            position_error_m: miss.distance_m,
            rotation_error_rad: miss.angle_rad,
            iterations,
        })
    }

    /// Descends until the target is reached, no step improves, or `iterations` is at
    /// its maximum.
    fn descend(
        &mut self,
        tree: &Tree,
        problem: &IkProblem<'_>,
        q: &mut [f64],
        mut iterations: usize,
    ) -> (Miss, usize) {
        let mut miss = self.measure(tree, problem, q);
        let mut damping = None;
        let mut growth = 2.0;
        while !miss.is_within(&problem.options) && iterations < problem.options.max_iterations {
            iterations += 1;
            let Some(size) = self.linearize(tree, problem, (q, &miss)) else { break };
            let weight = damping.unwrap_or(FIRST_DAMPING * size).max(LEAST_DAMPING * size);
            self.make_step(tree, problem, &miss, weight);
            self.try_step(tree, problem, q);
            let predicted = self.predicted_decrease(tree, problem, &miss);
            let next = self.measure_trial(tree, problem);
            let actual = miss.energy - next.energy;
            if actual > 0.0 && predicted > 0.0 {
                let gain = 2.0 * (actual / predicted) - 1.0;
                damping = Some(weight * (1.0 - gain * gain * gain).clamp(1.0 / 3.0, 2.0));
                growth = 2.0;
                miss = next;
                q.copy_from_slice(&self.trial);
            } else {
                let chain = tree.link_chain(problem.target.link);
                if chain.iter().all(|&dof| self.step[dof as usize].abs() <= SHORTEST_STEP) {
                    break;
                }
                damping = Some(weight * growth);
                growth *= 2.0;
            }
        }
        (miss, iterations)
    }

    fn measure(&mut self, tree: &Tree, problem: &IkProblem<'_>, q: &[f64]) -> Miss {
        self.kinematics.update(tree, q);
        self.miss(tree, problem)
    }

    fn measure_trial(&mut self, tree: &Tree, problem: &IkProblem<'_>) -> Miss {
        self.kinematics.update(tree, &self.trial);
        self.miss(tree, problem)
    }

    /// Distance of the link in its last placement from the target.
    fn miss(&self, tree: &Tree, problem: &IkProblem<'_>) -> Miss {
        let Target { link, point, position, rotation } = &problem.target;
        let turned = self.kinematics.rotation(*link);
        let linear = position - (self.kinematics.position(tree, *link) + rotated(turned, point));
        let angular = rotation.map_or_else(Vector3::zeros, |goal| {
            let present = self.kinematics.pose(tree, *link).rotation;
            rotation_vector(&UnitQuaternion::new_normalize(
                goal.quaternion() * present.quaternion().conjugate(),
            ))
        });
        let weighted =
            MotionVector { angular: angular * problem.options.rotation_length_m, linear };
        let energy = 0.5 * (weighted.angular.norm_squared() + linear.norm_squared());
        Miss { weighted, energy, distance_m: linear.norm(), angle_rad: angular.norm() }
    }

    /// Fills the columns of the Jacobian in the configuration `q`, which has this
    /// miss. The largest squared length of those that may move; `None` if none of
    /// them changes the error.
    fn linearize(
        &mut self,
        tree: &Tree,
        problem: &IkProblem<'_>,
        (q, miss): (&[f64], &Miss),
    ) -> Option<f64> {
        self.kinematics.update(tree, q);
        let Target { link, point, rotation, .. } = &problem.target;
        let length = rotation.map_or(0.0, |_| problem.options.rotation_length_m);
        let offset =
            self.kinematics.offset(*link) + rotated(self.kinematics.rotation(*link), point);
        let (mut size, mut slope) = (0.0_f64, 0.0_f64);
        self.columns.clear();
        for (dof, column) in self.kinematics.jacobian(tree, *link, &offset) {
            let column = MotionVector { angular: column.angular * length, ..column };
            let descent = inner(&column, &miss.weighted);
            if problem.holds(tree, (dof, descent), q) {
                self.columns.push(MotionVector::ZERO);
            } else {
                size = size.max(inner(&column, &column));
                slope = slope.max(descent.abs());
                self.columns.push(column);
            }
        }
        let steepest = libm::sqrt(2.0 * miss.energy) * libm::sqrt(size);
        (slope > STATIONARY * steepest).then_some(size)
    }

    /// The damped step `J' (J J' + damping 1)^-1 error`, equal to
    /// `(J' J + damping 1)^-1 J' error`.
    fn make_step(&mut self, tree: &Tree, problem: &IkProblem<'_>, miss: &Miss, damping: f64) {
        let multiplier = damped::solve(&self.columns, damping, &miss.weighted);
        for (column, &dof) in self.columns.iter().zip(tree.link_chain(problem.target.link)) {
            self.step[dof as usize] = inner(column, &multiplier);
        }
    }

    /// Makes the step from `q` to the trial configuration within the ranges, and
    /// stores the actual displacement.
    fn try_step(&mut self, tree: &Tree, problem: &IkProblem<'_>, q: &[f64]) {
        self.trial.copy_from_slice(q);
        for &dof in tree.link_chain(problem.target.link) {
            let dof = dof as usize;
            let link = &tree.links()[tree.link_of_dof(dof)];
            // A joint moves as a whole, with its last dof.
            let moves = self.step[link.dofs()].iter().any(|part| *part != 0.0);
            if dof + 1 == link.dofs().end && moves {
                advance_link(link, &mut self.trial, &self.step, 1.0);
            }
        }
        problem.clamp(tree, &mut self.trial);
        for &dof in tree.link_chain(problem.target.link) {
            if let Some(place) = problem::coordinate(tree, dof as usize) {
                self.step[dof as usize] = self.trial[place] - q[place];
            }
        }
    }

    /// Decrease of the linearized error by the step: `g s - |J s|^2 / 2`.
    fn predicted_decrease(&self, tree: &Tree, problem: &IkProblem<'_>, miss: &Miss) -> f64 {
        let mut moved = MotionVector::ZERO;
        for (column, &dof) in self.columns.iter().zip(tree.link_chain(problem.target.link)) {
            moved += *column * self.step[dof as usize];
        }
        inner(&moved, &miss.weighted) - 0.5 * inner(&moved, &moved)
    }

    /// Displaces every movable joint slightly, by amounts without simple ratios: the
    /// fractional parts of multiples of the golden ratio.
    fn nudge(&mut self, tree: &Tree, problem: &IkProblem<'_>, q: &mut [f64]) {
        let mut part = 0.5;
        for &dof in tree.link_chain(problem.target.link) {
            part += 0.618_033_988_749_894_9;
            if part >= 1.0 {
                part -= 1.0;
            }
            let is_locked = problem.ranges[dof as usize] == DofRange::Locked;
            self.step[dof as usize] = if is_locked { 0.0 } else { NUDGE * (2.0 * part - 1.0) };
        }
        self.try_step(tree, problem, q);
        q.copy_from_slice(&self.trial);
    }
}

impl Miss {
    fn is_within(&self, options: &IkOptions) -> bool {
        self.distance_m <= options.position_tolerance_m
            && self.angle_rad <= options.rotation_tolerance_rad
    }
}

/// The inner product of six numbers.
fn inner(a: &MotionVector, b: &MotionVector) -> f64 {
    a.angular.dot(&b.angular) + a.linear.dot(&b.linear)
}
