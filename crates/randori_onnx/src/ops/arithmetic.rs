//! Operators of two or more operands, with numpy broadcasting.

use std::cmp::Ordering;

use super::broadcast::{Walk, zip};
use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::Shape;
use crate::tensor::{Data, Element, ElementType, Tensor, for_element_type};

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    let binary = match name {
        "Add" | "Sum" => Binary::Add,
        "Sub" => Binary::Sub,
        "Mul" => Binary::Mul,
        "Div" => Binary::Div,
        "Pow" => Binary::Pow,
        "Min" => Binary::Min,
        "Max" => Binary::Max,
        "PRelu" => Binary::PRelu,
        "Mean" => return Some(boxed(Ok(Mean))),
        "Mod" => return Some(boxed(Modulo::new(node))),
        "Equal" => return Some(boxed(Ok(Comparison::Equal))),
        "Less" => return Some(boxed(Ok(Comparison::Less))),
        "LessOrEqual" => return Some(boxed(Ok(Comparison::LessOrEqual))),
        "Greater" => return Some(boxed(Ok(Comparison::Greater))),
        "GreaterOrEqual" => return Some(boxed(Ok(Comparison::GreaterOrEqual))),
        "And" => return Some(boxed(Ok(Logic::And))),
        "Or" => return Some(boxed(Ok(Logic::Or))),
        "Xor" => return Some(boxed(Ok(Logic::Xor))),
        "Where" => return Some(boxed(Ok(Where))),
        _ => return None,
    };
    Some(boxed(Ok(binary)))
}

/// Arithmetic; with more than two operands from left to right.
#[derive(Debug, Clone, Copy)]
enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
    PRelu,
}

/// The mean of its operands: their sum, divided by their number.
#[derive(Debug)]
struct Mean;

impl Kernel for Mean {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        Binary::Add.chain(io, &mut out[0], work)?;
        let (shape, count) = (*out[0].shape(), io.len() as f32);
        for value in out[0].reset::<f32>(shape) {
            *value /= count;
        }
        Ok(())
    }
}

/// One operand: its numbers and its shape.
type Operand<'a, T> = (&'a [T], &'a Shape);

fn operand<'a, T: Element>(io: &Inputs<'a>, index: usize) -> Result<Operand<'a, T>, String> {
    Ok((io.slice::<T>(index)?, io.need(index)?.shape()))
}

impl Kernel for Binary {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        match io.need(0)?.element_type() {
            ElementType::F32 => self.chain(io, &mut out[0], work),
            ElementType::I64 => self.integers::<i64>(io, &mut out[0], work),
            ElementType::I32 => self.integers::<i32>(io, &mut out[0], work),
            other => Err(format!("arithmetic on {other} is not supported")),
        }
    }
}

impl Binary {
    /// Floats: pairs, and longer lists through the scratch memory.
    fn chain(self, io: &Inputs<'_>, out: &mut Tensor, work: &mut Workspace) -> Result<(), String> {
        let (first, mut shape) = (io.slice::<f32>(0)?, *io.need(0)?.shape());
        if io.len() < 2 {
            out.reset::<f32>(shape).copy_from_slice(first);
            return Ok(());
        }
        let mut second = match (self, io.need(1)?.data()) {
            // Exporters raise to a whole power with an integer exponent.
            (Self::Pow, Data::I64(exponents)) => {
                let scratch = &mut work.scratch[1];
                scratch.clear();
                scratch.extend(exponents.iter().map(|&exponent| exponent as f32));
                (scratch.as_slice(), io.need(1)?.shape())
            }
            _ => operand::<f32>(io, 1)?,
        };
        let next = shape.broadcast(second.1)?;
        self.floats(&next, (first, &shape), second, out.reset::<f32>(next));
        for index in 2..io.len() {
            shape = next_shape(out, io, index)?;
            work.spend(&[shape.elements()])?;
            let previous = *out.shape();
            let scratch = &mut work.scratch[0];
            scratch.clear();
            scratch.extend_from_slice(out.as_slice::<f32>()?);
            second = operand::<f32>(io, index)?;
            self.floats(&shape, (scratch, &previous), second, out.reset::<f32>(shape));
        }
        Ok(())
    }

    fn floats(self, shape: &Shape, a: Operand<'_, f32>, b: Operand<'_, f32>, out: &mut [f32]) {
        match self {
            Self::Add => zip(shape, a, b, out, |a, b| a + b),
            Self::Sub => zip(shape, a, b, out, |a, b| a - b),
            Self::Mul => zip(shape, a, b, out, |a, b| a * b),
            Self::Div => zip(shape, a, b, out, |a, b| a / b),
            Self::Pow => zip(shape, a, b, out, power),
            Self::Min => zip(shape, a, b, out, |a, b| if a < b || a.is_nan() { a } else { b }),
            Self::Max => zip(shape, a, b, out, |a, b| if a > b || a.is_nan() { a } else { b }),
            Self::PRelu => zip(shape, a, b, out, |a, b| if a < 0.0 { a * b } else { a }),
        }
    }

