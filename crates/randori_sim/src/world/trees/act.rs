//! Impulses and payloads on links.

use nalgebra::Vector3;
use randori_bodies::{MassMatrix, SparseFactor};
use randori_core::math::Vector;

use super::{Touch, Trees};
use crate::world::SimWorld;
use crate::world::dynamics::spatial::wide;
use crate::world::inertia::MassProperties;

impl Trees {
    /// Adds the velocity change of an impulse (N s, world) on a link: `M dv = J' p`.
    pub(in crate::world) fn strike(&mut self, link: usize, impulse: Vector, point: Vector) {
        let (tree, kinematics) = (&self.tree, &self.placed);
        let mut mass = MassMatrix::new(tree);
        mass.update(tree, kinematics);
        let mut factor = SparseFactor::new(tree);
        if factor.factorize(tree, mass.rows(), tree.armature()).is_err() {
            return;
        }
        let loads = (&wide(impulse), &Vector3::zeros());
        let load = kinematics.force_at(tree, link, &wide(point), loads);
        let mut dv = vec![0.0; tree.dofs()];
        for dof in tree.link_chain(link) {
            let dof = *dof as usize;
            dv[dof] = kinematics.subspace()[dof].dot(&load);
        }
        factor.solve(tree, &mut dv);
        // An impulse is not a lasting acceleration: the previous velocity changes too.
        for values in [&mut self.state.v, &mut self.state.previous_v] {
            for (value, change) in values.iter_mut().zip(&dv) {
                *value += change;
            }
        }
    }

    /// Changes the last bit of the first joint velocity that moves a link.
    pub(in crate::world) fn nudge(&mut self, link: usize) {
        if let Some(dof) = self.tree.link_chain(link).first() {
            let rate = &mut self.state.v[*dof as usize];
            *rate = rate.next_up();
        }
    }

    /// Sets the mass properties of a link, in its frame.
    pub(in crate::world) fn set_mass(&mut self, link: usize, mass: &MassProperties) {
        self.tree.set_mass(link, *mass);
        if link < self.robots.links().len() {
            self.robots.set_mass(link, *mass);
        }
    }

    /// Force on the body (N) and its moment (N m) about a point, total of all contacts.
    pub(in crate::world) fn contact_wrench(&self, body: usize, about: Vector) -> (Vector, Vector) {
        sum_on(body, about, &self.touches)
    }

    /// The same for all loads but gravity and joints.
    pub(in crate::world) fn loads_on(&self, body: usize, about: Vector) -> (Vector, Vector) {
        let [touches, loads] = [&self.touches, &self.loads].map(|it| sum_on(body, about, it));
        (touches.0 + loads.0, touches.1 + loads.1)
    }
}

/// Force (N) on a body and its moment (N m) about a point.
fn sum_on(body: usize, about: Vector, touches: &[Touch]) -> (Vector, Vector) {
    let (mut force, mut torque) = (Vector::ZERO, Vector::ZERO);
    for touch in touches {
        let [first, second] = touch.bodies;
        if first == second {
            continue;
        }
        for (side, sign) in [(first, -1.0), (second, 1.0)] {
            if side == Some(body) {
                force += touch.force * sign;
                torque += ((touch.point - about).cross(touch.force) + touch.moment) * sign;
            }
        }
    }
    (force, torque)
}

impl SimWorld {
    /// True if the engine moved no body itself in the last step.
    pub(in crate::world) fn is_alone(&self) -> bool {
        self.trees.as_ref().is_some_and(|trees| trees.is_alone)
    }

    /// Contacts with force on links in the last step.
    pub(in crate::world) fn tree_touches(&self) -> &[Touch] {
        self.trees.as_ref().map_or(&[], |trees| &trees.touches)
    }

    /// The first body of the trees, if their state is not finite.
    pub(in crate::world) fn broken_tree(&self) -> Option<usize> {
        let (forest, trees) = (self.scene.forest.as_ref()?, self.trees.as_ref()?);
        if trees.is_finite() {
            return None;
        }
        let link = forest.links.first().map(|link| link.members[0]);
        link.or_else(|| trees.owned.first().map(|owned| owned.body))
    }

    /// Modifies the trees between steps, and updates the poses of their links.
    pub(in crate::world) fn change_trees(&mut self, change: impl FnOnce(&mut Trees)) {
        if let Some(mut trees) = self.trees.take() {
            change(&mut trees);
            trees.settle(&mut self.physics);
            self.trees = Some(trees);
        }
    }
}
