//! The damped normal equations of six errors.

use nalgebra::Vector3;

use crate::spatial::MotionVector;

/// Solves `(sum of c c' over the columns c + damping 1) x = error` by a Cholesky
/// factorization; the damping is above 0. Its size does not depend on the number of
/// columns.
pub(super) fn solve(columns: &[MotionVector], damping: f64, error: &MotionVector) -> MotionVector {
    let mut matrix = [[0.0; 6]; 6];
    for column in columns {
        let column = entries(column);
        for (row, left) in matrix.iter_mut().zip(column) {
            for (element, right) in row.iter_mut().zip(column) {
                *element += left * right;
            }
        }
    }
    for (index, row) in matrix.iter_mut().enumerate() {
        row[index] += damping;
    }
    factorize(&mut matrix, damping);
    let x = substitute(&matrix, entries(error));
    MotionVector { angular: Vector3::new(x[0], x[1], x[2]), linear: Vector3::new(x[3], x[4], x[5]) }
}

/// Replaces the lower triangle by the Cholesky factor. Pivots are at least the
/// damping but for rounding, so `least` is put in the place of smaller ones.
fn factorize(matrix: &mut [[f64; 6]; 6], least: f64) {
    for row in 0..6 {
        for column in 0..=row {
            let mut rest = matrix[row][column];
            for (left, right) in matrix[row][..column].iter().zip(&matrix[column][..column]) {
                rest -= left * right;
            }
            matrix[row][column] = if row == column {
                libm::sqrt(rest.max(least))
            } else {
                rest / matrix[column][column]
            };
        }
    }
}

/// Solves with the factor and its transpose.
fn substitute(factor: &[[f64; 6]; 6], mut x: [f64; 6]) -> [f64; 6] {
    for row in 0..6 {
        for column in 0..row {
            x[row] -= factor[row][column] * x[column];
        }
        x[row] /= factor[row][row];
    }
    for row in (0..6).rev() {
        for below in row + 1..6 {
            x[row] -= factor[below][row] * x[below];
        }
        x[row] /= factor[row][row];
    }
    x
}

fn entries(vector: &MotionVector) -> [f64; 6] {
    let (a, l) = (&vector.angular, &vector.linear);
    [a.x, a.y, a.z, l.x, l.y, l.z]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solution_satisfies_the_damped_equations() {
        let column = |seed: f64| MotionVector {
            angular: Vector3::new(seed, 1.0 - seed, 0.5),
            linear: Vector3::new(seed * seed, -seed, 2.0),
        };
        let error = column(-0.7);
        // Fewer columns than errors: singular but for the damping.
        let columns = [column(0.3), column(1.7), column(-2.0)];

        let x = solve(&columns, 0.01, &error);

        let mut product = x * 0.01;
        for column in &columns {
            let share = column.angular.dot(&x.angular) + column.linear.dot(&x.linear);
            product += *column * share;
        }
        let rest = product - error;
        assert!(rest.angular.norm() < 1e-12 && rest.linear.norm() < 1e-12, "{rest:?}");
    }
}
