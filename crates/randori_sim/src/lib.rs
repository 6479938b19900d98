//! The engine: a scenario becomes a world, the world is stepped, steps become
//! records, and records are judged.
//!
//! Start reading at [`world::SimWorld`].

pub mod hash;
pub mod world;
