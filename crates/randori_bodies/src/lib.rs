//! Articulated rigid-body dynamics in `f64`: trees of bodies, their kinematics and
//! inertia, and a solver for drives, limits, friction and contacts.
//!
//! The crate has no collision detection, and uses no files or clocks.
//!
//! A configuration goes through these stages, each with preallocated memory, so that
//! stepping allocates nothing:
//!
//! 1. [`TreeBuilder`] checks links and builds a [`Tree`], the structure of links and
//!    degrees of freedom. [`State`] holds coordinates and velocities.
//! 2. [`Kinematics::update`] places the links: frames, motion vectors per dof,
//!    inertias, all in world axes about one point per branch.
//! 3. [`MassMatrix::update`] sums inertias inwards (composite rigid bodies),
//!    [`NewtonEuler`] computes forces from motion (recursive Newton-Euler).
//! 4. [`SparseFactor`] factors the mass matrix in the pattern of the tree.
//! 5. [`Dynamics::step`] integrates a state, by default with second order.
//! 6. [`Stepper`] does the same with drives, limits, friction, contacts and couplings,
//!    each a convex potential of the velocity at the end of the step ([`potential`],
//!    [`cone`]) by its law ([`laws`], [`contact`], [`coupling`], [`dof_law`]).
//!
//! [`InverseKinematics`](inverse_kinematics::InverseKinematics) finds a configuration
//! for a target pose of a link.
//!
//! The notation is that of Featherstone, "Rigid Body Dynamics Algorithms" (2008).

mod builder;
pub mod cone;
pub mod contact;
pub mod coupling;
pub mod dof_law;
mod factor;
mod inertia;
pub mod inverse_kinematics;
mod islands;
mod joint;
mod kinematics;
pub mod laws;
pub mod mass_matrix;
mod newton;
mod newton_euler;
pub mod passes;
mod pattern;
pub mod potential;
mod queries;
mod rows;
pub mod spatial;
pub mod state;
mod step;
pub mod stepper;
mod sweep;
mod tree;
pub mod weights;

pub use builder::{LinkSpec, TreeBuilder, TreeError};
pub use factor::{NotPositiveDefinite, SparseFactor};
pub use inertia::{MassProperties, point_inertia};
pub use joint::JointKind;
pub use kinematics::Kinematics;
pub use mass_matrix::MassMatrix;
pub use newton_euler::{Motion, NewtonEuler};
pub use queries::Momentum;
pub use spatial::{ForceVector, MotionVector, SpatialInertia, SpatialStiffness, Symmetric3};
pub use state::State;
pub use step::{Dynamics, Rule, Step};
pub use stepper::{DofImpulses, Memory, Method, Solution, StepInput, StepOptions, Stepper};
pub use tree::{Link, Tree};
pub use weights::Weights;
