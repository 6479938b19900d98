//! Elementwise operators.

use super::activation::Activation;
use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::tensor::{Data, Element, ElementType, Tensor};

/// The unary operator called `name`.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    if let Some(activation) = Activation::named(name, &|key, default| node.float_or(key, default)) {
        if name == "Gelu" && !matches!(node.text("approximate"), Ok(None | Some("none"))) {
            return Some(match node.text("approximate") {
                Ok(Some("tanh")) => boxed(Ok(Map(Activation::GeluTanh))),
                Ok(other) => Err(format!("approximation {other:?} is not known")),
                Err(reason) => Err(reason),
            });
        }
        return Some(boxed(activation.map(Map)));
    }
    Some(match name {
        "Neg" => boxed(Ok(Sign::Negate)),
        "Abs" => boxed(Ok(Sign::Drop)),
        "Not" => boxed(Ok(Not)),
        "IsNaN" => boxed(Ok(Test { nan: true, positive: false, negative: false })),
        "IsInf" => boxed(infinite(node)),
        "Clip" => boxed(Clip::new(node)),
        "Identity" => boxed(Ok(Identity)),
        "Dropout" => boxed(dropout(node)),
        _ => return None,
    })
}

/// A function of one float.
#[derive(Debug)]
struct Map(Activation);

impl Kernel for Map {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let values = io.slice::<f32>(0)?;
        let result = out[0].reset::<f32>(*io.need(0)?.shape());
        self.0.apply(values, result);
        Ok(())
    }
}

/// `Neg` and `Abs`, also of integers.
#[derive(Debug)]
enum Sign {
    Negate,
    Drop,
}

impl Kernel for Sign {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = *input.shape();
        match input.data() {
            Data::F32(values) => {
                let result = out[0].reset::<f32>(shape);
                for (result, &x) in result.iter_mut().zip(values) {
                    *result = if matches!(self, Self::Negate) { -x } else { x.abs() };
                }
            }
            Data::I64(values) => {
                let result = out[0].reset::<i64>(shape);
                for (result, &x) in result.iter_mut().zip(values) {
                    *result = match self {
                        Self::Negate => x.wrapping_neg(),
                        Self::Drop => x.wrapping_abs(),
                    };
                }
            }
            Data::I32(values) => {
                let result = out[0].reset::<i32>(shape);
                for (result, &x) in result.iter_mut().zip(values) {
                    *result = match self {
                        Self::Negate => x.wrapping_neg(),
                        Self::Drop => x.wrapping_abs(),
                    };
                }
            }
            Data::U8(_) | Data::Bool(_) => return Err("numbers were expected".to_owned()),
        }
        Ok(())
    }
}

/// Logical not.
#[derive(Debug)]
struct Not;

impl Kernel for Not {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let values = io.slice::<bool>(0)?;
        let result = out[0].reset::<bool>(*io.need(0)?.shape());
        for (result, &x) in result.iter_mut().zip(values) {
            *result = !x;
        }
        Ok(())
    }
}

/// Tests for infinity or NaN.
#[derive(Debug)]
struct Test {
    nan: bool,
    positive: bool,
    negative: bool,
}

fn infinite(node: &Builder<'_>) -> Result<Test, String> {
    let positive = node.int_or("detect_positive", 1)? != 0;
    let negative = node.int_or("detect_negative", 1)? != 0;
    Ok(Test { nan: false, positive, negative })
}

impl Kernel for Test {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let values = io.slice::<f32>(0)?;
        let result = out[0].reset::<bool>(*io.need(0)?.shape());
        for (result, &x) in result.iter_mut().zip(values) {
            *result = (self.nan && x.is_nan())
                || (self.positive && x == f32::INFINITY)
                || (self.negative && x == f32::NEG_INFINITY);
        }
        Ok(())
    }
}

/// `Clip`: bounds as attributes (operator sets 6 to 10) or inputs.
#[derive(Debug)]
struct Clip {
    min: Option<f32>,
    max: Option<f32>,
}

impl Clip {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        Ok(Self { min: node.float("min")?, max: node.float("max")? })
    }
}

/// The single number of an optional input.
fn scalar<T: Element>(io: &Inputs<'_>, index: usize) -> Result<Option<T>, String> {
    if io.get(index).is_none() {
        return Ok(None);
    }
    match io.slice::<T>(index)? {
        [value] => Ok(Some(*value)),
        values => Err(format!("input {index} must be one number, has {}", values.len())),
    }
}

impl Kernel for Clip {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        let shape = *input.shape();
        if let Data::F32(values) = input.data() {
            let min = scalar::<f32>(io, 1)?.or(self.min).unwrap_or(f32::NEG_INFINITY);
            let max = scalar::<f32>(io, 2)?.or(self.max).unwrap_or(f32::INFINITY);
            let result = out[0].reset::<f32>(shape);
            for (result, &x) in result.iter_mut().zip(values) {
                // Comparisons, so that a NaN passes through.
                let raised = if x < min { min } else { x };
                *result = if raised > max { max } else { raised };
            }
            return Ok(());
        }
        match input.element_type() {
            ElementType::I64 => clip_integers::<i64>(io, out[0].reset(shape)),
            ElementType::I32 => clip_integers::<i32>(io, out[0].reset(shape)),
            ElementType::U8 => clip_integers::<u8>(io, out[0].reset(shape)),
            other => Err(format!("{other} cannot be clipped")),
        }
    }
}

/// Whole numbers between two optional inputs; the upper bound wins.
fn clip_integers<T: Element + Ord>(io: &Inputs<'_>, out: &mut [T]) -> Result<(), String> {
    let (min, max) = (scalar::<T>(io, 1)?, scalar::<T>(io, 2)?);
    for (result, &x) in out.iter_mut().zip(io.slice::<T>(0)?) {
        let raised = min.map_or(x, |min| x.max(min));
        *result = max.map_or(raised, |max| raised.min(max));
    }
    Ok(())
}

/// Copies its first input.
#[derive(Debug)]
struct Identity;

impl Kernel for Identity {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], _: &mut Workspace) -> Result<(), String> {
        let input = io.need(0)?;
        out[0].copy_from(&input.view(), *input.shape());
        Ok(())
    }
}

/// Dropout is the identity in inference.
fn dropout(node: &Builder<'_>) -> Result<Identity, String> {
    if node.has_output(1) {
        return Err("the mask of a Dropout is not computed".to_owned());
    }
    let training = node.constant(2).and_then(|flag| flag.as_slice::<bool>().ok());
    if training.is_some_and(|flag| flag.first() == Some(&true)) {
        return Err("training mode is not supported".to_owned());
    }
    Ok(Identity)
}
