//! Operators that split, slice and join tensors.

use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::{MAX_RANK, Shape};
use crate::tensor::{Element, Tensor, for_element_type};

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    match name {
        "Concat" => Some(boxed(Concat::new(node))),
        "Split" => Some(boxed(Split::new(node))),
        "Slice" => Some(boxed(Slice::new(node))),
        "Gather" => Some(boxed(Gather::new(node))),
        "Tile" => Some(boxed(Ok(Tile))),
        _ => None,
    }
}

/// Joins tensors along one axis.
#[derive(Debug)]
struct Concat {
    axis: i64,
}

impl Concat {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { axis: node.int("axis")?.ok_or("attribute `axis` is missing")? })
    }
}

impl Kernel for Concat {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let first = *io.need(0)?.shape();
        let axis = first.axis(self.axis)?;
        let mut total = 0;
        for index in 0..io.len() {
            let shape = io.need(index)?.shape();
            if shape.len() != first.len() || shape.with(axis, first[axis])? != first {
                return Err(format!("shapes {first} and {shape} do not join along {axis}"));
            }
            total += shape[axis];
        }
        let target = first.with(axis, total)?;
        let (outer, _, inner) = target.split_at_axis(axis);
        for_element_type!(io.need(0)?.element_type(), T => {
            let result = out[0].reset::<T>(target);
            let mut offset = 0;
            for index in 0..io.len() {
                let values = io.slice::<T>(index)?;
                let length = io.need(index)?.shape()[axis] * inner;
                for row in 0..outer {
                    result[row * total * inner + offset..][..length]
                        .copy_from_slice(&values[row * length..][..length]);
                }
                offset += length;
            }
        });
        Ok(())
    }
}

/// Splits a tensor along one axis.
#[derive(Debug)]
struct Split {
    axis: i64,
    /// Lengths from the attribute (up to operator set 12).
    lengths: Option<Vec<i64>>,
    /// Number of nearly equal pieces (operator set 18 on), else the outputs.
    pieces: usize,
}

impl Split {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        let outputs = node.record.outputs.len();
        if let Some(pieces) = node.int("num_outputs")?
            && pieces != outputs as i64
        {
            return Err(format!("`num_outputs` is {pieces}, but {outputs} outputs are listed"));
        }
        Ok(Self { axis: node.int_or("axis", 0)?, lengths: node.ints("split")?, pieces: outputs })
    }

    /// Length of `piece` along the axis of length `total`.
    fn length(&self, listed: Option<&[i64]>, total: usize, piece: usize) -> Result<usize, String> {
        if let Some(list) = listed {
            let length = *list.get(piece).ok_or("a length is missing")?;
            return usize::try_from(length).map_err(|_| "a length is negative".to_owned());
        }
        // The last piece is the shorter one.
        let even = total.div_ceil(self.pieces);
        Ok(even.min(total.saturating_sub(even * piece)))
    }
}

impl Kernel for Split {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = *input.shape();
        let axis = shape.axis(self.axis)?;
        let listed = match io.get(1) {
            Some(_) => Some(io.slice::<i64>(1)?),
            None => self.lengths.as_deref(),
        };
        let (outer, total, inner) = shape.split_at_axis(axis);
        let mut offset = 0_usize;
        for (piece, slot) in out.iter_mut().enumerate() {
            let length = self.length(listed, total, piece)?;
            if length > total - offset {
                return Err(format!("the pieces are longer than dimension {axis} of {shape}"));
            }
            let target = shape.with(axis, length)?;
            for_element_type!(input.element_type(), T => {
                let values = input.as_slice::<T>()?;
                let result = slot.reset::<T>(target);
                let rows = if result.is_empty() { 0 } else { outer };
                for row in 0..rows {
                    let from = (row * total + offset) * inner;
                    result[row * length * inner..][..length * inner]
                        .copy_from_slice(&values[from..from + length * inner]);
                }
            });
            offset += length;
        }
        if offset == total {
            Ok(())
        } else {
            Err(format!("the pieces do not make up dimension {axis} of {shape}"))
        }
    }
}

/// Slices a tensor, with steps, which may be negative.
#[derive(Debug)]
struct Slice {
    /// Operator set 1 to 9: starts, ends and axes as attributes.
    fixed: Option<(Vec<i64>, Vec<i64>)>,
    axes: Option<Vec<i64>>,
}

impl Slice {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        let fixed = match (node.ints("starts")?, node.ints("ends")?) {
            (Some(starts), Some(ends)) => Some((starts, ends)),
            _ => None,
        };
        Ok(Self { fixed, axes: node.ints("axes")? })
    }
}

/// First element and number of elements that numpy takes from `length` ones.
fn range(start: i64, end: i64, step: i64, length: usize) -> (i64, usize) {
    let length = length as i64;
    let from_end = |i: i64| if i < 0 { i.saturating_add(length) } else { i };
    // Running down, the position before the first element is -1.
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let start = from_end(start).clamp(low.max(0).min(high.max(low)), high.max(low));
    let end = from_end(end).clamp(low, high.max(low));
    let span = if step > 0 { end - start } else { start - end };
    let count = if span <= 0 { 0 } else { (span - 1) / step.saturating_abs() + 1 };
    (start, count as usize)
}

