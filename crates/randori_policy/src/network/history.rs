//! The last samples of a term.

use randori_core::policy::PolicyError;
use randori_core::spec::{FirstFill, HistoryOrder};

use super::state::{Reader, Writer};

/// The last samples of a term, oldest first.
#[derive(Debug, Clone)]
pub(super) struct History {
    len: usize,
    values: Vec<f32>,
    first: FirstFill,
    is_filled: bool,
}

impl History {
    /// Creates a buffer for `samples` samples of `len` values.
    pub(super) fn new(samples: usize, len: usize, first: FirstFill) -> Self {
        Self { len, values: vec![0.0; samples * len], first, is_filled: false }
    }

    pub(super) fn reset(&mut self) {
        self.values.fill(0.0);
        self.is_filled = false;
    }

    pub(super) fn samples(&self) -> usize {
        self.values.len().checked_div(self.len).unwrap_or(0)
    }

    /// Shifts the samples and returns the slot of the present one.
    pub(super) fn next(&mut self) -> &mut [f32] {
        self.values.copy_within(self.len.., 0);
        let last = self.values.len() - self.len;
        &mut self.values[last..]
    }

    /// Completes the first fill after the present sample was written.
    pub(super) fn settle(&mut self) {
        if std::mem::replace(&mut self.is_filled, true) || self.first == FirstFill::Zeros {
            return;
        }
        let last = self.values.len() - self.len;
        for sample in 0..self.samples().saturating_sub(1) {
            self.values.copy_within(last.., sample * self.len);
        }
    }

    /// The sample at this index of an order.
    pub(super) fn sample(&self, place: usize, order: HistoryOrder) -> &[f32] {
        let age = match order {
            HistoryOrder::OldestFirst => place,
            HistoryOrder::NewestFirst => self.samples() - 1 - place,
        };
        &self.values[age * self.len..(age + 1) * self.len]
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.singles(&self.values);
        writer.flag(self.is_filled);
    }

    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), PolicyError> {
        reader.singles(&mut self.values)?;
        self.is_filled = reader.flag()?;
        Ok(())
    }
}
