//! Constraint laws: which velocity a row wants, and by how much it yields.
//!
//! A row is one direction of a contact, a limit, a joint's friction or a loop
//! closure, with a position error `r` (m or rad; negative if violated, 0 for
//! friction) and a velocity `u` (m/s or rad/s; `u_0` before the step). Its
//! impulse is `(target - u) / R` within its bounds (see
//! [`potential`](crate::potential) and [`cone`](crate::cone)). A law gives
//! `target` and `R` (velocity per impulse); `h` is the step (s) and `W` the inverse
//! weight of what the row moves (velocity per impulse, see
//! [`weights`](crate::weights)).
//!
//! **Soft law.** `MuJoCo`'s, as it is: the force is that which leaves the
//! acceleration `a = -b u - k d r` except for the share that regularisation takes,
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
//! `target = -r / h`: the gap may just close within the step.
//!
//! Source of the soft law: `MuJoCo` documentation, "Modeling", "Solver parameters",
//! and "Computation", "Constraint model". Constants, clamps and formulas are
//! compared with `MuJoCo`'s own numbers in `tests/soft_law.rs`.

/// Impedances are kept this far from 0 and 1 (`mjMINIMP`, `mjMAXIMP`).
const IMPEDANCES: (f64, f64) = (0.0001, 0.9999);

/// Smallest denominator and regularisation (`mjMINVAL`).
const TINY: f64 = 1e-15;

/// Spring and damper of the soft law: `MuJoCo`'s `solref`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reference {
    /// By the time constant of recovery: positive `solref`.
    Recovery {
        /// s; taken as two steps if shorter.
        time_constant: f64,
        /// 1 is critical damping.
        damping_ratio: f64,
    },
    /// By its constants: negative `solref`.
    Direct {
        /// Acceleration per error at full impedance, 1/s^2.
        stiffness: f64,
        /// Acceleration per velocity, 1/s.
        damping: f64,
    },
}

impl Default for Reference {
    fn default() -> Self {
        Self::Recovery { time_constant: 0.02, damping_ratio: 1.0 }
    }
}

/// Share of the wanted force as a function of the position error: `MuJoCo`'s
/// `solimp`.
///
/// From `at_zero` it rises to `at_width` at an error of `width`; with
/// `x = |r|/width`, midpoint `m` and power `p` along
/// `y(x) = x^p / m^(p-1)` up to `m` and `1 - (1-x)^p / (1-m)^(p-1)` beyond.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impedance {
    /// At no error, 0 to 1.
    pub at_zero: f64,
    /// At `width` and beyond, 0 to 1.
    pub at_width: f64,
    /// m or rad.
    pub width: f64,
    /// Where the two branches of the curve meet, as a share of the width.
    pub midpoint: f64,
    /// 1 is linear, 2 a pair of parabolas.
    pub power: f64,
}

impl Default for Impedance {
    fn default() -> Self {
        Self { at_zero: 0.9, at_width: 0.95, width: 0.001, midpoint: 0.5, power: 2.0 }
    }
}

impl Impedance {
    /// With every parameter in its legal range, as `MuJoCo` clamps them.
    fn legal(&self) -> Self {
        let within = |share: f64| share.max(IMPEDANCES.0).min(IMPEDANCES.1);
        Self {
            at_zero: within(self.at_zero),
            at_width: within(self.at_width),
            width: self.width.max(0.0),
            midpoint: within(self.midpoint),
            power: self.power.max(1.0),
        }
    }

    /// The share at a position error (m or rad).
    pub fn at(&self, error: f64) -> f64 {
        let Self { at_zero, at_width, width, midpoint, power } = self.legal();
        if at_zero == at_width || width <= TINY {
            return f64::midpoint(at_zero, at_width);
        }
        let x = error.abs() / width;
        if x >= 1.0 {
            return at_width;
        }
        let y = if power == 1.0 {
            x
        } else if power == 2.0 {
            let rest = 1.0 - x;
            if x <= midpoint { x * x / midpoint } else { 1.0 - rest * rest / (1.0 - midpoint) }
        } else if x <= midpoint {
            libm::pow(x, power) / libm::pow(midpoint, power - 1.0)
        } else {
            1.0 - libm::pow(1.0 - x, power) / libm::pow(1.0 - midpoint, power - 1.0)
        };
        at_zero + y * (at_width - at_zero)
    }
}

/// `MuJoCo`'s constraint law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoftLaw {
    /// `solref`.
    pub reference: Reference,
    /// `solimp`.
    pub impedance: Impedance,
    /// `solreffriction`: another damping of a contact's friction; that of
    /// `reference` if absent.
    pub friction_reference: Option<Reference>,
    /// `impratio`: how much stiffer friction of a contact is than its normal
    /// direction.
    pub friction_stiffness_ratio: f64,
}

impl Default for SoftLaw {
    fn default() -> Self {
        Self {
            reference: Reference::default(),
            impedance: Impedance::default(),
            friction_reference: None,
            friction_stiffness_ratio: 1.0,
        }
    }
}

/// The soft law at one position error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoftRow {
    /// `d`.
    pub impedance: f64,
    /// `k`, 1/s^2.
    pub stiffness: f64,
    /// `b`, 1/s.
    pub damping: f64,
    /// `b` of a contact's friction, 1/s.
    pub friction_damping: f64,
}

