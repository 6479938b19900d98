//! Behaviour of whole steps with analytic contacts.

mod blocks;
mod couplings;
mod determinism;
mod friction;
mod impacts;
mod joints;
mod linkages;
mod motion;
mod piles;
mod robots;
mod scene;
mod stacks;
mod sweeps;
mod turning;
