//! Newton's method for the velocity at the end of a step.
//!
//! Every force of a step is a convex potential of the generalized velocity v at
//! its end. The velocity is the minimum of
//!
//! ```text
//! f(v) = 1/2 v' M v - p' v + sum_i phi_i(v_i) + sum_c phi_c(J_c v)
//! M = mass matrix + armature + h damping
//! p = (mass matrix + armature) v_0 - h bias + h tau
//! ```
//!
//! with the scalar potentials of [`potential`](crate::potential) on single dofs and
//! those of contacts and couplings on their relative velocities. f is strictly
//! convex, so there is one minimum, at which all laws hold:
//! `M v - p = sum of impulses`. Each iteration
//!
//! 1. computes the gradient `g = M v - p - sum J' lambda`: impulses on links are
//!    summed inwards,
//! 2. adds the Hessians `J' G J` to M. That of a contact with the world is a
//!    stiffness of its link, and a second pass of the composite algorithm adds it
//!    in the sparsity of M; between two branches it is that of both links, and a
//!    block between their dofs. Others are added element by element. The
//!    [`Pattern`] has room for them,
//! 3. factors, and solves for the direction `d = -H^-1 g`,
//! 4. finds the minimum along d (see [`search`]).
//!
//! Rows of dofs without contacts in their subtree stay the same over the
//! iterations: these dofs are eliminated once.
//!
//! It stops if `max |g_i| / M_ii`, the error of a velocity, is below a
//! tolerance that the caller scales with the step, but not before one iteration:
//! an initial guess within the tolerance must not freeze the motion.
//!
//! Sources: Castro, Permenter and Han (2022); Todorov (2014); `MuJoCo`
//! documentation, "Computation", "Algorithms".
//!
//! Start reading at [`Newton::solve`].

mod gradient;
mod hessian;
mod search;

use crate::dof_law::DofRowKind;
use crate::factor::NotPositiveDefinite;
use crate::islands::{Island, Islands};
use crate::kinematics::Kinematics;
use crate::mass_matrix::multiply_part;
use crate::passes::joint_velocity;
use crate::pattern::{Pattern, PatternFactor};
use crate::potential::Potential;
use crate::rows::{Column, Row};
use crate::spatial::{ForceVector, MotionVector, SpatialStiffness};
use crate::tree::Tree;

/// Maximum number of iterations.
const MAX_ITERATIONS: usize = 60;

/// Threshold of the change of a sliding velocity times its coefficient in a step,
/// m/s, above which the solution is corrected.
const SLIP_TOLERANCE: f64 = 0.02;

/// The potential of one dof.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DofRow {
    pub(crate) dof: u32,
    pub(crate) kind: DofRowKind,
    pub(crate) potential: Potential,
}

/// Convergence of a solution; the worst over all independent parts of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Solution {
    /// Iterations of Newton's method, or sweeps.
    pub iterations: usize,
    /// Largest error of a velocity, m/s or rad/s: `max |g_i| / M_ii`.
    pub residual: f64,
    /// True if the residual is within its tolerance.
    pub converged: bool,
}

/// The problem of one step, and memory for its solution.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Newton {
    /// M in branch-sparse rows, diagonal terms included.
    pub(crate) mass: Vec<f64>,
    /// p.
    pub(crate) momentum: Vec<f64>,
    /// Potentials of dofs, by dof.
    pub(crate) dof_rows: Vec<DofRow>,
    /// Contacts, then couplings.
    pub(crate) rows: Vec<Row>,
    pub(crate) columns: Vec<Column>,
    pub(crate) pattern: Pattern,
    factor: PatternFactor,
    couplings: Vec<[u32; 2]>,
    work: Work,
}

/// Memory of the iterations.
#[derive(Debug, Clone, PartialEq, Default)]
struct Work {
    /// Rows with inactive dofs eliminated, and the stiffness that was added.
    base: Vec<f64>,
    base_is_valid: bool,
    dof_stiffness: Vec<f64>,
    /// Links that carry a contact with the world or another branch, and links that
    /// carry those.
    touched: Vec<bool>,
    /// Dofs on which rows act, closed under the parents of the pattern.
    active: Vec<bool>,
    stiffness: Vec<SpatialStiffness>,
    /// Stiffness between links of two branches, about O of the second.
    between: Vec<([u32; 2], SpatialStiffness)>,
    velocities: Vec<MotionVector>,
    forces: Vec<ForceVector>,
    /// `M v`, the gradient, the direction d, and `M d`.
    mass_v: Vec<f64>,
    gradient: Vec<f64>,
    direction: Vec<f64>,
    mass_d: Vec<f64>,
    inverse_mass: Vec<f64>,
}

impl Newton {
    /// Resizes for a tree.
    pub(crate) fn resize(&mut self, tree: &Tree) {
        let (dofs, links) = (tree.dofs(), tree.links().len());
        self.mass.resize(tree.row_elements(), 0.0);
        self.momentum.resize(dofs, 0.0);
        let work = &mut self.work;
        work.touched.resize(links, false);
        work.stiffness.resize(links, SpatialStiffness::ZERO);
        work.velocities.resize(links, MotionVector::ZERO);
        work.forces.resize(links, ForceVector::ZERO);
        work.active.resize(dofs, false);
        for vector in [
            &mut work.dof_stiffness,
            &mut work.mass_v,
            &mut work.gradient,
            &mut work.direction,
            &mut work.mass_d,
            &mut work.inverse_mass,
        ] {
            vector.resize(dofs, 0.0);
        }
    }

