//! Numbers, poses, shapes and other small values as text.

use randori_core::spec::{
    Angle, Axis, ChannelErrorSpec, CombineRule, Coordinate, Drive, ErrorSpec, InertiaSpec,
    JointKind, Noise, PoseSpec, Shape, SoftnessSpec,
};

/// `(name: value, ...)`, without fields that need not be said.
#[derive(Debug, Default)]
pub(super) struct Fields {
    parts: Vec<String>,
}

impl Fields {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn always(&mut self, name: &str, value: impl AsRef<str>) {
        self.parts.push(format!("{name}: {}", value.as_ref()));
    }

    /// A field that is left out at its default.
    pub(super) fn unless<T: PartialEq>(
        &mut self,
        name: &str,
        value: &T,
        default: &T,
        text: impl Fn(&T) -> String,
    ) {
        if value != default {
            self.always(name, text(value));
        }
    }

    /// A field that may be absent.
    pub(super) fn some<T>(&mut self, name: &str, value: Option<&T>, text: impl Fn(&T) -> String) {
        if let Some(value) = value {
            self.always(name, text(value));
        }
    }

    pub(super) fn pose(&mut self, name: &str, value: &PoseSpec) {
        self.unless(name, value, &PoseSpec::default(), pose);
    }

    pub(super) fn text(&self) -> String {
        format!("({})", self.parts.join(", "))
    }

    fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// The shortest text that reads back as the same number.
pub(crate) fn number(value: f64) -> String {
    format!("{value:?}")
}

/// A single-precision number with its own, shorter digits.
pub(super) fn single(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

/// `(1.0, 2.0)`.
pub(super) fn numbers(values: &[f64]) -> String {
    let parts: Vec<String> = values.iter().map(|value| number(*value)).collect();
    format!("({})", parts.join(", "))
}

pub(super) fn angle_pair((low, high): (f64, f64)) -> String {
    numbers(&[low, high])
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

pub(super) fn string_list(texts: &[String]) -> String {
    let parts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", parts.join(", "))
}

pub(super) fn angle(value: Angle) -> String {
    match value {
        Angle::Deg(value) => format!("Deg({})", number(value)),
        Angle::Rad(value) => format!("Rad({})", number(value)),
    }
}

pub(super) fn coordinate(value: Coordinate) -> String {
    match value {
        Coordinate::Deg(value) => format!("Deg({})", number(value)),
        Coordinate::Rad(value) => format!("Rad({})", number(value)),
        Coordinate::M(value) => format!("M({})", number(value)),
        Coordinate::Rpy(roll, pitch, yaw) => {
            format!("Rpy({}, {}, {})", angle(roll), angle(pitch), angle(yaw))
        }
        Coordinate::Quat(x, y, z, w) => format!("Quat{}", numbers(&[x, y, z, w])),
    }
}

pub(super) fn axis(value: Axis) -> String {
    match value {
        Axis::X => "X".to_owned(),
        Axis::Y => "Y".to_owned(),
        Axis::Z => "Z".to_owned(),
        Axis::Along(x, y, z) => format!("Along{}", numbers(&[x, y, z])),
    }
}

pub(super) fn pose(value: &PoseSpec) -> String {
    let mut fields = Fields::new();
    fields.unless("xyz", &value.xyz, &[0.0; 3], |xyz| numbers(xyz));
    fields.some("rpy", value.rpy.as_ref(), |angles| {
        let parts: Vec<String> = angles.iter().map(|part| angle(*part)).collect();
        format!("({})", parts.join(", "))
    });
    fields.some("quat", value.quat.as_ref(), |quat| numbers(quat));
    fields.text()
}

pub(super) fn combine(rule: CombineRule) -> String {
    format!("{rule:?}")
}

/// Moments; `None` if they follow from shapes.
pub(super) fn inertia(value: &InertiaSpec) -> Option<String> {
    let InertiaSpec::Moments { ixx, iyy, izz, ixy, ixz, iyz } = value else { return None };
    let mut fields = Fields::new();
    for (name, moment) in [("ixx", ixx), ("iyy", iyy), ("izz", izz)] {
        fields.always(name, number(*moment));
    }
    for (name, product) in [("ixy", ixy), ("ixz", ixz), ("iyz", iyz)] {
        fields.unless(name, product, &0.0, |value| number(*value));
    }
    Some(format!("Moments{}", fields.text()))
}

pub(super) fn shape(value: &Shape) -> String {
    let points = |points: &[[f64; 3]]| -> String {
        let parts: Vec<String> = points.iter().map(|point| numbers(point)).collect();
        format!("[{}]", parts.join(", "))
    };
    let round = |name: &str, radius: f64, length: f64| {
        format!("{name}(radius: {}, length: {})", number(radius), number(length))
    };
    match value {
        Shape::Box { size } => format!("Box(size: {})", numbers(size)),
        Shape::Sphere { radius } => format!("Sphere(radius: {})", number(*radius)),
        Shape::Capsule { radius, length } => round("Capsule", *radius, *length),
        Shape::Cylinder { radius, length } => round("Cylinder", *radius, *length),
        Shape::Cone { radius, length } => round("Cone", *radius, *length),
        Shape::ConvexHull { points: corners } => {
            format!("ConvexHull(points: {})", points(corners))
        }
        Shape::TriangleMesh { vertices, triangles } => {
            let triangles: Vec<String> =
                triangles.iter().map(|[a, b, c]| format!("({a}, {b}, {c})")).collect();
            let triangles = triangles.join(", ");
            format!("TriangleMesh(vertices: {}, triangles: [{triangles}])", points(vertices))
        }
        Shape::Heightfield { size, heights } => {
            let rows: Vec<String> = heights
                .iter()
                .map(|row| {
                    let row: Vec<String> = row.iter().map(|height| number(*height)).collect();
                    format!("[{}]", row.join(", "))
                })
                .collect();
            format!("Heightfield(size: {}, heights: [{}])", numbers(size), rows.join(", "))
        }
        Shape::Plane => "Plane".to_owned(),
    }
}

pub(super) fn softness(value: &SoftnessSpec) -> String {
    let plain = SoftnessSpec::default();
    let mut fields = Fields::new();
    let ratio = (value.friction_stiffness_ratio, plain.friction_stiffness_ratio);
    for (name, (value, default)) in [
        ("time_constant", (value.time_constant, plain.time_constant)),
        ("damping_ratio", (value.damping_ratio, plain.damping_ratio)),
        ("impedance", (value.impedance, plain.impedance)),
        ("impedance_at_width", (value.impedance_at_width, plain.impedance_at_width)),
        ("width", (value.width, plain.width)),
        ("friction_stiffness_ratio", ratio),
    ] {
        fields.unless(name, &value, &default, |value| number(*value));
    }
    fields.text()
}

pub(super) fn joint_kind(kind: &JointKind) -> String {
    match kind {
        JointKind::Fixed => "Fixed".to_owned(),
        JointKind::Revolute { limits } => {
            let (lower, upper) = (angle(limits.lower), angle(limits.upper));
            format!("Revolute(limits: (lower: {lower}, upper: {upper}))")
        }
        JointKind::Continuous => "Continuous".to_owned(),
        JointKind::Prismatic { limits: None } => "Prismatic()".to_owned(),
        JointKind::Prismatic { limits: Some(limits) } => {
            let (lower, upper) = (number(limits.lower), number(limits.upper));
            format!("Prismatic(limits: (lower: {lower}, upper: {upper}))")
        }
        JointKind::Spherical => "Spherical".to_owned(),
    }
}

pub(super) fn drive(drive: &Drive) -> String {
    let gains =
        |name: &str, kp: f64, kd: f64| format!("{name}(kp: {}, kd: {})", number(kp), number(kd));
    match drive {
        Drive::Torque => "Torque".to_owned(),
        Drive::Velocity { gain } => format!("Velocity(gain: {})", number(*gain)),
        Drive::Position { kp, kd } => gains("Position", *kp, *kd),
        Drive::Impedance { kp, kd } => gains("Impedance", *kp, *kd),
    }
}

/// Measurement errors; `None` if there are none.
pub(super) fn errors(errors: &ErrorSpec) -> Option<String> {
    let mut fields = Fields::new();
    fields.some("preset", errors.preset.as_ref(), |name| quoted(name));
    let channel = ChannelErrorSpec {
        noise: errors.noise,
        bias: errors.bias,
        random_walk: errors.random_walk,
        resolution: errors.resolution,
        saturation: errors.saturation,
    };
    value_errors(&mut fields, &channel);
    fields.some("latency", errors.latency.as_ref(), |value| number(*value));
    fields.some("dropout", errors.dropout.as_ref(), |value| number(*value));
    if !errors.channels.is_empty() {
        let parts: Vec<String> = errors
            .channels
            .iter()
            .map(|(name, channel)| {
                let mut inner = Fields::new();
                value_errors(&mut inner, channel);
                format!("{}: {}", quoted(name), inner.text())
            })
            .collect();
        fields.always("channels", format!("{{{}}}", parts.join(", ")));
    }
    (!fields.is_empty()).then(|| fields.text())
}

fn value_errors(fields: &mut Fields, errors: &ChannelErrorSpec) {
    fields.some("noise", errors.noise.as_ref(), |Noise::Gaussian { stddev }| {
        format!("Gaussian(stddev: {})", number(*stddev))
    });
    fields.some("bias", errors.bias.as_ref(), |value| number(*value));
    fields.some("random_walk", errors.random_walk.as_ref(), |value| number(*value));
    fields.some("resolution", errors.resolution.as_ref(), |value| number(*value));
    fields.some("saturation", errors.saturation.as_ref(), |range| angle_pair(*range));
}
