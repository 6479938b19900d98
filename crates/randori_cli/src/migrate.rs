//! `randori migrate`: replaces old names in files by present ones.

use std::io;

use randori_project::migrate::{Migration, Plan, Rename, plan};
use randori_project::project::Places;

use crate::args::MigrateArgs;
use crate::console::Console;
use crate::exit::Outcome;
use crate::style::count;
use crate::tell;
use crate::text::{Text, text};

/// Renames fields in files, in place. The renamed fields are the result, so they
/// go to standard output.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn migrate(
    args: &MigrateArgs,
    places: &Places,
    console: &Console,
) -> io::Result<Outcome> {
    let plan = match plan(&args.files, places) {
        Ok(plan) => plan,
        Err(error) => return Ok(tell::unselected(console, &error)),
    };
    let mut outcome = Outcome::Pass;
    for (file, why) in &plan.unreadable {
        console.error(&format!("`{file}` cannot be read: {why}"));
        outcome = outcome.max(Outcome::InvalidScenario);
    }
    let mut written = [0, 0];
    for (migrations, written) in [&plan.files, &plan.goldens].into_iter().zip(&mut written) {
        for migration in migrations {
            if !args.check
                && let Err(error) = migration.write()
            {
                console.error(&format!("`{}` cannot be written: {error}", migration.shown));
                outcome = outcome.max(Outcome::Usage);
                continue;
            }
            *written += 1;
            console.data(&told(migration))?;
        }
    }
    if args.check && written[0] > 0 {
        outcome = outcome.max(Outcome::InvalidScenario);
    }
    console.note(&summary(args.check, written, &plan));
    Ok(outcome)
}

fn told(migration: &Migration) -> Text {
    let shown = &migration.shown;
    if migration.names.is_empty() {
        return text!("{}: digests of rewritten files\n", shown);
    }
    let line = |name: &Rename| text!("{}:{}: {} -> {}\n", shown, name.line, name.old, name.new);
    migration.names.iter().map(line).collect()
}

fn summary(is_check: bool, [files, goldens]: [usize; 2], plan: &Plan) -> Text {
    let verb = if is_check { "to rewrite" } else { "rewritten" };
    let goldens = match goldens {
        0 => String::new(),
        goldens => format!(", {}", count(goldens, "golden")),
    };
    let files = count(files, "file");
    text!("{}: {}{}; {} up to date\n", verb, files, goldens, count(plan.current, "file"))
}
