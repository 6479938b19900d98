//! Poses and inertias in double precision.

use nalgebra::{Matrix3, Quaternion, Rotation3, Translation3, Unit, UnitQuaternion, Vector3};
use randori_core::spec::{Axis, InertiaSpec, PoseSpec};

/// A pose `outer_from_inner`.
pub(crate) type Pose = nalgebra::Isometry3<f64>;

/// A point or direction.
pub(crate) type Vector = Vector3<f64>;

/// A rotation.
pub(crate) type Rotation = UnitQuaternion<f64>;

pub(crate) fn vector([x, y, z]: [f64; 3]) -> Vector {
    Vector::new(x, y, z)
}

pub(crate) fn translation(offset: Vector) -> Pose {
    Pose::from_parts(Translation3::from(offset), Rotation::identity())
}

pub(crate) fn pose(offset: Vector, rotation: Rotation) -> Pose {
    Pose::from_parts(Translation3::from(offset), rotation)
}

/// The rotation by an angle (rad) about an axis of any length; none about an
/// axis without direction.
pub(crate) fn about(axis: Vector, angle: f64) -> Rotation {
    let Some(axis) = Unit::try_new(axis, 1e-12) else { return Rotation::identity() };
    let (sin, cos) = (libm::sin(angle / 2.0), libm::cos(angle / 2.0));
    let part = axis.into_inner() * sin;
    Unit::new_normalize(Quaternion::new(cos, part.x, part.y, part.z))
}

/// The rotation of a quaternion of any length; none of one without length.
pub(crate) fn from_wxyz([w, x, y, z]: [f64; 4]) -> Option<Rotation> {
    Unit::try_new(Quaternion::new(w, x, y, z), 1e-12)
}

/// Roll, pitch and yaw about the fixed axes X, Y, Z.
pub(crate) fn from_rpy([roll, pitch, yaw]: [f64; 3]) -> Rotation {
    about(Vector::z(), yaw) * about(Vector::y(), pitch) * about(Vector::x(), roll)
}

/// The shortest rotation from Z to a direction.
pub(crate) fn z_to(direction: Vector) -> Rotation {
    let Some(to) = Unit::try_new(direction, 1e-12) else { return Rotation::identity() };
    let axis = Vector::z().cross(&to);
    let sine = axis.norm();
    let angle = libm::atan2(sine, to.z);
    if sine < 1e-10 {
        return if to.z > 0.0 {
            Rotation::identity()
        } else {
            about(Vector::x(), std::f64::consts::PI)
        };
    }
    about(axis, angle)
}

/// The rotation whose axes are `x` and, as far as possible, `y`.
pub(crate) fn from_xy(x: Vector, y: Vector) -> Option<Rotation> {
    let x = Unit::try_new(x, 1e-12)?.into_inner();
    let y = Unit::try_new(y - x * x.dot(&y), 1e-12)?.into_inner();
    let matrix = Matrix3::from_columns(&[x, y, x.cross(&y)]);
    Some(Rotation::from_rotation_matrix(&Rotation3::from_matrix_unchecked(matrix)))
}

/// A number for output: ten significant digits, a hundred times finer than single
/// precision.
pub(crate) fn tidy(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { 0.0 } else { value };
    }
    format!("{value:.9e}").parse().unwrap_or(value)
}

/// As [`tidy`], for components of a vector of some magnitude: rounding errors
/// become zero.
pub(crate) fn tidy_beside(value: f64, size: f64) -> f64 {
    if value.abs() < 1e-12 * size { 0.0 } else { tidy(value) }
}

pub(crate) fn tidy3(value: Vector) -> [f64; 3] {
    let size = value.norm().max(1e-3);
    [value.x, value.y, value.z].map(|part| tidy_beside(part, size))
}

/// A pose for output.
pub(crate) fn pose_spec(pose: &Pose) -> PoseSpec {
    let rotation = pose.rotation.into_inner();
    // The two quaternions of a rotation: the one with positive real part.
    let sign = if rotation.w < 0.0 { -1.0 } else { 1.0 };
    let parts = [rotation.i, rotation.j, rotation.k, rotation.w];
    let parts = parts.map(|part| tidy_beside(part * sign, 1.0));
    let is_turned = parts[..3].iter().any(|part| *part != 0.0);
    PoseSpec { xyz: tidy3(pose.translation.vector), rpy: None, quat: is_turned.then_some(parts) }
}

