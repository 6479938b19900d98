//! MJCF, the format of `MuJoCo`.
//!
//! Start reading at [`import`].

mod actuators;
mod contacts;
mod defaults;
mod environment;
mod equality;
mod geoms;
mod keyframes;
mod laws;
mod links;
mod mobility;
mod model;
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
use crate::report::Fate;
use crate::xml::{Files, Tree};
use crate::{Parts, names, recognise};

pub(crate) use geoms::hull;
pub(crate) use links::fixed;

use contacts::Contacts;
use links::Skeleton;
use mobility::Mobility;
use model::Model;

/// Turns a document into a robot and what surrounds it.
pub(crate) fn import(log: &mut Log, files: &mut Files<'_>, tree: &Tree) -> Parts {
    let root = tree.root();
    if root.tag() != "mujoco" {
        let found = recognise::by_root(root, "mujoco");
        log.error(DiagnosticCode::MALFORMED_XML, root.span(), found.what, found.help);
        return Parts::default();
    }
    let model = Model::read(log, files, root);
    let inertias = links::inertias(log, &model);
    let name = names::spelt(root.text("model").unwrap_or("robot"));
    let Some(mut layout) = tree::layout(log, &model, inertias) else {
        let (code, message) = (DiagnosticCode::IMPORT_STRUCTURE, "the file describes no body");
        log.error(code, root.span(), message, "name the file that holds the robot");
        return Parts::default();
    };
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
    let (poses, stances) = keyframes::read(log, &model, &layout, &skeleton, &actuators);
    robot.actuators = actuators.specs;
    robot.poses = poses;
    let environment = environment::read(log, &model, &layout, &contacts, &name);
    let settings = &model.settings;
    log.note_whole(
        Fate::Dropped,
        format!("the physics step of {} s: a scenario says its own", settings.timestep),
    )
    .advise(format!(
        "write `physics: (rate_hz: {})` in the scenario",
        (1.0 / settings.timestep).round()
    ));
    Parts {
        robot: Some(robot),
        environment,
        stances,
        rate_hz: Some((1.0 / settings.timestep).round()),
        gravity: Some(settings.gravity),
    }
}

/// How forces move the joints where the file draws them, with all armatures.
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
