//! Contacts and couplings of one step as rows over the velocities.
//!
//! A row block has up to six relative velocities `u = J v + known` and a convex
//! potential of them. For a contact with the world, J is that of one link and is not
//! stored: the velocity of the link gives u, and the Hessian `J' G J` is a stiffness
//! of the link (see `newton.rs`). The same holds for links of two branches, where the
//! points of one pair of links form one stiffness. For two links of one branch, and
//! for dofs, the columns of J are stored, without the dofs that carry both.

mod placement;

use std::ops::Range;

use nalgebra::Vector3;

use crate::cone::{Cone, ConeVector, MAX_CONE_DIM};
use crate::kinematics::Kinematics;
use crate::potential::Potential;
use crate::spatial::{ForceVector, MotionVector};
use crate::tree::Tree;

pub(crate) use placement::Placement;

/// A block of rows with one potential.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) place: Place,
    /// Directions of the first three velocities, and of the last three.
    pub(crate) axes: [Vector3<f64>; 3],
    /// Velocity of sides that are not part of the tree.
    pub(crate) known: ConeVector,
    pub(crate) potential: RowPotential,
    /// Impulse of the last step.
    pub(crate) warm: ConeVector,
    /// Reduction of the target of the normal direction for Coulomb's law, m/s; `None`
    /// for laws without it.
    pub(crate) slip: Option<f64>,
    /// The part of the target that pushes overlapping bodies apart, without the
    /// increase for their load, m/s; see `sweep.rs`.
    pub(crate) recovery: f64,
    /// Velocity of the current iterate, and its change along the search direction.
    pub(crate) u: ConeVector,
    pub(crate) du: ConeVector,
    pub(crate) response: Response,
}

/// The bodies of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Place {
    /// A link and the world.
    World {
        link: u32,
        /// Point of action from O of the branch, m.
        offset: Vector3<f64>,
        /// 1 if the link is the second side, -1 if the first.
        sign: f64,
    },
    /// Two links of different branches, which share no dof.
    Links {
        links: [u32; 2],
        /// Point of action from O of each branch, m.
        offsets: [Vector3<f64>; 2],
    },
    /// Columns of the Jacobian: those of one chain up to `split`, then those of
    /// another.
    Pair { start: u32, split: u32, end: u32 },
}

/// Velocities of a block per unit of rate of a dof.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Column {
    pub(crate) dof: u32,
    pub(crate) values: ConeVector,
}

/// The potential of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum RowPotential {
    Cone(Cone),
    Equality(Equality),
    /// Of the first velocity only.
    Scalar(Potential),
}

/// Independent linear rows: `impulse_j = (target_j - u_j) slope_j`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Equality {
    pub(crate) dim: usize,
    pub(crate) target: ConeVector,
    pub(crate) slope: ConeVector,
}

/// Impulse of a block, and the Hessian of its potential as
/// `H = k (e + b)(e + b)' - w b b' + diag(d)` with the first unit vector e.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Response {
    pub(crate) impulse: ConeVector,
    pub(crate) normal: f64,
    pub(crate) friction: f64,
    pub(crate) direction: ConeVector,
    pub(crate) diagonal: ConeVector,
    /// True if an element is not zero.
    pub(crate) acts: bool,
}

impl RowPotential {
    pub(crate) fn dim(&self) -> usize {
        match self {
            Self::Cone(cone) => cone.kind.dim(),
            Self::Equality(equality) => equality.dim,
            Self::Scalar(_) => 1,
        }
    }

    pub(crate) fn response(&self, u: &ConeVector) -> Response {
        match self {
            Self::Cone(cone) => {
                let found = cone.response(u);
                let mut diagonal = [0.0; MAX_CONE_DIM];
                for (value, mu) in diagonal.iter_mut().zip(&cone.mu).take(cone.kind.dim()).skip(1) {
                    *value = found.friction * mu * mu;
                }
                Response {
                    impulse: found.impulse,
                    normal: found.normal,
                    friction: found.friction,
                    direction: found.direction,
                    diagonal,
                    acts: found.normal > 0.0,
                }
            }
            Self::Equality(equality) => {
                let mut impulse = [0.0; MAX_CONE_DIM];
                for (j, value) in impulse.iter_mut().enumerate().take(equality.dim) {
                    *value = (equality.target[j] - u[j]) * equality.slope[j];
                }
                Response { impulse, diagonal: equality.slope, acts: true, ..Response::default() }
            }
            Self::Scalar(potential) => {
                let found = potential.response(u[0]);
                let mut impulse = [0.0; MAX_CONE_DIM];
                impulse[0] = found.impulse;
                let acts = found.impulse != 0.0 || found.stiffness > 0.0;
                Response { impulse, normal: found.stiffness, acts, ..Response::default() }
            }
        }
    }

