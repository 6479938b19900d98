//! The dynamics of robots, held against textbooks, against themselves, against
//! another engine and against the simulated world.

mod consistency;
mod energy;
mod inverse_kinematics;
mod peer;
mod robots;
mod textbook;
mod world;
