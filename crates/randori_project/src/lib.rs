//! Projects on disk, as every program needs them that runs scenarios.
//!
//! Here is what the command line and the viewer share: which files are meant
//! and which may be read and written, what is wrong with them, who decides for
//! the robots, and where recordings go. Nothing here knows arguments, consoles or windows:
//! what is wrong is told as a value, and the program decides how to show it.
//!
//! Start reading at [`project::select_scenarios`] (names to files),
//! [`context::RunContext::load`] (a file to something that can be run) and
//! [`runs::Runs::carry_out`] (what can be run to outcomes).

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
