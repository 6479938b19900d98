//! Passive forces on a single dof: friction, limits and springs.
//!
//! Damping and armature are part of the [`Tree`](crate::Tree); drives are
//! [`Drive`]s. All become scalar potentials (see [`potential`](crate::potential)).

use crate::laws::{Law, RowState};
use crate::potential::{Drive, Potential};

/// `R` of joint friction of the stiff law, as a fraction of the inverse weight. The
/// impulse is warm-started, so there is no creep; with smaller values Newton's
/// method jumps over the kinks.
const FRICTION_SOFTNESS: f64 = 0.1;

/// Open limits of the stiff law are active below this distance (m or rad), or below
/// twice the distance that the dof moves in a step.
const LIMIT_MARGIN: f64 = 1e-3;

/// Friction, limits and spring of one dof.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DofLaw {
    /// Coulomb friction of the joint, N m or N.
    pub friction: f64,
    /// Law of the friction.
    pub friction_law: Law,
    /// Lower and upper limit of the coordinate, rad or m.
    pub range: Option<[f64; 2]>,
    /// Law of the limits.
    pub limit_law: Law,
    /// Distance from a limit below which the soft law acts, rad or m.
    pub limit_margin: f64,
    /// Stiffness of a passive spring, N m/rad or N/m.
    pub stiffness: f64,
    /// Rest coordinate of the spring, rad or m.
    pub rest: f64,
}

/// Origin of a potential of a dof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DofRowKind {
    Drive,
    Friction,
    LowerLimit,
    UpperLimit,
    Spring,
}

/// A dof before the step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DofStart {
    /// Coordinate, rad or m.
    pub(crate) position: f64,
    /// rad/s or m/s.
    pub(crate) velocity: f64,
    /// Velocity per impulse.
    pub(crate) inverse_weight: f64,
    /// Friction impulse of the last step, N m s or N s.
    pub(crate) friction: f64,
    /// s.
    pub(crate) step_s: f64,
    /// True if `position` is that at the middle of the step.
    pub(crate) midpoint: bool,
}

impl DofLaw {
    /// Calls `add` for each potential of the dof.
    pub(crate) fn potentials(
        &self,
        drive: Option<&Drive>,
        start: &DofStart,
        mut add: impl FnMut(DofRowKind, Potential),
    ) {
        if let Some(drive) =
            drive.and_then(|drive| Potential::drive(drive, start.position, start.step_s))
        {
            add(DofRowKind::Drive, drive);
        }
        if self.friction > 0.0 {
            add(DofRowKind::Friction, self.friction_potential(start));
        }
        if let Some([lower, upper]) = self.range {
            self.limits([start.position - lower, upper - start.position], start, &mut add);
        }
        if self.stiffness != 0.0 {
            add(DofRowKind::Spring, self.spring(start));
        }
    }

    fn friction_potential(&self, start: &DofStart) -> Potential {
        let bound = start.step_s * self.friction;
        match &self.friction_law {
            Law::Soft(law) => {
                let row = law.row(0.0, start.step_s);
                let target = row.target(0.0, start.velocity, start.step_s);
                Potential::bounded(target, row.regularization(start.inverse_weight), bound)
            }
            Law::Stiff(_) => {
                let regularization = FRICTION_SOFTNESS * start.inverse_weight;
                Potential::bounded(regularization * start.friction, regularization, bound)
            }
        }
    }

    fn limits(
        &self,
        [below, above]: [f64; 2],
        start: &DofStart,
        add: &mut impl FnMut(DofRowKind, Potential),
    ) {
        let margin = match self.limit_law {
            Law::Soft(_) => self.limit_margin,
            Law::Stiff(_) => LIMIT_MARGIN + 2.0 * start.step_s * start.velocity.abs(),
        };
        let row = |gap: f64, velocity: f64| {
            let error = match self.limit_law {
                Law::Soft(_) => gap - self.limit_margin,
                Law::Stiff(_) => gap,
            };
            let inverse_weight = start.inverse_weight;
            let state = RowState { error, velocity, inverse_weight };
            self.limit_law.one_sided(&state, start.step_s)
        };
        if below < margin {
            let row = row(below, start.velocity);
            add(DofRowKind::LowerLimit, Potential::at_least(row.velocity, row.regularization));
        }
        if above < margin {
            let row = row(above, -start.velocity);
            add(DofRowKind::UpperLimit, Potential::at_most(-row.velocity, row.regularization));
        }
    }

    /// At the end of the step; with positions at its middle, at the mean of the
    /// positions at start and end, which is the implicit midpoint rule and keeps
    /// the energy of a swinging spring.
    fn spring(&self, start: &DofStart) -> Potential {
        let stretch = start.position - self.rest;
        if start.midpoint {
            let quarter = start.step_s / 4.0;
            let stretch = stretch - quarter * start.velocity;
            Potential::linear_spring(self.stiffness, stretch, (start.step_s, quarter))
        } else {
            Potential::spring(self.stiffness, 0.0, stretch, start.step_s)
        }
    }
}
