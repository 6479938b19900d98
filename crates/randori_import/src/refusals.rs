//! Errors of Randori's checks in the result of an import, mapped to their position in
//! the imported file.
//!
//! Readers accept every finite number; physics in single precision does not.
//!
//! Start reading at [`find`].

use randori_core::diagnostic::{Diagnostic, Diagnostics, Label, Severity, Span};
use randori_core::text::{Limits, MemoryFiles, ScenarioText};

use crate::report::{ImportStatus, Report};
use crate::{Import, environment_text, robot_text, scenario_text, surroundings};

const ROBOT: &str = "robot.ron";
const ENVIRONMENT: &str = "environment.ron";
const SCENARIO: &str = "scenario.ron";

/// Maximum number of reported errors.
const MAX_TOLD: usize = 20;

/// Errors of the project of an import; none without a robot. `whole` is the position of
/// errors without one.
pub(crate) fn find(found: &Import, limits: &Limits, whole: Option<Span>) -> Vec<Diagnostic> {
    let mut found = found.clone();
    let environment = surroundings(&mut found);
    let Some(robot) = &found.robot else { return Vec::new() };
    let files = MemoryFiles::new([
        (ROBOT, robot_text(robot)),
        (ENVIRONMENT, environment_text(&environment)),
        (SCENARIO, scenario_text(&found, ROBOT, ENVIRONMENT)),
    ]);
    let loaded = ScenarioText::load(&files, SCENARIO, limits).and_then(|text| text.resolve(&[]));
    let Err(Diagnostics { list, sources }) = loaded else { return Vec::new() };
    let errors = list.into_iter().filter(|error| error.severity == Severity::Error);
    errors
        .take(MAX_TOLD)
        .map(|mut error| {
            let span = error.primary.take().map(|label| label.span);
            let owner = span.and_then(|span| {
                owner(sources.text(span.file).get(..span.start)?).map(str::to_owned)
            });
            let place = owner.as_ref().and_then(|name| place_of(&found.report, name)).or(whole);
            if let Some(name) = &owner {
                error.message = format!("`{name}`: {}", error.message);
            }
            error.primary = place.map(|span| Label::new(span, ""));
            error.secondary.clear();
            error.help.push("correct it, or remove the part with `drop`".to_owned());
            error
        })
        .collect()
}

/// The name of the list item, or pose, that contains the end of a text.
fn owner(text: &str) -> Option<&str> {
    text.rsplit('\n').find_map(|line| {
        let item = line.strip_prefix("        ")?;
        let name = item.strip_prefix("(name: \"").or_else(|| item.strip_prefix('"'))?;
        name.split_once('"').map(|(name, _)| name)
    })
}

/// The position of the element with this name in the file.
fn place_of(report: &Report, name: &str) -> Option<Span> {
    let named = format!("`{name}`");
    let kept = report.entries.iter().filter(|entry| entry.kind == ImportStatus::Kept);
    kept.filter(|entry| entry.what.contains(&named)).find_map(|entry| entry.place)
}

#[cfg(test)]
mod tests {
    use super::owner;

    #[test]
    fn the_item_around_a_place_is_found() {
        let text = "Robot(\n    links: [\n        (name: \"a\", mass_kg: 1.0, shapes: [\n            (shape: ";
        assert_eq!(owner(text), Some("a"));
        assert_eq!(owner("Robot(\n    poses: {\n        \"home\": {\"j\": Rad("), Some("home"));
        assert_eq!(owner("Robot(\n    name: \"r\", base: "), None);
    }
}
