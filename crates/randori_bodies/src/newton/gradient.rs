//! The gradient of the function that a step minimises.

use super::Newton;
use crate::joint::JointKind;
use crate::kinematics::Kinematics;
use crate::rows::Place;
use crate::spatial::ForceVector;
use crate::tree::Tree;

impl Newton {
    /// The gradient at `v`, with the responses of all rows; returns the largest
    /// `|g_i| / M_ii`.
    pub(super) fn update_gradient(
        &mut self,
        tree: &Tree,
        kinematics: &Kinematics,
        v: &[f64],
    ) -> f64 {
        let work = &mut self.work;
        for (dof, gradient) in work.gradient.iter_mut().enumerate() {
            *gradient = work.mass_v[dof] - self.momentum[dof];
        }
        for row in &self.dof_rows {
            let dof = row.dof as usize;
            work.gradient[dof] -= row.potential.response(v[dof]).impulse;
        }
        self.add_row_impulses();
        self.sum_inwards(tree, kinematics);
        let errors = self.work.gradient.iter().zip(&self.work.inverse_mass);
        errors.fold(0.0, |largest, (gradient, inverse)| {
            let error = gradient.abs() * inverse;
            if error > largest || error.is_nan() { error } else { largest }
        })
    }

    /// Responses of all rows; impulses on dofs go to the gradient, those on links
    /// to their forces.
    fn add_row_impulses(&mut self) {
        let work = &mut self.work;
        for (force, touched) in work.forces.iter_mut().zip(&work.touched) {
            if *touched {
                *force = ForceVector::ZERO;
            }
        }
        for row in &mut self.rows {
            row.response = row.potential.response(&row.u);
            if !row.response.acts {
                continue;
            }
            match row.place {
                Place::World { link, offset, sign } => {
                    work.forces[link as usize] += row.wrench(&row.response.impulse, &offset) * sign;
                }
                Place::Pair { start, end, .. } => {
                    for column in &self.columns[start as usize..end as usize] {
                        let products = column.values.iter().zip(&row.response.impulse);
                        work.gradient[column.dof as usize] -=
                            products.map(|(value, impulse)| value * impulse).sum::<f64>();
                    }
                }
            }
        }
    }

    /// The generalized impulse of the impulses on links.
    fn sum_inwards(&mut self, tree: &Tree, kinematics: &Kinematics) {
        let work = &mut self.work;
        for (index, link) in tree.links().iter().enumerate().rev() {
            if !work.touched[index] {
                continue;
            }
            let force = work.forces[index];
            if link.joint() == JointKind::FloatingBase {
                let first = link.dofs().start;
                for axis in 0..3 {
                    work.gradient[first + axis] -= force.force[axis];
                    work.gradient[first + 3 + axis] -= force.torque[axis];
                }
            } else {
                for dof in link.dofs() {
                    work.gradient[dof] -= kinematics.subspace()[dof].dot(&force);
                }
            }
            if let Some(parent) = link.parent() {
                work.forces[parent] += force;
            }
        }
    }
}
