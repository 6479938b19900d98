//! `<hfield>`: terrain.

use randori_core::spec::Shape;

use super::settings::Settings;
use crate::geometry::tidy;
use crate::log::Log;
use crate::report::Fate;
use crate::values;
use crate::xml::{Files, Node};

/// The surface of a terrain whose frame is in the middle of its zero level;
/// `None` if it cannot be had.
pub(crate) fn shape(
    log: &mut Log,
    files: &mut Files<'_>,
    settings: &Settings,
    node: Node<'_>,
) -> Option<Shape> {
    let _ = (files, settings);
    let size = node.attribute("size").and_then(|found| values::exactly::<4>(log, found))?;
    let whole = |log: &mut Log, name: &str| -> Option<usize> {
        let found = node.attribute(name)?;
        values::whole(log, found).and_then(|count| usize::try_from(count).ok())
    };
    let (rows, columns) = (whole(log, "nrow")?, whole(log, "ncol")?);
    let Some(elevation) = node.attribute("elevation") else {
        let what = "a terrain from a file or without heights";
        log.note(Fate::Dropped, node, what).advise("write it as a `Heightfield`").doubt();
        return None;
    };
    let heights = values::numbers(log, elevation)?;
    if rows < 2 || columns < 2 || rows.checked_mul(columns) != Some(heights.len()) {
        let message =
            format!("`elevation` has {} numbers, but there are {rows} x {columns}", heights.len());
        log.refuse(elevation, message, "write `nrow` times `ncol` numbers");
        return None;
    }
    let low = heights.iter().copied().fold(f64::INFINITY, f64::min);
    let high = heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = if high > low { high - low } else { 1.0 };
    let scaled = |height: &f64| tidy((height - low) / range * size[2]);
    // Rows are written from +Y to -Y, as pictures are.
    let rows: Vec<Vec<f64>> =
        heights.chunks_exact(columns).rev().map(|row| row.iter().map(scaled).collect()).collect();
    Some(Shape::Heightfield { size: [tidy(2.0 * size[0]), tidy(2.0 * size[1])], heights: rows })
}
