//! Mass, momentum and energy of branches, and Jacobians of points.

use nalgebra::Vector3;

use crate::kinematics::Kinematics;
use crate::spatial::{ForceVector, MotionVector};
use crate::tree::Tree;

/// Momentum of a branch, world axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Momentum {
    /// Linear momentum, kg m/s.
    pub linear: Vector3<f64>,
    /// Angular momentum about the centre of mass of the branch, kg m^2/s.
    pub angular: Vector3<f64>,
}

impl Kinematics {
    /// Columns of the Jacobian of a point that moves with a link: for each dof
    /// that moves the link, from the base outwards, the velocity of the point
    /// (linear) and of the link (angular) per unit of rate, world axes. `offset`
    /// is the position of the point from O of the branch, m.
    pub fn jacobian<'a>(
        &'a self,
        tree: &'a Tree,
        link: usize,
        offset: &Vector3<f64>,
    ) -> impl Iterator<Item = (usize, MotionVector)> + 'a {
        let offset = *offset;
        tree.link_chain(link).iter().map(move |&dof| {
            let dof = dof as usize;
            let column = self.subspace()[dof];
            (dof, MotionVector { angular: column.angular, linear: column.at(&offset) })
        })
    }

    /// Mass of a branch (kg) and its centre of mass in the world (m); O of the
    /// branch if there is no mass.
    pub fn center_of_mass(&self, tree: &Tree, branch: usize) -> (f64, Vector3<f64>) {
        let (mut mass, mut moment) = (0.0, Vector3::zeros());
        for (link, inertia) in tree.links().iter().zip(self.inertias()) {
            if link.branch() == branch {
                mass += inertia.mass_kg;
                moment += inertia.first_moment;
            }
        }
        let offset = if mass > 0.0 { moment / mass } else { Vector3::zeros() };
        (mass, self.origin(branch) + offset)
    }

    /// Momentum of a branch, from the velocities of all links (world axes about O),
    /// without rotors, which are only known as armature.
    pub fn momentum(&self, tree: &Tree, branch: usize, velocities: &[MotionVector]) -> Momentum {
        let mut sum = ForceVector::ZERO;
        let links = tree.links().iter().zip(self.inertias()).zip(velocities);
        for ((link, inertia), velocity) in links {
            if link.branch() == branch {
                sum += inertia.times(velocity);
            }
        }
        let (_, com) = self.center_of_mass(tree, branch);
        let offset = com - self.origin(branch);
        Momentum { linear: sum.force, angular: sum.torque_about(&offset) }
    }

    /// Kinetic energy of all branches including armature, J, from the velocities of
    /// all links and the generalized velocity.
    pub fn kinetic_energy(&self, tree: &Tree, velocities: &[MotionVector], v: &[f64]) -> f64 {
        let links = self.inertias().iter().zip(velocities);
        let moving: f64 =
            links.map(|(inertia, velocity)| 0.5 * velocity.dot(&inertia.times(velocity))).sum();
        let rotors: f64 =
            tree.armature().iter().zip(v).map(|(a, rate)| 0.5 * a * rate * rate).sum();
        moving + rotors
    }

    /// Potential energy of all branches, J, under `gravity` (m/s^2, world axes);
    /// zero if every mass is at the world's origin.
    pub fn potential_energy(&self, tree: &Tree, gravity: &Vector3<f64>) -> f64 {
        let links = tree.links().iter().zip(self.inertias());
        links
            .map(|(link, inertia)| {
                let moment = self.origin(link.branch()) * inertia.mass_kg + inertia.first_moment;
                -gravity.dot(&moment)
            })
            .sum()
    }
}
