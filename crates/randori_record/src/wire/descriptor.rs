//! The description of our messages by which any tool can decode them.

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

/// The schema of all our channels, as MCAP wants it: an encoded
/// `FileDescriptorSet`.
pub(crate) fn descriptor_set() -> Vec<u8> {
    FileDescriptorSet { file: vec![file()] }.encode_to_vec()
}

fn file() -> FileDescriptorProto {
    FileDescriptorProto {
        name: Some("randori.proto".to_owned()),
        package: Some("randori".to_owned()),
        syntax: Some("proto3".to_owned()),
        message_type: messages(),
        ..FileDescriptorProto::default()
    }
}

fn messages() -> Vec<DescriptorProto> {
    use Type::{Bool, Double, Fixed64, Float, String, Uint64};
    let answer = [one("tick", Uint64), one("robot", Uint64), one("request", Uint64)];
    vec![
        message(
            "Hash",
            [
                vec![one("tick", Uint64)],
                ["hash", "events", "sensors", "policies", "actuators", "world"]
                    .map(|name| one(name, Fixed64))
                    .to_vec(),
            ]
            .concat(),
        ),
        message(
            "State",
            [
                vec![one("tick", Uint64)],
                ["poses", "twists", "positions", "velocities", "torques", "applied"]
                    .map(|name| many(name, Float))
                    .to_vec(),
                vec![many("signals", Double)],
                vec![many("contact_bodies", Uint64), many("contact_others", Uint64)],
                vec![many("contact_forces", Float)],
            ]
            .concat(),
        ),
        message(
            "Reading",
            [
                ["tick", "robot", "sensor", "measured_at", "delivered_at"]
                    .map(|name| one(name, Uint64))
                    .to_vec(),
                vec![one("lost", Bool), many("measured", Float), many("truth", Float)],
            ]
            .concat(),
        ),
        message(
            "Request",
            [
                answer.to_vec(),
                vec![one("asked_at", Uint64), many("values", Float)],
                vec![many("measured_at", Uint64), many("arrived", Bool)],
            ]
            .concat(),
        ),
        message("Command", vec![many("values", Float)]),
        message(
            "Reply",
            [answer.to_vec(), vec![one("asked_at", Uint64), nested("commands", "Command")]]
                .concat(),
        ),
        message("Commands", vec![one("tick", Uint64), nested("robots", "Command")]),
        message("Intervention", vec![one("tick", Uint64), optional("push", "Push")]),
        message("Push", vec![one("body", Uint64), many("at", Float), many("impulse", Float)]),
        message("Event", vec![one("tick", Uint64), one("event", Uint64), one("what", String)]),
        message("Decided", vec![one("tick", Uint64), one("goal", Uint64), one("holds", Bool)]),
    ]
}

/// A message whose fields are numbered from 1.
fn message(name: &str, mut fields: Vec<FieldDescriptorProto>) -> DescriptorProto {
    for (field, number) in fields.iter_mut().zip(1..) {
        field.number = Some(number);
    }
    DescriptorProto { name: Some(name.to_owned()), field: fields, ..DescriptorProto::default() }
}

fn one(name: &str, kind: Type) -> FieldDescriptorProto {
    field(name, kind, Label::Optional)
}

/// A list of numbers, packed, as is the rule in proto3.
fn many(name: &str, kind: Type) -> FieldDescriptorProto {
    field(name, kind, Label::Repeated)
}

fn optional(name: &str, message: &str) -> FieldDescriptorProto {
    let type_name = Some(format!(".randori.{message}"));
    FieldDescriptorProto { type_name, ..field(name, Type::Message, Label::Optional) }
}

fn nested(name: &str, message: &str) -> FieldDescriptorProto {
    FieldDescriptorProto { label: Some(Label::Repeated as i32), ..optional(name, message) }
}

fn field(name: &str, kind: Type, label: Label) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name.to_owned()),
        json_name: Some(name.to_owned()),
        label: Some(label as i32),
        r#type: Some(kind as i32),
        ..FieldDescriptorProto::default()
    }
}
