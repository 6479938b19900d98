//! Operators that change the shape or order of numbers.

use super::broadcast::Walk;
use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::{MAX_RANK, Shape};
use crate::tensor::{Tensor, for_element_type};

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    match name {
        "Reshape" => Some(boxed(Reshape::new(node))),
        "Flatten" => Some(boxed(Flatten::new(node))),
        "Squeeze" => Some(boxed(Squeeze::new(node))),
        "Unsqueeze" => Some(boxed(Unsqueeze::new(node))),
        "Transpose" => Some(boxed(Transpose::new(node))),
        "Expand" => Some(boxed(Ok(Expand))),
        _ => None,
    }
}

/// `Reshape`: 0 keeps a dimension (unless `allowzero`), -1 is inferred.
#[derive(Debug)]
struct Reshape {
    zero_is_zero: bool,
}

impl Reshape {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { zero_is_zero: node.flag("allowzero")? })
    }

    fn target(&self, shape: &Shape, wanted: &[i64]) -> Result<Shape, String> {
        if wanted.len() > MAX_RANK {
            return Err(format!("rank {} is larger than {MAX_RANK}", wanted.len()));
        }
        let mut dims = [0; MAX_RANK];
        let mut free = None;
        for (axis, (dim, &length)) in dims.iter_mut().zip(wanted).enumerate() {
            *dim = match length {
                0 if !self.zero_is_zero => {
                    *shape.get(axis).ok_or_else(|| format!("{shape} has no dimension {axis}"))?
                }
                -1 if free.is_none() => {
                    free = Some(axis);
                    1
                }
                length => usize::try_from(length)
                    .map_err(|_| format!("{wanted:?} is not a valid shape"))?,
            };
        }
        let mut target = Shape::new(&dims[..wanted.len()])?;
        if let Some(axis) = free {
            let known = target.elements();
            let length = shape.elements().checked_div(known).unwrap_or(0);
            target = target.with(axis, length)?;
        }
        if target.elements() == shape.elements() {
            Ok(target)
        } else {
            Err(format!("{} numbers of shape {shape} do not fill {wanted:?}", shape.elements()))
        }
    }
}

impl Kernel for Reshape {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let target = self.target(input.shape(), io.slice::<i64>(1)?)?;
        out[0].copy_from(&input.view(), target);
        Ok(())
    }
}

/// Reshapes to a matrix: the dimensions before the axis, and the others.
#[derive(Debug)]
struct Flatten {
    axis: i64,
}

impl Flatten {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { axis: node.int_or("axis", 1)? })
    }
}

impl Kernel for Flatten {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = input.shape();
        let rank = shape.len();
        let axis = if self.axis == rank as i64 { rank } else { shape.axis(self.axis)? };
        let rows = shape[..axis].iter().product();
        let target = Shape::new(&[rows, shape[axis..].iter().product()])?;
        out[0].copy_from(&input.view(), target);
        Ok(())
    }
}

/// Axes from an input (operator set 13 on) or from the attribute `axes`.
fn axes(
    io: &Inputs<'_>,
    attribute: Option<&[i64]>,
    rank: usize,
) -> Result<Option<[bool; MAX_RANK]>, String> {
    let from_input = io.ints(1)?;
    let Some(list) = from_input.as_deref().or(attribute) else { return Ok(None) };
    let mut chosen = [false; MAX_RANK];
    for &axis in list {
        let axis = Shape::axis_of(axis, rank.min(MAX_RANK))?;
        if std::mem::replace(&mut chosen[axis], true) {
            return Err(format!("axis {axis} is given twice"));
        }
    }
    Ok(Some(chosen))
}

/// Removes dimensions of length 1.
#[derive(Debug)]
struct Squeeze {
    axes: Option<Vec<i64>>,
}

impl Squeeze {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { axes: node.ints("axes")? })
    }
}

