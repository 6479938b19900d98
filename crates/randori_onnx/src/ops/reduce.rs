//! Reductions.

use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::{MAX_RANK, Shape};
use crate::tensor::{ElementType, Tensor};

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    let fold = match name {
        "ReduceSum" => Fold::Sum,
        "ReduceMean" => Fold::Mean,
        "ReduceMax" => Fold::Max,
        "ReduceMin" => Fold::Min,
        "ReduceProd" => Fold::Product,
        "ReduceL1" => Fold::L1,
        "ReduceL2" => Fold::L2,
        "ReduceSumSquare" => Fold::SumSquare,
        "ReduceLogSum" => Fold::LogSum,
        "ReduceLogSumExp" => Fold::LogSumExp,
        "ArgMax" => return Some(boxed(Extreme::new(node, true))),
        "ArgMin" => return Some(boxed(Extreme::new(node, false))),
        _ => return None,
    };
    Some(boxed(Reduce::new(node, fold)))
}

/// The reduction of the numbers, in row-major order.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fold {
    Sum,
    Mean,
    Max,
    Min,
    Product,
    L1,
    L2,
    SumSquare,
    LogSum,
    LogSumExp,
}

/// Folds some axes of a tensor; axes as attribute or as input.
#[derive(Debug)]
struct Reduce {
    fold: Fold,
    axes: Option<Vec<i64>>,
    keeps: bool,
    none_means_none: bool,
}

impl Reduce {
    fn new(node: &Builder<'_>, fold: Fold) -> Result<Self, String> {
        Ok(Self {
            fold,
            axes: node.ints("axes")?,
            keeps: node.int_or("keepdims", 1)? != 0,
            none_means_none: node.flag("noop_with_empty_axes")?,
        })
    }

    /// The reduced axes.
    fn axes(&self, io: &Inputs<'_>, rank: usize) -> Result<[bool; MAX_RANK], String> {
        let given = io.ints(1)?;
        let list = given.as_deref().or(self.axes.as_deref()).unwrap_or_default();
        let mut gone = [list.is_empty() && !self.none_means_none; MAX_RANK];
        for &axis in list {
            gone[Shape::axis_of(axis, rank)?] = true;
        }
        Ok(gone)
    }
}

/// The shape of a reduction, with and without the reduced axes.
fn shapes(shape: &Shape, gone: [bool; MAX_RANK]) -> Result<(Shape, Shape), String> {
    let mut kept = *shape;
    let mut dims = [0; MAX_RANK];
    let mut rank = 0;
    for (axis, &length) in shape.iter().enumerate() {
        if gone[axis] {
            kept = kept.with(axis, 1)?;
        } else {
            dims[rank] = length;
            rank += 1;
        }
    }
    Ok((kept, Shape::new(&dims[..rank])?))
}

/// Calls `visit(result, element)` for all elements in row-major order.
fn visit(shape: &Shape, kept: &Shape, mut visit: impl FnMut(usize, usize)) {
    super::broadcast::Walk::new(shape, [shape, kept]).rows(|[from, to], steps, length| {
        for i in 0..length {
            visit(to + i * steps[1], from + i * steps[0]);
        }
    });
}

impl Kernel for Reduce {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = *input.shape();
        let gone = self.axes(io, shape.len())?;
        let (kept, dropped) = shapes(&shape, gone)?;
        let target = if self.keeps { kept } else { dropped };
        match input.element_type() {
            ElementType::F32 => {
                let result = out[0].reset::<f32>(target);
                self.floats(input.as_slice()?, (&shape, &kept), result, &mut work.scratch[0]);
                Ok(())
            }
            ElementType::I64 => {
                let result = out[0].reset::<i64>(target);
                self.integers(input.as_slice()?, &shape, &kept, result)
            }
            other => Err(format!("reducing {other} is not supported")),
        }
    }
}

