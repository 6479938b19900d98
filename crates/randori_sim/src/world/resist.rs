//! Torsional and rolling friction: moments against the relative turning of two
//! bodies in contact.
//!
//! The engine has neither. The moments are outside torques on both bodies during
//! one step, as large as would stop the turning within it, but at most the
//! coefficient times the normal force of the last step: about the normal for
//! torsional friction, across it for rolling friction. Soft contacts turn like
//! `MuJoCo`'s, with a resistance that also yields.

use randori_core::math::Vector;
use rapier3d::prelude::{ColliderHandle, ContactPair};

use super::SimWorld;
use super::build::owner;
use super::mobility::{across, along};
use super::soft::Softness;
use super::surface::Surface;
use super::touch::{Moment, Row, Touching, sum};

/// How hard two bodies press on each other.
struct Pressure {
    force_n: f32,
    /// From the first body to the second.
    normal: Vector,
    /// Of the deepest point, m.
    depth: f32,
    /// Number of points that press.
    points: usize,
}

impl SimWorld {
    /// Takes back the moments of the last step: torques that are given to the
    /// engine persist.
    pub(super) fn take_back_moments(&mut self) {
        for index in 0..self.touch.moments.len() {
            let (one, other) = self.touch.moments[index].colliders;
            for collider in [one, other] {
                if let Some(handle) = self.physics.colliders[collider].parent() {
                    self.physics.bodies[handle].reset_torques(false);
                }
            }
        }
    }

    /// The moments for the step to come, from the contacts of the last one.
    pub(super) fn moments(&self, touching: &Touching<'_>) -> Vec<Moment> {
        let mut moments = Vec::new();
        for &collider in self.scene.rules.special() {
            for pair in self.physics.narrow_phase.contact_pairs_with(collider) {
                let first = if self.scene.rules.is_special(pair.collider1) {
                    pair.collider1
                } else {
                    pair.collider2
                };
                if first == collider {
                    moments.extend(self.moment_of(pair, touching));
                }
            }
        }
        moments
    }

    fn moment_of(&self, pair: &ContactPair, touching: &Touching<'_>) -> Option<Moment> {
        let colliders = &self.physics.colliders;
        let (one, other) = (&colliders[pair.collider1], &colliders[pair.collider2]);
        let surface = self.scene.rules.surface(one).joined(self.scene.rules.surface(other));
        if !surface.resists() {
            return None;
        }
        let pressure = self.pressure(pair)?;
        let bodies = [one, other].map(|collider| owner(collider.user_data).map(|body| body.0));
        let angular = bodies.map(|body| touching.mobility(body).map(|mobility| mobility.angular));
        let turning = sum(angular[0], angular[1])?;
        let spin = touching.spin(bodies[0]).minus(touching.spin(bodies[1]));
        let last = self.last_moment((pair.collider1, pair.collider2));
        let normal = pressure.normal;

        let mut moment = Vector::ZERO;
        if surface.torsional > 0.0 {
            let row = self.turning_row(&surface, surface.torsional, &pressure, bodies);
            let row = Row { mobility: along(&turning, normal), ..row };
            let (now, before) = spin.along(normal);
            let (wanted, _) = row.force(now, before, last.dot(normal), self.scene.tick_s);
            let limit = surface.torsional * pressure.force_n;
            moment += normal * wanted.min(limit).max(-limit);
        }
        if surface.rolling > 0.0 {
            let row = self.turning_row(&surface, surface.rolling, &pressure, bodies);
            let mut rolling = Vector::ZERO;
            for (axis, mobility) in across(&turning, normal) {
                let (now, before) = spin.along(axis);
                let row = Row { mobility, ..row };
                let (wanted, _) = row.force(now, before, last.dot(axis), self.scene.tick_s);
                rolling += axis * wanted;
            }
            let limit = surface.rolling * pressure.force_n;
            moment += rolling.clamp_length_max(limit);
        }
        let is_finite = moment.is_finite();
        is_finite
            .then_some(Moment { colliders: (pair.collider1, pair.collider2), on_first: moment })
    }

    /// How the resistance yields; without softness, it stops within a tick.
    fn turning_row(
        &self,
        surface: &Surface,
        coefficient: f32,
        pressure: &Pressure,
        bodies: [Option<usize>; 2],
    ) -> Row {
        let stop =
            Row { mobility: 0.0, regularization: 0.0, damping: 1.0 / self.scene.tick_s, push: 0.0 };
        let Some(spec) = surface.softness else { return stop };
        let soft = Softness::at(&spec, pressure.depth, self.scene.tick_s);
        let ratio = surface.friction / coefficient;
        let carried = self.scene.carried(bodies, &self.dropped);
        // `MuJoCo` scales the rows of a contact by the squares of their
        // coefficients; the contact's points yield side by side.
        let share = ratio * ratio / pressure.points as f32;
        Row {
            regularization: soft.friction_regularization(carried) * share,
            damping: soft.damping,
            ..stop
        }
    }

    fn last_moment(&self, colliders: (ColliderHandle, ColliderHandle)) -> Vector {
        let same = |moment: &&Moment| moment.colliders == colliders;
        self.touch.moments.iter().find(same).map_or(Vector::ZERO, |moment| moment.on_first)
    }

    /// What the last step pressed; `None` if nothing did.
    fn pressure(&self, pair: &ContactPair) -> Option<Pressure> {
        let mut pressure = Pressure { force_n: 0.0, normal: Vector::ZERO, depth: 0.0, points: 0 };
        for manifold in pair.solver_manifolds() {
            for point in manifold.points.iter().filter(|point| point.data.impulse > 0.0) {
                let force = point.data.impulse / self.scene.tick_s;
                pressure.force_n += force;
                pressure.normal += manifold.data.normal * force;
                pressure.depth = pressure.depth.max(-point.dist);
                pressure.points += 1;
            }
        }
        pressure.normal = pressure.normal.try_normalize()?;
        Some(pressure)
    }
}
