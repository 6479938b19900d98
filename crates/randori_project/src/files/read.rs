//! Reads files named by the user, which may be of any kind.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::place::kind_unless_file;

/// The bytes of a file of at most `limit` bytes.
///
/// # Errors
/// When it is not a regular file (opening a named pipe would block), it is larger, or the system
/// refuses.
pub fn read_bytes(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let refuse = |kind: fs::FileType| match kind_unless_file(kind) {
        None => Ok(()),
        Some(kind) => Err(io::Error::other(format!("it is {kind}, not a file"))),
    };
    refuse(fs::metadata(path)?.file_type())?;
    let file = File::open(path)?;
    // The file may have been replaced in between.
    let metadata = file.metadata()?;
    refuse(metadata.file_type())?;
    let mut bytes = Vec::new();
    let expected = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    if expected <= limit {
        bytes.try_reserve_exact(expected)?;
        // Some special files report size 0 and are endless.
        file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    }
    if expected > limit || bytes.len() > limit {
        let message = format!("it has more than {limit} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// The text of a file of at most `limit` bytes.
///
/// # Errors
/// As for [`read_bytes`], and when it is not UTF-8.
pub fn read_text(path: &Path, limit: usize) -> io::Result<String> {
    String::from_utf8(read_bytes(path, limit)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit_and_not_beyond() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("x");
        fs::write(&file, "12345").expect("a file");

        assert_eq!(read_text(&file, 5).expect("small enough"), "12345");
        let error = read_text(&file, 4).expect_err("too large");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert!(read_bytes(folder.path(), 5).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_and_files_without_end_are_refused() {
        let device = read_bytes(Path::new("/dev/zero"), 10).expect_err("no file");
        let endless = read_bytes(Path::new("/proc/self/status"), 10).expect_err("too large");

        assert!(device.to_string().contains("a device"));
        assert_eq!(endless.kind(), io::ErrorKind::FileTooLarge);
    }
}
