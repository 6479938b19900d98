//! The panel of policies and values: the driver of each robot, the seed, and
//! differences from the files.

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::policy_source::{Builtin, PolicySource};
use randori_core::spec::{LatencySpec, PolicySpec};
use randori_core::text::Override;
use randori_policy::{Context, builtins, start};
use randori_project::choice::PolicyChoice;
use randori_sim::episode::interfaces;

use crate::action::Action;
use crate::driver::Driver;
use crate::open::{Open, OpenFile, Refused, Terms};
use crate::panels::AddPanel;
use crate::run::{Problem, Run};

/// Shows and changes drivers.
pub(crate) struct PolicyPlugin;

impl Plugin for PolicyPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Fields>()
            .add_panel(5, "Policy", "Policies of the robots and their parameters", show)
            .add_floating(ask_for_trust);
    }
}

/// Contents of the input fields of the panel.
#[derive(Resource, Default)]
struct Fields {
    program: String,
    path: String,
    value: String,
    seed: Option<u64>,
}

/// Actions requested in this frame.
enum Asked {
    Act(Action),
    Open(Open),
    Problem(Problem),
}

fn show(ui: &mut egui::Ui, world: &mut World) {
    if !world.resource::<Run>().is_open() {
        ui.weak("Nothing is open.");
        return;
    }
    let mut asked = Vec::new();
    world.resource_scope(|world, mut fields: Mut<Fields>| {
        let run = world.resource::<Run>();
        let robots = run.scenario().map_or(&[][..], |scenario| &scenario.spec.robots);
        for (index, robot) in robots.iter().enumerate() {
            ui.heading(&robot.name);
            show_policy(ui, robot.policy.as_ref());
            choose(ui, run, index, &mut asked);
            program(ui, index, &robot.name, &mut fields, &mut asked);
            ui.separator();
        }
        if robots.is_empty() {
            ui.weak("This scenario has no robot.");
        }
        numbers(ui, world, &mut fields, &mut asked);
    });
    for asked in asked {
        match asked {
            Asked::Act(action) => {
                world.write_message(action);
            }
            Asked::Open(open) => {
                world.write_message(open);
            }
            Asked::Problem(problem) => world.resource_mut::<Run>().set_problem(Some(problem)),
        }
    }
}

fn show_policy(ui: &mut egui::Ui, policy: Option<&PolicySpec>) {
    let Some(policy) = policy else {
        ui.label("No policy: it keeps its starting command.");
        return;
    };
    ui.horizontal_wrapped(|ui| {
        ui.label("Decides:");
        ui.strong(policy.source.shown());
    });
    let thinks = match policy.inference.latency {
        LatencySpec::Fixed(0.0) => "no inference latency".to_owned(),
        LatencySpec::Fixed(time) => format!("inference latency {:.0} ms", time * 1e3),
        LatencySpec::Uniform { min, max } | LatencySpec::Normal { min, max, .. } => {
            format!("inference latency {:.0} to {:.0} ms", min * 1e3, max * 1e3)
        }
    };
    ui.label(format!("{} times per second; {thinks}", policy.rate_hz))
        .on_hover_text("Another policy keeps the rate and inference latency of the scenario");
}

fn choose(ui: &mut egui::Ui, run: &Run, robot: usize, asked: &mut Vec<Asked>) {
    let now = run.driver(robot).cloned().unwrap_or_default();
    let text = match &now {
        Driver::AsWritten => "as written".to_owned(),
        Driver::ByHand => "by hand".to_owned(),
        Driver::Policy(source) => source.shown(),
    };
    let mut picked = now.clone();
    ui.horizontal(|ui| {
        ui.label("From here on:");
        let combo =
            egui::ComboBox::from_id_salt(("driver", robot)).selected_text(text).width(180.0);
        combo.show_ui(ui, |ui| {
            ui.selectable_value(&mut picked, Driver::AsWritten, "as written")
                .on_hover_text("The policy of the scenario");
            ui.selectable_value(&mut picked, Driver::ByHand, "by hand")
                .on_hover_text("You, with the sliders and keys of the panel Robot");
            for info in builtins() {
                let source = kept(run, robot, Builtin::new(info.name).into());
                let why_not = why_not(run, robot, &source);
                let driver = Driver::Policy(source);
                let entry = egui::Button::selectable(picked == driver, info.name);
                let entry = ui.add_enabled(why_not.is_none(), entry).on_hover_text(info.about);
                if entry.on_disabled_hover_text(why_not.unwrap_or_default()).clicked() {
                    picked = driver;
                }
            }
        });
    });
    if picked != now {
        asked.push(Asked::Act(Action::Drive { robot, driver: picked }));
    }
}

