//! What a person does to the world while a run goes on.

use randori_core::layout::{BodyId, SceneLayout};
use randori_core::record::Intervention;

use crate::hash::StateHasher;
use crate::world::SimWorld;

/// Why something cannot be done to the world.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InterventionError {
    /// The scene has no such body.
    #[error("there is no body {body}: the scene has {bodies} of them")]
    UnknownBody {
        /// Index of the body.
        body: usize,
        /// Number of bodies.
        bodies: usize,
    },
    /// A number is infinite or none at all.
    #[error("a push on `{body}` has numbers that are not finite")]
    NotFinite {
        /// Path of the body.
        body: String,
    },
}

/// Whether this can be done in a scene.
pub(crate) fn check(
    intervention: &Intervention,
    layout: &SceneLayout,
) -> Result<(), InterventionError> {
    let Intervention::Push { body: BodyId(body), at, impulse } = *intervention;
    let bodies = layout.bodies.len();
    let entry = layout.bodies.get(body).ok_or(InterventionError::UnknownBody { body, bodies })?;
    if at.is_finite() && impulse.is_finite() {
        Ok(())
    } else {
        Err(InterventionError::NotFinite { body: entry.path.clone() })
    }
}

/// Does it.
pub(crate) fn apply(intervention: &Intervention, world: &mut SimWorld) {
    let Intervention::Push { body, at, impulse } = *intervention;
    world.apply_impulse_at(body, at, impulse);
}

pub(crate) fn digest(interventions: &[Intervention], hasher: &mut StateHasher) {
    hasher.write_u64(interventions.len() as u64);
    for intervention in interventions {
        let Intervention::Push { body, at, impulse } = *intervention;
        hasher.write_u64(body.0 as u64);
        hasher.write_f32s(&at.to_array());
        hasher.write_f32s(&impulse.to_array());
    }
}
