//! The file layout of records: topics, messages and their schemas.

pub(crate) mod messages;
pub(crate) mod schema;

/// Profile of the file.
pub(crate) const PROFILE: &str = "randori";
/// Name of the metadata record with the header.
pub(crate) const METADATA: &str = "randori.run";
/// Key in the metadata of the whole header as JSON.
pub(crate) const HEADER_KEY: &str = "header";
/// Key in the metadata: true if readings were recorded.
pub(crate) const SENSOR_FRAMES_KEY: &str = "sensor_frames";
/// Key in the metadata of the interval of recorded states, ticks.
pub(crate) const STATE_EVERY_KEY: &str = "state_every";
/// Key in the metadata of the names of the resolved texts, in order, as JSON.
pub(crate) const TEXTS_KEY: &str = "texts";
/// Attachment: names and indices.
pub(crate) const LAYOUT: &str = "layout.json";
/// Attachment: the columns of signals.
pub(crate) const SIGNALS: &str = "signals.json";
/// Attachment: the report of the run.
pub(crate) const VERDICTS: &str = "verdicts.json";
/// Attachment: the metrics only.
pub(crate) const METRICS: &str = "metrics.json";
/// Beginning of the names of attachments with keyframes.
pub(crate) const KEYFRAME: &str = "keyframe/";

/// A channel with one of our messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Hash,
    State,
    Reading,
    Request,
    Reply,
    Commands,
    Intervention,
    Event,
    Decided,
}

impl Topic {
    pub(crate) const ALL: [Self; 9] = [
        Self::Hash,
        Self::State,
        Self::Reading,
        Self::Request,
        Self::Reply,
        Self::Commands,
        Self::Intervention,
        Self::Event,
        Self::Decided,
    ];

    /// Topic in the file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hash => "/randori/hash",
            Self::State => "/randori/state",
            Self::Reading => "/randori/readings",
            Self::Request => "/randori/requests",
            Self::Reply => "/randori/replies",
            Self::Commands => "/randori/commands",
            Self::Intervention => "/randori/interventions",
            Self::Event => "/randori/events",
            Self::Decided => "/randori/decided",
        }
    }

    /// Full name of the message.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Hash => "randori.Hash",
            Self::State => "randori.State",
            Self::Reading => "randori.Reading",
            Self::Request => "randori.Request",
            Self::Reply => "randori.Reply",
            Self::Commands => "randori.Commands",
            Self::Intervention => "randori.Intervention",
            Self::Event => "randori.Event",
            Self::Decided => "randori.Decided",
        }
    }
}
