//! Forces of contacts, per link.

use randori_core::layout::BodyId;
use randori_core::math::{Vector, Wrench};
use randori_core::record::Contact;
use rapier3d::prelude::{ColliderHandle, ContactManifold, ContactPair};

use super::SimWorld;
use super::build::owner;

impl SimWorld {
    /// Total contact wrench on a body in the last step, world axes: force and moment
    /// about the body's frame origin.
    ///
    /// Welded links have separate wrenches. Contact between links of one robot counts
    /// like any other.
    pub fn contact_wrench(&self, body: BodyId) -> Wrench {
        let origin = self.body_state(body).pose.translation;
        let mut wrench = Wrench::default();
        for &collider in self.body_colliders(body) {
            for pair in self.solved_pairs_with(collider) {
                let sign = if pair.collider1 == collider { 1.0 } else { -1.0 };
                self.for_each_force(pair, |point, force| {
                    wrench.force += force * sign;
                    wrench.torque += (point - origin).cross(force * sign);
                });
            }
        }
        if let Some(trees) = &self.trees {
            let (force, torque) = trees.contact_wrench(body.0, origin);
            wrench.force += force;
            wrench.torque += torque;
        }
        wrench
    }

    /// All contacts of the last step with force, one entry per pair of bodies, with the
    /// mean force over the step.
    ///
    /// Sorted by body, then by the other body, the ground last. Self-contacts are omitted.
    pub fn contacts(&self, out: &mut Vec<Contact>) {
        out.clear();
        for pair in self.solved_pairs() {
            let owner_of =
                |collider: ColliderHandle| owner(self.physics.colliders[collider].user_data);
            let (first, second) = (owner_of(pair.collider1), owner_of(pair.collider2));
            if first == second || !presses(pair) {
                continue;
            }
            let (body, other, sign) = match (first, second) {
                (Some(body), None) => (body, None, 1.0),
                (None, Some(body)) => (body, None, -1.0),
                (Some(a), Some(b)) if a < b => (a, Some(b), 1.0),
                (Some(a), Some(b)) => (b, Some(a), -1.0),
                (None, None) => continue,
            };
            let mut force = Vector::ZERO;
            self.for_each_force(pair, |_, on_first| force += on_first * sign);
            match out.iter_mut().find(|contact| (contact.body, contact.other) == (body, other)) {
                Some(contact) => contact.force += force,
                None => out.push(Contact { body, other, force }),
            }
        }
        for touch in self.tree_touches() {
            let [first, second] = touch.bodies.map(|body| body.map(BodyId));
            let (body, other, force) = match (first, second) {
                (Some(body), None) => (body, None, -touch.force),
                (None, Some(body)) => (body, None, touch.force),
                (Some(a), Some(b)) if a < b => (a, Some(b), -touch.force),
                (Some(a), Some(b)) if b < a => (b, Some(a), touch.force),
                _ => continue,
            };
            match out.iter_mut().find(|contact| (contact.body, contact.other) == (body, other)) {
                Some(contact) => contact.force += force,
                None => out.push(Contact { body, other, force }),
            }
        }
        out.sort_by_key(|contact| (contact.body, contact.other.is_none(), contact.other));
    }

    /// True if two bodies exerted contact forces on each other in the last step.
    pub fn touches(&self, a: BodyId, b: BodyId) -> bool {
        self.body_colliders(a).iter().any(|&collider| {
            self.solved_pairs_with(collider).any(|pair| {
                let other =
                    if pair.collider1 == collider { pair.collider2 } else { pair.collider1 };
                owner(self.physics.colliders[other].user_data) == Some(b) && presses(pair)
            })
        }) || self.tree_touches().iter().any(|touch| {
            let bodies = touch.bodies.map(|body| body.map(BodyId));
            bodies == [Some(a), Some(b)] || bodies == [Some(b), Some(a)]
        })
    }

    /// Pairs whose contacts the engine has solved in the last step; may include pairs
    /// without contact.
    pub(super) fn solved_pairs(&self) -> impl Iterator<Item = &ContactPair> {
        let pairs = (!self.is_alone()).then(|| self.physics.narrow_phase.contact_pairs());
        pairs.into_iter().flatten()
    }

    /// Such pairs of one collider.
    fn solved_pairs_with(&self, collider: ColliderHandle) -> impl Iterator<Item = &ContactPair> {
        let pairs =
            (!self.is_alone()).then(|| self.physics.narrow_phase.contact_pairs_with(collider));
        pairs.into_iter().flatten()
    }

    /// Calls `visit` with the world point and the force (N) on the first body of a
    /// pair, for every contact with force.
    fn for_each_force(&self, pair: &ContactPair, mut visit: impl FnMut(Vector, Vector)) {
        for manifold in pair.solver_manifolds() {
            self.visit_patches(manifold, &mut visit);
        }
    }

    fn visit_patches(&self, manifold: &ContactManifold, visit: &mut impl FnMut(Vector, Vector)) {
        let data = &manifold.data;
        // The solver processes four points at a time.
        for patch in data.solver_contacts.chunks(4) {
            let (mut centre, mut friction, mut twist) = (Vector::ZERO, Vector::ZERO, 0.0);
            let mut pressed = false;
            for contact in patch {
                let point = &manifold.points[contact_index(contact.contact_id[0])].data;
                let place = self.middle(manifold, contact);
                centre += place / patch.len() as f32;
                friction = point.warmstart_tangent_world / self.scene.substep_s;
                twist = point.warmstart_twist_impulse / self.scene.substep_s;
                if point.impulse > 0.0 {
                    pressed = true;
                    visit(place, -data.normal * (point.impulse / self.scene.tick_s));
                }
            }
            if pressed {
                visit(centre, friction);
                // A pure moment is a couple of forces.
                let arm = data.normal.any_orthonormal_vector();
                let pull = (-data.normal * twist).cross(arm) / 2.0;
                visit(centre + arm, pull);
                visit(centre - arm, -pull);
            }
        }
    }

    /// Point of action of a contact, in the world.
    pub(super) fn middle(
        &self,
        manifold: &ContactManifold,
        contact: &rapier3d::prelude::SolverContact,
    ) -> Vector {
        let bodies = &self.physics.bodies;
        let (on_first, on_second) = manifold.data.solver_contact_world_points(contact, bodies);
        (on_first + on_second) / 2.0
    }
}

fn presses(pair: &ContactPair) -> bool {
    let mut points = pair.solver_manifolds().iter().flat_map(|manifold| &manifold.points);
    points.any(|point| point.data.impulse > 0.0)
}

/// The engine stores a flag in the highest bit.
pub(super) fn contact_index(id: u32) -> usize {
    (id & (u32::MAX >> 1)) as usize
}
