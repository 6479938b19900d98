//! Parses messages from an external policy.
//!
//! A line is untrusted, so it is parsed directly to numbers, without an intermediate tree of
//! values, and rejected as soon as it exceeds the robot's number of inputs.
//!
//! Start reading at [`Replies::parse`].

mod chunk;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

use randori_core::diagnostic::nearest;
use randori_core::policy::ActionChannel;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use chunk::ChunkSeed;

/// Maximum number of actions in one response.
pub const MAX_CHUNK: usize = 1000;
/// Bytes of a line in addition to its actions.
const FRAME_BYTES: usize = 64 << 10;
/// Bytes for a number and its separator.
const NUMBER_BYTES: usize = 32;
/// Maximum line length of any robot, bytes.
const MAX_LINE: usize = 16 << 20;
/// Maximum length of a policy's name and of other texts that it sends, characters.
const NAME_CHARS: usize = 200;
const TEXT_CHARS: usize = 2000;
/// Maximum length of a quoted text in a message, characters.
const QUOTED_CHARS: usize = 60;

/// A message from a policy.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// The policy is ready for observations.
    Ready {
        /// Its protocol version.
        protocol: Option<u32>,
        /// Its name, truncated to some 200 characters.
        name: Option<String>,
    },
    /// The response to a request.
    Command {
        /// Number of the request.
        request: u64,
        /// One to [`MAX_CHUNK`] actions, each with one finite number per input of the robot's
        /// actuators, in their order.
        commands: Vec<Vec<f32>>,
    },
    /// The policy reports a fatal error.
    Error {
        /// The reason, truncated to some 2000 characters.
        message: String,
    },
}

/// The reason why a line is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadReply {
    /// It is not a message, for this reason.
    NoMessage(String),
    /// It responds to a request with an invalid action.
    BadCommand {
        /// Number of the request, if it was parsed before the action.
        request: Option<u64>,
        /// The reason.
        what: String,
    },
}

/// The parser of messages from the policy of one robot.
#[derive(Debug)]
pub struct Replies {
    actions: Vec<ActionChannel>,
    by_name: BTreeMap<String, usize>,
    /// The actuator of each number of an action.
    owners: Vec<usize>,
}

impl Replies {
    /// Creates a parser for a robot with these actuators.
    pub fn new(actions: &[ActionChannel]) -> Self {
        let indexed = || actions.iter().enumerate();
        Self {
            actions: actions.to_vec(),
            by_name: indexed().map(|(index, action)| (action.name.clone(), index)).collect(),
            owners: indexed().flat_map(|(index, it)| vec![index; it.inputs.len()]).collect(),
        }
    }

    /// The maximum length of a legitimate line, in bytes: all actions of a response, by name and
    /// with all digits.
    pub fn max_line(&self) -> usize {
        let names: usize = self.actions.iter().map(|action| action.name.len() + 8).sum();
        let command = names + NUMBER_BYTES * (1 + self.owners.len());
        MAX_LINE.min(FRAME_BYTES.saturating_add(MAX_CHUNK.saturating_mul(command)))
    }

    /// The names of all actuators, for advice.
    pub(super) fn actuators(&self) -> String {
        crate::listed(self.actions.iter().map(|action| action.name.as_str()))
    }

    /// Parses a line, in time and memory proportional to its length.
    ///
    /// # Errors
    /// When it is not a message, or its actions do not fit the robot.
    pub fn parse(&self, line: &str) -> Result<Reply, BadReply> {
        let state = State::default();
        let mut source = serde_json::Deserializer::from_str(line);
        let read = MessageSeed { replies: self, state: &state }
            .deserialize(&mut source)
            .and_then(|reply| source.end().map(|()| reply));
        read.map_err(|error| {
            let reason = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let what = reason.strip_suffix(&place).unwrap_or(&reason);
            let too_large = what == "number out of range";
            if state.in_commands.get() && (error.is_data() || too_large) {
                BadReply::BadCommand { request: state.request.get(), what: clip(what, 300) }
            } else {
                BadReply::NoMessage(clip(what, 300))
            }
        })
    }

    fn unknown(&self, name: &str) -> String {
        let shown = clip(name, QUOTED_CHARS);
        let similar =
            (shown == name).then(|| nearest(name, self.by_name.keys().map(String::as_str)));
        let hint =
            similar.flatten().map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        format!("the robot has no actuator `{shown}`{hint}")
    }
}

