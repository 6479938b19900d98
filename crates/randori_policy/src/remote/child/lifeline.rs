//! Ends a child's processes when this process is killed.

use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A watchdog that holds one end of a pipe. If the other end closes without a message, this process
/// was killed, and the watchdog kills the policy's process group and removes its folder.
///
/// A parent-death signal would be simpler, but does not reach grandchildren, and is sent as soon as
/// the thread that started the child ends.
#[derive(Debug)]
pub(super) struct Lifeline {
    watcher: Option<Child>,
}

/// Exits after a line on its input; kills the group at end of file.
const SCRIPT: &str =
    r#"trap "" HUP INT TERM; read -r word && exit 0; kill -9 "-$1"; rm -rf -- "$2""#;

impl Lifeline {
    /// Starts a watchdog for process group `group`. Without a shell there is none; the child can
    /// still detect the end of its input.
    pub(super) fn attach(group: u32, folder: &Path) -> Self {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "randori-lifeline", &group.to_string()])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Its own process group, so that Ctrl-C in a terminal does not end it early.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        Self { watcher: command.spawn().ok() }
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        use std::io::Write;

        let Some(mut watcher) = self.watcher.take() else { return };
        if let Some(mut word) = watcher.stdin.take() {
            // Fails only if the watchdog has already ended.
            let _ = word.write_all(b"done\n");
        }
        let _ = watcher.wait();
    }
}
