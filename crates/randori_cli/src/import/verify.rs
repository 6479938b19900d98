//! `randori import --verify`: compares the imported robot with the result of
//! `MuJoCo` or Pinocchio for the same file.
//!
//! The comparison itself is a Python program that `randori_import` ships; this
//! module finds a Python that has one of the two, and prints the result as a
//! table.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use randori_core::spec::ImportSpec;
use randori_import::Import;
use randori_import::verify::{SCRIPT, input};
use serde::{Deserialize, Serialize};

use crate::console::Console;
use crate::exit::Outcome;
use crate::style::{ERROR, GOOD, WARNING};
use crate::table::{Align, Cell, table};
use crate::text::{Text, text};

/// The result of the second reader.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    /// Neither reader is installed.
    #[serde(skip_serializing)]
    missing: bool,
    /// Name and version of the reader.
    reader: String,
    /// The reason why the reader does not load the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Parts that the comparison left out.
    notes: Vec<String>,
    quantities: Vec<Row>,
}

/// One row: the largest difference of a quantity.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    quantity: String,
    /// `None` where one side has no value.
    difference: Option<f64>,
    #[serde(rename = "where")]
    place: String,
    ours: Option<String>,
    theirs: Option<String>,
    tolerance: f64,
    status: Status,
    /// The line of the report about the difference.
    told: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Declared,
    Differs,
}

/// The reason why there is no result: message and advice.
#[derive(Debug, PartialEq)]
struct Silent {
    message: String,
    help: String,
}

/// Compares an import with a second reader; `None` if no Python has a result; the
/// reason is printed.
pub(super) fn verify(
    found: &Import,
    source: &ImportSpec,
    file: &Path,
    python: Option<&Path>,
    console: &Console,
) -> Option<Answer> {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let input = input(found, source, &file)?;
    let is_urdf = matches!(source, ImportSpec::Urdf { .. });
    match ask(&candidates(python, env::var_os("VIRTUAL_ENV")), &input, is_urdf) {
        Ok(answer) => Some(answer),
        Err(silent) => {
            console.error(&silent.message);
            console.help(&silent.help);
            None
        }
    }
}

/// The Python interpreters to try: the one that was named, otherwise that of the
/// active virtual environment and those on the search path.
fn candidates(python: Option<&Path>, environment: Option<OsString>) -> Vec<PathBuf> {
    if let Some(python) = python {
        return vec![python.to_owned()];
    }
    let program = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let active = environment.map(|folder| PathBuf::from(folder).join(program));
    active.into_iter().chain(["python3".into(), "python".into()]).collect()
}

/// The result from the first Python that has a reader.
fn ask(pythons: &[PathBuf], input: &str, is_urdf: bool) -> Result<Answer, Silent> {
    let mut tried = Vec::new();
    for python in pythons {
        match compare(python, input) {
            Ok(answer) if !answer.missing => return Ok(answer),
            Ok(_) => tried.push(python.display().to_string()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!("`{}`: {error}", python.display());
                let help = "name another Python by `--python PATH`".to_owned();
                return Err(Silent { message, help });
            }
        }
    }
    let install = if is_urdf {
        "`python3 -m pip install pin` (Pinocchio) or `python3 -m pip install mujoco`"
    } else {
        "`python3 -m pip install mujoco`"
    };
    let help =
        format!("{install} in a virtual environment, and name its Python by `--python PATH`");
    let readers = if is_urdf { "neither Pinocchio nor MuJoCo" } else { "MuJoCo is not" };
    let message = match (tried.first(), is_urdf) {
        (None, _) => format!("the program `{}` does not exist", pythons[0].display()),
        (Some(python), true) => format!("{readers} is installed for `{python}`"),
        (Some(python), false) => format!("{readers} installed for `{python}`"),
    };
    Err(Silent { message, help })
}

/// The result from one Python.
fn compare(python: &Path, input: &str) -> io::Result<Answer> {
    let mut child = Command::new(python)
        .args(["-W", "ignore", "-c", SCRIPT])
        // MuJoCo writes a log into the current folder.
        .current_dir(env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends early reports the reason below.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let last = text.lines().rev().find(|line| !line.trim().is_empty());
        let told = last.map_or(String::new(), |line| format!(": {line}"));
        return Err(io::Error::other(format!("the comparison ended with {}{told}", output.status)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).map_err(|_| io::Error::other("the comparison printed no result"))
}

impl Answer {
    pub(super) fn outcome(&self) -> Outcome {
        if self.error.is_some() {
            Outcome::RunError
        } else if self.quantities.iter().any(|row| row.status == Status::Differs) {
            Outcome::Diverged
        } else {
            Outcome::Pass
        }
    }

    /// The table, and a line for each difference.
    pub(super) fn text(&self) -> Text {
        if let Some(error) = &self.error {
            return text!("\n{} does not load the file: {}\n", self.reader, error);
        }
        let mut text = text!("\ncompared with {}\n", self.reader);
        for note in &self.notes {
            text += text!("  {}\n", note);
        }
        let columns = [
            ("quantity", Align::Left),
            ("difference", Align::Right),
            ("tolerance", Align::Right),
            ("where", Align::Left),
            ("result", Align::Left),
        ];
        let rows: Vec<Vec<Cell>> = self.quantities.iter().map(Row::cells).collect();
        text += table(&columns, &rows);
        for row in self.quantities.iter().filter(|row| row.status != Status::Ok) {
            text += row.explained(&self.reader);
        }
        text
    }
}

impl Row {
    fn cells(&self) -> Vec<Cell> {
        let (word, style) = match self.status {
            Status::Ok => ("ok", GOOD),
            Status::Declared => ("declared", WARNING),
            Status::Differs => ("differs", ERROR),
        };
        let difference = self.difference.map_or_else(|| "no value".to_owned(), short);
        let place = if self.status == Status::Ok { "" } else { &self.place };
        vec![
            Cell::new(&self.quantity),
            Cell::new(difference),
            Cell::new(short(self.tolerance)),
            Cell::new(place),
            Cell::styled(word, style),
        ]
    }

    /// Both values, and the line of the report about the difference.
    fn explained(&self, reader: &str) -> Text {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        let mut text = text!(
            "{}, {}: {} here, {} in {}\n",
            self.quantity,
            self.place,
            value(&self.ours),
            value(&self.theirs),
            reader
        );
        if let Some(told) = &self.told {
            text += text!("    the report says: {}\n", told);
        }
        text
    }
}

/// Zero, or two digits.
fn short(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { format!("{value:.1e}") }
}
