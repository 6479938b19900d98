//! Contacts of free bodies, in a fast form for sweeps.
//!
//! A body on a floating base has six whitened coordinates in a row, so the columns of
//! a contact are six numbers per direction and side. Its friction directions are
//! scaled by their coefficients: `s_j = lambda_j / mu_j` and `mu_j u_j` replace
//! impulse and velocity. The cone is then circular, `|s| <= lambda_n`, and
//! regularisation and bound are `rho` and `b` in every friction direction.
//!
//! B majorises the scaled W of a contact, with blocks `W_nn`, w and `W_tt`:
//!
//! ```text
//! b   = largest eigenvalue of W_tt + c
//! b_n = W_nn + |w|^2 / c,             c = |w| sqrt(b / W_nn)
//! ```
//!
//! which leaves `B - W` positive semidefinite by the complement of Schur.

use nalgebra::Vector3;

use crate::cone::{Cone, ConeKind, MAX_CONE_DIM};
use crate::factor::SparseFactor;
use crate::joint::JointKind;
use crate::rows::{Place, Row, RowPotential};
use crate::tree::Tree;

/// Over-relaxation: B is divided by it. Below 2 every visit still decreases the
/// objective, since the true curvature is W.
const RELAXATION: f64 = 1.5;

/// Columns of one side: of the normal and of both friction directions.
type Columns = [[f64; 6]; 3];

/// A contact of two free bodies, or of one with the world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touch {
    /// Y of both sides.
    columns: [Columns; 2],
    /// Start of the coordinates of both sides.
    at: [u32; 2],
    /// Target minus known velocity.
    wanted: [f64; 3],
    /// `b_n` and b.
    bound: [f64; 2],
    /// Reciprocals of `R_n + b_n`, of `rho + b` and of their sum.
    yields: [f64; 3],
    /// Normal impulse, and s.
    impulse: [f64; 3],
    scale: [f64; 2],
}

/// Start of the coordinates that move a link, if it is a free body (a floating base, or
/// a link fixed to one) or static; those of a static link begin at `world`.
pub(super) fn coordinates(tree: &Tree, link: usize, world: u32) -> Option<u32> {
    match tree.link_chain(link) {
        [] => Some(world),
        [first, _, _, _, _, _] => {
            let base = &tree.links()[tree.link_of_dof(*first as usize)];
            (base.joint() == JointKind::FloatingBase).then_some(*first)
        }
        _ => None,
    }
}

impl Touch {
    /// Takes a row if it is a contact of free bodies with no friction but sliding.
    /// `world` is where coordinates begin that stay 0, `held` the share of recovery that
    /// is held back.
    pub(super) fn of(
        tree: &Tree,
        row: &Row,
        (factor, roots): (&SparseFactor, &[f64]),
        (world, held): (u32, f64),
    ) -> Option<Self> {
        let RowPotential::Cone(cone) = &row.potential else { return None };
        if !matches!(cone.kind, ConeKind::Frictionless | ConeKind::Sliding) {
            return None;
        }
        let mut at = [world; 2];
        let mut columns = [[[0.0; 6]; 3]; 2];
        let scale = match cone.kind {
            ConeKind::Frictionless => [1.0, 0.0, 0.0],
            _ => [1.0, cone.mu[1], cone.mu[2]],
        };
        let mut add = |side: usize, link: u32, offset: &Vector3<f64>, sign: f64| {
            at[side] = coordinates(tree, link as usize, world)?;
            if at[side] == world {
                return Some(());
            }
            for (j, axis) in row.axes.iter().enumerate() {
                let (axis, arm) = (axis * (sign * scale[j]), &mut columns[side][j]);
                let moment = offset.cross(&axis);
                *arm = [axis.x, axis.y, axis.z, moment.x, moment.y, moment.z];
            }
            whiten(tree, (factor, roots), at[side] as usize, &mut columns[side]);
            Some(())
        };
        match row.place {
            Place::World { link, offset, sign } => add(1, link, &offset, sign)?,
            Place::Links { links, offsets } => {
                add(0, links[0], &offsets[0], -1.0)?;
                add(1, links[1], &offsets[1], 1.0)?;
            }
            Place::Pair { .. } => return None,
        }
        let mut wanted = [0.0; 3];
        let mut impulse = [0.0; 3];
        for j in 0..3 {
            wanted[j] = scale[j] * (cone.target[j] - row.known[j]);
            impulse[j] = if scale[j] > 0.0 { row.warm[j] / scale[j] } else { 0.0 };
        }
        wanted[0] -= held * row.recovery;
        let mut touch = Self {
            columns,
            at,
            wanted,
            bound: [0.0; 2],
            yields: [0.0; 3],
            impulse,
            scale: [scale[1], scale[2]],
        };
        touch.find_bound(cone, at.map(|at| at != world));
        Some(touch)
    }

