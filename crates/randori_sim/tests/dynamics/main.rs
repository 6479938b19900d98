//! Robot dynamics compared with textbooks, with another engine and with the simulated
//! world, and tested for consistency.

mod consistency;
mod energy;
mod inverse_kinematics;
mod peer;
mod robots;
mod textbook;
mod world;
