//! Words that every part of Randori shares: time, poses, names, the scenario
//! specification, sensor frames, commands, the policy contract and records.
//!
//! Nothing here knows physics, clocks, files or threads, so the same types
//! serve the engine, the command line, the viewer and recordings.
//!
//! Start reading at [`spec::ScenarioSpec`] (what users write), then
//! [`policy::Policy`] (what decides) and [`record::TickRecord`] (what happened).

mod check;
pub mod diagnostic;
pub mod drawing;
pub mod effect;
pub mod hull;
pub mod input;
pub mod layout;
pub mod math;
pub mod policy;
pub mod policy_source;
pub mod random;
pub mod record;
pub mod report;
pub mod sensor;
pub mod spec;
pub mod text;
pub mod time;
mod variant;
