//! Networks of policies: read once, shared by all runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Label};
use randori_core::spec::{ContractSpec, Scenario};
use randori_core::text::{FileReader, ReadError, Sources, is_git_lfs_pointer, missing_asset};
use randori_onnx::Model;
use randori_policy::network::{Network, OnnxNetwork, Problem};
use randori_policy::{Context, problems};
use randori_sim::episode::interfaces;

use crate::other_files::other_file;
use crate::project::Project;
use crate::reading::{FileDigests, Reading};

/// Networks by path from the project root, and their backend.
#[derive(Debug, Default)]
pub struct Networks {
    loaded: BTreeMap<String, Loaded>,
    /// The files of each network.
    files: BTreeMap<String, FileDigests>,
    /// Missing files, by path from the project root.
    missing: BTreeSet<String>,
    #[cfg(feature = "ort")]
    runtime: Option<randori_onnx::Runtime>,
}

/// A loaded network.
#[derive(Debug)]
enum Loaded {
    /// For Randori's own interpreter.
    Interpreted(Arc<Model>),
    /// For ONNX Runtime: the unmodified file.
    #[cfg(feature = "ort")]
    File(Vec<u8>),
}

impl Networks {
    /// A set of networks, computed by a shared library of ONNX Runtime if one is named.
    ///
    /// # Errors
    /// The reason why the library cannot be used.
    #[cfg(feature = "ort")]
    pub fn with_runtime(library: Option<&std::path::Path>) -> Result<Self, String> {
        let load =
            |library| randori_onnx::Runtime::load(library).map_err(|error| error.to_string());
        Ok(Self { runtime: library.map(load).transpose()?, ..Self::default() })
    }

    /// Reads a network for its backend.
    #[cfg_attr(not(feature = "ort"), expect(clippy::unused_self, reason = "one computes all"))]
    fn read(
        &self,
        project: &dyn FileReader,
        contract: &ContractSpec,
        memory_bytes: u64,
    ) -> Result<Loaded, Box<Diagnostic>> {
        let (path, from) = (&contract.network, contract.from.as_deref());
        #[cfg(feature = "ort")]
        if self.runtime.is_some() {
            return read_bytes(project, path, from).map(Loaded::File);
        }
        read(project, path, from, memory_bytes).map(Loaded::Interpreted)
    }

    /// A network instance of a contract, with its own memory.
    ///
    /// # Errors
    /// The reason why it cannot be used; empty if it has not been read.
    pub fn network(&self, contract: &ContractSpec) -> Result<Box<dyn Network>, Vec<Problem>> {
        match self.loaded.get(&contract.network) {
            None => Err(Vec::new()),
            Some(Loaded::Interpreted(model)) => Ok(Box::new(OnnxNetwork::new(Arc::clone(model)))),
            #[cfg(feature = "ort")]
            Some(Loaded::File(bytes)) => {
                let session = self.runtime.as_ref().map(|runtime| runtime.session(bytes));
                match session {
                    Some(Ok(session)) => {
                        Ok(Box::new(randori_policy::network::RuntimeNetwork::new(session)))
                    }
                    Some(Err(error)) => {
                        let (code, message) = (DiagnosticCode::NETWORK_FILE, error.to_string());
                        Err(vec![Problem::error(code, "network", message, "named here")])
                    }
                    None => Err(Vec::new()),
                }
            }
        }
    }

    /// Reads the networks of a scenario and checks them against their contracts and robots. Robots
    /// in `chosen` have a policy from the command line.
    pub fn load(
        &mut self,
        project: &Project,
        scenario: &Scenario,
        sources: &Sources,
        chosen: &BTreeSet<usize>,
    ) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (robot, interface) in interfaces(scenario).iter().enumerate() {
            let contract = scenario.contracts[robot].as_ref();
            let Some(contract) = contract.filter(|_| !chosen.contains(&robot)) else { continue };
            let path = format!("robots.{}.contract", interface.robot);
            let span_of = |inner: &str| sources.span_of(&format!("{path}.{inner}"));
            if !self.loaded.contains_key(&contract.network) {
                let reading = Reading::new(project);
                match self.read(&reading, contract, project.limits.memory_bytes) {
                    Ok(network) => {
                        self.loaded.insert(contract.network.clone(), network);
                        self.files.insert(contract.network.clone(), reading.into_digests());
                    }
                    Err(mut error) => {
                        self.missing.extend(reading.missing());
                        let place = span_of("network");
                        error.primary = place.map(|span| Label::new(span, "named here"));
                        found.push(*error);
                        continue;
                    }
                }
            }
            let Some(policy) = &scenario.spec.robots[robot].policy else { continue };
            let network = |contract: &ContractSpec| self.network(contract);
            let context =
                Context { contract: Some(contract), network: &network, ..Context::new(interface) };
            let problems = problems(&policy.source, &context);
            found.extend(problems.iter().map(|problem| problem.diagnostic(span_of)));
        }
        found
    }

    /// Missing files, by path from the project root.
    pub fn missing(&self) -> &BTreeSet<String> {
        &self.missing
    }

    /// All files read for the networks of a scenario.
    pub fn digests(&self, scenario: &Scenario) -> FileDigests {
        let contracts = scenario.contracts.iter().flatten();
        let files = contracts.filter_map(|contract| self.files.get(&contract.network));
        files.flatten().map(|(path, digest)| (path.clone(), digest.clone())).collect()
    }
}

/// Reads an ONNX file and its external data. It may use `memory_bytes` of memory, and as much again
/// for the values of one run.
///
/// # Errors
/// The reason why it cannot be loaded, without a location.
pub fn read(
    project: &dyn FileReader,
    path: &str,
    from: Option<&str>,
    memory_bytes: u64,
) -> Result<Arc<Model>, Box<Diagnostic>> {
    let shown = project.shown(path);
    let bytes = read_bytes(project, path, from)?;
    if let Some(file) = other_file(&bytes) {
        let message = format!("`{shown}` is not an ONNX network: it is {}", file.what);
        return Err(Diagnostic::error(DiagnosticCode::NETWORK_FILE, message)
            .help(file.help)
            .into());
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut beside = |location: &str| {
        let path = format!("{folder}/{location}");
        match project.read_bytes(path.trim_start_matches('/')) {
            Ok(bytes) if is_git_lfs_pointer(&bytes) => {
                Err("it is a Git LFS pointer, not the file itself: run `git lfs pull`".to_owned())
            }
            Ok(bytes) => Ok(bytes),
            Err(ReadError::NotFound) => {
                Err("there is no such file; copy it too, it holds weights".to_owned())
            }
            Err(error) => Err(error.to_string()),
        }
    };
    Model::parse_within(&bytes, &mut beside, memory_bytes).map(Arc::new).map_err(|error| {
        let message = format!("`{shown}` cannot be used: {error}");
        Diagnostic::error(DiagnosticCode::NETWORK_FILE, message).into()
    })
}

fn read_bytes(
    project: &dyn FileReader,
    path: &str,
    from: Option<&str>,
) -> Result<Vec<u8>, Box<Diagnostic>> {
    let shown = project.shown(path);
    match project.read_bytes(path) {
        Ok(bytes) => Ok(bytes),
        Err(ReadError::NotFound) if from.is_some() => Err(missing_asset(&shown, from).into()),
        Err(error) => {
            let message = format!("`{shown}` cannot be read: {error}");
            Err(Diagnostic::error(DiagnosticCode::UNREADABLE_FILE, message).into())
        }
    }
}
