//! Reads pages of `docs/`: their text and the blocks of code in them.

use std::fs;
use std::path::{Path, PathBuf};

/// A block of code between two fences.
pub(crate) struct Block {
    /// What stands behind the opening fence: `ron fragment=robot`.
    pub(crate) info: String,
    pub(crate) body: String,
    /// Line of the opening fence, from 1.
    pub(crate) line: usize,
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of `docs/NAME`.
pub(crate) fn read(name: &str) -> String {
    let path = root().join("docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All blocks of code of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                let (info, body) = (info.trim().to_owned(), String::new());
                open = Some(Block { info, body, line: index + 1 });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.body.push_str(line);
                block.body.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block of code is never closed");
    blocks
}
