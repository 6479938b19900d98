//! `<sensor>`.

use randori_core::diagnostic::DiagnosticCode;
use randori_core::sensor::{
    Accelerometer, Contact, GroundTruth, Gyro, JointState, Lidar, Orientation, Velocimeter,
};
use randori_core::spec::{Angle, ErrorSpec, PoseSpec, SensorKind, SensorSpec};

use super::model::Model;
use super::tree::Layout;
use crate::geometry::{self, Pose, pose_spec};
use crate::log::Log;
use crate::names::Names;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::Node;

/// Sensors of single joints and actuators, which the sensor `joints` replaces.
const OF_JOINTS: [&str; 8] = [
    "jointpos",
    "jointvel",
    "jointactuatorfrc",
    "actuatorpos",
    "actuatorvel",
    "actuatorfrc",
    "ballquat",
    "ballangvel",
];

/// Unsupported sensors, with an alternative.
const UNMEASURED: [(&[&str], &str); 8] = [
    (&["force", "torque"], "a `Contact` sensor measures the force on a link, `joints` the drives"),
    (&["magnetometer"], "an `Orientation` sensor gives the heading"),
    (
        &["subtreecom", "subtreelinvel", "subtreeangmom"],
        "goals and metrics can use the signal `com_height`; a `GroundTruth` sensor measures one link",
    ),
    (&["framelinacc", "frameangacc"], "use an `Accelerometer` or a `Gyro` there"),
    (
        &[
            "jointlimitpos",
            "jointlimitvel",
            "jointlimitfrc",
            "tendonlimitpos",
            "tendonlimitvel",
            "tendonlimitfrc",
        ],
        "compare the positions of `joints` with the limits",
    ),
    (
        &["tendonpos", "tendonvel", "tendonactuatorfrc"],
        "add up the joints of the tendon, as measured by `joints`",
    ),
    (
        &["distance", "normal", "fromto", "insidesite"],
        "goals and metrics can use signals of distance",
    ),
    (
        &["e_potential", "e_kinetic", "clock", "tactile", "camprojection", "user", "plugin"],
        "compute it in the policy",
    ),
];

/// Default range of a range finder, m.
const FAR: f64 = 10.0;

pub(crate) fn read(log: &mut Log, model: &Model<'_>, layout: &Layout) -> Vec<SensorSpec> {
    let mut names = Names::default();
    let joints = names.give("joints");
    let mut sensors = vec![sensor(joints, None, &Pose::identity(), JointState::default().into())];
    log.note_whole(
        ImportStatus::Added,
        "sensor `joints`: position, velocity and torque of all joints",
    );
    let nodes = model.root.children_called("sensor").flat_map(Node::children);
    for node in nodes {
        let joint = node.attribute("joint").and_then(|joint| model.joint(&joint.value));
        if joint.is_some_and(|(body, _)| layout.place(body).is_none()) {
            let what = format!("a {} of a joint outside the robot", node.tag());
            log.note(ImportStatus::Dropped, node, what);
            continue;
        }
        if OF_JOINTS.contains(&node.tag()) {
            let what =
                format!("`{}`: measured by sensor `joints`", node.name().unwrap_or(node.tag()));
            log.note(ImportStatus::Kept, node, what);
            check_joint(log, model, node);
            continue;
        }
        let Some(Found { kind, body, pose, remark }) = one(log, model, node) else { continue };
        let Some(place) = layout.place(body) else {
            let what = format!("a {} on a body outside the robot", node.tag());
            let advice = "goals and metrics can use signals of objects";
            log.note(ImportStatus::Dropped, node, what).advise(advice);
            continue;
        };
        let pose = place.link_from_body * pose;
        let wanted =
            node.name().map_or_else(|| format!("{}_{}", place.link, node.tag()), str::to_owned);
        let name = names.give(&wanted);
        if name != wanted {
            log.note(
                ImportStatus::Approximated,
                node,
                format!("sensor `{wanted}` is called `{name}`"),
            );
        }
        let mut spec = sensor(name, Some(place.link.clone()), &pose, kind);
        if matches!(node.tag(), "touch" | "contact") {
            spec.pose = PoseSpec::default();
        }
        errors(log, node, &mut spec);
        let _ = match remark {
            None => log.note(ImportStatus::Kept, node, format!("sensor `{}`", spec.name)),
            Some(remark) => log.note(
                ImportStatus::Approximated,
                node,
                format!("sensor `{}`: {remark}", spec.name),
            ),
        };
        sensors.push(spec);
    }
    sensors
}

