//! The structure of articulated bodies: links, joints, degrees of freedom.
//!
//! A [`Tree`] is rooted in the world. Each child of the world is a *base*, fixed
//! or floating, and starts a *branch*: a robot, or a free body, which consists of a
//! base only. Parents precede children, so a pass over the links in order works
//! outwards and a pass in reverse order works inwards. Degrees of
//! freedom (dofs) and coordinates are numbered in the order of the links.
//!
//! The *chain* of a dof lists the dofs that carry it, from the base outwards,
//! and ends with itself. Row i of the mass matrix has non-zero elements left of
//! the diagonal only in the chain of i (Featherstone 2008, section 6.4), so
//! matrices are stored as rows over chains, see [`Tree::row`].
//!
//! Trees are built by [`TreeBuilder`](crate::TreeBuilder), which checks them.

use std::ops::Range;

use nalgebra::{Isometry3, Matrix3};

use crate::inertia::MassProperties;
use crate::joint::{Hinge, JointKind};
use crate::spatial::Symmetric3;

/// Links and joints of any number of branches.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    pub(crate) links: Vec<Link>,
    /// The base link of each branch.
    pub(crate) bases: Vec<usize>,
    pub(crate) dofs: Vec<Dof>,
    /// Chains of all dofs, one after the other.
    pub(crate) chains: Vec<u32>,
    pub(crate) coordinates: usize,
    /// Inertia of rotor and gear reflected to each dof, kg m^2 or kg.
    pub(crate) armature: Vec<f64>,
    /// Viscous damping of each dof, N m s/rad or N s/m.
    pub(crate) damping: Vec<f64>,
}

/// A link with its joint.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub(crate) parent: Option<usize>,
    pub(crate) joint: JointKind,
    pub(crate) parent_from_joint: Isometry3<f64>,
    pub(crate) mass: MassProperties,
    pub(crate) branch: usize,
    pub(crate) first_dof: usize,
    pub(crate) first_coordinate: usize,
    pub(crate) last_dof: Option<usize>,
    pub(crate) placing: Placing,
}

/// Constants of the position pass, derived from the other fields of a link.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Placing {
    /// Axes of J in the parent; `None` if they are the parent's.
    pub(crate) rotation: Option<Matrix3<f64>>,
    pub(crate) hinge: Hinge,
    /// Inertia about the centre of mass, link axes.
    pub(crate) inertia: Symmetric3,
}

/// A degree of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dof {
    pub(crate) link: u32,
    /// Index of its chain in [`Tree::chains`], and of its row in a matrix.
    pub(crate) start: u32,
    /// Length of its chain.
    pub(crate) len: u32,
    /// First dof of the floating base that carries it. The six dofs of that base
    /// lead its chain, their rows are neighbours, and their motion vectors are
    /// unit vectors.
    pub(crate) base: Option<u32>,
}

impl Tree {
    /// The links, parents before children.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The base link of each branch.
    pub fn bases(&self) -> &[usize] {
        &self.bases
    }

    /// Number of degrees of freedom: the length of a velocity.
    pub fn dofs(&self) -> usize {
        self.dofs.len()
    }

    /// Number of coordinates: the length of a configuration.
    pub fn coordinates(&self) -> usize {
        self.coordinates
    }

    /// The dofs that carry `dof`, from the base outwards; it is the last itself.
    pub fn chain(&self, dof: usize) -> &[u32] {
        &self.chains[self.row(dof)]
    }

    /// Range of the row of `dof` in a branch-sparse matrix: one element per
    /// member of its chain, the diagonal element last.
    pub fn row(&self, dof: usize) -> Range<usize> {
        let Dof { start, len, .. } = self.dofs[dof];
        start as usize..(start + len) as usize
    }

    /// Index of the diagonal element of `dof` in a branch-sparse matrix.
    pub fn diagonal(&self, dof: usize) -> usize {
        let Dof { start, len, .. } = self.dofs[dof];
        (start + len) as usize - 1
    }

    /// First dof of the floating base that carries a dof; `None` for a dof of the
    /// base itself and on a fixed base.
    pub(crate) fn floating_base(&self, dof: usize) -> Option<usize> {
        self.dofs[dof].base.map(|base| base as usize)
    }

    /// Length of a branch-sparse matrix.
    pub fn row_elements(&self) -> usize {
        self.chains.len()
    }

    /// The link whose joint has `dof`.
    pub fn link_of_dof(&self, dof: usize) -> usize {
        self.dofs[dof].link as usize
    }