impl Kernel for Squeeze {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = input.shape();
        let chosen = axes(io, self.axes.as_deref(), shape.len())?;
        let mut dims = [0; MAX_RANK];
        let mut rank = 0;
        for (axis, &length) in shape.iter().enumerate() {
            let goes = chosen.map_or(length == 1, |chosen| chosen[axis]);
            if goes && length != 1 {
                return Err(format!("dimension {axis} of shape {shape} is not 1"));
            }
            if !goes {
                dims[rank] = length;
                rank += 1;
            }
        }
        out[0].copy_from(&input.view(), Shape::new(&dims[..rank])?);
        Ok(())
    }
}

/// Inserts dimensions of length 1.
#[derive(Debug)]
struct Unsqueeze {
    axes: Option<Vec<i64>>,
}

impl Unsqueeze {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { axes: node.ints("axes")? })
    }
}

impl Kernel for Unsqueeze {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let from_input = io.get(1).map(|_| io.slice::<i64>(1)).transpose()?;
        let count = from_input.or(self.axes.as_deref()).ok_or("axes are missing")?.len();
        let rank = input.shape().len() + count;
        if rank > MAX_RANK {
            return Err(format!("rank {rank} is larger than {MAX_RANK}"));
        }
        let chosen = axes(io, self.axes.as_deref(), rank)?.unwrap_or_default();
        let mut old = input.shape().iter();
        let mut dims = [1; MAX_RANK];
        for (dim, _) in dims.iter_mut().zip(chosen).filter(|(_, inserted)| !inserted) {
            *dim = old.next().copied().unwrap_or(1);
        }
        out[0].copy_from(&input.view(), Shape::new(&dims[..rank])?);
        Ok(())
    }
}

/// Reorders the dimensions; without `perm` reverses them.
#[derive(Debug)]
struct Transpose {
    order: Option<Vec<i64>>,
}

impl Transpose {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { order: node.ints("perm")? })
    }

    fn order(&self, rank: usize) -> Result<[usize; MAX_RANK], String> {
        let mut order: [usize; MAX_RANK] =
            std::array::from_fn(|axis| rank.saturating_sub(axis + 1));
        let Some(list) = &self.order else { return Ok(order) };
        let mut seen = [false; MAX_RANK];
        for (slot, &axis) in order.iter_mut().zip(list) {
            *slot = Shape::axis_of(axis, rank)?;
            seen[*slot] = true;
        }
        if list.len() != rank || seen.iter().filter(|seen| **seen).count() != rank {
            return Err(format!("{list:?} is not an order of {rank} dimensions"));
        }
        Ok(order)
    }
}

impl Kernel for Transpose {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = *input.shape();
        let rank = shape.len();
        let order = self.order(rank)?;
        let strides = shape.strides();
        let dims: [usize; MAX_RANK] =
            std::array::from_fn(|axis| if axis < rank { shape[order[axis]] } else { 1 });
        let steps: [usize; MAX_RANK] =
            std::array::from_fn(|axis| if axis < rank { strides[order[axis]] } else { 0 });
        let target = Shape::new(&dims[..rank])?;
        for_element_type!(input.element_type(), T => {
            let values = input.as_slice::<T>()?;
            let result = out[0].reset::<T>(target);
            let mut index = [0; MAX_RANK];
            let mut from = 0;
            for slot in result {
                *slot = values[from];
                for axis in (0..rank).rev() {
                    index[axis] += 1;
                    from += steps[axis];
                    if index[axis] < dims[axis] {
                        break;
                    }
                    from -= steps[axis] * dims[axis];
                    index[axis] = 0;
                }
            }
        });
        Ok(())
    }
}

/// Repeats dimensions of length 1 until the given shape is filled.
#[derive(Debug)]
struct Expand;

impl Kernel for Expand {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let wanted = Shape::from_signed(io.slice::<i64>(1)?)?;
        let shape = input.shape().broadcast(&wanted)?;
        for_element_type!(input.element_type(), T => {
            let values = input.as_slice::<T>()?;
            let result = out[0].reset::<T>(shape);
            let mut at = 0;
            Walk::new(&shape, [input.shape()]).rows(|[start], [step], length| {
                for (i, slot) in result[at..at + length].iter_mut().enumerate() {
                    *slot = values[start + i * step];
                }
                at += length;
            });
        });
        Ok(())
    }
}
