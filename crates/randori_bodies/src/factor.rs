//! Factors a branch-sparse matrix without fill.
//!
//! `H = L' D L` with L unit lower triangular (Featherstone 2008, section 6.5).
//! Dofs are eliminated from the tips inwards. Eliminating dof i changes only
//! elements whose row and column are both in the chain of i, which exist
//! already: there is no fill. With p the position of j in the chain of i, the chain
//! of j is the first part of the chain of i up to p, so a row is updated by
//!
//! ```text
//! row_j[0..=p] -= (row_i[p] / d_i) row_i[0..=p]
//! ```
//!
//! If only part of the matrix changes, dofs below which nothing changes are
//! eliminated once and the rest again: [`SparseFactor::eliminate`].

use crate::tree::Tree;

/// The factors L and D of a branch-sparse matrix.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SparseFactor {
    /// Rows of L, with D in place of the unit diagonal.
    rows: Vec<f64>,
    inverse_diagonal: Vec<f64>,
}

/// The matrix is not positive definite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the matrix is not positive definite at degree of freedom {dof}")]
pub struct NotPositiveDefinite {
    /// The dof with a pivot that is zero, negative or not a number.
    pub dof: usize,
}

impl SparseFactor {
    /// Memory for a tree.
    pub fn new(tree: &Tree) -> Self {
        let mut factor = Self::default();
        factor.resize(tree);
        factor
    }

    /// Resizes for another tree.
    pub fn resize(&mut self, tree: &Tree) {
        self.rows.resize(tree.row_elements(), 0.0);
        self.inverse_diagonal.resize(tree.dofs(), 0.0);
    }

    /// Factors a matrix given by its rows and, on top of them, a diagonal.
    ///
    /// # Errors
    ///
    /// If the matrix is not positive definite.
    pub fn factorize(
        &mut self,
        tree: &Tree,
        rows: &[f64],
        diagonal: &[f64],
    ) -> Result<(), NotPositiveDefinite> {
        self.load(tree, rows, diagonal);
        self.eliminate(tree, |_| true)
    }

    /// Takes a matrix, given by its rows and a diagonal on top of them, without
    /// factoring it.
    pub fn load(&mut self, tree: &Tree, rows: &[f64], diagonal: &[f64]) {
        self.rows.copy_from_slice(rows);
        for (dof, value) in diagonal.iter().enumerate() {
            self.rows[tree.diagonal(dof)] += value;
        }
    }

    /// Copies the state of another factor.
    pub fn copy_from(&mut self, other: &Self) {
        self.rows.copy_from_slice(&other.rows);
        self.inverse_diagonal.copy_from_slice(&other.inverse_diagonal);
    }

    /// The rows: for dofs that are not eliminated yet those of the remaining matrix,
    /// to which more can be added.
    pub fn rows_mut(&mut self) -> &mut [f64] {
        &mut self.rows
    }

    /// Eliminates the dofs that `wanted` names, from the tips inwards. Every dof
    /// must be eliminated once, after all dofs that it carries.
    ///
    /// # Errors
    ///
    /// If the matrix is not positive definite.
    pub fn eliminate(
        &mut self,
        tree: &Tree,
        wanted: impl Fn(usize) -> bool,
    ) -> Result<(), NotPositiveDefinite> {
        for dof in (0..tree.dofs()).rev() {
            if wanted(dof) {
                self.eliminate_one(tree, dof)?;
            }
        }
        Ok(())
    }

    fn eliminate_one(&mut self, tree: &Tree, dof: usize) -> Result<(), NotPositiveDefinite> {
        let place = tree.row(dof);
        let (before, row) = self.rows.split_at_mut(place.start);
        let row = &mut row[..place.len()];
        let last = row.len() - 1;
        let pivot = row[last];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return Err(NotPositiveDefinite { dof });
        }
        let inverse = 1.0 / pivot;
        self.inverse_diagonal[dof] = inverse;
        let base = tree.floating_base(dof);
        let leading = if base.is_some() { 6 } else { 0 };
        for p in (leading..last).rev() {
            let factor = row[p] * inverse;
            let target = &mut before[tree.row(tree.chain(dof)[p] as usize)];
            for (element, own) in target.iter_mut().zip(&row[..=p]) {
                *element -= factor * own;
            }
            row[p] = factor;
        }
        if let (Some(base), Some(row)) = (base, row.first_chunk_mut::<6>())
            && let Some(block) = before[tree.row(base).start..].first_chunk_mut::<21>()
        {
            eliminate_base(block, row, inverse);
        }
        Ok(())
    }

    /// `x <- H^-1 x`.
    pub fn solve(&self, tree: &Tree, x: &mut [f64]) {
        self.solve_transposed(tree, x);
        for (value, inverse) in x.iter_mut().zip(&self.inverse_diagonal) {
            *value *= inverse;
        }
        self.solve_lower(tree, x);
    }

    /// `x <- L'^-1 x`: from the tips inwards.
    pub fn solve_transposed(&self, tree: &Tree, x: &mut [f64]) {
        for dof in (0..tree.dofs()).rev() {
            let value = x[dof];
            for (element, carrier) in self.row(tree, dof) {
                x[carrier] -= element * value;
            }
        }
    }

    /// `x <- L^-1 x`: from the bases outwards.
    pub fn solve_lower(&self, tree: &Tree, x: &mut [f64]) {
        for dof in 0..tree.dofs() {
            let mut value = x[dof];
            for (element, carrier) in self.row(tree, dof) {
                value -= element * x[carrier];
            }
            x[dof] = value;
        }
    }

    /// The same over some dofs, in ascending order, which form whole branches.
    pub(crate) fn solve_lower_part(&self, tree: &Tree, dofs: &[u32], x: &mut [f64]) {
        for &dof in dofs {
            let dof = dof as usize;
            let mut value = x[dof];
            for (element, carrier) in self.row(tree, dof) {
                value -= element * x[carrier];
            }
            x[dof] = value;
        }
    }

    /// `x <- L x`: from the tips inwards.
    pub fn multiply_lower(&self, tree: &Tree, x: &mut [f64]) {
        for dof in (0..tree.dofs()).rev() {
            let mut value = x[dof];
            for (element, carrier) in self.row(tree, dof) {
                value += element * x[carrier];
            }
            x[dof] = value;
        }
    }

    /// Row of L left of the diagonal: elements with their columns.
    fn row<'a>(&'a self, tree: &'a Tree, dof: usize) -> impl Iterator<Item = (f64, usize)> + 'a {
        let place = tree.row(dof);
        let carriers = &tree.chain(dof)[..place.len() - 1];
        let elements = &self.rows[place.start..];
        elements.iter().zip(carriers).map(|(element, carrier)| (*element, *carrier as usize))
    }

    /// Reciprocal of D, one entry per dof.
    pub fn inverse_diagonal(&self) -> &[f64] {
        &self.inverse_diagonal
    }

    /// Rows of L in branch-sparse form, with D in place of the unit diagonal.
    pub fn rows(&self) -> &[f64] {
        &self.rows
    }
}

/// The update of the rows of a floating base, whose lower triangle is stored row
/// by row: the same operations as for other rows, of a size known beforehand.
pub(crate) fn eliminate_base(block: &mut [f64; 21], row: &mut [f64; 6], inverse: f64) {
    let mut first = 15;
    for p in (0..6).rev() {
        let factor = row[p] * inverse;
        for k in 0..=p {
            block[first + k] -= factor * row[k];
        }
        row[p] = factor;
        first -= p;
    }
}
