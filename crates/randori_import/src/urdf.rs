//! URDF, the format of ROS.
//!
//! Start reading at [`import`].

mod drives;
mod joints;
mod links;

use std::collections::{BTreeMap, BTreeSet};

use randori_core::diagnostic::{DiagnosticCode, Label};
use randori_core::spec::{
    Base, Coordinate, ErrorSpec, FORMAT, PoseSpec, RobotSpec, SensorKind, SensorSpec,
};

use crate::geometry::{self, Pose, pose_spec};
use crate::log::Log;
use crate::names::{Names, spelt};
use crate::report::Fate;
use crate::xml::{Files, Node, Tree};
use crate::{Parts, Stance, dynamics, values};

/// Names of links that stand for the world.
const WORLDS: [&str; 3] = ["world", "map", "ground"];

/// A joint with its ends, before it becomes Randori's.
#[derive(Debug, Clone)]
struct Edge<'t> {
    node: Node<'t>,
    name: String,
    kind: &'static str,
    parent: usize,
    child: usize,
    pose: Pose,
}

/// The links and joints of a file.
#[derive(Debug)]
struct Graph<'t> {
    links: Vec<(String, Node<'t>)>,
    edges: Vec<Edge<'t>>,
    root: usize,
}

/// Turns a document into a robot.
pub(crate) fn import(log: &mut Log, files: &mut Files<'_>, tree: &Tree) -> Parts {
    let root = tree.root();
    if root.tag() != "robot" {
        let message =
            format!("the root element is `<{}>`, but URDF starts with `<robot>`", root.tag());
        let help = if root.tag() == "mujoco" {
            "import it as `Mjcf(path: ...)`"
        } else {
            "name a URDF file"
        };
        log.error(DiagnosticCode::MALFORMED_XML, root.span(), message, help);
        return Parts::default();
    }
    let Some(mut graph) = Graph::read(log, root) else { return Parts::default() };
    let mut robot = RobotSpec {
        format: FORMAT,
        name: spelt(root.name().unwrap_or("robot")),
        about: format!("Imported from {}", files.shown_main()),
        import: None,
        base: Base::Fixed { link: String::new() },
        self_contact: false,
        contact_exclusions: Vec::new(),
        materials: BTreeMap::new(),
        links: Vec::new(),
        joints: Vec::new(),
        loops: Vec::new(),
        couplings: Vec::new(),
        actuators: Vec::new(),
        sensors: Vec::new(),
        poses: BTreeMap::new(),
    };
    links::build(log, files, &mut graph, &mut robot);
    log.note_whole(
        Fate::Guessed,
        "links of the robot pass through each other: the file does not say",
    )
    .advise("write `self_contact: true` and `contact_exclusions` if they should not");
    robot.base = base(log, &graph, &robot);
    joints::build(log, &graph, &mut robot);
    drives::build(log, &graph, &mut robot);
    rest(log, root);
    robot.sensors.push(joint_sensor());
    log.note_whole(Fate::Added, "sensor `joints`: position, velocity and torque of all joints");
    let stance = initial(log, &mut robot);
    Parts {
        robot: Some(robot),
        environment: None,
        stances: vec![stance],
        rate_hz: None,
        gravity: None,
    }
}

fn joint_sensor() -> SensorSpec {
    SensorSpec {
        name: "joints".to_owned(),
        link: None,
        pose: PoseSpec::default(),
        kind: SensorKind::JointState { joints: Vec::new() },
        rate_hz: None,
        phase: 0.0,
        errors: ErrorSpec::default(),
    }
}

/// Elements that are not the robot's body.
fn rest(log: &mut Log, root: Node<'_>) {
    for node in root.children() {
        match node.tag() {
            "link" | "joint" | "material" | "transmission" => {}
            "gazebo" => {
                let entry = log.note(Fate::Dropped, node, "a part for the simulator Gazebo");
                entry.advise("write sensors, friction and noise in the `Robot`");
            }
            other => {
                log.note(Fate::Dropped, node, format!("`<{other}>` is not understood"));
            }
        }
    }
}

