//! The names of the fields of a spec type, as serde knows them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// The names of the fields of structure `T`, renamed as in text.
///
/// Spec types describe themselves only while they are deserialised, so this
/// starts to deserialise one and stops as soon as it has named its fields. A
/// list kept by hand would be wrong after the next added field.
pub(crate) fn fields_of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    match T::deserialize(FieldProbe) {
        Err(Answer(fields)) => fields,
        Ok(_) => &[],
    }
}

struct FieldProbe;

#[derive(Debug)]
struct Answer(&'static [&'static str]);

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.0)
    }
}

impl std::error::Error for Answer {}

impl Error for Answer {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self(&[])
    }
}

impl<'de> Deserializer<'de> for FieldProbe {
    type Error = Answer;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Answer> {
        Err(Answer(&[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Answer> {
        Err(Answer(fields))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map enum
        identifier ignored_any
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
}