    /// The impulse only.
    #[inline]
    pub(crate) fn impulse(&self, u: &ConeVector) -> ConeVector {
        match self {
            Self::Cone(cone) => cone.response(u).impulse,
            Self::Equality(_) | Self::Scalar(_) => self.response(u).impulse,
        }
    }

    /// Slope and curvature along `du` at `u`.
    #[inline]
    pub(crate) fn along(&self, u: &ConeVector, du: &ConeVector) -> (f64, f64) {
        match self {
            Self::Cone(cone) => cone.along(u, du),
            Self::Equality(equality) => {
                let (mut slope, mut curvature) = (0.0, 0.0);
                for j in 0..equality.dim {
                    slope -= (equality.target[j] - u[j]) * equality.slope[j] * du[j];
                    curvature += equality.slope[j] * du[j] * du[j];
                }
                (slope, curvature)
            }
            Self::Scalar(potential) => {
                let found = potential.response(u[0]);
                (-found.impulse * du[0], found.stiffness * du[0] * du[0])
            }
        }
    }
}

impl Response {
    /// `H x`.
    #[inline]
    pub(crate) fn times(&self, x: &ConeVector) -> ConeVector {
        let (mut inside, mut out) = (0.0, [0.0; MAX_CONE_DIM]);
        for (j, out) in out.iter_mut().enumerate() {
            inside += self.direction[j] * x[j];
            *out = self.diagonal[j] * x[j];
        }
        let ahead = self.normal * (x[0] + inside);
        let across = ahead - self.friction * inside;
        out[0] += ahead;
        for (out, direction) in out.iter_mut().zip(&self.direction) {
            *out += across * direction;
        }
        out
    }
}

impl Row {
    pub(crate) fn new(
        place: Place,
        axes: [Vector3<f64>; 3],
        known: ConeVector,
        potential: RowPotential,
    ) -> Self {
        let zero = [0.0; MAX_CONE_DIM];
        Self {
            place,
            axes,
            known,
            potential,
            warm: zero,
            slip: None,
            recovery: 0.0,
            u: zero,
            du: zero,
            response: Response::default(),
        }
    }

    /// `J v` for a generalized velocity and the link velocities that belong to it.
    #[inline]
    pub(crate) fn jacobian_times(
        &self,
        velocities: &[MotionVector],
        (columns, v): (&[Column], &[f64]),
    ) -> ConeVector {
        match self.place {
            Place::World { link, offset, sign } => {
                let motion = &velocities[link as usize];
                let linear = motion.at(&offset) * sign;
                let mut u = [0.0; MAX_CONE_DIM];
                for (u, axis) in u.iter_mut().zip(&self.axes) {
                    *u = axis.dot(&linear);
                }
                if self.potential.dim() > 3 {
                    for (u, axis) in u[3..].iter_mut().zip(&self.axes) {
                        *u = sign * axis.dot(&motion.angular);
                    }
                }
                u
            }
            Place::Links { links, offsets } => {
                let [first, second] = links.map(|link| &velocities[link as usize]);
                let linear = second.at(&offsets[1]) - first.at(&offsets[0]);
                let mut u = [0.0; MAX_CONE_DIM];
                for (u, axis) in u.iter_mut().zip(&self.axes) {
                    *u = axis.dot(&linear);
                }
                if self.potential.dim() > 3 {
                    let angular = second.angular - first.angular;
                    for (u, axis) in u[3..].iter_mut().zip(&self.axes) {
                        *u = axis.dot(&angular);
                    }
                }
                u
            }
            Place::Pair { start, end, .. } => {
                let mut u = [0.0; MAX_CONE_DIM];
                for column in &columns[start as usize..end as usize] {
                    let rate = v[column.dof as usize];
                    for (u, value) in u.iter_mut().zip(&column.values) {
                        *u += value * rate;
                    }
                }
                u
            }
        }
    }

