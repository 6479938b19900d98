//! What a scenario must fulfil beyond its form: names that resolve, numbers
//! that make physical sense, trees that are trees, rates that divide.
//!
//! Every check reports all that it finds, each with place, reason and advice;
//! none stops at the first. What passes without errors is a trusted scenario.
//!
//! Start reading at [`findings`].

mod finite;
mod report;

use crate::diagnostic::Diagnostic;
use crate::text::{Limits, Sources, Specs};
use report::Report;

/// All findings in whatever could be read.
pub(crate) fn findings(_specs: &Specs, sources: &Sources, _limits: &Limits) -> Vec<Diagnostic> {
    let mut report = Report::new(sources);
    finite::check(&mut report);
    report.list
}
