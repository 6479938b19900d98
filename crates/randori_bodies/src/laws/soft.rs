//! `MuJoCo`'s constraint law.

/// Minimum distance of impedances from 0 and 1 (`mjMINIMP`, `mjMAXIMP`).
const IMPEDANCES: (f64, f64) = (0.0001, 0.9999);

/// Smallest denominator and regularisation (`mjMINVAL`).
const TINY: f64 = 1e-15;

/// Spring and damper of the soft law: `MuJoCo`'s `solref`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reference {
    /// Time constant of recovery: positive `solref`.
    Recovery {
        /// s; at least two steps are used.
        time_constant: f64,
        /// 1 is critical damping.
        damping_ratio: f64,
    },
    /// Stiffness and damping: negative `solref`.
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

/// Impedance as a function of the position error: `MuJoCo`'s
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
    /// Midpoint of the curve, where its two branches meet, as a fraction of the width.
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
    /// With every parameter clamped to its legal range, as in `MuJoCo`.
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

    /// The impedance at a position error (m or rad).
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
    /// `solreffriction`: separate damping of a contact's friction; `None`: that of
    /// `reference`.
    pub friction_reference: Option<Reference>,
    /// `impratio`: stiffness of a contact's friction relative to its normal
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

    /// The target velocity for an error (m or rad) and the velocity before the
    /// step (m/s or rad/s).
    #[inline]
    pub fn target(&self, error: f64, velocity: f64, step_s: f64) -> f64 {
        velocity * (1.0 - step_s * self.damping) - step_s * self.stiffness * self.impedance * error
    }

    /// The target velocity in a friction direction of a contact, which has no error.
    #[inline]
    pub fn friction_target(&self, velocity: f64, step_s: f64) -> f64 {
        velocity * (1.0 - step_s * self.friction_damping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
