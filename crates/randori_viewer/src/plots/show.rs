//! Draws plots.

use bevy_egui::egui::{self, Color32, RichText};
use egui_plot::{AxisHints, Line, Plot, PlotPoints, PlotUi, VLine, uniform_grid_spacer};
use randori_core::time::Tick;
use randori_project::numbers::number;

use super::curve::pieces;
use super::panel::Asked;
use super::{Chart, MAX_CURVES, Plots, View};
use crate::history::History;
use crate::run::Run;

/// Colours of curves, in order of addition.
const COLORS: [Color32; MAX_CURVES] = [
    Color32::from_rgb(90, 170, 250),
    Color32::from_rgb(250, 160, 60),
    Color32::from_rgb(100, 200, 110),
    Color32::from_rgb(235, 95, 95),
    Color32::from_rgb(180, 140, 240),
    Color32::from_rgb(225, 205, 80),
    Color32::from_rgb(80, 205, 205),
    Color32::from_rgb(235, 130, 190),
];

/// Distance between labels of the time axis, points: below the minimum, labels fade
/// out.
const X_LABELS: egui::Rangef = egui::Rangef { min: 20.0, max: 40.0 };

/// The same for the axis of values.
const Y_LABELS: egui::Rangef = egui::Rangef { min: 12.0, max: 20.0 };

/// Number of missing values that interrupts a curve. Sensor curves are never
/// interrupted, since each sensor measures at times of its own.
const MAX_MISSING: u64 = 4;

/// Draws all plots, below one another, and stores their area.
pub(super) fn show(
    ui: &mut egui::Ui,
    run: &Run,
    history: &History,
    plots: &mut Plots,
    (height, asked): (f32, &mut Asked),
) {
    #[cfg(feature = "desktop")]
    let top = ui.cursor().min;
    let mut charts = std::mem::take(&mut plots.charts);
    for chart in &mut charts {
        ui.separator();
        legend(ui, run, history, chart);
        draw(ui, chart, (run, history), plots, (height, asked));
    }
    charts.retain(|chart| !chart.curves.is_empty());
    plots.charts = charts;
    if plots.view == View::Whole {
        plots.view = View::Free;
    }
    #[cfg(feature = "desktop")]
    {
        let below = egui::pos2(ui.max_rect().right(), ui.cursor().top());
        let whole = egui::Rect::from_min_max(top, below);
        plots.saving.area = Some(whole.intersect(ui.clip_rect()));
    }
}

/// A row per curve: colour, name with unit, value at the shown tick.
fn legend(ui: &mut egui::Ui, run: &Run, history: &History, chart: &mut Chart) {
    let mut removed = None;
    for (place, name) in chart.curves.iter().enumerate() {
        let found = history.find(name);
        ui.horizontal(|ui| {
            ui.colored_label(COLORS[place % COLORS.len()], "■");
            let layout = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(layout, |ui| {
                if ui.small_button("✖").on_hover_text("Remove this curve").clicked() {
                    removed = Some(place);
                }
                let value = found.and_then(|index| history.at(index, run.tick()));
                let value = value.map_or(f64::NAN, f64::from);
                ui.monospace(number(value)).on_hover_text("Value at the tick that is shown");
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let text = match found {
                        Some(index) => RichText::new(history.quantities()[index].heading()),
                        None => RichText::new(format!("{name}: not in this run")).weak(),
                    };
                    ui.add(egui::Label::new(text).truncate());
                });
            });
        });
    }
    if let Some(place) = removed {
        chart.curves.remove(place);
    }
}

