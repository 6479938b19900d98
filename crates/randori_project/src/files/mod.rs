//! Atomic reads and writes of files, in folders of any origin.
//!
//! A result is written beside its target and replaces it when complete ([`Draft`]), so that a
//! killed program loses no earlier file. Nothing is written through a symbolic link, and named
//! pipes, devices and sockets are neither written nor read: a project may be untrusted.

mod draft;
mod place;
mod read;

pub use draft::{Draft, draft_beside, new_beside, replace};
pub use place::{is_standard_output, kind_unless_file, make_folders, plain_file};
pub use read::{read_bytes, read_text};
