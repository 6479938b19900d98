//! The current selection.

use bevy::prelude::Resource;
use randori_core::layout::BodyId;

/// The body selected by a click, for panels of a single object.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection(pub Option<BodyId>);
