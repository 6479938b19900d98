//! Shared vocabulary of all parts of Randori: time, poses, names, the scenario specification,
//! sensor frames, commands, the policy contract and records.
//!
//! The crate contains no physics and uses no clocks, files or threads, so the same types serve
//! the engine, the command line, the viewer and recordings.
//!
//! Start reading at [`spec::ScenarioSpec`] (the user's files), then [`policy::Policy`] (the
//! interface of policies) and [`record::TickRecord`] (the data of a step).

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
