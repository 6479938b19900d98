//! Children for tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use randori_core::policy::{PolicyError, RobotInterface};
use randori_policy::ProcessPolicy;

use crate::fixture::{COURIER, Snapshot, interface};

/// Longer than any child here needs, even on a busy machine.
pub(crate) const PATIENT: Duration = Duration::from_secs(50);

/// Whether `python3` can be started. Says so if not: the calling test then
/// shows nothing.
pub(crate) fn has_python() -> bool {
    let found = Command::new("python3")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        #[expect(clippy::print_stderr, reason = "a test that shows nothing has to say so")]
        {
            eprintln!("SKIPPED: there is no python3 on this machine");
        }
    }
    found
}

/// An observation of the courier with everything at zero.
pub(crate) fn seen(interface: &RobotInterface) -> Snapshot {
    let values = interface.observations.iter().map(|channel| channel.len).sum();
    Snapshot::at(interface, 0.02, vec![0.0; values])
}

/// Starts a shell script as the courier's policy.
pub(crate) fn start_shell(script: &str, timeout: Duration) -> Result<ProcessPolicy, PolicyError> {
    let command = ["sh", "-c", script].map(str::to_owned);
    ProcessPolicy::start(&command, Path::new("/"), &interface(COURIER), timeout, &[])
}

/// A shell script that says that it is ready and then runs `script`.
pub(crate) fn shell(script: &str) -> ProcessPolicy {
    let ready = r#"read -r hello; echo '{"type":"ready","protocol":1,"name":"shell"}'"#;
    start_shell(&format!("{ready}; {script}"), PATIENT).expect("a child that is ready")
}

/// A folder with scripts that disappears after the test.
pub(crate) struct Scripts(PathBuf);

impl Scripts {
    pub(crate) fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("randori-test-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a writable temporary folder");
        Self(folder)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("a writable file");
    }

    pub(crate) fn python(
        &self,
        script: &str,
        interface: &RobotInterface,
    ) -> Result<ProcessPolicy, PolicyError> {
        let command = ["python3".to_owned(), script.to_owned()];
        ProcessPolicy::start(&command, &self.0, interface, PATIENT, &[])
    }
}

impl Drop for Scripts {
    fn drop(&mut self) {
        // At worst the system clears its temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
