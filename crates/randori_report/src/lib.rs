//! Recordings as one HTML page: verdicts, plots, a timeline and a replay in
//! three dimensions, for one run or for two beside each other.
//!
//! The page needs nothing but itself: no network, no further file. It shows
//! what was recorded and computes nothing anew. This crate reads no files; the
//! caller hands it ticks one by one.
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

/// Where two runs begin to differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DivergenceMark {
    /// The first tick that differs.
    pub tick: u64,
    /// The stage that caused it, such as `policy` or `physics`; `start` if they
    /// differ before the first step.
    pub cause: String,
    /// What differs there, in words.
    pub what: String,
}

/// The page about one run, or about two beside each other.
///
/// Two runs without a divergence are said to agree in every tick that both have.
/// Runs beyond the second are left out. Without a run the page says that there is
/// nothing to show.
pub fn report(runs: &[ReportRun], divergence: Option<&DivergenceMark>) -> String {
    page::html(&data::json(&runs[..runs.len().min(2)], divergence))
}
