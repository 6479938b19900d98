//! The dynamics of trees, compared with textbooks, with themselves and with other
//! engines.

mod bits;
mod building;
mod identities;
mod inverse_kinematics;
mod peers;
mod stepping;
mod textbook;
mod trees;
