//! Projected Gauss-Seidel sweeps: an approximate solution for large piles.
//!
//! Newton's method factors a matrix that fills in as bodies touch each other in
//! loops; for many bodies that grows too fast. Sweeps visit one block of rows after
//! the other and give it the impulse that its own law calls for while all others
//! stay as they are. The cost of a sweep is proportional to the number of contacts;
//! the fixed point is the minimum that Newton's method finds.
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
//! Since `B >= W`, every visit lowers the function that Newton's method minimises,
//! and only at its minimum nothing changes (a majorant; Hunter and Lange, "A tutorial
//! on MM algorithms", 2004). b is the largest sum of a row of `|mu_i W_ij mu_j|`
//! (Gershgorin); a block of one row needs no more than W itself.
//!
//! Contacts of free bodies, most of a pile, have a form of their own (`touch.rs`). B is
//! divided by an over-relaxation below 2, with which visits still lower the function
//! but sweeps converge faster (as SOR).
//!
//! Sweeps go from the ground up (`levels.rs`), then down, and start from the impulses
//! of the last step. They end when no block changes its velocity by more than a
//! tolerance, or after a number that bounds the cost.
//!
//! **Few sweeps and a quick recovery are unstable.** Cut short, sweeps carry impulses
//! over to the next step that lag behind: `tau d lambda/dt = lambda* - lambda`, where
//! lambda* cancels the velocity v and asks for recovery `k x` of the overlap x. The
//! characteristic polynomial of a slow mode, `tau h s^3 + h s^2 + s + k`, has all
//! roots to the left only if `tau k < 1`: the recovery has to be slower than the
//! sweeps converge, over steps. Of the velocity of recovery
//! sweeps therefore keep a share (`StepOptions::sweep_recovery`), by default one that
//! resembles contacts of 30 Hz.
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
    /// Everything else.
    blocks: Blocks,
    visits: Vec<Visit>,
    /// Whitened coordinates; six more that stay 0 are those of the world.
    z: Vec<f64>,
    nothing: Vec<f64>,
    levels: Levels,
}

/// When sweeps end, and what they leave out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SweepLimits {
    /// Largest change of a velocity, m/s or rad/s, at which they end.
    pub(crate) tolerance: f64,
    /// Number of sweeps; twice as many if velocities still change much.
    pub(crate) sweeps: usize,
    /// Share of the velocity that is kept by which bodies that overlap are pushed apart.
    pub(crate) recovery: f64,
}

/// Change of a velocity in a sweep, m/s or rad/s, that calls for further sweeps.
const POOR: f64 = 0.5;

/// What a sweep visits, in this order.
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

    /// Moves `v` of an island to an approximate minimum of the problem that was
    /// [prepared](Self::prepare). Responses of its rows are left with their impulses.
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

    /// Makes the blocks of an island, in the order of visits.
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
