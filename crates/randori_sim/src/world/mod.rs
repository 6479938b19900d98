//! The only place that knows the physics engine.

pub mod inertia;
