//! MJCF, the format of `MuJoCo`.
//!
//! Start reading at [`import`].

mod actuators;
mod builtin_meshes;
mod contacts;
mod controls;
mod defaults;
mod drives;
mod environment;
mod equality;
mod expand;
mod geoms;
mod groups;
mod keyframes;
mod laws;
mod leftovers;
mod links;
mod meshes;
mod mobility;
mod model;
mod pairs;
mod sensors;
mod settings;
mod tendons;
mod terrain;
mod transmissions;
mod tree;

use std::collections::BTreeMap;

use randori_core::diagnostic::DiagnosticCode;
use randori_core::spec::{Base, FORMAT, RobotSpec};

use crate::geometry::Inertia;
use crate::log::Log;
use crate::report::ImportStatus;
use crate::xml::{Files, Node, Tree};
use crate::{Parts, names, overlaps, recognise};

pub(crate) use expand::expanded;
pub(crate) use geoms::hull;
pub(crate) use links::fixed;

use contacts::Contacts;
use links::Skeleton;
use mobility::Mobility;
use model::Model;
use settings::Settings;

/// An error for more bodies than a scenario may have, or more joints than a robot may
/// have.
fn has_too_many_bodies(log: &mut Log, files: &Files<'_>, model: &Model<'_>) -> bool {
    let joints: usize = model.bodies.iter().map(|body| body.joints.len()).sum();
    let free = model.bodies.iter().filter(|body| body.is_free()).count();
    let limits = [
        (model.bodies.len() - 1, files.limits.bodies, "bodies", "bodies"),
        (joints - free, files.limits.joints_per_robot, "joints", "joints_per_robot"),
    ];
    let beyond = limits.into_iter().find(|(count, most, ..)| count > most);
    if let Some((count, most, what, limit)) = beyond {
        let message = format!("the file has {count} {what}, more than the limit of {most}");
        let help = format!("raise the limit with `--limit {limit}=N`");
        log.error(DiagnosticCode::LIMIT_EXCEEDED, model.root.span(), message, help);
    }
    beyond.is_some()
}

/// Reports a robot that falls because its actuators act on sites or bodies: Randori
/// drives joints only.
fn note_thrusters(log: &mut Log, model: &Model<'_>, layout: &tree::Layout) {
    let thrusters: Vec<Node<'_>> = model
        .root
        .children_called("actuator")
        .flat_map(Node::children)
        .filter(|node| {
            let look = model.defaults.look(log, *node, None);
            let named = look.text("site").and_then(|site| model.site(site)).map(|(body, _)| body);
            let named = named.or_else(|| look.text("body").and_then(|body| model.body(body)));
            node.tag() != "adhesion" && named.is_some_and(|body| layout.is_robot(body))
        })
        .collect();
    let falls = layout.is_floating && model.settings.gravity[2] < 0.0;
    if let Some(first) = thrusters.first().filter(|_| falls) {
        let count = thrusters.len();
        let what = format!(
            "thrust: {count} actuators act on sites; without them `{}` falls",
            layout.base.0
        );
        let advice = "a Randori robot is driven at its joints only; study it on the ground, or \
                      without gravity: `physics: (gravity: (0.0, 0.0, 0.0))` in the scenario";
        log.note(ImportStatus::Dropped, *first, what).advise(advice).doubt();
    }
}

/// Reports unsupported sections.
fn note_unread(log: &mut Log, root: Node<'_>) {
    for node in root.children() {
        let what = match node.tag() {
            "deformable" => "soft bodies",
            "extension" => "plugins",
            _ => continue,
        };
        if node.children().next().is_some() {
            log.note(ImportStatus::Dropped, node, what).doubt();
        }
    }
}

