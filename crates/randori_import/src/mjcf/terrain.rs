//! `<hfield>`: terrain, from numbers, a picture, or `MuJoCo`'s binary format.
//!
//! Start reading at [`shape`].

use randori_core::spec::Shape;

use super::settings::Settings;
use crate::geometry::tidy;
use crate::log::Log;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::{Attribute, Files, Node};

/// Maximum number of heights; larger grids are downsampled, because their file would
/// exceed the limits.
const MAX_HEIGHTS: usize = 512 * 512;

/// Maximum number of pixels of a picture.
const MAX_PIXELS: u64 = 64 << 20;

/// A grid of heights in any unit.
#[derive(Debug, Clone, PartialEq)]
struct Grid {
    columns: usize,
    /// Row by row along +Y.
    heights: Vec<f64>,
}

/// The surface of a terrain with its frame at the centre of its zero level; `None`,
/// with a line in the report or an error, if it cannot be read.
pub(crate) fn shape(
    log: &mut Log,
    files: &mut Files<'_>,
    settings: &Settings,
    node: Node<'_>,
) -> Option<Shape> {
    let Some(size) = node.attribute("size") else {
        lost(log, node, "it has no `size`");
        return None;
    };
    let size = values::exactly::<4>(log, size)?;
    let grid = match node.attribute("file").filter(|file| !file.value.is_empty()) {
        Some(file) => match read(files, settings, node, file) {
            Ok(grid) => grid,
            Err(reason) => {
                lost(log, node, &format!("`{}`: {reason}", file.value));
                return None;
            }
        },
        None => written(log, node)?,
    };
    let rows = grid.heights.len() / grid.columns.max(1);
    if rows < 2 || grid.columns < 2 {
        lost(log, node, &format!("it has {rows} x {} heights", grid.columns));
        return None;
    }
    let grid = thinned(log, node, grid);
    let low = grid.heights.iter().copied().fold(f64::INFINITY, f64::min);
    let high = grid.heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = if high > low { high - low } else { 1.0 };
    let scaled = |height: &f64| rounded((height - low) / range * size[2]);
    let heights =
        grid.heights.chunks_exact(grid.columns).map(|row| row.iter().map(scaled).collect());
    let size = [tidy(2.0 * size[0]), tidy(2.0 * size[1])];
    Some(Shape::Heightfield { size, heights: heights.collect() })
}

/// Reports an unreadable terrain, with advice.
fn lost(log: &mut Log, node: Node<'_>, reason: &str) {
    let name = node.name().unwrap_or("without name");
    let what = format!("terrain `{name}`: {reason}");
    let advice = "write it as a `Heightfield` in the environment";
    log.note(ImportStatus::Dropped, node, what).advise(advice).doubt();
}

/// Six digits are finer than the resolution of a picture.
fn rounded(height: f64) -> f64 {
    if height == 0.0 {
        return 0.0;
    }
    format!("{height:.5e}").parse().unwrap_or(height)
}

/// Heights in the file itself; flat by default.
fn written(log: &mut Log, node: Node<'_>) -> Option<Grid> {
    let mut counts = [0_usize; 2];
    for (name, count) in ["nrow", "ncol"].into_iter().zip(&mut counts) {
        let Some(found) = node.attribute(name) else {
            lost(log, node, &format!("it has neither a file nor `{name}`"));
            return None;
        };
        *count = usize::try_from(values::whole(log, found)?).unwrap_or(0);
    }
    let [rows, columns] = counts;
    let Some(elevation) = node.attribute("elevation") else {
        if rows.checked_mul(columns).is_none_or(|count| count > MAX_HEIGHTS) {
            lost(log, node, &format!("{rows} x {columns} heights are too many"));
            return None;
        }
        return Some(Grid { columns, heights: vec![0.0; rows * columns] });
    };
    let heights = values::numbers(log, elevation)?;
    if rows < 2 || columns < 2 || rows.checked_mul(columns) != Some(heights.len()) {
        let message =
            format!("`elevation` has {} numbers, but there are {rows} x {columns}", heights.len());
        log.refuse(elevation, message, "write `nrow` times `ncol` numbers");
        return None;
    }
    // Rows are stored from +Y to -Y, like in pictures.
    Some(Grid { columns, heights: reversed(&heights, columns) })
}

