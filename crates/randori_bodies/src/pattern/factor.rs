//! Numerical factors in a pattern.

use super::Pattern;
use crate::factor::{NotPositiveDefinite, eliminate_base};

/// The factors of a matrix `H = L' D L` in a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct PatternFactor {
    /// Rows that are not eliminated yet hold the remaining matrix, the others L with D
    /// on the diagonal.
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
        // Columns of dofs outside of the block, at the start of every row.
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
        let mut left = outside;
        while left > 0 {
            let p = left - 1;
            let lower = pattern.row(path[p] as usize);
            let first: [f64; BLOCK] = std::array::from_fn(|k| rows[k][p] * inverses[k]);
            if p == 0 {
                subtract(&mut before[lower.end - 1..lower.end], &rows, &first);
                set_column(&mut rows, p, &first);
                break;
            }
            // Two targets at a time: the rows are loaded once for both.
            let upper = pattern.row(path[p - 1] as usize);
            let second: [f64; BLOCK] = std::array::from_fn(|k| rows[k][p - 1] * inverses[k]);
            let (above, below) = before.split_at_mut(lower.start);
            let targets = (
                &mut below[lower.len() - (p + 1)..lower.len()],
                &mut above[upper.end - p..upper.end],
            );
            subtract_both(targets, &rows, (&first, &second));
            set_column(&mut rows, p, &first);
            set_column(&mut rows, p - 1, &second);
            left -= 2;
        }
        Ok(())
    }

    /// `x <- H^-1 x` over an island, whose dofs are given in the order of the pattern.
    pub(crate) fn solve(&self, pattern: &Pattern, order: &[u32], x: &mut [f64]) {
        let mut place = order.len();
        while place > 0 {
            place -= 1;
            let dof = order[place] as usize;
            if pattern.ends_block(dof) {
                place -= BLOCK - 1;
                self.solve_block_transposed(pattern, dof + 1 - BLOCK, x);
                continue;
            }
            let value = x[dof];
            for (element, column) in self.row(pattern, dof) {
                x[column] -= element * value;
            }
        }
        for &dof in order {
            x[dof as usize] *= self.inverse_diagonal[dof as usize];
        }
        let mut place = 0;
        while place < order.len() {
            let dof = order[place] as usize;
            // A block begins five dofs before its last one.
            let last = order.get(place + BLOCK - 1).map(|last| *last as usize);
            if last.is_some_and(|last| last == dof + BLOCK - 1 && pattern.ends_block(last)) {
                self.solve_block(pattern, dof, x);
                place += BLOCK;
                continue;
            }
            let mut value = x[dof];
            for (element, column) in self.row(pattern, dof) {
                value -= element * x[column];
            }
            x[dof] = value;
            place += 1;
        }
    }

    /// The part of the six dofs of a free body in `x <- L'^-1 x`.
    fn solve_block_transposed(&self, pattern: &Pattern, first: usize, x: &mut [f64]) {
        let (rows, path) = self.block(pattern, first);
        let outside = path.len();
        let mut own: [f64; BLOCK] = std::array::from_fn(|k| x[first + k]);
        for k in (0..BLOCK).rev() {
            for p in 0..k {
                own[p] -= rows[k][outside + p] * own[k];
            }
        }
        x[first..first + BLOCK].copy_from_slice(&own);
        let [a, b, c, d, e, f] = rows.map(|row| &row[..outside]);
        for (p, column) in path.iter().enumerate() {
            let upper = a[p] * own[0] + b[p] * own[1] + c[p] * own[2];
            let lower = d[p] * own[3] + e[p] * own[4] + f[p] * own[5];
            x[*column as usize] -= upper + lower;
        }
    }

    /// The part of the six dofs of a free body in `x <- L^-1 x`.
    fn solve_block(&self, pattern: &Pattern, first: usize, x: &mut [f64]) {
        let (rows, path) = self.block(pattern, first);
        let outside = path.len();
        let mut own: [f64; BLOCK] = std::array::from_fn(|k| x[first + k]);
        let [a, b, c, d, e, f] = rows.map(|row| &row[..outside]);
        for (p, column) in path.iter().enumerate() {
            let value = x[*column as usize];
            for (own, row) in own.iter_mut().zip([a, b, c, d, e, f]) {
                *own -= row[p] * value;
            }
        }
        for k in 1..BLOCK {
            for p in 0..k {
                own[k] -= rows[k][outside + p] * own[p];
            }
        }
        x[first..first + BLOCK].copy_from_slice(&own);
    }

    /// The rows of the six dofs of a free body, and their columns outside of it.
    fn block<'a>(&'a self, pattern: &'a Pattern, first: usize) -> ([&'a [f64]; BLOCK], &'a [u32]) {
        let place = pattern.row(first);
        let path = &pattern.paths[place.start..place.end - 1];
        (std::array::from_fn(|k| &self.rows[pattern.row(first + k)]), path)
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

/// Sets an element of each row.
#[inline]
fn set_column(rows: &mut [&mut [f64]; BLOCK], column: usize, values: &[f64; BLOCK]) {
    for (row, value) in rows.iter_mut().zip(values) {
        row[column] = *value;
    }
}

/// The leading elements of the rows.
#[inline]
fn leading<'a>(rows: &'a [&mut [f64]; BLOCK], len: usize) -> [&'a [f64]; BLOCK] {
    let [a, b, c, d, e, f] = rows;
    [&a[..len], &b[..len], &c[..len], &d[..len], &e[..len], &f[..len]]
}

/// `target -= sum of factor_k row_k` over the leading elements of the rows.
#[inline]
fn subtract(target: &mut [f64], rows: &[&mut [f64]; BLOCK], factors: &[f64; BLOCK]) {
    let [a, b, c, d, e, f] = leading(rows, target.len());
    let [fa, fb, fc, fd, fe, ff] = *factors;
    for (index, element) in target.iter_mut().enumerate() {
        let upper = fa * a[index] + fb * b[index] + fc * c[index];
        let lower = fd * d[index] + fe * e[index] + ff * f[index];
        *element -= upper + lower;
    }
}

/// The same for two targets, the first of which is longer by one.
#[inline]
fn subtract_both(
    (first, second): (&mut [f64], &mut [f64]),
    rows: &[&mut [f64]; BLOCK],
    (one, other): (&[f64; BLOCK], &[f64; BLOCK]),
) {
    let len = second.len();
    let [a, b, c, d, e, f] = leading(rows, len);
    let [ga, gb, gc, gd, ge, gf] = *one;
    let [ha, hb, hc, hd, he, hf] = *other;
    let (common, last) = first.split_at_mut(len);
    for (index, (first, second)) in common.iter_mut().zip(second).enumerate() {
        let row = [a[index], b[index], c[index], d[index], e[index], f[index]];
        let upper = ga * row[0] + gb * row[1] + gc * row[2];
        let lower = gd * row[3] + ge * row[4] + gf * row[5];
        *first -= upper + lower;
        let upper = ha * row[0] + hb * row[1] + hc * row[2];
        let lower = hd * row[3] + he * row[4] + hf * row[5];
        *second -= upper + lower;
    }
    for element in last {
        let products = rows.iter().zip(one).map(|(row, factor)| row[len] * factor);
        *element -= products.sum::<f64>();
    }
}
