//! Constraint laws: target velocity and regularisation of rows.
//!
//! A row is one direction of a contact, a limit, a joint's friction or a loop
//! closure, with a position error `r` (m or rad; negative if violated, 0 for
//! friction) and a velocity `u` (m/s or rad/s; `u_0` before the step). Its
//! impulse is `(target - u) / R` within its bounds (see
//! [`potential`](crate::potential) and [`cone`](crate::cone)). A law gives
//! `target` and `R` (velocity per impulse); `h` is the step (s) and `W` the inverse
//! weight of the moved bodies (velocity per impulse, see
//! [`weights`](crate::weights)).
//!
//! **Soft law.** `MuJoCo`'s law: the force gives the acceleration
//! `a = -b u - k d r`, reduced by the regularisation,
//!
//! ```text
//! target = u_0 + h a_ref = u_0 (1 - h b) - h k d r,     R = (1 - d)/d W
//! ```
//!
//! with the impedance `d(r)` of [`Impedance`] and `k`, `b` of [`Reference`].
//!
//! **Stiff law.** A spring and damper of angular frequency `w` and damping ratio
//! `z`, integrated implicitly ("soft step"; Catto, "Soft Constraints", 2011, and
//! `Solver2D`, 2024; also Rapier's): with `a_1 = 2 z + h w` and `a_2 = h w a_1`,
//!
//! ```text
//! target = -r w / a_1   (at most a maximum),     R = W / a_2
//! ```
//!
//! and, for contacts and limits that are still open by `r > 0`,
//! `target = -r / h`: the gap can close within the step.
//!
//! Source of the soft law: `MuJoCo` documentation, "Modeling", "Solver parameters",
//! and "Computation", "Constraint model". Constants, clamps and formulas are
//! compared with `MuJoCo`'s own numbers in `tests/soft_law.rs`.

mod soft;
mod stiff;

pub use soft::{Impedance, Reference, SoftLaw, SoftRow};
pub use stiff::{StiffLaw, StiffRow};

/// The law of a contact, a limit, a loop closure or a coupling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Law {
    /// `MuJoCo`'s.
    Soft(SoftLaw),
    /// The soft step.
    Stiff(StiffLaw),
}

impl Default for Law {
    fn default() -> Self {
        Self::Stiff(StiffLaw::default())
    }
}

/// Target of a law for a row: `impulse = (target - velocity) / regularization`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowTarget {
    /// m/s or rad/s.
    pub velocity: f64,
    /// Velocity per impulse.
    pub regularization: f64,
}

/// State of a row before the step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowState {
    /// Error or gap, m or rad.
    pub error: f64,
    /// m/s or rad/s.
    pub velocity: f64,
    /// Velocity per impulse, from [`weights`](crate::weights).
    pub inverse_weight: f64,
}

impl Law {
    /// For a one-sided row; its error is the gap, negative if violated.
    pub fn one_sided(&self, state: &RowState, step_s: f64) -> RowTarget {
        match self {
            Self::Soft(law) => soft_target(&law.row(state.error, step_s), state, step_s),
            Self::Stiff(law) => {
                let row = law.row(step_s);
                RowTarget {
                    velocity: row.one_sided_target(state.error),
                    regularization: row.softness * state.inverse_weight,
                }
            }
        }
    }

    /// For an equality; `distance` is the length of the error of all rows that
    /// belong together, which sets the soft law's impedance.
    pub fn equality(&self, state: &RowState, distance: f64, step_s: f64) -> RowTarget {
        match self {
            Self::Soft(law) => soft_target(&law.row(distance, step_s), state, step_s),
            Self::Stiff(law) => {
                let row = law.row(step_s);
                RowTarget {
                    velocity: row.equality_target(state.error),
                    regularization: row.softness * state.inverse_weight,
                }
            }
        }
    }
}

fn soft_target(row: &SoftRow, state: &RowState, step_s: f64) -> RowTarget {
    RowTarget {
        velocity: row.target(state.error, state.velocity, step_s),
        regularization: row.regularization(state.inverse_weight),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stiff_law_is_an_implicit_spring_and_damper() {
        let (mass, step_s, gap, velocity) = (3.0, 0.004, -0.002, -0.3);
        let law = StiffLaw { frequency_hz: 30.0, damping_ratio: 1.5, ..StiffLaw::default() };
        let state = RowState { error: gap, velocity, inverse_weight: 1.0 / mass };
        let row = Law::Stiff(law).one_sided(&state, step_s);
        // m (v - v_0) = (target - v) / R
        let compliance = mass * row.regularization;
        let end = (row.velocity + compliance * velocity) / (1.0 + compliance);

        // m (v - v_0) = -h (k (x + h v) + c v)
        let angular = 2.0 * std::f64::consts::PI * 30.0;
        let (k, c) = (mass * angular * angular, 2.0 * 1.5 * mass * angular);
        let expected =
            (mass * velocity - step_s * k * gap) / (mass + step_s * c + step_s * step_s * k);
        assert!((end - expected).abs() < 1e-14);
    }

    #[test]
    fn an_open_gap_may_just_close_and_a_deep_one_opens_slowly() {
        let row = StiffLaw::default().row(0.002);

        assert_eq!(row.one_sided_target(0.001), -0.5);
        assert_eq!(row.one_sided_target(-1e3), StiffLaw::default().max_recovery);
        assert!(row.one_sided_target(-1e-3) > 0.0);
    }
}