fn reversed(heights: &[f64], columns: usize) -> Vec<f64> {
    heights.chunks_exact(columns).rev().flatten().copied().collect()
}

/// Heights from a file: a picture, or `MuJoCo`'s own format.
fn read(
    files: &mut Files<'_>,
    settings: &Settings,
    node: Node<'_>,
    file: &Attribute,
) -> Result<Grid, String> {
    let path = settings.asset_path(files, file)?;
    let bytes = files.bytes(&path)?;
    let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_picture = match node.text("content_type") {
        Some(kind) => kind == "image/png",
        None => ending == "png",
    };
    if is_picture { picture(&bytes) } else { binary(&bytes) }
}

/// The first channel of a PNG picture, eight bits of it, as `MuJoCo` reads it.
fn picture(bytes: &[u8]) -> Result<Grid, String> {
    let broken = |error: png::DecodingError| format!("it is not a valid PNG picture ({error})");
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    let (width, height) = decoder.read_header_info().map_err(broken)?.size();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(format!("{width} x {height} pixels are too many"));
    }
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(broken)?;
    let size = reader.output_buffer_size().ok_or("it is too large")?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    let columns = width as usize;
    let channels = frame.color_type.samples();
    let rows = pixels.chunks_exact(frame.line_size).take(height as usize);
    let heights: Vec<f64> =
        rows.flat_map(|row| row.chunks_exact(channels).map(|pixel| f64::from(pixel[0]))).collect();
    Ok(Grid { columns, heights: reversed(&heights, columns) })
}

/// Two counts and that many numbers, row by row along +Y, little-endian.
fn binary(bytes: &[u8]) -> Result<Grid, String> {
    let words: Vec<[u8; 4]> = bytes.as_chunks().0.to_vec();
    let count = |index: usize| {
        let count = words.get(index).map(|word| i32::from_le_bytes(*word));
        count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
    };
    let (rows, columns) = (count(0), count(1));
    let needed = rows.checked_mul(columns).filter(|count| *count > 0);
    if needed.and_then(|count| count.checked_add(2)) != Some(words.len())
        || !bytes.len().is_multiple_of(4)
    {
        return Err("it is neither a PNG picture nor a heightfield of MuJoCo".to_owned());
    }
    let heights: Vec<f64> =
        words[2..].iter().map(|word| f64::from(f32::from_le_bytes(*word))).collect();
    if heights.iter().any(|height| !height.is_finite()) {
        return Err("a height is not finite".to_owned());
    }
    Ok(Grid { columns, heights })
}

/// At most [`MAX_HEIGHTS`], evenly spaced over the same area.
fn thinned(log: &mut Log, node: Node<'_>, grid: Grid) -> Grid {
    let (rows, columns) = (grid.heights.len() / grid.columns, grid.columns);
    if rows * columns <= MAX_HEIGHTS {
        return grid;
    }
    let share = (MAX_HEIGHTS as f64 / (rows * columns) as f64).sqrt();
    let fewer = |count: usize| ((count as f64 * share) as usize).clamp(2, count);
    let (few_rows, few_columns) = (fewer(rows), fewer(columns));
    let few_columns = few_columns.min(MAX_HEIGHTS / few_rows);
    let place = |index: usize, few: usize, many: usize| {
        let at = index as f64 * (many - 1) as f64 / (few - 1) as f64;
        let low = (at as usize).min(many - 2);
        (low, at - low as f64)
    };
    let at = |row: usize, column: usize| grid.heights[row * columns + column];
    let mut heights = Vec::with_capacity(few_rows * few_columns);
    for row in 0..few_rows {
        let (y, dy) = place(row, few_rows, rows);
        for column in 0..few_columns {
            let (x, dx) = place(column, few_columns, columns);
            let near = at(y, x) * (1.0 - dx) + at(y, x + 1) * dx;
            let far = at(y + 1, x) * (1.0 - dx) + at(y + 1, x + 1) * dx;
            heights.push(near * (1.0 - dy) + far * dy);
        }
    }
    let what = format!(
        "a terrain of {rows} x {columns} heights: downsampled to {few_rows} x {few_columns}"
    );
    log.note(ImportStatus::Approximated, node, what);
    Grid { columns: few_columns, heights }
}
