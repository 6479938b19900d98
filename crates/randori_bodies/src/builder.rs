//! Builds trees from links, and rejects links that cannot be simulated.

use nalgebra::{Isometry3, Matrix3, Vector3};

use crate::inertia::MassProperties;
use crate::joint::{Hinge, JointKind};
use crate::spatial::Symmetric3;
use crate::tree::{Dof, Link, Placing, Tree};

/// Description of a link for a [`TreeBuilder`].
#[derive(Debug, Clone, PartialEq)]
pub struct LinkSpec {
    /// The parent link; `None` for a base.
    pub parent: Option<usize>,
    /// Its joint.
    pub joint: JointKind,
    /// Pose of the joint frame in the parent link; for a base its initial pose
    /// in the world.
    pub parent_from_joint: Isometry3<f64>,
    /// Mass properties in the frame of the link.
    pub mass: MassProperties,
    /// Rotor and gear inertia reflected to each dof of the joint, kg m^2 or kg;
    /// 0 for a base.
    pub armature: f64,
    /// Viscous damping of each dof of the joint, N m s/rad or N s/m; 0 for a
    /// base.
    pub damping: f64,
}

impl Default for LinkSpec {
    /// A floating base without mass.
    fn default() -> Self {
        Self {
            parent: None,
            joint: JointKind::FloatingBase,
            parent_from_joint: Isometry3::identity(),
            mass: MassProperties::zero(),
            armature: 0.0,
            damping: 0.0,
        }
    }
}

/// The reason why a link is rejected. Links are named by the index that they have,
/// or would have, in the tree.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// A joint that needs a parent has none.
    #[error("link {link} has no parent, but its joint is not a base")]
    NoParent {
        /// The refused link.
        link: usize,
    },
    /// A base has a parent.
    #[error("link {link} is a base and cannot have a parent")]
    BaseWithParent {
        /// The refused link.
        link: usize,
    },
    /// The parent was not added before the child.
    #[error("the parent {parent} of link {link} must be added before it")]
    UnknownParent {
        /// The refused link.
        link: usize,
        /// Its parent.
        parent: usize,
    },
    /// An axis without a direction.
    #[error("the joint axis of link {link} must have a finite length above 0")]
    InvalidAxis {
        /// The refused link.
        link: usize,
    },
    /// A joint frame with a NaN or an infinity.
    #[error("the joint frame of link {link} is not finite")]
    InvalidFrame {
        /// The refused link.
        link: usize,
    },
    /// A negative or non-finite mass, or a physically impossible inertia.
    #[error("link {link} needs a finite mass and a symmetric inertia, neither negative")]
    InvalidMass {
        /// The refused link.
        link: usize,
    },
    /// Negative or non-finite armature or damping, or any on a base.
    #[error("armature and damping of link {link} must be finite and not negative, 0 for a base")]
    InvalidJointParameter {
        /// The refused link.
        link: usize,
    },
}

/// Adds links one by one, parents first.
#[derive(Debug, Clone, Default)]
pub struct TreeBuilder {
    tree: Tree,
}

impl TreeBuilder {
    /// An empty builder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a link and returns its index.
    ///
    /// # Errors
    ///
    /// If its parent, axis, frame, mass or parameters are invalid. The builder is
    /// then unchanged.
    pub fn add(&mut self, spec: &LinkSpec) -> Result<usize, TreeError> {
        let link = self.tree.links.len();
        check(spec, link)?;
        let joint = with_unit_axis(spec.joint, link)?;
        let first_dof = self.tree.dofs.len();
        let (branch, carrier) = match spec.parent {
            None => (self.tree.bases.len(), None),
            Some(parent) => {
                let found = self.tree.links.get(parent);
                let found = found.ok_or(TreeError::UnknownParent { link, parent })?;
                (found.branch, found.last_dof)
            }
        };
        if spec.parent.is_none() {
            self.tree.bases.push(link);
        }
        self.add_dofs(link, carrier, spec);
        let last_dof = self.tree.dofs.len().checked_sub(1).filter(|dof| *dof >= first_dof);
        self.tree.links.push(Link {
            parent: spec.parent,
            joint,
            parent_from_joint: spec.parent_from_joint,
            mass: spec.mass,
            branch,
            first_dof,
            first_coordinate: self.tree.coordinates,
            last_dof: last_dof.or(carrier),
            placing: placing(spec, joint),
        });
        self.tree.coordinates += joint.coordinates();
        Ok(link)
    }