    /// The wrench about O on the link, or the second link, of a block that has
    /// these components; `offset` is that of the block from O.
    #[inline]
    pub(crate) fn wrench(&self, components: &ConeVector, offset: &Vector3<f64>) -> ForceVector {
        let [a, b, c] = &self.axes;
        let force = a * components[0] + b * components[1] + c * components[2];
        let mut wrench = ForceVector::at(&force, offset);
        if self.potential.dim() > 3 {
            wrench.torque += a * components[3] + b * components[4] + c * components[5];
        }
        wrench
    }

    /// Impulse (N s) and moment (N m s) on the second side, world axes.
    pub(crate) fn world_impulse(&self) -> [Vector3<f64>; 2] {
        let [a, b, c] = &self.axes;
        let l = &self.response.impulse;
        [a * l[0] + b * l[1] + c * l[2], a * l[3] + b * l[4] + c * l[5]]
    }

    /// The last dofs of the two chains of a pair, if both have any.
    pub(crate) fn coupled(&self, tree: &Tree, columns: &[Column]) -> Option<[u32; 2]> {
        let [one, other] = self.last_dofs(tree, columns);
        let (one, other) = (one?, other?);
        Some([one.min(other), one.max(other)])
    }

    /// The links whose velocities move the block; none if it has columns.
    pub(crate) fn links(&self) -> [Option<usize>; 2] {
        match self.place {
            Place::World { link, .. } => [Some(link as usize), None],
            Place::Links { links, .. } => links.map(|link| Some(link as usize)),
            Place::Pair { .. } => [None; 2],
        }
    }

    /// Uses the sliding velocity of the current iterate for Coulomb's law, if it
    /// differs by more than a tolerance (m/s). Returns true if it does.
    pub(crate) fn correct_slip(&mut self, tolerance: f64) -> bool {
        let (Some(used), RowPotential::Cone(cone)) = (self.slip, &mut self.potential) else {
            return false;
        };
        let now = cone.slip(&self.u);
        let differs = self.response.acts && (now - used).abs() > tolerance;
        if differs {
            cone.target[0] += used - now;
            self.slip = Some(now);
        }
        differs
    }

    /// Calls `each` with every dof that moves the block and its column.
    pub(crate) fn for_columns(
        &self,
        tree: &Tree,
        kinematics: &Kinematics,
        columns: &[Column],
        mut each: impl FnMut(u32, ConeVector),
    ) {
        match self.place {
            Place::World { link, offset, sign } => {
                for &dof in tree.link_chain(link as usize) {
                    let motion = kinematics.subspace()[dof as usize] * sign;
                    each(dof, placement::along_axes(&self.axes, &motion, &offset));
                }
            }
            Place::Links { links, offsets } => {
                for ((link, offset), sign) in links.into_iter().zip(offsets).zip([-1.0, 1.0]) {
                    for &dof in tree.link_chain(link as usize) {
                        let motion = kinematics.subspace()[dof as usize] * sign;
                        each(dof, placement::along_axes(&self.axes, &motion, &offset));
                    }
                }
            }
            Place::Pair { .. } => {
                for column in &columns[self.columns()] {
                    each(column.dof, column.values);
                }
            }
        }
    }

    /// The last dofs of the chains that move the block.
    pub(crate) fn last_dofs(&self, tree: &Tree, columns: &[Column]) -> [Option<u32>; 2] {
        match self.place {
            Place::World { link, .. } => [tree.link_chain(link as usize).last().copied(), None],
            Place::Links { links, .. } => {
                links.map(|link| tree.link_chain(link as usize).last().copied())
            }
            Place::Pair { start, split, end } => {
                let last = |from: u32, to: u32| {
                    columns[from as usize..to as usize].last().map(|column| column.dof)
                };
                [last(start, split), last(split, end)]
            }
        }
    }

    /// Columns of a pair; none if links move the block.
    pub(crate) fn columns(&self) -> Range<usize> {
        match self.place {
            Place::World { .. } | Place::Links { .. } => 0..0,
            Place::Pair { start, end, .. } => start as usize..end as usize,
        }
    }
}
