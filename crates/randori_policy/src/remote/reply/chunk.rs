//! Parses the actions of a response directly to numbers.
//!
//! Start reading at [`ChunkSeed`].

use std::fmt;

use randori_core::policy::ActionChannel;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{MAX_CHUNK, Replies};

/// The action chunk of a response.
pub(super) struct ChunkSeed<'a>(pub(super) &'a Replies);

impl<'de> DeserializeSeed<'de> for ChunkSeed<'_> {
    type Value = Vec<Vec<f32>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ChunkSeed<'_> {
    type Value = Vec<Vec<f32>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of 1 to {MAX_CHUNK} commands")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut commands = Vec::new();
        while let Some(command) = items.next_element_seed(CommandSeed(self.0))? {
            if commands.len() == MAX_CHUNK {
                let what = format_args!("it holds more than {MAX_CHUNK} commands");
                return Err(Error::custom(what));
            }
            commands.push(command);
        }
        if commands.is_empty() {
            return Err(Error::custom(format_args!("it holds no command, not 1 to {MAX_CHUNK}")));
        }
        Ok(commands)
    }
}

/// One action: a list of all inputs, or an object by actuator name.
struct CommandSeed<'a>(&'a Replies);

impl<'de> DeserializeSeed<'de> for CommandSeed<'_> {
    type Value = Vec<f32>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CommandSeed<'_> {
    type Value = Vec<f32>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of numbers or an object by actuator name as a command")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        let Self(Replies { actions, owners, .. }) = self;
        let names = owners.iter().map(|owner| actions[*owner].name.as_str());
        let expected = names.len();
        numbers(items, names)?.map_err(|given| {
            Error::custom(match given {
                Some(given) => format!("it has {given} values, but the robot takes {expected}"),
                None => format!("it has more than the {expected} values that the robot takes"),
            })
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let actions = &self.0.actions;
        let mut given: Vec<Option<Vec<f32>>> = vec![None; actions.len()];
        while let Some(name) = map.next_key::<String>()? {
            let Some(&index) = self.0.by_name.get(&name) else {
                return Err(Error::custom(self.0.unknown(&name)));
            };
            if given[index].replace(map.next_value_seed(InputsSeed(&actions[index]))?).is_some() {
                return Err(Error::custom(format_args!("it names `{name}` twice")));
            }
        }
        let mut command = Vec::with_capacity(self.0.owners.len());
        for (action, values) in actions.iter().zip(given) {
            let silent = || Error::custom(format_args!("it says nothing about `{}`", action.name));
            command.extend(values.ok_or_else(silent)?);
        }
        Ok(command)
    }
}

/// The inputs of one actuator: a list, or a number for the first of them.
struct InputsSeed<'a>(&'a ActionChannel);

impl<'de> DeserializeSeed<'de> for InputsSeed<'_> {
    type Value = Vec<f32>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for InputsSeed<'_> {
    type Value = Vec<f32>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a number or a list of numbers for `{}`", self.0.name)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        let Self(ActionChannel { name, inputs, .. }) = self;
        numbers(items, inputs.iter().map(|_| name.as_str()))?.map_err(|given| {
            let given = given.map_or("too many".to_owned(), |given| given.to_string());
            let inputs = crate::listed(inputs.iter().map(|input| input.name()));
            Error::custom(format_args!("`{name}` got {given} values for its inputs {inputs}"))
        })
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        let mut values = vec![NumberSeed(&self.0.name).visit_f64(value)?];
        values.resize(self.0.inputs.len(), 0.0);
        Ok(values)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.visit_f64(value as f64)
    }
}

/// Parses a list with one number for each of these actuators; otherwise returns its length, `None`
/// if it is too long.
fn numbers<'de, 'a, A: SeqAccess<'de>>(
    mut items: A,
    owners: impl ExactSizeIterator<Item = &'a str>,
) -> Result<Result<Vec<f32>, Option<usize>>, A::Error> {
    let mut values = Vec::with_capacity(owners.len());
    for owner in owners {
        match items.next_element_seed(NumberSeed(owner))? {
            Some(value) => values.push(value),
            None => return Ok(Err(Some(values.len()))),
        }
    }
    let is_over = items.next_element::<IgnoredAny>()?.is_none();
    Ok(if is_over { Ok(values) } else { Err(None) })
}

/// A number for this actuator.
struct NumberSeed<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for NumberSeed<'_> {
    type Value = f32;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<f32, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for NumberSeed<'_> {
    type Value = f32;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a number for `{}`", self.0)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f32, E> {
        let narrow = value as f32;
        narrow.is_finite().then_some(narrow).ok_or_else(|| {
            let Self(name) = self;
            E::custom(format_args!(
                "`{name}` got {value:e}, which is too large for a single-precision number"
            ))
        })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<f32, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<f32, E> {
        self.visit_f64(value as f64)
    }
}
