//! Tensors: a shape and its numbers, row-major.

use std::fmt;

use crate::error::RunError;
use crate::shape::Shape;

/// Element type of a tensor.
///
/// ONNX has more types. `float16`, `bfloat16` and `double` become [`F32`], the
/// 8 and 16 bit integers other than `uint8` become [`I32`], and the unsigned
/// 32 and 64 bit integers become [`I64`], both in weights and as declared.
///
/// [`F32`]: ElementType::F32
/// [`I32`]: ElementType::I32
/// [`I64`]: ElementType::I64
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ElementType {
    /// 32-bit floats.
    F32,
    /// 64-bit signed integers.
    I64,
    /// 32-bit signed integers.
    I32,
    /// Bytes, such as pixels.
    U8,
    /// Truth values.
    Bool,
}

impl ElementType {
    /// The type for a number of `TensorProto.DataType`.
    pub(crate) fn from_onnx(number: i64) -> Result<Self, String> {
        match number {
            1 | 10 | 11 | 16 => Ok(Self::F32),
            2 => Ok(Self::U8),
            3..=6 => Ok(Self::I32),
            7 | 12 | 13 => Ok(Self::I64),
            9 => Ok(Self::Bool),
            8 => Err("text is not supported".to_owned()),
            _ => Err(format!("element type {number} is not supported")),
        }
    }
}

impl ElementType {
    /// Size of one number in memory, bytes.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::F32 | Self::I32 => 4,
            Self::I64 => 8,
            Self::U8 | Self::Bool => 1,
        }
    }
}

impl fmt::Display for ElementType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::F32 => "f32",
            Self::I64 => "i64",
            Self::I32 => "i32",
            Self::U8 => "u8",
            Self::Bool => "bool",
        })
    }
}

/// Borrowed numbers of a tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TensorData<'a> {
    /// 32-bit floats.
    F32(&'a [f32]),
    /// 64-bit signed integers.
    I64(&'a [i64]),
    /// 32-bit signed integers.
    I32(&'a [i32]),
    /// Bytes.
    U8(&'a [u8]),
    /// Truth values.
    Bool(&'a [bool]),
}

/// A borrowed tensor: an input or an output of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TensorView<'a> {
    shape: Shape,
    data: TensorData<'a>,
}

impl<'a> TensorView<'a> {
    /// A view of `data`, row-major, under `shape`.
    ///
    /// # Errors
    /// The number of elements does not match the shape, or the shape is too large.
    pub fn new(shape: &[usize], data: TensorData<'a>) -> Result<Self, RunError> {
        let shape = Shape::new(shape).map_err(|reason| RunError::Tensor { reason })?;
        let count = match data {
            TensorData::F32(values) => values.len(),
            TensorData::I64(values) => values.len(),
            TensorData::I32(values) => values.len(),
            TensorData::U8(values) => values.len(),
            TensorData::Bool(values) => values.len(),
        };
        if count != shape.elements() {
            let reason = format!("{count} numbers do not fill shape {shape}");
            return Err(RunError::Tensor { reason });
        }
        Ok(Self { shape, data })
    }

    /// A view of floats.
    ///
    /// # Errors
    /// As [`TensorView::new`].
    pub fn f32(shape: &[usize], values: &'a [f32]) -> Result<Self, RunError> {
        Self::new(shape, TensorData::F32(values))
    }

    /// Dimensions, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The numbers, row-major.
    pub fn data(&self) -> TensorData<'a> {
        self.data
    }

    /// Element type.
    pub fn element_type(&self) -> ElementType {
        match self.data {
            TensorData::F32(_) => ElementType::F32,
            TensorData::I64(_) => ElementType::I64,
            TensorData::I32(_) => ElementType::I32,
            TensorData::U8(_) => ElementType::U8,
            TensorData::Bool(_) => ElementType::Bool,
        }
    }

    /// The floats, `None` for other types.
    pub fn as_f32(&self) -> Option<&'a [f32]> {
        match self.data {
            TensorData::F32(values) => Some(values),
            _ => None,
        }
    }

    /// The 64-bit integers, `None` for other types.
    pub fn as_i64(&self) -> Option<&'a [i64]> {
        match self.data {
            TensorData::I64(values) => Some(values),
            _ => None,
        }
    }
}

/// Owned numbers. The variants are those of [`TensorData`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    F32(Vec<f32>),
    I64(Vec<i64>),
    I32(Vec<i32>),
    U8(Vec<u8>),
    Bool(Vec<bool>),
}

/// A tensor that owns its numbers and can be refilled without allocation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tensor {
    shape: Shape,
    data: Data,
}

impl Default for Tensor {
    /// An empty vector of floats.
    fn default() -> Self {
        Self { shape: Shape::new(&[0]).unwrap_or_default(), data: Data::F32(Vec::new()) }
    }
}

