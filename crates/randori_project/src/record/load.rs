//! The scenario of a recording.

use randori_core::text::{BUNDLE_SCENARIO, Limits, Loaded, MemoryFiles, ScenarioText};
use randori_record::header::Start;

/// Reads the scenario of a recording, including one with old field names.
///
/// # Errors
/// The reason why it cannot be used, as readable text.
pub fn load(start: &Start, limits: &Limits) -> Result<Loaded, String> {
    let files = MemoryFiles::new(start.current_texts());
    ScenarioText::load(&files, BUNDLE_SCENARIO, limits)
        .and_then(|text| text.resolve(&[]))
        .map_err(|found| found.short())
}
