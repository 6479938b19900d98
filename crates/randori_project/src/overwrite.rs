//! Overwrite protection: only files of the written kind may be replaced.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::files::plain_file;

/// True if the file exists and does not begin with `own`.
///
/// # Errors
/// When the path is not a regular file, or it cannot be read.
pub fn holds_something_else(path: &Path, own: &[u8]) -> io::Result<bool> {
    // Opening a named pipe would block.
    if plain_file(path)?.is_none() {
        return Ok(false);
    }
    let mut first = Vec::new();
    File::open(path)?.take(own.len() as u64).read_to_end(&mut first)?;
    Ok(!first.is_empty() && first != own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_content_counts_as_something_else() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("run.mcap");
        let something_else = || holds_something_else(&path, b"\x89MCAP").expect("readable");

        assert!(!something_else(), "nothing is there");
        std::fs::write(&path, "").expect("a file");
        assert!(!something_else(), "it is empty");
        std::fs::write(&path, b"\x89MCAP0\r\n").expect("a file");
        assert!(!something_else(), "it is of this kind");
        std::fs::write(&path, "Scenario()").expect("a file");
        assert!(something_else());
    }
}
