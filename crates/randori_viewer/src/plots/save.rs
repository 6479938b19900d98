//! Saves plots as a table, or as a picture of the screen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::window::PrimaryWindow;
use bevy_egui::egui;
use image::ImageFormat;
use randori_core::time::Tick;

use super::Plots;
use crate::history::History;
use crate::run::Run;

/// Maximum number of file names tried.
const MAX_NUMBERS: u32 = 10_000;

/// Settings for saving plots.
pub(super) struct Saving {
    /// Destination of tables and pictures.
    file: String,
    /// True if a picture was requested.
    picture: bool,
    /// Area of the plots on screen.
    pub(super) area: Option<egui::Rect>,
}

impl Default for Saving {
    fn default() -> Self {
        Self { file: "plots.csv".to_owned(), picture: false, area: None }
    }
}

/// The file, and buttons for a table and a picture.
pub(super) fn row(ui: &mut egui::Ui, run: &Run, plots: &mut Plots) {
    let is_empty = plots.charts.is_empty();
    ui.horizontal(|ui| {
        ui.add(egui::TextEdit::singleline(&mut plots.saving.file).desired_width(150.0))
            .on_hover_text("File, in the current folder; one that exists is never overwritten");
        let table = ui.add_enabled(!is_empty, egui::Button::new("CSV"));
        if table.on_hover_text("Write the values that are plotted as a table").clicked()
            && let Some(history) = run.history()
        {
            let indices = plots.indices(history);
            let table = csv(history, &indices, plots.last(), |tick| run.time_s(tick));
            plots.said = Some(write(&plots.saving.file, "csv", table.as_bytes()));
        }
        let png = ui.add_enabled(!is_empty, egui::Button::new("PNG"));
        plots.saving.picture = png.on_hover_text("Write a picture of the plots").clicked();
    });
}

/// A table of quantities up to a tick, in the format of `randori export`: a row for
/// each tick with at least one value; missing values are empty.
pub fn csv(
    history: &History,
    indices: &[usize],
    last: Tick,
    time_s: impl Fn(Tick) -> f64,
) -> String {
    let mut rows: BTreeMap<Tick, Vec<Option<f32>>> = BTreeMap::new();
    for (column, &index) in indices.iter().enumerate() {
        for (tick, value) in history.values(index, 0..=last.0) {
            rows.entry(tick).or_insert_with(|| vec![None; indices.len()])[column] = Some(value);
        }
    }
    let mut text = "tick,time [s]".to_owned();
    for &index in indices {
        text.push(',');
        text.push_str(&quoted(&history.quantities()[index].heading()));
    }
    text.push('\n');
    for (tick, values) in rows {
        // Writing to a string cannot fail.
        let _ = write!(text, "{},{:?}", tick.0, time_s(tick));
        for value in values {
            let _ = match value {
                Some(value) => write!(text, ",{value:?}"),
                None => write!(text, ","),
            };
        }
        text.push('\n');
    }
    text
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Writes a new file: if `plots.csv` exists, it writes `plots-2.csv` and so on.
/// Returns its path.
///
/// # Errors
/// On I/O errors.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned());
    for number in 1..MAX_NUMBERS {
        let numbered = if number == 1 { stem.clone() } else { format!("{stem}-{number}") };
        let name = match &extension {
            Some(extension) => format!("{numbered}.{extension}"),
            None => numbered,
        };
        let free = path.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&free) {
            Ok(mut file) => return file.write_all(bytes).map(|()| free),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, "too many files with this name"))
}

/// Writes a file, and returns a message about it.
fn write(name: &str, extension: &str, bytes: &[u8]) -> (bool, String) {
    let name = name.trim();
    if name.is_empty() {
        return (false, "give the file a name".to_owned());
    }
    match write_new(&Path::new(name).with_extension(extension), bytes) {
        Ok(path) => (true, format!("wrote {}", path.display())),
        Err(error) => (false, format!("cannot write {name}: {error}; try another folder")),
    }
}

/// Takes a requested picture of the plots, and writes it once it has arrived.
pub(super) fn take_asked_picture(world: &mut World) {
    let saving = &mut world.resource_mut::<Plots>().saving;
    let is_asked = std::mem::take(&mut saving.picture);
    let Some(area) = saving.area.filter(|_| is_asked) else { return };
    world.spawn(Screenshot::primary_window()).observe(
        move |captured: On<ScreenshotCaptured>,
              window: Query<&Window, With<PrimaryWindow>>,
              mut plots: ResMut<Plots>| {
            let scale = window.single().map_or(1.0, Window::scale_factor);
            plots.said = Some(match cropped(&captured.image, area, scale) {
                Ok(bytes) => write(&plots.saving.file, "png", &bytes),
                Err(message) => (false, message),
            });
        },
    );
}

/// A part of a picture as PNG.
fn cropped(picture: &Image, area: egui::Rect, scale: f32) -> Result<Vec<u8>, String> {
    let whole = picture.clone().try_into_dynamic();
    let whole = whole.map_err(|error| format!("no picture can be taken: {error}"))?;
    let [x, y] = [area.left(), area.top()].map(|edge| (edge * scale).max(0.0) as u32);
    let [right, bottom] = [area.right(), area.bottom()].map(|edge| (edge * scale).max(0.0) as u32);
    let width = right.min(whole.width()).saturating_sub(x);
    let height = bottom.min(whole.height()).saturating_sub(y);
    if width == 0 || height == 0 {
        return Err("the plots are not in view".to_owned());
    }
    let mut bytes = io::Cursor::new(Vec::new());
    let part = image::DynamicImage::from(whole.crop_imm(x, y, width, height).to_rgb8());
    part.write_to(&mut bytes, ImageFormat::Png).map_err(|error| error.to_string())?;
    Ok(bytes.into_inner())
}
