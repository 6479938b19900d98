//! Shapes: up to eight dimensions, stored in place.

use std::fmt;
use std::ops::Deref;

/// Maximum rank of a tensor.
pub const MAX_RANK: usize = 8;

/// Maximum number of elements of one tensor: 32 Mi, 128 MiB of `f32`.
pub const MAX_ELEMENTS: usize = 1 << 25;

/// Dimensions of a tensor, outermost first; rank 0 is a scalar.
///
/// Dereferences to `[usize]`. The product of the dimensions, counting 0 as 1,
/// is at most [`MAX_ELEMENTS`], so that products of them cannot overflow.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    dims: [usize; MAX_RANK],
    rank: usize,
}

impl Shape {
    /// The shape with these dimensions.
    ///
    /// # Errors
    /// More than [`MAX_RANK`] dimensions or [`MAX_ELEMENTS`] elements.
    pub fn new(dims: &[usize]) -> Result<Self, String> {
        let too_large = || format!("shape {dims:?} has more than {MAX_ELEMENTS} elements");
        if dims.len() > MAX_RANK {
            return Err(format!("rank {} is larger than {MAX_RANK}", dims.len()));
        }
        let mut shape = Self { dims: [0; MAX_RANK], rank: dims.len() };
        let mut product = 1_usize;
        for (slot, &dim) in shape.dims.iter_mut().zip(dims) {
            *slot = dim;
            product = product.checked_mul(dim.max(1)).ok_or_else(too_large)?;
        }
        if product > MAX_ELEMENTS { Err(too_large()) } else { Ok(shape) }
    }

    /// The same, from signed numbers as in ONNX.
    pub(crate) fn from_signed(dims: &[i64]) -> Result<Self, String> {
        if dims.len() > MAX_RANK {
            return Err(format!("rank {} is larger than {MAX_RANK}", dims.len()));
        }
        let mut list = [0; MAX_RANK];
        for (slot, &dim) in list.iter_mut().zip(dims) {
            *slot = usize::try_from(dim).map_err(|_| format!("dimension {dim} is negative"))?;
        }
        Self::new(&list[..dims.len()])
    }

    /// Number of elements.
    pub fn elements(&self) -> usize {
        self.iter().product()
    }

    /// Number of elements, with every dimension of 0 counted as 1: the cost of an iteration
    /// over the shape.
    pub(crate) fn extent(&self) -> usize {
        self.iter().map(|dim| dim.max(&1)).product()
    }

    /// Strides of each dimension, row-major.
    pub(crate) fn strides(&self) -> [usize; MAX_RANK] {
        let mut strides = [1; MAX_RANK];
        for axis in (1..self.rank).rev() {
            strides[axis - 1] = strides[axis] * self.dims[axis].max(1);
        }
        strides
    }

    /// Converts `axis`, which counts from the end if negative, to an index below `rank`.
    pub(crate) fn axis_of(axis: i64, rank: usize) -> Result<usize, String> {
        let signed = if axis < 0 { axis.checked_add(rank as i64) } else { Some(axis) };
        match signed.and_then(|axis| usize::try_from(axis).ok()) {
            Some(axis) if axis < rank => Ok(axis),
            _ => Err(format!("axis {axis} does not exist in a tensor of rank {rank}")),
        }
    }

    /// The index of `axis` in this shape.
    pub(crate) fn axis(&self, axis: i64) -> Result<usize, String> {
        Self::axis_of(axis, self.rank)
    }

    /// The same shape with another length along `axis`.
    pub(crate) fn with(&self, axis: usize, length: usize) -> Result<Self, String> {
        let mut dims = self.dims;
        dims[axis] = length;
        Self::new(&dims[..self.rank])
    }

    /// Elements before, along and behind `axis`.
    pub(crate) fn split_at_axis(&self, axis: usize) -> (usize, usize, usize) {
        let dims: &[usize] = self;
        (dims[..axis].iter().product(), dims[axis], dims[axis + 1..].iter().product())
    }

    /// The shape of both operands after numpy broadcasting.
    pub(crate) fn broadcast(&self, other: &Self) -> Result<Self, String> {
        let rank = self.rank.max(other.rank);
        let mut dims = [1; MAX_RANK];
        for (axis, dim) in dims[..rank].iter_mut().enumerate() {
            let of = |shape: &Self| {
                (axis + shape.rank).checked_sub(rank).map_or(1, |own| shape.dims[own])
            };
            *dim = match (of(self), of(other)) {
                (a, b) if a == b => a,
                (1, b) => b,
                (a, 1) => a,
                _ => return Err(format!("shapes {self} and {other} cannot be broadcast")),
            };
        }
        Self::new(&dims[..rank])
    }
}

impl Deref for Shape {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &self.dims[..self.rank]
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", &**self)
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_follows_numpy() {
        let shape = |dims: &[usize]| Shape::new(dims).unwrap();

        assert_eq!(*shape(&[4, 1, 3]).broadcast(&shape(&[2, 1])).unwrap(), [4, 2, 3]);
        assert_eq!(*shape(&[]).broadcast(&shape(&[0, 2])).unwrap(), [0, 2]);
        assert!(shape(&[3]).broadcast(&shape(&[2])).is_err());
    }

    #[test]
    fn shapes_that_no_memory_holds_are_refused() {
        assert!(Shape::new(&[usize::MAX, 2]).is_err());
        assert!(Shape::new(&[0, 1 << 20, 1 << 20]).is_err());
        assert!(Shape::new(&[1; 9]).is_err());
        assert!(Shape::from_signed(&[-1]).is_err());
    }
}
