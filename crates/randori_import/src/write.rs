//! Specifications as concise text, without default values, which reads back as the
//! same value.
//!
//! Start reading at [`robot_text`].

mod defaults;
mod value;

use std::fmt::Write as _;

use randori_core::spec::{EnvironmentSpec, PoseSpec, RobotSpec};

use defaults::without_defaults;
use value::Value;

/// The text of a `Robot(...)` file.
pub fn robot_text(robot: &RobotSpec) -> String {
    file_text("Robot", without_defaults(robot))
}

/// The text of an `Environment(...)` file.
pub fn environment_text(environment: &EnvironmentSpec) -> String {
    file_text("Environment", without_defaults(environment))
}

/// A pose as text.
pub(crate) fn pose_text(pose: &PoseSpec) -> String {
    without_defaults(pose).to_string()
}

/// A field per line, and an element of its list or map per line.
fn file_text(kind: &str, value: Value) -> String {
    let mut text = format!("{kind}(\n");
    let Value::Struct(_, fields) = value else { return text };
    for (name, value) in fields {
        let value = match value {
            Value::List(items) => {
                let is_long = name == "links";
                let items = items.into_iter().map(|item| element_text(item, is_long));
                format!("[\n{}    ]", lines(8, items))
            }
            Value::Map(entries) => {
                let entries = entries.into_iter().map(|(key, it)| entry_text(&key, it));
                format!("{{\n{}    }}", lines(8, entries))
            }
            single => single.to_string(),
        };
        let _ = writeln!(text, "    {name}: {value},");
    }
    text.push_str(")\n");
    text
}

fn lines(indent: usize, elements: impl Iterator<Item = String>) -> String {
    elements.map(|element| format!("{:indent$}{element},\n", "")).collect::<Vec<_>>().concat()
}

/// An element of a list, with its name in front. If it `is_long`, each of its
/// parts gets a line.
fn element_text(element: Value, is_long: bool) -> String {
    let Value::Struct(kind, mut fields) = element else { return element.to_string() };
    named_first(&mut fields);
    let fields = fields.into_iter().map(|(name, value)| match value {
        Value::List(items) if is_long && matches!(items[..], [Value::Struct(..), ..]) => {
            let items = items.into_iter().map(|item| element_text(item, false));
            format!("{name}: [\n{}        ]", lines(12, items))
        }
        value => format!("{name}: {value}"),
    });
    format!("{kind}({})", fields.collect::<Vec<_>>().join(", "))
}

fn named_first(fields: &mut [(String, Value)]) {
    if let Some(place) = fields.iter().position(|(name, _)| name == "name") {
        fields[..=place].rotate_right(1);
    }
}

/// An entry of a map; a map in it gets several lines if it is long.
fn entry_text(key: &str, entry: Value) -> String {
    let Value::Map(entries) = entry else { return format!("{key}: {entry}") };
    let entries: Vec<String> =
        entries.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("{key}: {{{}}}", wrapped(&entries, 12))
}

/// Entries separated by commas, broken into lines of a few.
pub(crate) fn wrapped(entries: &[String], indent: usize) -> String {
    if entries.len() <= 4 {
        return entries.join(", ");
    }
    let pad = " ".repeat(indent);
    let lines: Vec<String> =
        entries.chunks(4).map(|part| format!("{pad}{}", part.join(", "))).collect();
    format!("\n{},\n{}", lines.join(",\n"), &pad[4..])
}

/// The shortest text that reads back as the same number.
pub(crate) fn number(value: f64) -> String {
    format!("{value:?}")
}

/// A string as RON writes it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            control if control.is_control() => quoted.extend(control.escape_unicode()),
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use randori_core::text::{Limits, MemoryFiles, load_robot};

    use super::*;

    /// A robot file as it is written.
    const SHORT: &str = r#"Robot(
    format: 1,
    name: "arm",
    base: Fixed(link: "base"),
    materials: {
        "grip": (friction: 1.0, color: (0.1, 0.2, 0.3)),
    },
    links: [
        (name: "base", mass_kg: 0.0),
        (name: "tip", mass_kg: 1.0, inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.1), shapes: [
            (name: "pad", shape: Box(size: (0.1, 0.1, 0.2)), pose: (xyz: (0.0, 0.0, 0.1)), material: "grip"),
            (shape: Sphere(radius: 0.1)),
        ]),
    ],
    joints: [
        (name: "j", kind: Revolute(limits: (lower: Deg(-90.0), upper: Deg(90.0))), parent: "base", child: "tip", axis: Y),
    ],
    actuators: [
        (name: "m", joint: "j", drive: Position(kp: 9.0, kd: 1.0), limits: (torque: 5.0)),
    ],
    sensors: [
        (name: "joints", kind: JointState()),
    ],
    poses: {
        "up": {"j": Deg(45.0)},
    },
)
"#;

    fn robot(text: &str) -> RobotSpec {
        let files = MemoryFiles::new([("r.ron", text)]);
        load_robot(&files, "r.ron", &Limits::default()).expect("it is a robot").0
    }

    #[test]
    fn what_is_understood_by_itself_is_not_said() {
        let long = SHORT
            .replace("format: 1,", "format: 1, about: \"\", self_contact: false, couplings: [],")
            .replace("(friction: 1.0,", "(friction: 1.0, restitution: 0.0, combine: Average,")
            .replace("mass_kg: 1.0,", "mass_kg: 1.0, com: None,")
            .replace("radius: 0.1)", "radius: 0.1), pose: (xyz: (0, -0.0, 0)), priority: 0")
            .replace("JointState()", "JointState(joints: [])")
            .replace("axis: Y", "axis: Y, damping: 0.0, spring: None");

        assert_eq!(robot_text(&robot(&long)), SHORT);
        assert_eq!(robot(SHORT), robot(&long));
    }
}
