//! The exact minimum along a direction.
//!
//! Along `v + a d` the function is convex and piecewise smooth in the single
//! variable a. Its slope is computed exactly from `J d` and `M d`, without a pass over
//! the tree. The minimum is bracketed and found by Newton's method in a, or by the
//! secant of the bracket if that leaves the bracket or was used twice. The step is
//! accepted at a fraction of the initial slope; late iterations use a smaller
//! fraction.

use super::Newton;
use crate::islands::Island;
use crate::kinematics::Kinematics;
use crate::mass_matrix::multiply_part;
use crate::tree::Tree;

/// Fraction of the initial slope at which a step is accepted.
const ACCEPTED: f64 = 0.3;

/// The same from the iteration `LATE` on.
const ACCEPTED_LATE: f64 = 0.01;
const LATE: usize = 8;

/// Maximum number of slope evaluations in one search.
const MAX_EVALUATIONS: usize = 24;

/// The bracket of the minimum, with the slopes at its ends.
struct Bracket {
    low: (f64, f64),
    high: Option<(f64, f64)>,
}

impl Newton {
    /// Moves `v` of an island along the direction to the minimum, and updates all
    /// dependent quantities.
    pub(super) fn advance(
        &mut self,
        tree: &Tree,
        kinematics: &Kinematics,
        (island, iteration): (&Island<'_>, usize),
        v: &mut [f64],
    ) {
        let work = &mut self.work;
        multiply_part(tree, island.dofs, (&self.mass, &work.direction), &mut work.mass_d);
        // The velocities of links are only needed for their rows, which keep
        // their own.
        let direction = std::mem::take(&mut self.work.direction);
        self.touched_velocities(tree, kinematics, island, &direction);
        for &row in island.rows {
            let row = &mut self.rows[row as usize];
            row.du = row.jacobian_times(&self.work.velocities, (&self.columns, &direction));
        }
        self.work.direction = direction;
        let length = self.search(island, v, iteration);
        let work = &mut self.work;
        for &dof in island.dofs {
            let dof = dof as usize;
            v[dof] += length * work.direction[dof];
            work.mass_v[dof] += length * work.mass_d[dof];
        }
        for &row in island.rows {
            let row = &mut self.rows[row as usize];
            for (u, du) in row.u.iter_mut().zip(&row.du) {
                *u += length * du;
            }
        }
    }

    /// Length of the step, in directions.
    fn search(&self, island: &Island<'_>, v: &[f64], iteration: usize) -> f64 {
        let work = &self.work;
        let (mut first, mut along, mut curvature) = (0.0, 0.0, 0.0);
        for &dof in island.dofs {
            let dof = dof as usize;
            let d = work.direction[dof];
            first += work.gradient[dof] * d;
            along += (work.mass_v[dof] - self.momentum[dof]) * d;
            curvature += work.mass_d[dof] * d;
        }
        let share = if iteration < LATE { ACCEPTED } else { ACCEPTED_LATE };
        let accepted = share * first.abs();
        let mut bracket = Bracket { low: (0.0, first), high: None };
        let mut length = 1.0;
        for evaluation in 0..MAX_EVALUATIONS {
            let (slope, bend) = self.slope(island, v, (length, along, curvature));
            if slope.abs() <= accepted {
                break;
            }
            if slope > 0.0 {
                bracket.high = Some((length, slope));
            } else {
                bracket.low = (length, slope);
            }
            length = bracket.next(length - slope / bend, evaluation);
        }
        length
    }

    /// Slope and curvature at a length; those of the quadratic part are given.
    fn slope(
        &self,
        island: &Island<'_>,
        v: &[f64],
        (length, along, curvature): (f64, f64, f64),
    ) -> (f64, f64) {
        let (mut slope, mut bend) = (along + length * curvature, curvature);
        for &row in island.dof_rows {
            let row = &self.dof_rows[row as usize];
            let dof = row.dof as usize;
            let d = self.work.direction[dof];
            let response = row.potential.response(v[dof] + length * d);
            slope -= response.impulse * d;
            bend += response.stiffness * d * d;
        }
        for &row in island.rows {
            let row = &self.rows[row as usize];
            let mut u = row.u;
            for (u, du) in u.iter_mut().zip(&row.du) {
                *u += length * du;
            }
            let (own, curved) = row.potential.along(&u, &row.du);
            slope += own;
            bend += curved;
        }
        (slope, bend)
    }
}

impl Bracket {
    /// The next length to try, given that of Newton's method.
    fn next(&self, newton: f64, evaluation: usize) -> f64 {
        let (low, slope_low) = self.low;
        match self.high {
            Some((high, slope_high)) => {
                if newton > low && newton < high && evaluation < 2 {
                    return newton;
                }
                let secant = slope_low / (slope_low - slope_high);
                low + (high - low) * secant.clamp(0.05, 0.95)
            }
            None if newton > low => newton,
            None => 2.0 * low.max(0.5),
        }
    }
}
