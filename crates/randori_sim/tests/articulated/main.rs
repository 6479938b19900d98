//! The tests of physics quality with robots that articulated dynamics move
//! (`robot_dynamics: Articulated`).

#[path = "../common/mod.rs"]
mod common;

#[path = "../physics_quality/collision.rs"]
mod collision;
#[path = "../physics_quality/contact.rs"]
mod contact;
#[path = "../physics_quality/determinism.rs"]
mod determinism;
#[path = "../physics_quality/drives.rs"]
mod drives;
#[path = "../physics_quality/fixture.rs"]
mod fixture;
#[path = "../physics_quality/hulls.rs"]
mod hulls;
#[path = "../physics_quality/joints.rs"]
mod joints;
#[path = "../physics_quality/loads.rs"]
mod loads;
#[path = "../physics_quality/look.rs"]
mod look;
#[path = "../physics_quality/massless.rs"]
mod massless;
#[path = "../physics_quality/overlaps.rs"]
mod overlaps;
#[path = "../physics_quality/queries.rs"]
mod queries;
#[path = "../physics_quality/rest.rs"]
mod rest;
mod second_order;
#[path = "../physics_quality/softness.rs"]
mod softness;
#[path = "../physics_quality/surfaces.rs"]
mod surfaces;
#[path = "../physics_quality/trees.rs"]
mod trees;

/// What moves the robots of all tests.
const DYNAMICS: &str = "robot_dynamics: Articulated, ";