fn sensor(name: String, link: Option<String>, pose: &Pose, kind: SensorKind) -> SensorSpec {
    let errors = ErrorSpec::default();
    SensorSpec { name, link, pose: pose_spec(pose), kind, rate_hz: None, offset_s: 0.0, errors }
}

/// A sensor on a body.
struct Found {
    kind: SensorKind,
    body: usize,
    /// In the frame of the body.
    pose: Pose,
    /// Its difference from the sensor of the file.
    remark: Option<String>,
}

fn one(log: &mut Log, model: &Model<'_>, node: Node<'_>) -> Option<Found> {
    let tag = node.tag();
    if let Some((_, advice)) = UNMEASURED.iter().find(|(tags, _)| tags.contains(&tag)) {
        log.note(ImportStatus::Dropped, node, format!("a sensor of kind `{tag}`")).advise(*advice);
        return None;
    }
    let (kind, (body, mut pose), remark): (SensorKind, _, _) = match tag {
        "gyro" => (Gyro.into(), at_site(log, model, node)?, None),
        "accelerometer" => (Accelerometer.into(), at_site(log, model, node)?, None),
        "velocimeter" => (Velocimeter.into(), at_site(log, model, node)?, None),
        "touch" => {
            let remark = "the force on the whole link".to_owned();
            (Contact::default().into(), at_site(log, model, node)?, Some(remark))
        }
        "rangefinder" => {
            let place = at_site(log, model, node)?;
            let far = node.attribute("cutoff").and_then(|found| values::number(log, found));
            let far = far.filter(|far| *far > 0.0).unwrap_or(FAR);
            let remark = format!("a range finder as a lidar of one beam, up to {far} m");
            let fov = Angle::Deg(1.0);
            (Lidar { beams: 1, range: (0.001, far), fov }.into(), place, Some(remark))
        }
        "contact" => {
            let body = contact_body(log, model, node)?;
            let remark = "all contacts of the link count".to_owned();
            (Contact::default().into(), (body, Pose::identity()), Some(remark))
        }
        "framequat" if node.attribute("refname").is_none() => {
            (Orientation.into(), at_object(log, model, node)?, None)
        }
        "framepos" | "framequat" | "framexaxis" | "frameyaxis" | "framezaxis" | "framelinvel"
        | "frameangvel" => {
            let place = at_object(log, model, node)?;
            let is_relative = node.attribute("refname").is_some();
            let relative = if is_relative { ", in the world frame" } else { "" };
            let remark = format!("a {tag} as the true pose and velocity of its frame{relative}");
            (GroundTruth.into(), place, Some(remark))
        }
        _ => {
            let what = format!("`<{tag}>` is an unknown sensor");
            log.note(ImportStatus::Dropped, node, what).doubt();
            return None;
        }
    };
    if tag == "rangefinder" {
        // A range finder measures along Z, a lidar along X.
        let turn = geometry::about(geometry::Vector::y(), -std::f64::consts::FRAC_PI_2);
        pose *= geometry::pose(geometry::Vector::zeros(), turn);
    }
    Some(Found { kind, body, pose, remark })
}

fn at_site(log: &mut Log, model: &Model<'_>, node: Node<'_>) -> Option<(usize, Pose)> {
    let Some(named) = node.attribute("site") else {
        if node.tag() == "rangefinder" && node.attribute("camera").is_some() {
            log.note(ImportStatus::Dropped, node, "a range finder on a camera");
            return None;
        }
        let message = format!("a {} names no site", node.tag());
        log.error(DiagnosticCode::IMPORT_REFERENCE, node.span(), message, "write `site=\"...\"`");
        return None;
    };
    let found = model.site(&named.value);
    if found.is_none() {
        let names =
            model.bodies.iter().flat_map(|body| &body.sites).filter_map(|(node, _)| node.name());
        log.unknown(named, "site", names);
    }
    found
}

