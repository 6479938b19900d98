//! Recordings as one HTML page: verdicts, plots, a timeline and a 3D replay, for one run
//! or two side by side.
//!
//! The page is self-contained: it needs no network and no other file. It shows recorded
//! values only. This crate reads no files; the caller passes ticks one by one.
//!
//! Start reading at [`ReportRun::new`] and [`report`].

mod data;
mod moments;
mod page;
mod run;
mod scene;
mod thin;

pub use page::PAGE_START;
pub use run::ReportRun;

/// The first difference of two runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DivergenceMark {
    /// The first tick that differs.
    pub tick: u64,
    /// Its stage, such as `policy` or `physics`; `start` if the runs differ before the
    /// first step.
    pub cause: String,
    /// Description of the differences.
    pub what: String,
}

/// The page for one run, or for two side by side.
///
/// Two runs without a divergence are shown as equal in all common ticks. Runs beyond
/// the second are left out. Without a run the page shows a note.
pub fn report(runs: &[ReportRun], divergence: Option<&DivergenceMark>) -> String {
    page::html(&data::json(&runs[..runs.len().min(2)], divergence))
}
