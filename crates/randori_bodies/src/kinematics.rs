//! Forward kinematics: the position pass, from the bases outwards.
//!
//! Positions are kept relative to the reference point O of the branch, which is
//! the origin of its base frame, so precision does not depend on the position of a
//! robot in the world. Axes are those of the world.

use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};

use crate::joint::JointKind;
use crate::spatial::{ForceVector, MotionVector, SpatialInertia, product, rotated};
use crate::state::quaternion;
use crate::tree::{Link, Tree};

/// Placement, motion subspaces and inertias of all links in one configuration.
#[derive(Debug, PartialEq, Default)]
pub struct Kinematics {
    /// O of each branch in the world, m.
    origins: Vec<Vector3<f64>>,
    frames: Vec<Frame>,
    /// One motion vector per dof.
    subspace: Vec<MotionVector>,
    inertias: Vec<SpatialInertia>,
}

/// Placement of a link frame.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Frame {
    /// World from link.
    rotation: Matrix3<f64>,
    /// Origin of the link frame from O, m.
    offset: Vector3<f64>,
}

impl Frame {
    const WORLD: Self = Self {
        rotation: Matrix3::new(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
        offset: Vector3::new(0.0, 0.0, 0.0),
    };
}

impl Clone for Kinematics {
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        copy.clone_from(self);
        copy
    }

    /// Reuses the memory of the lists.
    fn clone_from(&mut self, source: &Self) {
        let Self { origins, frames, subspace, inertias } = self;
        origins.clone_from(&source.origins);
        frames.clone_from(&source.frames);
        subspace.clone_from(&source.subspace);
        inertias.clone_from(&source.inertias);
    }
}

impl Kinematics {
    /// Memory for a tree; placements are undefined before the first update.
    pub fn new(tree: &Tree) -> Self {
        let mut kinematics = Self::default();
        kinematics.resize(tree);
        kinematics
    }

    /// Resizes for another tree.
    pub fn resize(&mut self, tree: &Tree) {
        self.origins.resize(tree.bases().len(), Vector3::zeros());
        self.frames.resize(tree.links().len(), Frame::WORLD);
        self.subspace.resize(tree.dofs(), MotionVector::ZERO);
        self.inertias.resize(tree.links().len(), SpatialInertia::ZERO);
    }

    /// Computes everything for the configuration `q`.
    pub fn update(&mut self, tree: &Tree, q: &[f64]) {
        assert!(q.len() == tree.coordinates(), "q must have one entry per coordinate");
        for (index, link) in tree.links().iter().enumerate() {
            let frame = match link.parent() {
                Some(parent) => {
                    let parent = self.frames[parent];
                    self.place(link, &parent, q)
                }
                None => self.place_base(link, q),
            };
            self.inertias[index] = inertia(link, &frame);
            self.frames[index] = frame;
        }
    }

    /// The coordinates of a base are its pose. With O at its origin, its columns
    /// are unit vectors: the velocity of O and the angular velocity.
    fn place_base(&mut self, link: &Link, q: &[f64]) -> Frame {
        let q = &q[link.coordinates()];
        self.origins[link.branch()] = Vector3::new(q[0], q[1], q[2]);
        if link.joint() == JointKind::FloatingBase {
            for (axis, columns) in link.dofs().zip(0..6) {
                let mut unit = MotionVector::ZERO;
                match columns {
                    0..3 => unit.linear[columns] = 1.0,
                    _ => unit.angular[columns - 3] = 1.0,
                }
                self.subspace[axis] = unit;
            }
        }
        Frame { rotation: rotation_matrix(&q[3..]), offset: Vector3::zeros() }
    }

