//! The joint tree with the state of each joint.

use bevy_egui::egui::{self, Rect, pos2, vec2};
use randori_core::layout::{BodyId, DofId};
use randori_core::record::WorldState;

use super::bar::{Bar, number, rounded};
use crate::robots::model::{Dof, RobotModel, Row};

const ROW: f32 = 17.0;
const INDENT: f32 = 7.0;
/// Widths of position, velocity and torque, points.
const CELLS: [f32; 3] = [74.0, 50.0, 58.0];
const GAP: f32 = 3.0;

/// The clicked item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Clicked {
    /// A joint, with its child link.
    Link(BodyId),
    /// A number of a degree of freedom, by its name in plots.
    Number(DofId, &'static str),
}

/// The numbers of a row, by their names in plots.
const NUMBERS: [&str; 3] = ["position", "velocity", "torque"];

/// Shows the tree; returns the clicked item.
pub(super) fn show(
    ui: &mut egui::Ui,
    model: &RobotModel,
    state: &WorldState,
    folded: &mut [bool],
    selection: Option<BodyId>,
) -> Option<Clicked> {
    header(ui);
    ui.spacing_mut().item_spacing.y = 1.0;
    let mut clicked = None;
    let mut index = 0;
    while let (Some(row), Some(fold)) = (model.rows.get(index), folded.get_mut(index)) {
        let has_children = row.end > index + 1;
        let is_selected = selection == Some(row.body);
        clicked = line(ui, row, (has_children, fold), state, is_selected).or(clicked);
        index = if *fold { row.end } else { index + 1 };
    }
    clicked
}

/// The cells of a row, from the right end.
fn cells(rect: Rect) -> [Rect; 3] {
    let mut right = rect.right();
    let mut cells = CELLS.map(|_| rect);
    for (cell, width) in cells.iter_mut().zip(CELLS).rev() {
        *cell = Rect::from_min_max(pos2(right - width, rect.top()), pos2(right, rect.bottom()));
        right -= width + GAP;
    }
    cells
}

fn header(ui: &mut egui::Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), egui::Sense::hover());
    let color = ui.visuals().weak_text_color();
    let titles = [
        (
            "position",
            "Angle in degrees, or length in m; the bar shows where it is within its limits",
        ),
        ("rad/s", "Velocity; m/s where a joint slides"),
        (
            "N m",
            "Torque of the motor; force in N for prismatic joints. The bar shows its share of the \
          motor's maximum, red at the limit",
        ),
    ];
    for (cell, (title, hint)) in cells(rect).into_iter().zip(titles) {
        number(ui.painter(), cell, title, color);
        ui.interact(cell, ui.id().with(title), egui::Sense::hover()).on_hover_text(hint);
    }
    let font = egui::FontId::proportional(12.5);
    ui.painter().text(rect.left_center(), egui::Align2::LEFT_CENTER, "Joint", font, color);
}

/// One joint; returns its clicked item.
fn line(
    ui: &mut egui::Ui,
    row: &Row,
    (has_children, folded): (bool, &mut bool),
    state: &WorldState,
    is_selected: bool,
) -> Option<Clicked> {
    let height = ROW * row.dofs.len().max(1) as f32;
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    if !ui.is_rect_visible(rect) {
        return None;
    }
    if is_selected || response.hovered() {
        let visuals = ui.visuals();
        let color =
            if is_selected { visuals.selection.bg_fill } else { visuals.widgets.hovered.bg_fill };
        ui.painter().rect_filled(rect, 2.0, color.gamma_multiply(0.6));
    }
    let left = rect.left() + INDENT * row.depth as f32;
    let mut on_fold = false;
    if has_children {
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(12.0, ROW));
        let fold = ui.interact(place, response.id.with("fold"), egui::Sense::click());
        on_fold = fold.clicked();
        *folded ^= on_fold;
        let sign = if *folded { "⏵" } else { "⏷" };
        let font = egui::FontId::proportional(11.0);
        let color = ui.visuals().text_color();
        ui.painter().text(place.center(), egui::Align2::CENTER_CENTER, sign, font, color);
    }
    name(ui, row, rect, left + 13.0);
    for (number, dof) in row.dofs.iter().enumerate() {
        let top = rect.top() + ROW * number as f32;
        let part = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW));
        values(ui, dof, state, part.shrink2(vec2(0.0, 1.0)));
    }
    let clicked = response.clicked() && !on_fold;
    let at = response.interact_pointer_pos().filter(|_| clicked);
    response.on_hover_ui(|ui| explain(ui, row, state));
    at.map(|at| number_at(row, rect, at).unwrap_or(Clicked::Link(row.body)))
}

