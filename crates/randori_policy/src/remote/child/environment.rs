//! The environment variables of a policy's process.
//!
//! A policy may be third-party code, so it does not inherit secrets in the environment of a shell
//! or a CI job, such as access tokens. It gets the variables that programs need to start, and those
//! named by the user.

use std::ffi::{OsStr, OsString};

/// Variables that every policy inherits if they are set. `docs/policy-protocol.md` lists them.
const INHERITED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
];

/// Variables required to start programs on Windows.
#[cfg(windows)]
const SYSTEM: &[&str] = &[
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "TEMP",
    "TMP",
    "USERNAME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
];
#[cfg(not(windows))]
const SYSTEM: &[&str] = &[];

/// A variable that a user passes to policies: `NAME` or `NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvVar {
    name: String,
    value: OsString,
    /// True if the value was given explicitly, not taken from the environment.
    written: bool,
}

impl EnvVar {
    /// Parses `NAME=VALUE`, or `NAME` for a variable of this process.
    ///
    /// # Errors
    /// When the name is invalid, or names a variable that is not set.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(OsString::from(value))),
            None => (text, None),
        };
        if name.is_empty() || text.contains('\0') {
            return Err("write NAME or NAME=VALUE".to_owned());
        }
        let written = value.is_some();
        let value = value.or_else(|| std::env::var_os(name)).ok_or_else(|| {
            format!("the environment variable `{name}` is not set; write {name}=VALUE")
        })?;
        Ok(Self { name: name.to_owned(), value, written })
    }

    /// The equivalent command-line argument.
    pub fn word(&self) -> String {
        if self.written {
            format!("{}={}", self.name, self.value.to_string_lossy())
        } else {
            self.name.clone()
        }
    }
}

/// The environment of a policy, before Randori adds its own variables. The last value of a repeated
/// name wins.
pub(super) fn environment(passed: &[EnvVar]) -> Vec<(OsString, OsString)> {
    let inherited = std::env::vars_os().filter(|(name, _)| is_inherited(name));
    let passed = passed.iter().map(|it| (OsString::from(&it.name), it.value.clone()));
    inherited.chain(passed).collect()
}

fn is_inherited(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    // Names are case-insensitive there.
    let same = |known: &&str| {
        if cfg!(windows) { known.eq_ignore_ascii_case(name) } else { *known == name }
    };
    name.starts_with("LC_") || INHERITED.iter().chain(SYSTEM).any(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_inherited() {
        for name in ["PATH", "HOME", "LC_ALL", "TZ"] {
            assert!(is_inherited(OsStr::new(name)), "{name}");
        }
        for name in
            ["GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "RANDORI_ASSETS", "LD_PRELOAD", "path"]
        {
            assert_eq!(is_inherited(OsStr::new(name)), cfg!(windows) && name == "path", "{name}");
        }
    }

    #[test]
    fn a_variable_is_passed_with_its_value_or_the_one_written() {
        let path = EnvVar::parse("PATH").expect("every test has a search path");
        let written = EnvVar::parse("MODE=a=b").expect("a value");

        assert_eq!(Some(path.value.clone()), std::env::var_os("PATH"));
        assert_eq!((path.word(), written.word()), ("PATH".to_owned(), "MODE=a=b".to_owned()));
        assert!(environment(&[written]).contains(&("MODE".into(), "a=b".into())));
        assert!(EnvVar::parse("=x").is_err());
        let unset = EnvVar::parse("RANDORI_NO_SUCH_VARIABLE").expect_err("it is not set");
        assert!(unset.contains("is not set"), "{unset}");
    }
}
