//! Tables as Apache Parquet: plain columns without compression.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, FloatType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use randori_record::header::Header;

use super::table::{Column, Kind, Sink, Value};

/// The magic bytes of a Parquet file.
pub(super) const START: &[u8] = b"PAR1";

/// Number of rows in a group.
const GROUP: usize = 10_000;

/// Writes columns in row groups.
pub(super) struct ParquetSink<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    gathered: Vec<Gathered>,
    rows: usize,
}

/// The values of a column in the current group.
enum Gathered {
    Count(Vec<i64>),
    Single(Vec<f32>),
    Double(Vec<f64>),
    Flag(Vec<bool>),
    Text(Vec<ByteArray>),
}

impl<W: Write + Send> ParquetSink<W> {
    /// Starts a table. The description of the run goes to the file's metadata.
    ///
    /// # Errors
    /// When the system refuses the write.
    pub(super) fn new(out: W, columns: &[Column], header: &Header) -> io::Result<Self> {
        let fields = columns.iter().map(|column| field(column).map(Arc::new));
        let fields = fields.collect::<Result<_, _>>().map_err(failed)?;
        let schema = Type::group_type_builder("randori").with_fields(fields).build();
        let about = [
            ("randori.file", header.file.clone()),
            ("randori.title", header.title.clone()),
            ("randori.seed", header.seed.to_string()),
            ("randori.scenario_digest", header.scenario_digest.clone()),
        ];
        let about = about.map(|(key, value)| KeyValue::new(key.to_owned(), value));
        let properties =
            WriterProperties::builder().set_key_value_metadata(Some(about.into())).build();
        let schema = Arc::new(schema.map_err(failed)?);
        let writer =
            SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(failed)?;
        let gathered = columns.iter().map(|column| Gathered::new(column.kind)).collect();
        Ok(Self { writer, gathered, rows: 0 })
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for gathered in &mut self.gathered {
            let Some(column) = group.next_column()? else { break };
            gathered.write(column)?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

impl<W: Write + Send> Sink for ParquetSink<W> {
    fn row(&mut self, row: &[Value<'_>]) -> io::Result<()> {
        for (gathered, value) in self.gathered.iter_mut().zip(row) {
            gathered.push(*value);
        }
        self.rows += 1;
        if self.rows == GROUP { self.write_group().map_err(failed) } else { Ok(()) }
    }

    fn finish(mut self) -> io::Result<()> {
        self.write_group().map_err(failed)?;
        let mut out = self.writer.into_inner().map_err(failed)?;
        out.flush()
    }
}

impl Gathered {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Count => Self::Count(Vec::new()),
            Kind::Single => Self::Single(Vec::new()),
            Kind::Double => Self::Double(Vec::new()),
            Kind::Flag => Self::Flag(Vec::new()),
            Kind::Text => Self::Text(Vec::new()),
        }
    }

    fn push(&mut self, value: Value<'_>) {
        match (self, value) {
            (Self::Count(values), Value::Count(value)) => {
                values.push(i64::try_from(value).unwrap_or(i64::MAX));
            }
            (Self::Single(values), Value::Single(value)) => values.push(value),
            (Self::Double(values), Value::Double(value)) => values.push(value),
            (Self::Flag(values), Value::Flag(value)) => values.push(value),
            (Self::Text(values), Value::Text(value)) => values.push(value.into()),
            _ => unreachable!("a table gives values of the kinds of its columns"),
        }
    }

    /// Writes the current group, and starts the next.
    fn write(&mut self, mut column: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        macro_rules! write_all {
            ($kind:ty, $values:expr) => {{
                column.typed::<$kind>().write_batch($values, None, None)?;
                $values.clear();
            }};
        }
        match self {
            Self::Count(values) => write_all!(Int64Type, values),
            Self::Single(values) => write_all!(FloatType, values),
            Self::Double(values) => write_all!(DoubleType, values),
            Self::Flag(values) => write_all!(BoolType, values),
            Self::Text(values) => write_all!(ByteArrayType, values),
        }
        column.close()
    }
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Count => (Physical::INT64, None),
        Kind::Single => (Physical::FLOAT, None),
        Kind::Double => (Physical::DOUBLE, None),
        Kind::Flag => (Physical::BOOLEAN, None),
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(logical)
        .build()
}

/// The error of the system.
fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
