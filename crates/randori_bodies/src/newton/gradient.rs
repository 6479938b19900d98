//! The gradient of the objective function of a step.

use super::Newton;
use crate::islands::Island;
use crate::joint::JointKind;
use crate::kinematics::Kinematics;
use crate::rows::Place;
use crate::spatial::ForceVector;
use crate::tree::Tree;

impl Newton {
    /// The gradient of an island at `v`, with the responses of its rows; returns the largest
    /// `|g_i| / M_ii`.
    pub(super) fn update_gradient(
        &mut self,
        tree: &Tree,
        kinematics: &Kinematics,
        island: &Island<'_>,
        v: &[f64],
    ) -> f64 {
        let work = &mut self.work;
        for &dof in island.dofs {
            let dof = dof as usize;
            work.gradient[dof] = work.mass_v[dof] - self.momentum[dof];
        }
        for &row in island.dof_rows {
            let row = &self.dof_rows[row as usize];
            let dof = row.dof as usize;
            work.gradient[dof] -= row.potential.response(v[dof]).impulse;
        }
        self.add_row_impulses(island);
        self.sum_inwards(tree, kinematics, island);
        let work = &self.work;
        island.dofs.iter().fold(0.0, |largest, &dof| {
            let error = work.gradient[dof as usize].abs() * work.inverse_mass[dof as usize];
            if error > largest || error.is_nan() { error } else { largest }
        })
    }

    /// Responses of the rows; impulses on dofs go to the gradient, those on links
    /// to their forces.
    fn add_row_impulses(&mut self, island: &Island<'_>) {
        let work = &mut self.work;
        for &link in island.links {
            if work.touched[link as usize] {
                work.forces[link as usize] = ForceVector::ZERO;
            }
        }
        for &row in island.rows {
            let row = &mut self.rows[row as usize];
            row.response = row.potential.response(&row.u);
            if !row.response.acts {
                continue;
            }
            match row.place {
                Place::World { link, offset, sign } => {
                    work.forces[link as usize] += row.wrench(&row.response.impulse, &offset) * sign;
                }
                Place::Links { links: [first, second], offsets } => {
                    let impulse = &row.response.impulse;
                    work.forces[first as usize] -= row.wrench(impulse, &offsets[0]);
                    work.forces[second as usize] += row.wrench(impulse, &offsets[1]);
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
    fn sum_inwards(&mut self, tree: &Tree, kinematics: &Kinematics, island: &Island<'_>) {
        let work = &mut self.work;
        for &index in island.links.iter().rev() {
            let index = index as usize;
            let link = &tree.links()[index];
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
