//! Convex potentials of one scalar velocity: drives, joint friction, limits, springs.
//!
//! The velocity at the end of a step minimises
//! `1/2 v'Mv - p'v + sum_i phi_i(v)` (see `newton.rs`). Everything
//! that acts on a single degree of freedom, or on one linear combination of a
//! few, is a potential of one variable with the piecewise linear impulse
//!
//! ```text
//! lambda(v) = -phi'(v) = clamp(offset - slope v, low, high),   slope >= 0
//! ```
//!
//! `v` is the velocity at the *end* of the step (rad/s or m/s), `lambda` the
//! impulse over the step (N m s or N s), `h` the step (s). `phi` is convex
//! because its second derivative is `slope` between the bounds and 0 beyond.
//!
//! Laws that are implicit in the coordinate, `q_end = q + h v`, take this form
//! without approximation:
//!
//! | law | offset | slope | bounds |
//! |---|---|---|---|
//! | drive `kp (target - q_end) + kd (target_velocity - v) + feedforward` | `h (kp (target - q) + kd target_velocity + feedforward)` | `h (kd + h kp)` | `+- h limit` |
//! | row of a constraint law, `(target - v) / R` | `target / R` | `1 / R` | one-sided or `+- h force` |
//!
//! Saturation is exact: the bounds apply to the impulse at the end velocity, not to an
//! estimate before the step.
//!
//! Source: Castro, Permenter and Han, "An Unconstrained Convex Formulation of
//! Compliant Contact" (2022), section V; Todorov, "Convex and analytically-invertible
//! dynamics with contacts and constraints" (2014).
//!
//! Start reading at [`Potential::response`].

/// A convex potential of one velocity with a bounded linear impulse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Potential {
    /// Impulse at rest, N m s or N s.
    offset: f64,
    /// Decrease of the impulse per velocity; not negative.
    slope: f64,
    /// Bounds of the impulse.
    low: f64,
    high: f64,
}

/// The first two derivatives of a [`Potential`], sign included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    /// `-d phi / dv`, N m s or N s.
    pub impulse: f64,
    /// `d^2 phi / dv^2 = -d impulse / dv`; not negative.
    pub stiffness: f64,
}

/// The drive of a degree of freedom:
/// `tau = kp (target - q) + kd (target_velocity - v) + feedforward`, at most
/// `limit` in either direction, with `q` and `v` at the end of the step.
///
/// The default exerts no torque. A pure velocity drive has `kp = 0`; a constant
/// torque has neither gain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drive {
    /// N m/rad or N/m; not negative.
    pub kp: f64,
    /// N m s/rad or N s/m; not negative.
    pub kd: f64,
    /// rad or m.
    pub target: f64,
    /// rad/s or m/s.
    pub target_velocity: f64,
    /// N m or N.
    pub feedforward: f64,
    /// N m or N; infinite for no limit.
    pub limit: f64,
}

impl Default for Drive {
    fn default() -> Self {
        Self {
            kp: 0.0,
            kd: 0.0,
            target: 0.0,
            target_velocity: 0.0,
            feedforward: 0.0,
            limit: f64::INFINITY,
        }
    }
}

impl Potential {
    /// Impulse and stiffness at a velocity.
    ///
    /// At a bound itself the stiffness is that of the linear part, so that a Newton
    /// step can leave the bound.
    #[inline]
    pub fn response(&self, velocity: f64) -> Response {
        let impulse = self.offset - self.slope * velocity;
        if impulse < self.low {
            Response { impulse: self.low, stiffness: 0.0 }
        } else if impulse > self.high {
            Response { impulse: self.high, stiffness: 0.0 }
        } else {
            Response { impulse, stiffness: self.slope }
        }
    }

    /// The potential, J; 0 at rest for impulses within the bounds.
    ///
    /// The integral of `-response(v).impulse`. Beyond the velocity where a bound
    /// `b` is reached, it continues as the straight line
    /// `-b v - (offset - b)^2 / (2 slope)`.
    pub fn energy(&self, velocity: f64) -> f64 {
        let Response { impulse, stiffness } = self.response(velocity);
        if self.slope == 0.0 {
            return -impulse * velocity;
        }
        if stiffness > 0.0 {
            return velocity * (self.slope * velocity / 2.0 - self.offset);
        }
        let beyond = self.offset - impulse;
        -impulse * velocity - beyond * beyond / (2.0 * self.slope)
    }

