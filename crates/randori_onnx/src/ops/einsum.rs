//! `Einsum`: sums of products by an equation of dimensions.

use super::{Built, boxed};
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::{MAX_RANK, Shape};
use crate::tensor::Tensor;

/// Maximum number of operands and of letters of an equation.
const MAX_OPERANDS: usize = 4;
const MAX_LETTERS: usize = 12;

/// The operator called `name`, if it is this one.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    (name == "Einsum").then(|| boxed(Einsum::new(node)))
}

/// Each element is the sum over all values of the letters that the result lacks,
/// in the order of the alphabet, the last one fastest; factors are multiplied
/// from left to right.
#[derive(Debug)]
struct Einsum {
    /// Letters in the order of iteration: those of the result first.
    letters: Vec<char>,
    /// Number of letters of the result.
    outer: usize,
    /// The letters of each operand.
    operands: Vec<Vec<char>>,
}

impl Einsum {
    fn new(node: &Builder<'_>) -> Result<Self, String> {
        let equation = node.text("equation")?.ok_or("attribute `equation` is missing")?;
        let equation: String = equation.chars().filter(|letter| *letter != ' ').collect();
        let unsupported = || format!("`equation` `{equation}` is not supported");
        if equation.len() > 64 || equation.contains('.') {
            return Err(format!("`equation` `{equation:.64}` is not supported"));
        }
        let (left, right) = match equation.split_once("->") {
            Some((left, right)) => (left, Some(right)),
            None => (equation.as_str(), None),
        };
        let operands: Vec<Vec<char>> = left.split(',').map(|part| part.chars().collect()).collect();
        let mut known: Vec<char> = operands.iter().flatten().copied().collect();
        known.sort_unstable();
        let once = |letter: &char| known.iter().filter(|it| *it == letter).count() == 1;
        let result: Vec<char> = match right {
            Some(right) => right.chars().collect(),
            // Without an arrow the result has the letters that occur once.
            None => known.iter().copied().filter(once).collect(),
        };
        let mut letters = result.clone();
        letters.extend(known.iter().filter(|letter| !result.contains(letter)));
        letters[result.len()..].sort_unstable();
        let legal = operands.len() <= MAX_OPERANDS
            && operands.len() == node.record.inputs.len()
            && operands.iter().all(|operand| operand.len() <= MAX_RANK)
            && letters.iter().all(char::is_ascii_alphabetic)
            && result.iter().all(|letter| known.contains(letter))
            && result.iter().all(|letter| result.iter().filter(|it| *it == letter).count() == 1);
        let outer = result.len();
        letters.dedup();
        if !legal || letters.len() > MAX_LETTERS {
            return Err(unsupported());
        }
        Ok(Self { letters, outer, operands })
    }

    /// The length of each letter.
    fn lengths(&self, io: &Inputs<'_>) -> Result<Vec<usize>, String> {
        let mut lengths = vec![None; self.letters.len()];
        for (index, operand) in self.operands.iter().enumerate() {
            let shape = io.need(index)?.shape();
            if shape.len() != operand.len() {
                return Err(format!("input {index} of shape {shape} does not fit the equation"));
            }
            for (letter, &length) in operand.iter().zip(shape.iter()) {
                let slot = self.letters.iter().position(|it| it == letter);
                let slot = slot.map(|slot| &mut lengths[slot]).ok_or("a letter is unknown")?;
                if slot.replace(length).is_some_and(|before| before != length) {
                    return Err(format!("dimension `{letter}` has two lengths"));
                }
            }
        }
        Ok(lengths.into_iter().map(|length| length.unwrap_or(1)).collect())
    }

    /// Stride of each letter in an operand.
    fn strides(&self, operand: usize, shape: &Shape) -> Vec<usize> {
        let own = shape.strides();
        let along = |letter: &char| {
            let places = self.operands[operand].iter().zip(own);
            places.filter(|(it, _)| *it == letter).map(|(_, stride)| stride).sum()
        };
        self.letters.iter().map(along).collect()
    }
}

impl Kernel for Einsum {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        let lengths = self.lengths(io)?;
        work.spend(&lengths)?;
        let target = Shape::new(&lengths[..self.outer])?;
        let summands: usize = lengths[self.outer..].iter().product();
        let mut operands = Vec::with_capacity(self.operands.len());
        for index in 0..self.operands.len() {
            operands.push((io.slice::<f32>(index)?, self.strides(index, io.need(index)?.shape())));
        }
        let mut index = vec![0; lengths.len()];
        let mut at = vec![0; operands.len()];
        for slot in out[0].reset::<f32>(target) {
            let mut sum = 0.0;
            for _ in 0..summands {
                let mut product = 1.0;
                for ((values, _), at) in operands.iter().zip(&at) {
                    product *= values[*at];
                }
                sum += product;
                advance(&mut index, &lengths, &operands, &mut at, self.outer);
            }
            *slot = sum;
            // The summed letters are at 0 again.
            advance_outer(&mut index[..self.outer], &lengths, &operands, &mut at);
        }
        Ok(())
    }
}

/// An operand with its strides.
type Operand<'a> = (&'a [f32], Vec<usize>);

/// Increments the index of the letters from `first` on.
fn advance(
    index: &mut [usize],
    lengths: &[usize],
    operands: &[Operand<'_>],
    at: &mut [usize],
    first: usize,
) {
    for letter in (first..index.len()).rev() {
        if step(letter, index, lengths, operands, at) {
            return;
        }
    }
}

fn advance_outer(
    index: &mut [usize],
    lengths: &[usize],
    operands: &[Operand<'_>],
    at: &mut [usize],
) {
    advance(index, lengths, operands, at, 0);
}

/// Increments one letter; false if it wraps to 0.
fn step(
    letter: usize,
    index: &mut [usize],
    lengths: &[usize],
    operands: &[Operand<'_>],
    at: &mut [usize],
) -> bool {
    index[letter] += 1;
    for (at, (_, strides)) in at.iter_mut().zip(operands) {
        *at += strides[letter];
    }
    if index[letter] < lengths[letter] {
        return true;
    }
    for (at, (_, strides)) in at.iter_mut().zip(operands) {
        *at -= strides[letter] * lengths[letter];
    }
    index[letter] = 0;
    false
}
