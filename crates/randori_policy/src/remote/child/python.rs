//! The embedded Python module with which a policy script needs only `def act(observation)`.

use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::protocol::PROTOCOL_VERSION;

/// The variable with the folder's path.
pub(super) const HOME: &str = "RANDORI_POLICY_HOME";

/// The module's source.
const SOURCE: &str = include_str!("../../../python/randori_policy.py");

/// A private folder with the module; removed on drop.
#[derive(Debug)]
pub(super) struct PythonModule {
    folder: PathBuf,
}

impl PythonModule {
    /// Writes the module to a new folder that only this user can read.
    pub(super) fn write() -> io::Result<Self> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let name = format!("randori-policy-{}-{number}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            match private_folder().create(&folder) {
                // Left behind by an earlier process with this process ID.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                result => result?,
            }
            let module = Self { folder };
            std::fs::write(module.folder.join("randori_policy.py"), SOURCE)?;
            return Ok(module);
        }
    }

    /// The path of the folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds the variables of a program that imports the module from `folder`: `PYTHONPATH` with the
    /// module first, then the existing entries.
    pub(super) fn announce(program: &mut Command, folder: &Path) {
        let given = program.get_envs().find(|(name, _)| *name == "PYTHONPATH");
        let given = given.and_then(|(_, value)| value.map(OsStr::to_owned));
        let inherited = given.or_else(|| std::env::var_os("PYTHONPATH")).unwrap_or_default();
        let others = std::env::split_paths(&inherited).filter(|path| !path.as_os_str().is_empty());
        let all = std::iter::once(folder.to_owned()).chain(others);
        // Fails only if the temporary folder's own name contains a separator; then it cannot be put
        // on the path.
        let path = std::env::join_paths(all).unwrap_or(inherited);
        program
            .env("PYTHONPATH", path)
            .env("PYTHONUNBUFFERED", "1")
            .env("RANDORI_POLICY_PROTOCOL", PROTOCOL_VERSION.to_string())
            .env(HOME, folder);
    }
}

impl Drop for PythonModule {
    fn drop(&mut self) {
        // Failure is harmless; at worst the system clears its temporary files.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn private_folder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "the mode exists only on Unix"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}