fn draw(
    ui: &mut egui::Ui,
    chart: &Chart,
    (run, history): (&Run, &History),
    plots: &mut Plots,
    (height, asked): (f32, &mut Asked),
) {
    let now_s = run.time_s(plots.paused_at.unwrap_or(run.tick()));
    let plot = Plot::new(("plot", chart.id))
        .height(height)
        .allow_scroll(false)
        .custom_x_axes(vec![AxisHints::new_x().label_spacing(X_LABELS)])
        .custom_y_axes(vec![AxisHints::new_y().label_spacing(Y_LABELS)])
        .x_grid_spacer(uniform_grid_spacer(|input| steps(input.bounds)))
        .y_grid_spacer(uniform_grid_spacer(|input| steps(input.bounds)))
        .y_axis_min_width(44.0)
        .link_axis("plots", [true, false])
        .link_cursor("plots", [true, false])
        .label_formatter(|name, at| format!("{name}\n{:.3} s: {}", at.x, number(at.y)));
    let (view, span_s) = (plots.view, plots.span_s);
    let last = plots.last();
    let response = plot.show(ui, |plot| {
        if view == View::Follow {
            let to_s = now_s.max(span_s * 0.95) + span_s * 0.05;
            plot.set_plot_bounds_x(to_s - span_s..=to_s);
            plot.set_auto_bounds([false, true]);
        } else if view == View::Whole {
            plot.set_auto_bounds([true, true]);
        }
        let in_view = if plot.auto_bounds().x && view != View::Follow {
            None
        } else {
            Some(plot.plot_bounds())
        };
        let columns = plot.response().rect.width().max(1.0) as u64;
        let in_view = in_view.map(|bounds| {
            let margin_s = bounds.width() * 0.1;
            let [from, to] = [bounds.min()[0] - margin_s, bounds.max()[0] + margin_s];
            run.tick_at(from.max(0.0))..=run.tick_at(to.max(0.0))
        });
        for (place, name) in chart.curves.iter().enumerate() {
            let Some(index) = history.find(name) else { continue };
            let ticks = in_view.clone().unwrap_or(Tick(0)..=run.newest());
            let ticks = ticks.start().0..=ticks.end().0.min(last.0);
            curve(plot, (place, index), ticks, columns, (run, history));
        }
        let cursor = VLine::new("shown", run.time_s(run.tick()));
        plot.vline(cursor.color(Color32::from_gray(200)).width(1.0).allow_hover(false));
        plot.pointer_coordinate()
    });
    let hint = "Click shows that time, drag moves, Ctrl and wheel zoom, right drag zooms into a \
                box, double click shows all";
    let plot = response.response;
    if let (true, Some(at)) = (plot.clicked(), response.inner) {
        asked.seek = Some(run.tick_at(at.x.max(0.0)));
    }
    let zoomed =
        plot.hovered() && ui.input(|input| input.zoom_delta_2d() != egui::Vec2::splat(1.0));
    if plot.dragged() || plot.double_clicked() || zoomed {
        plots.view = View::Free;
    }
    ui.weak("time [s]").on_hover_text(hint);
}

/// Steps of a grid from the finest to the coarsest; the middle one fits a few times
/// into the visible range, and has labels.
fn steps((low, high): (f64, f64)) -> [f64; 3] {
    let rough = (high - low) / 4.0;
    if !(rough.is_finite() && rough > 0.0) {
        return [0.1, 1.0, 10.0];
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let round = [1.0, 2.0, 5.0].map(|it| it * power);
    let step = round.into_iter().find(|it| *it >= rough).unwrap_or(10.0 * power);
    [step / 5.0, step, step * 10.0]
}

fn curve(
    plot: &mut PlotUi<'_>,
    (place, index): (usize, usize),
    ticks: std::ops::RangeInclusive<u64>,
    columns: u64,
    (run, history): (&Run, &History),
) {
    if ticks.is_empty() {
        return;
    }
    let quantity = &history.quantities()[index];
    let is_sensor = quantity.name.starts_with("sensor.");
    let gap = if is_sensor { u64::MAX } else { history.stride().saturating_mul(MAX_MISSING) };
    let values = history.values(index, ticks.clone());
    for piece in pieces(values, ticks, (columns, gap), |tick| run.time_s(tick)) {
        let line = Line::new(quantity.name.clone(), PlotPoints::Owned(piece));
        plot.line(line.color(COLORS[place % COLORS.len()]).width(1.5));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_round_numbers_are_in_view_whatever_its_size() {
        let labelled = |low, high| steps((low, high))[1];

        assert_eq!(labelled(-10.0, 7.0), 5.0);
        assert_eq!(labelled(0.0, 10.0), 5.0);
        assert_eq!(labelled(0.0, 4.0), 1.0);
        assert!((labelled(0.0, 0.007) - 0.002).abs() < 1e-12);
        assert_eq!(labelled(3.0, 3.0), 1.0);
    }
}
