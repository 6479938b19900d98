//! Mobility of a model under generalized forces in its reference configuration.
//!
//! `MuJoCo` computes the inertia of an actuator, a tendon or a joint from the
//! inverse of the mass matrix `M` in the reference configuration: `1 / (J M^-1 J^T)` for
//! the force directions `J`. `M^-1` is never formed: the tree is factored once, and
//! each row of `J` is solved along the paths from its joints to the world (the
//! articulated-body recursion, Featherstone 2008, section 7.3).
//!
//! Start reading at [`Mobility::along`].

use std::collections::{BTreeMap, BTreeSet};

use nalgebra::{Cholesky, DMatrix, DVector, Dyn, Matrix3, Matrix6, Vector6};

use super::model::{Model, Motion};
use crate::geometry::{Inertia, Pose, Vector};

/// Maximum number of tendons with armature; further armatures are ignored.
const MAX_TENDON_ARMATURES: usize = 64;

/// Pivots below this belong to joints that move no mass.
const MIN_PIVOT: f64 = 1e-15;

/// A generalized force: degrees of freedom and coefficients.
pub(crate) type Row = Vec<(usize, f64)>;

/// The factored mass matrix of a model, with armature.
#[derive(Debug, Default)]
pub(crate) struct Mobility {
    /// Parents before children.
    dofs: Vec<Dof>,
    /// First degree of freedom of each joint (body, index in it).
    first: BTreeMap<(usize, usize), usize>,
    /// Force directions of the tendons with armature.
    tendons: Vec<Row>,
    /// `1 / armature` of those tendons plus their mutual mobility.
    coupled: Option<Cholesky<f64, Dyn>>,
}

/// A degree of freedom; spatial vectors are in world axes about the world origin,
/// angular part first.
#[derive(Debug)]
struct Dof {
    parent: Option<usize>,
    motion: Vector6<f64>,
    /// The articulated inertia times the motion.
    momentum: Vector6<f64>,
    /// The inertia at this degree of freedom with a free subtree.
    pivot: f64,
}

impl Mobility {
    /// `inertias` by body, in the frame of the body; `armature` by joint.
    pub(crate) fn of(
        model: &Model<'_>,
        inertias: &[Inertia],
        armature: &dyn Fn((usize, usize)) -> f64,
    ) -> Self {
        let mut mobility = Self::default();
        let mut armatures = Vec::new();
        // The nearest degree of freedom at or above each body.
        let mut last: Vec<Option<usize>> = Vec::with_capacity(model.bodies.len());
        let mut world_from: Vec<Pose> = Vec::with_capacity(model.bodies.len());
        let mut carried: Vec<Matrix6<f64>> = Vec::new();
        for (index, body) in model.bodies.iter().enumerate() {
            let (outer, mut current) = if index == 0 {
                (Pose::identity(), None)
            } else {
                (world_from[body.parent], last[body.parent])
            };
            let pose = outer * body.pose;
            for (at, joint) in body.joints.iter().enumerate() {
                mobility.first.insert((index, at), mobility.dofs.len());
                for motion in motions(joint.motion, &pose, joint.anchor, joint.axis) {
                    let (momentum, pivot) = (Vector6::zeros(), 0.0);
                    mobility.dofs.push(Dof { parent: current, motion, momentum, pivot });
                    armatures.push(armature((index, at)));
                    carried.push(Matrix6::zeros());
                    current = Some(mobility.dofs.len() - 1);
                }
            }
            if let (Some(dof), Some(inertia)) = (current, inertias.get(index)) {
                carried[dof] += spatial(&inertia.seen_from(&pose));
            }
            last.push(current);
            world_from.push(pose);
        }
        mobility.factor(&mut carried, &armatures);
        mobility
    }

    /// Factors the tree from its leaves to the world.
    fn factor(&mut self, carried: &mut [Matrix6<f64>], armatures: &[f64]) {
        for index in (0..self.dofs.len()).rev() {
            let dof = &mut self.dofs[index];
            dof.momentum = carried[index] * dof.motion;
            dof.pivot = dof.motion.dot(&dof.momentum) + armatures[index];
            let Some(parent) = dof.parent else { continue };
            let mut rest = carried[index];
            if dof.pivot > MIN_PIVOT {
                rest -= dof.momentum * dof.momentum.transpose() / dof.pivot;
            }
            carried[parent] += rest;
        }
    }

    /// The same with the armature of tendons, kg or kg m^2 at the tendon.
    pub(crate) fn with_tendons(mut self, armatures: Vec<(Row, f64)>) -> Self {
        let is_felt = |(row, armature): &(Row, f64)| *armature > 0.0 && !row.is_empty();
        let felt = armatures.into_iter().filter(is_felt).take(MAX_TENDON_ARMATURES);
        let (rows, armatures): (Vec<Row>, Vec<f64>) = felt.unzip();
        if rows.is_empty() {
            return self;
        }
        let mut system = DMatrix::zeros(rows.len(), rows.len());
        for (column, row) in rows.iter().enumerate() {
            let response = self.response(row);
            for (line, other) in rows.iter().enumerate() {
                system[(line, column)] = dot(other, &response);
            }
            system[(column, column)] += 1.0 / armatures[column];
        }
        self.coupled = system.cholesky();
        self.tendons = rows;
        self
    }

    /// The degree of freedom of a hinge or slide, or the first one of another.
    pub(crate) fn dof(&self, joint: (usize, usize)) -> Option<usize> {
        self.first.get(&joint).copied()
    }

