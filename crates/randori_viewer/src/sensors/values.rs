//! A table of the values of a sensor.

use bevy_egui::egui;
use randori_core::layout::SceneLayout;
use randori_core::sensor::Channel;

use super::words;
use crate::readings::Measured;

/// Values of a channel that are shown while it is collapsed.
const SHOWN: usize = 8;
/// Maximum length of a name in its column, characters.
const NAME_LEN: usize = 11;

/// All channels of a sensor, with true values if they are known.
pub(super) fn show(
    ui: &mut egui::Ui,
    sensor: &Measured,
    truth: Option<&[f32]>,
    layout: &SceneLayout,
) {
    let mut first = 0;
    for channel in &sensor.layout.channels {
        let range = first..first + channel.len;
        first = range.end;
        let Some(values) = sensor.values.get(range.clone()) else { continue };
        let rows = rows(sensor, channel, layout);
        let table = Table { rows: &rows, values, truth: truth.and_then(|truth| truth.get(range)) };
        table.show(ui, channel);
    }
}

/// Name and unit of each value of a channel.
fn rows(sensor: &Measured, channel: &Channel, layout: &SceneLayout) -> Vec<(String, String)> {
    let is_length = |joint: &str| {
        let dof = layout.dof(&format!("{}.{joint}", sensor.robot));
        dof.and_then(|dof| layout.dofs.get(dof.0)).is_some_and(|dof| dof.is_length)
    };
    let row = |index| {
        let unit = words::unit_of(channel, index, is_length);
        (words::element(channel, index), unit.to_owned())
    };
    (0..channel.len).map(row).collect()
}

/// The table of a channel.
struct Table<'a> {
    rows: &'a [(String, String)],
    values: &'a [f32],
    truth: Option<&'a [f32]>,
}

impl Table<'_> {
    fn show(&self, ui: &mut egui::Ui, channel: &Channel) {
        let unit = self.rows.first().map_or("", |(_, unit)| unit);
        let has_one_unit = self.rows.iter().all(|(_, other)| other == unit);
        ui.horizontal(|ui| {
            ui.label(egui::RichText::new(&channel.name).strong());
            ui.weak(if has_one_unit { unit } else { "" });
        });
        let count = self.rows.len();
        self.grid(ui, &channel.name, 0..count.min(SHOWN), has_one_unit);
        if count > SHOWN {
            let title = format!("{} more", count - SHOWN);
            egui::CollapsingHeader::new(title).id_salt(("more", &channel.name)).show(ui, |ui| {
                self.grid(ui, &channel.name, SHOWN..count, has_one_unit);
            });
        }
    }

    fn grid(
        &self,
        ui: &mut egui::Ui,
        name: &str,
        range: std::ops::Range<usize>,
        has_one_unit: bool,
    ) {
        egui::Grid::new((name, range.start))
            .num_columns(4)
            .min_col_width(0.0)
            .spacing([6.0, 1.0])
            .show(ui, |ui| {
                if range.start == 0 {
                    ui.label("");
                    ui.weak("measured");
                    ui.weak("true");
                    ui.end_row();
                }
                for index in range {
                    let (element, unit) = &self.rows[index];
                    let label = ui.monospace(format!("{:<NAME_LEN$}", shortened(element)));
                    label.on_hover_text(element);
                    ui.monospace(words::number(self.values[index])).on_hover_text("Measured");
                    let truth = self.truth.and_then(|truth| truth.get(index));
                    let truth =
                        truth.map_or_else(|| format!("{:>9}", "–"), |it| words::number(*it));
                    ui.label(egui::RichText::new(truth).monospace().weak()).on_hover_text(
                        "True value at the time of measurement, if that tick was played here",
                    );
                    ui.weak(if has_one_unit { "" } else { unit });
                    ui.end_row();
                }
            });
    }
}

/// A name shortened to its column by removing its middle.
fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= NAME_LEN {
        return name.to_owned();
    }
    let head: String = letters[..NAME_LEN / 2].iter().collect();
    let tail: String = letters[letters.len() - NAME_LEN / 2..].iter().collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_beginning_and_end() {
        assert_eq!(shortened("left_wheel"), "left_wheel");
        assert_eq!(shortened("left_shoulder_pitch_joint"), "left_…joint");
    }
}
