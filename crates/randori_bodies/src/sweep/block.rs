//! The impulse of one block, all others given.

#![expect(clippy::needless_range_loop, reason = "the index is that of several arrays")]

use crate::cone::{ConeMatrix, ConeVector, MAX_CONE_DIM};
use crate::rows::RowPotential;

/// Relative change of an impulse below which a block is left alone.
const SETTLED: f64 = 1e-12;

/// Evaluations of the slope in a line search.
const MAX_EVALUATIONS: usize = 12;

/// Moves an impulse towards that which the law calls for at the velocity that it
/// causes itself: `lambda = response(u)`, `u = u_free + W lambda`. `u` follows.
/// Returns the largest change of a component of `u`.
pub(super) fn solve_block(
    potential: &RowPotential,
    mobility: &ConeMatrix,
    (u, impulse): (&mut ConeVector, &mut ConeVector),
    steps: usize,
) -> f64 {
    let dim = potential.dim();
    let start = *u;
    for _ in 0..steps {
        let response = potential.response(u);
        let (mut wanted, mut size, mut error) = ([0.0; MAX_CONE_DIM], 0.0_f64, 0.0_f64);
        for j in 0..dim {
            wanted[j] = response.impulse[j] - impulse[j];
            error = error.max(wanted[j].abs());
            size = size.max(response.impulse[j].abs());
        }
        if error <= SETTLED * size {
            break;
        }
        // (1 + H W) step = response - lambda
        let mut matrix = [[0.0; MAX_CONE_DIM]; MAX_CONE_DIM];
        for j in 0..dim {
            let mut column = [0.0; MAX_CONE_DIM];
            for i in 0..dim {
                column[i] = mobility[i][j];
            }
            let product = response.times(&column);
            for i in 0..dim {
                matrix[i][j] = product[i];
            }
            matrix[j][j] += 1.0;
        }
        let step = eliminate(&mut matrix, wanted, dim);
        let change = times(mobility, &step, dim);
        let length = search(potential, (u, &change), (impulse, &step));
        for j in 0..dim {
            impulse[j] += length * step[j];
            u[j] += length * change[j];
        }
    }
    let changes = u.iter().zip(&start).take(dim);
    changes.fold(0.0, |largest, (now, before)| f64::max(largest, (now - before).abs()))
}

/// Length of a step: where the slope
/// `change' lambda + d/da phi(u + a change)` is small.
fn search(
    potential: &RowPotential,
    (u, change): (&ConeVector, &ConeVector),
    (impulse, step): (&ConeVector, &ConeVector),
) -> f64 {
    let slope = |length: f64| {
        let mut at = *u;
        let mut slope = 0.0;
        for j in 0..MAX_CONE_DIM {
            at[j] += length * change[j];
            slope += change[j] * (impulse[j] + length * step[j]);
        }
        slope + potential.along(&at, change).0
    };
    let first = slope(0.0);
    let (mut low, mut high) = ((0.0, first), None);
    let mut length = 1.0;
    for _ in 0..MAX_EVALUATIONS {
        let found = slope(length);
        if found.abs() <= 0.1 * first.abs() {
            break;
        }
        if found > 0.0 {
            high = Some((length, found));
        } else {
            low = (length, found);
        }
        length = match high {
            Some((end, rise)) => {
                let secant = low.1 / (low.1 - rise);
                low.0 + (end - low.0) * secant.clamp(0.1, 0.9)
            }
            None => 2.0 * length,
        };
    }
    length
}

fn times(matrix: &ConeMatrix, x: &ConeVector, dim: usize) -> ConeVector {
    let mut out = [0.0; MAX_CONE_DIM];
    for i in 0..dim {
        for j in 0..dim {
            out[i] += matrix[i][j] * x[j];
        }
    }
    out
}

/// Solves a small system by elimination with partial pivoting.
fn eliminate(matrix: &mut ConeMatrix, mut x: ConeVector, dim: usize) -> ConeVector {
    for k in 0..dim {
        let mut pivot = k;
        for i in k + 1..dim {
            if matrix[i][k].abs() > matrix[pivot][k].abs() {
                pivot = i;
            }
        }
        matrix.swap(k, pivot);
        x.swap(k, pivot);
        for i in k + 1..dim {
            let factor = matrix[i][k] / matrix[k][k];
            for j in k..dim {
                matrix[i][j] -= factor * matrix[k][j];
            }
            x[i] -= factor * x[k];
        }
    }
    for k in (0..dim).rev() {
        for j in k + 1..dim {
            x[k] -= matrix[k][j] * x[j];
        }
        x[k] /= matrix[k][k];
    }
    x
}
