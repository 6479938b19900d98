//! The driver of the robot, and the sliders of its motors.

use bevy::prelude::World;
use bevy_egui::egui::{self, vec2};
use randori_policy::ManualCommand;

use super::bar::{Bar, rounded};
use crate::action::Action;
use crate::driver::Driver;
use crate::keys::Keys;
use crate::robots::model::{Input, NamedPose, RobotModel};
use crate::run::Run;
use crate::teleop::{self, Teleop};

/// Width of the names of motors, points.
const NAME_WIDTH: f32 = 104.0;

/// Shows the controls of one robot.
pub(super) fn show(
    ui: &mut egui::Ui,
    world: &World,
    teleop: &mut Teleop,
    (robot, model): (usize, &RobotModel),
    actions: &mut Vec<Action>,
) {
    let run = world.resource::<Run>();
    if model.inputs.is_empty() {
        ui.weak("This robot has no motors.");
        return;
    }
    who_drives(ui, run, robot, actions);
    let by_hand = run.is_by_hand(robot);
    poses(ui, run, (robot, model), by_hand);
    if by_hand {
        driving(ui, world, teleop, model);
    }
    let in_force = run.record().and_then(|record| record.requested.get(robot));
    let hand = run.hand(robot).filter(|_| by_hand);
    let values = hand.map(ManualCommand::values);
    let motors = egui::CollapsingHeader::new("Motors").default_open(true).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for input in &model.inputs {
            ui.horizontal(|ui| {
                let value =
                    values.as_ref().or(in_force).and_then(|it| it.get(input.index)).copied();
                let value = value.unwrap_or(0.0);
                name(ui, input, by_hand, &mut teleop.nudged);
                if let Some(hand) = hand {
                    if let Some(wanted) = slider(ui, input, value) {
                        hand.set(input.index, wanted);
                    }
                } else {
                    gauge(ui, input, value);
                }
            });
        }
    });
    // Beside a slider the tooltip would cover the next ones.
    motors.header_response.on_hover_text(if by_hand {
        "Commands to motors, within what they can follow; to one without limits, type for more"
    } else {
        "Commands in force. Drive by hand to change them."
    });
}

fn who_drives(ui: &mut egui::Ui, run: &Run, robot: usize, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let branches = if run.shows_past() { " This makes a branch here." } else { "" };
        let mut button = |ui: &mut egui::Ui, text: &str, hint: &str, driver: Driver| {
            if ui.button(text).on_hover_text(format!("{hint}{branches}")).clicked() {
                actions.push(Action::Drive { robot, driver });
            }
        };
        if run.is_by_hand(robot) {
            ui.strong("Driven by hand");
            if run.driver(robot) != Some(&Driver::AsWritten) {
                let hint = "The policy of the scenario continues from here.";
                button(ui, "Give back", hint, Driver::AsWritten);
            }
        } else {
            let hint = "You command the motors from here on, with sliders, keys or a gamepad. \
                        Your commands are recorded with the run.";
            button(ui, "Drive by hand", hint, Driver::ByHand);
            let has_policy = run
                .scenario()
                .and_then(|scenario| scenario.spec.robots.get(robot))
                .is_some_and(|entry| entry.policy.is_some());
            ui.weak(if has_policy { "a policy drives" } else { "no policy" });
        }
    });
}

fn poses(ui: &mut egui::Ui, run: &Run, (robot, model): (usize, &RobotModel), by_hand: bool) {
    if model.poses.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.label("Poses");
        for NamedPose { name, values } in &model.poses {
            let button = ui.add_enabled(by_hand && !values.is_empty(), egui::Button::new(name));
            let why_not = if values.is_empty() {
                "Its motors follow torque or speed, not positions: they cannot go to a pose."
            } else {
                "Drive by hand first."
            };
            let button = button.on_disabled_hover_text(why_not);
            let hint = "Commands the positions of this pose of the robot file, all at once";
            if button.on_hover_text(hint).clicked()
                && let Some(hand) = run.hand(robot)
            {
                for (index, value) in values {
                    hand.set(*index, *value);
                }
            }
        }
    });
}

/// Keys for driving, and their speed.
fn driving(ui: &mut egui::Ui, world: &World, teleop: &mut Teleop, model: &RobotModel) {
    if let Some(wheels) = &model.wheels {
        let mut speed = teleop.top_share * wheels.most_speed();
        let slider = egui::Slider::new(&mut speed, 0.0..=wheels.most_speed());
        let slider = slider.text("top speed").suffix(wheels.unit()).max_decimals(2);
        if ui.add(slider).on_hover_text("Speed with a key or stick held down all the way").changed()
        {
            teleop.top_share = speed / wheels.most_speed();
        }
    }
    let keys = world.resource::<Keys>().rows(teleop::GROUP);
    ui.label(teleop::legend(model)).on_hover_ui(|ui| {
        for (key, what) in keys {
            ui.label(format!("{key}: {what}"));
        }
        ui.weak(
            "A gamepad does the same: the left stick drives, the right stick and the D-pad \
             move the chosen motor.",
        );
    });
}

/// Name of a motor; a click chooses it for the keys.
fn name(ui: &mut egui::Ui, input: &Input, by_hand: bool, nudged: &mut usize) {
    let is_nudged = by_hand && *nudged == input.actuator;
    let size = vec2(NAME_WIDTH, ui.spacing().interact_size.y);
    let left = egui::Layout::left_to_right(egui::Align::Center);
    let placed = ui.allocate_ui_with_layout(size, left, |ui| {
        ui.set_min_width(NAME_WIDTH);
        ui.add(egui::Button::selectable(is_nudged, &input.name).truncate())
    });
    let response = placed.inner;
    let hint = format!("{}: click to move it with Q and E while driving by hand", input.name);
    if response.on_hover_text(hint).clicked() {
        *nudged = input.actuator;
    }
}

/// Returns the new value, SI, if the slider was moved.
fn slider(ui: &mut egui::Ui, input: &Input, value: f32) -> Option<f32> {
    let (scale, unit) = input.kind.unit();
    let (low, high) = input.slider_range();
    let mut shown = value * scale;
    ui.spacing_mut().slider_width = 100.0;
    let slider = egui::Slider::new(&mut shown, low * scale..=high * scale)
        .suffix(format!(" {unit}"))
        .max_decimals(2)
        .clamping(egui::SliderClamping::Never);
    ui.add(slider).changed().then_some(shown / scale)
}

/// The command in force as a bar within its range.
fn gauge(ui: &mut egui::Ui, input: &Input, value: f32) {
    let (scale, unit) = input.kind.unit();
    let size = vec2(ui.available_width(), 15.0);
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    if ui.is_rect_visible(rect) {
        let range = input.slider_range();
        let mut bar = if input.kind.is_position() {
            Bar::within(value, Some(range))
        } else {
            Bar::from_zero(value, range)
        };
        bar.is_near &= input.range.is_some();
        bar.paint(ui.painter(), rect, &format!("{} {unit}", rounded(value * scale, 2)), ui.style());
    }
}
