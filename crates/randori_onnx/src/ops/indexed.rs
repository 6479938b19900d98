//! Operators that read or write single elements by their index.

use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::{MAX_RANK, Shape};
use crate::tensor::{Tensor, for_element_type};

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    match name {
        "GatherElements" => Some(boxed(axis(node).map(|axis| GatherElements { axis }))),
        "GatherND" => Some(boxed(GatherNd::new(node))),
        "ScatterND" => Some(boxed(without_reduction(node).map(|()| ScatterNd))),
        "ScatterElements" => Some(boxed(
            without_reduction(node).and_then(|()| axis(node)).map(|axis| ScatterElements { axis }),
        )),
        "Trilu" => Some(boxed(Trilu::new(node))),
        _ => None,
    }
}

fn axis(node: &Builder<'_>) -> Result<i64, String> {
    node.int_or("axis", 0)
}

fn without_reduction(node: &Builder<'_>) -> Result<(), String> {
    match node.text("reduction")? {
        None | Some("none") => Ok(()),
        Some(other) => Err(format!("`reduction` `{other}` is not supported")),
    }
}

/// Reads the elements whose index along one axis is given, one by one.
#[derive(Debug)]
struct GatherElements {
    axis: i64,
}

/// Positions in `shape` of the elements of `chosen`, with the index along `axis`
/// replaced by the next one of `indices`.
fn places(
    shape: &Shape,
    chosen: &Shape,
    axis: usize,
    indices: &[i64],
) -> Result<Vec<usize>, String> {
    let fits = chosen.len() == shape.len()
        && (0..shape.len()).all(|other| other == axis || chosen[other] <= shape[other]);
    if !fits {
        return Err(format!("indices of shape {chosen} do not fit {shape}"));
    }
    let (own, wide) = (shape.strides(), chosen.strides());
    let mut found = Vec::with_capacity(indices.len());
    for (i, &index) in indices.iter().enumerate() {
        let index = Shape::axis_of(index, shape[axis])
            .map_err(|_| format!("index {index} is outside of {} elements", shape[axis]))?;
        let along = |other: usize| {
            if other == axis { index } else { i / wide[other] % chosen[other] }
        };
        found.push((0..shape.len()).map(|other| along(other) * own[other]).sum());
    }
    Ok(found)
}

impl Kernel for GatherElements {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let (shape, chosen) = (*input.shape(), *io.need(1)?.shape());
        let indices = io.ints(1)?.ok_or("the indices are missing")?;
        let found = places(&shape, &chosen, shape.axis(self.axis)?, &indices)?;
        for_element_type!(input.element_type(), T => {
            let values = input.as_slice::<T>()?;
            for (slot, from) in out[0].reset::<T>(chosen).iter_mut().zip(found) {
                *slot = values[from];
            }
        });
        Ok(())
    }
}

/// Writes elements whose index along one axis is given, one by one, in order.
#[derive(Debug)]
struct ScatterElements {
    axis: i64,
}

impl Kernel for ScatterElements {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let (shape, chosen) = (*input.shape(), *io.need(1)?.shape());
        let indices = io.ints(1)?.ok_or("the indices are missing")?;
        let found = places(&shape, &chosen, shape.axis(self.axis)?, &indices)?;
        if *io.need(2)?.shape() != chosen {
            return Err(format!("updates of shape {} do not fit {chosen}", io.need(2)?.shape()));
        }
        for_element_type!(input.element_type(), T => {
            let updates = io.slice::<T>(2)?;
            out[0].copy_from(&input.view(), shape);
            let result = out[0].reset::<T>(shape);
            for (to, &value) in found.into_iter().zip(updates) {
                result[to] = value;
            }
        });
        Ok(())
    }
}

/// Slices of a tensor whose first dimensions are given by indices.
struct Slices {
    /// Start of each slice.
    starts: Vec<usize>,
    length: usize,
    /// The dimensions of a slice.
    inner: Shape,
}

