//! Networks of policies: read once, shared by all runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Label};
use randori_core::policy::{Immediate, Policy, PolicyError, RobotInterface};
use randori_core::spec::{PolicySource, Scenario};
use randori_core::text::{FileReader, ReadError, Sources, missing_asset};
use randori_onnx::Model;
use randori_policy::network::{NetworkPolicy, OnnxNetwork, Problem};
use randori_sim::episode::interfaces;

use crate::project::Project;

/// Networks by their path from the project root.
#[derive(Debug, Default)]
pub(crate) struct Networks(BTreeMap<String, Arc<Model>>);

impl Networks {
    /// Reads the networks of a scenario and holds them against their contracts
    /// and robots. Robots in `chosen` have their policy from the command line.
    pub(crate) fn load(
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
            if !self.0.contains_key(&contract.network) {
                match read(project, &contract.network, contract.from.as_deref()) {
                    Ok(model) => drop(self.0.insert(contract.network.clone(), model)),
                    Err(mut error) => {
                        let place = span_of("network");
                        error.primary = place.map(|span| Label::new(span, "named here"));
                        found.push(*error);
                        continue;
                    }
                }
            }
            let problems = self.policy(scenario, robot, interface).err();
            found.extend(problems.iter().flatten().map(|problem| problem.diagnostic(span_of)));
        }
        found
    }

    /// The policy of a robot whose network has been read.
    ///
    /// # Errors
    /// When contract, robot and network do not fit.
    pub(crate) fn start(
        &self,
        scenario: &Scenario,
        robot: usize,
        interface: &RobotInterface,
    ) -> Result<Box<dyn Policy>, PolicyError> {
        match self.policy(scenario, robot, interface) {
            Ok(policy) => Ok(Box::new(Immediate::new(policy))),
            Err(problems) => Err(problems
                .first()
                .map_or_else(|| PolicyError::new("the network was not read"), PolicyError::from)),
        }
    }

    fn policy(
        &self,
        scenario: &Scenario,
        robot: usize,
        interface: &RobotInterface,
    ) -> Result<NetworkPolicy, Vec<Problem>> {
        let source = scenario.spec.robots[robot].policy.as_ref().map(|policy| &policy.source);
        let (Some(contract), Some(PolicySource::Onnx { commands, .. })) =
            (&scenario.contracts[robot], source)
        else {
            return Err(Vec::new());
        };
        let model = self.0.get(&contract.network).ok_or_else(Vec::new)?;
        let network = Box::new(OnnxNetwork::new(Arc::clone(model)));
        NetworkPolicy::new(contract, network, commands, interface)
    }
}

/// Reads an ONNX file, with the files beside it.
///
/// # Errors
/// Why it cannot be had, without a place.
pub(crate) fn read(
    project: &Project,
    path: &str,
    from: Option<&str>,
) -> Result<Arc<Model>, Box<Diagnostic>> {
    let shown = project.shown(path);
    let bytes = match project.read_bytes(path) {
        Ok(bytes) => bytes,
        Err(ReadError::NotFound) if from.is_some() => {
            return Err(missing_asset(&shown, from).into());
        }
        Err(error) => {
            let message = format!("`{shown}` cannot be read: {error}");
            return Err(Diagnostic::error(DiagnosticCode::UNREADABLE_FILE, message).into());
        }
    };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut beside = |location: &str| {
        let path = format!("{folder}/{location}");
        project.read_bytes(path.trim_start_matches('/')).map_err(|error| error.to_string())
    };
    Model::parse(&bytes, &mut beside).map(Arc::new).map_err(|error| {
        let message = format!("`{shown}` cannot be used: {error}");
        Diagnostic::error(DiagnosticCode::NETWORK_FILE, message).into()
    })
}