impl<'t> Graph<'t> {
    fn read(log: &mut Log, root: Node<'t>) -> Option<Self> {
        let errors = log.errors.len();
        let mut names = Names::default();
        let mut links: Vec<(String, Node<'t>)> = Vec::new();
        let mut index: BTreeMap<&'t str, usize> = BTreeMap::new();
        for node in root.children_called("link") {
            let Some(name) = named(log, node, "link") else { continue };
            if let Some(first) = index.get(name) {
                duplicate(log, node, links[*first].1, "link", name);
                continue;
            }
            index.insert(name, links.len());
            links.push((names.give(name), node));
        }
        if links.is_empty() {
            let (code, message) = (DiagnosticCode::IMPORT_STRUCTURE, "the file describes no link");
            log.error(code, root.span(), message, "a robot has at least one `<link name=\"...\">`");
            return None;
        }
        let edges = edges(log, root, &index);
        let mut graph = Self { links, edges, root: 0 };
        graph.root = graph.find_root(log)?;
        (log.errors.len() == errors).then_some(graph)
    }

    /// The link that is nobody's child; an error unless there is one, and all
    /// others hang on it.
    fn find_root(&self, log: &mut Log) -> Option<usize> {
        let mut carried: BTreeMap<usize, &Edge<'t>> = BTreeMap::new();
        for edge in &self.edges {
            if let Some(first) = carried.get(&edge.child) {
                let name = &self.links[edge.child].0;
                let message = format!("link `{name}` is the child of two joints");
                let code = DiagnosticCode::IMPORT_STRUCTURE;
                let help = "a link hangs on one joint; close rings with `loops` in the `Robot`";
                let error = log.error(code, edge.node.span(), message, help);
                error.secondary.push(Label::new(first.node.span(), "child here already"));
                return None;
            }
            carried.insert(edge.child, edge);
        }
        let code = DiagnosticCode::IMPORT_STRUCTURE;
        let roots: Vec<usize> =
            (0..self.links.len()).filter(|link| !carried.contains_key(link)).collect();
        match roots[..] {
            [] => {
                let message = "the joints form a ring: every link is a child";
                let at = self.edges.first().map_or(self.links[0].1, |edge| edge.node);
                log.error(code, at.span(), message, "open the ring at one joint");
                None
            }
            [root] => self.all_hang_on(log, root).then_some(root),
            [first, second, ..] => {
                let (one, other) = (&self.links[first].0, &self.links[second].0);
                let message = format!("links `{one}` and `{other}` are both nobody's child");
                let help = format!(
                    "connect `{other}` by a joint, `fixed` if it does not move, or `drop` it"
                );
                log.error(code, self.links[second].1.span(), message, help);
                None
            }
        }
    }

    fn all_hang_on(&self, log: &mut Log, root: usize) -> bool {
        let mut reached = BTreeSet::from([root]);
        let mut waiting = vec![root];
        while let Some(link) = waiting.pop() {
            for edge in self.edges.iter().filter(|edge| edge.parent == link) {
                if reached.insert(edge.child) {
                    waiting.push(edge.child);
                }
            }
        }
        let lost = self.edges.iter().find(|edge| !reached.contains(&edge.child));
        if let Some(lost) = lost {
            let message = format!("joint `{}` is part of a ring", lost.name);
            let code = DiagnosticCode::IMPORT_STRUCTURE;
            log.error(code, lost.node.span(), message, "open the ring at one joint");
        }
        lost.is_none()
    }
}

fn edges<'t>(log: &mut Log, root: Node<'t>, index: &BTreeMap<&'t str, usize>) -> Vec<Edge<'t>> {
    const KINDS: [&str; 7] =
        ["revolute", "continuous", "prismatic", "fixed", "floating", "planar", "spherical"];
    let mut names = Names::default();
    let mut seen: BTreeMap<&str, Node<'t>> = BTreeMap::new();
    let mut edges = Vec::new();
    for node in root.children_called("joint") {
        let Some(name) = named(log, node, "joint") else { continue };
        if let Some(first) = seen.get(name) {
            duplicate(log, node, *first, "joint", name);
            continue;
        }
        seen.insert(name, node);
        let Some(kind) = node.attribute("type") else {
            let message = format!("joint `{name}` has no type");
            log.error(
                DiagnosticCode::IMPORT_VALUE,
                node.span(),
                message,
                "write `type=\"revolute\"`",
            );
            continue;
        };
        let kind = values::word(log, kind, &KINDS);
        let parent = end(log, node, name, "parent", index);
        let child = end(log, node, name, "child", index);
        let (Some(kind), Some(parent), Some(child)) = (kind, parent, child) else { continue };
        if parent == child {
            let message = format!("joint `{name}` connects a link with itself");
            log.error(DiagnosticCode::IMPORT_STRUCTURE, node.span(), message, "name two links");
            continue;
        }
        let pose = origin(log, node);
        edges.push(Edge { node, name: names.give(name), kind, parent, child, pose });
    }
    edges
}

fn end(
    log: &mut Log,
    node: Node<'_>,
    joint: &str,
    side: &str,
    index: &BTreeMap<&str, usize>,
) -> Option<usize> {
    let Some(link) = node.child(side).and_then(|end| end.attribute("link")) else {
        let message = format!("joint `{joint}` has no {side}");
        let help = format!("write `<{side} link=\"...\"/>`");
        log.error(DiagnosticCode::IMPORT_REFERENCE, node.span(), message, help);
        return None;
    };
    let found = index.get(link.value.as_str()).copied();
    if found.is_none() {
        log.unknown(link, "link", index.keys().copied());
    }
    found
}

fn named<'t>(log: &mut Log, node: Node<'t>, what: &str) -> Option<&'t str> {
    let name = node.name();
    if name.is_none() {
        let message = format!("a {what} has no name");
        log.error(DiagnosticCode::IMPORT_REFERENCE, node.span(), message, "write `name=\"...\"`");
    }
    name
}