    /// A link on its parent. The columns of the motion subspace are written in the same
    /// pass.
    fn place(&mut self, link: &Link, parent: &Frame, q: &[f64]) -> Frame {
        let placing = &link.placing;
        let mut offset =
            parent.offset + rotated(&parent.rotation, &link.parent_from_joint.translation.vector);
        let axes = match &placing.rotation {
            Some(rotation) => product(&parent.rotation, rotation),
            None => parent.rotation,
        };
        let (q, first) = (&q[link.coordinates()], link.first_dof);
        let mut rotation = axes;
        match link.joint() {
            JointKind::Revolute { axis } => {
                self.subspace[first] = MotionVector::rotation(&rotated(&axes, &axis), &offset);
                rotation = placing.hinge.turned(&axes, q[0]);
            }
            JointKind::Prismatic { axis } => {
                let direction = rotated(&axes, &axis);
                self.subspace[first] = MotionVector::translation(&direction);
                offset += direction * q[0];
            }
            JointKind::Spherical => {
                for axis in 0..3 {
                    let direction = axes.column(axis).into_owned();
                    self.subspace[first + axis] = MotionVector::rotation(&direction, &offset);
                }
                rotation = product(&axes, &rotation_matrix(q));
            }
            JointKind::Planar => {
                let [x, y, z] = [0, 1, 2].map(|axis| axes.column(axis).into_owned());
                offset += x * q[0] + y * q[1];
                self.subspace[first] = MotionVector::translation(&x);
                self.subspace[first + 1] = MotionVector::translation(&y);
                self.subspace[first + 2] = MotionVector::rotation(&z, &offset);
                rotation = placing.hinge.turned(&axes, q[2]);
            }
            JointKind::Fixed | JointKind::FixedBase | JointKind::FloatingBase => {}
        }
        Frame { rotation, offset }
    }

    /// The reference point O of a branch in the world, m.
    pub fn origin(&self, branch: usize) -> &Vector3<f64> {
        &self.origins[branch]
    }

    /// Position of a link-frame origin from O of its branch, m, world axes.
    pub fn offset(&self, link: usize) -> &Vector3<f64> {
        &self.frames[link].offset
    }

    /// Rotation matrix of a link frame, world from link.
    pub fn rotation(&self, link: usize) -> &Matrix3<f64> {
        &self.frames[link].rotation
    }

    /// Position of a link-frame origin in the world, m.
    pub fn position(&self, tree: &Tree, link: usize) -> Vector3<f64> {
        self.origins[tree.links()[link].branch()] + self.frames[link].offset
    }

    /// Pose of a link frame in the world.
    pub fn pose(&self, tree: &Tree, link: usize) -> Isometry3<f64> {
        let rotation = Rotation3::from_matrix_unchecked(self.frames[link].rotation);
        Isometry3::from_parts(
            Translation3::from(self.position(tree, link)),
            UnitQuaternion::from_rotation_matrix(&rotation),
        )
    }

    /// Position of the joint-frame origin of a link from O of its branch, m,
    /// world axes; of a base, its own.
    pub fn joint_offset(&self, tree: &Tree, link: usize) -> Vector3<f64> {
        let carried = &tree.links()[link];
        let Some(parent) = carried.parent() else { return self.frames[link].offset };
        let parent = &self.frames[parent];
        parent.offset + rotated(&parent.rotation, &carried.parent_from_joint.translation.vector)
    }

    /// Motion vector of each dof: the velocity of its link relative to the parent,
    /// per unit of rate, world axes about O.
    pub fn subspace(&self) -> &[MotionVector] {
        &self.subspace
    }

    /// Inertia of each link, world axes about O.
    pub fn inertias(&self) -> &[SpatialInertia] {
        &self.inertias
    }

    /// A force (N) with a couple (N m) on a link at a point (m), all in the
    /// world frame, as a force vector about O.
    pub fn force_at(
        &self,
        tree: &Tree,
        link: usize,
        point: &Vector3<f64>,
        (force, couple): (&Vector3<f64>, &Vector3<f64>),
    ) -> ForceVector {
        let offset = point - self.origins[tree.links()[link].branch()];
        let mut vector = ForceVector::at(force, &offset);
        vector.torque += couple;
        vector
    }
}

/// Inertia of a link about O.
fn inertia(link: &Link, frame: &Frame) -> SpatialInertia {
    let com = frame.offset + rotated(&frame.rotation, &link.mass.com);
    let about_com = link.placing.inertia.rotated(&frame.rotation);
    SpatialInertia::new(link.mass.mass_kg, &com, &about_com)
}

/// Rotation matrix of a unit quaternion (x, y, z, w).
fn rotation_matrix(q: &[f64]) -> Matrix3<f64> {
    *UnitQuaternion::new_unchecked(quaternion(q)).to_rotation_matrix().matrix()
}
