//! Inverse weights: mobility of links and dofs in the zero configuration.
//!
//! Constraint laws regularise a row in proportion to the mass that it moves. The
//! measure is `MuJoCo`'s (`body_invweight0`, `dof_invweight0`): with the Jacobian J
//! of a link at its centre of mass, the mean of the diagonal of `J M^-1 J'` over
//! the three directions of translation, and over those of rotation; for a dof,
//! the diagonal element of `M^-1`, averaged over the three dofs of a ball joint,
//! and of the translation and the rotation of a floating base. M includes
//! armature. Inverse weights are computed once, so the constants of a row do not depend
//! on the configuration.
//!
//! Source: `MuJoCo` documentation, "Computation", "Constraint model";
//! compared with its numbers in `tests/soft_motion.rs`.

use crate::factor::{NotPositiveDefinite, SparseFactor};
use crate::joint::JointKind;
use crate::kinematics::Kinematics;
use crate::mass_matrix::MassMatrix;
use crate::spatial::{ForceVector, MotionVector};
use crate::state::State;
use crate::tree::Tree;
use nalgebra::Vector3;

/// Smallest inverse weight (`mjMINVAL`), of immovable links and dofs.
const MIN_WEIGHT: f64 = 1e-15;

/// Inverse weights of all links and dofs of a tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weights {
    links: Vec<[f64; 2]>,
    dofs: Vec<f64>,
}

impl Weights {
    /// Computes them.
    ///
    /// # Errors
    ///
    /// If a dof moves no mass.
    pub fn new(tree: &Tree) -> Result<Self, NotPositiveDefinite> {
        let (mut kinematics, mut mass) = (Kinematics::new(tree), MassMatrix::new(tree));
        let mut factor = SparseFactor::new(tree);
        kinematics.update(tree, &State::new(tree).q);
        mass.update(tree, &kinematics);
        factor.factorize(tree, mass.rows(), tree.armature())?;

        let mut scratch = vec![0.0; tree.dofs()];
        let links = (0..tree.links().len()).map(|link| {
            let com = kinematics.rotation(link) * tree.links()[link].mass().com;
            let offset = kinematics.offset(link) + com;
            let mut mean = |force: fn(&Vector3<f64>, &Vector3<f64>) -> ForceVector| {
                let axes = [Vector3::x(), Vector3::y(), Vector3::z()];
                let along = axes.map(|axis| {
                    let force = force(&axis, &offset);
                    scratch.fill(0.0);
                    for dof in tree.link_chain(link) {
                        let column: &MotionVector = &kinematics.subspace()[*dof as usize];
                        scratch[*dof as usize] = column.dot(&force);
                    }
                    inverse_form(tree, &factor, &mut scratch)
                });
                (along[0] + along[1] + along[2]) / 3.0
            };
            [mean(ForceVector::at), mean(couple)]
        });
        let links = links.collect();
        let mut dofs: Vec<f64> = (0..tree.dofs())
            .map(|dof| {
                scratch.fill(0.0);
                scratch[dof] = 1.0;
                inverse_form(tree, &factor, &mut scratch)
            })
            .collect();
        for link in tree.links() {
            if matches!(link.joint(), JointKind::FloatingBase | JointKind::Spherical) {
                for three in dofs[link.dofs()].chunks_mut(3) {
                    three.fill((three[0] + three[1] + three[2]) / 3.0);
                }
            }
        }
        Ok(Self { links, dofs })
    }

    /// Of a link, for translation (1/kg) and rotation (1/(kg m^2)).
    #[inline]
    pub fn link(&self, link: usize) -> [f64; 2] {
        self.links[link].map(|weight| weight.max(MIN_WEIGHT))
    }

    /// Of a dof, 1/(kg m^2) or 1/kg.
    #[inline]
    pub fn dof(&self, dof: usize) -> f64 {
        self.dofs[dof].max(MIN_WEIGHT)
    }

    /// Appends those of another tree, like [`Tree::append`].
    pub fn append(&mut self, other: &Self) {
        self.links.extend(&other.links);
        self.dofs.extend(&other.dofs);
    }

    /// Removes all entries but keeps the memory.
    pub fn clear(&mut self) {
        self.links.clear();
        self.dofs.clear();
    }
}

/// A moment without a force.
fn couple(axis: &Vector3<f64>, _: &Vector3<f64>) -> ForceVector {
    ForceVector { torque: *axis, force: Vector3::zeros() }
}

/// `x' M^-1 x = |D^-1/2 L'^-1 x|^2`; `x` is overwritten.
fn inverse_form(tree: &Tree, factor: &SparseFactor, x: &mut [f64]) -> f64 {
    factor.solve_transposed(tree, x);
    x.iter().zip(factor.inverse_diagonal()).map(|(x, inverse)| x * x * inverse).sum()
}
