//! Factors a symmetric matrix of any pattern.
//!
//! Contacts between bodies that move, and loops, couple dofs of different chains,
//! which a branch-sparse matrix cannot hold. [`EnvelopeFactor`] keeps the dofs in
//! reverse order, tips before bases, and computes `H = L D L'` row by row
//! (Golub and Van Loan, "Matrix Computations", 2013, section 4.1):
//!
//! ```text
//! L_ij = (H_ij - sum over k < j of L_ik D_k L_jk) / D_j
//! D_i  =  H_ii - sum over k < i of L_ik^2 D_k
//! ```
//!
//! A row of L starts where the row of H does, so zeros before it (the envelope,
//! George and Liu, "Computer Solution of Large Sparse Positive Definite Systems",
//! 1981, chapter 4) are never touched. In reverse order the row of a dof holds
//! what it carries, so for a tree numbered branch by branch the envelope is
//! hardly larger than the branch-sparse pattern, and a cross block widens only
//! the rows between the two dofs.

use crate::factor::NotPositiveDefinite;
use crate::tree::Tree;

/// A symmetric matrix and its factors; indices are those of the dofs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EnvelopeFactor {
    size: usize,
    /// Lower triangle by rows, in reverse order of the dofs; after factoring L.
    elements: Vec<f64>,
    /// First column of each row that may be other than zero.
    first: Vec<usize>,
    inverse_diagonal: Vec<f64>,
    /// A row of L times D.
    scaled: Vec<f64>,
}

impl EnvelopeFactor {
    /// A zero matrix; memory is kept from call to call.
    pub fn reset(&mut self, size: usize) {
        self.size = size;
        self.elements.clear();
        self.elements.resize(size * size, 0.0);
        self.first.clear();
        self.first.extend(0..size);
        self.inverse_diagonal.resize(size, 0.0);
        self.scaled.resize(size, 0.0);
    }

    /// A branch-sparse matrix and, on top of it, a diagonal.
    pub fn load(&mut self, tree: &Tree, rows: &[f64], diagonal: &[f64]) {
        self.reset(tree.dofs());
        for (dof, value) in diagonal.iter().enumerate() {
            self.add(dof, dof, *value);
            for (element, carrier) in rows[tree.row(dof)].iter().zip(tree.chain(dof)) {
                self.add(dof, *carrier as usize, *element);
            }
        }
    }

    /// Adds to element (i, j) and, by symmetry, (j, i).
    pub fn add(&mut self, i: usize, j: usize, value: f64) {
        let (row, column) = (self.size - 1 - i.min(j), self.size - 1 - i.max(j));
        self.first[row] = self.first[row].min(column);
        self.elements[row * self.size + column] += value;
    }

    /// Factors the matrix in place.
    ///
    /// # Errors
    ///
    /// If it is not positive definite.
    pub fn factorize(&mut self) -> Result<(), NotPositiveDefinite> {
        let size = self.size;
        for i in 0..size {
            let (done, row) = self.elements.split_at_mut(i * size);
            let first = self.first[i];
            let row = &mut row[..=i];
            // `scaled[k]` becomes L_ik D_k, known for all k left of j.
            for j in first..i {
                let start = first.max(self.first[j]);
                let other = &done[j * size + start..j * size + j];
                let known = self.scaled[start..j].iter().zip(other);
                self.scaled[j] = row[j] - known.map(|(a, b)| a * b).sum::<f64>();
            }
            let mut pivot = row[i];
            let known = self.scaled[first..i].iter().zip(&self.inverse_diagonal[first..i]);
            for (element, (scaled, inverse)) in row[first..i].iter_mut().zip(known) {
                *element = scaled * inverse;
                pivot -= *element * scaled;
            }
            if !(pivot > 0.0 && pivot.is_finite()) {
                return Err(NotPositiveDefinite { dof: size - 1 - i });
            }
            self.inverse_diagonal[i] = 1.0 / pivot;
        }
        Ok(())
    }

    /// `x <- H^-1 x`, after factoring.
    pub fn solve(&self, x: &mut [f64]) {
        let last = self.size.wrapping_sub(1);
        for i in 0..self.size {
            let row = &self.elements[i * self.size..][..i];
            let mut value = x[last - i];
            for (j, element) in row.iter().enumerate().skip(self.first[i]) {
                value -= element * x[last - j];
            }
            x[last - i] = value;
        }
        for (value, inverse) in x.iter_mut().rev().zip(&self.inverse_diagonal) {
            *value *= inverse;
        }
        for i in (0..self.size).rev() {
            let row = &self.elements[i * self.size..][..i];
            let value = x[last - i];
            for (j, element) in row.iter().enumerate().skip(self.first[i]) {
                x[last - j] -= element * value;
            }
        }
    }
}
