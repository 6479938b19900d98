//! The panel of verdicts: goals with margins and their causes, metrics, errors,
//! sampled values, and the list of events.

use bevy::prelude::*;
use bevy_egui::egui::{self, Color32, RichText};
use randori_core::report::{GoalReport, RunError, RunReport, Verdict};
use randori_core::time::Tick;
use randori_project::numbers::{number, signed};

use crate::action::Action;
use crate::history::History;
use crate::marks::{Mark, Marks, Standing};
use crate::palette::{GRAY, GREEN, MAGENTA, RED, YELLOW};
use crate::panels::AddPanel;
use crate::run::Run;

/// The margin that fills half of a bar's side, in its unit.
const HALF_BAR: f64 = 0.3;

/// Shows the verdicts of a run.
pub struct JudgementPlugin;

impl Plugin for JudgementPlugin {
    fn build(&self, app: &mut App) {
        app.add_panel(0, "Goals", "Verdicts, margins, metrics and events", show);
    }
}

/// The certain verdict of a run at its newest tick: one word, its colour, and an
/// explanation.
pub fn overall(report: &RunReport, run: &Run) -> (&'static str, Color32, &'static str) {
    let expected = report.expected_failure.as_deref();
    let failed = report.goals.iter().any(|goal| {
        Standing::of(goal, run) == Standing::Fail && expected != Some(goal.name.as_str())
    });
    match report.verdict {
        Verdict::Error => ("ERROR", MAGENTA, "The run ended in an error"),
        Verdict::Pass if run.is_over() => ("pass", GREEN, "The run is over"),
        Verdict::Fail if run.is_over() => ("FAIL", RED, "The run is over"),
        _ if failed => ("FAIL", RED, "A required goal is violated for good"),
        Verdict::Pass => ("open", GRAY, "If the run ended now, it would pass"),
        Verdict::Fail => ("open", GRAY, "If the run ended now, it would fail"),
    }
}

/// Draws the panel.
pub fn show(ui: &mut egui::Ui, world: &mut World) {
    let mut jump = None;
    let run = world.resource::<Run>();
    let (Some(report), Some(history)) = (run.report(), run.history()) else {
        ui.weak("No run is open.");
        return;
    };
    header(ui, report, run);
    if let Some(error) = &report.error {
        broken(ui, error, run, &mut jump);
    }
    if report.goals.is_empty() {
        ui.weak("This scenario has no goals.");
    }
    for goal in &report.goals {
        ui.separator();
        let is_expected = report.expected_failure.as_ref() == Some(&goal.name);
        show_goal(ui, goal, is_expected, (run, history), &mut jump);
    }
    let metrics = report.metrics.iter().map(|metric| {
        let unit = unit_of(&metric.name, history).unwrap_or_default();
        (metric.name.as_str(), metric.value, unit)
    });
    let hint = "Values so far, in SI units";
    numbers(ui, ("Metrics", hint), metrics);
    let varied = report.varied.iter().map(|(path, value)| (path.as_str(), *value, ""));
    numbers(ui, ("Sampled for this seed", "Values that `vary` sampled, by path"), varied);
    if let Some(marks) = world.get_resource::<Marks>() {
        events(ui, marks.happened(), run, &mut jump);
    }
    if let Some(tick) = jump {
        world.write_message(Action::Pause);
        world.write_message(Action::Seek(tick));
    }
}

fn header(ui: &mut egui::Ui, report: &RunReport, run: &Run) {
    let (word, color, why) = overall(report, run);
    ui.horizontal(|ui| {
        ui.label(RichText::new(word).strong().size(18.0).color(color)).on_hover_text(why);
        let time_s = run.time_s(run.newest());
        let what = if run.is_over() { "after" } else { "so far, at" };
        ui.label(format!("{what} {time_s:.3} s")).on_hover_text(why);
        ui.weak(format!("seed {}", report.seed));
    });
    if let Some(expected) = &report.expected_failure {
        let hint = "The scenario shows a limit: it passes if this goal fails alone";
        let holds = report
            .goals
            .iter()
            .any(|goal| goal.name == *expected && Standing::of(goal, run) == Standing::Pass);
        if holds {
            let text = format!("`{expected}` was expected to fail, but passes.");
            ui.colored_label(YELLOW, text).on_hover_text(hint);
        } else {
            ui.label(format!("Expected: `{expected}` fails, all else holds.")).on_hover_text(hint);
        }
    }
    if run.shows_past() {
        let newest_s = run.time_s(run.newest());
        ui.colored_label(
            YELLOW,
            format!("Verdicts are those of the newest tick, {newest_s:.3} s."),
        )
        .on_hover_text("The picture shows the past; branch there for a different future");
    }
}

fn broken(ui: &mut egui::Ui, error: &RunError, run: &Run, jump: &mut Option<Tick>) {
    let frame = egui::Frame::group(ui.style())
        .stroke(egui::Stroke::new(1.5, RED))
        .fill(Color32::from_rgb(58, 24, 24));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(format!("error {}", error.code)).strong().color(RED));
        ui.label(RichText::new(&error.message).color(Color32::WHITE));
        for detail in &error.details {
            ui.monospace(RichText::new(detail).small());
        }
        if let Some(help) = &error.help {
            ui.label(RichText::new(format!("Help: {help}")).color(Color32::WHITE));
        }
        moment(ui, Tick(error.tick), run, jump);
    });
}

