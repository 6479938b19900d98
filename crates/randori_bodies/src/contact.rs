//! Contact points from collision detection, and their potentials for one step.
//!
//! Velocities of a contact are those of the second body relative to the first, in
//! the directions of [`cone`](crate::cone): along the normal, which points from
//! the first to the second, and along two tangents.
//!
//! **Friction without creep.** A sticking regularised contact creeps with the velocity
//! `R_j lambda_j`. The stiff law adds `R_j lambda_j` of the last step to the target: the
//! regularisation then acts on the *change* of the impulse (a proximal step), and a
//! constant load stays at rest for any `R`.
//!
//! **Coulomb's law.** The convex potential lifts a sliding contact at
//! `|mu_j u_j|`. The stiff law lowers the target of the normal direction by that
//! velocity, taken before the step (de Saxce and Feng, "The bipotential method",
//! 1998), so that in steady sliding the normal velocity is 0. If the sliding velocity
//! changes much within the step, the solution is corrected with its final value
//! (`StepOptions::slip_rounds`).
//!
//! **Overlap.** A contact of the stiff law pushes overlapping bodies apart at a
//! limited velocity, since they keep that velocity. To support heavy loads, the limit
//! is increased by `R_n lambda_n` of the last step.
//!
//! **Restitution.** A contact of the stiff law that approaches faster than a
//! threshold and closes within the step has the target `-e u_n`, with a small
//! regularisation in this step.
//!
//! Start reading at [`Contact::cone`].

#![expect(clippy::needless_range_loop, reason = "the index is that of several arrays")]

use nalgebra::Vector3;

use crate::cone::{Cone, ConeKind, ConeVector, Friction, MAX_CONE_DIM};
use crate::laws::{Law, SoftLaw, StiffLaw};

/// Minimum of positive friction coefficients (`mjMINMU`).
const MIN_FRICTION: f64 = 1e-5;

/// `R_n` of a rebound, as a fraction of the inverse weight; small, so that the
/// velocity reaches its target.
const REBOUND_SOFTNESS: f64 = 1e-4;

/// One of the two bodies of a contact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Side {
    /// A link of the tree.
    Link(usize),
    /// A body with prescribed motion, such as the ground or a conveyor.
    World {
        /// Velocity of its surface at the contact, m/s.
        linear: Vector3<f64>,
        /// Angular velocity, rad/s.
        angular: Vector3<f64>,
    },
}

impl Side {
    /// A body at rest.
    pub const GROUND: Self =
        Self::World { linear: Vector3::new(0.0, 0.0, 0.0), angular: Vector3::new(0.0, 0.0, 0.0) };

    /// The link, if it is one.
    #[inline]
    pub fn link(&self) -> Option<usize> {
        match *self {
            Self::Link(link) => Some(link),
            Self::World { .. } => None,
        }
    }
}

/// A contact point of two bodies that touch or are close; world frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contact {
    /// The two bodies. At least one should be a link.
    pub sides: [Side; 2],
    /// m.
    pub point: Vector3<f64>,
    /// Unit vector from the first body to the second.
    pub normal: Vector3<f64>,
    /// Distance of the surfaces, m; negative if they overlap.
    pub gap: f64,
    /// Gap below which the soft law acts, m.
    pub margin: f64,
    /// Coefficients of friction.
    pub friction: Friction,
    /// Restitution coefficient of the stiff law, 0 (no rebound) to 1.
    pub restitution: f64,
    /// The law.
    pub law: Law,
    /// Identity over steps, for warm starts with the impulse of the last step.
    /// Contacts of one step have different keys.
    pub key: u64,
}

/// Inputs of the potential of a contact besides the contact itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContactStart {
    /// Relative velocity before the step.
    pub velocity: ConeVector,
    /// Inverse weight of both bodies, for translation (1/kg) and rotation
    /// (1/(kg m^2)).
    pub inverse_weight: [f64; 2],
    /// Impulse of the last step in the directions of this one.
    pub remembered: ConeVector,
    /// s.
    pub step_s: f64,
}

impl Contact {
    /// The potential for one step.
    pub fn cone(&self, start: &ContactStart) -> Cone {
        let kind = self.friction.kind();
        let mut mu = self.friction.coefficients();
        mu.iter_mut().take(kind.dim()).skip(1).for_each(|mu| *mu = mu.max(MIN_FRICTION));
        match &self.law {
            Law::Soft(law) => self.soft_cone(law, (kind, mu), start),
            Law::Stiff(law) => self.stiff_cone(law, (kind, mu), start),
        }
    }

    fn soft_cone(
        &self,
        law: &SoftLaw,
        (kind, mu): (ConeKind, ConeVector),
        start: &ContactStart,
    ) -> Cone {
        let error = self.gap - self.margin;
        let row = law.row(error, start.step_s);
        let normal = row.regularization(start.inverse_weight[0]);
        let mut target = [0.0; MAX_CONE_DIM];
        target[0] = row.target(error, start.velocity[0], start.step_s);
        for j in 1..kind.dim() {
            target[j] = row.friction_target(start.velocity[j], start.step_s);
        }
        // R_1 = R_n / ratio, and rho = R_1 mu_1^2.
        let friction = match kind {
            ConeKind::Frictionless => normal,
            _ => normal / law.friction_stiffness_ratio * mu[1] * mu[1],
        };
        Cone { kind, mu, target, normal_regularization: normal, friction_regularization: friction }
    }

