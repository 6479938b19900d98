//! `randori view`: passes its arguments on to the viewer, a separate program.
//!
//! The viewer is many times as large as this program and takes as much longer to
//! build, so it is a program beside it, like `cargo-foo` beside `cargo`. No shell
//! is involved.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use randori_project::project::Places;

use crate::args::{DiffArgs, ViewArgs};
use crate::console::Console;
use crate::exit::Outcome;

/// Starts the viewer, and exits with its exit code.
pub(crate) fn view(args: &ViewArgs, places: &Places, console: &Console) -> ExitCode {
    start(words_after(args), places, console)
}

/// Starts the viewer with one recording overlaid on another.
pub(crate) fn view_both(args: &DiffArgs, places: &Places, console: &Console) -> ExitCode {
    let [first, second] = [&args.first, &args.second].map(|file| file.clone().into_os_string());
    start(["--compare".into(), second, "--".into(), first], places, console)
}

fn start(
    words: impl IntoIterator<Item = OsString>,
    places: &Places,
    console: &Console,
) -> ExitCode {
    let search = Search::new();
    let Some(program) = search.find() else {
        console.error(&search.in_vain());
        console.help(&format!("build it with `{}`; it then lies beside `randori`", build()));
        return Outcome::Usage.into();
    };
    let mut command = Command::new(&program);
    command.args(words_before(places)).args(words);
    become_it(command).unwrap_or_else(|error| {
        console.error(&format!("`{}` cannot be started: {error}", program.display()));
        Outcome::Usage.into()
    })
}

/// Replaces this process by the other program, which then handles signals and
/// sets the exit code.
#[cfg(unix)]
fn become_it(mut command: Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

/// Waits for the other program.
#[cfg(not(unix))]
fn become_it(mut command: Command) -> std::io::Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(Outcome::RunError.into(), ExitCode::from))
}

/// The arguments before `view`.
fn words_before(places: &Places) -> Vec<OsString> {
    let root = places.root.iter().map(|root| ("--root", root));
    let places = root.chain(places.assets.iter().map(|folder| ("--assets", folder)));
    places.flat_map(|(option, folder)| [option.into(), folder.clone().into_os_string()]).collect()
}

/// The arguments after `view`, with a leading `--`, which the argument parser
/// removes.
fn words_after(args: &ViewArgs) -> impl Iterator<Item = OsString> {
    let all: Vec<OsString> = std::env::args_os().collect();
    let before = all.len().checked_sub(args.words.len() + 1).map(|index| all[index].clone());
    before.filter(|word| word == "--").into_iter().chain(args.words.iter().cloned())
}

/// The command that builds the viewer with the settings of this program.
fn build() -> String {
    let release = if cfg!(debug_assertions) { "" } else { "--release " };
    format!("cargo build {release}-p randori_viewer --bin randori-viewer")
}

/// Locations to search for the viewer.
struct Search {
    /// The name of the file.
    name: String,
    /// The folder of this program.
    beside: Option<PathBuf>,
    /// The folders of the search path.
    path: Vec<PathBuf>,
}

impl Search {
    fn new() -> Self {
        let own = std::env::current_exe().ok();
        let path = std::env::var_os("PATH").unwrap_or_default();
        // An empty entry would mean the current folder.
        let folders = std::env::split_paths(&path).filter(|it| !it.as_os_str().is_empty());
        Self {
            name: format!("randori-viewer{}", std::env::consts::EXE_SUFFIX),
            beside: own.and_then(|own| own.parent().map(Path::to_owned)),
            path: folders.collect(),
        }
    }

    fn find(&self) -> Option<PathBuf> {
        let folders = self.beside.iter().chain(&self.path);
        folders.map(|folder| folder.join(&self.name)).find(|file| is_program(file))
    }

    /// The message that it was not found, with the searched locations.
    fn in_vain(&self) -> String {
        let beside = self.beside.iter().map(|folder| format!("in `{}`", folder.display()));
        let path = self.path.iter().map(|folder| format!("`{}`", folder.display()));
        let path = path.collect::<Vec<_>>().join(", ");
        let path = if path.is_empty() { "it is empty".to_owned() } else { path };
        let places: Vec<_> = beside.chain([format!("on the search path ({path})")]).collect();
        format!("the viewer, `{}`, is neither {}", self.name, places.join(" nor "))
    }
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}
