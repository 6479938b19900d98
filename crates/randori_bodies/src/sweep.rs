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
//! Sweeps alternate in direction and start from the impulses of the last step. They
//! end when no block changes its velocity by more than a tolerance.
//!
//! Source of the sweeps: Erleben, "Velocity-based shock propagation for multibody
//! dynamics animation" (2007).

#![expect(clippy::needless_range_loop, reason = "the index is that of several arrays")]

use crate::cone::{Cone, ConeMatrix, ConeVector, MAX_CONE_DIM};
use crate::factor::{NotPositiveDefinite, SparseFactor};
use crate::islands::Island;
use crate::kinematics::Kinematics;
use crate::newton::{Newton, Solution};
use crate::rows::{Equality, RowPotential};
use crate::tree::Tree;

/// Memory of the sweeps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sweep {
    factor: SparseFactor,
    blocks: Vec<Block>,
    /// Dofs on which blocks act, one list after the other.
    dofs: Vec<u32>,
    /// Y of each block by dof: `dim` numbers per dof.
    whitened: Vec<f64>,
    z: Vec<f64>,
    /// Columns of one block by dof.
    scratch: Vec<ConeVector>,
    nothing: Vec<f64>,
}

/// Rows with one potential.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// With B added to its regularisation.
    potential: RowPotential,
    /// The diagonal of B.
    bound: ConeVector,
    known: ConeVector,
    dofs: (u32, u32),
    whitened: u32,
    dim: usize,
    impulse: ConeVector,
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
        self.z.clear();
        self.z.extend_from_slice(&problem.momentum);
        self.factor.solve_transposed(tree, &mut self.z);
        for (z, inverse) in self.z.iter_mut().zip(self.factor.inverse_diagonal()) {
            *z *= inverse.sqrt();
        }
        Ok(())
    }

    /// Moves `v` of an island to an approximate minimum of the problem that was
    /// [prepared](Self::prepare). Responses of its rows are left with their impulses.
    pub(crate) fn solve(
        &mut self,
        (tree, kinematics): (&Tree, &Kinematics),
        (problem, island): (&mut Newton, &Island<'_>),
        (tolerance, max_sweeps): (f64, usize),
        v: &mut [f64],
    ) -> Solution {
        self.make_blocks((tree, kinematics), problem, island);
        for block in &self.blocks {
            let columns = columns(block, &self.dofs, &self.whitened);
            push(columns, &block.impulse, &mut self.z);
        }
        let mut solution = Solution::default();
        while solution.iterations < max_sweeps && !solution.converged {
            solution.residual = self.sweep(solution.iterations % 2 == 1);
            solution.converged = solution.residual <= tolerance;
            solution.iterations += 1;
        }
        self.read(tree, (problem, island), v);
        solution
    }

    fn make_blocks(
        &mut self,
        (tree, kinematics): (&Tree, &Kinematics),
        problem: &Newton,
        island: &Island<'_>,
    ) {
        self.blocks.clear();
        self.dofs.clear();
        self.whitened.clear();
        self.scratch.clear();
        self.scratch.resize(tree.dofs(), [0.0; MAX_CONE_DIM]);
        let nothing = [0.0; MAX_CONE_DIM];
        for &row in island.dof_rows {
            let row = &problem.dof_rows[row as usize];
            let start = self.dofs.len();
            self.dofs.extend(tree.chain(row.dof as usize));
            self.scratch[row.dof as usize][0] = 1.0;
            self.add_block(tree, start, (RowPotential::Scalar(row.potential), nothing, nothing));
        }
        for &row in island.rows {
            let row = &problem.rows[row as usize];
            let start = self.dofs.len();
            row.for_columns(tree, kinematics, &problem.columns, |dof, values| {
                self.scratch[dof as usize] = values;
            });
            for last in row.last_dofs(tree, &problem.columns).into_iter().flatten() {
                self.dofs.extend(tree.chain(last as usize));
            }
            let list = &mut self.dofs[start..];
            list.sort_unstable();
            let mut kept = 0;
            for place in 0..list.len() {
                if place == 0 || list[place] != list[kept - 1] {
                    list[kept] = list[place];
                    kept += 1;
                }
            }
            self.dofs.truncate(start + kept);
            self.add_block(tree, start, (row.potential, row.known, row.warm));
        }
    }

    /// Adds a block whose columns are in `scratch`, and clears them there.
    fn add_block(
        &mut self,
        tree: &Tree,
        start: usize,
        (potential, known, impulse): (RowPotential, ConeVector, ConeVector),
    ) {
        let dim = potential.dim();
        let place = self.whitened.len();
        let dofs = &self.dofs[start..];
        // x L = J, from the tips inwards.
        for &dof in dofs.iter().rev() {
            let own = self.scratch[dof as usize];
            let row = &self.factor.rows()[tree.row(dof as usize)];
            let chain = tree.chain(dof as usize);
            for (element, carrier) in row.iter().zip(&chain[..chain.len() - 1]) {
                let target = &mut self.scratch[*carrier as usize];
                for j in 0..dim {
                    target[j] -= element * own[j];
                }
            }
        }
        let mut mobility = [[0.0; MAX_CONE_DIM]; MAX_CONE_DIM];
        for &dof in dofs {
            let root = self.factor.inverse_diagonal()[dof as usize].sqrt();
            let column = &mut self.scratch[dof as usize];
            for i in 0..dim {
                column[i] *= root;
                for j in 0..=i {
                    mobility[i][j] += column[i] * column[j];
                    mobility[j][i] = mobility[i][j];
                }
            }
            self.whitened.extend_from_slice(&column[..dim]);
            *column = [0.0; MAX_CONE_DIM];
        }
        let (potential, bound) = softened(&potential, &mobility);
        self.blocks.push(Block {
            potential,
            bound,
            known,
            dofs: (start as u32, self.dofs.len() as u32),
            whitened: place as u32,
            dim,
            impulse,
        });
    }

    /// One sweep over all blocks; returns the largest change of a velocity.
    fn sweep(&mut self, backwards: bool) -> f64 {
        let mut largest = 0.0;
        let count = self.blocks.len();
        for place in 0..count {
            let index = if backwards { count - 1 - place } else { place };
            let block = &mut self.blocks[index];
            let mut u = block.known;
            for (dof, column) in columns(block, &self.dofs, &self.whitened) {
                let rate = self.z[dof];
                for (u, y) in u.iter_mut().zip(column) {
                    *u += y * rate;
                }
            }
            for j in 0..block.dim {
                u[j] -= block.bound[j] * block.impulse[j];
            }
            let impulse = block.potential.impulse(&u);
            let mut change = [0.0; MAX_CONE_DIM];
            for j in 0..block.dim {
                change[j] = impulse[j] - block.impulse[j];
                largest = f64::max(largest, (block.bound[j] * change[j]).abs());
            }
            block.impulse = impulse;
            push(columns(block, &self.dofs, &self.whitened), &change, &mut self.z);
        }
        largest
    }

    /// Velocities and impulses from the coordinates.
    fn read(&mut self, tree: &Tree, (problem, island): (&mut Newton, &Island<'_>), v: &mut [f64]) {
        for &dof in island.dofs {
            let dof = dof as usize;
            v[dof] = self.z[dof] * self.factor.inverse_diagonal()[dof].sqrt();
        }
        self.factor.solve_lower_part(tree, island.dofs, v);
        let blocks = &self.blocks[island.dof_rows.len()..];
        for (row, block) in island.rows.iter().zip(blocks) {
            let row = &mut problem.rows[*row as usize];
            row.response.impulse = block.impulse;
            row.response.acts = block.impulse.iter().any(|component| *component != 0.0);
        }
    }
}

/// A potential with B added to its regularisation, and the diagonal of B.
fn softened(potential: &RowPotential, mobility: &ConeMatrix) -> (RowPotential, ConeVector) {
    let mut bound = [0.0; MAX_CONE_DIM];
    match potential {
        RowPotential::Scalar(potential) => {
            bound[0] = mobility[0][0];
            (RowPotential::Scalar(potential.softened(bound[0])), bound)
        }
        RowPotential::Equality(equality) => {
            let mut slope = [0.0; MAX_CONE_DIM];
            for j in 0..equality.dim {
                bound[j] = mobility[j].iter().map(|element| element.abs()).sum();
                slope[j] = equality.slope[j] / (1.0 + bound[j] * equality.slope[j]);
            }
            (RowPotential::Equality(Equality { slope, ..*equality }), bound)
        }
        RowPotential::Cone(cone) => {
            let scale = |j: usize| if j == 0 { 1.0 } else { cone.mu[j] };
            let sum = |i: usize| -> f64 {
                let row = mobility[i].iter().enumerate();
                scale(i) * row.map(|(j, element)| scale(j) * element.abs()).sum::<f64>()
            };
            let normal = sum(0);
            let friction = (1..cone.kind.dim()).map(sum).fold(0.0, f64::max);
            bound[0] = normal;
            for j in 1..cone.kind.dim() {
                bound[j] = friction / (cone.mu[j] * cone.mu[j]);
            }
            let softer = Cone {
                normal_regularization: cone.normal_regularization + normal,
                friction_regularization: cone.friction_regularization + friction,
                ..*cone
            };
            (RowPotential::Cone(softer), bound)
        }
    }
}

/// The dofs of a block with their columns of Y.
fn columns<'a>(
    block: &Block,
    dofs: &'a [u32],
    whitened: &'a [f64],
) -> impl Iterator<Item = (usize, &'a [f64])> {
    let (start, end) = block.dofs;
    let list = &dofs[start as usize..end as usize];
    let numbers = &whitened[block.whitened as usize..][..list.len() * block.dim];
    list.iter().map(|dof| *dof as usize).zip(numbers.chunks_exact(block.dim))
}

/// `z += Y' change`.
fn push<'a>(columns: impl Iterator<Item = (usize, &'a [f64])>, change: &ConeVector, z: &mut [f64]) {
    for (dof, column) in columns {
        let products = column.iter().zip(change);
        z[dof] += products.map(|(y, change)| y * change).sum::<f64>();
    }
}
