//! Built-in policies, and adapters to external policies.
//!
//! [`start`] creates a policy from the source in a scenario. [`builtin()`] creates one from a name
//! and parameters. [`RemotePolicy`] connects to an external policy, such as a [child
//! process](ProcessPolicy); `docs/policy-protocol.md` describes the protocol.
//!
//! [`ManualCommand`] provides manual control.
//!
//! [`network`] runs neural networks from policy contracts.
//!
//! Built-in policies compute with IEEE arithmetic and `libm` alone, so their actions are
//! bit-identical on all machines.

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

/// Formats names as a list: `a`, `b` and `c`, in backticks.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "none".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// Advice on an unknown name: the most similar known name, or else all known names.
fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match nearest(wrong, candidates.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there is {}", listed(candidates)),
    }
}
