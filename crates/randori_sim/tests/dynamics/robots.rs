//! Robots and states for these tests.

use std::collections::BTreeMap;

use nalgebra::{DVector, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};
use randori_core::random::RandomStream;
use randori_core::spec::{
    Axis, Base, InertiaSpec, JointKind, JointSpec, LinkSpec, PoseSpec, RobotSpec,
};
use randori_sim::world::dynamics::{RobotModel, RobotState, Twist64};

pub(crate) fn link(name: &str, mass_kg: f64, com: [f64; 3], moments: [f64; 3]) -> LinkSpec {
    inertial_link(name, mass_kg, com, &Matrix3::from_diagonal(&Vector3::from(moments)))
}

fn inertial_link(name: &str, mass_kg: f64, com: [f64; 3], inertia: &Matrix3<f64>) -> LinkSpec {
    LinkSpec {
        name: name.to_owned(),
        mass_kg,
        com: Some(com),
        inertia: InertiaSpec::Moments {
            ixx: inertia.m11,
            iyy: inertia.m22,
            izz: inertia.m33,
            ixy: inertia.m12,
            ixz: inertia.m13,
            iyz: inertia.m23,
        },
        shapes: Vec::new(),
        visuals: Vec::new(),
    }
}

pub(crate) fn joint(
    name: &str,
    kind: JointKind,
    [parent, child]: [&str; 2],
    xyz: [f64; 3],
) -> JointSpec {
    JointSpec {
        name: name.to_owned(),
        kind,
        parent: parent.to_owned(),
        child: child.to_owned(),
        pose: PoseSpec { xyz, ..PoseSpec::default() },
        axis: Axis::Z,
        damping: 0.0,
        friction: 0.0,
        armature: 0.0,
        spring: None,
        contacts: false,
    }
}

pub(crate) fn robot(base: Base, links: Vec<LinkSpec>, joints: Vec<JointSpec>) -> RobotSpec {
    RobotSpec {
        format: 1,
        name: "robot".to_owned(),
        about: String::new(),
        import: None,
        base,
        self_contact: false,
        contact_exclusions: Vec::new(),
        materials: BTreeMap::new(),
        links,
        joints,
        loops: Vec::new(),
        couplings: Vec::new(),
        actuators: Vec::new(),
        sensors: Vec::new(),
        poses: BTreeMap::new(),
    }
}

pub(crate) fn fixed(link: &str) -> Base {
    Base::Fixed { link: link.to_owned() }
}

pub(crate) fn floating(link: &str) -> Base {
    Base::Floating { link: link.to_owned() }
}

pub(crate) fn at_rest(model: &RobotModel, positions: &[f64]) -> RobotState {
    RobotState { positions: positions.to_vec(), ..RobotState::zero(model) }
}

pub(crate) const SLIDE: JointKind = JointKind::Prismatic { limits: None };

/// What random trees may consist of.
#[derive(Clone, Copy)]
pub(crate) struct Breed {
    pub(crate) floating: bool,
    pub(crate) spherical: bool,
    pub(crate) armature: bool,
}

/// A tree of up to twelve links with arbitrary frames, masses and joints, its
/// joints listed in any order.
pub(crate) fn random_robot(stream: &mut RandomStream, breed: Breed) -> RobotSpec {
    let count = 1 + (stream.next_u64() % 12) as usize;
    let name = |index: usize| format!("link_{index}");
    let links = (0..count).map(|index| random_link(stream, &name(index))).collect();
    let mut joints: Vec<JointSpec> = Vec::new();
    for child in 1..count {
        let parent = (stream.next_u64() % child as u64) as usize;
        let kind = match stream.next_u64() % 4 {
            0 => JointKind::Fixed,
            1 => SLIDE,
            2 if breed.spherical => JointKind::Spherical,
            _ => JointKind::Continuous,
        };
        let mut made = joint(
            &format!("joint_{child}"),
            kind,
            [&name(parent), &name(child)],
            triple(stream, 0.5),
        );
        let [x, y, z] = triple(stream, 1.0);
        made.axis = Axis::Along(x, y, z);
        made.pose.quat = Some(std::array::from_fn(|_| stream.normal()));
        made.armature = if breed.armature { stream.uniform(0.0, 0.2) } else { 0.0 };
        let place = (stream.next_u64() % child as u64) as usize;
        joints.insert(place, made);
    }
    let base = if breed.floating { floating("link_0") } else { fixed("link_0") };
    robot(base, links, joints)
}

