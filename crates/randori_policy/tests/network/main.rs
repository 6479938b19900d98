//! Networks as policies: what the contract says is what the network sees, and
//! what it answers is what the robot does.

mod actions;
mod drafts;
mod fixture;
mod mismatches;
mod npz;
mod observations;
mod reference;
mod runs;
mod walks;
