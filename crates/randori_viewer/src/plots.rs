//! Plots of all quantities of a run: signals of formulas, joints, motors, commands,
//! bodies and sensors.
//!
//! Values come from [`History`]; the selected plots are in [`Plots`]. Any part of
//! the app requests a plot with a `PlotRequest`, or by [`plot`].

mod curve;
mod panel;
#[cfg(feature = "desktop")]
mod save;
mod show;

use bevy::prelude::*;
use randori_core::layout::{BodyId, SceneLayout};
use randori_core::spec::Scenario;
use randori_core::time::Tick;

use crate::history::History;
use crate::panels::{AddPanel, Panels};
use crate::run::{Run, RunSystems};

#[cfg(feature = "desktop")]
pub use save::{csv, write_new};

/// Maximum number of plots.
const MAX_CHARTS: usize = 8;

/// Maximum number of curves in a plot, distinguished by colour.
const MAX_CURVES: usize = 8;

/// The name of the panel.
const PANEL: &str = "Plots";

/// Shows plots, and handles requests for plots.
pub struct PlotsPlugin;

impl Plugin for PlotsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Plots>()
            .add_message::<PlotRequest>()
            .add_panel(30, PANEL, "Any number of the run over time", panel::show)
            .add_floating(panel::show_window)
            .add_systems(Update, answer_requests.in_set(RunSystems::Draw));
    }
}

/// Requests a plot of a quantity, such as `joint.pup.knee.position`, or of all its
/// components, such as `body.courier.base.position`.
#[derive(Message, Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlotRequest(pub String);

/// Requests a plot; see `PlotRequest`.
pub fn plot(world: &mut World, name: &str) {
    world.write_message(PlotRequest(name.to_owned()));
}

/// The plots and their settings.
#[derive(Resource)]
pub struct Plots {
    charts: Vec<Chart>,
    /// Search text.
    search: String,
    /// True while all names are listed.
    lists_all: bool,
    view: View,
    /// Visible time range in follow mode, s.
    span_s: f64,
    /// The last drawn tick, while the plots are paused.
    paused_at: Option<Tick>,
    /// True if the plots are in a separate window.
    in_window: bool,
    /// Export as tables and pictures.
    #[cfg(feature = "desktop")]
    saving: save::Saving,
    /// Result of the last request; the flag is true on success.
    said: Option<(bool, String)>,
    next_id: u64,
}

impl Default for Plots {
    fn default() -> Self {
        Self {
            charts: Vec::new(),
            search: String::new(),
            lists_all: false,
            view: View::Follow,
            span_s: 10.0,
            paused_at: None,
            in_window: false,
            #[cfg(feature = "desktop")]
            saving: save::Saving::default(),
            said: None,
            next_id: 0,
        }
    }
}

/// Visible part of the time axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// The shown tick, and the time before it.
    Follow,
    /// The whole run, from the next frame on.
    Whole,
    /// A range chosen by the user.
    Free,
}

/// Curves with a common axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    id: u64,
    /// Names of quantities.
    curves: Vec<String>,
}

impl Chart {
    /// Names of its quantities.
    pub fn curves(&self) -> &[String] {
        &self.curves
    }
}

impl Plots {
    /// All plots, from top to bottom.
    pub fn charts(&self) -> &[Chart] {
        &self.charts
    }

    /// Plots quantities that belong together. They go into the last plot if it has
    /// their unit and room, else into new plots, one per unit.
    pub fn add(&mut self, history: &History, indices: &[usize]) {
        for &index in indices {
            let quantity = &history.quantities()[index];
            if self.charts.iter().any(|chart| chart.curves.contains(&quantity.name)) {
                continue;
            }
            let unit_of = |chart: &Chart| {
                let first = chart.curves.first().and_then(|name| history.find(name));
                first.map(|index| &history.quantities()[index].unit)
            };
            let has_room = self.charts.len() < MAX_CHARTS;
            match self.charts.last_mut() {
                Some(last)
                    if unit_of(last) == Some(&quantity.unit) && last.curves.len() < MAX_CURVES =>
                {
                    last.curves.push(quantity.name.clone());
                }
                _ if has_room => {
                    let curves = vec![quantity.name.clone()];
                    self.charts.push(Chart { id: self.next_id, curves });
                    self.next_id += 1;
                }
                _ => {
                    let text = format!("{MAX_CHARTS} plots are the most: remove some first");
                    self.said = Some((false, text));
                }
            }
        }
    }

    /// The quantities of all plots, by index; those that this run does not have are
    /// left out.
    pub fn indices(&self, history: &History) -> Vec<usize> {
        let names = self.charts.iter().flat_map(|chart| &chart.curves);
        names.filter_map(|name| history.find(name)).collect()
    }

    /// The last drawn tick.
    fn last(&self) -> Tick {
        self.paused_at.unwrap_or(Tick(u64::MAX))
    }
}

fn answer_requests(
    mut requests: MessageReader<PlotRequest>,
    run: Res<Run>,
    mut plots: ResMut<Plots>,
    mut panels: ResMut<Panels>,
) {
    for PlotRequest(name) in requests.read() {
        let Some(history) = run.history() else { continue };
        let meant = history.meant_by(name);
        if meant.is_empty() {
            plots.said = Some((false, format!("nothing is called `{name}`: search for it below")));
        }
        plots.add(history, &meant);
        panels.open(PANEL);
    }
}

/// Quantities of a body that can be plotted: a short text, and a name for
/// `PlotRequest`. They include its joint and the drive of that joint.
pub fn offers(scenario: &Scenario, layout: &SceneLayout, body: BodyId) -> Vec<(String, String)> {
    let Some(about) = layout.bodies.get(body.0) else { return Vec::new() };
    let parts = ["position", "linear_velocity", "angular_velocity", "tilt"];
    let offer = |part: &str| (part.replace('_', " "), format!("body.{}.{part}", about.path));
    let mut offers: Vec<_> = parts.into_iter().map(offer).collect();
    let Some(robot) = about.robot else { return offers };
    let (place, model) = (&layout.robots[robot.0], &scenario.robots[robot.0]);
    let link = model.links.get(body.0 - place.bodies.start).map(|link| link.name.as_str());
    let moved_by = |joint: usize| model.joints.get(joint).map(|it| it.child.as_str()) == link;
    for index in place.dofs.clone() {
        let dof = &layout.dofs[index];
        if !moved_by(dof.joint) {
            continue;
        }
        let name = dof.path.strip_prefix(&format!("{}.", place.name)).unwrap_or(&dof.path);
        let parts = ["position", "velocity", "torque"];
        offers.extend(
            parts.map(|part| (format!("{name} {part}"), format!("joint.{}.{part}", dof.path))),
        );
        for actuator in place.actuators.iter().filter(|actuator| actuator.dof.0 == index) {
            let path = format!("{}.{}", place.name, actuator.name);
            offers.push((format!("{} applied", actuator.name), format!("motor.{path}.applied")));
            offers.push((format!("{} command", actuator.name), format!("command.{path}")));
        }
    }
    offers
}
