//! The dynamics of trees, compared with textbooks, with themselves and with other
//! engines.

mod identities;
mod peers;
mod trees;
