//! Contacts that yield by a law of their own.
//!
//! [`SoftnessSpec`] is `MuJoCo`'s contact model: in each direction of a contact,
//! `R f = -b v - k r - a` with the relative velocity `v`, the penetration `r`
//! (negative), and the acceleration `a` that is left over; friction has no `r`.
//! So a foot sinks in until `k r` carries the load, and creeps under a sideways
//! force `f` at `R f / b`. `R` is relative to the mass that is carried, as
//! `MuJoCo` measures it: by the mean inverse mass of a link in the robot's zero
//! configuration.
//!
//! The engine's rows are rigid, so each gets the velocity at which this force
//! would leave it: friction as the velocity of a moving surface, and the normal
//! direction as a gap that closes within the step. While a contact is unloaded,
//! the engine recovers the penetration without giving the bodies the velocity
//! of it, so a soft contact does not throw back. Contacts of several points yield
//! as one patch that stays level.

use nalgebra::Matrix3;
use randori_core::math::Vector;
use randori_core::spec::SoftnessSpec;
use rapier3d::prelude::{ContactManifold, ModifiableManifold, SolverContact};

use super::contact::contact_index;
use super::mobility::{across, along};
use super::touch::{Row, Touching, sum};

/// A gap that nothing closes within a step, m.
const OPEN: f32 = 1.0;

/// `MuJoCo` keeps impedances this far from 0 and 1 (`mjMINIMP`, `mjMAXIMP`).
const IMPEDANCES: (f64, f64) = (0.0001, 0.9999);

/// The constants of a contact at one penetration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Softness {
    /// `d`: the share of the wanted force.
    impedance: f32,
    /// `k`, 1/s^2.
    stiffness: f32,
    /// `b`, 1/s.
    pub(super) damping: f32,
    friction_stiffness_ratio: f32,
}

impl Softness {
    /// At a depth (m) below the surface, for steps of this length.
    ///
    /// Source: `MuJoCo` documentation, "Computation", "Solver parameters"; with
    /// its midpoint 0.5 and power 2, and its safeguard that a time constant is
    /// at least two steps.
    pub(super) fn at(spec: &SoftnessSpec, depth: f32, tick_s: f32) -> Self {
        let within = |impedance: f64| impedance.max(IMPEDANCES.0).min(IMPEDANCES.1);
        let (first, last) = (within(spec.impedance), within(spec.impedance_at_width));
        let share = if spec.width > 0.0 { (f64::from(depth) / spec.width).min(1.0) } else { 1.0 };
        let rise = if share < 0.5 {
            2.0 * share * share
        } else {
            1.0 - 2.0 * (1.0 - share) * (1.0 - share)
        };
        let impedance = first + (last - first) * rise;
        let time_constant = spec.time_constant.max(2.0 * f64::from(tick_s));
        let rate = 1.0 / (last * time_constant);
        Self {
            impedance: impedance as f32,
            stiffness: (impedance * (rate / spec.damping_ratio) * (rate / spec.damping_ratio))
                as f32,
            damping: (2.0 * rate) as f32,
            friction_stiffness_ratio: spec.friction_stiffness_ratio as f32,
        }
    }

    /// `R` of the normal direction for bodies of this inverse mass, 1/kg.
    fn regularization(&self, inverse_mass: f32) -> f32 {
        (1.0 - self.impedance) / self.impedance * inverse_mass
    }

    /// `R` of friction, 1/kg.
    pub(super) fn friction_regularization(&self, inverse_mass: f32) -> f32 {
        self.regularization(inverse_mass) / self.friction_stiffness_ratio
    }
}

/// Two bodies in soft contact.
pub(super) struct SoftPair<'a> {
    pub(super) touching: &'a Touching<'a>,
    pub(super) spec: &'a SoftnessSpec,
    /// Indices; the ground and other nameless things have none.
    pub(super) bodies: [Option<usize>; 2],
    /// Inverse mass that `R` is relative to, 1/kg.
    pub(super) carried: f32,
}

/// What presses in a contact: one point, or a patch of several that yield side
/// by side.
struct Patch {
    /// The middle of its points in the world, m.
    center: Vector,
    /// From the first body to the second.
    normal: Vector,
    /// Mean depth, m.
    depth: f32,
    points: usize,
    /// Normal force of the last tick, N.
    pressure_n: f32,
    /// Friction on the first body in the last substep, N.
    friction: Vector,
}

