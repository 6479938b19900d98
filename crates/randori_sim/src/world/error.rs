//! Why a world could not be built, went wrong, or could not be restored.

use randori_core::layout::BodyId;
use randori_core::record::BodyState;

/// A reason why a checked scenario cannot become a world.
///
/// The checker finds what can be seen in the text; these are the problems that
/// only geometry and the physics engine show.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// A shape has no valid collision geometry.
    #[error("shape {shape} of `{body}` cannot be built: {why}")]
    Shape {
        /// Path of the link or object.
        body: String,
        /// Name of the shape, or its number from 1.
        shape: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// A shape names a material that does not exist.
    #[error(
        "material `{material}` of `{body}` does not exist; define it in `materials` of the same file"
    )]
    UnknownMaterial {
        /// Path of the link or object.
        body: String,
        /// The name.
        material: String,
    },
    /// A body that moves has no rotational inertia.
    #[error("`{body}` has no rotational inertia; give it `inertia: Moments(..)` or a solid shape")]
    NoInertia {
        /// Path of the link or object.
        body: String,
    },
    /// The engine failed where no check foresaw it.
    #[error("the physics engine fails at {place} ({message})")]
    Engine {
        /// What it was working on.
        place: String,
        /// What the engine says.
        message: String,
    },
    /// A floating base has no mass.
    #[error("`{body}` floats but has no mass; move the mass of the next link to it")]
    MasslessBase {
        /// Path of the link.
        body: String,
    },
    /// More collision groups than the engine has bits.
    #[error("the scene names {count} collision groups; at most 32 are possible")]
    TooManyGroups {
        /// Number of different names, `default` included.
        count: usize,
    },
    /// The joints of a robot do not form one tree.
    #[error("joint `{joint}` cannot be built: its links are already connected")]
    NotATree {
        /// Path of the joint.
        joint: String,
    },
    /// Two joints of a coupling cannot be coupled.
    #[error(
        "`{follower}` cannot follow `{leader}`: both must be joints of one degree of freedom, carried by moving links of the same robot"
    )]
    Coupling {
        /// Path of the following joint.
        follower: String,
        /// Path of the leading joint.
        leader: String,
    },
}

/// A body whose state is no longer a number.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{path}` {what} at tick {tick}")]
pub struct WorldFault {
    /// The body.
    pub body: BodyId,
    /// Its path.
    pub path: String,
    /// Number of the step that failed; the state before it is `last_finite`.
    pub tick: u64,
    /// Pose and velocity of the body after the last good step.
    pub last_finite: BodyState,
    /// What happened, such as `went non-finite`.
    pub what: String,
}

/// Why a snapshot cannot be restored.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The bytes are not a snapshot, or not one of this version.
    #[error("not a snapshot of this version of Randori: {why}")]
    Unreadable {
        /// What the decoder says.
        why: String,
    },
    /// The snapshot was taken in a world with other things in it.
    #[error("the snapshot belongs to another scenario")]
    OtherScenario,
}