fn random_link(stream: &mut RandomStream, name: &str) -> LinkSpec {
    // Moments of a real body: sums of two of three second moments.
    let [a, b, c] = [(); 3].map(|()| stream.uniform(0.005, 0.1));
    let moments = Matrix3::from_diagonal(&Vector3::new(b + c, a + c, a + b));
    let axes = Rotation3::from_scaled_axis(Vector3::from(triple(stream, 2.0)));
    let inertia = axes.matrix() * moments * axes.matrix().transpose();
    let mass_kg = stream.uniform(0.2, 5.0);
    inertial_link(name, mass_kg, triple(stream, 0.3), &inertia)
}

pub(crate) fn random_state(stream: &mut RandomStream, model: &RobotModel) -> RobotState {
    let floating = model.base_dofs() > 0;
    let mut state = RobotState::zero(model);
    state.base_pose.translation = Translation3::from(Vector3::from(triple(stream, 3.0)));
    state.base_pose.rotation = UnitQuaternion::from_scaled_axis(Vector3::from(triple(stream, 2.0)));
    if floating {
        state.base_twist = Twist64 {
            linear: Vector3::from(triple(stream, 2.0)),
            angular: Vector3::from(triple(stream, 2.0)),
        };
    }
    for value in state.positions.iter_mut().chain(&mut state.velocities) {
        *value = stream.uniform(-1.2, 1.2);
    }
    state
}

pub(crate) fn triple(stream: &mut RandomStream, reach: f64) -> [f64; 3] {
    std::array::from_fn(|_| stream.uniform(-reach, reach))
}

/// The generalized velocity as one vector.
pub(crate) fn velocity(model: &RobotModel, state: &RobotState) -> DVector<f64> {
    let Twist64 { linear, angular } = state.base_twist;
    let base = linear.iter().chain(angular.iter()).take(model.base_dofs());
    let all: Vec<f64> = base.chain(&state.velocities).copied().collect();
    DVector::from_vec(all)
}

/// First position of each joint among the coordinates, and whether it is a
/// ball joint.
fn coordinates(robot: &RobotSpec) -> Vec<(usize, bool)> {
    let mut first = 0;
    let mut places = Vec::new();
    for joint in &robot.joints {
        places.push((first, matches!(joint.kind, JointKind::Spherical)));
        first += joint.kind.dofs();
    }
    places.retain(|&(place, _)| place < first);
    places
}

/// The state after moving with the generalized velocity `rates` for `time`.
pub(crate) fn moved(
    robot: &RobotSpec,
    state: &RobotState,
    rates: &DVector<f64>,
    time: f64,
) -> RobotState {
    let mut next = state.clone();
    let base_dofs = rates.len() - state.positions.len();
    if base_dofs > 0 {
        next.base_pose.translation.vector += rates.fixed_rows::<3>(0) * time;
        let turn = UnitQuaternion::from_scaled_axis(rates.fixed_rows::<3>(3) * time);
        next.base_pose.rotation = turn * state.base_pose.rotation;
    }
    for (position, rate) in next.positions.iter_mut().zip(rates.iter().skip(base_dofs)) {
        *position += rate * time;
    }
    for (first, ball) in coordinates(robot) {
        if ball {
            let old = Vector3::from_column_slice(&state.positions[first..first + 3]);
            let turn = rates.fixed_rows::<3>(base_dofs + first) * time;
            let new =
                UnitQuaternion::from_scaled_axis(turn) * UnitQuaternion::from_scaled_axis(old);
            next.positions[first..first + 3].copy_from_slice(new.scaled_axis().as_slice());
        }
    }
    next
}

/// Replaces the generalized velocity of a state.
pub(crate) fn with_velocity(state: &RobotState, rates: &DVector<f64>) -> RobotState {
    let base_dofs = rates.len() - state.positions.len();
    let mut next = state.clone();
    if base_dofs > 0 {
        next.base_twist = Twist64 {
            linear: rates.fixed_rows::<3>(0).into(),
            angular: rates.fixed_rows::<3>(3).into(),
        };
    }
    next.velocities = rates.iter().skip(base_dofs).copied().collect();
    next
}
