//! Pictures and films without a window, and ghosts.

#[path = "../../examples/support/mod.rs"]
mod support;

mod encoders;
mod ghosts;
mod headless;

use std::fs;
use std::path::{Path, PathBuf};

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("it is ours");
    }
    fs::create_dir_all(&folder).expect("a folder");
    folder
}
