//! `randori export`: a recording as a table for other programs.
//!
//! `table` defines tables, `wide` and `sensors` their contents, `csv` and
//! `parquet` their formats. Values are written with all their bits.

mod csv;
mod parquet;
mod sensors;
mod table;
mod wide;

use std::io;
use std::path::PathBuf;

use randori_project::record::load;
use randori_record::reader::{ReadError, Recording};

use crate::args::{ExportArgs, TableName};
use crate::console::Console;
use crate::exit::Outcome;
use crate::output::{Output, Unfinished};
use crate::style::count;
use crate::text::{Text, text};
use sensors::Sensors;
use table::{Sink, Table};
use wide::Wide;

/// Writes a table of a recording.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn export(args: &ExportArgs, console: &Console) -> io::Result<Outcome> {
    let file = args.file.display();
    let recording = match Recording::open_file(&args.file) {
        Ok(recording) => recording,
        Err(error) => {
            console.error(&format!("`{file}` {error}"));
            return Ok(Outcome::InvalidScenario);
        }
    };
    let scenario = match load(recording.start(), &args.limits.limits()) {
        Ok(loaded) => loaded.scenario,
        Err(found) => {
            console.error(&format!("`{file}` holds a scenario that cannot be used"));
            console.note(&Text::lines(&found));
            return Ok(Outcome::InvalidScenario);
        }
    };
    let start = recording.start();
    let table: Box<dyn Table> = if args.table == TableName::Sensors {
        Box::new(Sensors::new(start, &args.channel))
    } else {
        Box::new(Wide::new(start, &scenario, args.table, &args.channel))
    };
    if table.is_empty() {
        console.error(&format!("nothing in `{file}` has such a name"));
        console.help(&format!("there is: {}", table.names().join(", ")));
        return Ok(Outcome::NothingSelected);
    }
    if args.table == TableName::Sensors && !recording.has_sensor_frames() {
        console.warning(&format!("`{file}` was recorded without sensor frames"));
    }
    let output = Output::new(args.output.as_deref(), beside(args));
    let begun = if args.format.parquet {
        output.create(parquet::START, "a Parquet file")
    } else {
        output.create(csv::START, "a table")
    };
    let out = match begun {
        Ok(out) => out,
        Err(error) => {
            error.tell(console);
            return Ok(Outcome::Usage);
        }
    };
    match write(&recording, &*table, args.format.parquet, out) {
        Ok(written) => tell(args, &recording, &written, &output, console),
        Err(error) if output == Output::Stdout => return Err(error),
        Err(error) => {
            output.refused(&error).tell(console);
            return Ok(Outcome::Usage);
        }
    }
    Ok(Outcome::Pass)
}

/// The rows that were written, and the reason why there are no more.
struct Written {
    rows: usize,
    damage: Option<ReadError>,
}

fn write(
    recording: &Recording,
    table: &dyn Table,
    parquet: bool,
    mut out: Unfinished,
) -> io::Result<Written> {
    let header = &recording.start().header;
    let written = if parquet {
        fill(recording, table, parquet::ParquetSink::new(&mut out, table.columns(), header)?)
    } else {
        fill(recording, table, csv::CsvSink::new(&mut out, table.columns())?)
    }?;
    out.finish()?;
    Ok(written)
}

fn fill(recording: &Recording, table: &dyn Table, mut sink: impl Sink) -> io::Result<Written> {
    let mut written = Written { rows: 0, damage: None };
    for tick in recording.ticks() {
        match tick {
            Ok(tick) => table.rows(&tick, &mut |row| {
                written.rows += 1;
                sink.row(row)
            })?,
            Err(error) => written.damage = Some(error),
        }
    }
    sink.finish()?;
    Ok(written)
}

fn tell(
    args: &ExportArgs,
    recording: &Recording,
    written: &Written,
    output: &Output,
    console: &Console,
) {
    if !recording.is_complete() {
        let last = recording.last_tick().map_or(0, |tick| tick.0);
        let why = match &written.damage {
            Some(error) => error.to_string(),
            None => "is truncated".to_owned(),
        };
        let file = args.file.display();
        console.warning(&format!("`{file}` cannot be read after tick {last}: it {why}"));
    }
    if *output != Output::Stdout {
        console.note(&text!("{}: ", count(written.rows, "row")));
    }
    output.tell(console);
}

/// `run.csv` for `run.mcap`, `run.sensors.csv` for a table other than the wide
/// one.
fn beside(args: &ExportArgs) -> PathBuf {
    let mut name = args.file.file_stem().unwrap_or_default().to_owned();
    name.push(match args.table {
        TableName::Wide => "",
        TableName::State => ".state",
        TableName::Commands => ".commands",
        TableName::Signals => ".signals",
        TableName::Sensors => ".sensors",
    });
    name.push(if args.format.parquet { ".parquet" } else { ".csv" });
    args.file.with_file_name(name)
}
