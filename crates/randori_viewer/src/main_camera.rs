//! The marker of the main camera, shared by all plugins that draw, pick or measure
//! in its picture.

use bevy::prelude::{Component, SystemSet};

/// The main camera.
#[derive(Component, Debug, Clone, Copy)]
pub(crate) struct MainCamera;

/// Schedule of camera placement, in [`RunSystems::Draw`](crate::run::RunSystems::Draw).
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CameraSystems;
