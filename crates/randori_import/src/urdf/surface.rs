//! Surfaces and springs in extensions of other simulators: `<contact>` of `PyBullet`
//! and `<gazebo>`.

use std::collections::BTreeMap;

use randori_core::spec::{Coordinate, RobotSpec, ShapeSpec, SpringSpec};

use super::Graph;
use crate::log::Log;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::Node;

/// Surface of the shapes of a link.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Surface {
    sliding: Option<f64>,
    torsional: f64,
    rolling: f64,
    restitution: Option<f64>,
}

impl Surface {
    /// Gives a shape this surface. Both simulators multiply the coefficients of
    /// two bodies or take the smaller one, so that the robot's own coefficient applies on
    /// ground with high friction.
    pub(super) fn cover(&self, shape: &mut ShapeSpec) {
        if *self == Self::default() {
            return;
        }
        shape.friction = self.sliding;
        shape.torsional_friction = self.torsional;
        shape.rolling_friction = self.rolling;
        shape.restitution = self.restitution;
        if self.sliding.is_some() {
            shape.priority = 1;
        }
    }
}

/// The surfaces of links, by the names of the links in the file. Reports the status of
/// every part for other simulators.
pub(super) fn read<'t>(log: &mut Log, root: Node<'t>) -> BTreeMap<&'t str, Surface> {
    let mut surfaces: BTreeMap<&str, Surface> = BTreeMap::new();
    for link in root.children_called("link") {
        let Some(name) = link.name() else { continue };
        for contact in link.children_called("contact") {
            let surface = surfaces.entry(name).or_default();
            for part in contact.children() {
                contact_part(log, part, name, surface);
            }
        }
    }
    for gazebo in root.children_called("gazebo") {
        let link = gazebo.text("reference");
        let frictions: Vec<f64> = gazebo
            .children()
            .filter(|part| matches!(part.tag(), "mu" | "mu1" | "mu2"))
            .filter_map(|part| number(part.inner_text()))
            .collect();
        if let (Some(link), false) = (link, frictions.is_empty()) {
            let mean = frictions.iter().sum::<f64>() / frictions.len() as f64;
            surfaces.entry(link).or_default().sliding = Some(mean);
        }
        for part in gazebo.children() {
            gazebo_part(log, part, link);
        }
        if gazebo.children().next().is_none() {
            log.note(ImportStatus::Dropped, gazebo, "an empty part for the simulator Gazebo");
        }
    }
    surfaces
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|value| (0.0..=1e6).contains(value))
}

fn contact_part(log: &mut Log, part: Node<'_>, link: &str, surface: &mut Surface) {
    let value = part.attribute("value").and_then(|found| values::unbounded(log, found));
    let value = value.filter(|value| (0.0..=1e6).contains(value));
    let tag = part.tag();
    let Some(value) = value else {
        log.note(ImportStatus::Dropped, part, format!("`<{tag}>` of the contacts of a link"));
        return;
    };
    match tag {
        "lateral_friction" => surface.sliding = Some(value),
        "spinning_friction" => surface.torsional = value,
        "rolling_friction" => surface.rolling = value,
        "restitution" if value <= 1.0 => surface.restitution = Some(value),
        _ => {
            log.note(ImportStatus::Dropped, part, format!("`<{tag}>` of the contacts of a link"));
            return;
        }
    }
    let what = format!("`<{tag}>` {value} of link `{link}`: it has priority over the ground's");
    log.note(ImportStatus::Approximated, part, what);
}

fn gazebo_part(log: &mut Log, part: Node<'_>, reference: Option<&str>) {
    let text = part.inner_text().trim();
    let of = reference.unwrap_or_default();
    match part.tag() {
        "mu" | "mu1" | "mu2" if number(text).is_some() => {
            let what = format!(
                "`<{}>` {text} of link `{of}`: it has priority over the ground's",
                part.tag()
            );
            log.note(ImportStatus::Approximated, part, what);
        }
        "springStiffness" | "springReference" => {} // Reported with its joint.
        "turnGravityOff" if matches!(text, "true" | "1") => no_gravity(log, part, of),
        "gravity" if matches!(text, "false" | "0") => no_gravity(log, part, of),
        "selfCollide" | "self_collide" if matches!(text, "true" | "1") => {
            let what = format!("Gazebo lets link `{of}` collide with other links of the robot");
            let advice = "write `self_contact: true` and `contact_exclusions` in the `Robot`";
            log.note(ImportStatus::Dropped, part, what).advise(advice);
        }
        "plugin" => {
            let file = part.text("filename").unwrap_or_default();
            log.note(ImportStatus::Dropped, part, format!("the plugin `{file}` of Gazebo"));
        }
        "sensor" => {
            let kind = part.text("type").unwrap_or_default();
            log.note(
                ImportStatus::Dropped,
                part,
                format!("a sensor of Gazebo of the kind `{kind}`"),
            )
            .advise("write sensors and their errors in the `Robot`");
        }
        tag => {
            log.note(
                ImportStatus::Dropped,
                part,
                format!("`<{tag}>`, a part for the simulator Gazebo"),
            );
        }
    }
}

fn no_gravity(log: &mut Log, part: Node<'_>, link: &str) {
    let what = format!("gravity is disabled for link `{link}` in Gazebo: gravity acts on it");
    log.note(ImportStatus::Dropped, part, what).doubt();
}

/// Joint springs of Gazebo.
pub(super) fn springs(log: &mut Log, graph: &Graph<'_>, root: Node<'_>, robot: &mut RobotSpec) {
    for gazebo in root.children_called("gazebo") {
        let value = |tag: &str| {
            gazebo.child(tag).and_then(|part| part.inner_text().trim().parse::<f64>().ok())
        };
        let Some(stiffness) = value("springStiffness").filter(|it| (0.0..1e9).contains(it)) else {
            continue;
        };
        let named = gazebo.text("reference").unwrap_or_default();
        let edge = graph.edges.iter().find(|edge| edge.node.name() == Some(named));
        let joint = edge.and_then(|edge| {
            robot.joints.iter_mut().find(|joint| joint.name == edge.name && joint.kind.dofs() == 1)
        });
        let Some(joint) = joint else {
            log.note(ImportStatus::Dropped, gazebo, "a spring of an unsuitable joint");
            continue;
        };
        let rest = value("springReference").filter(|rest| rest.abs() < 1e6).unwrap_or(0.0);
        let is_slide = joint.kind.is_prismatic();
        let rest = if is_slide { Coordinate::M(rest) } else { Coordinate::Rad(rest) };
        joint.spring = (stiffness > 0.0).then_some(SpringSpec { stiffness, rest });
        let what = format!("a spring of stiffness {stiffness} at joint `{}`", joint.name);
        log.note(ImportStatus::Kept, gazebo, what);
    }
}