    /// Discards the structure of the last tree.
    pub(crate) fn forget(&mut self) {
        self.pattern.forget();
    }

    /// Moves `v` of an island from an initial guess to the minimum. The problem must be
    /// filled in and [analysed](Self::analyse). On return its rows have the responses at
    /// the minimum.
    ///
    /// # Errors
    ///
    /// If a Hessian is not positive definite: a dof moves no mass, or a number is
    /// not finite.
    pub(crate) fn solve(
        &mut self,
        (tree, kinematics): (&Tree, &Kinematics),
        island: &Island<'_>,
        (tolerance, slip_rounds): (f64, usize),
        v: &mut [f64],
    ) -> Result<Solution, NotPositiveDefinite> {
        self.work.base_is_valid = false;
        let mut solution = self.minimise((tree, kinematics), island, tolerance, v)?;
        for _ in 0..slip_rounds {
            if !self.correct_slip(island) {
                break;
            }
            let more = self.minimise((tree, kinematics), island, tolerance, v)?;
            solution = Solution { iterations: solution.iterations + more.iterations, ..more };
        }
        Ok(solution)
    }

    fn minimise(
        &mut self,
        (tree, kinematics): (&Tree, &Kinematics),
        island: &Island<'_>,
        tolerance: f64,
        v: &mut [f64],
    ) -> Result<Solution, NotPositiveDefinite> {
        multiply_part(tree, island.dofs, (&self.mass, v), &mut self.work.mass_v);
        self.touched_velocities(tree, kinematics, island, v);
        for &row in island.rows {
            let row = &mut self.rows[row as usize];
            row.u = row.jacobian_times(&self.work.velocities, (&self.columns, v));
            for (u, known) in row.u.iter_mut().zip(&row.known) {
                *u += known;
            }
        }
        for &dof in island.dofs {
            self.work.inverse_mass[dof as usize] = 1.0 / self.mass[tree.diagonal(dof as usize)];
        }
        let mut solution = Solution::default();
        loop {
            solution.residual = self.update_gradient(tree, kinematics, island, v);
            if !solution.residual.is_finite() {
                let broken = |dof: &&u32| !self.work.gradient[**dof as usize].is_finite();
                let dof = island.dofs.iter().find(broken).map_or(0, |dof| *dof as usize);
                return Err(NotPositiveDefinite { dof });
            }
            solution.converged = solution.residual <= tolerance;
            let done = solution.converged && solution.iterations > 0;
            if done || solution.iterations == MAX_ITERATIONS {
                return Ok(solution);
            }
            solution.iterations += 1;
            self.find_direction(tree, kinematics, island, v)?;
            self.advance(tree, kinematics, (island, solution.iterations), v);
        }
    }

    /// Uses the sliding velocities of the solution for Coulomb's law. Returns true if
    /// any differed by more than a tolerance.
    fn correct_slip(&mut self, island: &Island<'_>) -> bool {
        let mut any = false;
        for &row in island.rows {
            any |= self.rows[row as usize].correct_slip(SLIP_TOLERANCE);
        }
        any
    }

    /// Finds the links and dofs of rows, the islands, and the pattern of the Hessian of
    /// islands whose factorization takes fewer multiplications than a limit.
    pub(crate) fn analyse(&mut self, tree: &Tree, islands: &mut Islands, limit: usize) {
        self.couplings.clear();
        for pair in self.rows.iter().filter_map(|row| row.coupled(tree, &self.columns)) {
            // Points of one pair of bodies are consecutive.
            if self.couplings.last() != Some(&pair) {
                self.couplings.push(pair);
            }
        }
        self.couplings.sort_unstable();
        self.couplings.dedup();
        self.pattern.update(tree, &self.couplings, limit);
        self.factor.resize(&self.pattern);
        let work = &mut self.work;
        work.base.resize(self.pattern.elements(), 0.0);
        work.touched.fill(false);
        work.active.fill(false);
        for row in &self.rows {
            for link in row.links().into_iter().flatten() {
                let mut next = Some(link);
                while let Some(link) = next.filter(|link| !work.touched[*link]) {
                    work.touched[link] = true;
                    next = tree.links()[link].parent();
                }
            }
            for column in &self.columns[row.columns()] {
                work.active[column.dof as usize] = true;
            }
        }
        for (link, touched) in tree.links().iter().zip(&work.touched) {
            if *touched {
                work.active[link.dofs()].fill(true);
            }
        }
        for &dof in self.pattern.order().iter().rev() {
            let dof = dof as usize;
            if let (true, Some(parent)) = (work.active[dof], self.pattern.parent(dof)) {
                work.active[parent] = true;
            }
        }
        islands.update(tree, &self.pattern, (&self.dof_rows, &self.rows, &self.columns));
    }

    /// Velocities of the touched links for a generalized velocity.
    fn touched_velocities(
        &mut self,
        tree: &Tree,
        kinematics: &Kinematics,
        island: &Island<'_>,
        v: &[f64],
    ) {
        let work = &mut self.work;
        for &index in island.links {
            let index = index as usize;
            let link = &tree.links()[index];
            if work.touched[index] {
                let carried = link.parent().map_or(MotionVector::ZERO, |of| work.velocities[of]);
                work.velocities[index] = carried + joint_velocity(link, kinematics.subspace(), v);
            }
        }
    }
}