fn duplicate(log: &mut Log, node: Node<'_>, first: Node<'_>, what: &str, name: &str) {
    let message = format!("two {what}s are called `{name}`");
    let code = DiagnosticCode::IMPORT_REFERENCE;
    let error = log.error(code, node.span(), message, "give one of the two another name");
    error.secondary.push(Label::new(first.span(), "first here"));
}

/// The pose that an element's `<origin>` says.
fn origin(log: &mut Log, node: Node<'_>) -> Pose {
    let Some(origin) = node.child("origin") else { return Pose::identity() };
    let mut three = |name: &str| -> [f64; 3] {
        origin.attribute(name).and_then(|found| values::exactly(log, found)).unwrap_or_default()
    };
    let (xyz, rpy) = (three("xyz"), three("rpy"));
    geometry::pose(geometry::vector(xyz), geometry::from_rpy(rpy))
}

/// Whether the base is free: the file does not say, so its shape decides.
fn base(log: &mut Log, graph: &Graph<'_>, robot: &RobotSpec) -> Base {
    let link = robot.links[0].name.clone();
    let node = graph.links[graph.root].1;
    if robot.links[0].mass_kg == 0.0 && WORLDS.contains(&link.as_str()) {
        log.note(Fate::Kept, node, format!("link `{link}`: the base is bolted to the world"));
        return Base::Fixed { link };
    }
    let limbs = limbs(graph);
    let is_floating = limbs != 1;
    let what = if is_floating {
        format!("the base `{link}` moves freely: {limbs} limbs hang on it")
    } else {
        format!("the base `{link}` is bolted to the world: the robot is a single arm")
    };
    let other = if is_floating { "Fixed" } else { "Floating" };
    log.note(Fate::Guessed, node, what)
        .advise(format!("write `base: {other}(link: \"{link}\")` in the `Robot` if it is not"));
    if is_floating { Base::Floating { link } } else { Base::Fixed { link } }
}

/// How many chains of joints hang on the base and what is fixed to it.
fn limbs(graph: &Graph<'_>) -> usize {
    let mut fixed = vec![graph.root];
    let mut limbs = 0;
    while let Some(link) = fixed.pop() {
        for edge in graph.edges.iter().filter(|edge| edge.parent == link) {
            if edge.kind == "fixed" {
                fixed.push(edge.child);
            } else {
                limbs += 1;
            }
        }
    }
    limbs
}

/// The pose with all coordinates at zero, or as near as limits allow, with the
/// robot resting on the ground.
fn initial(log: &mut Log, robot: &mut RobotSpec) -> Stance {
    let mut pose = BTreeMap::new();
    for joint in &robot.joints {
        let Some((lower, upper)) = joint.kind.limits_si() else { continue };
        let at = 0.0_f64.clamp(lower, upper);
        if at != 0.0 {
            let is_slide = joint.kind.is_prismatic();
            let value = if is_slide { Coordinate::M(at) } else { Coordinate::Rad(at) };
            pose.insert(joint.name.clone(), value);
        }
    }
    let at = |joint: &str| pose.get(joint).map_or(0.0, |value: &Coordinate| value.si());
    let lowest = dynamics::lowest_point(robot, &at);
    let base = match (&robot.base, lowest) {
        (Base::Floating { .. }, Some(lowest)) => {
            let lift = geometry::tidy(-lowest + 1e-3);
            log.note_whole(
                Fate::Guessed,
                format!("the base starts {lift} m above the ground, where its lowest shape rests"),
            );
            pose_spec(&geometry::translation(geometry::Vector::new(0.0, 0.0, lift)))
        }
        _ => PoseSpec::default(),
    };
    log.note_whole(Fate::Added, "pose `initial`: all joints at zero, or as near as limits allow");
    robot.poses.insert("initial".to_owned(), pose);
    Stance { name: "initial".to_owned(), base, commands: None }
}
