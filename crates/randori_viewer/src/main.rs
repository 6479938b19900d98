//! `randori-viewer`, which `randori view` starts: a window on a run, or pictures
//! of it without a window.

mod args;
mod window;

use std::process::ExitCode;

use clap::Parser;

use args::Args;

fn main() -> ExitCode {
    let args = Args::parse();
    window::show(&args)
}
