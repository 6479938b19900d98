//! Networks as policies: what the contract says is what the network sees, and
//! what it answers is what the robot does.

mod npz;
mod reference;
mod walks;
