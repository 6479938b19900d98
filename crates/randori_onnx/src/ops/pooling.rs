//! `MaxPool`, `AveragePool` and their global forms.

use super::window::{Placement, Window, image, result_shape};
use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    match name {
        "MaxPool" => Some(boxed(Pool::new(node, Kind::Max))),
        "AveragePool" => Some(boxed(average(node))),
        "GlobalMaxPool" => Some(boxed(Ok(GlobalPool(Kind::Max)))),
        "GlobalAveragePool" => Some(boxed(Ok(GlobalPool(Kind::Average)))),
        _ => None,
    }
}

/// Reduction of the numbers in a window, row by row.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Max,
    /// Divided by the numbers inside of the image.
    Average,
    /// Divided by the numbers inside of image and padding.
    AverageWithPadding,
}

/// A window that slides over each channel.
#[derive(Debug)]
struct Pool {
    window: Window,
    kind: Kind,
}

fn average(node: &Builder<'_>) -> Result<Pool, String> {
    let with_padding = node.flag("count_include_pad")?;
    Pool::new(node, if with_padding { Kind::AverageWithPadding } else { Kind::Average })
}

impl Pool {
    fn new(node: &Builder<'_>, kind: Kind) -> Result<Self, String> {
        if node.has_output(1) {
            return Err("the indices of a MaxPool are not computed".to_owned());
        }
        if node.flag("storage_order")? {
            return Err("`storage_order` 1 is not supported".to_owned());
        }
        Ok(Self { window: Window::new(node, None)?, kind })
    }

    /// The result for the window at `(row, column)` of one channel.
    fn window(&self, plane: &[f32], size: [usize; 2], place: &Placement, at: [usize; 2]) -> f32 {
        let window = &self.window;
        let corner = [at[0] * window.strides[0], at[1] * window.strides[1]];
        let (mut largest, mut sum) = (f32::NEG_INFINITY, 0.0);
        let (mut inside, mut covered) = (0_usize, 0_usize);
        for row in 0..window.kernel[0] {
            let y = corner[0] + row * window.dilations[0];
            for column in 0..window.kernel[1] {
                let x = corner[1] + column * window.dilations[1];
                let bounds: [usize; 2] =
                    std::array::from_fn(|i| size[i] + place.before[i] + place.behind[i]);
                covered += usize::from(y < bounds[0] && x < bounds[1]);
                let (Some(y), Some(x)) =
                    (y.checked_sub(place.before[0]), x.checked_sub(place.before[1]))
                else {
                    continue;
                };
                if y < size[0] && x < size[1] {
                    let value = plane[y * size[1] + x];
                    largest = if value > largest || value.is_nan() { value } else { largest };
                    sum += value;
                    inside += 1;
                }
            }
        }
        match self.kind {
            Kind::Max => largest,
            Kind::Average => sum / inside as f32,
            Kind::AverageWithPadding => sum / covered as f32,
        }
    }
}

impl Kernel for Pool {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        let shape = *io.need(0)?.shape();
        let values = io.slice::<f32>(0)?;
        let [count, channels, height, width] = image(&shape)?;
        let place = self.window.place([height, width])?;
        let target = result_shape(&shape, channels, place.out)?;
        let [rows, columns] = place.out;
        work.spend(&[
            count,
            channels,
            rows,
            columns,
            self.window.kernel[0],
            self.window.kernel[1],
        ])?;
        let result = out[0].reset::<f32>(target);
        if result.is_empty() || height * width == 0 {
            result.fill(0.0);
            return Ok(());
        }
        let planes = values.chunks_exact(height * width);
        for (plane, result) in planes.zip(result.chunks_exact_mut(rows * columns)) {
            for (index, slot) in result.iter_mut().enumerate() {
                let at = [index / columns, index % columns];
                *slot = self.window(plane, [height, width], &place, at);
            }
        }
        Ok(())
    }

    fn folds(&self) -> bool {
        false
    }
}

/// One number for each channel.
#[derive(Debug)]
struct GlobalPool(Kind);

impl Kernel for GlobalPool {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let shape = *io.need(0)?.shape();
        let values = io.slice::<f32>(0)?;
        if shape.len() < 3 {
            return Err(format!("shape {shape} has no dimensions to pool over"));
        }
        let mut target = Shape::new(&shape)?;
        for axis in 2..shape.len() {
            target = target.with(axis, 1)?;
        }
        let length: usize = shape[2..].iter().product();
        if length == 0 {
            return Err("there are no elements to pool over".to_owned());
        }
        let result = out[0].reset::<f32>(target);
        for (slot, plane) in result.iter_mut().zip(values.chunks_exact(length)) {
            *slot = match self.0 {
                Kind::Max => plane.iter().copied().fold(f32::NEG_INFINITY, f32::max),
                _ => plane.iter().fold(0.0, |sum, x| sum + x) / length as f32,
            };
        }
        Ok(())
    }
}
