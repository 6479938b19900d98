//! Errors of building, stepping and restoring a world.

use randori_core::layout::BodyId;
use randori_core::record::BodyState;

/// Reasons for which a checked scenario cannot be built.
///
/// The checker finds errors that are visible in the text; these depend on geometry and
/// on the physics engine.
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
        /// The problem and a suggested fix.
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
    /// A movable body has no rotational inertia.
    #[error("`{body}` has no rotational inertia; give it `inertia: Moments(..)` or a solid shape")]
    NoInertia {
        /// Path of the link or object.
        body: String,
    },
    /// The engine failed in a way that no check covers.
    #[error("the physics engine fails at {place} ({message})")]
    Engine {
        /// The operation that failed.
        place: String,
        /// The message of the engine.
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
        /// Number of distinct names, `default` included.
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

/// A body whose state is not finite.
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
    /// Description, such as `went non-finite`.
    pub what: String,
}

/// Reasons for which a snapshot cannot be restored.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The bytes are not a snapshot, or one of another version.
    #[error("not a snapshot of this version of Randori: {why}")]
    Unreadable {
        /// The message of the decoder.
        why: String,
    },
    /// The snapshot belongs to a world with other contents.
    #[error("the snapshot belongs to another scenario")]
    OtherScenario,
}
