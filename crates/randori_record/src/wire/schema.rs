//! Makes the messages of a list, and what other tools are told of them.
//!
//! Start reading at [`descriptor_set`].

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

use super::messages::described_messages;

/// The schema of all our channels, as MCAP wants it: an encoded
/// `FileDescriptorSet`.
pub(crate) fn descriptor_set() -> Vec<u8> {
    let file = FileDescriptorProto {
        name: Some("randori.proto".to_owned()),
        package: Some("randori".to_owned()),
        syntax: Some("proto3".to_owned()),
        message_type: described_messages(),
        ..FileDescriptorProto::default()
    };
    FileDescriptorSet { file: vec![file] }.encode_to_vec()
}

/// Makes structs of messages, and `described_messages`. A field is written `name:
/// kind label = number` in the words of `prost`. The kind `message` has a label
/// always, with the name of the message after it.
macro_rules! messages {
    ($(
        $(#[$about:meta])*
        $message:ident {
            $(
                $(#[$field_about:meta])*
                $field:ident: $kind:ident $($label:ident $($nested:ident)?)? = $number:tt,
            )*
        }
    )*) => {
        $(
            $(#[$about])*
            #[derive(Clone, PartialEq, prost::Message)]
            pub(crate) struct $message {
                $(
                    $(#[$field_about])*
                    #[prost($kind $(, $label)?, tag = $number)]
                    pub(crate) $field: $crate::wire::schema::rust_type!(
                        $kind $($label $($nested)?)?
                    ),
                )*
            }
        )*

        /// All of them, in the order of the list.
        pub(crate) fn described_messages() -> Vec<prost_types::DescriptorProto> {
            use $crate::wire::schema::{described_field, described_message};
            vec![$(
                described_message(stringify!($message), vec![$(
                    described_field(
                        stringify!($field),
                        $number,
                        stringify!($kind),
                        stringify!($($label)?),
                        stringify!($($($nested)?)?),
                    ),
                )*]),
            )*]
        }
    };
}

/// The type of a field of such a kind.
macro_rules! rust_type {
    (message optional $nested:ident) => { Option<$nested> };
    (message repeated $nested:ident) => { Vec<$nested> };
    ($kind:ident repeated) => { Vec<$crate::wire::schema::rust_type!($kind)> };
    (bool) => { bool };
    (double) => { f64 };
    (fixed64) => { u64 };
    (float) => { f32 };
    (string) => { String };
    (uint64) => { u64 };
}

pub(crate) use {messages, rust_type};

pub(crate) fn described_message(name: &str, field: Vec<FieldDescriptorProto>) -> DescriptorProto {
    DescriptorProto { name: Some(name.to_owned()), field, ..DescriptorProto::default() }
}

/// A list of numbers is packed, as is the rule in proto3.
pub(crate) fn described_field(
    name: &str,
    number: i32,
    kind: &str,
    label: &str,
    nested: &str,
) -> FieldDescriptorProto {
    let kind = Type::from_str_name(&format!("TYPE_{}", kind.to_uppercase()));
    let label = if label == "repeated" { Label::Repeated } else { Label::Optional };
    FieldDescriptorProto {
        name: Some(name.to_owned()),
        json_name: Some(name.to_owned()),
        number: Some(number),
        label: Some(label as i32),
        r#type: kind.map(|kind| kind as i32),
        type_name: (!nested.is_empty()).then(|| format!(".randori.{nested}")),
        ..FieldDescriptorProto::default()
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::wire::Topic;

    /// Files hold the schema that they were written with. A new field changes this
    /// sum; a change of a field that files have makes them unreadable.
    #[test]
    fn the_schema_is_as_it_was_written_into_files() {
        let sum = Sha256::digest(descriptor_set());

        assert_eq!(
            format!("{sum:x}"),
            "f6f688b72c44a96b05f4a06d987227ebe55ac57c2c7fbae819d6c8027ee3648d"
        );
    }

    #[test]
    fn every_topic_has_a_described_message() {
        let names: Vec<String> = described_messages()
            .iter()
            .map(|message| format!("randori.{}", message.name()))
            .collect();

        for topic in Topic::ALL {
            assert!(names.contains(&topic.message().to_owned()), "{}", topic.message());
        }
    }
}
