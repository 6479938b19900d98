//! `Pad`: a border around a tensor; and `CumSum`.

use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::{MAX_RANK, Shape};
use crate::tensor::{Tensor, for_element_type};

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    match name {
        "Pad" => Some(boxed(Pad::new(node))),
        "CumSum" => Some(boxed(CumSum::new(node))),
        _ => None,
    }
}

/// Content of the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Border {
    Constant,
    Edge,
    Reflect,
    Wrap,
}

/// Adds a border, or removes one for a negative width.
#[derive(Debug)]
struct Pad {
    border: Border,
    /// Up to operator set 10.
    widths: Option<Vec<i64>>,
    value: f32,
}

impl Pad {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        let border = match node.text("mode")?.unwrap_or("constant") {
            "constant" => Border::Constant,
            "edge" => Border::Edge,
            "reflect" => Border::Reflect,
            "wrap" => Border::Wrap,
            other => return Err(format!("`mode` `{other}` is not known")),
        };
        Ok(Self { border, widths: node.ints("pads")?, value: node.float_or("value", 0.0)? })
    }

    /// Source index of an element of the result along an axis of `length`; `None` for the
    /// constant.
    fn from(&self, place: i64, length: usize) -> Option<usize> {
        let length = length as i64;
        let inside = (0..length).contains(&place);
        let place = match self.border {
            _ if inside => place,
            Border::Constant => return None,
            _ if length == 0 => return None,
            Border::Edge => place.clamp(0, length - 1),
            Border::Wrap => place.rem_euclid(length),
            Border::Reflect if length == 1 => 0,
            Border::Reflect => {
                let period = 2 * (length - 1);
                let folded = place.rem_euclid(period);
                folded.min(period - folded)
            }
        };
        Some(place as usize)
    }
}

impl Kernel for Pad {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = *input.shape();
        let given = io.ints(1)?;
        let widths = given.as_deref().or(self.widths.as_deref()).ok_or("the widths are missing")?;
        let axes = match io.ints(3)? {
            Some(list) => {
                list.iter().map(|&axis| shape.axis(axis)).collect::<Result<Vec<_>, _>>()?
            }
            None => (0..shape.len()).collect(),
        };
        if widths.len() != 2 * axes.len() {
            return Err(format!("{} widths were given for {} axes", widths.len(), axes.len()));
        }
        let (mut before, mut target) = ([0_i64; MAX_RANK], shape);
        for (i, &axis) in axes.iter().enumerate() {
            let length = (shape[axis] as i64)
                .checked_add(widths[i])
                .and_then(|length| length.checked_add(widths[axes.len() + i]));
            let length = length.and_then(|length| usize::try_from(length).ok());
            let length = length.ok_or_else(|| format!("widths {widths:?} do not fit {shape}"))?;
            before[axis] = widths[i];
            target = target.with(axis, length)?;
        }
        let (own, wide) = (shape.strides(), target.strides());
        let place = |i: usize| {
            let mut from = 0;
            for axis in 0..shape.len() {
                let along = (i / wide[axis] % target[axis]) as i64 - before[axis];
                from += self.from(along, shape[axis])? * own[axis];
            }
            Some(from)
        };
        let attribute = Tensor::from_vec(Shape::default(), vec![self.value])?;
        for_element_type!(input.element_type(), T => {
            let values = input.as_slice::<T>()?;
            let fill = match io.get(2) {
                Some(_) => *io.slice::<T>(2)?.first().ok_or("the value is missing")?,
                None => attribute.as_slice::<T>().map_or(T::default(), |values| values[0]),
            };
            for (i, slot) in out[0].reset::<T>(target).iter_mut().enumerate() {
                *slot = place(i).map_or(fill, |from| values[from]);
            }
        });
        Ok(())
    }
}

/// Cumulative sums along an axis.
#[derive(Debug)]
struct CumSum {
    exclusive: bool,
    reverse: bool,
}

impl CumSum {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { exclusive: node.flag("exclusive")?, reverse: node.flag("reverse")? })
    }

    fn sums<T: Copy + Default>(
        &self,
        values: &[T],
        out: &mut [T],
        (outer, length, inner): (usize, usize, usize),
        add: impl Fn(T, T) -> T,
    ) {
        for row in 0..outer {
            for lane in 0..inner {
                let mut sum = T::default();
                for step in 0..length {
                    let step = if self.reverse { length - 1 - step } else { step };
                    let at = (row * length + step) * inner + lane;
                    let next = add(sum, values[at]);
                    out[at] = if self.exclusive { sum } else { next };
                    sum = next;
                }
            }
        }
    }
}

impl Kernel for CumSum {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = *input.shape();
        let axis = io.ints(1)?.and_then(|list| list.first().copied()).ok_or("no axis is given")?;
        let parts = shape.split_at_axis(shape.axis(axis)?);
        if let Ok(values) = input.as_slice::<f32>() {
            self.sums(values, out[0].reset::<f32>(shape), parts, |a, b| a + b);
        } else if let Ok(values) = input.as_slice::<i64>() {
            self.sums(values, out[0].reset::<i64>(shape), parts, i64::wrapping_add);
        } else {
            let values = input.as_slice::<i32>()?;
            self.sums(values, out[0].reset::<i32>(shape), parts, i32::wrapping_add);
        }
        Ok(())
    }
}
