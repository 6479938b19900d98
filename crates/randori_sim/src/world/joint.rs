//! Joints as the engine wants them.

use randori_core::math::{Pose, Rotation, Vector};
use randori_core::spec::{Axis, JointKind, JointSpec, LoopKind, LoopSpec};
use rapier3d::prelude::{GenericJoint, GenericJointBuilder, JointAxesMask, JointAxis};

use super::scene::Motion;

impl Motion {
    /// Number of joint degrees of freedom.
    pub(super) fn dofs(self) -> usize {
        self.axes().len()
    }

    /// The axes of the engine's joint that are free; none for roots.
    pub(super) fn axes(self) -> std::ops::Range<usize> {
        match self {
            Self::Fixed | Self::Free => 0..0,
            Self::Prismatic(axis) => axis..axis + 1,
            Self::Revolute(axis) => axis + 3..axis + 4,
            Self::Spherical => 3..6,
        }
    }
}

/// How a joint lets its child move.
pub(super) fn motion(joint: &JointSpec) -> Motion {
    let axis = match joint.axis {
        Axis::X | Axis::Along(..) => 0,
        Axis::Y => 1,
        Axis::Z => 2,
    };
    match joint.kind {
        JointKind::Prismatic { .. } => Motion::Prismatic(axis),
        JointKind::Spherical => Motion::Spherical,
        JointKind::Revolute { .. } | JointKind::Continuous => Motion::Revolute(axis),
        JointKind::Fixed => Motion::Fixed,
    }
}

/// Rotation from the frame whose X, Y or Z axis the joint moves along to the
/// joint frame: only skew axes need one.
fn joint_from_axes(joint: &JointSpec) -> Rotation {
    match joint.axis {
        Axis::Along(..) if joint.kind != JointKind::Spherical => {
            Rotation::from_rotation_arc(Vector::X, joint.axis.unit())
        }
        _ => Rotation::IDENTITY,
    }
}

/// The joint that carries a link, from its frame in the parent's rigid body.
pub(super) fn engine_joint(spec: &JointSpec, parent_from_joint: Pose) -> GenericJoint {
    let turn = Pose::from_rotation(joint_from_axes(spec));
    let free = motion(spec).axes().fold(JointAxesMask::empty(), |mask, axis| {
        mask | JointAxesMask::from_bits_truncate(1 << axis)
    });
    let mut joint = GenericJointBuilder::new(JointAxesMask::all() & !free)
        .local_frame1(parent_from_joint * turn)
        .local_frame2(turn)
        .contacts_enabled(spec.contacts)
        .build();
    if let Some((lower, upper)) = spec.kind.limits_si() {
        joint.set_limits(engine_axis(motion(spec).axes().start), [lower as f32, upper as f32]);
    }
    joint
}

/// The name of axis 0 to 5.
pub(super) fn engine_axis(axis: usize) -> JointAxis {
    const AXES: [JointAxis; 6] = [
        JointAxis::LinX,
        JointAxis::LinY,
        JointAxis::LinZ,
        JointAxis::AngX,
        JointAxis::AngY,
        JointAxis::AngZ,
    ];
    AXES[axis]
}

/// The constraint that closes a loop, from its frames in both rigid bodies.
pub(super) fn loop_joint(spec: &LoopSpec, frame_a: Pose, frame_b: Pose) -> GenericJoint {
    let free = match spec.kind {
        LoopKind::Fixed => JointAxesMask::empty(),
        LoopKind::Revolute => JointAxesMask::ANG_Z,
        LoopKind::Prismatic => JointAxesMask::LIN_Z,
        LoopKind::Spherical => JointAxesMask::ANG_AXES,
    };
    GenericJointBuilder::new(JointAxesMask::all() & !free)
        .local_frame1(frame_a)
        .local_frame2(frame_b)
        .contacts_enabled(false)
        .build()
}
