//! The command line of Randori: finds files, runs them, prints results.
//!
//! Data goes to standard output, everything else to standard error, and the exit
//! code reports the result. This crate contains no physics, and passes nothing
//! from a file to a shell.
//!
//! Start reading at [`run`](run::run) for `randori run`; `args` defines the
//! commands and options.

mod args;
mod bench;
mod check;
mod console;
mod diff;
mod exit;
mod explain;
mod export;
mod import;
mod interrupt;
mod list;
mod migrate;
mod output;
mod policies;
mod policy;
mod replay;
mod report;
mod run;
mod style;
mod table;
mod tell;
mod test;
mod text;
mod view;

use std::io;
use std::panic::PanicHookInfo;
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use console::Console;
use exit::{BROKEN_PIPE, Outcome};
use randori_project::project::Places;
use text::Text;

static CONSOLE: Console = Console::new();

fn main() -> ExitCode {
    if let Some(code) = randori_policy::keep_policies_if_asked() {
        return code;
    }
    std::panic::set_hook(Box::new(explain_panic));
    let console = &CONSOLE;
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => return tell(&told, console),
    };
    let places = &Places::new(cli.root, cli.assets);
    let ended = match cli.command {
        Command::Run(args) => run::run(&args, places, console),
        Command::Replay(args) => replay::replay(&args, places, console),
        Command::Report(args) => report::report(&args, console),
        Command::Export(args) => export::export(&args, console),
        Command::Test(args) => test::test(&args, places, console),
        Command::View(args) => return view::view(&args, places, console),
        Command::Review(args) => test::review(&args, places, console),
        Command::Diff(args) => match diff::diff(&args, console) {
            Ok(Outcome::Pass | Outcome::Diverged) if args.view => {
                return view::view_both(&args, places, console);
            }
            ended => ended,
        },
        Command::List(args) => list::list(&args, places, console),
        Command::Check(args) => check::check(&args, places, console),
        Command::Migrate(args) => migrate::migrate(&args, places, console),
        Command::Import(args) => import::import_file(&args, places, console),
        Command::Policy(command) => policy::policy(&command, places, console),
        Command::Policies(args) => policies::policies(&args, console),
        Command::Bench(command) => bench::bench(&command, console),
        Command::Explain { code } => explain::explain(&code, console),
    };
    end(ended, console)
}

fn end(ended: io::Result<Outcome>, console: &Console) -> ExitCode {
    match ended {
        Ok(outcome) => outcome.into(),
        // The reader has closed the output.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(BROKEN_PIPE),
        Err(error) => {
            console.error(&format!("standard output cannot be written: {error}"));
            Outcome::Usage.into()
        }
    }
}

/// Prints help or the version, or the error in the arguments.
fn tell(told: &clap::Error, console: &Console) -> ExitCode {
    if told.use_stderr() {
        // It contains typed arguments, which may be names of files.
        console.note(&Text::lines(&told.render().to_string()));
        return Outcome::Usage.into();
    }
    end(console.data(&Text::styled_help(&told.render())).map(|()| Outcome::Pass), console)
}

/// Reports an internal error in a few lines. A backtrace is printed only on
/// request.
fn explain_panic(info: &PanicHookInfo<'_>) {
    // It becomes an error of the run.
    if randori_sim::world::is_guarded() {
        return;
    }
    // A separate console: the thread that panicked may hold the lock of the other
    // one.
    let console = Console::new();
    let message = info.payload_as_str().unwrap_or("a panic without a message");
    let place = info.location().map(|at| format!(" ({at})")).unwrap_or_default();
    console.error(&format!("internal error: {message}{place}"));
    console.help("this is a bug in Randori: please report it with the command that you ran");
    let backtrace = std::backtrace::Backtrace::capture();
    if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
        console.note(&Text::lines(&format!("{backtrace}\n")));
    }
}