impl SoftPair<'_> {
    /// Gives all points of a manifold their targets.
    ///
    /// The targets of a patch's points agree with one rigid motion: the patch
    /// yields as a whole and levels itself. Targets of their own for more points
    /// than a body has freedoms would contradict each other.
    pub(super) fn soften(&self, contacts: &mut ModifiableManifold<'_>) {
        let patch = self.patch(contacts.manifold, contacts.solver_contacts, *contacts.normal);
        let targets = patch.as_ref().and_then(|patch| {
            let yielding =
                self.touching.mobility_at(self.bodies[0], self.bodies[1], patch.center)?;
            let soft = Softness::at(self.spec, patch.depth, self.touching.tick_s);
            let opening = self.opening(&soft, patch, along(&yielding, patch.normal))?;
            let sideways = self.sideways(patch, yielding);
            Some((patch, soft, opening, self.creep(&soft, patch, &sideways)))
        });
        for contact in contacts.solver_contacts.iter_mut() {
            let depth = -contact.dist;
            let Some((patch, soft, opening, creep)) = targets.as_ref().filter(|_| depth > 0.0)
            else {
                contact.dist = OPEN;
                continue;
            };
            let point = (contact.anchor1 + contact.anchor2) / 2.0;
            let turned =
                self.closing(point, patch.normal).0 - self.closing(patch.center, patch.normal).0;
            let level = (depth - patch.depth) * soft.stiffness / soft.damping;
            contact.dist = opening.gap(self.touching, turned + level);
            contact.tangent_velocity = *creep;
        }
    }

    /// How the bodies yield to friction. A patch keeps them from tipping, so
    /// they yield as if it acted at their centres of mass.
    fn sideways(&self, patch: &Patch, yielding: Matrix3<f32>) -> Matrix3<f32> {
        if patch.points == 1 {
            return yielding;
        }
        let linear = |body| self.touching.mobility(body).map(|mobility| mobility.linear);
        sum(linear(self.bodies[0]), linear(self.bodies[1])).unwrap_or(yielding)
    }

    fn patch(
        &self,
        manifold: &ContactManifold,
        contacts: &[SolverContact],
        normal: Vector,
    ) -> Option<Patch> {
        let nothing = Vector::ZERO;
        let mut patch = Patch {
            center: nothing,
            normal,
            depth: 0.0,
            points: 0,
            pressure_n: 0.0,
            friction: nothing,
        };
        for contact in contacts.iter().filter(|contact| contact.dist < 0.0) {
            let data = &manifold.points[contact_index(contact.contact_id[0])].data;
            patch.center += (contact.anchor1 + contact.anchor2) / 2.0;
            patch.depth -= contact.dist;
            patch.points += 1;
            if data.impulse > 0.0 {
                patch.pressure_n += data.impulse / self.touching.tick_s;
                let friction = data.warmstart_tangent_world / self.touching.substep_s;
                // Each point holds the friction of the whole patch.
                patch.friction = friction;
            }
        }
        let count = patch.points as f32;
        patch.center /= count;
        patch.depth /= count;
        (patch.points > 0).then_some(patch)
    }

    /// Velocity at which the bodies come apart at a point, now and a tick ago.
    fn closing(&self, point: Vector, normal: Vector) -> (f32, f32) {
        let touching = self.touching;
        let between = touching.at(self.bodies[0], point).minus(touching.at(self.bodies[1], point));
        between.along(-normal)
    }

    /// How the middle of a patch moves in the step to come; `None` if nothing
    /// presses.
    fn opening(&self, soft: &Softness, patch: &Patch, mobility: f32) -> Option<Opening> {
        let tick_s = self.touching.tick_s;
        let (now, before) = self.closing(patch.center, patch.normal);
        let row = Row {
            mobility,
            regularization: soft.regularization(self.carried) / patch.points as f32,
            damping: soft.damping,
            push: soft.stiffness * patch.depth,
        };
        let (force, free) = row.force(now, before, patch.pressure_n, tick_s);
        if force <= 0.0 || !force.is_finite() {
            return None;
        }
        // How fast it would recover if the bodies had no inertia.
        let load = (-free / mobility).max(0.0);
        let recovering = (row.push - row.regularization * load) / row.damping;
        let lag = self.touching.yielding * mobility * load * self.touching.substep_s;
        Some(Opening { velocity: now + tick_s * (free + mobility * force), recovering, lag })
    }

    /// The velocity of a moving surface that makes friction creep as it should.
    fn creep(&self, soft: &Softness, patch: &Patch, yielding: &Matrix3<f32>) -> Vector {
        let touching = self.touching;
        let of = |body| touching.at(body, patch.center);
        let sliding = of(self.bodies[0]).minus(of(self.bodies[1]));
        let mut target = Vector::ZERO;
        for (axis, mobility) in across(yielding, patch.normal) {
            let row = Row {
                mobility,
                regularization: soft.friction_regularization(self.carried) / patch.points as f32,
                damping: soft.damping,
                push: 0.0,
            };
            let (now, before) = sliding.along(axis);
            let (force, free) = row.force(now, before, patch.friction.dot(axis), touching.tick_s);
            target += axis * (now + touching.tick_s * (free + mobility * force));
        }
        if target.is_finite() { -target } else { Vector::ZERO }
    }
}

/// How a contact opens (or closes, if negative) in a step, m/s.
struct Opening {
    velocity: f32,
    /// Without inertia.
    recovering: f32,
    /// By how much the engine's own softness gives way to the force.
    lag: f32,
}

impl Opening {
    /// The gap (m) that lets the engine's row do that, for a point that opens
    /// faster by `extra`.
    fn gap(&self, touching: &Touching<'_>, extra: f32) -> f32 {
        let velocity = self.velocity + extra;
        if velocity < 0.0 {
            return -velocity * touching.tick_s;
        }
        -(velocity.max(self.recovering + extra) + self.lag) / touching.recovery
    }
}
