//! Starts policies from the sources that scenarios name, one file each.
//!
//! `randori_core::policy_source` has the same modules for the definitions of sources.
//!
//! Start reading at [`start`].

mod builtin;
mod manual;
mod onnx;
mod process;

use std::path::Path;

use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::policy_source::PolicySource;
use randori_core::spec::ContractSpec;

use crate::EnvVar;
use crate::network::{Network, Problem};

/// Reads the network of a contract, with memory of its own.
pub type ReadNetwork<'a> = &'a dyn Fn(&ContractSpec) -> Result<Box<dyn Network>, Vec<Problem>>;

/// The inputs for starting a policy from a source.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The robot to drive.
    pub interface: &'a RobotInterface,
    /// The robot's policy contract.
    pub contract: Option<&'a ContractSpec>,
    /// Returns the network of a contract, with its own memory; an error without a problem means
    /// that it was not read.
    pub network: ReadNetwork<'a>,
    /// The environment of sources whose [trust](PolicySource::trust) the user has granted; `None`
    /// if such sources cannot start here.
    pub trusted: Option<Trusted<'a>>,
}

/// The environment of trusted programs.
#[derive(Debug, Clone, Copy)]
pub struct Trusted<'a> {
    /// Their working folder.
    pub folder: &'a Path,
    /// Additional environment variables.
    pub env: &'a [EnvVar],
}

impl<'a> Context<'a> {
    /// The inputs for sources that need only the scenario's files.
    pub fn new(interface: &'a RobotInterface) -> Self {
        Self { interface, contract: None, network: &no_network, trusted: None }
    }
}

fn no_network(_: &ContractSpec) -> Result<Box<dyn Network>, Vec<Problem>> {
    Err(Vec::new())
}

/// Starts policies from one kind of source.
trait StartSource {
    fn start(&self, context: &Context<'_>) -> Result<Box<dyn Policy>, PolicyError>;

    fn problems(&self, _context: &Context<'_>) -> Vec<Problem> {
        Vec::new()
    }
}

fn starter(source: &PolicySource) -> &dyn StartSource {
    match source {
        PolicySource::Builtin(source) => source,
        PolicySource::Onnx(source) => source,
        PolicySource::Process(source) => source,
        PolicySource::Manual(source) => source,
    }
}

/// Starts the policy that a source names.
///
/// # Errors
/// The reason why it does not start.
pub fn start(source: &PolicySource, context: &Context<'_>) -> Result<Box<dyn Policy>, PolicyError> {
    starter(source).start(context)
}

/// Diagnostics for a source and its robot, as far as they can be found without starting external
/// programs. Locations are within the contract of a source that has one, and else within the
/// source.
pub fn problems(source: &PolicySource, context: &Context<'_>) -> Vec<Problem> {
    starter(source).problems(context)
}
