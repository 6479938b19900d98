//! Where output goes: data to standard output, everything else to standard
//! error, colours only where they are wanted.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::style::{ERROR, WARNING, clean, paint};

/// The two output streams and the progress bar between them.
#[derive(Debug)]
pub(crate) struct Console {
    progress: Mutex<Option<Progress>>,
}

#[derive(Debug)]
struct Progress {
    /// Counts simulated microseconds.
    bar: ProgressBar,
    /// Runs that have ended.
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
    /// When nobody reads them any more.
    pub(crate) fn data(&self, text: &str) -> io::Result<()> {
        self.around_bar(|| {
            let mut out = anstream::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()
        })
    }

    /// Writes something about the results, such as how long they took.
    pub(crate) fn note(&self, text: &str) {
        self.around_bar(|| {
            // A message about a message that cannot be shown helps nobody.
            let _ = anstream::stderr().lock().write_all(text.as_bytes());
        });
    }

    /// Says why something did not work.
    pub(crate) fn error(&self, message: &str) {
        self.note(&format!("{} {}\n", paint(ERROR, "error:"), clean(message)));
    }

    /// Says that something is odd.
    pub(crate) fn warning(&self, message: &str) {
        self.note(&format!("{} {}\n", paint(WARNING, "warning:"), clean(message)));
    }

    /// Adds advice to an error.
    pub(crate) fn help(&self, advice: &str) {
        self.note(&format!("help: {}\n", clean(advice)));
    }

    /// Shows a bar for so many runs and simulated seconds, if a person is
    /// watching.
    pub(crate) fn start_progress(&self, runs: usize, simulated_s: f64) {
        if !io::stderr().is_terminal() {
            return;
        }
        let target = ProgressDrawTarget::stderr();
        let bar = ProgressBar::with_draw_target(Some(micros(simulated_s)), target);
        let template = format!("[{{bar:30}}] {{msg}}/{runs} runs, {{speed}}, {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            let speed = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                // A bar that cannot be drawn harms nobody.
                let _ = write!(out, "{:.0} x real time", state.per_sec() / 1e6);
            };
            bar.set_style(style.progress_chars("=> ").with_key("speed", speed));
        }
        bar.set_message("0");
        bar.enable_steady_tick(Duration::from_millis(250));
        *self.lock() = Some(Progress { bar, finished: 0 });
    }

    /// Some seconds have been simulated.
    pub(crate) fn advance_progress(&self, simulated_s: f64) {
        if let Some(progress) = &*self.lock() {
            progress.bar.inc(micros(simulated_s));
        }
    }

    /// A run has ended.
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
        // A bar is whole even if somebody panicked while drawing it.
        self.progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn micros(seconds: f64) -> u64 {
    (seconds * 1e6).round() as u64
}

/// Whether diagnostics on standard output should be coloured.
pub(crate) fn stdout_has_colours() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// Whether diagnostics on standard error should be coloured.
pub(crate) fn stderr_has_colours() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}
