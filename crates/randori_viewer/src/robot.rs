//! The panel of one robot: joint states, motor commands, named poses.
//!
//! Start reading at [`RobotPlugin`]; the shown data is prepared once per run in
//! [`robots`](crate::robots).

mod bar;
mod commands;
mod joints;

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::layout::{BodyId, RobotId};

use crate::action::Action;
use crate::panels::AddPanel;
use crate::plots;
use crate::robots::model::{self, RobotModel};
use crate::robots::{ChosenRobot, RobotSystems, Robots};
use crate::run::{Run, RunSystems};
use crate::selection::Selection;
use crate::teleop::Teleop;
use joints::Clicked;

/// Collapsed rows of the joint tree, per robot.
#[derive(Resource, Debug, Clone, PartialEq, Eq, Default)]
struct Folded(Vec<Vec<bool>>);

/// Shows a robot and lets the user command it; works without a window.
pub struct RobotPlugin;

impl Plugin for RobotPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<ChosenRobot>()
            .init_resource::<Robots>()
            .init_resource::<Folded>()
            .init_resource::<Selection>()
            .add_panel(10, "Robot", "Joints, motors and poses of a robot", show)
            .configure_sets(Update, RobotSystems.after(RunSystems::Act).before(RunSystems::Advance))
            .add_systems(
                Update,
                (describe, follow_selection, hold_still).chain().in_set(RobotSystems),
            );
    }
}

/// Prepares the data of a run that was opened or branched.
fn describe(run: Res<Run>, mut robots: ResMut<Robots>, mut folded: ResMut<Folded>) {
    let now = (run.generation(), run.branches());
    if robots.made_for == now {
        return;
    }
    let is_new = robots.made_for.0 != now.0;
    robots.made_for = now;
    robots.models = match (run.scenario(), run.layout()) {
        (Some(scenario), Some(layout)) => model::describe(scenario, layout),
        _ => Vec::new(),
    };
    if is_new {
        folded.0 = robots.models.iter().map(|model| vec![false; model.rows.len()]).collect();
    }
}

/// Chooses the robot of the selected body.
fn follow_selection(
    run: Res<Run>,
    robots: Res<Robots>,
    selection: Res<Selection>,
    mut seen: Local<Option<BodyId>>,
    mut chosen: ResMut<ChosenRobot>,
) {
    if *seen != selection.0 {
        *seen = selection.0;
        let body = selection.0.and_then(|body| run.layout()?.bodies.get(body.0));
        if let Some(RobotId(robot)) = body.and_then(|body| body.robot) {
            chosen.0 = robot;
        }
    }
    if chosen.0 >= robots.models.len() {
        chosen.0 = 0;
    }
}

/// When manual control starts, position commands keep their values, and speeds and
/// torques are zero, so that the robot does not jump.
fn hold_still(run: Res<Run>, robots: Res<Robots>, mut was_by_hand: Local<(u64, Vec<bool>)>) {
    let (generation, before) = &mut *was_by_hand;
    if *generation != run.generation() {
        (*generation, *before) = (run.generation(), Vec::new());
    }
    before.resize(robots.models.len(), false);
    for (robot, (model, before)) in robots.models.iter().zip(before).enumerate() {
        let is_by_hand = run.is_by_hand(robot);
        let was = std::mem::replace(before, is_by_hand);
        let in_force = run.record().and_then(|record| record.requested.get(robot));
        let (Some(hand), Some(in_force)) = (run.hand(robot), in_force) else { continue };
        if was || !is_by_hand {
            continue;
        }
        for input in &model.inputs {
            let value = in_force.get(input.index).filter(|_| input.kind.is_position());
            hand.set(input.index, value.copied().unwrap_or(0.0));
        }
    }
}

fn show(ui: &mut egui::Ui, world: &mut World) {
    let robots = std::mem::take(&mut *world.resource_mut::<Robots>());
    let mut chosen = world.resource::<ChosenRobot>().0;
    choose(ui, &robots.models, &mut chosen);
    if world.resource::<ChosenRobot>().0 != chosen {
        world.resource_mut::<ChosenRobot>().0 = chosen;
    }
    if let Some(model) = robots.models.get(chosen) {
        show_robot(ui, world, chosen, model);
    } else {
        ui.weak("This run has no robots.");
    }
    *world.resource_mut::<Robots>() = robots;
}

fn choose(ui: &mut egui::Ui, models: &[RobotModel], chosen: &mut usize) {
    let Some(now) = models.get(*chosen).filter(|_| models.len() > 1) else { return };
    let hint = "The robot that is shown here and driven by keys. A click on a robot chooses it.";
    let combo = egui::ComboBox::from_id_salt("robot").selected_text(&now.name);
    let response = combo.show_ui(ui, |ui| {
        for (index, model) in models.iter().enumerate() {
            ui.selectable_value(chosen, index, &model.name);
        }
    });
    response.response.on_hover_text(hint);
}

fn show_robot(ui: &mut egui::Ui, world: &mut World, robot: usize, model: &RobotModel) {
    let mut actions: Vec<Action> = Vec::new();
    world.resource_scope(|world, mut teleop: Mut<Teleop>| {
        commands::show(ui, world, &mut teleop, (robot, model), &mut actions);
    });
    ui.separator();
    let mut clicked = None;
    world.resource_scope(|world, mut folded: Mut<Folded>| {
        let Some(folded) = folded.bypass_change_detection().0.get_mut(robot) else { return };
        let selection = world.resource::<Selection>().0;
        let Some(record) = world.resource::<Run>().record() else { return };
        clicked = joints::show(ui, model, &record.state, folded, selection);
    });
    match clicked {
        Some(Clicked::Link(body)) => world.resource_mut::<Selection>().0 = Some(body),
        Some(Clicked::Number(dof, what)) => {
            let dof = world.resource::<Run>().layout().and_then(|it| it.dofs.get(dof.0));
            if let Some(name) = dof.map(|dof| format!("joint.{}.{what}", dof.path)) {
                plots::plot(world, &name);
            }
        }
        None => {}
    }
    world.write_message_batch(actions);
}