fn show_goal(
    ui: &mut egui::Ui,
    goal: &GoalReport,
    is_expected: bool,
    (run, history): (&Run, &History),
    jump: &mut Option<Tick>,
) {
    let standing = Standing::of(goal, run);
    let would = if goal.verdict == Verdict::Pass { "hold" } else { "be violated" };
    ui.horizontal_wrapped(|ui| {
        let word = RichText::new(standing.word()).strong().color(standing.color());
        let word = ui.label(word);
        if standing == Standing::Open {
            word.on_hover_text(format!("Not certain; if the run ended now, it would {would}"));
        }
        ui.strong(&goal.name);
        let (kind, hint) = if goal.required {
            ("required", "If it is violated, the run fails")
        } else {
            ("preferred", "If it is violated, the run can still pass")
        };
        ui.weak(kind).on_hover_text(hint);
        if is_expected {
            ui.colored_label(YELLOW, "expected to fail");
        }
    });
    ui.label(RichText::new(&goal.formula).monospace().size(11.0));
    let cause = goal.reason.as_ref().map_or(goal.formula.as_str(), |reason| &reason.atom);
    margin(ui, goal.margin, unit_of(cause, history).unwrap_or_default());
    if standing != Standing::Open
        && let Some(decided_s) = goal.decided_at_s
    {
        ui.horizontal_wrapped(|ui| {
            ui.weak("certain at");
            moment(ui, run.tick_at(decided_s), run, jump);
        });
    }
    if let Some(reason) = goal.reason.as_ref().filter(|_| goal.margin.is_finite()) {
        ui.horizontal_wrapped(|ui| {
            ui.weak(if standing == Standing::Open { "so far by" } else { "decided by" });
            ui.label(RichText::new(&reason.atom).monospace().size(11.0));
            ui.weak("at");
            moment(ui, run.tick_at(reason.time_s), run, jump);
        });
    }
}

/// A time; a click shows it.
fn moment(ui: &mut egui::Ui, tick: Tick, run: &Run, jump: &mut Option<Tick>) {
    let hint = format!("Show tick {}", tick.0);
    if ui.link(format!("{:.3} s", run.time_s(tick))).on_hover_text(hint).clicked() {
        *jump = Some(tick);
    }
}

/// A bar to the left or right of the centre, and the number.
fn margin(ui: &mut egui::Ui, margin: f64, unit: &str) {
    if !margin.is_finite() {
        let hint = "No tick within the formula's time interval has been reached, or its signals \
                    are not known there";
        ui.weak("no margin").on_hover_text(hint);
        return;
    }
    let color = if margin >= 0.0 { GREEN } else { RED };
    let hint = match unit {
        "rad" => format!(
            "Margin: {} deg to the bound; negative means violated",
            signed(margin.to_degrees())
        ),
        _ => "Margin: how far from the bound; negative means violated".to_owned(),
    };
    let row = ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(170.0, 10.0), egui::Sense::hover());
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 2.0, ui.visuals().extreme_bg_color);
        let filled = margin_share(margin) * rect.width() / 2.0;
        let middle = rect.center().x;
        let (left, right) = (middle.min(middle + filled), middle.max(middle + filled));
        let bar = egui::Rect::from_x_y_ranges(left..=right, rect.y_range());
        painter.rect_filled(bar, 0.0, color);
        painter.vline(middle, rect.y_range(), (1.0, ui.visuals().weak_text_color()));
        ui.label(RichText::new(format!("{:>8} {unit}", signed(margin))).monospace().color(color));
    });
    row.response.on_hover_text(hint);
}

/// Signed share of its side that a margin fills: -1 to 1.
fn margin_share(margin: f64) -> f32 {
    (margin / (margin.abs() + HALF_BAR)) as f32
}

/// The unit of a formula if all its signals have the same one and it neither
/// multiplies nor divides them.
pub fn unit_of<'h>(formula: &str, history: &'h History) -> Option<&'h str> {
    if formula.contains('*') || formula.contains(" / ") {
        return None;
    }
    let squeeze = |text: &str| text.replace(char::is_whitespace, "");
    let formula = squeeze(formula);
    let mut units = history.signals().filter(|it| formula.contains(&squeeze(&it.name)));
    let first = units.next()?.unit.as_str();
    let is_plain = matches!(first, "" | "1");
    (units.all(|it| it.unit == first) && !is_plain).then_some(first)
}

fn numbers<'a>(
    ui: &mut egui::Ui,
    (title, hint): (&str, &str),
    rows: impl ExactSizeIterator<Item = (&'a str, f64, &'a str)>,
) {
    if rows.len() == 0 {
        return;
    }
    ui.separator();
    ui.strong(title).on_hover_text(hint);
    for (name, value, unit) in rows {
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.monospace(format!("{} {unit}", number(value)));
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.add(egui::Label::new(RichText::new(name)).truncate());
                });
            });
        });
    }
}

/// Events with times; only the visible rows are laid out.
fn events(ui: &mut egui::Ui, marks: &[Mark], run: &Run, jump: &mut Option<Tick>) {
    ui.separator();
    ui.strong("Events").on_hover_text("What events and interventions did to the world");
    if marks.is_empty() {
        ui.weak("None so far.");
        return;
    }
    let height = ui.text_style_height(&egui::TextStyle::Body);
    let area = egui::ScrollArea::vertical().id_salt("events").max_height(180.0);
    area.auto_shrink([false, true]).show_rows(ui, height, marks.len(), |ui, rows| {
        for mark in &marks[rows] {
            ui.horizontal(|ui| {
                moment(ui, mark.tick, run, jump);
                let text = RichText::new(&mark.text).color(mark.kind.color());
                ui.add(egui::Label::new(text).truncate()).on_hover_text(&mark.text);
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_fill_their_side_of_the_bar() {
        assert_eq!(margin_share(0.0), 0.0);
        assert_eq!(margin_share(HALF_BAR), 0.5);
        assert_eq!(margin_share(-HALF_BAR), -0.5);
        assert_eq!(margin_share(-1e300), -1.0);
    }
}
