//! Positions in specs, and the list of diagnostics.

use crate::diagnostic::{
    Diagnostic, DiagnosticCode, Label, Severity, Span, nearest, one_of, shortened,
};
use crate::text::outline::Segment;
use crate::text::{Part, Sources};

/// A position in a spec: a chain of steps on the stack, without cost until there is a
/// diagnostic.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    outer: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root(Part),
    Named(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    pub(crate) fn root(part: Part) -> Self {
        Self { outer: None, step: Step::Root(part) }
    }

    /// A field, or an entry of a map.
    pub(crate) fn field(&'a self, name: &'a str) -> Self {
        Self { outer: Some(self), step: Step::Named(name) }
    }

    /// An element of a list, or a position of `A(x, y)`.
    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self { outer: Some(self), step: Step::Index(index) }
    }

    /// The name of the field, for messages: the last name on the way.
    pub(crate) fn name(&self) -> &str {
        match (self.step, self.outer) {
            (Step::Named(name), _) => name,
            (_, Some(outer)) => outer.name(),
            (_, None) => "",
        }
    }

    fn resolve(&self) -> (Part, Vec<Segment>) {
        let mut segments = Vec::new();
        let mut at = self;
        loop {
            let name = match at.step {
                Step::Root(part) => {
                    segments.reverse();
                    return (part, segments);
                }
                Step::Named(name) => name.to_owned(),
                Step::Index(index) => index.to_string(),
            };
            segments.push(Segment { name, start: 0, end: 0 });
            match at.outer {
                Some(outer) => at = outer,
                None => return (Part::Scenario, segments),
            }
        }
    }
}

/// The list of diagnostics, and the texts for their positions.
pub(crate) struct Report<'s> {
    pub(crate) sources: &'s Sources,
    pub(crate) list: Vec<Diagnostic>,
    has_errors: bool,
    /// Number of further unknown names that are compared with valid ones.
    comparisons_left: usize,
    /// Replaces diagnostics beyond the maximum number.
    overflow: Diagnostic,
}

/// Finding the positions of many thousands of mistakes would take minutes.
const MAX_FOUND: usize = 2_000;
/// A hostile file must not cause comparisons of thousands of names with thousands of names.
const MAX_COMPARISONS: usize = 50;
/// Characters of a message: names in it may be as long as their file.
const MAX_MESSAGE: usize = 1_000;
/// Thirty years, s: in nanoseconds it fits 64 bits with a margin for addition.
const LONGEST_S: f64 = 1e9;
/// Maximum number of characters of the name of an element in messages about its many parts.
pub(crate) const MAX_NAME: usize = 64;

impl<'s> Report<'s> {
    pub(crate) fn new(sources: &'s Sources) -> Self {
        let overflow = Diagnostic::error(DiagnosticCode::LIMIT_EXCEEDED, "");
        let (list, comparisons_left) = (Vec::new(), MAX_COMPARISONS);
        Self { sources, list, has_errors: false, comparisons_left, overflow }
    }

    /// Adds an error at a position; the result accepts further labels.
    pub(crate) fn error(
        &mut self,
        code: DiagnosticCode,
        at: &At<'_>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Diagnostic::error(code, message), at, &label.into())
    }

    /// Adds a warning at a position.
    pub(crate) fn warning(
        &mut self,
        code: DiagnosticCode,
        at: &At<'_>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Diagnostic::warning(code, message), at, &label.into())
    }

    /// Adds a diagnostic with its position.
    pub(crate) fn push(&mut self, finding: Diagnostic) {
        if self.has_room(finding.severity) {
            self.list.push(finding);
        }
    }

    fn add(&mut self, mut finding: Diagnostic, at: &At<'_>, label: &str) -> &mut Diagnostic {
        if !self.has_room(finding.severity) {
            self.overflow = finding;
            return &mut self.overflow;
        }
        finding.message = shortened(&finding.message, MAX_MESSAGE).into_owned();
        let label = shortened(label, MAX_MESSAGE);
        finding.primary = self.span(at).map(|span| Label::new(span, label));
        let index = self.list.len();
        self.list.push(finding);
        &mut self.list[index]
    }

    /// Warnings must never crowd out the first error.
    fn has_room(&mut self, severity: Severity) -> bool {
        let is_first_error = severity == Severity::Error && !self.has_errors;
        self.has_errors |= is_first_error;
        is_first_error || self.list.len() < MAX_FOUND
    }

