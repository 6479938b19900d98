//! Colours, words and numbers of the terminal output.

use anstyle::{AnsiColor, Style};
use randori_core::report::{GoalReport, Verdict};

use crate::text::{Show, Text, text};

/// Headings.
pub(crate) const HEADING: Style = Style::new().bold();
/// Less important text.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Text like any other.
pub(crate) const PLAIN: Style = Style::new();
/// The word "error".
pub(crate) const ERROR: Style = bold(AnsiColor::Red);
/// The word "warning".
pub(crate) const WARNING: Style = bold(AnsiColor::Yellow);

/// Words for good results.
pub(crate) const GOOD: Style = bold(AnsiColor::Green);

const fn bold(colour: AnsiColor) -> Style {
    Style::new().bold().fg_color(Some(anstyle::Color::Ansi(colour)))
}

/// The word and the colour of a verdict over a run.
pub(crate) fn verdict(verdict: Verdict) -> (&'static str, Style) {
    match verdict {
        Verdict::Pass => ("pass", bold(AnsiColor::Green)),
        Verdict::Fail => ("FAIL", bold(AnsiColor::Red)),
        Verdict::Error => ("ERROR", bold(AnsiColor::Magenta)),
    }
}

/// The word and the colour of a goal's verdict: a preference cannot fail, and a
/// goal that was undecided when the run broke stays open.
pub(crate) fn goal_verdict(goal: &GoalReport) -> (&'static str, Style) {
    match goal.verdict {
        Verdict::Fail if !goal.required => ("missed", bold(AnsiColor::Yellow)),
        Verdict::Error => ("open", FAINT),
        decided => verdict(decided),
    }
}

/// `text` in `style`; terminals without colours get none because all output
/// passes through `anstream`.
#[expect(clippy::needless_pass_by_value, reason = "callers pass values that they make on the spot")]
pub(crate) fn paint(style: Style, text: impl Show) -> Text {
    Text::painted(style, &text!("{}", text))
}

/// Simulated seconds, to the millisecond but no longer than needed.
pub(crate) fn seconds(value: f64) -> String {
    let text = format!("{value:.3}");
    format!("{} s", text.strip_suffix('0').unwrap_or(&text))
}

/// A state hash in its printed form.
pub(crate) fn hash(hash: u64) -> String {
    format!("{hash:016x}")
}

/// `1 run`, `2 runs`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_no_longer_than_needed() {
        assert_eq!(seconds(5.18), "5.18 s");
        assert_eq!(seconds(0.002), "0.002 s");
    }
}
