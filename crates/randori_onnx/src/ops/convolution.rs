//! `Conv`, in one and two dimensions, with groups.

use super::window::{Window, image, result_shape};
use super::{Built, boxed};
use crate::gemm;
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    (name == "Conv").then(|| boxed(Conv::new(node)))
}

/// A convolution. Each element is the sum over channel, row and column of the
/// kernel, in this order (padding counts as zeros); the bias is added last.
#[derive(Debug)]
struct Conv {
    window: Window,
    groups: usize,
}

impl Conv {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        let Some(weights) = node.constant(1) else {
            return Err("weights that are not constant are not supported".to_owned());
        };
        let kernel = weights.shape().get(2..).ok_or("weights need at least 3 dimensions")?;
        let window = Window::new(node, Some(kernel))?;
        let [_, _, height, width] = image(weights.shape())?;
        if window.kernel != [height, width] {
            return Err(format!("`kernel_shape` is not that of the weights {}", weights.shape()));
        }
        let groups = node.int_or("group", 1)?;
        let groups = usize::try_from(groups).unwrap_or(0);
        let outputs = weights.shape()[0];
        if groups == 0 || !outputs.is_multiple_of(groups) {
            return Err(format!("{outputs} channels cannot be divided into {groups} groups"));
        }
        Ok(Self { window, groups })
    }
}

/// An image with a border of zeros.
struct Padded<'a> {
    values: &'a [f32],
    height: usize,
    width: usize,
}

fn pad<'a>(
    values: &[f32],
    [channels, height, width]: [usize; 3],
    [before, behind]: [[usize; 2]; 2],
    into: &'a mut Vec<f32>,
) -> Padded<'a> {
    let (tall, wide) = (height + before[0] + behind[0], width + before[1] + behind[1]);
    into.clear();
    into.resize(channels * tall * wide, 0.0);
    for channel in 0..channels {
        for row in 0..height {
            let from = (channel * height + row) * width;
            let to = (channel * tall + row + before[0]) * wide + before[1];
            into[to..to + width].copy_from_slice(&values[from..from + width]);
        }
    }
    Padded { values: into, height: tall, width: wide }
}

impl Conv {
    /// Offsets in the padded image: of each element of the kernel from the
    /// corner of the window, and of each corner.
    fn offsets(
        &self,
        channels: usize,
        image: &Padded<'_>,
        out: [usize; 2],
        [taps, corners]: &mut [Vec<usize>; 2],
    ) {
        let window = &self.window;
        taps.clear();
        for channel in 0..channels {
            for row in 0..window.kernel[0] {
                let line = channel * image.height + row * window.dilations[0];
                let taken = |column| line * image.width + column * window.dilations[1];
                taps.extend((0..window.kernel[1]).map(taken));
            }
        }
        corners.clear();
        for row in 0..out[0] {
            let line = row * window.strides[0] * image.width;
            corners.extend((0..out[1]).map(|column| line + column * window.strides[1]));
        }
    }
}

impl Kernel for Conv {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        let (shape, weight_shape) = (*io.need(0)?.shape(), *io.need(1)?.shape());
        let (values, weights) = (io.slice::<f32>(0)?, io.slice::<f32>(1)?);
        let [count, channels, height, width] = image(&shape)?;
        let [outputs, group_channels, ..] = image(&weight_shape)?;
        if shape.len() != weight_shape.len() || channels != group_channels * self.groups {
            return Err(format!("input {shape} does not fit weights {weight_shape}"));
        }
        let place = self.window.place([height, width])?;
        let target = result_shape(&shape, outputs, place.out)?;
        let (taps, places) = (weight_shape[1..].iter().product(), place.out[0] * place.out[1]);
        work.spend(&[count, outputs, taps, places])?;
        let size = Shape::new(&[taps, places])?;
        let tall = height + place.before[0] + place.behind[0];
        Shape::new(&[channels, tall, width + place.before[1] + place.behind[1]])?;
        let bias = io.get(2).map(|_| io.slice::<f32>(2)).transpose()?;
        if bias.is_some_and(|bias| bias.len() != outputs) {
            return Err(format!("the bias is not that of {outputs} channels"));
        }
        let result = out[0].reset::<f32>(target);
        if result.is_empty() || size.elements() == 0 {
            result.fill(0.0);
            return Ok(());
        }
        let group_size = group_channels * height * width;
        let group_outputs = outputs / self.groups;
        let border = [place.before, place.behind];
        let results = result.chunks_exact_mut(group_outputs * places);
        for (index, (part, result)) in values.chunks_exact(group_size).zip(results).enumerate() {
            let group = index % self.groups;
            let [padded, panels, ..] = &mut work.scratch;
            let padded = pad(part, [group_channels, height, width], border, padded);
            self.offsets(group_channels, &padded, place.out, &mut work.offsets);
            let [tap_offsets, corners] = &work.offsets;
            gemm::pack_into(panels, (taps, places), |tap, corner| {
                padded.values[tap_offsets[tap] + corners[corner]]
            });
            let rows = group * group_outputs * taps..(group + 1) * group_outputs * taps;
            gemm::multiply(&weights[rows], panels, (taps, places), result);
            if let Some(bias) = bias {
                let bias = &bias[group * group_outputs..];
                for (row, bias) in result.chunks_exact_mut(places).zip(bias) {
                    for y in row {
                        *y += bias;
                    }
                }
            }
        }
        Ok(())
    }

    fn folds(&self) -> bool {
        false
    }
}
