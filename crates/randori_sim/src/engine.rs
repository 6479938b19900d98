//! Versions of everything besides the scenario on which the bits of a run depend, for
//! recordings.

/// Version of the content of tick digests. Digests of different versions are not
/// comparable.
pub const DIGEST_VERSION: u32 = 1;

/// Version of the physics engine, exactly.
pub const RAPIER_VERSION: &str = "0.36.1";

/// Version of its collision library, exactly.
pub const PARRY_VERSION: &str = "0.31.1";

/// Features of the physics engine that affect bits.
pub const FEATURES: &[&str] = &["enhanced-determinism"];
