//! Specifications as the text that a person would write: short, without what
//! is understood by itself, and equal when read again.

mod values;

use std::fmt::Write as _;

use randori_core::spec::{
    ActuatorSpec, Base, CouplingSpec, EnvironmentSpec, GroundSpec, JointSpec, LinkSpec, LoopSpec,
    MaterialSpec, Mobility, ObjectSpec, RobotSpec, SensorSpec, ShapeSpec, VisualSpec,
};

pub(crate) use values::{number, quoted};

use values::{
    Fields, angle_pair, combine, coordinate, drive, errors, inertia, joint_kind, numbers, pose,
    shape, softness, string_list,
};

/// The text of a `Robot(...)` file.
pub fn robot_text(robot: &RobotSpec) -> String {
    let mut text = String::from("Robot(\n");
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "    {name}: {value},");
    };
    line("format", robot.format.to_string());
    line("name", quoted(&robot.name));
    if !robot.about.is_empty() {
        line("about", quoted(&robot.about));
    }
    let base = match &robot.base {
        Base::Fixed { link } => format!("Fixed(link: {})", quoted(link)),
        Base::Floating { link } => format!("Floating(link: {})", quoted(link)),
    };
    line("base", base);
    if robot.self_contact {
        line("self_contact", "true".to_owned());
    }
    let pairs = robot.contact_exclusions.iter();
    let pairs = pairs.map(|(one, other)| format!("({}, {})", quoted(one), quoted(other)));
    list(&mut text, "contact_exclusions", pairs);
    materials(&mut text, &robot.materials);
    list(&mut text, "links", robot.links.iter().map(link));
    list(&mut text, "joints", robot.joints.iter().map(joint));
    list(&mut text, "loops", robot.loops.iter().map(closed));
    list(&mut text, "couplings", robot.couplings.iter().map(coupling));
    list(&mut text, "actuators", robot.actuators.iter().map(actuator));
    list(&mut text, "sensors", robot.sensors.iter().map(sensor));
    if !robot.poses.is_empty() {
        text.push_str("    poses: {\n");
        for (name, pose) in &robot.poses {
            let joints: Vec<String> = pose
                .iter()
                .map(|(joint, value)| format!("{}: {}", quoted(joint), coordinate(*value)))
                .collect();
            let _ = writeln!(text, "        {}: {{{}}},", quoted(name), wrapped(&joints, 12));
        }
        text.push_str("    },\n");
    }
    text.push_str(")\n");
    text
}

/// The text of an `Environment(...)` file.
pub fn environment_text(environment: &EnvironmentSpec) -> String {
    let mut text = String::from("Environment(\n");
    let _ = writeln!(text, "    format: {},", environment.format);
    let _ = writeln!(text, "    name: {},", quoted(&environment.name));
    if !environment.about.is_empty() {
        let _ = writeln!(text, "    about: {},", quoted(&environment.about));
    }
    materials(&mut text, &environment.materials);
    if let Some(ground) = &environment.ground {
        let _ = writeln!(text, "    ground: {},", ground_text(ground));
    }
    list(&mut text, "objects", environment.objects.iter().map(object));
    text.push_str(")\n");
    text
}

