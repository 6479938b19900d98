//! The tables of the page about accuracy.

use std::fs;
use std::path::Path;

use randori_accuracy::AccuracyCase;

/// `docs/physics-accuracy.md`.
pub(crate) struct Page(String);

impl Page {
    pub(crate) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/physics-accuracy.md");
        Self(fs::read_to_string(path).expect("the page exists"))
    }

    /// The cells of all rows of a case's table.
    pub(crate) fn rows(&self, name: &str) -> Vec<Vec<&str>> {
        let heading = format!("### `{name}`:");
        let start = self.0.find(&heading).unwrap_or_else(|| panic!("the page lacks {name}"));
        let section = &self.0[start + heading.len()..];
        let section = section.split("\n### ").next().unwrap_or(section);
        let rows = section.lines().filter(|line| line.starts_with('|'));
        rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
    }

    /// Our errors at a rate, as the page tells them.
    pub(crate) fn figures(&self, case: &AccuracyCase, rate_hz: u32) -> Option<Vec<f64>> {
        let step_ms = 1e3 / f64::from(rate_hz);
        let is_step = |text: &str| {
            let number = text.strip_suffix(" ms").and_then(|text| text.parse::<f64>().ok());
            // The page rounds to three digits.
            number.is_some_and(|number| (number / step_ms - 1.0).abs() < 5e-3)
        };
        let rows = self.rows(case.name);
        let row = rows.iter().find(|row| row[0] == "**Randori**" && is_step(row[1]))?;
        row[2..].iter().map(|figure| figure.parse().ok()).collect()
    }
}
