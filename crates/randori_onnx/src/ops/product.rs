//! `Gemm` and `MatMul`.

use std::sync::Arc;

use super::broadcast::Walk;
use super::{Built, boxed};
use crate::gemm::{self, Packed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::{MAX_RANK, Shape};
use crate::tensor::Tensor;

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    match name {
        "Gemm" => Some(boxed(Gemm::new(node))),
        "MatMul" => Some(boxed(MatMul::new(node))),
        _ => None,
    }
}

/// `alpha * A' * B' + beta * C`, where a prime is an optional transposition.
///
/// The product is summed first; `C` is added last.
#[derive(Debug)]
struct Gemm {
    alpha: f32,
    beta: f32,
    transpose_a: bool,
    transpose_b: bool,
    /// `B'`, if it is constant.
    weights: Option<Arc<Packed>>,
}

impl Gemm {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        let transpose_b = node.flag("transB")?;
        let weights = match node.constant(1) {
            Some(tensor) => {
                let size = matrix(tensor.shape(), transpose_b)?;
                Some(node.pack((1, 0), size, transpose_b)?)
            }
            None => None,
        };
        Ok(Self {
            alpha: node.float_or("alpha", 1.0)?,
            beta: node.float_or("beta", 1.0)?,
            transpose_a: node.flag("transA")?,
            transpose_b,
            weights,
        })
    }

    fn finish(&self, io: &Inputs<'_>, shape: &Shape, out: &mut [f32]) -> Result<(), String> {
        let Some(bias) = io.get(2) else {
            for y in out {
                *y *= self.alpha;
            }
            return Ok(());
        };
        if shape.broadcast(bias.shape())? != *shape {
            return Err(format!("C of shape {} does not fit {shape}", bias.shape()));
        }
        let values = bias.as_slice::<f32>()?;
        let mut rest = out;
        Walk::new(shape, [bias.shape()]).rows(|[start], [step], length| {
            let (row, next) = std::mem::take(&mut rest).split_at_mut(length);
            rest = next;
            if step == 1 {
                for (y, &c) in row.iter_mut().zip(&values[start..]) {
                    *y = self.alpha * *y + self.beta * c;
                }
            } else {
                for y in row {
                    *y = self.alpha * *y + self.beta * values[start];
                }
            }
        });
        Ok(())
    }
}

/// Rows and columns of a matrix after an optional transposition.
fn matrix(shape: &Shape, transposed: bool) -> Result<(usize, usize), String> {
    match **shape {
        [rows, columns] if transposed => Ok((columns, rows)),
        [rows, columns] => Ok((rows, columns)),
        _ => Err(format!("a matrix was expected, found shape {shape}")),
    }
}

impl Kernel for Gemm {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        let (a, b) = (io.need(0)?, io.need(1)?);
        let (rows, depth) = matrix(a.shape(), self.transpose_a)?;
        let (b_depth, columns) = matrix(b.shape(), self.transpose_b)?;
        if depth != b_depth {
            return Err(format!("A of shape {} does not fit B of shape {}", a.shape(), b.shape()));
        }
        work.spend(&[rows, depth, columns])?;
        let shape = Shape::new(&[rows, columns])?;
        let result = out[0].reset::<f32>(shape);
        let [transposed, panels, ..] = &mut work.scratch;
        let mut left = io.slice::<f32>(0)?;
        if self.transpose_a {
            transposed.clear();
            transposed.extend((0..rows * depth).map(|i| left[i % depth * rows + i / depth]));
            left = transposed;
        }
        if let Some(weights) = &self.weights {
            weights.multiply(left, result);
        } else {
            let right = io.slice::<f32>(1)?;
            pack(panels, right, (depth, columns), self.transpose_b);
            gemm::multiply(left, panels, (depth, columns), result);
        }
        self.finish(io, &shape, result)
    }

    fn folds(&self) -> bool {
        false
    }
}