    /// `J M^-1 J^T`: acceleration along a force direction per force along it.
    pub(crate) fn along(&self, row: &Row) -> f64 {
        let response = self.response(row);
        let plain = dot(row, &response);
        // Woodbury: each armature of a tendon adds `armature * J^T J` to `M`.
        let Some(coupled) = &self.coupled else { return plain };
        let shared = self.tendons.iter().map(|other| dot(other, &response));
        let shared = DVector::from_iterator(self.tendons.len(), shared);
        plain - shared.dot(&coupled.solve(&shared))
    }

    /// `M^-1` times a force, for the joints on the paths to the world.
    fn response(&self, row: &Row) -> BTreeMap<usize, f64> {
        let mut path: BTreeSet<usize> = BTreeSet::new();
        for (dof, _) in row {
            let mut current = Some(*dof);
            while let Some(at) = current.filter(|at| path.insert(*at)) {
                current = self.dofs[at].parent;
            }
        }
        let mut forces: BTreeMap<usize, f64> = BTreeMap::new();
        for (dof, share) in row {
            *forces.entry(*dof).or_default() += share;
        }
        let mut bias: BTreeMap<usize, Vector6<f64>> = BTreeMap::new();
        for &index in path.iter().rev() {
            let dof = &self.dofs[index];
            let own = bias.get(&index).copied().unwrap_or_default();
            let force = forces.get(&index).copied().unwrap_or(0.0) - dof.motion.dot(&own);
            forces.insert(index, force);
            if let Some(parent) = dof.parent {
                let pushed = if dof.pivot > MIN_PIVOT {
                    dof.momentum * (force / dof.pivot)
                } else {
                    Vector6::zeros()
                };
                *bias.entry(parent).or_default() += own + pushed;
            }
        }
        let mut found = BTreeMap::new();
        let mut moving: BTreeMap<usize, Vector6<f64>> = BTreeMap::new();
        for &index in &path {
            let dof = &self.dofs[index];
            let outer = dof.parent.and_then(|parent| moving.get(&parent)).copied();
            let outer = outer.unwrap_or_default();
            let rate = if dof.pivot > MIN_PIVOT {
                (forces[&index] - dof.momentum.dot(&outer)) / dof.pivot
            } else {
                0.0
            };
            found.insert(index, rate);
            moving.insert(index, outer + dof.motion * rate);
        }
        found
    }

    /// `dof_invweight0` of a joint in `MuJoCo`: the mean over its degrees of freedom (of a
    /// free joint, the rotational ones).
    pub(crate) fn of_joint(&self, joint: (usize, usize), motion: Motion) -> Option<f64> {
        let first = self.dof(joint)?;
        let own = |dof: usize| self.along(&vec![(dof, 1.0)]);
        Some(match motion {
            Motion::Hinge | Motion::Slide => own(first),
            Motion::Ball => (0..3).map(|part| own(first + part)).sum::<f64>() / 3.0,
            Motion::Free => (3..6).map(|part| own(first + part)).sum::<f64>() / 3.0,
        })
    }
}

fn dot(row: &Row, response: &BTreeMap<usize, f64>) -> f64 {
    row.iter().map(|(dof, share)| share * response.get(dof).copied().unwrap_or(0.0)).sum()
}

/// The motion directions of a joint of a body at `pose`.
fn motions(motion: Motion, pose: &Pose, anchor: [f64; 3], axis: [f64; 3]) -> Vec<Vector6<f64>> {
    let turn = |axis: Vector, through: Vector| {
        let moving = through.cross(&axis);
        Vector6::new(axis.x, axis.y, axis.z, moving.x, moving.y, moving.z)
    };
    let shift = |axis: Vector| Vector6::new(0.0, 0.0, 0.0, axis.x, axis.y, axis.z);
    let axes = [Vector::x(), Vector::y(), Vector::z()];
    let through = (pose * nalgebra::Point3::from(Vector::from(anchor))).coords;
    let axis = pose.rotation * Vector::from(axis).try_normalize(1e-12).unwrap_or(Vector::z());
    match motion {
        Motion::Hinge => vec![turn(axis, through)],
        Motion::Slide => vec![shift(axis)],
        Motion::Ball => axes.map(|axis| turn(pose.rotation * axis, through)).to_vec(),
        Motion::Free => {
            let middle = pose.translation.vector;
            let turns = axes.map(|axis| turn(pose.rotation * axis, middle));
            axes.map(shift).into_iter().chain(turns).collect()
        }
    }
}

/// The spatial inertia about the origin.
fn spatial(inertia: &Inertia) -> Matrix6<f64> {
    let at = inertia.com;
    let cross = Matrix3::new(0.0, -at.z, at.y, at.z, 0.0, -at.x, -at.y, at.x, 0.0);
    let mut matrix = Matrix6::zeros();
    matrix.fixed_view_mut::<3, 3>(0, 0).copy_from(&inertia.about(Vector::zeros()));
    matrix.fixed_view_mut::<3, 3>(0, 3).copy_from(&(cross * inertia.mass));
    matrix.fixed_view_mut::<3, 3>(3, 0).copy_from(&(cross.transpose() * inertia.mass));
    matrix.fixed_view_mut::<3, 3>(3, 3).copy_from(&(Matrix3::identity() * inertia.mass));
    matrix
}
