//! What a person has picked.

use bevy::prelude::Resource;
use randori_core::layout::BodyId;

/// The body that was picked by a click, for panels that show one thing.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection(pub Option<BodyId>);