    /// The dofs that move a link, from the base outwards: the columns of its
    /// Jacobian.
    pub fn link_chain(&self, link: usize) -> &[u32] {
        self.links[link].last_dof.map_or(&[], |dof| self.chain(dof))
    }

    /// Armature of each dof: inertia of rotor and gear reflected to the joint,
    /// kg m^2 or kg. It resists changes of the joint's rate only.
    pub fn armature(&self) -> &[f64] {
        &self.armature
    }

    /// Viscous damping of each dof, N m s/rad or N s/m.
    pub fn damping(&self) -> &[f64] {
        &self.damping
    }

    /// Mass of a branch, kg.
    pub fn branch_mass(&self, branch: usize) -> f64 {
        let links = self.links.iter().filter(|link| link.branch == branch);
        links.map(|link| link.mass.mass_kg).sum()
    }

    /// The first link whose joint moves neither mass nor armature, so that forces
    /// on it have no defined effect; `None` if there is none. A joint that moves
    /// point masses about an axis through them is found only by
    /// [factorizing](crate::SparseFactor::factorize) the mass matrix.
    pub fn massless_joint(&self) -> Option<usize> {
        let has_inertia =
            |link: &Link| link.mass.mass_kg > 0.0 || link.mass.inertia != Matrix3::zeros();
        let mut moves: Vec<bool> = self.links.iter().map(has_inertia).collect();
        for (index, link) in self.links.iter().enumerate().rev() {
            if let (Some(parent), true) = (link.parent, moves[index]) {
                moves[parent] = true;
            }
        }
        self.links
            .iter()
            .zip(moves)
            .position(|(link, moves)| !moves && link.dofs().any(|dof| self.armature[dof] == 0.0))
    }

    /// Replaces the mass properties of a link (link frame), for example to add
    /// a payload.
    pub fn set_mass(&mut self, link: usize, mass: MassProperties) {
        self.links[link].placing.inertia = Symmetric3::of(&mass.inertia);
        self.links[link].mass = mass;
    }

    /// Appends all branches of another tree. Its links,
    /// branches, dofs and coordinates keep their order.
    pub fn append(&mut self, other: &Self) {
        let (links, branches) = (self.links.len(), self.bases.len());
        let (dofs, elements) = (self.dofs.len(), self.chains.len());
        self.links.extend(other.links.iter().map(|link| Link {
            parent: link.parent.map(|parent| parent + links),
            branch: link.branch + branches,
            first_dof: link.first_dof + dofs,
            first_coordinate: link.first_coordinate + self.coordinates,
            last_dof: link.last_dof.map(|dof| dof + dofs),
            ..link.clone()
        }));
        self.bases.extend(other.bases.iter().map(|base| base + links));
        self.dofs.extend(other.dofs.iter().map(|dof| Dof {
            link: dof.link + links as u32,
            start: dof.start + elements as u32,
            len: dof.len,
            base: dof.base.map(|base| base + dofs as u32),
        }));
        self.chains.extend(other.chains.iter().map(|dof| dof + dofs as u32));
        self.coordinates += other.coordinates;
        self.armature.extend(&other.armature);
        self.damping.extend(&other.damping);
    }

    /// Removes all branches but keeps the memory.
    pub fn clear(&mut self) {
        self.links.clear();
        self.bases.clear();
        self.dofs.clear();
        self.chains.clear();
        self.coordinates = 0;
        self.armature.clear();
        self.damping.clear();
    }
}

impl Link {
    /// The parent link; `None` for a base.
    pub fn parent(&self) -> Option<usize> {
        self.parent
    }

    /// Its joint. Axes are unit vectors.
    pub fn joint(&self) -> JointKind {
        self.joint
    }

    /// Pose of the joint frame J in the parent link; for a base its initial pose
    /// in the world.
    pub fn parent_from_joint(&self) -> &Isometry3<f64> {
        &self.parent_from_joint
    }

    /// Mass properties in the frame of the link.
    pub fn mass(&self) -> &MassProperties {
        &self.mass
    }

    /// Its branch.
    pub fn branch(&self) -> usize {
        self.branch
    }

    /// The dofs of its joint.
    pub fn dofs(&self) -> Range<usize> {
        self.first_dof..self.first_dof + self.joint.dofs()
    }

    /// The coordinates of its joint.
    pub fn coordinates(&self) -> Range<usize> {
        self.first_coordinate..self.first_coordinate + self.joint.coordinates()
    }

    /// The last dof of its own joint or, if that has none, of the nearest
    /// ancestor that has one; `None` if nothing moves the link.
    pub fn last_dof(&self) -> Option<usize> {
        self.last_dof
    }
}
