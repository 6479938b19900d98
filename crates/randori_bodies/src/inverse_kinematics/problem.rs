//! Problems and results of inverse kinematics.

use nalgebra::{UnitQuaternion, Vector3};

use crate::joint::JointKind;
use crate::tree::Tree;

/// Target of a point of a link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The link.
    pub link: usize,
    /// The point, in the frame of the link, m.
    pub point: Vector3<f64>,
    /// Target position in the world, m.
    pub position: Vector3<f64>,
    /// Target rotation of the link, world from link; `None` if it is free.
    pub rotation: Option<UnitQuaternion<f64>>,
}

/// Range of a dof.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum DofRange {
    /// Unlimited.
    #[default]
    Free,
    /// Fixed.
    Locked,
    /// Between two coordinates, rad or m. Only for a revolute, prismatic or planar
    /// joint: other dofs have no coordinate of their own.
    Between {
        /// The lowest coordinate.
        lower: f64,
        /// The highest; not below `lower`.
        upper: f64,
    },
}

/// A target, the ranges of all dofs, and the stopping criteria.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IkProblem<'a> {
    /// The target.
    pub target: Target,
    /// One range per dof of the tree. Lock the dofs of a floating base to keep it in
    /// place.
    pub ranges: &'a [DofRange],
    /// Stopping criteria.
    pub options: IkOptions,
}

/// Stopping criteria of inverse kinematics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IkOptions {
    /// Position tolerance, m.
    pub position_tolerance_m: f64,
    /// Rotation tolerance, rad.
    pub rotation_tolerance_rad: f64,
    /// Weight of rotations: the distance equivalent to one radian, m; above 0. It
    /// affects the result if position and rotation cannot both be reached.
    pub rotation_length_m: f64,
    /// Maximum number of steps, including rejected ones.
    pub max_iterations: usize,
}

impl Default for IkOptions {
    /// A micrometre and a microradian; one radian is equivalent to 0.3 m, about half
    /// the reach of a small arm; 200 steps.
    fn default() -> Self {
        Self {
            position_tolerance_m: 1e-6,
            rotation_tolerance_rad: 1e-6,
            rotation_length_m: 0.3,
            max_iterations: 200,
        }
    }
}

/// Result of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IkOutcome {
    /// True if the target is reached within the tolerances.
    pub converged: bool,
    /// Distance of the point from its target, m.
    pub position_error_m: f64,
    /// Angle of the link to its target, rad; 0 if the target has no rotation.
    pub rotation_error_rad: f64,
    /// Number of steps, including rejected ones.
    pub iterations: usize,
}

/// The reason why a problem is invalid for a tree.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IkError {
    /// There is no such link.
    #[error("the tree has no link {link}")]
    UnknownLink {
        /// The link of the target.
        link: usize,
    },
    /// A list has a length that does not match the tree.
    #[error("{found} {what} instead of {expected}")]
    WrongCount {
        /// Name of the list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The required length.
        expected: usize,
    },
    /// A range is empty, has a NaN, or belongs to a dof without a coordinate of its own.
    #[error("dof {dof} cannot have this range")]
    InvalidRange {
        /// The dof.
        dof: usize,
    },
    /// A NaN or an infinity.
    #[error("the {what} must be finite")]
    NotFinite {
        /// Name of the value.
        what: &'static str,
    },
    /// A tolerance is below 0 or a NaN, or the length per radian is not above 0.
    #[error("tolerances must not be negative, and the length per radian must be above 0")]
    InvalidOptions,
}

impl IkProblem<'_> {
    /// Checks the problem against a tree and a start.
    pub(super) fn check(&self, tree: &Tree, q: &[f64]) -> Result<(), IkError> {
        let Target { link, point, position, rotation } = &self.target;
        if *link >= tree.links().len() {
            return Err(IkError::UnknownLink { link: *link });
        }
        for (what, found, expected) in [
            ("ranges", self.ranges.len(), tree.dofs()),
            ("coordinates", q.len(), tree.coordinates()),
        ] {
            if found != expected {
                return Err(IkError::WrongCount { what, found, expected });
            }
        }
        let mut target = point.iter().chain(position.iter());
        let turned = rotation.is_none_or(|it| it.coords.iter().all(|part| part.is_finite()));
        if !turned || !target.all(|part| part.is_finite()) {
            return Err(IkError::NotFinite { what: "target" });
        }
        if !q.iter().all(|part| part.is_finite()) {
            return Err(IkError::NotFinite { what: "start" });
        }
        let options = &self.options;
        let is_length = options.rotation_length_m > 0.0 && options.rotation_length_m.is_finite();
        let tolerances = [options.position_tolerance_m, options.rotation_tolerance_rad];
        if !is_length || !tolerances.iter().all(|tolerance| *tolerance >= 0.0) {
            return Err(IkError::InvalidOptions);
        }
        let refused = |&dof: &usize| match self.ranges[dof] {
            DofRange::Between { lower, upper } => {
                let is_range = lower <= upper;
                !is_range || coordinate(tree, dof).is_none()
            }
            DofRange::Free | DofRange::Locked => false,
        };
        match (0..tree.dofs()).find(refused) {
            Some(dof) => Err(IkError::InvalidRange { dof }),
            None => Ok(()),
        }
    }

    /// Moves coordinates of joints that carry the link into their ranges.
    pub(super) fn clamp(&self, tree: &Tree, q: &mut [f64]) {
        for &dof in tree.link_chain(self.target.link) {
            let dof = dof as usize;
            if let (DofRange::Between { lower, upper }, Some(place)) =
                (self.ranges[dof], coordinate(tree, dof))
            {
                q[place] = q[place].clamp(lower, upper);
            }
        }
    }

    /// True if a bound keeps a dof, whose motion reduces the error at this rate, from
    /// moving in that direction from the configuration `q`.
    pub(super) fn holds(&self, tree: &Tree, (dof, descent): (usize, f64), q: &[f64]) -> bool {
        match self.ranges[dof] {
            DofRange::Free => false,
            DofRange::Locked => true,
            DofRange::Between { lower, upper } => coordinate(tree, dof).is_some_and(|place| {
                (descent < 0.0 && q[place] <= lower) || (descent > 0.0 && q[place] >= upper)
            }),
        }
    }
}

/// The coordinate of a dof, for joints with one coordinate per dof.
pub(super) fn coordinate(tree: &Tree, dof: usize) -> Option<usize> {
    let link = &tree.links()[tree.link_of_dof(dof)];
    match link.joint() {
        JointKind::Revolute { .. } | JointKind::Prismatic { .. } | JointKind::Planar => {
            Some(link.coordinates().start + (dof - link.dofs().start))
        }
        _ => None,
    }
}
