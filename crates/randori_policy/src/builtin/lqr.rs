//! The linear-quadratic regulator for small sampled systems.
//!
//! Everything here is plain arithmetic in a fixed order, so gains are bit-identical on all
//! machines.

use nalgebra::{SMatrix, SVector};

/// A continuous system x' = A x + B u with one input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LinearSystem<const N: usize> {
    pub(super) a: SMatrix<f64, N, N>,
    pub(super) b: SVector<f64, N>,
}

impl<const N: usize> LinearSystem<N> {
    /// The same system sampled every `period_s`, with the input held in
    /// between (zero-order hold):
    /// Ad = exp(A h), Bd = (integral of exp(A s) over 0..h) B.
    pub(super) fn sampled(&self, period_s: f64) -> Self {
        // Series on a step so short that 12 terms reach full precision, then doubling: S(2h) = S(h)
        // + exp(A h) S(h).
        let mut slice = period_s;
        let mut doublings = 0;
        while self.a.abs().max() * slice * N as f64 > 0.25 && doublings < 60 {
            slice *= 0.5;
            doublings += 1;
        }
        let mut power = SMatrix::<f64, N, N>::identity() * slice;
        let mut integral = power;
        for term in 2..=12 {
            power = power * self.a * (slice / f64::from(term));
            integral += power;
        }
        for _ in 0..doublings {
            let transition = SMatrix::identity() + self.a * integral;
            integral += transition * integral;
        }
        Self { a: SMatrix::identity() + self.a * integral, b: integral * self.b }
    }

    /// The gain K of u = -K x that minimises the sum of x'Qx + r u^2 for a sampled system; `None`
    /// if the doubling does not converge, for instance if the system cannot be stabilised.
    ///
    /// Structure-preserving doubling for the discrete algebraic Riccati
    /// equation (Chu, Fan, Lin, Wang, 2004).
    pub(super) fn lqr(&self, q: &SMatrix<f64, N, N>, r: f64) -> Option<SVector<f64, N>> {
        let mut a = self.a;
        let mut g = self.b * self.b.transpose() / r;
        let mut h = *q;
        for _ in 0..64 {
            let inverse = (SMatrix::identity() + g * h).try_inverse()?;
            let left = a * inverse;
            let next_h = h + a.transpose() * h * inverse * a;
            g += left * g * a.transpose();
            a = left * a;
            let change = (next_h - h).abs().max();
            h = next_h;
            if !change.is_finite() {
                return None;
            }
            if change <= 1e-13 * h.abs().max() {
                return self.gain(&h, r);
            }
        }
        None
    }

    fn gain(&self, h: &SMatrix<f64, N, N>, r: f64) -> Option<SVector<f64, N>> {
        let scale = r + (self.b.transpose() * h * self.b)[0];
        let gain = (self.b.transpose() * h * self.a).transpose() / scale;
        (scale > 0.0 && gain.iter().all(|value| value.is_finite())).then_some(gain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Matrix2, Vector2};

    #[test]
    fn a_sampled_double_integrator_matches_its_closed_form() {
        let system =
            LinearSystem { a: Matrix2::new(0.0, 1.0, 0.0, 0.0), b: Vector2::new(0.0, 2.0) };

        let sampled = system.sampled(3.0);

        assert!((sampled.a - Matrix2::new(1.0, 3.0, 0.0, 1.0)).abs().max() < 1e-12);
        assert!((sampled.b - Vector2::new(9.0, 6.0)).abs().max() < 1e-12);
    }

    #[test]
    fn a_scalar_regulator_matches_the_quadratic_formula() {
        // x+ = 2x + u, q = r = 1: p^2 - 4p - 1 = 0, so p = 2 + sqrt(5).
        let system = LinearSystem { a: SMatrix::<f64, 1, 1>::new(2.0), b: SVector::from([1.0]) };
        let p = 2.0 + 5.0_f64.sqrt();

        let gain = system.lqr(&SMatrix::<f64, 1, 1>::new(1.0), 1.0).expect("it can be steadied");

        assert!((gain[0] - 2.0 * p / (1.0 + p)).abs() < 1e-13);
    }

    #[test]
    fn a_system_that_the_input_cannot_reach_has_no_gain() {
        let system =
            LinearSystem { a: Matrix2::new(2.0, 0.0, 0.0, 0.5), b: Vector2::new(0.0, 1.0) };

        assert_eq!(system.lqr(&Matrix2::identity(), 1.0), None);
    }
}