/// An element type of tensors.
pub(crate) trait Element: Copy + Default + PartialOrd + fmt::Debug + 'static {
    const TYPE: ElementType;
    fn slice(data: &Data) -> Option<&[Self]>;
    fn wrap(values: Vec<Self>) -> Data;
    fn vec(data: &mut Data) -> Option<&mut Vec<Self>>;
}

macro_rules! element {
    ($type:ty, $variant:ident) => {
        impl Element for $type {
            const TYPE: ElementType = ElementType::$variant;
            fn slice(data: &Data) -> Option<&[Self]> {
                if let Data::$variant(values) = data { Some(values) } else { None }
            }
            fn wrap(values: Vec<Self>) -> Data {
                Data::$variant(values)
            }
            fn vec(data: &mut Data) -> Option<&mut Vec<Self>> {
                if let Data::$variant(values) = data { Some(values) } else { None }
            }
        }
    };
}
element!(f32, F32);
element!(i64, I64);
element!(i32, I32);
element!(u8, U8);
element!(bool, Bool);

impl Tensor {
    /// A tensor of these numbers.
    pub(crate) fn from_vec<T: Element>(shape: Shape, values: Vec<T>) -> Result<Self, String> {
        if values.len() != shape.elements() {
            return Err(format!("{} numbers do not fill shape {shape}", values.len()));
        }
        Ok(Self { shape, data: T::wrap(values) })
    }

    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }

    pub(crate) fn data(&self) -> &Data {
        &self.data
    }

    pub(crate) fn elements(&self) -> usize {
        self.shape.elements()
    }

    /// Memory of the numbers.
    pub(crate) fn bytes(&self) -> usize {
        self.elements() * self.element_type().bytes()
    }

    pub(crate) fn element_type(&self) -> ElementType {
        self.view().element_type()
    }

    pub(crate) fn view(&self) -> TensorView<'_> {
        let data = match &self.data {
            Data::F32(values) => TensorData::F32(values),
            Data::I64(values) => TensorData::I64(values),
            Data::I32(values) => TensorData::I32(values),
            Data::U8(values) => TensorData::U8(values),
            Data::Bool(values) => TensorData::Bool(values),
        };
        TensorView { shape: self.shape, data }
    }

    /// The numbers as `T`, or a message with their actual type.
    pub(crate) fn as_slice<T: Element>(&self) -> Result<&[T], String> {
        T::slice(&self.data)
            .ok_or_else(|| format!("{} was expected, found {}", T::TYPE, self.element_type()))
    }

    /// Sets shape and type, and returns the numbers to fill.
    ///
    /// Keeps the memory if the type stays the same. Previous numbers may remain: the caller
    /// writes all of them.
    pub(crate) fn reset<T: Element>(&mut self, shape: Shape) -> &mut [T] {
        self.shape = shape;
        if T::vec(&mut self.data).is_none() {
            self.data = T::wrap(Vec::new());
        }
        match T::vec(&mut self.data) {
            Some(values) => {
                values.resize(shape.elements(), T::default());
                values
            }
            None => unreachable!("the variant was just set"),
        }
    }

    /// Copies a view, with a shape of the same number of elements.
    pub(crate) fn copy_from(&mut self, source: &TensorView<'_>, shape: Shape) {
        debug_assert_eq!(source.shape.elements(), shape.elements());
        match source.data {
            TensorData::F32(values) => self.reset(shape).copy_from_slice(values),
            TensorData::I64(values) => self.reset(shape).copy_from_slice(values),
            TensorData::I32(values) => self.reset(shape).copy_from_slice(values),
            TensorData::U8(values) => self.reset(shape).copy_from_slice(values),
            TensorData::Bool(values) => self.reset(shape).copy_from_slice(values),
        }
    }
}

/// Calls `$body` with `$type` set to the Rust type of `$element`, for
/// operators that move numbers of any type.
macro_rules! for_element_type {
    ($element:expr, $type:ident => $body:expr) => {
        match $element {
            $crate::tensor::ElementType::F32 => {
                type $type = f32;
                $body
            }
            $crate::tensor::ElementType::I64 => {
                type $type = i64;
                $body
            }
            $crate::tensor::ElementType::I32 => {
                type $type = i32;
                $body
            }
            $crate::tensor::ElementType::U8 => {
                type $type = u8;
                $body
            }
            $crate::tensor::ElementType::Bool => {
                type $type = bool;
                $body
            }
        }
    };
}
pub(crate) use for_element_type;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_must_fill_its_shape() {
        assert!(TensorView::f32(&[2, 2], &[0.0; 4]).is_ok());
        assert!(TensorView::f32(&[2, 2], &[0.0; 3]).is_err());
    }

    #[test]
    fn refilling_a_tensor_keeps_its_memory() {
        let mut tensor = Tensor::default();
        let first = tensor.reset::<f32>(Shape::new(&[4]).unwrap()).as_ptr();
        let again = tensor.reset::<f32>(Shape::new(&[2, 2]).unwrap()).as_ptr();

        assert_eq!(first, again);
    }
}
