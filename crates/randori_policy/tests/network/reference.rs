//! Reference data that is not part of the repository.

use std::env;
use std::path::{Path, PathBuf};

/// The folder of a reference policy; `None`, with a note, if it is not here.
#[expect(clippy::print_stderr, reason = "whoever reads the log has to know")]
pub(crate) fn policy_folder(name: &str) -> Option<PathBuf> {
    let folder = env::var_os("RANDORI_REFERENCE_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = folder.join("policies").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: {} does not exist; RANDORI_REFERENCE_DATA names the folder of reference data",
        folder.display()
    );
    None
}

/// A file of the repository.
pub(crate) fn repository_file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
