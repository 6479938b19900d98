//! Snapshots: numbers as their bytes, restored bit for bit.

use randori_core::policy::PolicyError;

/// Writes numbers.
#[derive(Debug, Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn singles(&mut self, values: &[f32]) {
        self.bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    pub(super) fn doubles(&mut self, values: &[f64]) {
        self.bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    pub(super) fn flag(&mut self, value: bool) {
        self.bytes.push(u8::from(value));
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads numbers in the same order.
#[derive(Debug)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    pub(super) fn singles(&mut self, values: &mut [f32]) -> Result<(), PolicyError> {
        for value in values {
            *value = f32::from_le_bytes(self.take()?);
        }
        Ok(())
    }

    pub(super) fn doubles(&mut self, values: &mut [f64]) -> Result<(), PolicyError> {
        for value in values {
            *value = f64::from_le_bytes(self.take()?);
        }
        Ok(())
    }

    pub(super) fn flag(&mut self) -> Result<bool, PolicyError> {
        let [byte] = self.take::<1>()?;
        Ok(byte != 0)
    }

    /// Returns an error if bytes remain.
    pub(super) fn finish(&self) -> Result<(), PolicyError> {
        if self.bytes.is_empty() { Ok(()) } else { Err(foreign()) }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], PolicyError> {
        let (first, rest) = self.bytes.split_first_chunk::<N>().ok_or_else(foreign)?;
        self.bytes = rest;
        Ok(*first)
    }
}

fn foreign() -> PolicyError {
    PolicyError::new("the snapshot is not one of this policy: it has another length")
}
