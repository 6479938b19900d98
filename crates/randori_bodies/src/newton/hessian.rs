//! The Hessian, its factors and the direction of an iteration.

use nalgebra::Vector3;

use super::Newton;
use crate::cone::ConeVector;
use crate::factor::NotPositiveDefinite;
use crate::kinematics::Kinematics;
use crate::rows::{Place, Row};
use crate::spatial::{ForceVector, SpatialStiffness, Symmetric3};
use crate::tree::Tree;

impl Newton {
    /// Solves `H d = -g` at `v`.
    pub(super) fn find_direction(
        &mut self,
        tree: &Tree,
        kinematics: &Kinematics,
        v: &[f64],
    ) -> Result<(), NotPositiveDefinite> {
        self.update_dof_stiffness(v);
        self.load(tree)?;
        self.add_world_rows(tree, kinematics);
        self.add_pairs();
        for index in (0..self.pattern.order().len()).rev() {
            let dof = self.pattern.order()[index] as usize;
            if self.work.active[dof] {
                self.factor.rows[self.pattern.diagonal(dof)] += self.work.dof_stiffness[dof];
                self.factor.eliminate(&self.pattern, dof)?;
            }
        }
        for (direction, gradient) in self.work.direction.iter_mut().zip(&self.work.gradient) {
            *direction = -gradient;
        }
        self.factor.solve(&self.pattern, &mut self.work.direction);
        Ok(())
    }

    /// Stiffness of the potentials of each dof. The base holds that of inactive
    /// dofs, so it must be recomputed if one changes.
    fn update_dof_stiffness(&mut self, v: &[f64]) {
        let work = &mut self.work;
        let mut rows = self.dof_rows.iter().peekable();
        for (dof, rate) in v.iter().enumerate() {
            let mut stiffness = 0.0;
            while let Some(row) = rows.next_if(|row| row.dof as usize == dof) {
                stiffness += row.potential.response(*rate).stiffness;
            }
            if stiffness != work.dof_stiffness[dof] && !work.active[dof] {
                work.base_is_valid = false;
            }
            work.dof_stiffness[dof] = stiffness;
        }
    }

    /// Sets the factor's rows to M, with inactive dofs eliminated.
    fn load(&mut self, tree: &Tree) -> Result<(), NotPositiveDefinite> {
        if self.work.base_is_valid {
            for dof in (0..tree.dofs()).filter(|dof| self.work.active[*dof]) {
                let row = self.pattern.row(dof);
                self.factor.rows[row.clone()].copy_from_slice(&self.work.base[row]);
            }
            return Ok(());
        }
        match self.pattern.slots() {
            None => self.factor.rows.copy_from_slice(&self.mass),
            Some(slots) => {
                self.factor.rows.fill(0.0);
                for (element, slot) in self.mass.iter().zip(slots) {
                    self.factor.rows[*slot as usize] = *element;
                }
            }
        }
        for index in (0..self.pattern.order().len()).rev() {
            let dof = self.pattern.order()[index] as usize;
            if !self.work.active[dof] {
                self.factor.rows[self.pattern.diagonal(dof)] += self.work.dof_stiffness[dof];
                self.factor.eliminate(&self.pattern, dof)?;
            }
        }
        self.work.base.copy_from_slice(&self.factor.rows);
        self.work.base_is_valid = true;
        Ok(())
    }

    /// Adds the blocks against the world: stiffnesses of links, summed inwards.
    fn add_world_rows(&mut self, tree: &Tree, kinematics: &Kinematics) {
        let work = &mut self.work;
        for (stiffness, touched) in work.stiffness.iter_mut().zip(&work.touched) {
            if *touched {
                *stiffness = SpatialStiffness::ZERO;
            }
        }
        for row in &self.rows {
            if let (Place::World { link, offset, .. }, true) = (row.place, row.response.acts) {
                add_row(&mut work.stiffness[link as usize], row, &offset);
            }
        }
        for (index, link) in tree.links().iter().enumerate().rev() {
            if !work.touched[index] {
                continue;
            }
            let composite = work.stiffness[index];
            for dof in link.dofs() {
                let force = composite.times(&kinematics.subspace()[dof]);
                let place = tree.row(dof);
                let chain = tree.chain(dof);
                match self.pattern.slots() {
                    None => {
                        let row = &mut self.factor.rows[place];
                        let base = tree.floating_base(dof);
                        let joints = base.map_or(0, |_| add_base(row, &force));
                        for (element, dof) in row[joints..].iter_mut().zip(&chain[joints..]) {
                            *element += kinematics.subspace()[*dof as usize].dot(&force);
                        }
                    }
                    Some(slots) => {
                        for (slot, dof) in slots[place].iter().zip(chain) {
                            self.factor.rows[*slot as usize] +=
                                kinematics.subspace()[*dof as usize].dot(&force);
                        }
                    }
                }
            }
            if let Some(parent) = link.parent() {
                work.stiffness[parent] += composite;
            }
        }
    }

