//! All numbers are finite, in single precision too.

use super::report::Report;
use crate::diagnostic::{Diagnostic, DiagnosticCode, Label};
use crate::text::outline::{NodeKind, Scalar};

/// Checks the text rather than the specs, so that one rule covers all present and future
/// numbers.
pub(super) fn check(report: &mut Report<'_>) {
    for (_, document) in report.sources.documents() {
        document.outline.for_each(&mut |node| {
            let written = document.slice(node);
            let infinite = match node.kind {
                NodeKind::Scalar(Scalar::Number) => is_too_large(written),
                NodeKind::Scalar(Scalar::Word) => {
                    written.starts_with("inf") || written.starts_with("NaN")
                }
                _ => false,
            };
            if infinite {
                let label = Label::new(document.locate(node.span.clone()), "not a finite number");
                let message = format!("`{written}` is not a finite number");
                report.push(
                    Diagnostic::error(DiagnosticCode::NOT_FINITE, message)
                        .primary(label)
                        .help("numbers must be finite and fit single precision (up to 3.4e38)"),
                );
            }
        });
    }
}

fn is_too_large(written: &str) -> bool {
    let digits: String = written.chars().filter(|&digit| digit != '_').collect();
    let plain = digits.trim_end_matches("f32").trim_end_matches("f64");
    // Other notations than decimal (`0x1F`) are integers, hence finite.
    plain.parse::<f64>().is_ok_and(|value| !(value as f32).is_finite())
}
