//! Interventions: changes that a user makes to the world during a run.

use randori_core::layout::SceneLayout;
use randori_core::math::{Pose, Vector};
use randori_core::record::{Intervention, MAX_DROPPED};

use crate::hash::StateHasher;
use crate::world::SimWorld;

/// Shortest and longest edge of a dropped box, m.
pub const BOX_EDGES_M: (f32, f32) = (0.01, 5.0);
/// Smallest and greatest mass of a dropped box, kg.
pub const BOX_MASSES_KG: (f32, f32) = (0.01, 1000.0);

/// Reasons for which an intervention is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InterventionError {
    /// The scene has no such body.
    #[error("there is no body {body}: the scene has {bodies} of them")]
    UnknownBody {
        /// Index of the body.
        body: usize,
        /// Number of bodies, dropped boxes included.
        bodies: usize,
    },
    /// A number is infinite or NaN.
    #[error("a push on `{body}` has numbers that are not finite")]
    NotFinite {
        /// Name of the body.
        body: String,
    },
    /// A box is too small or too large.
    #[error(
        "a box of {} x {} x {} m cannot be dropped: each edge must be {} to {} m",
        size.x, size.y, size.z, BOX_EDGES_M.0, BOX_EDGES_M.1
    )]
    BoxSize {
        /// Its edges, m.
        size: Vector,
    },
    /// A box is too light or too heavy.
    #[error(
        "a box of {mass_kg} kg cannot be dropped: it must weigh {} to {} kg",
        BOX_MASSES_KG.0, BOX_MASSES_KG.1
    )]
    BoxMass {
        /// Its mass, kg.
        mass_kg: f32,
    },
    /// The pose of a box is not finite.
    #[error("a box cannot be dropped at a pose that is not finite, or has no rotation")]
    BoxPose,
    /// The maximum number of boxes is reached.
    #[error("{MAX_DROPPED} boxes have been dropped into this run, which is the most")]
    TooManyBoxes,
}

/// Checks an intervention in a scene with this number of dropped boxes.
pub(crate) fn check(
    intervention: &Intervention,
    layout: &SceneLayout,
    dropped: usize,
) -> Result<(), InterventionError> {
    match *intervention {
        Intervention::Push { body, at, impulse } => {
            let bodies = layout.bodies.len() + dropped;
            if body.0 >= bodies {
                return Err(InterventionError::UnknownBody { body: body.0, bodies });
            }
            if at.is_finite() && impulse.is_finite() {
                return Ok(());
            }
            Err(InterventionError::NotFinite { body: layout.body_name(body).into_owned() })
        }
        Intervention::Drop { size, mass_kg, pose } => check_box(size, mass_kg, &pose, dropped),
    }
}

fn check_box(
    size: Vector,
    mass_kg: f32,
    pose: &Pose,
    dropped: usize,
) -> Result<(), InterventionError> {
    if dropped >= MAX_DROPPED {
        return Err(InterventionError::TooManyBoxes);
    }
    if !size.to_array().iter().all(|edge| (BOX_EDGES_M.0..=BOX_EDGES_M.1).contains(edge)) {
        return Err(InterventionError::BoxSize { size });
    }
    if !(BOX_MASSES_KG.0..=BOX_MASSES_KG.1).contains(&mass_kg) {
        return Err(InterventionError::BoxMass { mass_kg });
    }
    // Squares of very large coordinates overflow.
    let is_somewhere = pose.translation.length_squared().is_finite();
    if !is_somewhere || !pose.rotation.is_normalized() {
        return Err(InterventionError::BoxPose);
    }
    Ok(())
}

/// Applies an intervention.
pub(crate) fn apply(intervention: &Intervention, world: &mut SimWorld) {
    match *intervention {
        Intervention::Push { body, at, impulse } => world.apply_impulse_at(body, at, impulse),
        Intervention::Drop { size, mass_kg, pose } => {
            world.drop_box(size, mass_kg, pose);
        }
    }
}

/// Tag of a drop, at the position of the body index of a push.
const DROP: u64 = u64::MAX;

pub(crate) fn digest(interventions: &[Intervention], hasher: &mut StateHasher) {
    hasher.write_u64(interventions.len() as u64);
    for intervention in interventions {
        match *intervention {
            Intervention::Push { body, at, impulse } => {
                hasher.write_u64(body.0 as u64);
                hasher.write_f32s(&at.to_array());
                hasher.write_f32s(&impulse.to_array());
            }
            Intervention::Drop { size, mass_kg, pose } => {
                hasher.write_u64(DROP);
                hasher.write_f32s(&size.to_array());
                hasher.write_f32s(&[mass_kg]);
                hasher.write_f32s(&pose.translation.to_array());
                hasher.write_f32s(&pose.rotation.to_array());
            }
        }
    }
}