    /// Adds the blocks between dofs, element by element.
    fn add_pairs(&mut self) {
        for row in &self.rows {
            let columns = &self.columns[row.columns()];
            if !row.response.acts {
                continue;
            }
            for (k, column) in columns.iter().enumerate() {
                let product = row.response.times(&column.values);
                for other in &columns[..=k] {
                    let products = other.values.iter().zip(&product);
                    let sum: f64 = products.map(|(value, product)| value * product).sum();
                    self.factor.rows[self.pattern.slot(other.dof, column.dof)] += sum;
                }
            }
        }
    }
}

/// The elements of the floating base that leads a row, whose motion vectors are unit
/// vectors; returns their number.
fn add_base(row: &mut [f64], force: &ForceVector) -> usize {
    let components = force.force.iter().chain(force.torque.iter());
    for (element, component) in row.iter_mut().zip(components) {
        *element += component;
    }
    6
}

/// Adds `X' H X` of a block: `H` as its factors, X the velocities of the block per
/// motion of the link about O.
fn add_row(stiffness: &mut SpatialStiffness, row: &Row, offset: &Vector3<f64>) {
    let response = &row.response;
    let aside: &ConeVector = &response.direction;
    let mut ahead = *aside;
    ahead[0] += 1.0;
    if response.normal > 0.0 {
        add_outer(stiffness, response.normal, &row.wrench(&ahead, offset));
    }
    if response.friction > 0.0 && aside.iter().any(|component| *component != 0.0) {
        add_outer(stiffness, -response.friction, &row.wrench(aside, offset));
    }
    let d = &response.diagonal;
    if d[..3].iter().any(|value| *value > 0.0) {
        let linear = diagonal(row, [d[0], d[1], d[2]]);
        *stiffness += SpatialStiffness::at_point(&linear, offset);
    }
    if d[3..].iter().any(|value| *value > 0.0) {
        *stiffness += SpatialStiffness::of_rotation(&diagonal(row, [d[3], d[4], d[5]]));
    }
}

/// `sum of d_j a_j a_j'` over the axes of a block.
fn diagonal(row: &Row, d: [f64; 3]) -> Symmetric3 {
    let mut sum = Symmetric3::ZERO;
    for (axis, weight) in row.axes.iter().zip(d) {
        let scaled = axis * weight;
        sum += Symmetric3 {
            xx: scaled.x * axis.x,
            yy: scaled.y * axis.y,
            zz: scaled.z * axis.z,
            xy: scaled.x * axis.y,
            xz: scaled.x * axis.z,
            yz: scaled.y * axis.z,
        };
    }
    sum
}

/// Adds `weight f f'`.
fn add_outer(stiffness: &mut SpatialStiffness, weight: f64, f: &ForceVector) {
    let outer = |v: &Vector3<f64>| Symmetric3 {
        xx: weight * v.x * v.x,
        yy: weight * v.y * v.y,
        zz: weight * v.z * v.z,
        xy: weight * v.x * v.y,
        xz: weight * v.x * v.z,
        yz: weight * v.y * v.z,
    };
    stiffness.angular += outer(&f.torque);
    stiffness.linear += outer(&f.force);
    let scaled = f.torque * weight;
    for column in 0..3 {
        for line in 0..3 {
            stiffness.coupling[(line, column)] += scaled[line] * f.force[column];
        }
    }
}
