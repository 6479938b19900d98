//! What decides the bits of a run besides its scenario: recordings name it.

/// Version of what the digests of a tick are made of. Digests of different
/// versions cannot be compared.
pub const DIGEST_VERSION: u32 = 1;

/// Version of the physics engine, exactly.
pub const RAPIER_VERSION: &str = "0.36.1";

/// Version of its collision library, exactly.
pub const PARRY_VERSION: &str = "0.31.1";

/// Features of the physics engine that change bits.
pub const FEATURES: &[&str] = &["enhanced-determinism"];