/// True if a line is intended as a message: a JSON object with a `type`.
pub fn is_message(line: &str) -> bool {
    serde_json::from_str::<Keys>(line).is_ok_and(|keys| keys.has_type)
}

/// Truncates a text.
pub(super) fn clip(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text.to_owned(),
    }
}

/// The fields parsed so far, when parsing stops.
#[derive(Debug, Default)]
struct State {
    in_commands: Cell<bool>,
    request: Cell<Option<u64>>,
}

struct MessageSeed<'a> {
    replies: &'a Replies,
    state: &'a State,
}

const FIELDS: &[&str] = &["type", "protocol", "name", "request", "commands", "message"];

impl<'de> DeserializeSeed<'de> for MessageSeed<'_> {
    type Value = Reply;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Reply, D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// The fields of a message, whatever its type.
#[derive(Default)]
struct Fields {
    kind: Option<String>,
    protocol: Option<u32>,
    name: Option<String>,
    commands: Option<Vec<Vec<f32>>>,
    message: Option<String>,
    /// Flags for those of [`FIELDS`] that were present.
    seen: [bool; FIELDS.len()],
}

impl<'de> Visitor<'de> for MessageSeed<'_> {
    type Value = Reply;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object with a `type`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reply, A::Error> {
        let mut fields = Fields::default();
        while let Some(field) = map.next_key::<String>()? {
            let Some(index) = FIELDS.iter().position(|known| *known == field) else {
                return Err(Error::unknown_field(&clip(&field, QUOTED_CHARS), FIELDS));
            };
            if std::mem::replace(&mut fields.seen[index], true) {
                return Err(Error::custom(format_args!("`{field}` comes twice")));
            }
            match field.as_str() {
                "type" => fields.kind = Some(map.next_value()?),
                "protocol" => fields.protocol = map.next_value()?,
                "name" => fields.name = map.next_value()?,
                "message" => fields.message = Some(map.next_value()?),
                "request" => self.state.request.set(Some(map.next_value()?)),
                _ => {
                    self.state.in_commands.set(true);
                    fields.commands = Some(map.next_value_seed(ChunkSeed(self.replies))?);
                    self.state.in_commands.set(false);
                }
            }
        }
        fields.reply(self.state.request.get())
    }
}

impl Fields {
    fn reply<E: Error>(self, request: Option<u64>) -> Result<Reply, E> {
        let kind = self.kind.ok_or_else(|| E::missing_field("type"))?;
        let expected: &[&str] = match kind.as_str() {
            "ready" => &["type", "protocol", "name"],
            "command" => &["type", "request", "commands"],
            "error" => &["type", "message"],
            other => {
                let known = &["ready", "command", "error"];
                return Err(E::unknown_variant(&clip(other, QUOTED_CHARS), known));
            }
        };
        let mut given =
            FIELDS.iter().zip(self.seen).filter(|(_, seen)| *seen).map(|(field, _)| field);
        if let Some(foreign) = given.find(|field| !expected.contains(field)) {
            return Err(E::custom(format_args!("a `{kind}` has no `{foreign}`")));
        }
        match (self.commands, self.message, request) {
            _ if kind == "ready" => {
                let name = self.name.map(|name| clip(&name, NAME_CHARS));
                Ok(Reply::Ready { protocol: self.protocol, name })
            }
            (_, Some(message), _) => Ok(Reply::Error { message: clip(&message, TEXT_CHARS) }),
            (Some(commands), _, Some(request)) => Ok(Reply::Command { request, commands }),
            (commands, _, request) => Err(E::missing_field(match kind.as_str() {
                "error" => "message",
                _ if request.is_none() && commands.is_some() => "request",
                _ => "commands",
            })),
        }
    }
}

/// The keys of an object, of which only one is used.
struct Keys {
    has_type: bool,
}

impl<'de> serde::Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeysVisitor;
        impl<'de> Visitor<'de> for KeysVisitor {
            type Value = Keys;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut has_type = false;
                while let Some((key, _)) = map.next_entry::<String, IgnoredAny>()? {
                    has_type |= key == "type";
                }
                Ok(Keys { has_type })
            }
        }
        deserializer.deserialize_map(KeysVisitor)
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
