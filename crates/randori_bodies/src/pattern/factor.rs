//! Numerical factors in a pattern.

use super::Pattern;
use crate::factor::{NotPositiveDefinite, eliminate_base};

/// The factors of a matrix `H = L' D L` in a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct PatternFactor {
    /// Rows not eliminated yet hold the matrix that remains, others L with D on
    /// the diagonal.
    pub(crate) rows: Vec<f64>,
    pub(crate) inverse_diagonal: Vec<f64>,
}

/// Rows of a floating base.
const BLOCK: usize = 6;

impl PatternFactor {
    pub(crate) fn resize(&mut self, pattern: &Pattern) {
        self.rows.resize(pattern.elements(), 0.0);
        self.inverse_diagonal.resize(pattern.rows.len(), 0.0);
    }

    /// Eliminates one dof, after all dofs below it.
    ///
    /// # Errors
    ///
    /// If the matrix is not positive definite.
    #[inline]
    pub(crate) fn eliminate(
        &mut self,
        pattern: &Pattern,
        dof: usize,
    ) -> Result<(), NotPositiveDefinite> {
        let place = pattern.row(dof);
        let path = &pattern.paths[place.clone()];
        let (before, row) = self.rows.split_at_mut(place.start);
        let row = &mut row[..place.len()];
        let last = row.len() - 1;
        let pivot = row[last];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return Err(NotPositiveDefinite { dof });
        }
        let inverse = 1.0 / pivot;
        self.inverse_diagonal[dof] = inverse;
        let base = pattern.base(dof);
        let leading = if base.is_some() { 6 } else { 0 };
        for p in (leading..last).rev() {
            let factor = row[p] * inverse;
            let upper = &pattern.rows[path[p] as usize];
            let end = (upper.start + upper.len) as usize;
            let target = &mut before[end - (p + 1)..end];
            for (element, own) in target.iter_mut().zip(&row[..=p]) {
                *element -= factor * own;
            }
            row[p] = factor;
        }
        if let (Some(base), Some(row)) = (base, row.first_chunk_mut::<6>())
            && let Some(block) = before[base..].first_chunk_mut::<21>()
        {
            eliminate_base(block, row, inverse);
        }
        Ok(())
    }

    /// Eliminates the dofs of an island that `wanted` names, from the tips inwards;
    /// `order` are its dofs in the order of the pattern.
    ///
    /// # Errors
    ///
    /// If the matrix is not positive definite.
    pub(crate) fn eliminate_all(
        &mut self,
        pattern: &Pattern,
        order: &[u32],
        wanted: impl Fn(usize) -> bool,
    ) -> Result<(), NotPositiveDefinite> {
        let mut place = order.len();
        while place > 0 {
            place -= 1;
            let dof = order[place] as usize;
            if !wanted(dof) {
                continue;
            }
            if pattern.ends_block(dof) && (dof + 1 - BLOCK..dof).all(&wanted) {
                place -= BLOCK - 1;
                self.eliminate_block(pattern, dof)?;
            } else {
                self.eliminate(pattern, dof)?;
            }
        }
        Ok(())
    }

    /// Eliminates the six dofs of a free body, of which `last` is the last.
    fn eliminate_block(
        &mut self,
        pattern: &Pattern,
        last: usize,
    ) -> Result<(), NotPositiveDefinite> {
        let first = last + 1 - BLOCK;
        let place = pattern.row(first);
        // Columns of dofs outside of the block; they lead every row.
        let outside = place.len() - 1;
        let path = &pattern.paths[place.start..place.start + outside];
        let (before, rest) = self.rows.split_at_mut(place.start);
        let mut rows = split_block(rest, outside);
        let mut inverses = [0.0; BLOCK];
        for k in (0..BLOCK).rev() {
            let (upper, own) = rows.split_at_mut(k);
            let row = &mut *own[0];
            let pivot = row[outside + k];
            if !(pivot > 0.0 && pivot.is_finite()) {
                return Err(NotPositiveDefinite { dof: first + k });
            }
            inverses[k] = 1.0 / pivot;
            self.inverse_diagonal[first + k] = inverses[k];
            for (p, target) in upper.iter_mut().enumerate().rev() {
                let factor = row[outside + p] * inverses[k];
                for (element, own) in target.iter_mut().zip(&row[..=outside + p]) {
                    *element -= factor * own;
                }
                row[outside + p] = factor;
            }
        }
        for p in (0..outside).rev() {
            let upper = &pattern.rows[path[p] as usize];
            let end = (upper.start + upper.len) as usize;
            let factors: [f64; BLOCK] = std::array::from_fn(|k| rows[k][p] * inverses[k]);
            subtract(&mut before[end - (p + 1)..end], &rows, &factors);
            for (row, factor) in rows.iter_mut().zip(factors) {
                row[p] = factor;
            }
        }
        Ok(())
    }

    /// `x <- H^-1 x` over an island, whose dofs are given in the order of the pattern.
    pub(crate) fn solve(&self, pattern: &Pattern, order: &[u32], x: &mut [f64]) {
        for &dof in order.iter().rev() {
            let dof = dof as usize;
            let value = x[dof];
            for (element, column) in self.row(pattern, dof) {
                x[column] -= element * value;
            }
        }
        for &dof in order {
            x[dof as usize] *= self.inverse_diagonal[dof as usize];
        }
        for &dof in order {
            let dof = dof as usize;
            let mut value = x[dof];
            for (element, column) in self.row(pattern, dof) {
                value -= element * x[column];
            }
            x[dof] = value;
        }
    }

    /// Row of L left of the diagonal: elements with their columns.
    #[inline]
    fn row<'a>(
        &'a self,
        pattern: &'a Pattern,
        dof: usize,
    ) -> impl Iterator<Item = (f64, usize)> + 'a {
        let place = pattern.row(dof);
        let place = place.start..place.end - 1;
        let columns = &pattern.paths[place.clone()];
        self.rows[place].iter().zip(columns).map(|(element, column)| (*element, *column as usize))
    }
}

/// The rows of a free body, one after the other, the first of `outside + 1` elements.
fn split_block(mut rest: &mut [f64], outside: usize) -> [&mut [f64]; BLOCK] {
    std::array::from_fn(|k| {
        let (row, after) = std::mem::take(&mut rest).split_at_mut(outside + 1 + k);
        rest = after;
        row
    })
}

/// `target -= sum of factor_k row_k` over the leading elements of the rows.
#[inline]
fn subtract(target: &mut [f64], rows: &[&mut [f64]; BLOCK], factors: &[f64; BLOCK]) {
    let len = target.len();
    let [a, b, c, d, e, f] = rows.each_ref().map(|row| &row[..len]);
    for index in 0..len {
        let first = factors[0] * a[index] + factors[1] * b[index];
        let second = factors[2] * c[index] + factors[3] * d[index];
        let third = factors[4] * e[index] + factors[5] * f[index];
        target[index] -= first + second + third;
    }
}
