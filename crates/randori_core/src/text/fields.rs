//! The fields of spec types, as seen by serde, and the containers along a path.
//!
//! Spec types describe themselves only while they are deserialised. So a probe starts to
//! deserialise one, notes its requests, and stops. A list maintained by hand would be wrong
//! after the next added field.

use std::cell::RefCell;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::sources::Part;
use crate::spec::{ContractSpec, EnvironmentSpec, RobotSpec, ScenarioSpec};

/// The names of the fields of structure `T`, as texts write them.
pub(super) fn fields_of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let trace = RefCell::default();
    let _stopped = T::deserialize(Probe { path: &[], trace: &trace });
    trace.into_inner().fields
}

/// A container of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// A structure with named fields.
    Struct,
    /// A map with keys of the user's choice.
    Map,
    /// A list.
    List,
}

/// The container of each step of a path from the root of a file, as far as it follows from
/// types alone: not beyond choices such as `Lidar(...)`.
pub(super) fn containers(part: Part, path: &[&str]) -> Vec<Container> {
    let trace = RefCell::default();
    let probe = Probe { path, trace: &trace };
    // Each of them stops with an error when the path ends.
    match part {
        Part::Scenario => drop(ScenarioSpec::deserialize(probe)),
        Part::Environment => drop(EnvironmentSpec::deserialize(probe)),
        Part::Robot(_) => drop(RobotSpec::deserialize(probe)),
        Part::Contract(_) => drop(ContractSpec::deserialize(probe)),
    }
    trace.into_inner().containers
}

#[derive(Default)]
struct Trace {
    /// Fields of the structure at the end of the path.
    fields: &'static [&'static str],
    containers: Vec<Container>,
}

#[derive(Clone, Copy)]
struct Probe<'p> {
    path: &'p [&'p str],
    trace: &'p RefCell<Trace>,
}

impl<'p> Probe<'p> {
    /// Enters a container; returns the next name of the path and a probe for its value.
    fn enter(self, container: Container) -> Result<Step<'p>, Stop> {
        let (name, path) = self.path.split_first().ok_or(Stop)?;
        self.trace.borrow_mut().containers.push(container);
        Ok(Step { name: Some(name), value: Self { path, ..self } })
    }
}

/// A map or list with the single element that lies on the path.
struct Step<'p> {
    name: Option<&'p str>,
    value: Probe<'p>,
}

impl<'de> MapAccess<'de> for Step<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stop> {
        let Some(name) = self.name.take() else { return Err(Stop) };
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Stop> {
        seed.deserialize(self.value)
    }
}

impl<'de> SeqAccess<'de> for Step<'_> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stop> {
        seed.deserialize(self.value).map(Some)
    }
}

/// The end of a probe: it provides no values.
#[derive(Debug)]
struct Stop;

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the probe stops here")
    }
}

impl std::error::Error for Stop {}

impl Error for Stop {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self
    }
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Stop;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        Err(Stop)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_seq(self.enter(Container::List)?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_map(self.enter(Container::Map)?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        if self.path.is_empty() {
            self.trace.borrow_mut().fields = fields;
        }
        visitor.visit_map(self.enter(Container::Struct)?)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf
        unit unit_struct newtype_struct tuple tuple_struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{EventSpec, RobotEntry};

    #[test]
    fn fields_have_the_names_that_texts_use() {
        assert!(fields_of::<RobotEntry>().contains(&"policy"));
        assert!(fields_of::<EventSpec>().contains(&"do"));
        assert!(fields_of::<u32>().is_empty());
    }

    #[test]
    fn maps_are_told_from_structures_on_the_way() {
        use Container::{List, Map, Struct};
        let path = ["robots", "pup", "start", "joints", "knee"];

        assert_eq!(containers(Part::Scenario, &path), [Struct, List, Struct, Struct, Map]);
        assert_eq!(
            containers(Part::Scenario, &["robots", "0", "stat", "x"]),
            [Struct, List, Struct]
        );
    }
}