impl SoftLaw {
    /// The constants at a position error (m or rad) for a step (s).
    ///
    /// A friction row takes an error of 0.
    pub fn row(&self, error: f64, step_s: f64) -> SoftRow {
        let largest = self.impedance.legal().at_width;
        let (stiffness, damping) = self.reference.constants(largest, step_s);
        let friction = self.friction_reference;
        SoftRow {
            impedance: self.impedance.at(error),
            stiffness,
            damping,
            friction_damping: friction.map_or(damping, |own| own.constants(largest, step_s).1),
        }
    }
}

impl Reference {
    /// `k` (1/s^2) and `b` (1/s) for an impedance that ends at `largest`.
    fn constants(&self, largest: f64, step_s: f64) -> (f64, f64) {
        match *self {
            Self::Recovery { time_constant, damping_ratio } => {
                let time = time_constant.max(2.0 * step_s);
                let scale = largest * time;
                let spring = scale * damping_ratio;
                (1.0 / (spring * spring).max(TINY), 2.0 / scale.max(TINY))
            }
            Self::Direct { stiffness, damping } => {
                (stiffness / (largest * largest), damping / largest)
            }
        }
    }
}

impl SoftRow {
    /// `R` for an inverse weight, in the same unit: `(1 - d)/d W`.
    #[inline]
    pub fn regularization(&self, inverse_weight: f64) -> f64 {
        ((1.0 - self.impedance) / self.impedance * inverse_weight).max(TINY)
    }

    /// The wanted velocity for an error (m or rad) and the velocity before the
    /// step (m/s or rad/s).
    #[inline]
    pub fn target(&self, error: f64, velocity: f64, step_s: f64) -> f64 {
        velocity * (1.0 - step_s * self.damping) - step_s * self.stiffness * self.impedance * error
    }

    /// The same in a friction direction of a contact, which has no error.
    #[inline]
    pub fn friction_target(&self, velocity: f64, step_s: f64) -> f64 {
        velocity * (1.0 - step_s * self.friction_damping)
    }
}

/// The stiff law, with restitution and friction that does not creep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StiffLaw {
    /// `w/(2 pi)`, Hz. Rows of a higher frequency yield less.
    pub frequency_hz: f64,
    /// `z`; 1 is critical damping, more recovers more slowly.
    pub damping_ratio: f64,
    /// Largest velocity of recovery, m/s or rad/s.
    pub max_recovery: f64,
    /// `R` of friction as a share of the inverse weight. Friction remembers its
    /// impulse, so this sets how fast it finds it, not how much it creeps.
    pub friction_regularization: f64,
    /// Velocity of approach (m/s) above which a contact rebounds.
    pub restitution_threshold: f64,
}

impl Default for StiffLaw {
    fn default() -> Self {
        Self {
            frequency_hz: 240.0,
            damping_ratio: 5.0,
            max_recovery: 2.0,
            friction_regularization: 0.01,
            restitution_threshold: 0.1,
        }
    }
}

/// The stiff law for one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StiffRow {
    /// `w/a_1`: velocity of recovery per error, 1/s.
    pub recovery: f64,
    /// `1/a_2`: share of the inverse weight by which rows yield.
    pub softness: f64,
    max_recovery: f64,
    step_s: f64,
}

impl StiffLaw {
    /// The constants for a step (s).
    pub fn row(&self, step_s: f64) -> StiffRow {
        let angular = 2.0 * std::f64::consts::PI * self.frequency_hz;
        let first = 2.0 * self.damping_ratio + step_s * angular;
        StiffRow {
            recovery: angular / first,
            softness: 1.0 / (step_s * angular * first),
            max_recovery: self.max_recovery,
            step_s,
        }
    }
}

impl StiffRow {
    /// The wanted velocity of a one-sided row at a gap (m or rad; negative if
    /// violated).
    #[inline]
    pub fn one_sided_target(&self, gap: f64) -> f64 {
        if gap > 0.0 { -gap / self.step_s } else { self.equality_target(gap) }
    }

    /// The wanted velocity of an equality at an error (m or rad).
    #[inline]
    pub fn equality_target(&self, error: f64) -> f64 {
        (-error * self.recovery).min(self.max_recovery).max(-self.max_recovery)
    }
}

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

/// What a law asks of a row: `impulse = (target - velocity) / regularization`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowTarget {
    /// m/s or rad/s.
    pub velocity: f64,
    /// Velocity per impulse.
    pub regularization: f64,
}

/// Where a row stands before the step.
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

    #[test]
    fn impedance_rises_from_its_first_to_its_last_value_without_jumps() {
        for power in [1.0, 2.0, 3.0, 2.6] {
            let curve = Impedance { at_zero: 0.2, midpoint: 0.3, power, ..Impedance::default() };
            let mut last = curve.at(0.0);
            assert_eq!(last, 0.2);
            for k in 1..=1000 {
                let next = curve.at(-f64::from(k) * 1e-6);
                assert!(next >= last && next - last < 0.01);
                last = next;
            }
            assert_eq!(last, 0.95);
        }
    }
}
