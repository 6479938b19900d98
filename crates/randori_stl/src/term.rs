//! Terms bound to signal indices, ready to be evaluated.

use crate::ast::{ArithmeticOp, Function, SignalRef, Term};
use crate::error::CompileError;

/// A term whose signals are columns of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct CompiledTerm {
    code: Code,
}

#[derive(Debug, Clone, PartialEq)]
enum Code {
    Number(f64),
    Signal(usize),
    Negate(Box<Code>),
    Arithmetic(ArithmeticOp, Box<(Code, Code)>),
    Call(Function, Vec<Code>),
}

impl Term {
    /// Binds every signal to the index that `resolve` gives it.
    ///
    /// # Errors
    ///
    /// If `resolve` does not know a signal; the error has its position.
    pub fn compile(
        &self,
        resolve: &mut dyn FnMut(&SignalRef) -> Option<usize>,
    ) -> Result<CompiledTerm, CompileError> {
        Ok(CompiledTerm { code: self.encode(resolve)? })
    }

    fn encode(
        &self,
        resolve: &mut dyn FnMut(&SignalRef) -> Option<usize>,
    ) -> Result<Code, CompileError> {
        Ok(match self {
            Self::Number(value) => Code::Number(*value),
            Self::Signal(signal) => {
                Code::Signal(resolve(signal).ok_or_else(|| unknown_signal(signal))?)
            }
            Self::Negate(inner) => Code::Negate(Box::new(inner.encode(resolve)?)),
            Self::Arithmetic(op, left, right) => {
                let left = left.encode(resolve)?;
                Code::Arithmetic(*op, Box::new((left, right.encode(resolve)?)))
            }
            Self::Call(function, arguments) => {
                let arguments: Result<_, _> =
                    arguments.iter().map(|argument| argument.encode(resolve)).collect();
                Code::Call(*function, arguments?)
            }
        })
    }
}

fn unknown_signal(signal: &SignalRef) -> CompileError {
    CompileError::new(format!("unknown signal `{signal}`"), signal.span.clone())
}

impl CompiledTerm {
    /// The value at one sample; NaN for undefined arithmetic (`0 / 0`).
    ///
    /// # Panics
    ///
    /// When the sample has fewer signals than `resolve` promised.
    #[inline]
    pub fn evaluate(&self, sample: &[f64]) -> f64 {
        // Most sides of a comparison are leaves, which need no call.
        match &self.code {
            Code::Number(value) => *value,
            Code::Signal(index) => sample[*index],
            code => code.evaluate(sample),
        }
    }

    /// One more than the greatest signal index; 0 when no signal is read.
    pub fn width(&self) -> usize {
        self.code.width()
    }
}

impl Code {
    fn evaluate(&self, sample: &[f64]) -> f64 {
        match self {
            Self::Number(value) => *value,
            Self::Signal(index) => sample[*index],
            Self::Negate(inner) => -inner.evaluate(sample),
            Self::Arithmetic(op, sides) => {
                let (left, right) = (sides.0.evaluate(sample), sides.1.evaluate(sample));
                match op {
                    ArithmeticOp::Add => left + right,
                    ArithmeticOp::Subtract => left - right,
                    ArithmeticOp::Multiply => left * right,
                    ArithmeticOp::Divide => left / right,
                }
            }
            Self::Call(function, arguments) => {
                call(*function, arguments.iter().map(|code| code.evaluate(sample)))
            }
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Number(_) => 0,
            Self::Signal(index) => index + 1,
            Self::Negate(inner) => inner.width(),
            Self::Arithmetic(_, sides) => sides.0.width().max(sides.1.width()),
            Self::Call(_, arguments) => arguments.iter().map(Self::width).max().unwrap_or(0),
        }
    }
}

fn call(function: Function, mut arguments: impl Iterator<Item = f64>) -> f64 {
    // NaN must propagate, unlike in `f64::min`.
    let choose =
        |a: f64, b: f64, take_b: bool| if b.is_nan() || (take_b && !a.is_nan()) { b } else { a };
    let first = arguments.next().unwrap_or(f64::NAN);
    match function {
        Function::Abs => first.abs(),
        Function::Sqrt => first.sqrt(),
        Function::Min => arguments.fold(first, |a, b| choose(a, b, b < a)),
        Function::Max => arguments.fold(first, |a, b| choose(a, b, b > a)),
    }
}
