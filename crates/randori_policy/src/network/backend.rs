//! The inference backend interface.

use randori_core::policy::Determinism;

/// A neural network that can be run: the interface between contracts and backends.
pub trait Network: Send {
    /// Its inputs, in the order of [`Network::run`].
    fn inputs(&self) -> &[TensorInfo];

    /// Its outputs, in the order of [`Network::run`].
    fn outputs(&self) -> &[TensorInfo];

    /// The determinism of its outputs.
    fn determinism(&self) -> Determinism;

    /// Computes all outputs, flat in row-major order.
    ///
    /// # Errors
    /// With one line for people, when an operation cannot be computed.
    fn run(&mut self, inputs: &[TensorView<'_>], outputs: &mut [Vec<f32>]) -> Result<(), String>;
}

/// Values of one network input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TensorView<'a> {
    /// Number of values along each axis.
    pub shape: &'a [usize],
    /// The values, in row-major order.
    pub values: &'a [f32],
}

/// An input or output of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Its name.
    pub name: String,
    /// Type of its elements, such as `f32` or `i64`
    pub element: String,
    /// Its axes; `None` if the file does not specify them.
    pub shape: Option<Vec<Dim>>,
}

/// Number of values along an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dim {
    /// Fixed.
    Fixed(usize),
    /// Any number; with its name in the file, which may be empty.
    Open(String),
}

impl TensorInfo {
    /// The shape of one sample with `len` values: the first dynamic axis after the batch axis takes
    /// the remaining values, and further ones have size 1. `None` if `len` values do not fit.
    pub fn shape_for(&self, len: usize) -> Option<Vec<usize>> {
        let Some(dims) = &self.shape else { return Some(vec![1, len]) };
        let fixed = self.fixed_len()?;
        let is_open = |dim: &Dim| matches!(dim, Dim::Open(_));
        let open = dims.iter().skip(1).position(is_open).map(|index| index + 1);
        // A single axis counts values, not samples.
        let open = open.or_else(|| (dims.len() == 1 && is_open(&dims[0])).then_some(0));
        let rest = len.checked_div(fixed).unwrap_or(0);
        if rest * fixed != len || (open.is_none() && rest != 1) {
            return None;
        }
        let size = |(index, dim): (usize, &Dim)| match dim {
            Dim::Fixed(size) => *size,
            Dim::Open(_) if open == Some(index) => rest,
            Dim::Open(_) => 1,
        };
        Some(dims.iter().enumerate().map(size).collect())
    }

    /// Number of values of one sample; `None` if it is dynamic.
    pub fn sample_len(&self) -> Option<usize> {
        let dims = self.shape.as_ref()?;
        let is_closed = |(index, dim): (usize, &Dim)| {
            matches!(dim, Dim::Fixed(_)) || (index == 0 && dims.len() > 1)
        };
        dims.iter().enumerate().all(is_closed).then(|| self.fixed_len()).flatten()
    }

    /// True if its elements are single precision.
    pub fn is_float(&self) -> bool {
        self.element == "f32"
    }

    /// Number of values with every dynamic axis of size 1.
    pub(super) fn shape_len_with_ones(&self) -> Option<usize> {
        self.shape.as_ref().and_then(|_| self.fixed_len())
    }

    /// Product of the fixed axes.
    fn fixed_len(&self) -> Option<usize> {
        let sizes = self.shape.iter().flatten().map(|dim| match dim {
            Dim::Fixed(size) => *size,
            Dim::Open(_) => 1,
        });
        sizes.into_iter().try_fold(1_usize, usize::checked_mul)
    }

    /// For messages: `f32[1, 48]`, `f32[batch, ?]`.
    pub fn shown(&self) -> String {
        let Some(dims) = &self.shape else { return format!("{} of unknown shape", self.element) };
        let dims: Vec<String> = dims
            .iter()
            .map(|dim| match dim {
                Dim::Fixed(size) => size.to_string(),
                Dim::Open(name) if name.is_empty() => "?".to_owned(),
                Dim::Open(name) => name.clone(),
            })
            .collect();
        format!("{}[{}]", self.element, dims.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(dims: &[Option<usize>]) -> TensorInfo {
        let dim = |size: &Option<usize>| size.map_or(Dim::Open(String::new()), Dim::Fixed);
        TensorInfo {
            name: "x".to_owned(),
            element: "f32".to_owned(),
            shape: Some(dims.iter().map(dim).collect()),
        }
    }

    #[test]
    fn one_sample_fills_the_axes_that_the_file_leaves_open() {
        assert_eq!(tensor(&[Some(1), Some(48)]).shape_for(48), Some(vec![1, 48]));
        assert_eq!(tensor(&[None, Some(48)]).shape_for(48), Some(vec![1, 48]));
        assert_eq!(tensor(&[None, None]).shape_for(48), Some(vec![1, 48]));
        assert_eq!(tensor(&[Some(1), None, Some(64)]).shape_for(64), Some(vec![1, 1, 64]));
        assert_eq!(tensor(&[None]).shape_for(48), Some(vec![48]));
        assert_eq!(tensor(&[Some(48)]).shape_for(48), Some(vec![48]));
    }

    #[test]
    fn a_sample_of_another_length_has_no_shape() {
        assert_eq!(tensor(&[Some(1), Some(48)]).shape_for(45), None);
        assert_eq!(tensor(&[None, Some(48)]).shape_for(96), None);
        assert_eq!(tensor(&[Some(1), Some(0)]).shape_for(1), None);
    }

    #[test]
    fn the_length_is_known_unless_an_axis_of_values_is_open() {
        assert_eq!(tensor(&[None, Some(48)]).sample_len(), Some(48));
        assert_eq!(tensor(&[Some(1), None]).sample_len(), None);
        assert_eq!(tensor(&[None]).sample_len(), None);
        assert_eq!(tensor(&[Some(1), Some(48)]).shown(), "f32[1, 48]");
    }
}
