//! Tests whether observations can be batched.

use crate::model::{Dim, ValueInfo};
use crate::session::{Session, has_batch};
use crate::tensor::{ElementType, TensorData, TensorView};

/// Artificial numbers for one input, for two rows.
struct Rows {
    name: String,
    shape: Vec<usize>,
    values: Numbers,
}

enum Numbers {
    F32(Vec<f32>),
    I64(Vec<i64>),
    I32(Vec<i32>),
    U8(Vec<u8>),
    Bool(Vec<bool>),
}

/// Runs two rows as a batch and separately, and compares all bits.
pub(crate) fn rows_are_independent(session: &mut Session) -> bool {
    let inputs = session.model().inputs();
    if inputs.is_empty() || !inputs.iter().all(|input| input.dims.as_deref().is_some_and(has_batch))
    {
        return false;
    }
    let mut seed = 1;
    let rows: Vec<Rows> = inputs.iter().map(|input| made_up(input, &mut seed)).collect();
    let Some(together) = outputs(session, &rows, 0..2) else { return false };
    for row in 0..2 {
        let Some(alone) = outputs(session, &rows, row..row + 1) else { return false };
        let same = together.iter().zip(&alone).all(|((shape, bits), (own_shape, own_bits))| {
            shape.len() == own_shape.len()
                && shape.first() == Some(&2)
                && own_shape.first() == Some(&1)
                && bits.len() == 2 * own_bits.len()
                && bits[row * own_bits.len()..][..own_bits.len()] == own_bits[..]
        });
        if !same {
            return false;
        }
    }
    true
}

fn made_up(input: &ValueInfo, seed: &mut u32) -> Rows {
    let mut shape = vec![2];
    for dim in input.dims.iter().flatten().skip(1) {
        shape.push(if let Dim::Fixed(length) = dim { *length } else { 1 });
    }
    let count = shape.iter().product();
    let mut next = || {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *seed >> 8
    };
    let values = match input.element_type {
        ElementType::F32 => {
            Numbers::F32((0..count).map(|_| next() as f32 / 8_388_608.0 - 1.0).collect())
        }
        // Small indices are most likely valid.
        ElementType::I64 => Numbers::I64((0..count).map(|_| i64::from(next() & 1)).collect()),
        ElementType::I32 => Numbers::I32((0..count).map(|_| (next() & 1) as i32).collect()),
        ElementType::U8 => Numbers::U8((0..count).map(|_| next() as u8).collect()),
        ElementType::Bool => Numbers::Bool((0..count).map(|_| next() & 1 == 1).collect()),
    };
    Rows { name: input.name.clone(), shape, values }
}

/// Shapes and bits of all outputs for some of the rows.
fn outputs(
    session: &mut Session,
    rows: &[Rows],
    range: std::ops::Range<usize>,
) -> Option<Vec<(Vec<usize>, Vec<u64>)>> {
    let mut given = Vec::new();
    for input in rows {
        let length: usize = input.shape[1..].iter().product();
        let part = range.start * length..range.end * length;
        let data = match &input.values {
            Numbers::F32(values) => TensorData::F32(&values[part]),
            Numbers::I64(values) => TensorData::I64(&values[part]),
            Numbers::I32(values) => TensorData::I32(&values[part]),
            Numbers::U8(values) => TensorData::U8(&values[part]),
            Numbers::Bool(values) => TensorData::Bool(&values[part]),
        };
        let shape: Vec<usize> =
            std::iter::once(range.len()).chain(input.shape[1..].iter().copied()).collect();
        given.push((input.name.as_str(), TensorView::new(&shape, data).ok()?));
    }
    let results = session.run(&given).ok()?;
    Some(results.iter().map(|(_, view)| (view.shape().to_vec(), bits(view.data()))).collect())
}

fn bits(data: TensorData<'_>) -> Vec<u64> {
    match data {
        TensorData::F32(values) => values.iter().map(|v| u64::from(v.to_bits())).collect(),
        TensorData::I64(values) => values.iter().map(|v| *v as u64).collect(),
        TensorData::I32(values) => values.iter().map(|v| *v as u64).collect(),
        TensorData::U8(values) => values.iter().map(|v| u64::from(*v)).collect(),
        TensorData::Bool(values) => values.iter().map(|v| u64::from(*v)).collect(),
    }
}
