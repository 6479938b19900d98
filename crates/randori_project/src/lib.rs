//! Projects on disk, for all programs that run scenarios.
//!
//! The code shared by the command line and the viewer: selection of files, access to them,
//! diagnostics, choice of policies, and destinations of recordings. Nothing here depends on
//! arguments, consoles or windows: errors are values, and the program decides how to show them.
//!
//! Start reading at [`project::select_scenarios`] (names to files), [`context::RunContext::load`]
//! (a file to a runnable scenario) and [`runs::Runs::carry_out`] (runs to outcomes).

pub mod arguments;
pub mod choice;
pub mod context;
pub mod files;
pub mod findings;
pub mod migrate;
pub mod networks;
pub mod numbers;
pub mod other_files;
pub mod overwrite;
pub mod program_files;
pub mod project;
pub mod reading;
pub mod record;
pub mod recorded_run;
pub mod runs;
pub mod start_policy;
pub mod timeout;
pub mod world_findings;

pub use randori_core::policy_source::command_line;
