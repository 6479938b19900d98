//! Projected Gauss-Seidel sweeps: an approximate solution for large piles.
//!
//! Newton's method factors a matrix that fills in if contacts form loops; for many
//! bodies its cost grows too fast. Sweeps visit one block of rows after the other and
//! solve for its impulse while all others are fixed. The cost of a sweep is
//! proportional to the number of contacts; the fixed point is the minimum of Newton's
//! method.
//!
//! Blocks act on each other through the inverse of the mass matrix. In *whitened*
//! coordinates that is a plain sum: with `M = L' D L`,
//!
//! ```text
//! z = D^1/2 L v,   z_0 = D^-1/2 L'^-1 p,   Y = J L^-1 D^-1/2
//! z = z_0 + sum Y' lambda,   u = Y z + known
//! ```
//!
//! Row i of L has elements only in the chain of i, so a row of Y has them only in
//! the chains of its links. A block whose impulse changes by d changes its own
//! velocity by `W d` with `W = Y Y'`. A visit replaces W by a larger matrix B of the
//! same form as the regularisation of the block (diagonal, `b / mu_j^2` in friction
//! directions): with it the law has a closed form,
//!
//! ```text
//! lambda+ = response with R + B instead of R, at the velocity u - B lambda
//! ```
//!
//! Since `B >= W`, every visit decreases the objective of Newton's method, and the only
//! fixed point is its minimum (a majorant; Hunter and Lange, "A tutorial
//! on MM algorithms", 2004). b is the largest sum of a row of `|mu_i W_ij mu_j|`
//! (Gershgorin); for a block of one row, B is W.
//!
//! Contacts of free bodies, most of a pile, have a special form (`touch.rs`). B is
//! divided by an over-relaxation below 2, with which visits still decrease the
//! objective but sweeps converge faster (as in SOR).
//!
//! Sweeps go from the ground up (`levels.rs`), then down, and start from the impulses
//! of the last step. They end if no block changes its velocity by more than a
//! tolerance, or after a maximum number.
//!
//! **Few sweeps and a fast recovery are unstable.** Truncated sweeps pass impulses to
//! the next step that lag behind: `tau d lambda/dt = lambda* - lambda`, where
//! lambda* cancels the velocity v and demands the recovery `k x` of the overlap x. The
//! characteristic polynomial of a slow mode, `tau h s^3 + h s^2 + s + k`, has all
//! roots to the left only if `tau k < 1`: the recovery has to be slower than the
//! sweeps converge, over steps. Sweeps therefore use a fraction of the recovery
//! velocity (`StepOptions::sweep_recovery`), by default one that corresponds to
//! contacts of 30 Hz.
//!
//! Source of the sweeps: Erleben, "Velocity-based shock propagation for multibody
//! dynamics animation" (2007).

mod block;
mod levels;
mod touch;

use crate::factor::{NotPositiveDefinite, SparseFactor};
use crate::islands::Island;
use crate::kinematics::Kinematics;
use crate::newton::{Newton, Solution};
use crate::tree::Tree;
use block::Blocks;
use levels::Levels;
use touch::Touch;

/// Memory of the sweeps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sweep {
    factor: SparseFactor,
    /// `D^-1/2` by dof.
    roots: Vec<f64>,
    /// Contacts of free bodies with each other and the world.
    touches: Vec<Touch>,
    /// All other blocks.
    blocks: Blocks,
    visits: Vec<Visit>,
    /// Whitened coordinates; six additional ones, always 0, are those of the world.
    z: Vec<f64>,
    nothing: Vec<f64>,
    levels: Levels,
}

/// Settings of sweeps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SweepLimits {
    /// Tolerance of the change of a velocity, m/s or rad/s.
    pub(crate) tolerance: f64,
    /// Maximum number of sweeps; doubled if velocities still change much.
    pub(crate) sweeps: usize,
    /// Fraction of the velocity that pushes overlapping bodies apart.
    pub(crate) recovery: f64,
}

/// Change of a velocity in a sweep, m/s or rad/s, above which more sweeps are made.
const POOR: f64 = 0.5;

/// An element of the order of visits.
#[derive(Debug, Clone, Copy)]
enum Visit {
    Touch(u32),
    Block(u32),
}