/// The pose in output.
pub(crate) fn spec_pose(spec: &PoseSpec) -> Pose {
    let rotation = match (spec.rpy, spec.quat) {
        (Some(angles), _) => from_rpy(angles.map(randori_core::spec::Angle::radians)),
        (None, Some([x, y, z, w])) => from_wxyz([w, x, y, z]).unwrap_or_else(Rotation::identity),
        (None, None) => Rotation::identity(),
    };
    pose(vector(spec.xyz), rotation)
}

/// An axis for output.
pub(crate) fn axis_spec(axis: Vector) -> Axis {
    let unit = axis.normalize();
    let near = |other: Vector| (unit - other).norm() < 1e-9;
    if near(Vector::x()) {
        Axis::X
    } else if near(Vector::y()) {
        Axis::Y
    } else if near(Vector::z()) {
        Axis::Z
    } else {
        let [x, y, z] = tidy3(unit);
        Axis::Along(x, y, z)
    }
}

/// The direction of an axis in output.
pub(crate) fn spec_axis(axis: Axis) -> Vector {
    match axis {
        Axis::X => Vector::x(),
        Axis::Y => Vector::y(),
        Axis::Z => Vector::z(),
        Axis::Along(x, y, z) => Vector::new(x, y, z).try_normalize(1e-12).unwrap_or_default(),
    }
}

/// Mass, centre of mass and rotational inertia about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Inertia {
    pub(crate) mass: f64,
    pub(crate) com: Vector,
    pub(crate) moments: Matrix3<f64>,
}

impl Inertia {
    pub(crate) const NONE: Self =
        Self { mass: 0.0, com: Vector::new(0.0, 0.0, 0.0), moments: ZERO };

    /// The same in an outer frame.
    pub(crate) fn seen_from(&self, outer_from_here: &Pose) -> Self {
        let rotation = outer_from_here.rotation.to_rotation_matrix();
        let moments = rotation.matrix() * self.moments * rotation.matrix().transpose();
        let com = (outer_from_here * nalgebra::Point3::from(self.com)).coords;
        Self { mass: self.mass, com, moments }
    }

    /// Both together, in one frame.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let mass = self.mass + other.mass;
        if mass <= 0.0 {
            return Self { mass, com: self.com, moments: self.moments + other.moments };
        }
        let com = (self.com * self.mass + other.com * other.mass) / mass;
        Self { mass, com, moments: self.about(com) + other.about(com) }
    }

    /// The moments about a point of the same frame.
    pub(crate) fn about(&self, point: Vector) -> Matrix3<f64> {
        let arm = self.com - point;
        let spread = Matrix3::identity() * arm.norm_squared() - arm * arm.transpose();
        self.moments + spread * self.mass
    }

    pub(crate) fn spec(&self) -> InertiaSpec {
        let moments = self.moments;
        let size = moments.abs().max();
        let part = |row: usize, column: usize| tidy_beside(moments[(row, column)], size);
        InertiaSpec::Moments {
            ixx: part(0, 0),
            iyy: part(1, 1),
            izz: part(2, 2),
            ixy: part(0, 1),
            ixz: part(0, 2),
            iyz: part(1, 2),
        }
    }
}

const ZERO: Matrix3<f64> = Matrix3::new(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);

/// The matrix with these moments and products of inertia (XX, YY, ZZ, XY, XZ,
/// YZ).
pub(crate) fn moments([xx, yy, zz, xy, xz, yz]: [f64; 6]) -> Matrix3<f64> {
    Matrix3::new(xx, xy, xz, xy, yy, yz, xz, yz, zz)
}

/// Principal moments in ascending order, with their axes as columns.
pub(crate) fn principal(moments: &Matrix3<f64>) -> ([f64; 3], Matrix3<f64>) {
    let eigen = nalgebra::SymmetricEigen::new(*moments);
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| eigen.eigenvalues[*a].total_cmp(&eigen.eigenvalues[*b]));
    let axes =
        Matrix3::from_columns(&order.map(|index| eigen.eigenvectors.column(index).into_owned()));
    (order.map(|index| eigen.eigenvalues[index]), axes)
}
