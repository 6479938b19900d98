//! Traces: tables of samples.

/// Samples of several signals, one row per sample, one column per signal.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    width: usize,
    length: usize,
    values: Vec<f64>,
}

impl Trace {
    /// An empty trace of `width` signals.
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Adds the next sample; `sample[i]` is the value of signal `i` in SI units.
    ///
    /// # Panics
    ///
    /// When the sample does not hold exactly one value per signal.
    pub fn push(&mut self, sample: &[f64]) {
        assert_eq!(
            sample.len(),
            self.width,
            "a sample holds one value for each signal of its trace"
        );
        self.values.extend_from_slice(sample);
        self.length += 1;
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.length
    }

    /// True without samples.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Number of signals.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The values of all signals at sample `index`.
    ///
    /// # Panics
    ///
    /// When `index` is not below [`Trace::len`].
    pub fn sample(&self, index: usize) -> &[f64] {
        assert!(index < self.length, "sample {index} of a trace of {}", self.length);
        &self.values[index * self.width..(index + 1) * self.width]
    }
}
