//! Output streams: data to standard output, everything else to standard error,
//! with colours only where they are wanted.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::style::{ERROR, WARNING, paint};
use crate::text::{Text, clean, text};

/// The two output streams and the progress bar between them.
#[derive(Debug)]
pub(crate) struct Console {
    progress: Mutex<Option<Progress>>,
}

/// A command to GitHub Actions: `::error file=..::message`.
#[derive(Debug)]
pub(crate) struct WorkflowCommand<'a> {
    pub(crate) name: &'static str,
    pub(crate) properties: Vec<(&'static str, &'a str)>,
    /// May have several lines.
    pub(crate) message: &'a Text,
}

impl fmt::Display for WorkflowCommand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped =
            |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
        let property = |text: &str| escaped(&clean(text)).replace(':', "%3A").replace(',', "%2C");
        let properties = self.properties.iter();
        let properties = properties.map(|(key, value)| format!("{key}={}", property(value)));
        let properties = properties.collect::<Vec<_>>().join(",");
        write!(f, "::{} {properties}::{}", self.name, escaped(self.message.plain().trim_end()))
    }
}

#[derive(Debug)]
struct Progress {
    /// Counts simulated microseconds.
    bar: ProgressBar,
    /// Number of runs that have ended.
    finished: usize,
}

impl Console {
    /// Both streams, without a bar.
    pub(crate) const fn new() -> Self {
        Self { progress: Mutex::new(None) }
    }

    /// Writes results.
    ///
    /// # Errors
    /// When the reader has closed the stream, or writing fails.
    pub(crate) fn data(&self, text: &Text) -> io::Result<()> {
        self.write(&text.without_commands())
    }

    /// Writes a command to GitHub Actions, with values escaped as in its toolkit.
    ///
    /// # Errors
    /// As for [`data`](Self::data).
    pub(crate) fn command(&self, command: &WorkflowCommand<'_>) -> io::Result<()> {
        self.write(&format!("{command}\n"))
    }

    fn write(&self, text: &str) -> io::Result<()> {
        self.around_bar(|| {
            let mut out = anstream::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()
        })
    }

    /// Writes a remark about the results, such as their wall time.
    pub(crate) fn note(&self, text: &Text) {
        self.around_bar(|| {
            // An error of the message stream cannot be reported.
            let _ = anstream::stderr().lock().write_all(text.without_commands().as_bytes());
        });
    }

    /// Reports an error.
    pub(crate) fn error(&self, message: &str) {
        self.note(&text!("{} {}\n", paint(ERROR, "error:"), message));
    }

    /// Reports a warning.
    pub(crate) fn warning(&self, message: &str) {
        self.note(&text!("{} {}\n", paint(WARNING, "warning:"), message));
    }

    /// Adds advice to an error.
    pub(crate) fn help(&self, advice: &str) {
        self.note(&text!("help: {}\n", advice));
    }

    /// Shows a bar for so many runs and simulated seconds, if standard error is a
    /// terminal.
    pub(crate) fn start_progress(&self, runs: usize, simulated_s: f64) {
        if !io::stderr().is_terminal() {
            return;
        }
        let target = ProgressDrawTarget::stderr();
        let bar = ProgressBar::with_draw_target(Some(micros(simulated_s)), target);
        let template = format!("[{{bar:30}}] {{msg}}/{runs} runs, {{speed}}, {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            let speed = |state: &ProgressState, out: &mut dyn fmt::Write| {
                // A progress bar that cannot be drawn is no error.
                let _ = write!(out, "{:.0} x real time", state.per_sec() / 1e6);
            };
            bar.set_style(style.progress_chars("=> ").with_key("speed", speed));
        }
        bar.set_message("0");
        bar.enable_steady_tick(Duration::from_millis(250));
        *self.lock() = Some(Progress { bar, finished: 0 });
    }

    /// Advances the bar by simulated seconds.
    pub(crate) fn advance_progress(&self, simulated_s: f64) {
        if let Some(progress) = &*self.lock() {
            progress.bar.inc(micros(simulated_s));
        }
    }

    /// Counts a run that has ended.
    pub(crate) fn count_finished_run(&self) {
        if let Some(progress) = &mut *self.lock() {
            progress.finished += 1;
            progress.bar.set_message(progress.finished.to_string());
        }
    }

    /// Removes the bar.
    pub(crate) fn end_progress(&self) {
        if let Some(progress) = self.lock().take() {
            progress.bar.finish_and_clear();
        }
    }

    fn around_bar<T>(&self, write: impl FnOnce() -> T) -> T {
        match &*self.lock() {
            Some(progress) => progress.bar.suspend(write),
            None => write(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Progress>> {
        // A bar stays valid even after a panic while it was drawn.
        self.progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn micros(seconds: f64) -> u64 {
    (seconds * 1e6).round() as u64
}

/// True if diagnostics on standard output should be coloured.
pub(crate) fn stdout_has_colours() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// True if diagnostics on standard error should be coloured.
pub(crate) fn stderr_has_colours() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_can_end_a_command_or_begin_another() {
        let properties = vec![("file", "a,b:c%\n::error::x"), ("line", "1")];
        let message = Text::lines("50 %\r\nmore\n");
        let command = WorkflowCommand { name: "error", properties, message: &message };

        assert_eq!(
            command.to_string(),
            "::error file=a%2Cb%3Ac%25\\u{a}%3A%3Aerror%3A%3Ax,line=1::50 %25\\u{d}%0Amore"
        );
    }
}
