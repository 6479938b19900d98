//! Blocks of rows on any dofs, in the form for sweeps.

#![expect(clippy::needless_range_loop, reason = "the index is that of several arrays")]

use crate::cone::{Cone, ConeMatrix, ConeVector, MAX_CONE_DIM};
use crate::factor::SparseFactor;
use crate::kinematics::Kinematics;
use crate::newton::DofRow;
use crate::rows::{Column, Equality, Row, RowPotential};
use crate::tree::Tree;

/// Blocks, and their columns of Y.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    list: Vec<Block>,
    /// Dofs on which blocks act, one list after the other.
    dofs: Vec<u32>,
    /// Y of each block by dof: `dim` numbers per dof.
    whitened: Vec<f64>,
    /// Columns of one block by dof.
    scratch: Vec<ConeVector>,
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

impl Blocks {
    /// Removes all blocks.
    pub(super) fn clear(&mut self, tree: &Tree) {
        self.list.clear();
        self.dofs.clear();
        self.whitened.clear();
        self.scratch.resize(tree.dofs(), [0.0; MAX_CONE_DIM]);
    }

    /// Number of blocks.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The impulse of a block.
    pub(super) fn impulse(&self, block: usize) -> ConeVector {
        self.list[block].impulse
    }

    /// Adds the block of one dof.
    pub(super) fn add_dof(&mut self, tree: &Tree, row: &DofRow, factor: (&SparseFactor, &[f64])) {
        let nothing = [0.0; MAX_CONE_DIM];
        let start = self.dofs.len();
        self.dofs.extend(tree.chain(row.dof as usize));
        self.scratch[row.dof as usize][0] = 1.0;
        let potential = RowPotential::Scalar(row.potential);
        self.add((tree, factor), start, (potential, nothing, nothing));
    }

    /// Adds the block of a contact or coupling; `held` is the omitted fraction of the
    /// recovery.
    pub(super) fn add_row(
        &mut self,
        (tree, kinematics): (&Tree, &Kinematics),
        (row, columns): (&Row, &[Column]),
        factor: (&SparseFactor, &[f64]),
        held: f64,
    ) {
        let start = self.dofs.len();
        row.for_columns(tree, kinematics, columns, |dof, values| {
            self.scratch[dof as usize] = values;
        });
        for last in row.last_dofs(tree, columns).into_iter().flatten() {
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
        let mut potential = row.potential;
        if let RowPotential::Cone(cone) = &mut potential {
            cone.target[0] -= held * row.recovery;
        }
        self.add((tree, factor), start, (potential, row.known, row.warm));
    }

    /// Adds a block whose columns are in `scratch`, and clears them there.
    fn add(
        &mut self,
        (tree, (factor, roots)): (&Tree, (&SparseFactor, &[f64])),
        start: usize,
        (potential, known, impulse): (RowPotential, ConeVector, ConeVector),
    ) {
        let dim = potential.dim();
        let place = self.whitened.len();
        let dofs = &self.dofs[start..];
        // x L = J, from the tips inwards.
        for &dof in dofs.iter().rev() {
            let own = self.scratch[dof as usize];
            let row = &factor.rows()[tree.row(dof as usize)];
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
            let root = roots[dof as usize];
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
        self.list.push(Block {
            potential,
            bound,
            known,
            dofs: (start as u32, self.dofs.len() as u32),
            whitened: place as u32,
            dim,
            impulse,
        });
    }

    /// Adds the impulse of a block to the coordinates.
    pub(super) fn start(&self, block: usize, z: &mut [f64]) {
        let block = &self.list[block];
        push(columns(block, &self.dofs, &self.whitened), &block.impulse, z);
    }

    /// Solves for the impulse of a block while all others are fixed; returns the change
    /// of its velocity.
    pub(super) fn visit(&mut self, block: usize, z: &mut [f64]) -> f64 {
        let block = &mut self.list[block];
        let mut u = block.known;
        for (dof, column) in columns(block, &self.dofs, &self.whitened) {
            let rate = z[dof];
            for (u, y) in u.iter_mut().zip(column) {
                *u += y * rate;
            }
        }
        for j in 0..block.dim {
            u[j] -= block.bound[j] * block.impulse[j];
        }
        let impulse = block.potential.impulse(&u);
        let (mut change, mut largest) = ([0.0; MAX_CONE_DIM], 0.0);
        for j in 0..block.dim {
            change[j] = impulse[j] - block.impulse[j];
            largest = f64::max(largest, (block.bound[j] * change[j]).abs());
        }
        block.impulse = impulse;
        push(columns(block, &self.dofs, &self.whitened), &change, z);
        largest
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
