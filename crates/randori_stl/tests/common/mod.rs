//! Shared by the integration tests: vectors, random formulas, a slow evaluator.

pub(crate) mod vectors;
