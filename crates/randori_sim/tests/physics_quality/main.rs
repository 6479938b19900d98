//! The physics of worlds compared with closed forms, conservation laws and the
//! documented tolerances.

#[path = "../common/mod.rs"]
mod common;

mod alone;
mod collision;
mod contact;
mod determinism;
mod drives;
mod faces;
mod fixture;
mod hulls;
mod joints;
mod loads;
mod look;
mod massless;
mod overlaps;
mod queries;
mod rest;
mod second_order;
mod softness;
mod surfaces;
mod trees;
