//! Actuated joints and their interfaces: `<transmission>`, `<ros2_control>` and plugins
//! of Gazebo.

use std::collections::BTreeMap;

use super::Graph;
use crate::log::Log;
use crate::report::ImportStatus;
use crate::xml::Node;

/// Command interface of a joint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interface {
    Position,
    Velocity,
    Effort,
}

/// Information about a joint's drive in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'t> {
    /// Its element.
    pub(super) node: Node<'t>,
    /// `None` if the interface is not given.
    pub(super) interface: Option<Interface>,
    /// Description of the source.
    pub(super) source: &'static str,
}

/// Information about drives in a file.
#[derive(Debug, Default)]
pub(super) struct Control<'t> {
    /// By name of the joint in the robot.
    pub(super) said: BTreeMap<String, Said<'t>>,
    /// True if it lists all actuated joints, so that the others are passive.
    pub(super) lists_all: bool,
    /// True if a plugin drives wheels, so that other wheels are passive.
    pub(super) lists_wheels: bool,
    /// Initial coordinates of joints, rad or m.
    pub(super) start: BTreeMap<String, f64>,
}

/// Plugins of Gazebo that refer to joints, but drive none.
const WATCHERS: [&str; 7] = [
    "state_publisher",
    "statepublisher",
    "joint_state",
    "ft_sensor",
    "forcetorque",
    "mimic",
    "detach",
];

impl<'t> Control<'t> {
    /// Reads the elements outside of links and joints.
    pub(super) fn read(log: &mut Log, graph: &Graph<'t>, root: Node<'t>) -> Self {
        let names: BTreeMap<&'t str, String> = graph
            .edges
            .iter()
            .filter_map(|edge| Some((edge.node.name()?, edge.name.clone())))
            .collect();
        let mut control = Self::default();
        for node in root.children() {
            match node.tag() {
                "transmission" => control.transmission(log, &names, node),
                "ros2_control" => control.ros2_control(log, &names, node),
                _ => {}
            }
        }
        control.lists_all = !control.said.is_empty();
        let plugins = root
            .children_called("gazebo")
            .flat_map(Node::all_below)
            .filter(|node| node.tag() == "plugin");
        for plugin in plugins {
            control.plugin(log, &names, plugin);
        }
        control
    }

    fn transmission(&mut self, log: &mut Log, names: &BTreeMap<&str, String>, node: Node<'t>) {
        let called = node.name().unwrap_or_default();
        let of_actuator = || {
            let inside = node.children_called("actuator").flat_map(Node::children);
            inside.filter(|node| node.tag() == "hardwareInterface").find_map(interface_of)
        };
        let joints = node.children().filter(|child| {
            child.tag().to_ascii_lowercase().ends_with("joint") && child.tag() != "passive_joint"
        });
        for joint in joints {
            let Some(name) = joint.name().or(Some(joint.inner_text())).filter(|it| !it.is_empty())
            else {
                continue;
            };
            let is_watched = |node: Node<'_>| node.inner_text().contains("JointStateInterface");
            if joint.children_called("hardwareInterface").any(is_watched) {
                continue;
            }
            let own = joint
                .children_called("hardwareInterface")
                .filter_map(interface_of)
                .min_by_key(|interface| *interface as u8);
            let interface = own.or_else(of_actuator);
            let what = format!("transmission `{called}`");
            self.say(
                log,
                names,
                name,
                &what,
                Said { node: joint, interface, source: "its transmission" },
            );
        }
        let reductions = node.all_below().filter(|node| node.tag() == "mechanicalReduction");
        for reduction in reductions {
            let ratio = reduction.inner_text().parse::<f64>().unwrap_or(1.0);
            if (ratio - 1.0).abs() > 1e-9 {
                let what = format!(
                    "the reduction {ratio} of transmission `{called}`: commands, efforts and velocities are at the joint"
                );
                log.note(ImportStatus::Kept, reduction, what);
            }
        }
    }

    fn ros2_control(&mut self, log: &mut Log, names: &BTreeMap<&str, String>, node: Node<'t>) {
        for part in node.children() {
            match part.tag() {
                "joint" => self.ros2_joint(log, names, part),
                "hardware" => {}
                tag => {
                    log.note(ImportStatus::Dropped, part, format!("`<{tag}>` in `<ros2_control>`"));
                }
            }
        }
    }

    fn ros2_joint(&mut self, log: &mut Log, names: &BTreeMap<&str, String>, joint: Node<'t>) {
        let Some(name) = joint.name() else { return };
        let start = joint
            .children_called("state_interface")
            .filter(|state| state.name() == Some("position"))
            .flat_map(Node::children)
            .find(|param| param.name() == Some("initial_value"))
            .and_then(|param| param.inner_text().parse::<f64>().ok())
            .filter(|value| value.is_finite());
        if let (Some(start), Some(known)) = (start, names.get(name)) {
            self.start.insert(known.clone(), start);
        }
        let mut commands = joint.children_called("command_interface").peekable();
        if commands.peek().is_none() {
            return;
        }
        let interface = commands.filter_map(interface_of).min_by_key(|interface| *interface as u8);
        let said = Said { node: joint, interface, source: "`<ros2_control>`" };
        self.say(log, names, name, "`<ros2_control>`", said);
    }

    /// A plugin drives the joints in its elements, whose tags differ between plugins.
    fn plugin(&mut self, log: &mut Log, names: &BTreeMap<&str, String>, plugin: Node<'t>) {
        let file = plugin.text("filename").unwrap_or_default();
        let called = format!("{file} {}", plugin.name().unwrap_or_default()).to_ascii_lowercase();
        if WATCHERS.iter().any(|watcher| called.contains(watcher)) {
            return;
        }
        for node in plugin.all_below() {
            let tag = node.tag().to_ascii_lowercase();
            if !tag.contains("joint") || !names.contains_key(node.inner_text()) {
                continue;
            }
            let steers = tag.contains("steer")
                || ["position", "trajectory"].iter().any(|word| called.contains(word));
            let interface = if steers {
                Interface::Position
            } else if called.contains("force") || called.contains("effort") {
                Interface::Effort
            } else {
                self.lists_wheels = true;
                Interface::Velocity
            };
            let said = Said { node, interface: Some(interface), source: "a plugin of Gazebo" };
            self.say(log, names, node.inner_text(), "a plugin of Gazebo", said);
        }
    }

    fn say(
        &mut self,
        log: &mut Log,
        names: &BTreeMap<&str, String>,
        joint: &str,
        what: &str,
        said: Said<'t>,
    ) {
        if let Some(known) = names.get(joint) {
            self.said.entry(known.clone()).or_insert(said);
        } else {
            let what = format!("{what} names joint `{joint}`, which does not exist");
            log.note(ImportStatus::Dropped, said.node, what);
        }
    }
}

/// The interface in an element, as its text or as its `name`.
fn interface_of(node: Node<'_>) -> Option<Interface> {
    let named = node.name().unwrap_or_else(|| node.inner_text());
    let named = named.rsplit(['/', ':']).next().unwrap_or_default().to_ascii_lowercase();
    if named.starts_with("pos") {
        Some(Interface::Position)
    } else if named.starts_with("vel") {
        Some(Interface::Velocity)
    } else if named.starts_with("effort") || named.starts_with("torque") {
        Some(Interface::Effort)
    } else {
        None
    }
}
