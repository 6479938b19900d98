//! Sources of policies: the values of `use:`, one file each.
//!
//! A source is a struct of its fields in files, with its names, the permission it needs, the
//! files it depends on, and its check. `randori_policy::start` starts it. [`PolicySource`]
//! lists all sources; code outside of these modules calls its methods and does not match on
//! it.

mod builtin;
mod manual;
mod onnx;
mod process;

pub use builtin::Builtin;
pub use manual::Manual;
pub use onnx::Onnx;
pub use process::{Process, command_line};

use crate::check::{At, Report};
use crate::variant::variants;

/// An operation on the user's computer that needs permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Its description, as the words that follow "the policy of robot `pup`".
    pub does: &'static str,
    /// The field of the source that requests it.
    pub field: &'static str,
    /// The remark beside that field.
    pub label: &'static str,
    /// The consequence of permission, with the program or the address.
    pub would: String,
    /// The argument of `--policy ROBOT=` that selects the same source.
    pub choice: String,
}

/// A kind of source.
pub(crate) trait SourceType {
    /// Name of the kind in recordings.
    fn kind(&self) -> &'static str;

    /// Name of this source in recordings.
    fn name(&self) -> String;

    /// Display name.
    fn shown(&self) -> String {
        self.name()
    }

    /// The permission that it needs before it starts; `None` if none.
    fn trust(&self) -> Option<Trust> {
        None
    }

    /// True if it depends on more than the texts of the scenario.
    fn needs_files(&self) -> bool {
        false
    }

    /// The words of a command, which may name files; the program comes first.
    fn command(&self) -> &[String] {
        &[]
    }

    /// The network and its contract.
    fn network(&self) -> Option<&Onnx> {
        None
    }

    /// The path of its contract.
    fn contract_mut(&mut self) -> Option<&mut String> {
        None
    }

    /// Wall-clock limit per response, s.
    fn timeout_s(&self) -> Option<f64> {
        None
    }

    /// The same, mutable.
    fn timeout_s_mut(&mut self) -> Option<&mut f64> {
        None
    }

    /// Takes over the common fields of the source that it replaces.
    fn inherit(&mut self, _replaced: &PolicySource) {}

    /// Reports invalid fields.
    fn check(&self, _report: &mut Report<'_>, _at: &At<'_>) {}
}

/// Declares the enum of all sources, and dispatches each call to its variant.
macro_rules! policy_sources {
    ($($name:ident),+ $(,)?) => {
        variants! {
            /// The source of a policy.
            #[derive(Debug, Clone, PartialEq)]
            pub enum PolicySource { $($name,)+ }
        }

        impl PolicySource {
            fn source(&self) -> &dyn SourceType {
                match self { $(Self::$name(source) => source,)+ }
            }

            fn source_mut(&mut self) -> &mut dyn SourceType {
                match self { $(Self::$name(source) => source,)+ }
            }
        }
    };
}

policy_sources! { Builtin, Onnx, Process, Manual }

impl PolicySource {
    /// Name of the kind in recordings, such as `builtin`.
    pub fn kind(&self) -> &'static str {
        self.source().kind()
    }

    /// Name of this source in recordings, such as `goal_seeker` or `python3 my_policy.py`.
    pub fn name(&self) -> String {
        self.source().name()
    }

    /// Display name.
    pub fn shown(&self) -> String {
        self.source().shown()
    }

    /// The permission that it needs before it starts; `None` if none.
    pub fn trust(&self) -> Option<Trust> {
        self.source().trust()
    }

    /// True if it depends on more than the texts of the scenario.
    pub fn needs_files(&self) -> bool {
        self.source().needs_files()
    }

    /// The words of a command, which may name files: the program comes first. Empty if it is
    /// not a program.
    pub fn command(&self) -> &[String] {
        self.source().command()
    }

    /// The network and its contract; `None` if it is not a network.
    pub fn network(&self) -> Option<&Onnx> {
        self.source().network()
    }

    /// True for manual control.
    pub fn is_by_hand(&self) -> bool {
        matches!(self, Self::Manual(_))
    }

    /// The path of its contract, mutable.
    pub(crate) fn contract_mut(&mut self) -> Option<&mut String> {
        self.source_mut().contract_mut()
    }

    /// Wall-clock limit per response, s; `None` for sources that respond at once.
    pub fn timeout_s(&self) -> Option<f64> {
        self.source().timeout_s()
    }

    /// Limits the wall-clock time per response, s.
    pub fn limit_timeout(&mut self, limit_s: f64) {
        if let Some(timeout_s) = self.source_mut().timeout_s_mut() {
            *timeout_s = timeout_s.min(limit_s);
        }
    }

    /// This source as the replacement of another one: it takes over the common fields, such as
    /// the parameters of the same built-in policy.
    #[must_use]
    pub fn in_place_of(mut self, replaced: &Self) -> Self {
        self.source_mut().inherit(replaced);
        self
    }

    /// Reports invalid fields.
    pub(crate) fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
        self.source().check(report, at);
    }
}