    /// The finished tree.
    pub fn build(self) -> Tree {
        self.tree
    }

    /// Adds the dofs of one joint, each one carried by the previous one.
    fn add_dofs(&mut self, link: usize, carrier: Option<usize>, spec: &LinkSpec) {
        let tree = &mut self.tree;
        let base = carrier.and_then(|dof| {
            let of_base = tree.links[tree.dofs[dof].link as usize].joint;
            let first = (of_base == JointKind::FloatingBase).then(|| tree.chain(dof)[0]);
            first.or(tree.dofs[dof].base)
        });
        let mut carrier = carrier;
        for _ in 0..spec.joint.dofs() {
            let (dof, start) = (tree.dofs.len(), tree.chains.len());
            if let Some(carrier) = carrier {
                tree.chains.extend_from_within(tree.row(carrier));
            }
            tree.chains.push(dof as u32);
            let len = (tree.chains.len() - start) as u32;
            tree.dofs.push(Dof { link: link as u32, start: start as u32, len, base });
            tree.armature.push(spec.armature);
            tree.damping.push(spec.damping);
            carrier = Some(dof);
        }
    }
}

fn check(spec: &LinkSpec, link: usize) -> Result<(), TreeError> {
    match spec.parent {
        None if !spec.joint.is_base() => return Err(TreeError::NoParent { link }),
        Some(_) if spec.joint.is_base() => return Err(TreeError::BaseWithParent { link }),
        _ => {}
    }
    let frame = &spec.parent_from_joint;
    if !frame.translation.vector.iter().chain(frame.rotation.coords.iter()).all(|x| x.is_finite()) {
        return Err(TreeError::InvalidFrame { link });
    }
    if !is_body(&spec.mass) {
        return Err(TreeError::InvalidMass { link });
    }
    let allowed = |value: f64| value.is_finite() && value >= 0.0;
    let used = spec.armature != 0.0 || spec.damping != 0.0;
    if !allowed(spec.armature) || !allowed(spec.damping) || (spec.joint.is_base() && used) {
        return Err(TreeError::InvalidJointParameter { link });
    }
    Ok(())
}

/// Whether mass and inertia are finite, symmetric and not negative.
fn is_body(mass: &MassProperties) -> bool {
    let MassProperties { mass_kg, com, inertia } = mass;
    let finite = com.iter().chain(inertia.iter()).all(|value| value.is_finite());
    if !finite || !mass_kg.is_finite() || *mass_kg < 0.0 {
        return false;
    }
    let scale = inertia.amax();
    scale == 0.0 || is_semidefinite(&(inertia / scale))
}

/// Largest rounding error of an inertia, relative to its largest element.
const ROUNDING: f64 = 1e-9;

/// Whether a matrix with a largest element of 1 is symmetric and all its
/// principal minors are positive or zero, but for rounding.
fn is_semidefinite(matrix: &Matrix3<f64>) -> bool {
    let minor = |a: usize, b: usize| {
        matrix[(a, a)] * matrix[(b, b)] - matrix[(a, b)] * matrix[(b, a)] >= -ROUNDING
    };
    (matrix - matrix.transpose()).amax() <= ROUNDING
        && matrix.diagonal().min() >= -ROUNDING
        && minor(0, 1)
        && minor(0, 2)
        && minor(1, 2)
        && matrix.determinant() >= -ROUNDING
}

fn with_unit_axis(joint: JointKind, link: usize) -> Result<JointKind, TreeError> {
    let unit = |axis: Vector3<f64>| {
        let length = axis.norm();
        if length > 0.0 && length.is_finite() {
            Ok(axis / length)
        } else {
            Err(TreeError::InvalidAxis { link })
        }
    };
    Ok(match joint {
        JointKind::Revolute { axis } => JointKind::Revolute { axis: unit(axis)? },
        JointKind::Prismatic { axis } => JointKind::Prismatic { axis: unit(axis)? },
        other => other,
    })
}

fn placing(spec: &LinkSpec, joint: JointKind) -> Placing {
    let turned = spec.parent_from_joint.rotation;
    let straight = turned.coords.xyz() == Vector3::zeros();
    Placing {
        rotation: (!straight).then(|| *turned.to_rotation_matrix().matrix()),
        hinge: match joint {
            JointKind::Revolute { axis } => Hinge::new(&axis),
            _ => Hinge::Z,
        },
        inertia: Symmetric3::of(&spec.mass.inertia),
    }
}
