//! Ends a child's processes when this process dies without a chance to do so.

use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A watcher that holds one end of a pipe. If the other end closes without a
/// word, this process was killed, and the watcher kills the policy's process
/// group and removes its folder.
///
/// A parent-death signal would be simpler, but reaches no grandchildren, and is
/// sent already when the thread ends that started the child.
#[derive(Debug)]
pub(super) struct Lifeline {
    watcher: Option<Child>,
}

/// Ends quietly after a line on its input; kills after a sudden end.
const SCRIPT: &str =
    r#"trap "" HUP INT TERM; read -r word && exit 0; kill -9 "-$1"; rm -rf -- "$2""#;

impl Lifeline {
    /// Watches over process group `group`. Without a shell there is no watcher;
    /// the child still notices that its input ended.
    pub(super) fn attach(group: u32, folder: &Path) -> Self {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "randori-lifeline", &group.to_string()])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Its own group, so that Ctrl-C in a terminal does not end it early.
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
            // Fails only if the watcher is gone already.
            let _ = word.write_all(b"done\n");
        }
        let _ = watcher.wait();
    }
}