/// The reason why a built-in policy cannot drive a robot.
fn why_not(run: &Run, robot: usize, source: &PolicySource) -> Option<String> {
    let interfaces = interfaces(run.scenario()?);
    start(source, &Context::new(interfaces.get(robot)?)).err().map(|error| error.message)
}

/// A source with the settings of the scenario for the same policy, such as its parameters.
fn kept(run: &Run, robot: usize, source: PolicySource) -> PolicySource {
    let policy = run.written().and_then(|it| it.scenario.spec.robots.get(robot)?.policy.as_ref());
    match policy {
        Some(policy) => source.in_place_of(&policy.source),
        None => source,
    }
}

fn program(
    ui: &mut egui::Ui,
    robot: usize,
    name: &str,
    fields: &mut Fields,
    asked: &mut Vec<Asked>,
) {
    ui.horizontal(|ui| {
        let hint = "my_policy.py, or a command";
        let field = egui::TextEdit::singleline(&mut fields.program).hint_text(hint);
        ui.add(field.desired_width(190.0));
        let button = ui.add_enabled(!fields.program.trim().is_empty(), egui::Button::new("Use"));
        let hint = "Starts this program as the policy. It is restarted whenever its file changes";
        if button.on_hover_text(hint).clicked() {
            asked.push(match PolicyChoice::parse(&format!("{name}={}", fields.program)) {
                Ok(choice) => {
                    Asked::Act(Action::Drive { robot, driver: Driver::Policy(choice.source()) })
                }
                Err(error) => Asked::Problem(error),
            });
        }
    });
}

/// The seed and replaced values.
fn numbers(ui: &mut egui::Ui, world: &World, fields: &mut Fields, asked: &mut Vec<Asked>) {
    ui.heading("Numbers");
    let terms = world.resource::<Terms>();
    let is_recording = world.get_resource::<OpenFile>().is_some_and(OpenFile::is_recording);
    ui.horizontal(|ui| {
        let seed = fields.seed.get_or_insert(terms.seed);
        ui.label("Seed").on_hover_text("Seed of noise, variations and latencies");
        ui.add_enabled(!is_recording, egui::DragValue::new(seed).speed(0.05));
        let run = ui.add_enabled(!is_recording, egui::Button::new("Run from the start"));
        if run.on_hover_text("Reopens the scenario with this seed").clicked() {
            asked.push(Asked::Open(Open::Seed(*seed)));
        }
    });
    for change in terms.replaced() {
        ui.monospace(format!("{} = {}", change.path, change.value));
    }
    ui.label("Change a value, from here on:");
    let hint = "robots.courier.links.base.mass_kg";
    ui.add(
        egui::TextEdit::singleline(&mut fields.path).hint_text(hint).desired_width(f32::INFINITY),
    );
    ui.horizontal(|ui| {
        ui.label("=");
        let field = egui::TextEdit::singleline(&mut fields.value).hint_text("35.0");
        ui.add(field.desired_width(110.0));
        let ready = !fields.path.trim().is_empty() && !fields.value.trim().is_empty();
        let hint = "Re-simulates the run so far with the new value and the recorded commands; the \
                    policy decides again from the shown tick on";
        if ui.add_enabled(ready, egui::Button::new("Change")).on_hover_text(hint).clicked() {
            let text = format!("{}={}", fields.path.trim(), fields.value.trim());
            match Override::parse(&text, "the field") {
                Some(change) => asked.push(Asked::Open(Open::Change(change))),
                None => asked.push(Asked::Problem(Problem {
                    message: format!("`{text}` is not a path and a value"),
                    ..Problem::default()
                })),
            }
        }
    });
}

/// Asks for permission to start programs that a file names.
fn ask_for_trust(context: &egui::Context, world: &mut World) {
    let refused = world.resource::<Refused>();
    let Some(file) = refused.file.clone().filter(|_| refused.untrusted) else { return };
    let mut answer = None;
    egui::Window::new("This file starts a program")
        .collapsible(false)
        .resizable(false)
        .anchor(egui::Align2::CENTER_BOTTOM, [0.0, -120.0])
        .show(context, |ui| {
            ui.label("It can do whatever you can do on this computer. It is shown above.");
            ui.horizontal(|ui| {
                if ui.button("Start it").clicked() {
                    answer = Some(true);
                }
                if ui.button("No").clicked() {
                    answer = Some(false);
                }
            });
        });
    match answer {
        Some(true) => {
            world.write_message(Open::Trusted(file));
        }
        Some(false) => world.resource_mut::<Refused>().untrusted = false,
        None => {}
    }
}
