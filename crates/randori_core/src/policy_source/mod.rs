//! Where policies come from: the sources that `use:` may name, one file each.
//!
//! A source is a struct with its fields in files, what it is called, what has to be allowed
//! before it starts, which files it depends on, and its check. `randori_policy::start` starts
//! it. [`PolicySource`] lists them all; outside of these rooms it is asked, not matched.

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

/// What a source does to the user's computer, which the user has to allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// What it does, in the words that follow "the policy of robot `pup`".
    pub does: &'static str,
    /// The field of the source that asks for it.
    pub field: &'static str,
    /// The remark beside that field.
    pub label: &'static str,
    /// What would happen, with the program or the address.
    pub would: String,
    /// What to write after `--policy ROBOT=` to choose the same source by hand.
    pub choice: String,
}

/// A kind of source.
pub(crate) trait SourceType {
    /// What recordings call the kind.
    fn kind(&self) -> &'static str;

    /// What recordings call this one.
    fn name(&self) -> String;

    /// What people see.
    fn shown(&self) -> String {
        self.name()
    }

    /// What has to be allowed before it starts; `None` if nothing.
    fn trust(&self) -> Option<Trust> {
        None
    }

    /// Whether it depends on more than the texts of the scenario.
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

    /// Wall-clock limit per answer, s.
    fn timeout_s(&self) -> Option<f64> {
        None
    }

    /// The same, to be changed.
    fn timeout_s_mut(&mut self) -> Option<&mut f64> {
        None
    }

    /// Takes over what it has in common with the source that it replaces.
    fn inherit(&mut self, _replaced: &PolicySource) {}

    /// Reports fields that make no sense.
    fn check(&self, _report: &mut Report<'_>, _at: &At<'_>) {}
}

/// Makes the enum of all sources, and hands each call to the source at hand.
macro_rules! policy_sources {
    ($($name:ident),+ $(,)?) => {
        variants! {
            /// Where a policy comes from.
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
    /// What recordings call the kind, such as `builtin`.
    pub fn kind(&self) -> &'static str {
        self.source().kind()
    }

    /// What recordings call this one, such as `goal_seeker` or `python3 my_policy.py`.
    pub fn name(&self) -> String {
        self.source().name()
    }

    /// What people see.
    pub fn shown(&self) -> String {
        self.source().shown()
    }

    /// What has to be allowed before it starts; `None` if nothing.
    pub fn trust(&self) -> Option<Trust> {
        self.source().trust()
    }

    /// Whether it depends on more than the texts of the scenario.
    pub fn needs_files(&self) -> bool {
        self.source().needs_files()
    }

    /// The words of a command, which may name files: the program comes first. Empty for
    /// what is no program.
    pub fn command(&self) -> &[String] {
        self.source().command()
    }

    /// The network and its contract; `None` for what is no network.
    pub fn network(&self) -> Option<&Onnx> {
        self.source().network()
    }

    /// Whether a person decides.
    pub fn is_by_hand(&self) -> bool {
        matches!(self, Self::Manual(_))
    }

    /// The path of its contract, to be changed.
    pub(crate) fn contract_mut(&mut self) -> Option<&mut String> {
        self.source_mut().contract_mut()
    }

    /// Wall-clock limit per answer, s; `None` for what answers at once.
    pub fn timeout_s(&self) -> Option<f64> {
        self.source().timeout_s()
    }

    /// Waits for no answer longer than this, s.
    pub fn limit_timeout(&mut self, limit_s: f64) {
        if let Some(timeout_s) = self.source_mut().timeout_s_mut() {
            *timeout_s = timeout_s.min(limit_s);
        }
    }

    /// The same source in the place of another one: it takes over what both have in
    /// common, such as the parameters of the same built-in policy.
    #[must_use]
    pub fn in_place_of(mut self, replaced: &Self) -> Self {
        self.source_mut().inherit(replaced);
        self
    }

    /// Reports fields that make no sense.
    pub(crate) fn check(&self, report: &mut Report<'_>, at: &At<'_>) {
        self.source().check(report, at);
    }
}
