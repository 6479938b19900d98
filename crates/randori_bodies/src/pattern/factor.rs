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

    /// `x <- H^-1 x`.
    pub(crate) fn solve(&self, pattern: &Pattern, x: &mut [f64]) {
        for &dof in pattern.order.iter().rev() {
            let dof = dof as usize;
            let place = pattern.row(dof);
            let value = x[dof];
            let last = place.end - 1;
            for (element, column) in
                self.rows[place.start..last].iter().zip(&pattern.paths[place.start..last])
            {
                x[*column as usize] -= element * value;
            }
        }
        for (value, inverse) in x.iter_mut().zip(&self.inverse_diagonal) {
            *value *= inverse;
        }
        for &dof in &pattern.order {
            let dof = dof as usize;
            let place = pattern.row(dof);
            let last = place.end - 1;
            let mut value = x[dof];
            for (element, column) in
                self.rows[place.start..last].iter().zip(&pattern.paths[place.start..last])
            {
                value -= element * x[*column as usize];
            }
            x[dof] = value;
        }
    }
}