    fn integers<T: Integer>(
        self,
        io: &Inputs<'_>,
        out: &mut Tensor,
        work: &mut Workspace,
    ) -> Result<(), String> {
        let (mut values, mut shape) = (io.slice::<T>(0)?.to_vec(), *io.need(0)?.shape());
        for index in 1..io.len() {
            let second = operand::<T>(io, index)?;
            if matches!(self, Self::Div) && second.0.contains(&T::default()) {
                return Err("a whole number is divided by 0".to_owned());
            }
            let next = shape.broadcast(second.1)?;
            work.spend(&[next.elements()])?;
            let mut result = vec![T::default(); next.elements()];
            let first = (values.as_slice(), &shape);
            match self {
                Self::Add => zip(&next, first, second, &mut result, T::plus),
                Self::Sub => zip(&next, first, second, &mut result, T::minus),
                Self::Mul => zip(&next, first, second, &mut result, T::times),
                Self::Div => zip(&next, first, second, &mut result, T::over),
                Self::Min => zip(&next, first, second, &mut result, Ord::min),
                Self::Max => zip(&next, first, second, &mut result, Ord::max),
                Self::Pow | Self::PRelu => return Err("floats were expected".to_owned()),
            }
            (values, shape) = (result, next);
        }
        out.reset::<T>(shape).copy_from_slice(&values);
        Ok(())
    }
}

fn next_shape(out: &Tensor, io: &Inputs<'_>, index: usize) -> Result<Shape, String> {
    out.shape().broadcast(io.need(index)?.shape())
}

/// `a` to the power of `b`; squares, cubes and roots without a logarithm.
fn power(a: f32, b: f32) -> f32 {
    if b == 2.0 {
        a * a
    } else if b == 3.0 {
        a * a * a
    } else if b == 0.5 && a >= 0.0 {
        a.sqrt()
    } else {
        libm::powf(a, b)
    }
}

/// Whole numbers that wrap around, as those of ONNX Runtime do.
trait Integer: Element + Ord {
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    fn over(self, other: Self) -> Self;
    /// The remainder with the sign of the divisor, as Python has it.
    fn modulo(self, other: Self) -> Self;
    /// The remainder with the sign of the dividend, as C has it.
    fn remainder(self, other: Self) -> Self;
}

macro_rules! integer {
    ($type:ty) => {
        impl Integer for $type {
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            fn times(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            fn over(self, other: Self) -> Self {
                self.wrapping_div(other)
            }
            fn modulo(self, other: Self) -> Self {
                let rest = self.wrapping_rem(other);
                if rest != 0 && (rest < 0) != (other < 0) { rest + other } else { rest }
            }
            fn remainder(self, other: Self) -> Self {
                self.wrapping_rem(other)
            }
        }
    };
}
integer!(i64);
integer!(i32);

/// `Mod`: whole numbers, and floats with `fmod`.
#[derive(Debug)]
struct Modulo {
    as_c: bool,
}

impl Modulo {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { as_c: node.flag("fmod")? })
    }

    fn integers<T: Integer>(&self, io: &Inputs<'_>, out: &mut Tensor) -> Result<(), String> {
        let (a, b) = (operand::<T>(io, 0)?, operand::<T>(io, 1)?);
        if b.0.contains(&T::default()) {
            return Err("a whole number is divided by 0".to_owned());
        }
        let shape = a.1.broadcast(b.1)?;
        let f = if self.as_c { T::remainder } else { T::modulo };
        zip(&shape, a, b, out.reset::<T>(shape), f);
        Ok(())
    }
}

impl Kernel for Modulo {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        match io.need(0)?.element_type() {
            ElementType::I64 => self.integers::<i64>(io, &mut out[0]),
            ElementType::I32 => self.integers::<i32>(io, &mut out[0]),
            ElementType::F32 if self.as_c => {
                let (a, b) = (operand::<f32>(io, 0)?, operand::<f32>(io, 1)?);
                let shape = a.1.broadcast(b.1)?;
                zip(&shape, a, b, out[0].reset::<f32>(shape), libm::fmodf);
                Ok(())
            }
            other => Err(format!("the remainder of {other} is not supported")),
        }
    }
}

/// Comparisons, which give truth values.
#[derive(Debug, Clone, Copy)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Kernel for Comparison {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let ordering = |a: Option<Ordering>| a.is_some_and(|ordering| self.holds(ordering));
        for_element_type!(io.need(0)?.element_type(), T => {
            let (a, b) = (operand::<T>(io, 0)?, operand::<T>(io, 1)?);
            let shape = a.1.broadcast(b.1)?;
            zip(&shape, a, b, out[0].reset::<bool>(shape), |a, b| ordering(a.partial_cmp(&b)));
        });
        Ok(())
    }
}

impl Comparison {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// Logic of truth values.
#[derive(Debug, Clone, Copy)]
enum Logic {
    And,
    Or,
    Xor,
}

impl Kernel for Logic {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let (a, b) = (operand::<bool>(io, 0)?, operand::<bool>(io, 1)?);
        let shape = a.1.broadcast(b.1)?;
        let out = out[0].reset::<bool>(shape);
        match self {
            Self::And => zip(&shape, a, b, out, |a, b| a && b),
            Self::Or => zip(&shape, a, b, out, |a, b| a || b),
            Self::Xor => zip(&shape, a, b, out, |a, b| a ^ b),
        }
        Ok(())
    }
}

/// Chooses between two tensors, element by element.
#[derive(Debug)]
struct Where;

impl Kernel for Where {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let (condition, condition_shape) = operand::<bool>(io, 0)?;
        for_element_type!(io.need(1)?.element_type(), T => {
            let ((a, a_shape), (b, b_shape)) = (operand::<T>(io, 1)?, operand::<T>(io, 2)?);
            let shape = condition_shape.broadcast(a_shape)?.broadcast(b_shape)?;
            let out = out[0].reset::<T>(shape);
            let mut at = 0;
            Walk::new(&shape, [condition_shape, a_shape, b_shape]).rows(|starts, steps, length| {
                for i in 0..length {
                    let chosen = condition[starts[0] + i * steps[0]];
                    out[at] = if chosen { a[starts[1] + i * steps[1]] } else { b[starts[2] + i * steps[2]] };
                    at += 1;
                }
            });
        });
        Ok(())
    }
}
