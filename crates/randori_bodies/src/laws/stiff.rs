//! The stiff law.

/// The stiff law, with restitution and friction without creep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StiffLaw {
    /// `w/(2 pi)`, Hz. Rows of a higher frequency are stiffer.
    pub frequency_hz: f64,
    /// `z`; 1 is critical damping, more recovers more slowly.
    pub damping_ratio: f64,
    /// Largest velocity of recovery, m/s or rad/s.
    pub max_recovery: f64,
    /// Largest velocity with which a contact pushes overlapping bodies apart, m/s,
    /// in addition to the velocity that supports the load of the last step. Bodies keep
    /// that velocity.
    pub max_separation: f64,
    /// `R` of friction as a fraction of the inverse weight. The impulse of friction is
    /// warm-started, so this sets its rate of convergence, not a creep velocity.
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
            max_separation: 0.2,
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
    /// `1/a_2`: regularisation as a fraction of the inverse weight.
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
    /// The target velocity of a one-sided row at a gap (m or rad; negative if
    /// violated).
    #[inline]
    pub fn one_sided_target(&self, gap: f64) -> f64 {
        if gap > 0.0 { -gap / self.step_s } else { self.equality_target(gap) }
    }

    /// The target velocity of an equality at an error (m or rad).
    #[inline]
    pub fn equality_target(&self, error: f64) -> f64 {
        (-error * self.recovery).min(self.max_recovery).max(-self.max_recovery)
    }
}