    #[inline]
    fn find_bound(&mut self, cone: &Cone, moves: [bool; 2]) {
        let w = mobility(&self.columns, moves);
        let across = (w[0][1] * w[0][1] + w[0][2] * w[0][2]).sqrt();
        let [mean, half] = [w[1][1] + w[2][2], w[1][1] - w[2][2]].map(|twice| twice / 2.0);
        let largest = mean + (half * half + w[1][2] * w[1][2]).sqrt();
        self.bound = [w[0][0], largest];
        if across > 0.0 && largest > 0.0 && w[0][0] > 0.0 {
            let share = across * (largest / w[0][0]).sqrt();
            self.bound = [w[0][0] + across * across / share, largest + share];
        }
        self.bound = self.bound.map(|bound| bound / RELAXATION);
        let normal = cone.normal_regularization + self.bound[0];
        let friction = cone.friction_regularization + self.bound[1];
        self.yields = [normal.recip(), friction.recip(), (normal + friction).recip()];
    }

    /// Adds the impulse to the coordinates.
    pub(super) fn start(&self, z: &mut [f64]) {
        self.push(&self.impulse, z);
    }

    /// Moves the impulse towards the solution while all others are fixed; returns the
    /// change of its velocity.
    #[inline]
    pub(super) fn visit(&mut self, z: &mut [f64]) -> f64 {
        let mut missing = self.wanted;
        for (columns, at) in self.columns.iter().zip(self.at) {
            if let Some(z) = z[at as usize..].first_chunk::<6>() {
                for (missing, column) in missing.iter_mut().zip(columns) {
                    *missing -= dot(column, z);
                }
            }
        }
        let next = self.respond(&missing);
        let change =
            [next[0] - self.impulse[0], next[1] - self.impulse[1], next[2] - self.impulse[2]];
        if change == [0.0; 3] {
            return 0.0;
        }
        self.impulse = next;
        self.push(&change, z);
        let across = change[1].abs().max(change[2].abs());
        (self.bound[0] * change[0].abs()).max(self.bound[1] * across)
    }

    /// The response with R + B instead of R; see [`cone`](crate::cone).
    #[inline]
    fn respond(&self, missing: &[f64; 3]) -> [f64; 3] {
        let [normal, friction] = self.bound;
        let ahead = missing[0] + normal * self.impulse[0];
        let first = missing[1] + friction * self.impulse[1];
        let second = missing[2] + friction * self.impulse[2];
        let length = (first * first + second * second).sqrt();
        let [normal, friction, both] = self.yields;
        if length * friction <= ahead * normal {
            [ahead * normal, first * friction, second * friction]
        } else if length > -ahead {
            let load = (ahead + length) * both;
            let share = load / length;
            [load, first * share, second * share]
        } else {
            [0.0; 3]
        }
    }

    /// `z += Y' change`.
    #[inline]
    fn push(&self, change: &[f64; 3], z: &mut [f64]) {
        for (columns, at) in self.columns.iter().zip(self.at) {
            if let Some(z) = z[at as usize..].first_chunk_mut::<6>() {
                let [a, b, c] = columns;
                for k in 0..6 {
                    z[k] += a[k] * change[0] + b[k] * change[1] + c[k] * change[2];
                }
            }
        }
    }

    /// The impulse along the normal and both tangents.
    pub(super) fn impulse(&self) -> [f64; MAX_CONE_DIM] {
        let [normal, first, second] = self.impulse;
        [normal, first * self.scale[0], second * self.scale[1], 0.0, 0.0, 0.0]
    }
}

/// `x <- x L^-1 D^-1/2` over the coordinates of one body.
#[inline]
fn whiten(
    tree: &Tree,
    (factor, roots): (&SparseFactor, &[f64]),
    first: usize,
    columns: &mut Columns,
) {
    // Six consecutive rows of one to six elements.
    let rows = factor.rows()[tree.row(first).start..].first_chunk::<21>();
    let (Some(rows), Some(roots)) = (rows, roots[first..].first_chunk::<6>()) else { return };
    let element = |i: usize, j: usize| rows[i * (i + 1) / 2 + j];
    let couples = |i: usize| [0, 1, 2].iter().any(|j| *j < i && element(i, *j) != 0.0);
    // Translation is decoupled if the frame is at the centre of mass.
    if (1..6).any(couples) {
        for x in columns.iter_mut() {
            whiten_one::<0>(x, rows, roots);
        }
    } else {
        for x in columns.iter_mut() {
            whiten_one::<3>(x, rows, roots);
        }
    }
}

/// Whitens one column if rows have no elements before `FIRST` but on the diagonal.
#[inline]
fn whiten_one<const FIRST: usize>(x: &mut [f64; 6], rows: &[f64; 21], roots: &[f64; 6]) {
    for i in (0..6).rev() {
        let own = x[i];
        for j in FIRST..i {
            x[j] -= rows[i * (i + 1) / 2 + j] * own;
        }
        x[i] = own * roots[i];
    }
}

/// W of movable sides.
#[inline]
fn mobility(columns: &[Columns; 2], moves: [bool; 2]) -> [[f64; 3]; 3] {
    let mut sum = [[0.0; 3]; 3];
    for (side, _) in columns.iter().zip(moves).filter(|(_, moves)| *moves) {
        for i in 0..3 {
            for j in 0..=i {
                sum[i][j] += dot(&side[i], &side[j]);
                sum[j][i] = sum[i][j];
            }
        }
    }
    sum
}

/// The sum in two halves, which processors compute side by side.
#[inline]
fn dot(a: &[f64; 6], b: &[f64; 6]) -> f64 {
    let even = a[0] * b[0] + a[2] * b[2] + a[4] * b[4];
    let odd = a[1] * b[1] + a[3] * b[3] + a[5] * b[5];
    even + odd
}
