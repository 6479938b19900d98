//! Data of a recording before its first tick and after its last.

use randori_core::report::RunReport;
use randori_core::time::Tick;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::ReadError;
use super::container::{Container, Span, damaged, string_map};
use crate::header::{FORMAT, Header, Start};
use crate::{verdicts, wire};

pub(super) struct Parts {
    pub(super) start: Start,
    pub(super) keyframes: Vec<(Tick, Span)>,
    pub(super) report: Option<RunReport>,
    pub(super) sensor_frames: bool,
    pub(super) state_every: u64,
}

/// The field common to all formats.
#[derive(Deserialize)]
struct AnyFormat {
    format: u64,
}

pub(super) fn read(bytes: &[u8], container: &Container) -> Result<Parts, ReadError> {
    let Some((_, span)) = container.metadata.iter().find(|(name, _)| name == wire::METADATA) else {
        let early = container.chunks.is_empty() && !container.whole;
        return Err(if early { ReadError::EndsBeforeStart } else { ReadError::NotARecording });
    };
    let broken = |what: &str| damaged(span.start, what);
    let map = string_map(bytes, span.clone()).ok_or_else(|| broken("a broken metadata record"))?;
    let value = |key: &str| {
        let found = map.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        found.ok_or_else(|| broken(&format!("`{key}` is missing in the metadata")))
    };
    let header = value(wire::HEADER_KEY)?;
    let any: AnyFormat = parse(header.as_bytes(), span.start, "the header")?;
    if any.format > u64::from(FORMAT) {
        return Err(ReadError::NewerFormat { found: any.format });
    }
    let header: Header = parse(header.as_bytes(), span.start, "the header")?;
    let names: Vec<String> =
        parse(value(wire::TEXTS_KEY)?.as_bytes(), span.start, "the list of texts")?;
    let attachment = |name: &str| {
        let found = container.attachments.iter().find(|attached| attached.name == name);
        found.map(|attached| attached.data.clone()).ok_or_else(|| {
            if container.whole {
                broken(&format!("`{name}` is missing"))
            } else {
                ReadError::EndsBeforeStart
            }
        })
    };
    let mut texts = Vec::with_capacity(names.len());
    for name in names {
        let data = attachment(&name)?;
        let text = std::str::from_utf8(&bytes[data.clone()])
            .map_err(|_| damaged(data.start, format!("`{name}` is not text")))?;
        texts.push((name, text.to_owned()));
    }
    let (layout, signals) = (attachment(wire::LAYOUT)?, attachment(wire::SIGNALS)?);
    let start = Start {
        header,
        layout: parse(&bytes[layout.clone()], layout.start, wire::LAYOUT)?,
        signals: parse(&bytes[signals.clone()], signals.start, wire::SIGNALS)?,
        texts,
    };
    Ok(Parts {
        start,
        keyframes: keyframes(container)?,
        report: report(bytes, container)?,
        sensor_frames: value(wire::SENSOR_FRAMES_KEY)? == "true",
        state_every: value(wire::STATE_EVERY_KEY)?
            .parse()
            .map_err(|_| broken("a broken `state_every` in the metadata"))?,
    })
}

fn keyframes(container: &Container) -> Result<Vec<(Tick, Span)>, ReadError> {
    let of = container.attachments.iter();
    of.filter_map(|attached| Some((attached.name.strip_prefix(wire::KEYFRAME)?, &attached.data)))
        .map(|(tick, data)| match tick.parse() {
            Ok(tick) => Ok((Tick(tick), data.clone())),
            Err(_) => Err(damaged(data.start, "a keyframe without its tick")),
        })
        .collect()
}

fn report(bytes: &[u8], container: &Container) -> Result<Option<RunReport>, ReadError> {
    let found = container.attachments.iter().find(|attached| attached.name == wire::VERDICTS);
    let Some(attached) = found else { return Ok(None) };
    let span = attached.data.clone();
    verdicts::from_json(&bytes[span.clone()])
        .map(Some)
        .map_err(|error| damaged(span.start, format!("{}: {error}", wire::VERDICTS)))
}

fn parse<T: DeserializeOwned>(text: &[u8], at: usize, what: &str) -> Result<T, ReadError> {
    serde_json::from_slice(text).map_err(|error| damaged(at, format!("{what}: {error}")))
}