    /// True if a file asks for more than a limit allows; then the excess is not examined.
    pub(crate) fn exceeds_limits(&self) -> bool {
        self.list.iter().any(|finding| finding.code == DiagnosticCode::LIMIT_EXCEEDED)
    }

    /// True if further diagnostics are discarded, so that none need to be prepared.
    pub(crate) fn is_full(&self) -> bool {
        self.has_errors && self.list.len() >= MAX_FOUND
    }

    /// The position in the text; for a default value, that of its container.
    pub(crate) fn span(&self, at: &At<'_>) -> Option<Span> {
        let (part, segments) = at.resolve();
        self.sources.nearest_span(part, &segments)
    }

    /// A label at another position, if that is in a text.
    pub(crate) fn label(&self, at: &At<'_>, text: &str) -> Option<Label> {
        self.span(at).map(|span| Label::new(span, text))
    }

    /// An error unless the number is greater than 0, in single precision too.
    pub(crate) fn positive(&mut self, at: &At<'_>, value: f64) {
        if value.is_finite() && (value as f32) < f32::MIN_POSITIVE {
            self.out_of_range(at, value, "must be greater than 0");
        }
    }

    /// An error at the first number that is not greater than 0.
    pub(crate) fn positive_if_any(&mut self, at: &At<'_>, value: Option<f64>) {
        if let Some(value) = value {
            self.positive(at, value);
        }
    }

    /// An error if the number is negative.
    pub(crate) fn not_negative(&mut self, at: &At<'_>, value: f64) {
        if value < 0.0 {
            self.out_of_range(at, value, "must not be negative");
        }
    }

    /// An error at the first number that is not between 0 and 1.
    pub(crate) fn fraction(&mut self, at: &At<'_>, value: Option<f64>) {
        if let Some(value) = value
            && !(0.0..=1.0).contains(&value)
            && value.is_finite()
        {
            self.out_of_range(at, value, "must be between 0 and 1");
        }
    }

    /// An error if a time (s) is negative, or longer than any run.
    pub(crate) fn time(&mut self, at: &At<'_>, seconds: f64) {
        self.not_negative(at, seconds);
        self.not_above(at, seconds, LONGEST_S, " s");
    }

    /// An error if the number is beyond any realistic value.
    pub(crate) fn not_above(&mut self, at: &At<'_>, value: f64, most: f64, unit: &str) {
        if value > most && value.is_finite() {
            self.out_of_range(at, value, &format!("must be at most {most}{unit}"));
        }
    }

    /// An error if a range is empty; at its lower end.
    pub(crate) fn ordered(&mut self, at: &At<'_>, lower: f64, upper: f64) {
        if lower > upper {
            let message = format!("`{}` starts at {lower} but ends at {upper}", at.name());
            self.error(DiagnosticCode::REVERSED_RANGE, at, message, "the range is empty")
                .help
                .push("swap the two ends".to_owned());
        }
    }

    /// An error with the possible values.
    pub(crate) fn out_of_range(&mut self, at: &At<'_>, value: f64, rule: &str) {
        let message = format!("`{}` is {}, but {rule}", at.name(), super::bounds::shown(value));
        self.error(DiagnosticCode::OUT_OF_RANGE, at, message, rule);
    }

    /// An error about an unknown name, with the nearest valid one. `what` is the kind of
    /// element, such as `link`.
    pub(crate) fn unknown_name<'k>(
        &mut self,
        code: DiagnosticCode,
        at: &At<'_>,
        message: impl Into<String>,
        (name, what): (&str, &str),
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        if self.is_full() {
            return;
        }
        let help = match self.similar(name, known.clone()) {
            Some(similar) => format!("a {what} with a similar name exists: `{similar}`"),
            None if known.clone().next().is_none() => format!("there is no {what} at all"),
            None => format!("there is {}", one_of(known)),
        };
        self.error(code, at, message, format!("no {what} has this name")).help.push(help);
    }

    /// The probably intended name; none after many queries.
    pub(crate) fn similar<'k>(
        &mut self,
        name: &str,
        known: impl Iterator<Item = &'k str>,
    ) -> Option<&'k str> {
        self.comparisons_left = self.comparisons_left.checked_sub(1)?;
        nearest(name, known)
    }
}
