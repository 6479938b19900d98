//! External programs.

use serde::{Deserialize, Serialize};

use super::{PolicySource, SourceType, Trust};
use crate::check::{At, Report};
use crate::diagnostic::DiagnosticCode;

/// A child process that communicates by one JSON object per line. It is started only with the
/// user's permission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// Program and arguments; never passed through a shell. Arguments that
    /// name existing files are relative to the project root.
    pub command: Vec<String>,
    /// Wall-clock limit per response, s; beyond it the run ends as `Error`.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: f64,
}

fn default_timeout_s() -> f64 {
    10.0
}

impl Process {
    /// A program with the default timeout.
    pub fn new(command: Vec<String>) -> Self {
        Self { command, timeout_s: default_timeout_s() }
    }
}

impl SourceType for Process {
    fn kind(&self) -> &'static str {
        "process"
    }

    fn name(&self) -> String {
        command_line(self.command.iter().map(String::as_str))
    }

    fn trust(&self) -> Option<Trust> {
        let command = self.name();
        Some(Trust {
            does: "starts a program",
            field: "command",
            label: "the file starts this program",
            would: format!("run: {command}"),
            choice: command,
        })
    }

    fn needs_files(&self) -> bool {
        true
    }

    fn command(&self) -> &[String] {
        &self.command
    }

    fn timeout_s(&self) -> Option<f64> {
        Some(self.timeout_s)
    }

    fn timeout_s_mut(&mut self) -> Option<&mut f64> {
        Some(&mut self.timeout_s)
    }

    fn inherit(&mut self, replaced: &PolicySource) {
        self.timeout_s = replaced.timeout_s().unwrap_or(self.timeout_s);
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
        report.positive(&at.field("timeout_s"), self.timeout_s);
        report.time(&at.field("timeout_s"), self.timeout_s);
        if self.command.first().is_none_or(String::is_empty) {
            let at = at.field("command");
            let message = "the command does not name a program";
            report.error(DiagnosticCode::OUT_OF_RANGE, &at, message, "empty");
        }
    }
}

/// A command in shell syntax, with no more quotes than needed.
pub fn command_line<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let is_plain = |word: &str| {
        let mut characters = word.chars();
        characters
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric() || "-./_".contains(first))
            && characters.all(|next| next.is_ascii_alphanumeric() || "-./_=:,+@%".contains(next))
    };
    let quoted = words
        .into_iter()
        .map(|word| if is_plain(word) { word.into() } else { shell_words::quote(word) });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_quoted_where_a_shell_would_need_it() {
        let words = ["run", "a b.ron", "--set", "duration=0.3", "goals=Deg(3)", "$HOME", ""];

        assert_eq!(
            command_line(words),
            "run 'a b.ron' --set duration=0.3 'goals=Deg(3)' '$HOME' ''"
        );
    }

    #[test]
    fn a_program_keeps_the_timeout_of_the_program_that_it_replaces() {
        let command = |word: &str| vec![word.to_owned()];
        let before = PolicySource::from(Process { command: command("a"), timeout_s: 3.0 });
        let chosen = PolicySource::from(Process::new(command("b")));

        assert_eq!(chosen.clone().in_place_of(&before).timeout_s(), Some(3.0));
        assert_eq!(chosen.in_place_of(&super::super::Manual.into()).timeout_s(), Some(10.0));
    }
}
