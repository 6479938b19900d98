//! Softmax and normalisations.

use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    match name {
        "Softmax" => Some(boxed(Softmax::new(node, false))),
        "LogSoftmax" => Some(boxed(Softmax::new(node, true))),
        "LayerNormalization" => Some(boxed(LayerNormalization::new(node))),
        "RMSNormalization" | "SimplifiedLayerNormalization" => {
            Some(boxed(RmsNormalization::new(node)))
        }
        "InstanceNormalization" => Some(boxed(GroupNormalization::new(node, Groups::Channels))),
        "GroupNormalization" => Some(boxed(GroupNormalization::groups(node))),
        "BatchNormalization" => Some(boxed(BatchNormalization::new(node))),
        _ => None,
    }
}

/// `Softmax` and `LogSoftmax`: sums over ascending index.
#[derive(Debug)]
struct Softmax {
    axis: i64,
    logarithm: bool,
    /// Up to operator set 12 everything from the axis on is one vector.
    flattens: bool,
}

impl Softmax {
    fn new(node: &Builder<'_>, logarithm: bool) -> Result<Self, String> {
        let flattens = node.opset < 13;
        let axis = node.int_or("axis", if flattens { 1 } else { -1 })?;
        Ok(Self { axis, logarithm, flattens })
    }

    /// One vector, whose elements have the stride `step`.
    fn vector(&self, values: &[f32], out: &mut [f32], length: usize, step: usize) {
        let indices = || (0..length).map(|i| i * step);
        let largest = indices().map(|i| values[i]).fold(f32::NEG_INFINITY, f32::max);
        let mut sum = 0.0;
        for i in indices() {
            let shifted = values[i] - largest;
            let power = libm::expf(shifted);
            sum += power;
            out[i] = if self.logarithm { shifted } else { power };
        }
        let log_sum = libm::logf(sum);
        for i in indices() {
            out[i] = if self.logarithm { out[i] - log_sum } else { out[i] / sum };
        }
    }
}

impl Kernel for Softmax {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let shape = *io.need(0)?.shape();
        let values = io.slice::<f32>(0)?;
        let out = out[0].reset::<f32>(shape);
        let axis = if self.flattens && self.axis == shape.len() as i64 {
            return Err(format!("axis {} leaves no elements to sum over", self.axis));
        } else {
            shape.axis(self.axis)?
        };
        let (outer, mut length, mut step) = shape.split_at_axis(axis);
        if self.flattens {
            (length, step) = (length * step, 1);
        }
        for start in (0..outer).map(|i| i * length * step) {
            for lane in start..start + step {
                if length > 0 {
                    self.vector(&values[lane..], &mut out[lane..], length, step);
                }
            }
        }
        Ok(())
    }
}

/// Mean 0 and variance 1 over the last dimensions, then scale and bias.
#[derive(Debug)]
struct LayerNormalization {
    axis: i64,
    epsilon: f32,
}

impl LayerNormalization {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { axis: node.int_or("axis", -1)?, epsilon: node.float_or("epsilon", 1e-5)? })
    }
}

impl Kernel for LayerNormalization {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        let shape = *io.need(0)?.shape();
        let values = io.slice::<f32>(0)?;
        let axis = shape.axis(self.axis)?;
        let inner = Shape::new(&shape[axis..])?;
        let length = inner.elements();
        let [scale, bias, means, deviations] = &mut work.scratch;
        spread(io, 1, &inner, scale)?;
        let has_bias = io.get(2).is_some();
        if has_bias {
            spread(io, 2, &inner, bias)?;
        }
        means.clear();
        deviations.clear();
        let result = out[0].reset::<f32>(shape);
        if length == 0 {
            return Ok(());
        }
        for (row, out) in values.chunks_exact(length).zip(result.chunks_exact_mut(length)) {
            let mean = row.iter().fold(0.0, |sum, x| sum + x) / length as f32;
            let squares = row.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
            let inverse = 1.0 / (squares / length as f32 + self.epsilon).sqrt();
            for (i, (out, x)) in out.iter_mut().zip(row).enumerate() {
                let scaled = (x - mean) * inverse * scale[i];
                *out = if has_bias { scaled + bias[i] } else { scaled };
            }
            means.push(mean);
            deviations.push(inverse);
        }
        let mut kept = shape;
        for axis in axis..shape.len() {
            kept = kept.with(axis, 1)?;
        }
        for (slot, values) in out.iter_mut().skip(1).zip([means, deviations]) {
            slot.reset::<f32>(kept).copy_from_slice(values);
        }
        Ok(())
    }
}

/// Divides by the root of the mean square over the last dimensions, then scales.
#[derive(Debug)]
struct RmsNormalization {
    axis: i64,
    epsilon: f32,
}

impl RmsNormalization {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { axis: node.int_or("axis", -1)?, epsilon: node.float_or("epsilon", 1e-5)? })
    }
}

impl Kernel for RmsNormalization {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        let shape = *io.need(0)?.shape();
        let values = io.slice::<f32>(0)?;
        let inner = Shape::new(&shape[shape.axis(self.axis)?..])?;
        let length = inner.elements();
        let scale = &mut work.scratch[0];
        spread(io, 1, &inner, scale)?;
        let result = out[0].reset::<f32>(shape);
        if length == 0 {
            return Ok(());
        }
        for (row, out) in values.chunks_exact(length).zip(result.chunks_exact_mut(length)) {
            let squares = row.iter().fold(0.0, |sum, x| sum + x * x);
            let root = (squares / length as f32 + self.epsilon).sqrt();
            for ((out, x), scale) in out.iter_mut().zip(row).zip(scale.iter()) {
                *out = x / root * scale;
            }
        }
        Ok(())
    }
}

