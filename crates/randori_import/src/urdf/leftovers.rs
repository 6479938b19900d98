//! Unsupported elements and attributes.

use std::collections::BTreeSet;

use crate::log::Log;
use crate::report::ImportStatus;
use crate::xml::Node;

/// Known content of an element: its tag (with that of its parent if necessary),
/// attributes, and children. Children without an entry here have no relevant content,
/// or are reported elsewhere.
const KNOWN: [(&str, &[&str], &[&str]); 22] = [
    (
        "robot",
        &["name", "version"],
        &["link", "joint", "material", "transmission", "ros2_control", "gazebo"],
    ),
    ("link", &["name", "type"], &["inertial", "visual", "collision", "contact"]),
    ("inertial", &[], &["origin", "mass", "inertia"]),
    ("mass", &["value"], &[]),
    ("inertia", &["ixx", "ixy", "ixz", "iyy", "iyz", "izz"], &[]),
    ("origin", &["xyz", "rpy"], &[]),
    ("visual", &["name"], &["origin", "geometry", "material"]),
    ("collision", &["name"], &["origin", "geometry"]),
    ("geometry", &[], &["box", "cylinder", "capsule", "cone", "sphere", "mesh"]),
    ("box", &["size"], &[]),
    ("cylinder", &["radius", "length"], &[]),
    ("capsule", &["radius", "length"], &[]),
    ("cone", &["radius", "length"], &[]),
    ("sphere", &["radius"], &[]),
    ("mesh", &["filename", "scale"], &[]),
    (
        "joint",
        &["name", "type"],
        &[
            "parent",
            "child",
            "origin",
            "axis",
            "limit",
            "dynamics",
            "mimic",
            "calibration",
            "safety_controller",
        ],
    ),
    ("parent", &["link"], &[]),
    ("child", &["link"], &[]),
    ("axis", &["xyz"], &[]),
    ("limit", &["lower", "upper", "effort", "velocity"], &[]),
    ("dynamics", &["damping", "friction"], &[]),
    ("mimic", &["joint", "multiplier", "offset"], &[]),
];

/// Elements of which only the first one counts.
const SINGLE: [&str; 12] = [
    "inertial", "origin", "mass", "inertia", "geometry", "parent", "child", "axis", "limit",
    "dynamics", "mimic", "material",
];

/// Reports every unknown element and attribute.
pub(super) fn tell(log: &mut Log, root: Node<'_>) {
    // The last one is next, so children go in backwards.
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        let Some((tag, attributes, children)) = KNOWN.iter().find(|(tag, ..)| *tag == node.tag())
        else {
            continue;
        };
        for attribute in node.attributes() {
            let name = attribute.name.as_str();
            let is_xml = name.starts_with("xmlns") || name.starts_with("xml:");
            if !is_xml && !attributes.contains(&name) {
                let what = format!("unknown attribute `{name}` of `<{tag}>`");
                log.note_value(ImportStatus::Dropped, node, name, what);
            }
        }
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut known = Vec::new();
        for child in node.children() {
            let inner = child.tag();
            if !children.contains(&inner) {
                log.note(
                    ImportStatus::Dropped,
                    child,
                    format!("unknown element `<{inner}>` in `<{tag}>`"),
                );
            } else if SINGLE.contains(&inner) && *tag != "robot" && !seen.insert(inner) {
                log.note(
                    ImportStatus::Dropped,
                    child,
                    format!("a second `<{inner}>` in `<{tag}>`"),
                )
                .doubt();
            } else {
                known.push(child);
            }
        }
        waiting.extend(known.into_iter().rev());
    }
}
