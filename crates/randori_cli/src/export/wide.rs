//! Tables with a row per tick: state, commands, signals.

use std::io;

use randori_core::record::TickRecord;
use randori_core::spec::Scenario;
use randori_record::header::Start;
use randori_record::quantity::{self, of_bodies, of_commands, of_joints, of_motors};
use randori_record::tick::RecordedTick;

use super::table::{Column, Kind, Table, Value, selected, time_s};
use crate::args::TableName;

/// Maximum number of names that are listed when none matches.
const MAX_NAMES: usize = 30;

/// A table with a row per tick.
pub(super) struct Wide {
    columns: Vec<Column>,
    sources: Vec<Source>,
    names: Vec<String>,
    period_ns: u64,
    /// True if ticks without a recorded state have a row.
    every_tick: bool,
}

/// The source of the values of a column.
#[derive(Debug, Clone, Copy)]
enum Source {
    Tick,
    Time,
    Of(quantity::Source),
    /// Index of a signal.
    Signal(usize),
}

impl Wide {
    /// The table of this name, with the selected columns. Objects that never move
    /// are left out.
    pub(super) fn new(
        start: &Start,
        scenario: &Scenario,
        name: TableName,
        asked: &[String],
    ) -> Self {
        let layout = &start.layout;
        let mut quantities = Vec::new();
        if matches!(name, TableName::Wide | TableName::State) {
            quantities.extend(of_bodies(scenario, layout));
            quantities.extend(of_joints(layout));
            quantities.extend(of_motors(layout));
        }
        if matches!(name, TableName::Wide | TableName::Commands) {
            quantities.extend(of_commands(scenario, layout));
        }
        let mut all: Vec<(String, Source)> =
            quantities.iter().map(|it| (it.heading(), Source::Of(it.source))).collect();
        if matches!(name, TableName::Wide | TableName::Signals) {
            let signals = start.signals.iter().enumerate();
            all.extend(signals.map(|(index, signal)| {
                (format!("{} [{}]", signal.name, signal.unit), Source::Signal(index))
            }));
        }
        let mut names: Vec<String> =
            all.iter().map(|(name, source)| owner(name, *source)).collect();
        names.dedup();
        names.truncate(MAX_NAMES);
        let mut columns =
            vec![Column::new("tick", Kind::Count), Column::new("time [s]", Kind::Double)];
        let mut sources = vec![Source::Tick, Source::Time];
        for (name, source) in all.into_iter().filter(|(name, _)| selected(name, asked)) {
            let is_signal = matches!(source, Source::Signal(_));
            columns.push(Column::new(name, if is_signal { Kind::Double } else { Kind::Single }));
            sources.push(source);
        }
        let every_tick = name == TableName::Commands;
        Self { columns, sources, names, period_ns: start.header.period_ns, every_tick }
    }

    /// A value; NaN for one that is missing in a recording.
    fn value(&self, source: Source, record: &TickRecord) -> Value<'static> {
        match source {
            Source::Tick => Value::Count(record.tick.0),
            Source::Time => Value::Double(time_s(record.tick.0, self.period_ns)),
            Source::Of(quantity) => Value::Single(quantity.value(record)),
            Source::Signal(index) => {
                Value::Double(record.signals.get(index).copied().unwrap_or(f64::NAN))
            }
        }
    }
}

impl Table for Wide {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn is_empty(&self) -> bool {
        self.columns.len() <= 2
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn rows(
        &self,
        tick: &RecordedTick,
        write: &mut dyn FnMut(&[Value<'_>]) -> io::Result<()>,
    ) -> io::Result<()> {
        if !tick.sampled && !self.every_tick {
            return Ok(());
        }
        let sources = self.sources.iter();
        write(&sources.map(|&source| self.value(source, &tick.record)).collect::<Vec<_>>())
    }
}

/// The subject of a column: its name without the field.
fn owner(name: &str, source: Source) -> String {
    let fields = match source {
        Source::Signal(_) => return name.to_owned(),
        Source::Of(quantity::Source::Body { .. }) => 2,
        _ => 1,
    };
    let name = name.split(" [").next().unwrap_or_default();
    name.rsplitn(fields + 1, '.').last().unwrap_or_default().to_owned()
}