/// The number of a row at a point.
fn number_at(row: &Row, rect: Rect, at: egui::Pos2) -> Option<Clicked> {
    let dof = row.dofs.get(((at.y - rect.top()) / ROW) as usize)?;
    let cell = cells(rect).iter().position(|cell| cell.x_range().contains(at.x))?;
    Some(Clicked::Number(dof.id, NUMBERS[cell]))
}

/// The name, cut off where the numbers begin.
fn name(ui: &egui::Ui, row: &Row, rect: Rect, left: f32) {
    let right = if row.dofs.is_empty() { rect.right() } else { cells(rect)[0].left() - GAP };
    let clip = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
    let at = pos2(left, rect.top() + ROW / 2.0);
    let visuals = ui.visuals();
    let color = if row.dofs.is_empty() { visuals.weak_text_color() } else { visuals.text_color() };
    let font = egui::FontId::proportional(12.5);
    ui.painter().with_clip_rect(clip.intersect(ui.clip_rect())).text(
        at,
        egui::Align2::LEFT_CENTER,
        &row.name,
        font,
        color,
    );
}

/// State of a degree of freedom: coordinate, rate and torque, SI.
fn now(dof: &Dof, state: &WorldState) -> (f32, f32, f32) {
    let at = |values: &[f32]| values.get(dof.id.0).copied().unwrap_or(0.0);
    (at(&state.positions), at(&state.velocities), at(&state.torques))
}

fn values(ui: &egui::Ui, dof: &Dof, state: &WorldState, rect: Rect) {
    let (position, velocity, torque) = now(dof, state);
    let [first, second, third] = cells(rect);
    let text = if dof.is_length {
        format!("{} m", rounded(position, 3))
    } else {
        format!("{}°", rounded(position.to_degrees(), 1))
    };
    let (painter, style) = (ui.painter(), ui.style());
    Bar::within(position, dof.limits).paint(painter, first, &text, style);
    number(painter, second, &rounded(velocity, 2), ui.visuals().text_color());
    if dof.is_driven {
        let bar = Bar::against(torque, dof.most_torque);
        bar.paint(painter, third, &rounded(torque, 2), style);
    } else {
        number(painter, third, "free", ui.visuals().weak_text_color());
    }
}

/// All values of a joint with units, as a tooltip.
fn explain(ui: &mut egui::Ui, row: &Row, state: &WorldState) {
    ui.strong(&row.name);
    for dof in &row.dofs {
        let (position, velocity, torque) = now(dof, state);
        let (scale, length, rate, force) = if dof.is_length {
            (1.0, "m", "m/s", "N")
        } else {
            (1.0_f32.to_degrees(), "deg", "rad/s", "N m")
        };
        let limits = dof.limits.map_or("no limits".to_owned(), |(low, high)| {
            format!("limits {:.3} to {:.3} {length}", low * scale, high * scale)
        });
        ui.label(format!("position {:.3} {length}, {limits}", position * scale));
        ui.label(format!("velocity {} {rate}", rounded(velocity, 3)));
        if dof.is_driven {
            let most = dof.most_torque.map_or("no limit".to_owned(), |it| format!("of {it:.2}"));
            ui.label(format!("torque {} {most} {force}", rounded(torque, 3)));
        } else {
            ui.label("no motor");
        }
    }
    if !row.dofs.is_empty() {
        ui.weak("Click on a number: plot it");
    }
    ui.weak("Click on the name: select the link that it moves");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_on_a_number_means_that_number() {
        let dof = |index| Dof {
            id: DofId(index),
            is_length: false,
            limits: None,
            most_torque: None,
            is_driven: true,
        };
        let dofs = vec![dof(4), dof(5)];
        let row = Row { depth: 1, name: "hip".to_owned(), body: BodyId(2), dofs, end: 1 };
        let rect = Rect::from_min_size(pos2(10.0, 100.0), vec2(300.0, 2.0 * ROW));
        let [position, _, torque] = cells(rect).map(|cell| cell.center().x);
        let upper = rect.top() + ROW / 2.0;

        let clicked = |x, y| number_at(&row, rect, pos2(x, y));

        assert_eq!(clicked(position, upper), Some(Clicked::Number(DofId(4), "position")));
        assert_eq!(clicked(torque, upper + ROW), Some(Clicked::Number(DofId(5), "torque")));
        assert_eq!(clicked(rect.left() + 20.0, upper), None);
    }
}
