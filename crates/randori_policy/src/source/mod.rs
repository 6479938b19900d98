//! Starts policies from the sources that scenarios name, one file each.
//!
//! `randori_core::policy_source` has the same rooms for what a source is.
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

/// What a source may need to start a policy.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The robot to drive.
    pub interface: &'a RobotInterface,
    /// The robot's policy contract.
    pub contract: Option<&'a ContractSpec>,
    /// Gives the network of a contract, with memory of its own; an error without a problem
    /// says that it was not read.
    pub network: ReadNetwork<'a>,
    /// What a source gets whose [trust](PolicySource::trust) the user has granted; `None` if
    /// nothing of the kind starts here.
    pub trusted: Option<Trusted<'a>>,
}

/// Where trusted programs run.
#[derive(Debug, Clone, Copy)]
pub struct Trusted<'a> {
    /// Their working folder.
    pub folder: &'a Path,
    /// Environment variables that they get besides the usual ones.
    pub env: &'a [EnvVar],
}

impl<'a> Context<'a> {
    /// Enough for sources that need nothing but the scenario's texts.
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
/// Why it does not start.
pub fn start(source: &PolicySource, context: &Context<'_>) -> Result<Box<dyn Policy>, PolicyError> {
    starter(source).start(context)
}

/// What is wrong between a source and the robot that it is to drive, as far as that can be
/// said without starting anything outside of this program. Places are within the contract
/// of a source that has one, and else within the source.
pub fn problems(source: &PolicySource, context: &Context<'_>) -> Vec<Problem> {
    starter(source).problems(context)
}