impl Sweep {
    /// Takes the masses and momenta of a problem.
    ///
    /// # Errors
    ///
    /// If the mass matrix is not positive definite.
    pub(crate) fn prepare(
        &mut self,
        tree: &Tree,
        problem: &Newton,
    ) -> Result<(), NotPositiveDefinite> {
        self.factor.resize(tree);
        self.nothing.resize(tree.dofs(), 0.0);
        self.factor.factorize(tree, &problem.mass, &self.nothing)?;
        self.roots.clear();
        self.roots.extend(self.factor.inverse_diagonal().iter().map(|inverse| inverse.sqrt()));
        self.z.clear();
        self.z.extend_from_slice(&problem.momentum);
        self.factor.solve_transposed(tree, &mut self.z);
        for (z, root) in self.z.iter_mut().zip(&self.roots) {
            *z *= root;
        }
        self.z.resize(tree.dofs() + 6, 0.0);
        Ok(())
    }

    /// Moves `v` of an island to an approximate minimum of the
    /// [prepared](Self::prepare) problem. On return its rows have their responses.
    ///
    /// # Errors
    ///
    /// If a number is not finite.
    pub(crate) fn solve(
        &mut self,
        placed: (&Tree, &Kinematics),
        (problem, island): (&mut Newton, &Island<'_>),
        limits: &SweepLimits,
        v: &mut [f64],
    ) -> Result<Solution, NotPositiveDefinite> {
        self.collect(placed, problem, island, 1.0 - limits.recovery);
        for visit in &self.visits {
            match *visit {
                Visit::Touch(touch) => self.touches[touch as usize].start(&mut self.z),
                Visit::Block(block) => self.blocks.start(block as usize, &mut self.z),
            }
        }
        let mut solution = Solution::default();
        let most = |residual: f64| limits.sweeps * if residual > POOR { 2 } else { 1 };
        while solution.iterations < most(solution.residual) && !solution.converged {
            solution.residual = self.sweep(solution.iterations % 2 == 1);
            solution.converged = solution.residual <= limits.tolerance;
            solution.iterations += 1;
        }
        self.read(placed.0, (problem, island), v)?;
        Ok(solution)
    }

    /// Builds the blocks of an island, in the order of visits.
    fn collect(
        &mut self,
        (tree, kinematics): (&Tree, &Kinematics),
        problem: &Newton,
        island: &Island<'_>,
        held: f64,
    ) {
        self.touches.clear();
        self.blocks.clear(tree);
        self.visits.clear();
        let factor = (&self.factor, &self.roots[..]);
        for &row in island.dof_rows {
            self.visits.push(Visit::Block(self.blocks.len() as u32));
            self.blocks.add_dof(tree, &problem.dof_rows[row as usize], factor);
        }
        for &row in self.levels.order(tree, problem, island) {
            let row = &problem.rows[row as usize];
            if let Some(touch) = Touch::of(tree, row, factor, (tree.dofs() as u32, held)) {
                self.visits.push(Visit::Touch(self.touches.len() as u32));
                self.touches.push(touch);
            } else {
                self.visits.push(Visit::Block(self.blocks.len() as u32));
                self.blocks.add_row((tree, kinematics), (row, &problem.columns), factor, held);
            }
        }
    }

    /// One sweep over all blocks; returns the largest change of a velocity.
    fn sweep(&mut self, backwards: bool) -> f64 {
        let Self { touches, blocks, visits, z, .. } = self;
        let mut largest = 0.0;
        for place in 0..visits.len() {
            let place = if backwards { visits.len() - 1 - place } else { place };
            let change = match visits[place] {
                Visit::Touch(touch) => touches[touch as usize].visit(z),
                Visit::Block(block) => blocks.visit(block as usize, z),
            };
            largest = f64::max(largest, change);
        }
        largest
    }

    /// Velocities and impulses from the coordinates.
    fn read(
        &self,
        tree: &Tree,
        (problem, island): (&mut Newton, &Island<'_>),
        v: &mut [f64],
    ) -> Result<(), NotPositiveDefinite> {
        for &dof in island.dofs {
            let dof = dof as usize;
            v[dof] = self.z[dof] * self.roots[dof];
            if !v[dof].is_finite() {
                return Err(NotPositiveDefinite { dof });
            }
        }
        self.factor.solve_lower_part(tree, island.dofs, v);
        let visits = &self.visits[island.dof_rows.len()..];
        for (row, visit) in self.levels.rows().iter().zip(visits) {
            let response = &mut problem.rows[*row as usize].response;
            response.impulse = match *visit {
                Visit::Touch(touch) => self.touches[touch as usize].impulse(),
                Visit::Block(block) => self.blocks.impulse(block as usize),
            };
            response.acts = response.impulse.iter().any(|component| *component != 0.0);
        }
        Ok(())
    }
}