/// A list with one element per line; nothing if it is empty.
fn list(text: &mut String, name: &str, elements: impl Iterator<Item = String>) {
    let elements: Vec<String> = elements.collect();
    if elements.is_empty() {
        return;
    }
    let _ = writeln!(text, "    {name}: [");
    for element in elements {
        let _ = writeln!(text, "        {element},");
    }
    text.push_str("    ],\n");
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

fn materials(text: &mut String, materials: &std::collections::BTreeMap<String, MaterialSpec>) {
    if materials.is_empty() {
        return;
    }
    text.push_str("    materials: {\n");
    let plain = MaterialSpec::default();
    for (name, material) in materials {
        let mut fields = Fields::new();
        fields.unless("friction", &material.friction, &plain.friction, |value| number(*value));
        let restitution = &material.restitution;
        fields.unless("restitution", restitution, &plain.restitution, |value| number(*value));
        fields.unless("combine", &material.combine, &plain.combine, |rule| combine(*rule));
        fields.unless("color", &material.color, &plain.color, |color| {
            numbers(&color.map(values::single))
        });
        let _ = writeln!(text, "        {}: {},", quoted(name), fields.text());
    }
    text.push_str("    },\n");
}

fn ground_text(ground: &GroundSpec) -> String {
    let plain = GroundSpec::default();
    let mut fields = Fields::new();
    fields.unless("height", &ground.height, &plain.height, |value| number(*value));
    fields.always("friction", number(ground.friction));
    fields.unless("restitution", &ground.restitution, &plain.restitution, |value| number(*value));
    fields.unless("priority", &ground.priority, &plain.priority, i32::to_string);
    let (torsional, rolling) = (&ground.torsional_friction, &ground.rolling_friction);
    fields.unless("torsional_friction", torsional, &0.0, |value| number(*value));
    fields.unless("rolling_friction", rolling, &0.0, |value| number(*value));
    fields.some("softness", ground.softness.as_ref(), softness);
    fields.unless("combine", &ground.combine, &plain.combine, |rule| combine(*rule));
    fields.text()
}

fn object(object: &ObjectSpec) -> String {
    let mut fields = Fields::new();
    fields.always("name", quoted(&object.name));
    fields.pose("pose", &object.pose);
    if let Mobility::Movable { mass_kg, linear_velocity, angular_velocity } = object.mobility {
        let mut inner = Fields::new();
        inner.always("mass_kg", number(mass_kg));
        let none = [0.0; 3];
        inner.unless("linear_velocity", &linear_velocity, &none, |value| numbers(value));
        inner.unless("angular_velocity", &angular_velocity, &none, |value| numbers(value));
        fields.always("mobility", format!("Movable{}", inner.text()));
    }
    let shapes: Vec<String> = object.shapes.iter().map(shape_text).collect();
    fields.always("shapes", format!("[{}]", shapes.join(", ")));
    fields.text()
}

fn link(link: &LinkSpec) -> String {
    let mut fields = Fields::new();
    fields.always("name", quoted(&link.name));
    fields.always("mass_kg", number(link.mass_kg));
    fields.some("com", link.com.as_ref(), |com| numbers(com));
    fields.some("inertia", inertia(&link.inertia).as_ref(), String::clone);
    let parts = |name: &str, parts: Vec<String>, fields: &mut Fields| {
        if !parts.is_empty() {
            let lines: Vec<String> =
                parts.iter().map(|part| format!("\n            {part},")).collect();
            fields.always(name, format!("[{}\n        ]", lines.concat()));
        }
    };
    parts("shapes", link.shapes.iter().map(shape_text).collect(), &mut fields);
    parts("visuals", link.visuals.iter().map(visual).collect(), &mut fields);
    fields.text()
}

fn shape_text(spec: &ShapeSpec) -> String {
    let mut fields = Fields::new();
    fields.some("name", spec.name.as_ref(), |name| quoted(name));
    fields.always("shape", shape(&spec.shape));
    fields.pose("pose", &spec.pose);
    fields.some("material", spec.material.as_ref(), |name| quoted(name));
    fields.some("friction", spec.friction.as_ref(), |value| number(*value));
    fields.some("restitution", spec.restitution.as_ref(), |value| number(*value));
    fields.unless("priority", &spec.priority, &0, i32::to_string);
    fields.unless("torsional_friction", &spec.torsional_friction, &0.0, |value| number(*value));
    fields.unless("rolling_friction", &spec.rolling_friction, &0.0, |value| number(*value));
    fields.some("softness", spec.softness.as_ref(), softness);
    fields.some("group", spec.group.as_ref(), |name| quoted(name));
    if !spec.ignores.is_empty() {
        fields.always("ignores", string_list(&spec.ignores));
    }
    fields.text()
}

fn visual(visual: &VisualSpec) -> String {
    let mut fields = Fields::new();
    fields.always("mesh", quoted(&visual.mesh));
    fields.pose("pose", &visual.pose);
    fields.unless("scale", &visual.scale, &[1.0; 3], |scale| numbers(scale));
    fields.some("color", visual.color.as_ref(), |color| numbers(&color.map(values::single)));
    fields.text()
}

fn joint(joint: &JointSpec) -> String {
    let mut fields = Fields::new();
    fields.always("name", quoted(&joint.name));
    fields.always("kind", joint_kind(&joint.kind));
    fields.always("parent", quoted(&joint.parent));
    fields.always("child", quoted(&joint.child));
    fields.pose("pose", &joint.pose);
    fields.unless("axis", &joint.axis, &randori_core::spec::Axis::default(), |axis| {
        values::axis(*axis)
    });
    for (name, value) in
        [("damping", joint.damping), ("friction", joint.friction), ("armature", joint.armature)]
    {
        fields.unless(name, &value, &0.0, |value| number(*value));
    }
    fields.some("spring", joint.spring.as_ref(), |spring| {
        let mut inner = Fields::new();
        inner.always("stiffness", number(spring.stiffness));
        let zero = randori_core::spec::Coordinate::Rad(0.0);
        inner.unless("rest", &spring.rest, &zero, |rest| coordinate(*rest));
        inner.text()
    });
    fields.unless("contacts", &joint.contacts, &false, ToString::to_string);
    fields.text()
}

fn closed(closed: &LoopSpec) -> String {
    let mut fields = Fields::new();
    fields.always("name", quoted(&closed.name));
    fields.always("kind", format!("{:?}", closed.kind));
    fields.always("link_a", quoted(&closed.link_a));
    fields.pose("pose_a", &closed.pose_a);
    fields.always("link_b", quoted(&closed.link_b));
    fields.pose("pose_b", &closed.pose_b);
    fields.text()
}

fn coupling(coupling: &CouplingSpec) -> String {
    let mut fields = Fields::new();
    fields.always("follower", quoted(&coupling.follower));
    fields.always("leader", quoted(&coupling.leader));
    fields.unless("ratio", &coupling.ratio, &1.0, |value| number(*value));
    fields.unless("offset", &coupling.offset, &0.0, |value| number(*value));
    fields.text()
}

fn actuator(actuator: &ActuatorSpec) -> String {
    let mut fields = Fields::new();
    fields.always("name", quoted(&actuator.name));
    fields.always("joint", quoted(&actuator.joint));
    fields.always("drive", drive(&actuator.drive));
    let limits = &actuator.limits;
    if *limits != randori_core::spec::ActuatorLimits::default() {
        let mut inner = Fields::new();
        inner.some("torque", limits.torque.as_ref(), |value| number(*value));
        inner.some("speed", limits.speed.as_ref(), |value| number(*value));
        inner.some("rate", limits.rate.as_ref(), |value| number(*value));
        inner.some("command", limits.command.as_ref(), |range| angle_pair(*range));
        fields.always("limits", inner.text());
    }
    fields.unless("delay", &actuator.delay, &0.0, |value| number(*value));
    fields.text()
}

fn sensor(sensor: &SensorSpec) -> String {
    let mut fields = Fields::new();
    fields.always("name", quoted(&sensor.name));
    fields.some("link", sensor.link.as_ref(), |link| quoted(link));
    fields.pose("pose", &sensor.pose);
    fields.always("kind", sensor.kind.text());
    fields.some("rate_hz", sensor.rate_hz.as_ref(), |value| number(*value));
    fields.unless("offset_s", &sensor.offset_s, &0.0, |value| number(*value));
    fields.some("errors", errors(&sensor.errors).as_ref(), String::clone);
    fields.text()
}

/// A pose as text.
pub(crate) fn pose_text(spec: &randori_core::spec::PoseSpec) -> String {
    pose(spec)
}
