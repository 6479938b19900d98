//! Numpy broadcasting of two or three operands.

use crate::shape::{MAX_RANK, Shape};

/// Iteration over operands of different shapes: neighbouring dimensions that are
/// contiguous in all operands are merged.
#[derive(Debug)]
pub(super) struct Walk<const N: usize> {
    dims: [usize; MAX_RANK],
    /// Stride of each dimension; 0 for broadcast dimensions.
    strides: [[usize; MAX_RANK]; N],
    rank: usize,
}

impl<const N: usize> Walk<N> {
    /// The iteration over `out` for operands of `shapes`, which broadcast to it.
    pub(super) fn new(out: &Shape, shapes: [&Shape; N]) -> Self {
        let mut walk = Self { dims: [1; MAX_RANK], strides: [[0; MAX_RANK]; N], rank: 0 };
        for (axis, &dim) in out.iter().enumerate() {
            if dim == 1 {
                continue;
            }
            let strides = shapes.map(|shape| match (axis + shape.len()).checked_sub(out.len()) {
                Some(own) if shape[own] != 1 => shape.strides()[own],
                _ => 0,
            });
            let merges =
                walk.rank > 0 && (0..N).all(|i| walk.strides[i][walk.rank - 1] == strides[i] * dim);
            if !merges {
                walk.rank += 1;
            }
            let slot = walk.rank - 1;
            walk.dims[slot] = if merges { walk.dims[slot] * dim } else { dim };
            for (own, stride) in walk.strides.iter_mut().zip(strides) {
                own[slot] = stride;
            }
        }
        walk
    }

    /// Calls `row` for each innermost run: the position of its first element in
    /// each operand, the distance between elements, and the length.
    ///
    /// The runs are consecutive in the result. An empty result has none.
    pub(super) fn rows(&self, mut row: impl FnMut([usize; N], [usize; N], usize)) {
        let outer = self.rank.saturating_sub(1);
        let (length, steps) = match self.rank {
            0 => (1, [0; N]),
            rank => (self.dims[rank - 1], self.strides.map(|strides| strides[rank - 1])),
        };
        let count: usize = self.dims[..outer].iter().product();
        if length == 0 {
            return;
        }
        let mut index = [0; MAX_RANK];
        for _ in 0..count {
            let starts = self.strides.map(|strides| {
                index[..outer].iter().zip(strides).map(|(i, stride)| i * stride).sum()
            });
            row(starts, steps, length);
            for axis in (0..outer).rev() {
                index[axis] += 1;
                if index[axis] < self.dims[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
    }
}

/// Writes `f(a, b)` for operands that broadcast to `shape`.
pub(super) fn zip<T: Copy, U>(
    shape: &Shape,
    (a, a_shape): (&[T], &Shape),
    (b, b_shape): (&[T], &Shape),
    out: &mut [U],
    f: impl Fn(T, T) -> U,
) {
    let mut rest = out;
    Walk::new(shape, [a_shape, b_shape]).rows(|[a_start, b_start], steps, length| {
        let (row, next) = std::mem::take(&mut rest).split_at_mut(length);
        rest = next;
        let (a, b) = (&a[a_start..], &b[b_start..]);
        match steps {
            [1, 1] => {
                for ((out, &a), &b) in row.iter_mut().zip(a).zip(b) {
                    *out = f(a, b);
                }
            }
            [1, 0] => row.iter_mut().zip(a).for_each(|(out, &a)| *out = f(a, b[0])),
            [0, 1] => row.iter_mut().zip(b).for_each(|(out, &b)| *out = f(a[0], b)),
            [a_step, b_step] => {
                for (i, out) in row.iter_mut().enumerate() {
                    *out = f(a[i * a_step], b[i * b_step]);
                }
            }
        }
    });
}