    fn stiff_cone(
        &self,
        law: &StiffLaw,
        (kind, mu): (ConeKind, ConeVector),
        start: &ContactStart,
    ) -> Cone {
        let row = law.row(start.step_s);
        let [translation, rotation] = start.inverse_weight;
        let mut normal = row.softness * translation;
        // R_j = rho / mu_j^2 is at least the given fraction in every direction.
        let mut stiffest = 0.0_f64;
        for j in 1..kind.dim() {
            let weight = if j < 3 { translation } else { rotation };
            stiffest = stiffest.max(mu[j] * mu[j] * weight);
        }
        let friction = match kind {
            ConeKind::Frictionless => normal,
            _ => law.friction_regularization * stiffest,
        };
        let mut target = [0.0; MAX_CONE_DIM];
        let load = normal * start.remembered[0].max(0.0);
        target[0] = row.one_sided_target(self.gap).min(law.max_separation + load);
        if let Some(rebound) = self.rebound(law, start) {
            target[0] = target[0].max(rebound);
            normal = REBOUND_SOFTNESS * translation;
        }
        for j in 1..kind.dim() {
            target[j] = friction / (mu[j] * mu[j]) * start.remembered[j];
        }
        let mut cone = Cone {
            kind,
            mu,
            target,
            normal_regularization: normal,
            friction_regularization: friction,
        };
        cone.target[0] -= cone.slip(&start.velocity);
        cone
    }

    /// Normal velocity (m/s) with which the stiff law pushes overlapping bodies apart,
    /// without the increase for their load.
    pub(crate) fn recovery(&self, start: &ContactStart) -> f64 {
        match &self.law {
            Law::Stiff(law) if self.gap < 0.0 && self.rebound(law, start).is_none() => {
                law.row(start.step_s).one_sided_target(self.gap).min(law.max_separation)
            }
            _ => 0.0,
        }
    }

    /// Normal velocity (m/s) with which the contact rebounds in this step, if it
    /// does.
    fn rebound(&self, law: &StiffLaw, start: &ContactStart) -> Option<f64> {
        let approach = -start.velocity[0];
        let closes = self.gap <= approach * start.step_s;
        let fast = approach > law.restitution_threshold;
        (self.restitution > 0.0 && closes && fast).then_some(self.restitution * approach)
    }
}

/// Two unit vectors that make a right-handed frame `(normal, t_1, t_2)`.
#[inline]
pub fn tangents(normal: &Vector3<f64>) -> [Vector3<f64>; 2] {
    let across = if normal.x.abs() < 0.6 {
        Vector3::new(1.0, 0.0, 0.0)
    } else {
        Vector3::new(0.0, 1.0, 0.0)
    };
    let first = normal.cross(&across);
    let first = first / first.norm();
    [first, normal.cross(&first)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact() -> Contact {
        Contact {
            sides: [Side::GROUND, Side::Link(0)],
            point: Vector3::zeros(),
            normal: Vector3::z(),
            gap: -1e-5,
            margin: 0.0,
            friction: Friction { sliding: 0.5, ..Friction::default() },
            restitution: 0.6,
            law: Law::Stiff(StiffLaw::default()),
            key: 1,
        }
    }

    fn start(normal: f64, across: f64) -> ContactStart {
        ContactStart {
            velocity: [normal, across, 0.0, 0.0, 0.0, 0.0],
            inverse_weight: [0.5, 20.0],
            remembered: [0.0; MAX_CONE_DIM],
            step_s: 0.002,
        }
    }

    #[test]
    fn fast_approaches_rebound_and_slow_ones_do_not() {
        let (fast, slow) = (contact().cone(&start(-2.0, 0.0)), contact().cone(&start(-0.05, 0.0)));

        assert_eq!(fast.target[0], 1.2);
        assert!(fast.normal_regularization < slow.normal_regularization);
        assert!(slow.target[0] < 0.01);
    }

    #[test]
    fn a_contact_that_does_not_close_in_the_step_waits_with_its_rebound() {
        let open = Contact { gap: 0.01, ..contact() };

        assert_eq!(open.cone(&start(-2.0, 0.0)).target[0], -5.0);
    }

    #[test]
    fn a_remembered_impulse_holds_its_load_at_rest() {
        let held =
            ContactStart { remembered: [9.0, 0.02, -0.01, 0.0, 0.0, 0.0], ..start(0.0, 0.0) };
        let mut cone = contact().cone(&held);
        cone.target[0] = cone.normal_regularization; // a normal impulse of 1 N s
        let impulse = cone.response(&[0.0; MAX_CONE_DIM]).impulse;

        assert!((impulse[1] - 0.02).abs() < 1e-15 && (impulse[2] + 0.01).abs() < 1e-15);
    }

    #[test]
    fn sliding_keeps_the_normal_velocity_of_the_soft_step() {
        let slip = start(0.0, 3.0);
        let cone = contact().cone(&slip);
        let still = contact().cone(&start(0.0, 0.0));

        assert!((cone.target[0] + 0.5 * 3.0 - still.target[0]).abs() < 1e-15);
    }

    #[test]
    fn friction_without_sliding_keeps_its_own_stiffness() {
        let friction = Friction { torsional: 0.02, ..Friction::default() };
        let cone = Contact { friction, ..contact() }.cone(&start(0.0, 0.0));

        assert_eq!(cone.kind, ConeKind::Torsional);
        let regularization = cone.friction_regularization / (0.02 * 0.02);
        assert!((regularization - 0.01 * 20.0).abs() < 1e-12);
    }

    #[test]
    fn tangents_complete_a_right_handed_frame() {
        for normal in [Vector3::x(), Vector3::y(), -Vector3::z(), Vector3::new(0.6, 0.0, 0.8)] {
            let [first, second] = tangents(&normal);
            assert!((first.cross(&second) - normal).norm() < 1e-15);
            assert!(first.dot(&normal).abs() < 1e-15);
        }
    }
}