    /// A drive at coordinate `position` (rad or m) over a step (s).
    ///
    /// `None` if the drive exerts no torque at any velocity.
    pub fn drive(drive: &Drive, position: f64, step_s: f64) -> Option<Self> {
        let torque = drive.kp * (drive.target - position)
            + drive.kd * drive.target_velocity
            + drive.feedforward;
        let slope = step_s * (drive.kd + step_s * drive.kp);
        if drive.limit <= 0.0 || (slope == 0.0 && torque == 0.0) {
            return None;
        }
        let bound = step_s * drive.limit;
        Some(Self { offset: step_s * torque, slope, low: -bound, high: bound })
    }

    /// A linear spring (N m/rad or N/m) and damper (N m s/rad or N s/m), implicit
    /// over the step. `stretch` is the coordinate beyond the rest of the spring
    /// (rad or m) at the start of the step.
    pub fn spring(stiffness: f64, damping: f64, stretch: f64, step_s: f64) -> Self {
        let slope = step_s * damping;
        let spring = Self::linear_spring(stiffness, stretch, (step_s, step_s));
        Self { slope: spring.slope + slope, ..spring }
    }

    /// A linear spring that acts over `step_s` with its stretch at the time `ahead_s`
    /// after that of `stretch`.
    pub(crate) fn linear_spring(
        stiffness: f64,
        stretch: f64,
        (step_s, ahead_s): (f64, f64),
    ) -> Self {
        Self {
            offset: -step_s * stiffness * stretch,
            slope: step_s * ahead_s * stiffness,
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
        }
    }

    /// The impulse at the velocity `u + mobility * impulse` as a function of u: the
    /// same law with a regularisation larger by `mobility` (velocity per impulse).
    pub(crate) fn softened(&self, mobility: f64) -> Self {
        let scale = 1.0 / (1.0 + self.slope * mobility);
        Self { offset: self.offset * scale, slope: self.slope * scale, ..*self }
    }

    /// A row with the target velocity `target` and a regularisation (velocity per
    /// impulse, positive), in both directions: an equality.
    pub fn equality(target: f64, regularization: f64) -> Self {
        Self::bounded(target, regularization, f64::INFINITY)
    }

    /// The same with an impulse of at most `bound` in either direction: joint
    /// friction with `bound = h force`.
    pub fn bounded(target: f64, regularization: f64, bound: f64) -> Self {
        let slope = regularization.recip();
        Self { offset: target * slope, slope, low: -bound, high: bound }
    }

    /// A row that only increases the velocity, towards `target`: a lower limit.
    pub fn at_least(target: f64, regularization: f64) -> Self {
        Self { low: 0.0, ..Self::equality(target, regularization) }
    }