impl Reduce {
    fn floats(
        &self,
        values: &[f32],
        (shape, kept): (&Shape, &Shape),
        out: &mut [f32],
        largest: &mut Vec<f32>,
    ) {
        let count = shape.elements() as f32 / kept.elements() as f32;
        out.fill(match self.fold {
            Fold::Max => f32::NEG_INFINITY,
            Fold::Min => f32::INFINITY,
            Fold::Product => 1.0,
            _ => 0.0,
        });
        if self.fold == Fold::LogSumExp {
            largest.clear();
            largest.resize(out.len(), f32::NEG_INFINITY);
            visit(shape, kept, |to, from| largest[to] = largest[to].max(values[from]));
        }
        visit(shape, kept, |to, from| {
            let (sum, x) = (&mut out[to], values[from]);
            match self.fold {
                Fold::Sum | Fold::Mean | Fold::LogSum => *sum += x,
                Fold::Max => *sum = if x > *sum || x.is_nan() { x } else { *sum },
                Fold::Min => *sum = if x < *sum || x.is_nan() { x } else { *sum },
                Fold::Product => *sum *= x,
                Fold::L1 => *sum += x.abs(),
                Fold::L2 | Fold::SumSquare => *sum += x * x,
                Fold::LogSumExp => *sum += libm::expf(x - largest[to]),
            }
        });
        for (i, y) in out.iter_mut().enumerate() {
            match self.fold {
                Fold::Mean => *y /= count,
                Fold::L2 => *y = y.sqrt(),
                Fold::LogSum => *y = libm::logf(*y),
                Fold::LogSumExp => *y = libm::logf(*y) + largest[i],
                _ => {}
            }
        }
    }

    fn integers(
        &self,
        values: &[i64],
        shape: &Shape,
        kept: &Shape,
        out: &mut [i64],
    ) -> Result<(), String> {
        let (start, f): (i64, fn(i64, i64) -> i64) = match self.fold {
            Fold::Sum | Fold::Mean => (0, i64::wrapping_add),
            Fold::Max => (i64::MIN, Ord::max),
            Fold::Min => (i64::MAX, Ord::min),
            Fold::Product => (1, i64::wrapping_mul),
            _ => return Err("floats were expected".to_owned()),
        };
        out.fill(start);
        visit(shape, kept, |to, from| out[to] = f(out[to], values[from]));
        if self.fold == Fold::Mean {
            let count = (shape.elements() / kept.elements().max(1)).max(1) as i64;
            for y in out {
                *y /= count;
            }
        }
        Ok(())
    }
}

/// `ArgMax` and `ArgMin`: the position of the extreme along one axis.
#[derive(Debug)]
struct Extreme {
    largest: bool,
    axis: i64,
    keeps: bool,
    last: bool,
}

impl Extreme {
    fn new(node: &Builder<'_>, largest: bool) -> Result<Self, String> {
        Ok(Self {
            largest,
            axis: node.int_or("axis", 0)?,
            keeps: node.int_or("keepdims", 1)? != 0,
            last: node.flag("select_last_index")?,
        })
    }
}

impl Kernel for Extreme {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let shape = *io.need(0)?.shape();
        let values = io.slice::<f32>(0)?;
        let axis = shape.axis(self.axis)?;
        let (outer, length, inner) = shape.split_at_axis(axis);
        if length == 0 {
            return Err("an empty axis has no extreme".to_owned());
        }
        let mut gone = [false; MAX_RANK];
        gone[axis] = true;
        let (kept, dropped) = shapes(&shape, gone)?;
        let result = out[0].reset::<i64>(if self.keeps { kept } else { dropped });
        for (slot, place) in result.iter_mut().zip(0..outer * inner) {
            let lane = place / inner * length * inner + place % inner;
            let mut best = 0;
            for i in 1..length {
                let (x, y) = (values[lane + i * inner], values[lane + best * inner]);
                let beats = if self.largest { x > y } else { x < y };
                if beats || (self.last && x == y) {
                    best = i;
                }
            }
            *slot = best as i64;
        }
        Ok(())
    }
}
