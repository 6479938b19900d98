//! `randori-viewer`, started by `randori view`: shows a run in a window, or renders
//! pictures of it without one.

mod args;
mod pictures;
mod window;

use std::process::ExitCode;

use clap::Parser;

use args::Args;

fn main() -> ExitCode {
    if let Some(code) = randori_policy::keep_policies_if_asked() {
        return code;
    }
    let args = Args::parse();
    if args.film.headless { pictures::make(&args) } else { window::show(&args) }
}

/// Prints an error message.
#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn tell(text: &str) {
    eprintln!("{text}");
}
