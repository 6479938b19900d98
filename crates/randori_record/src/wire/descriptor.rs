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
        message_type: described_messages(),
        ..FileDescriptorProto::default()
    }
}

fn described_messages() -> Vec<DescriptorProto> {
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
                ["contact_forces", "dropped_poses", "dropped_twists"]
                    .map(|name| many(name, Float))
                    .to_vec(),
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
        message(
            "Intervention",
            vec![one("tick", Uint64), optional("push", "Push"), optional("drop", "DropBox")],
        ),
        message("Push", vec![one("body", Uint64), many("at", Float), many("impulse", Float)]),
        message("DropBox", vec![many("size", Float), one("mass_kg", Float), many("pose", Float)]),
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

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;
    use crate::wire::{Topic, messages};

    /// Checks that a message whose fields all have values is encoded as its
    /// description says, and that the struct has the described field names.
    fn holds<M: prost::Message + Default + Debug>(name: &str, fill: impl FnOnce(&mut M)) {
        let described = described_messages().into_iter().find(|message| message.name() == name);
        let described = described.expect("the message is described");
        let mut full = M::default();
        fill(&mut full);
        let text = format!("{full:?}");
        let bytes = full.encode_to_vec();
        let mut numbers = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let key = prost::encoding::decode_key(&mut rest).expect("a field begins with its key");
            let field = described.field.iter().find(|field| field.number() == key.0 as i32);
            let field = field.expect("the field is described");
            let packed = field.label() == Label::Repeated;
            let wire = match field.r#type() {
                _ if packed => "LengthDelimited",
                Type::Uint64 | Type::Bool => "Varint",
                Type::Fixed64 => "SixtyFourBit",
                Type::Float => "ThirtyTwoBit",
                _ => "LengthDelimited",
            };
            assert_eq!(format!("{:?}", key.1), wire, "{name}.{}", field.name());
            assert!(text.contains(&format!("{}: ", field.name())), "{name}.{}", field.name());
            numbers.push(key.0 as i32);
            let context = prost::encoding::DecodeContext::default();
            prost::encoding::skip_field(key.1, key.0, &mut rest, context).expect("it is whole");
        }
        let expected: Vec<i32> = described.field.iter().map(FieldDescriptorProto::number).collect();
        assert_eq!(numbers, expected, "{name}");
    }

    #[test]
    fn messages_are_encoded_as_they_are_described() {
        let command = || vec![messages::Command { values: vec![1.0] }];
        holds::<messages::Hash>("Hash", |m| {
            (m.tick, m.hash, m.events, m.sensors) = (1, 1, 1, 1);
            (m.policies, m.actuators, m.world) = (1, 1, 1);
        });
        holds::<messages::State>("State", |m| {
            m.tick = 1;
            for list in [
                &mut m.poses,
                &mut m.twists,
                &mut m.positions,
                &mut m.velocities,
                &mut m.torques,
                &mut m.applied,
                &mut m.contact_forces,
                &mut m.dropped_poses,
                &mut m.dropped_twists,
            ] {
                list.push(1.0);
            }
            m.signals.push(1.0);
            m.contact_bodies.push(1);
            m.contact_others.push(1);
        });
        holds::<messages::Reading>("Reading", |m| {
            (m.tick, m.robot, m.sensor, m.measured_at, m.delivered_at) = (1, 1, 1, 1, 1);
            (m.lost, m.measured, m.truth) = (true, vec![1.0], vec![1.0]);
        });
        holds::<messages::Request>("Request", |m| {
            (m.tick, m.robot, m.request, m.asked_at) = (1, 1, 1, 1);
            (m.values, m.measured_at, m.arrived) = (vec![1.0], vec![1], vec![true]);
        });
        holds::<messages::Command>("Command", |m| m.values.push(1.0));
        holds::<messages::Reply>("Reply", |m| {
            (m.tick, m.robot, m.request, m.asked_at, m.commands) = (1, 1, 1, 1, command());
        });
        holds::<messages::Commands>("Commands", |m| (m.tick, m.robots) = (1, command()));
        holds::<messages::Intervention>("Intervention", |m| {
            (m.tick, m.push) = (1, Some(messages::Push::default()));
            m.drop = Some(messages::DropBox::default());
        });
        holds::<messages::DropBox>("DropBox", |m| {
            (m.size, m.mass_kg, m.pose) = (vec![1.0], 1.0, vec![1.0]);
        });
        holds::<messages::Push>("Push", |m| {
            (m.body, m.at, m.impulse) = (1, vec![1.0], vec![1.0]);
        });
        holds::<messages::Event>("Event", |m| (m.tick, m.event, m.what) = (1, 1, "x".to_owned()));
        holds::<messages::Decided>("Decided", |m| (m.tick, m.goal, m.holds) = (1, 1, true));
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