    /// A row that only decreases the velocity, towards `target`: an upper limit.
    pub fn at_most(target: f64, regularization: f64) -> Self {
        Self { high: 0.0, ..Self::equality(target, regularization) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Step, s.
    const H: f64 = 0.004;

    fn drive() -> Drive {
        Drive {
            kp: 35.0,
            kd: 0.5,
            target: 0.4,
            target_velocity: 0.1,
            feedforward: 1.5,
            limit: 20.0,
        }
    }

    fn samples() -> Vec<Potential> {
        vec![
            Potential::drive(&drive(), 0.1, H).unwrap(),
            Potential::drive(&Drive { kp: 0.0, kd: 0.0, ..drive() }, 0.1, H).unwrap(),
            Potential::drive(&Drive { limit: f64::INFINITY, ..drive() }, 0.1, H).unwrap(),
            Potential::spring(120.0, 3.0, -0.2, H),
            Potential::equality(0.3, 0.05),
            Potential::bounded(-0.3, 0.05, 2.0),
            Potential::at_least(0.7, 0.02),
            Potential::at_most(-0.7, 0.02),
        ]
    }

    fn velocities() -> impl Iterator<Item = f64> {
        (-400..=400).map(|k| f64::from(k) * 0.0637)
    }

    #[test]
    fn impulses_are_the_negative_slope_of_the_energy() {
        let eps = 1e-5;
        for potential in samples() {
            for v in velocities() {
                let slope = (potential.energy(v + eps) - potential.energy(v - eps)) / (2.0 * eps);
                let impulse = potential.response(v).impulse;
                assert!(
                    (slope + impulse).abs() < 1e-6 * impulse.abs().max(1.0),
                    "{potential:?} {v}"
                );
            }
        }
    }

    #[test]
    fn stiffness_is_the_decrease_of_the_impulse_away_from_the_bounds() {
        let eps = 1e-6;
        for potential in samples() {
            for v in velocities() {
                let [before, at, after] = [v - eps, v, v + eps].map(|v| potential.response(v));
                if before.stiffness == after.stiffness {
                    let slope = (before.impulse - after.impulse) / (2.0 * eps);
                    assert!((slope - at.stiffness).abs() < 1e-4 * at.stiffness.max(1.0));
                }
            }
        }
    }

    #[test]
    fn energy_is_convex() {
        for potential in samples() {
            for (a, b) in velocities().zip(velocities().skip(7)) {
                let chord = f64::midpoint(potential.energy(a), potential.energy(b));
                let middle = potential.energy(f64::midpoint(a, b));
                assert!(middle <= chord + 1e-12 * chord.abs().max(1.0), "{potential:?} {a} {b}");
            }
        }
    }

    #[test]
    fn a_drive_is_the_implicit_law_with_its_limit() {
        let law = drive();
        let potential = Potential::drive(&law, 0.1, H).unwrap();
        for v in velocities() {
            let end = 0.1 + H * v;
            let wanted =
                law.kp * (law.target - end) + law.kd * (law.target_velocity - v) + law.feedforward;
            let torque = wanted.min(law.limit).max(-law.limit);
            assert!((potential.response(v).impulse - H * torque).abs() < 1e-14);
        }
    }

    #[test]
    fn a_saturated_drive_leaves_its_bound_where_the_law_does() {
        let law = drive();
        let potential = Potential::drive(&law, 0.1, H).unwrap();
        // kp (target - q) + kd target_velocity + feedforward - G v = -limit
        let edge = (35.0 * 0.3 + 0.05 + 1.5 + 20.0) / (0.5 + H * 35.0);

        assert!(potential.response(edge * (1.0 + 1e-12)).stiffness == 0.0);
        assert!(potential.response(edge * (1.0 - 1e-12)).stiffness > 0.0);
        assert!((potential.response(edge).impulse + H * 20.0).abs() < 1e-15);
    }

    #[test]
    fn infinite_limits_never_saturate_and_stay_finite() {
        let potential =
            Potential::drive(&Drive { limit: f64::INFINITY, ..drive() }, 0.1, H).unwrap();
        for v in [-1e9, 0.0, 1e9] {
            let response = potential.response(v);
            assert!(response.impulse.is_finite() && response.stiffness > 0.0);
        }
    }

    #[test]
    fn drives_without_gains_push_constantly_and_idle_ones_vanish() {
        let constant = Drive { feedforward: 3.0, ..Drive::default() };
        let potential = Potential::drive(&constant, 9.0, H).unwrap();

        assert_eq!(potential.response(-50.0), Response { impulse: H * 3.0, stiffness: 0.0 });
        assert_eq!(Potential::drive(&Drive::default(), 9.0, H), None);
        assert_eq!(Potential::drive(&Drive { limit: 0.0, ..drive() }, 9.0, H), None);
    }

    #[test]
    fn limits_push_in_one_direction_only() {
        let (lower, upper) = (Potential::at_least(0.7, 0.02), Potential::at_most(-0.7, 0.02));

        assert_eq!(lower.response(0.8), Response { impulse: 0.0, stiffness: 0.0 });
        assert!((lower.response(0.0).impulse - 35.0).abs() < 1e-12);
        assert_eq!(upper.response(-0.8), Response { impulse: 0.0, stiffness: 0.0 });
        assert!((upper.response(0.0).impulse + 35.0).abs() < 1e-12);
    }

    #[test]
    fn friction_stops_slow_motion_and_brakes_fast_motion_with_its_force() {
        let friction = Potential::bounded(0.0, 0.1, H * 2.0);

        assert!((friction.response(1e-4).impulse + 1e-3).abs() < 1e-16);
        assert_eq!(friction.response(5.0).impulse, -H * 2.0);
    }
}
