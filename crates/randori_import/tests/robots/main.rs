//! Foreign robots, whole and broken.

#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod actuators;
mod broken;
mod common;
mod controls;
mod keyframes;
mod masses;
mod meshes;
mod mjcf;
mod mutations;
mod paths;
mod reference;
mod sensors;
mod structure;
mod terrain;
mod urdf;
mod urdf_base;
mod urdf_drives;
mod urdf_files;
mod urdf_odd;
