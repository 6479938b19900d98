//! `randori-viewer`, which `randori view` starts: a window on a run, or pictures
//! of it without a window.

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

/// Says something to the person who started the program.
#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn tell(text: &str) {
    eprintln!("{text}");
}
