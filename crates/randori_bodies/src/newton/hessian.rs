//! The Hessian, its factors and the direction of an iteration.

use nalgebra::Vector3;

use super::Newton;
use crate::cone::ConeVector;
use crate::factor::NotPositiveDefinite;
use crate::islands::Island;
use crate::kinematics::Kinematics;
use crate::rows::{Place, Row};
use crate::spatial::{ForceVector, SpatialStiffness, Symmetric3};
use crate::tree::Tree;

impl Newton {
    /// Solves `H d = -g` over an island at `v`.
    pub(super) fn find_direction(
        &mut self,
        tree: &Tree,
        kinematics: &Kinematics,
        island: &Island<'_>,
        v: &[f64],
    ) -> Result<(), NotPositiveDefinite> {
        self.update_dof_stiffness(island, v);
        self.load(tree, island)?;
        self.add_links(tree, kinematics, island);
        self.add_between(tree, kinematics);
        self.add_pairs(island);
        self.eliminate(island, true)?;
        for &dof in island.dofs {
            self.work.direction[dof as usize] = -self.work.gradient[dof as usize];
        }
        self.factor.solve(&self.pattern, island.order, &mut self.work.direction);
        Ok(())
    }

    /// Stiffness of the potentials of each dof. The base holds that of inactive
    /// dofs, so it must be recomputed if one changes.
    fn update_dof_stiffness(&mut self, island: &Island<'_>, v: &[f64]) {
        let work = &mut self.work;
        let rows = island.dof_rows.iter().map(|row| &self.dof_rows[*row as usize]);
        let mut rows = rows.peekable();
        for &dof in island.dofs {
            let dof = dof as usize;
            let mut stiffness = 0.0;
            while let Some(row) = rows.next_if(|row| row.dof as usize == dof) {
                stiffness += row.potential.response(v[dof]).stiffness;
            }
            if stiffness != work.dof_stiffness[dof] && !work.active[dof] {
                work.base_is_valid = false;
            }
            work.dof_stiffness[dof] = stiffness;
        }
    }

    /// Sets the factor's rows to M, with inactive dofs eliminated.
    fn load(&mut self, tree: &Tree, island: &Island<'_>) -> Result<(), NotPositiveDefinite> {
        let work = &mut self.work;
        if work.base_is_valid {
            for &dof in island.dofs.iter().filter(|dof| work.active[**dof as usize]) {
                let row = self.pattern.row(dof as usize);
                self.factor.rows[row.clone()].copy_from_slice(&work.base[row]);
            }
            return Ok(());
        }
        for &dof in island.dofs {
            let row = &mut self.factor.rows[self.pattern.row(dof as usize)];
            let own = tree.row(dof as usize);
            match self.pattern.slots() {
                None => row.copy_from_slice(&self.mass[own]),
                Some(_) => row.fill(0.0),
            }
        }
        if let Some(slots) = self.pattern.slots() {
            for &dof in island.dofs {
                let own = tree.row(dof as usize);
                for (element, slot) in self.mass[own.clone()].iter().zip(&slots[own]) {
                    self.factor.rows[*slot as usize] = *element;
                }
            }
        }
        self.eliminate(island, false)?;
        for &dof in island.dofs {
            let row = self.pattern.row(dof as usize);
            self.work.base[row.clone()].copy_from_slice(&self.factor.rows[row]);
        }
        self.work.base_is_valid = true;
        Ok(())
    }

    /// Adds the stiffness of the active, or of the inactive, dofs and eliminates them.
    fn eliminate(&mut self, island: &Island<'_>, active: bool) -> Result<(), NotPositiveDefinite> {
        let work = &self.work;
        for &dof in island.dofs {
            let dof = dof as usize;
            if work.active[dof] == active {
                self.factor.rows[self.pattern.diagonal(dof)] += work.dof_stiffness[dof];
            }
        }
        let wanted = |dof: usize| work.active[dof] == active;
        self.factor.eliminate_all(&self.pattern, island.order, wanted)
    }

    /// Adds the blocks of links: their stiffnesses, summed inwards.
    fn add_links(&mut self, tree: &Tree, kinematics: &Kinematics, island: &Island<'_>) {
        let work = &mut self.work;
        for &link in island.links {
            if work.touched[link as usize] {
                work.stiffness[link as usize] = SpatialStiffness::ZERO;
            }
        }
        work.between.clear();
        let rows = island.rows.iter().map(|row| &self.rows[*row as usize]);
        for row in rows.filter(|row| row.response.acts) {
            match row.place {
                Place::World { link, offset, .. } => {
                    add_row(&mut work.stiffness[link as usize], row, &offset);
                }
                Place::Links { links, offsets } => {
                    // The points of a pair of links are consecutive.
                    if work.between.last().is_none_or(|(last, _)| *last != links) {
                        work.between.push((links, SpatialStiffness::ZERO));
                    }
                    if let Some((_, sum)) = work.between.last_mut() {
                        add_row(sum, row, &offsets[1]);
                    }
                }
                Place::Pair { .. } => {}
            }
        }
        for &([first, second], stiffness) in &work.between {
            let apart = origin_of(tree, kinematics, second) - origin_of(tree, kinematics, first);
            work.stiffness[first as usize] += stiffness.shifted(&apart);
            work.stiffness[second as usize] += stiffness;
        }
        for &index in island.links.iter().rev() {
            let index = index as usize;
            let link = &tree.links()[index];
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

    /// Adds the blocks between the dofs of two branches.
    fn add_between(&mut self, tree: &Tree, kinematics: &Kinematics) {
        for &([first, second], stiffness) in &self.work.between {
            let apart = origin_of(tree, kinematics, second) - origin_of(tree, kinematics, first);
            for &one in tree.link_chain(second as usize) {
                let mut force = stiffness.times(&kinematics.subspace()[one as usize]);
                force.torque += apart.cross(&force.force);
                for &other in tree.link_chain(first as usize) {
                    self.factor.rows[self.pattern.slot(one, other)] -=
                        kinematics.subspace()[other as usize].dot(&force);
                }
            }
        }
    }

    /// Adds the blocks between dofs, element by element.
    fn add_pairs(&mut self, island: &Island<'_>) {
        for &row in island.rows {
            let row = &self.rows[row as usize];
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

/// O of the branch of a link.
fn origin_of(tree: &Tree, kinematics: &Kinematics, link: u32) -> Vector3<f64> {
    *kinematics.origin(tree.links()[link as usize].branch())
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
