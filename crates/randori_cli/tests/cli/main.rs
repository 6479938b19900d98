//! The program as people and scripts use it: arguments in, two streams and an
//! exit code out.

mod bench;
mod check;
mod diff;
mod export;
mod import;
mod interrupt;
mod leftovers;
mod list;
mod output;
mod policy;
#[cfg(target_os = "linux")]
#[path = "../../../randori_policy/tests/support/processes.rs"]
mod processes;
mod project;
mod rebaseline;
mod regressions;
mod replay;
mod report;
mod run;
mod safe_files;
mod terminal;
mod untrusted;
mod verify;
mod view;
mod walking;