/// Reads the last dimension of `indices` as positions in `shape`.
fn slices(shape: &Shape, index_shape: &Shape, indices: &[i64]) -> Result<Slices, String> {
    let depth = *index_shape.last().ok_or("the indices are a scalar")?;
    if depth == 0 || depth > shape.len() {
        return Err(format!("indices of shape {index_shape} do not fit {shape}"));
    }
    let strides = shape.strides();
    let inner = Shape::new(&shape[depth..])?;
    let mut starts = Vec::with_capacity(indices.len() / depth);
    for place in indices.chunks_exact(depth) {
        let mut start = 0;
        for (axis, &index) in place.iter().enumerate() {
            let index = Shape::axis_of(index, shape[axis])
                .map_err(|_| format!("index {index} is outside of {} elements", shape[axis]))?;
            start += index * strides[axis];
        }
        starts.push(start);
    }
    Ok(Slices { starts, length: inner.elements(), inner })
}

/// Joins the dimensions of two shapes.
fn joined(first: &[usize], second: &[usize]) -> Result<Shape, String> {
    if first.len() + second.len() > MAX_RANK {
        return Err(format!("the result has more than {MAX_RANK} dimensions"));
    }
    Shape::new(&[first, second].concat())
}

/// Reads slices whose position is given by several indices.
#[derive(Debug)]
struct GatherNd;

impl GatherNd {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        match node.int_or("batch_dims", 0)? {
            0 => Ok(Self),
            other => Err(format!("`batch_dims` {other} is not supported")),
        }
    }
}

impl Kernel for GatherNd {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let index_shape = *io.need(1)?.shape();
        let indices = io.ints(1)?.ok_or("the indices are missing")?;
        let found = slices(input.shape(), &index_shape, &indices)?;
        let target = joined(&index_shape[..index_shape.len() - 1], &found.inner)?;
        for_element_type!(input.element_type(), T => {
            let values = input.as_slice::<T>()?;
            let result = out[0].reset::<T>(target);
            for (slot, start) in result.chunks_exact_mut(found.length.max(1)).zip(found.starts) {
                slot.copy_from_slice(&values[start..start + found.length]);
            }
        });
        Ok(())
    }
}

/// Writes slices whose position is given by several indices, in order.
#[derive(Debug)]
struct ScatterNd;

impl Kernel for ScatterNd {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let (shape, index_shape) = (*input.shape(), *io.need(1)?.shape());
        let indices = io.ints(1)?.ok_or("the indices are missing")?;
        let found = slices(&shape, &index_shape, &indices)?;
        let expected = joined(&index_shape[..index_shape.len() - 1], &found.inner)?;
        if *io.need(2)?.shape() != expected {
            return Err(format!("updates of shape {} do not fit {expected}", io.need(2)?.shape()));
        }
        for_element_type!(input.element_type(), T => {
            let updates = io.slice::<T>(2)?;
            out[0].copy_from(&input.view(), shape);
            let result = out[0].reset::<T>(shape);
            for (slice, start) in updates.chunks_exact(found.length.max(1)).zip(found.starts) {
                result[start..start + found.length].copy_from_slice(slice);
            }
        });
        Ok(())
    }
}

/// Keeps the upper or the lower triangle of matrices; the rest becomes 0.
#[derive(Debug)]
struct Trilu {
    upper: bool,
}

impl Trilu {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { upper: node.int_or("upper", 1)? != 0 })
    }
}

impl Kernel for Trilu {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = *input.shape();
        let Some((_, &[rows, columns])) = shape.split_last_chunk::<2>() else {
            return Err(format!("a matrix was expected, found shape {shape}"));
        };
        let diagonal = io.ints(1)?.and_then(|list| list.first().copied()).unwrap_or(0);
        for_element_type!(input.element_type(), T => {
            let values = input.as_slice::<T>()?;
            let result = out[0].reset::<T>(shape);
            for (i, (slot, &value)) in result.iter_mut().zip(values).enumerate() {
                let (row, column) = (i / columns % rows, i % columns);
                let from_diagonal = (column as i64 - row as i64).saturating_sub(diagonal);
                let stays = if self.upper { from_diagonal >= 0 } else { from_diagonal <= 0 };
                *slot = if stays { value } else { T::default() };
            }
        });
        Ok(())
    }
}
