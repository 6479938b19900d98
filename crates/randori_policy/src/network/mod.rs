//! Neural networks as policies, with observation and action mapping from a policy contract.
//!
//! A [`ContractSpec`](randori_core::spec::ContractSpec) specifies everything between sensors and
//! actuators except the network itself. An [`ObservationBuilder`] computes the network's inputs
//! from the sensor readings, a [`Network`] runs inference, an [`ActionDecoder`] maps its output to
//! a command. [`NetworkPolicy`] combines the three; each can be used alone, without a simulation,
//! for checks against recorded data or on a real robot.
//!
//! All arithmetic is single precision in a fixed order, except for the angles of phases; functions
//! come from `libm`. With a network that computes in a fixed order, such as [`OnnxNetwork`],
//! actions are bit-identical on all machines.
//!
//! Start reading at [`NetworkPolicy`].

mod action;
mod backend;
mod commands;
mod describe;
mod draft;
mod fit;
mod history;
mod observation;
mod onnx;
mod phases;
mod policy;
mod problem;
#[cfg(feature = "ort")]
mod runtime;
mod state;
mod terms;

pub use action::ActionDecoder;
pub use backend::{Dim, Network, TensorInfo, TensorView};
pub use describe::{Description, check, describe};
pub use draft::draft;
pub use fit::check_network;
pub use observation::ObservationBuilder;
pub use onnx::OnnxNetwork;
pub use policy::NetworkPolicy;
pub use problem::Problem;
#[cfg(feature = "ort")]
pub use runtime::RuntimeNetwork;
