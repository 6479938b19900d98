//! Shared by the integration tests: vectors, random formulas, a slow evaluator.

#![expect(dead_code, reason = "each test file uses a part of this")]

pub(crate) mod naive;
pub(crate) mod random;
pub(crate) mod vectors;
