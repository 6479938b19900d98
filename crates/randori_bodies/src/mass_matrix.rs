//! The mass matrix, in branch-sparse rows.
//!
//! The composite rigid body algorithm (Featherstone 2008, section 6.2): with
//! `I_c` the inertia of everything that dof i carries, `M_ij = S_j . (I_c S_i)` for
//! every j in the chain of i. In world axes about one point per branch, `I_c` is a
//! sum and `I_c S_i` needs no transformation on its way inwards.
//!
//! A matrix of this sparsity is a slice of [`Tree::row_elements`] numbers: row i
//! occupies [`Tree::row`] of i, in the order of [`Tree::chain`].

use crate::joint::JointKind;
use crate::kinematics::Kinematics;
use crate::spatial::{ForceVector, MotionVector, SpatialInertia, SpatialStiffness};
use crate::tree::{Link, Tree};

/// Mass matrix of the links, without armature.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MassMatrix {
    rows: Vec<f64>,
    composites: Vec<SpatialInertia>,
}

impl MassMatrix {
    /// Memory for a tree.
    pub fn new(tree: &Tree) -> Self {
        let mut matrix = Self::default();
        matrix.resize(tree);
        matrix
    }

    /// Resizes for another tree.
    pub fn resize(&mut self, tree: &Tree) {
        self.rows.resize(tree.row_elements(), 0.0);
        self.composites.resize(tree.links().len(), SpatialInertia::ZERO);
    }

    /// Computes the matrix in the configuration of `kinematics`.
    pub fn update(&mut self, tree: &Tree, kinematics: &Kinematics) {
        self.composites.copy_from_slice(kinematics.inertias());
        for (index, link) in tree.links().iter().enumerate().rev() {
            let composite = self.composites[index];
            if link.joint() == JointKind::FloatingBase {
                write_base(tree, link, &composite, &mut self.rows);
            } else {
                for dof in link.dofs() {
                    let force = composite.times(&kinematics.subspace()[dof]);
                    let leading = if tree.floating_base(dof).is_some() { 6 } else { 0 };
                    let (base, joints) = self.rows[tree.row(dof)].split_at_mut(leading);
                    if leading == 6 {
                        base[..3].copy_from_slice(force.force.as_slice());
                        base[3..].copy_from_slice(force.torque.as_slice());
                    }
                    for (element, carrier) in joints.iter_mut().zip(&tree.chain(dof)[leading..]) {
                        *element = kinematics.subspace()[*carrier as usize].dot(&force);
                    }
                }
            }
            if let Some(parent) = link.parent() {
                self.composites[parent] += composite;
            }
        }
    }

    /// The rows.
    pub fn rows(&self) -> &[f64] {
        &self.rows
    }

    /// Inertia of the subtree of each link, world axes about O
    /// of the branch.
    pub fn composites(&self) -> &[SpatialInertia] {
        &self.composites
    }
}

/// Rows of a floating base: `[m 1, -[h]x; [h]x, I]` for the velocity of O and
/// the angular velocity.
fn write_base(tree: &Tree, link: &Link, composite: &SpatialInertia, rows: &mut [f64]) {
    let (m, h, i) = (composite.mass_kg, &composite.first_moment, &composite.rotational);
    let lower: [&[f64]; 6] = [
        &[m],
        &[0.0, m],
        &[0.0, 0.0, m],
        &[0.0, -h.z, h.y, i.xx],
        &[h.z, 0.0, -h.x, i.xy, i.yy],
        &[-h.y, h.x, 0.0, i.xz, i.yz, i.zz],
    ];
    for (dof, row) in link.dofs().zip(lower) {
        rows[tree.row(dof)].copy_from_slice(row);
    }
}

/// Adds `sum over links of J_k' K_k J_k` to a branch-sparse matrix, `J_k` being
/// the Jacobian of link k and `K_k` the entry of `stiffness`: a second pass of the
/// composite algorithm. Only links with `touched` are visited; it must be
/// true for every ancestor of a link for which it is true. On return the touched
/// entries of `stiffness` hold the sum over the subtree of the link.
pub fn add_stiffness(
    tree: &Tree,
    kinematics: &Kinematics,
    (stiffness, touched): (&mut [SpatialStiffness], &[bool]),
    rows: &mut [f64],
) {
    for (index, link) in tree.links().iter().enumerate().rev() {
        if !touched[index] {
            continue;
        }
        let composite = stiffness[index];
        for dof in link.dofs() {
            let force = composite.times(&kinematics.subspace()[dof]);
            add_row(tree, dof, (kinematics.subspace(), &force), rows);
        }
        if let Some(parent) = link.parent() {
            stiffness[parent] += composite;
        }
    }
}

fn add_row(
    tree: &Tree,
    dof: usize,
    (subspace, force): (&[MotionVector], &ForceVector),
    rows: &mut [f64],
) {
    let row = &mut rows[tree.row(dof)];
    for (element, carrier) in row.iter_mut().zip(tree.chain(dof)) {
        *element += subspace[*carrier as usize].dot(force);
    }
}

/// `out = M x` for a symmetric branch-sparse matrix.
pub fn multiply(tree: &Tree, rows: &[f64], x: &[f64], out: &mut [f64]) {
    for dof in 0..tree.dofs() {
        let (row, chain) = (&rows[tree.row(dof)], tree.chain(dof));
        let last = row.len() - 1;
        let mut sum = row[last] * x[dof];
        for (element, carrier) in row[..last].iter().zip(chain) {
            let carrier = *carrier as usize;
            sum += element * x[carrier];
            out[carrier] += element * x[dof];
        }
        out[dof] = sum;
    }
}

/// The same over some dofs, in ascending order, which form whole branches.
pub(crate) fn multiply_part(
    tree: &Tree,
    dofs: &[u32],
    (rows, x): (&[f64], &[f64]),
    out: &mut [f64],
) {
    for &dof in dofs {
        let dof = dof as usize;
        let (row, chain) = (&rows[tree.row(dof)], tree.chain(dof));
        let last = row.len() - 1;
        let mut sum = row[last] * x[dof];
        for (element, carrier) in row[..last].iter().zip(chain) {
            let carrier = *carrier as usize;
            sum += element * x[carrier];
            out[carrier] += element * x[dof];
        }
        out[dof] = sum;
    }
}

/// Element (i, j) of a symmetric branch-sparse matrix.
pub fn element(tree: &Tree, rows: &[f64], i: usize, j: usize) -> f64 {
    let (carrier, dof) = (i.min(j), i.max(j));
    let place = tree.chain(dof).binary_search(&(carrier as u32));
    place.map_or(0.0, |place| rows[tree.row(dof).start + place])
}
