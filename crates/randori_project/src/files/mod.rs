//! Files that are written and read whole, whoever made the folder that they lie
//! in.
//!
//! A result is written beside its target and takes the target's place when it is
//! whole ([`Draft`]), so that a program that is killed loses nothing that was
//! there before. Nothing is written through a symbolic link, and named pipes,
//! devices and sockets are neither written to nor read from: a project may come
//! from anybody.

mod draft;
mod place;
mod read;

pub use draft::{Draft, draft_beside, new_beside, replace};
pub use place::{is_standard_output, kind_unless_file, make_folders, plain_file};
pub use read::{read_bytes, read_text};