fn at_object(log: &mut Log, model: &Model<'_>, node: Node<'_>) -> Option<(usize, Pose)> {
    let body_named = |log: &mut Log, named: &crate::xml::Attribute| {
        let found = model.body(&named.value);
        if found.is_none() {
            log.unknown(named, "body", model.bodies.iter().filter_map(|body| body.name));
        }
        found
    };
    if let Some(named) = node.attribute("body") {
        return body_named(log, named).map(|body| (body, Pose::identity()));
    }
    let Some(named) = node.attribute("objname") else {
        let message = format!("a {} names no object", node.tag());
        log.error(
            DiagnosticCode::IMPORT_REFERENCE,
            node.span(),
            message,
            "write `objname=\"...\"`",
        );
        return None;
    };
    match node.text("objtype").unwrap_or("site") {
        "site" => {
            let found = model.site(&named.value);
            if found.is_none() {
                let names = model
                    .bodies
                    .iter()
                    .flat_map(|body| &body.sites)
                    .filter_map(|(node, _)| node.name());
                log.unknown(named, "site", names);
            }
            found
        }
        "xbody" => body_named(log, named).map(|body| (body, Pose::identity())),
        "body" => {
            let body = body_named(log, named)?;
            let com =
                model.bodies[body].given_inertia.map(|inertia| inertia.com).unwrap_or_default();
            Some((body, geometry::translation(com)))
        }
        "geom" => {
            let found = model.geom(&named.value);
            if found.is_none() {
                let names =
                    model.bodies.iter().flat_map(|body| &body.geoms).filter_map(|geom| geom.name);
                log.unknown(named, "geom", names);
            }
            found.map(|(body, geom)| (body, model.bodies[body].geoms[geom].pose))
        }
        other => {
            log.note(ImportStatus::Dropped, node, format!("a sensor on a {other}"));
            None
        }
    }
}

/// The first body of a contact sensor, or the second if the first is the world.
fn contact_body(log: &mut Log, model: &Model<'_>, node: Node<'_>) -> Option<usize> {
    let mut bodies = Vec::new();
    for side in ["geom1", "body1", "subtree1", "site", "geom2", "body2", "subtree2"] {
        let Some(named) = node.attribute(side) else { continue };
        let found = match &side[..4] {
            "geom" => model.geom(&named.value).map(|(body, _)| body),
            "site" => model.site(&named.value).map(|(body, _)| body),
            _ => model.body(&named.value),
        };
        if let Some(body) = found {
            bodies.push(body);
        } else {
            let what = side.trim_end_matches(['1', '2']);
            let names: Vec<&str> = match what {
                "geom" => model
                    .bodies
                    .iter()
                    .flat_map(|body| &body.geoms)
                    .filter_map(|geom| geom.name)
                    .collect(),
                "site" => model
                    .bodies
                    .iter()
                    .flat_map(|body| &body.sites)
                    .filter_map(|(node, _)| node.name())
                    .collect(),
                _ => model.bodies.iter().filter_map(|body| body.name).collect(),
            };
            log.unknown(named, what, names);
            return None;
        }
    }
    let found = bodies.into_iter().find(|body| *body != 0);
    if found.is_none() {
        log.note(ImportStatus::Dropped, node, "a contact sensor without a body");
    }
    found
}

fn check_joint(log: &mut Log, model: &Model<'_>, node: Node<'_>) {
    if let Some(named) = node.attribute("joint")
        && model.joint(&named.value).is_none()
    {
        log.unknown(named, "joint", model.joint_names());
    }
}

/// `cutoff` is a saturation. `noise` is reported only: `MuJoCo` does not apply it.
fn errors(log: &mut Log, node: Node<'_>, spec: &mut SensorSpec) {
    if let Some(noise) = node.attribute("noise")
        && values::number(log, noise).is_some_and(|noise| noise > 0.0)
    {
        let what = format!("noise {}: MuJoCo does not apply it", noise.value);
        let advice =
            format!("write `errors: (noise: Gaussian(stddev: {}))` to apply it", noise.value);
        log.note_value(ImportStatus::Dropped, node, "noise", what).advise(advice);
    }
    let number = |log: &mut Log, name: &str| {
        let numbers = node.attribute(name).and_then(|found| values::numbers(log, found));
        numbers.and_then(|numbers| numbers.first().copied()).filter(|value| *value > 0.0)
    };
    spec.errors.latency = number(log, "delay");
    if let Some(period) = number(log, "interval") {
        let what = format!("a sensor with a period of {period} s: measures at every tick");
        let advice = format!("write `rate_hz: {}`, if that divides the physics rate", 1.0 / period);
        log.note_value(ImportStatus::Approximated, node, "interval", what).advise(advice);
    }
    let is_vector = matches!(node.tag(), "gyro" | "accelerometer" | "velocimeter");
    if let Some(cutoff) = node.attribute("cutoff").filter(|_| is_vector)
        && let Some(most) = values::number(log, cutoff).filter(|most| *most > 0.0)
    {
        spec.errors.saturation = Some((-most, most));
    }
}
