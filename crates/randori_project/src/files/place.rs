//! File kinds at a path, and permission to write a result there.

use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};

/// The regular file at `path`, or `None` if the path does not exist.
///
/// # Errors
/// When the path is of another kind (a folder, a link, a named pipe, a device, a socket), or the
/// system refuses.
pub fn plain_file(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => match kind_unless_file(metadata.file_type()) {
            None => Ok(Some(metadata)),
            Some(kind) => Err(io::Error::other(format!("it is {kind}; name a plain file"))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The kind of a path that is not a regular file, in words.
pub fn kind_unless_file(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        return None;
    }
    if kind.is_dir() {
        return Some("a folder");
    }
    if kind.is_symlink() {
        return Some("a symbolic link");
    }
    Some(special(kind))
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "not a file"
}

/// True if a path is another name of standard output.
pub fn is_standard_output(path: &Path) -> bool {
    let names = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
    names.iter().any(|name| path == Path::new(name))
}

/// Creates the folder `relative` below `base`. No part of it may be a symbolic link; `base` itself,
/// which the user has named, may be one. Returns its path.
///
/// # Errors
/// When a part is a link or a file, `relative` leaves `base`, or the system refuses.
pub fn make_folders(base: &Path, relative: &Path) -> io::Result<PathBuf> {
    if !base.as_os_str().is_empty() {
        fs::create_dir_all(base)?;
    }
    let mut folder = base.to_owned();
    for part in relative.components() {
        let Component::Normal(part) = part else {
            let message = format!("`{}` leaves the folder", relative.display());
            return Err(io::Error::other(message));
        };
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(metadata) => {
                let kind = kind_unless_file(metadata.file_type()).unwrap_or("a file");
                let message = format!("`{}` is {kind}, not a folder", folder.display());
                return Err(io::Error::other(message));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                match fs::create_dir(&folder) {
                    // Another process created it concurrently.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        return make_folders(base, relative);
                    }
                    made => made?,
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_file_or_nothing_may_be_written() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("x");

        assert!(plain_file(&file).expect("nothing is there").is_none());
        fs::write(&file, "1").expect("a file");
        assert!(plain_file(&file).expect("a file").is_some());
        assert!(plain_file(folder.path()).is_err_and(|it| it.to_string().contains("a folder")));
    }

    #[cfg(unix)]
    #[test]
    fn links_devices_and_sockets_are_named_for_what_they_are() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (link, socket) = (folder.path().join("link"), folder.path().join("socket"));
        std::os::unix::fs::symlink("nowhere", &link).expect("a link");
        let _bound = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");

        let refused = |path: &Path| plain_file(path).expect_err("refused").to_string();
        assert!(refused(&link).contains("a symbolic link"));
        assert!(refused(&socket).contains("a socket"));
        assert!(refused(Path::new("/dev/null")).contains("a device"));
    }

    #[cfg(unix)]
    #[test]
    fn folders_are_not_made_through_a_link() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let outside = tempfile::tempdir().expect("a temporary folder");
        std::os::unix::fs::symlink(outside.path(), folder.path().join("runs")).expect("a link");

        let through = make_folders(folder.path(), Path::new("runs/courier"));
        let above = make_folders(folder.path(), Path::new("../courier"));
        let fine = make_folders(folder.path(), Path::new("a/b"));

        assert!(through.is_err_and(|error| error.to_string().contains("a symbolic link")));
        assert!(above.is_err());
        assert!(fine.expect("made").is_dir());
        assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0);
    }
}
