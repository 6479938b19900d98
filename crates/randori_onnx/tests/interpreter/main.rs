//! The interpreter on models that the tests write themselves.

mod models;
mod operators;
mod support;