/// Converts a document to a robot and an environment.
pub(crate) fn import(
    log: &mut Log,
    files: &mut Files<'_>,
    tree: &Tree,
    scopes: Vec<Settings>,
) -> Parts {
    let root = tree.root();
    if root.tag() != "mujoco" {
        let found = recognise::by_root(root, "mujoco");
        log.error(DiagnosticCode::MALFORMED_XML, root.span(), found.what, found.help);
        return Parts::default();
    }
    let model = Model::read(log, files, root, scopes);
    if has_too_many_bodies(log, files, &model) {
        return Parts::default();
    }
    let inertias = links::inertias(log, &model);
    let name = names::of_robot(
        root.text("model").filter(|name| !name.trim().is_empty()).unwrap_or("robot"),
    );
    let Some(mut layout) = tree::layout(log, &model, inertias) else {
        let (code, message) = (DiagnosticCode::IMPORT_STRUCTURE, "the file describes no body");
        log.error(code, root.span(), message, "name the file that holds the robot");
        return Parts::default();
    };
    note_thrusters(log, &model, &layout);
    note_unread(log, root);
    let contacts = Contacts::read(log, &model, &layout);
    let mut skeleton = Skeleton::build(log, &model, &mut layout, &contacts);
    let base = layout.base.0.clone();
    let mut robot = RobotSpec {
        format: FORMAT,
        name: name.clone(),
        about: format!("Imported from {}", files.shown_main()),
        import: None,
        base: if layout.is_floating {
            Base::Floating { link: base }
        } else {
            Base::Fixed { link: base }
        },
        self_contact: contacts.self_contact,
        contact_exclusions: contacts.exclusions.clone(),
        materials: environment::materials(),
        links: std::mem::take(&mut skeleton.links),
        joints: skeleton.joints.clone(),
        loops: Vec::new(),
        couplings: Vec::new(),
        actuators: Vec::new(),
        sensors: sensors::read(log, &model, &layout),
        poses: keyframes::Poses::new(),
    };
    let added = actuators::added(log, &model);
    let mobility = mobility(log, &model, &layout.inertias, &added);
    links::tune_springs(&mut robot.joints, &model, &skeleton, &mobility);
    links::add_resistance(&mut robot.joints, &skeleton, &added);
    equality::read(log, &model, &layout, &skeleton, &mut robot);
    tendons::fold(log, &model, &skeleton, &robot.couplings, &mut robot.joints);
    let around = actuators::Around {
        model: &model,
        skeleton: &skeleton,
        couplings: &robot.couplings,
        mobility: &mobility,
    };
    let actuators = actuators::read(log, &around);
    let (poses, configurations) = keyframes::read(log, &model, &layout, &skeleton, &actuators);
    robot.actuators = actuators.specs;
    robot.poses = poses;
    if let Some(first) = configurations.first() {
        overlaps::part(log, &mut robot, &first.name);
    }
    let placed = keyframes::start(&model);
    let environment = environment::read(log, &model, &layout, &contacts, (&name, &placed));
    let settings = &model.settings;
    log.note_whole(
        ImportStatus::Dropped,
        format!("the physics step of {} s: each scenario has its own", settings.timestep),
    )
    .advise(format!(
        "write `physics: (rate_hz: {})` in the scenario",
        (1.0 / settings.timestep).round()
    ));
    Parts {
        robot: Some(robot),
        environment,
        configurations,
        rate_hz: Some((1.0 / settings.timestep).round()),
        gravity: Some(settings.gravity),
    }
}

/// The mobility of the joints in the reference configuration, with all armatures.
fn mobility(
    log: &mut Log,
    model: &Model<'_>,
    inertias: &[Inertia],
    added: &BTreeMap<(usize, usize), (f64, f64)>,
) -> Mobility {
    let armature = |place: (usize, usize)| {
        let own = model.bodies[place.0].joints[place.1].armature;
        own + added.get(&place).map_or(0.0, |(armature, _)| *armature)
    };
    let mobility = Mobility::of(model, inertias, &armature);
    let armatures = tendons::armatures(log, model, &mobility);
    mobility.with_tendons(armatures)
}
