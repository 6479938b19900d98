//! Policies that Randori brings along, and adapters to policies that live elsewhere.
//!
//! [`start`] makes a policy from the source that a scenario names. [`builtin()`] makes one
//! from a name and parameters. [`RemotePolicy`] talks to a policy elsewhere, such as a
//! [child process](ProcessPolicy); `docs/policy-protocol.md` describes the conversation.
//!
//! [`ManualCommand`] lets a person decide.
//!
//! [`network`] runs neural networks as a policy contract says.
//!
//! Built-in policies compute with IEEE arithmetic and `libm` alone, so their
//! answers are the same bits on every machine.

mod builtin;
#[cfg(test)]
mod fixture;
mod manual;
pub mod network;
mod remote;
mod source;

pub use builtin::{BuiltinError, BuiltinInfo, ParamInfo, builtin, builtins};
pub use manual::ManualCommand;
pub use remote::{
    BadReply, ChildProcess, EnvVar, Lines, MAX_CHUNK, Output, PROTOCOL_VERSION, ProcessPolicy,
    RemotePolicy, Replies, Reply, Silence, Transport, is_message, keep_policies_if_asked,
};
pub use source::{Context, ReadNetwork, Trusted, problems, start};

use randori_core::diagnostic::nearest;

/// Names as people list them: `a`, `b` and `c`, in backticks.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "none".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// Advice about a name that does not exist: the one that was probably meant,
/// or else all that there are.
fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match nearest(wrong, candidates.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there is {}", listed(candidates)),
    }
}