/// Grouping of channels (dimension 1).
#[derive(Debug, Clone, Copy)]
enum Groups {
    /// Each channel separately.
    Channels,
    /// This number of groups of neighbouring channels.
    Count(usize),
}

/// Mean 0 and variance 1 over the channels of a group and everything behind
/// them, then scale and bias.
#[derive(Debug)]
struct GroupNormalization {
    groups: Groups,
    epsilon: f32,
    /// Before operator set 21 scale and bias are those of groups.
    scales_groups: bool,
}

impl GroupNormalization {
    fn new(node: &Builder<'_>, groups: Groups) -> Result<Self, String> {
        Ok(Self { groups, epsilon: node.float_or("epsilon", 1e-5)?, scales_groups: false })
    }

    fn groups(node: &Builder<'_>) -> Result<Self, String> {
        let count = node.int("num_groups")?.ok_or("attribute `num_groups` is missing")?;
        let count = usize::try_from(count).ok().filter(|count| *count > 0);
        let count = count.ok_or("`num_groups` must be greater than 0")?;
        let own = Self::new(node, Groups::Count(count))?;
        Ok(Self { scales_groups: node.opset < 21, ..own })
    }
}

impl Kernel for GroupNormalization {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let shape = *io.need(0)?.shape();
        let values = io.slice::<f32>(0)?;
        let (scale, bias) = (io.slice::<f32>(1)?, io.slice::<f32>(2)?);
        let &[_, channels, ref behind @ ..] = &*shape else {
            return Err(format!("shape {shape} has no channels"));
        };
        let groups = match self.groups {
            Groups::Channels => channels,
            Groups::Count(count) => count,
        };
        if groups == 0 || !channels.is_multiple_of(groups) {
            return Err(format!("{channels} channels cannot be divided into {groups} groups"));
        }
        let listed = if self.scales_groups { groups } else { channels };
        if scale.len() != listed || bias.len() != listed {
            return Err(format!("scale and bias need {listed} numbers"));
        }
        let inner: usize = behind.iter().product();
        let members = channels / groups;
        let length = members * inner;
        let result = out[0].reset::<f32>(shape);
        if length == 0 {
            return Ok(());
        }
        let parts = values.chunks_exact(length).zip(result.chunks_exact_mut(length));
        for (index, (part, out)) in parts.enumerate() {
            let mean = part.iter().fold(0.0, |sum, x| sum + x) / length as f32;
            let squares = part.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
            let inverse = 1.0 / (squares / length as f32 + self.epsilon).sqrt();
            for (i, (out, x)) in out.iter_mut().zip(part).enumerate() {
                let group = index % groups;
                let own = if self.scales_groups { group } else { group * members + i / inner };
                *out = (x - mean) * inverse * scale[own] + bias[own];
            }
        }
        Ok(())
    }
}

/// Input `index`, repeated to fill `shape`.
fn spread(io: &Inputs<'_>, index: usize, shape: &Shape, into: &mut Vec<f32>) -> Result<(), String> {
    let (values, own) = (io.slice::<f32>(index)?, io.need(index)?.shape());
    if own.broadcast(shape)? != *shape {
        return Err(format!("input {index} of shape {own} does not fit {shape}"));
    }
    into.clear();
    super::broadcast::Walk::new(shape, [own]).rows(|[start], [step], length| {
        into.extend((0..length).map(|i| values[start + i * step]));
    });
    Ok(())
}

/// Normalisation with the statistics of training, per channel (dimension 1).
#[derive(Debug)]
struct BatchNormalization {
    epsilon: f32,
}

impl BatchNormalization {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        if node.flag("training_mode")? || (1..5).any(|output| node.has_output(output)) {
            return Err("training mode is not supported".to_owned());
        }
        if node.int_or("spatial", 1)? != 1 {
            return Err("`spatial` 0 is not supported".to_owned());
        }
        Ok(Self { epsilon: node.float_or("epsilon", 1e-5)? })
    }
}

impl Kernel for BatchNormalization {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let shape = *io.need(0)?.shape();
        let values = io.slice::<f32>(0)?;
        let [scale, bias, mean, variance] =
            [io.slice::<f32>(1)?, io.slice::<f32>(2)?, io.slice::<f32>(3)?, io.slice::<f32>(4)?];
        // A vector of features has its channels in dimension 1 as well.
        let axis = usize::from(shape.len() > 1);
        let channels = *shape.get(axis).ok_or("a scalar has no channels")?;
        if [scale, bias, mean, variance].iter().any(|input| input.len() != channels) {
            return Err(format!("the statistics are not those of {channels} channels"));
        }
        let inner: usize = shape[axis + 1..].iter().product();
        let result = out[0].reset::<f32>(shape);
        if inner == 0 {
            return Ok(());
        }
        let parts = values.chunks_exact(inner).zip(result.chunks_exact_mut(inner));
        for (index, (part, out)) in parts.enumerate() {
            let channel = index % channels;
            let deviation = (variance[channel] + self.epsilon).sqrt();
            let factor = scale[channel] / deviation;
            for (out, x) in out.iter_mut().zip(part) {
                *out = (x - mean[channel]) * factor + bias[channel];
            }
        }
        Ok(())
    }
}