fn pack(panels: &mut Vec<f32>, right: &[f32], size: (usize, usize), transposed: bool) {
    let (depth, columns) = size;
    if transposed {
        gemm::pack_into(panels, size, |i, j| right[j * depth + i]);
    } else {
        gemm::pack_into(panels, size, |i, j| right[i * columns + j]);
    }
}

/// The matrix product of numpy: vectors, matrices and stacks of matrices.
#[derive(Debug)]
struct MatMul {
    /// The right matrix, if it is a single constant matrix.
    weights: Option<Arc<Packed>>,
}

/// Sizes of a product: the shapes of both stacks, and of one matrix.
struct Plan {
    out: Shape,
    stack: Shape,
    left_stack: Shape,
    right_stack: Shape,
    rows: usize,
    depth: usize,
    columns: usize,
}

impl MatMul {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        let weights = match node.constant(1) {
            Some(tensor) if tensor.shape().len() == 2 => {
                let size = (tensor.shape()[0], tensor.shape()[1]);
                Some(node.pack((1, 0), size, false)?)
            }
            _ => None,
        };
        Ok(Self { weights })
    }

    fn plan(a: &Shape, b: &Shape) -> Result<Plan, String> {
        let misfit = || format!("A of shape {a} does not fit B of shape {b}");
        if a.is_empty() || b.is_empty() {
            return Err("scalars have no matrix product".to_owned());
        }
        // A vector is a matrix of one row on the left, of one column on the right.
        let (left_stack, rows, depth) = match a.split_last_chunk::<2>() {
            Some((stack, &[rows, depth])) => (stack, rows, depth),
            None => (&[][..], 1, a[0]),
        };
        let (right_stack, b_depth, columns) = match b.split_last_chunk::<2>() {
            Some((stack, &[depth, columns])) => (stack, depth, columns),
            None => (&[][..], b[0], 1),
        };
        if depth != b_depth {
            return Err(misfit());
        }
        let (left_stack, right_stack) = (Shape::new(left_stack)?, Shape::new(right_stack)?);
        let stack = left_stack.broadcast(&right_stack).map_err(|_| misfit())?;
        let mut dims = [0; MAX_RANK + 2];
        let mut rank = stack.len();
        dims[..rank].copy_from_slice(&stack);
        for (length, kept) in [(rows, a.len() > 1), (columns, b.len() > 1)] {
            if kept {
                dims[rank] = length;
                rank += 1;
            }
        }
        let out = Shape::new(&dims[..rank])?;
        Ok(Plan { out, stack, left_stack, right_stack, rows, depth, columns })
    }
}

impl Kernel for MatMul {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        let (left, right) = (io.slice::<f32>(0)?, io.slice::<f32>(1)?);
        let plan = Self::plan(io.need(0)?.shape(), io.need(1)?.shape())?;
        work.spend(&[plan.stack.elements(), plan.rows, plan.depth, plan.columns])?;
        let result = out[0].reset::<f32>(plan.out);
        if let Some(weights) = &self.weights {
            // All matrices of the left stack are rows of one.
            weights.multiply(left, result);
            return Ok(());
        }
        let (left_size, right_size) = (plan.rows * plan.depth, plan.depth * plan.columns);
        let size = (plan.depth, plan.columns);
        let mut rest = result;
        let panels = &mut work.scratch[0];
        let mut packed = None;
        Walk::new(&plan.stack, [&plan.left_stack, &plan.right_stack]).rows(
            |[a_start, b_start], [a_step, b_step], length| {
                for i in 0..length {
                    let (part, next) =
                        std::mem::take(&mut rest).split_at_mut(plan.rows * plan.columns);
                    rest = next;
                    let (a, b) = ((a_start + i * a_step) * left_size, b_start + i * b_step);
                    if packed != Some(b) {
                        pack(panels, &right[b * right_size..][..right_size], size, false);
                        packed = Some(b);
                    }
                    gemm::multiply(&left[a..a + left_size], panels, size, part);
                }
            },
        );
        Ok(())
    }

    fn folds(&self) -> bool {
        false
    }
}
