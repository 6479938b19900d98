//! The panel "Sensors": switches of overlays, and the last measurement of every sensor.

use bevy::prelude::{DetectChangesMut, Mut, World};
use bevy_egui::egui;
use egui::collapsing_header::CollapsingState;
use randori_sim::session::Session;

use super::depth::{DepthInset, Mount};
use super::{polar, values};
use crate::overlay::{Overlay, Overlays};
use crate::readings::{LastReadings, Measured, measured};
use crate::run::Run;

/// Width of the scroll bar, points.
const SCROLL_BAR: f32 = 6.0;

/// Shows the panel.
pub(super) fn show(ui: &mut egui::Ui, world: &mut World) {
    let mut overlays = world.resource::<Overlays>().clone();
    switches(ui, &mut overlays);
    depth(ui, world);
    ui.separator();
    let mut run = world.resource_mut::<Run>();
    match run.measured() {
        None => {
            ui.label("Open a scenario to see what its robots measure.");
        }
        Some((session, readings)) => Sensors { session, readings }.show(ui, &mut overlays),
    }
    world.resource_mut::<Overlays>().set_if_neq(overlays);
}

/// The switches of the overlays, two in a row.
fn switches(ui: &mut egui::Ui, overlays: &mut Overlays) {
    ui.strong("Show in the picture");
    egui::Grid::new("overlays").num_columns(2).spacing([12.0, 3.0]).show(ui, |ui| {
        for pair in Overlay::ALL.chunks(2) {
            for overlay in pair {
                let mut on = overlays.is_on(*overlay);
                let hint = format!("{} ({})", overlay.hint(), overlay.chord().text());
                if ui.checkbox(&mut on, overlay.name()).on_hover_text(hint).changed() {
                    overlays.set(*overlay, on);
                }
            }
            ui.end_row();
        }
    });
}

/// The switch of the depth picture, and the mount of its camera.
fn depth(ui: &mut egui::Ui, world: &mut World) {
    world.resource_scope(|world, mut inset: Mut<DepthInset>| {
        ui.horizontal(|ui| {
            ui.checkbox(&mut inset.on, "Depth picture from").on_hover_text(
                "View of a depth camera, in the corner of the picture; it looks along +X (I)",
            );
            let Some(layout) = world.resource::<Run>().layout() else { return };
            let chosen = inset.mount.or(inset.seen_from);
            let text = chosen.map_or_else(|| "best view".to_owned(), |it| it.name(layout));
            egui::ComboBox::from_id_salt("depth mount").selected_text(text).show_ui(ui, |ui| {
                for mount in Mount::all(layout) {
                    if ui.selectable_label(chosen == Some(mount), mount.name(layout)).clicked() {
                        inset.mount = Some(mount);
                        inset.on = true;
                    }
                }
            });
        });
    });
}

/// The sensors of a run.
struct Sensors<'a> {
    session: &'a Session,
    readings: &'a LastReadings,
}

impl Sensors<'_> {
    fn show(&self, ui: &mut egui::Ui, overlays: &mut Overlays) {
        let simulation = self.session.episode().simulation();
        let mut robot = None;
        for sensor in measured(self.session.scenario(), simulation) {
            if robot != Some(sensor.id.robot) {
                robot = Some(sensor.id.robot);
                ui.strong(sensor.robot);
            }
            self.sensor(ui, &sensor, overlays);
        }
        if robot.is_none() {
            ui.label("No robot of this scenario has a sensor.");
        }
    }

    fn sensor(&self, ui: &mut egui::Ui, sensor: &Measured, overlays: &mut Overlays) {
        let id = ui.make_persistent_id((sensor.robot, &sensor.spec.name));
        let is_first = sensor.id.sensor == 0;
        let state = CollapsingState::load_with_default_open(ui.ctx(), id, is_first);
        let header = state.show_header(ui, |ui| self.header(ui, sensor, overlays));
        header.body(|ui| {
            self.about(ui, sensor);
            let Some(measured_at) = sensor.measured_at else { return };
            let reading = self.readings.at(sensor.id, measured_at);
            let truth = reading.map(|reading| reading.truth.as_slice());
            let layout = self.session.episode().simulation().layout();
            if let Some(scan) = sensor.layout.scan() {
                polar::show(ui, scan, sensor, truth);
                ui.collapsing("All values", |ui| values::show(ui, sensor, truth, layout));
            } else {
                values::show(ui, sensor, truth, layout);
            }
        });
    }

    /// Switch, name and age, in one line.
    fn header(&self, ui: &mut egui::Ui, sensor: &Measured, overlays: &mut Overlays) {
        if sensor.layout.body.is_some() {
            let mut shown = overlays.shows(sensor.id);
            let hint = "Draw this sensor in the picture, while lidar or sensor axes are shown";
            if ui.checkbox(&mut shown, "").on_hover_text(hint).changed() {
                overlays.show(sensor.id, shown);
            }
        }
        ui.label(egui::RichText::new(&sensor.spec.name).strong());
        let kind = sensor.spec.kind.about().word;
        if !kind.eq_ignore_ascii_case(&sensor.spec.name) {
            ui.weak(kind);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add_space(SCROLL_BAR);
            let Some(age_s) = self.age_s(sensor) else {
                ui.weak("nothing yet").on_hover_text("No measurement has reached the policy");
                return;
            };
            ui.monospace(format!("{:.0} ms", age_s * 1e3)).on_hover_text(
                "Age of the last measurement that has reached the policy, in simulated time",
            );
            if self.readings.is_lost(sensor.id, self.session.record().tick) {
                let lost = egui::RichText::new("lost").color(ui.visuals().warn_fg_color);
                ui.label(lost).on_hover_text("The measurement after it was lost");
            }
        });
    }

    /// Rate, carrier and delay.
    fn about(&self, ui: &mut egui::Ui, sensor: &Measured) {
        let simulation = self.session.episode().simulation();
        let rate_hz = sensor.spec.rate_hz.unwrap_or_else(|| 1.0 / simulation.period().seconds());
        let link = sensor.spec.link.as_ref().map(|link| format!("on link {link}"));
        let latency_s = sensor.spec.errors.latency.filter(|latency| *latency > 0.0);
        let latency = latency_s.map(|latency_s| format!("{:.0} ms late", latency_s * 1e3));
        let parts = [Some(format!("{rate_hz:.0} Hz")), link, latency];
        ui.weak(parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
            .on_hover_text("Measurements per simulated second, carrier, and latency");
    }

    fn age_s(&self, sensor: &Measured) -> Option<f64> {
        let ticks = self.session.record().tick.0.saturating_sub(sensor.measured_at?.0);
        Some(ticks as f64 * self.session.episode().simulation().period().seconds())
    }
}
