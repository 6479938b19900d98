//! A fixed-order `f32` interpreter for ONNX robot policies.
//!
//! The same model and the same inputs give the same bits on every CPU, in
//! debug and release builds, alone or in a batch. [`Model::parse`] reads a
//! model, [`Session::run`] evaluates it. The crate uses no files, clocks, threads or
//! environment variables; the caller provides weights in external files by
//! [`ExternalData`].
//!
//! Start reading at [`Session::run`], then `ops::build` for the operators.
//!
//! # Example
//!
//! ```no_run
//! use std::sync::Arc;
//! use randori_onnx::{Model, NoExternalData, Session, TensorView};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let bytes: Vec<u8> = Vec::new();
//! let model = Arc::new(Model::parse(&bytes, &mut NoExternalData)?);
//! let mut session = Session::new(model);
//! let observation = [0.0_f32; 48];
//! let outputs = session.run(&[("obs", TensorView::f32(&[1, 48], &observation)?)])?;
//! let action = outputs.at(0).and_then(|output| output.as_f32());
//! # Ok(())
//! # }
//! ```
//!
//! # Numbers
//!
//! - Every addition and multiplication is rounded separately; operations are neither
//!   fused nor reordered. A sum runs over ascending index from 0, one
//!   element after another: see `gemm` for products of matrices. Vectors hold
//!   different elements side by side, never parts of one sum.
//! - `exp`, `tanh` and other elementary functions come from `libm`, which uses the same
//!   additions and multiplications everywhere.
//! - Every row of a batch is computed as if it were alone.
//! - `float16`, `bfloat16` and `double` tensors are computed in `f32`.
//! - The sign and payload of a NaN are not deterministic; its presence is.
//!
//! onnxruntime uses another order of summation, which depends on its version and the CPU;
//! results agree to about 1e-6 of the magnitude of the summands.

mod batch;
mod error;
mod gemm;
mod kernel;
mod load;
mod model;
mod ops;
mod packs;
mod proto;
#[cfg(feature = "ort")]
mod runtime;
mod session;
mod shape;
mod tensor;
mod weights;

pub use error::{ModelError, RunError};
pub use model::{Dim, Model, ValueInfo};
#[cfg(feature = "ort")]
pub use runtime::{Runtime, RuntimeOutput, RuntimeSession};
pub use session::{Outputs, Session};
pub use shape::{MAX_ELEMENTS, MAX_RANK, Shape};
pub use tensor::{ElementType, TensorData, TensorView};
pub use weights::{ExternalData, NoExternalData};
