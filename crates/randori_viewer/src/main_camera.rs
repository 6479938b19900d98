//! The camera of the picture, by which all that draw, point or measure there
//! know it.

use bevy::prelude::{Component, SystemSet};

/// The camera of the picture.
#[derive(Component, Debug, Clone, Copy)]
pub(crate) struct MainCamera;

/// When the camera is placed, in [`RunSystems::Draw`](crate::run::RunSystems::Draw).
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CameraSystems;