impl Kernel for Slice {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = *input.shape();
        let (starts, ends) = match &self.fixed {
            Some(fixed) => fixed.clone(),
            None => (
                io.ints(1)?.ok_or("the starts are missing")?,
                io.ints(2)?.ok_or("the ends are missing")?,
            ),
        };
        let axes = io.ints(3)?.or_else(|| self.axes.clone());
        let steps = io.ints(4)?;
        let mut dims: [usize; MAX_RANK] =
            std::array::from_fn(|axis| shape.get(axis).copied().unwrap_or(1));
        let (mut first, mut strides) = (0_i64, shape.strides().map(|stride| stride as i64));
        for (i, &start) in starts.iter().enumerate() {
            let of = |list: &[i64]| list.get(i).copied().ok_or("lists of different length");
            let axis = shape.axis(axes.as_deref().map_or(Ok(i as i64), of)?)?;
            let step = steps.as_deref().map_or(Ok(1), of)?;
            if step == 0 {
                return Err("a step is 0".to_owned());
            }
            let (begin, count) = range(start, of(&ends)?, step, shape[axis]);
            first += begin * strides[axis];
            dims[axis] = count;
            // A single element needs no step, and a huge one could overflow.
            strides[axis] = if count > 1 { strides[axis] * step } else { 0 };
        }
        let target = Shape::new(&dims[..shape.len()])?;
        for_element_type!(input.element_type(), T => {
            let result = out[0].reset::<T>(target);
            copy_strided(input.as_slice::<T>()?, first, &strides, result, &target);
        });
        Ok(())
    }
}

/// Fills `out` from elements of `values` with these strides.
fn copy_strided<T: Element>(
    values: &[T],
    first: i64,
    strides: &[i64; MAX_RANK],
    out: &mut [T],
    shape: &Shape,
) {
    let mut index = [0; MAX_RANK];
    let mut from = first;
    for slot in out {
        *slot = values[from as usize];
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            from += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            from -= strides[axis] * shape[axis] as i64;
            index[axis] = 0;
        }
    }
}

/// Picks slices along one axis by their index.
#[derive(Debug)]
struct Gather {
    axis: i64,
}

impl Gather {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { axis: node.int_or("axis", 0)? })
    }
}

impl Kernel for Gather {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let (shape, chosen) = (*input.shape(), io.need(1)?.shape());
        let axis = shape.axis(self.axis)?;
        let indices = io.ints(1)?.ok_or("the indices are missing")?;
        let (outer, total, inner) = shape.split_at_axis(axis);
        let dims: Vec<usize> = [&shape[..axis], &chosen[..], &shape[axis + 1..]].concat();
        let target = Shape::new(&dims)?;
        let mut picks = Vec::with_capacity(indices.len());
        for &index in &indices {
            picks.push(
                Shape::axis_of(index, total)
                    .map_err(|_| format!("index {index} is outside of {total} slices"))?,
            );
        }
        for_element_type!(input.element_type(), T => {
            let values = input.as_slice::<T>()?;
            let result = out[0].reset::<T>(target);
            let mut at = 0;
            for row in 0..outer {
                for pick in &picks {
                    let from = (row * total + pick) * inner;
                    result[at..at + inner].copy_from_slice(&values[from..from + inner]);
                    at += inner;
                }
            }
        });
        Ok(())
    }
}

/// Repeats a tensor along its axes.
#[derive(Debug)]
struct Tile;

impl Kernel for Tile {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let (shape, repeats) = (*input.shape(), Shape::from_signed(io.slice::<i64>(1)?)?);
        if repeats.len() != shape.len() {
            return Err(format!("{} repeats were given for {shape}", repeats.len()));
        }
        let mut target = shape;
        for (axis, repeat) in repeats.iter().enumerate() {
            let length = shape[axis].checked_mul(*repeat).ok_or("a dimension is too large")?;
            target = target.with(axis, length)?;
        }
        for_element_type!(input.element_type(), T => {
            let values = input.as_slice::<T>()?;
            let (own, wide) = (shape.strides(), target.strides());
            for (i, slot) in out[0].reset::<T>(target).iter_mut().enumerate() {
                let position = |axis: usize| (i / wide[axis]) % target[axis] % shape[axis];
                let from = (0..shape.len()).map(|axis| position(axis) * own[axis]).sum::<usize>();
                *slot = values[from];
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_are_those_of_numpy() {
        // numpy: list(range(5))[start:end:step]
        assert_eq!(range(1, 4, 1, 5), (1, 3));
        assert_eq!(range(-2, i64::MAX, 1, 5), (3, 2));
        assert_eq!(range(0, 5, 2, 5), (0, 3));
        assert_eq!(range(-1, i64::MIN, -1, 5), (4, 5));
        assert_eq!(range(3, 0, -2, 5), (3, 2));
        assert_eq!(range(4, 1, 1, 5).1, 0);
        assert_eq!(range(9, 12, 1, 5).1, 0);
        assert_eq!(range(0, 3, 1, 0).1, 0);
        assert_eq!(range(-1, i64::MIN, -1, 0).1, 0);
        assert_eq!(range(i64::MIN, i64::MAX, i64::MAX, 5), (0, 1));
    }
}
