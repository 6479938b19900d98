//! Operators that create tensors from settings, shapes or other types.

use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::Shape;
use crate::tensor::{Data, ElementType, Tensor, for_element_type};

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    match name {
        "Constant" => Some(boxed(constant(node).map(Constant))),
        "ConstantOfShape" => Some(boxed(ConstantOfShape::new(node))),
        "Shape" => Some(boxed(ShapeOf::new(node))),
        "Size" => Some(boxed(Ok(Size))),
        "Cast" => Some(boxed(Cast::new(node))),
        "CastLike" => Some(boxed(Ok(Cast { to: None }))),
        "Range" => Some(boxed(Ok(Range))),
        _ => None,
    }
}

/// A constant tensor of the node.
#[derive(Debug)]
struct Constant(Tensor);

fn constant(node: &Builder<'_>) -> Result<Tensor, String> {
    if let Some(tensor) = node.tensor("value")? {
        return Ok(tensor);
    }
    if let Some(value) = node.float("value_float")? {
        return Tensor::from_vec(Shape::default(), vec![value]);
    }
    if let Some(value) = node.int("value_int")? {
        return Tensor::from_vec(Shape::default(), vec![value]);
    }
    if let Some(values) = node.floats("value_floats")? {
        return Tensor::from_vec(Shape::new(&[values.len()])?, values);
    }
    if let Some(values) = node.ints("value_ints")? {
        return Tensor::from_vec(Shape::new(&[values.len()])?, values);
    }
    Err("a dense numeric `value` is missing".to_owned())
}

impl Kernel for Constant {
    fn run(&self, _: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        out[0].copy_from(&self.0.view(), *self.0.shape());
        Ok(())
    }
}

/// One number, repeated to fill a shape.
#[derive(Debug)]
struct ConstantOfShape {
    value: Tensor,
}

impl ConstantOfShape {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        let value = match node.tensor("value")? {
            Some(value) if value.elements() == 1 => value,
            Some(_) => return Err("`value` must be one number".to_owned()),
            None => Tensor::from_vec(Shape::default(), vec![0.0_f32])?,
        };
        Ok(Self { value })
    }
}

impl Kernel for ConstantOfShape {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let shape = Shape::from_signed(io.slice::<i64>(0)?)?;
        for_element_type!(self.value.element_type(), T => {
            out[0].reset::<T>(shape).fill(self.value.as_slice::<T>()?[0]);
        });
        Ok(())
    }
}

/// The dimensions of a tensor, or some of them.
#[derive(Debug)]
struct ShapeOf {
    start: i64,
    end: Option<i64>,
}

impl ShapeOf {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { start: node.int_or("start", 0)?, end: node.int("end")? })
    }
}

impl Kernel for ShapeOf {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let shape = io.need(0)?.shape();
        let rank = shape.len() as i64;
        let place = |i: i64| if i < 0 { i.saturating_add(rank) } else { i }.clamp(0, rank) as usize;
        let (start, end) = (place(self.start), place(self.end.unwrap_or(rank)));
        let dims = shape.get(start..end).unwrap_or_default();
        let result = out[0].reset::<i64>(Shape::new(&[dims.len()])?);
        for (slot, &dim) in result.iter_mut().zip(dims) {
            *slot = dim as i64;
        }
        Ok(())
    }
}

/// The number of elements of a tensor.
#[derive(Debug)]
struct Size;

impl Kernel for Size {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        out[0].reset::<i64>(Shape::default())[0] = io.need(0)?.elements() as i64;
        Ok(())
    }
}

/// Converts to another type. Floats are truncated towards 0 and clamped to the range of
/// integers; a NaN becomes 0.
#[derive(Debug)]
struct Cast {
    /// The type, or that of the second input.
    to: Option<ElementType>,
}

impl Cast {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        let to = node.int("to")?.ok_or("attribute `to` is missing")?;
        Ok(Self { to: Some(ElementType::from_onnx(to)?) })
    }
}

/// Fills `out` from any type, through `f32` or `i64`.
fn fill<T>(data: &Data, out: &mut [T], float: impl Fn(f32) -> T, int: impl Fn(i64) -> T) {
    match data {
        Data::F32(values) => out.iter_mut().zip(values).for_each(|(o, &x)| *o = float(x)),
        Data::I64(values) => out.iter_mut().zip(values).for_each(|(o, &x)| *o = int(x)),
        Data::I32(values) => out.iter_mut().zip(values).for_each(|(o, &x)| *o = int(x.into())),
        Data::U8(values) => out.iter_mut().zip(values).for_each(|(o, &x)| *o = int(x.into())),
        Data::Bool(values) => out.iter_mut().zip(values).for_each(|(o, &x)| *o = int(x.into())),
    }
}

impl Kernel for Cast {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let (shape, data) = (*input.shape(), input.data());
        let to = match self.to {
            Some(to) => to,
            None => io.need(1)?.element_type(),
        };
        match to {
            ElementType::F32 => fill(data, out[0].reset::<f32>(shape), |x| x, |x| x as f32),
            ElementType::I64 => fill(data, out[0].reset::<i64>(shape), |x| x as i64, |x| x),
            ElementType::I32 => {
                fill(data, out[0].reset::<i32>(shape), |x| x as i32, |x| x as i32);
            }
            ElementType::U8 => fill(data, out[0].reset::<u8>(shape), |x| x as u8, |x| x as u8),
            ElementType::Bool => {
                fill(data, out[0].reset::<bool>(shape), |x| x != 0.0, |x| x != 0);
            }
        }
        Ok(())
    }
}

/// Numbers from a start to below a limit: element `i` is `start + i * delta`.
#[derive(Debug)]
struct Range;

impl Kernel for Range {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let single = "start, limit and delta must be one number each";
        if io.need(0)?.element_type() == ElementType::F32 {
            let (&[start], &[limit], &[delta]) =
                (io.slice::<f32>(0)?, io.slice::<f32>(1)?, io.slice::<f32>(2)?)
            else {
                return Err(single.to_owned());
            };
            let count = ((f64::from(limit) - f64::from(start)) / f64::from(delta)).ceil();
            // A float beyond the range saturates and is refused as a shape.
            let result = out[0].reset::<f32>(Shape::new(&[count.max(0.0) as usize])?);
            for (i, slot) in result.iter_mut().enumerate() {
                *slot = start + i as f32 * delta;
            }
            return Ok(());
        }
        let lists = [io.ints(0)?, io.ints(1)?, io.ints(2)?];
        let [Some(start), Some(limit), Some(delta)] = lists.map(|list| list?.first().copied())
        else {
            return Err(single.to_owned());
        };
        if delta == 0 {
            return Err("delta is 0".to_owned());
        }
        let span = i128::from(limit) - i128::from(start);
        let count = (span / i128::from(delta) + i128::from(span % i128::from(delta) != 0)).max(0);
        let count = if (span > 0) == (delta > 0) { count as usize } else { 0 };
        let shape = Shape::new(&[count])?;
        let at = |i: usize| start.wrapping_add((i as i64).wrapping_mul(delta));
        if io.need(0)?.element_type() == ElementType::I32 {
            let result = out[0].reset::<i32>(shape);
            result.iter_mut().enumerate().for_each(|(i, slot)| *slot = at(i) as i32);
        } else {
            let result = out[0].reset::<i64>(shape);
            result.iter_mut().enumerate().for_each(|(i, slot)| *slot = at(i));
        }
        Ok(())
    }
}
