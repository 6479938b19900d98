//! A recorded run, ready to be re-simulated.

use std::collections::{BTreeMap, BTreeSet};

use randori_core::report::RunError;
use randori_core::spec::Scenario;
use randori_core::text::Limits;
use randori_record::header::{Header, Start};
use randori_sim::replay::Replay;

use crate::findings::{findings, untrusted_programs};
use crate::networks::Networks;
use crate::program_files::program_digests;
use crate::project::Project;
use crate::record::load;
use crate::start_policy::{RobotPolicies, start_policies};

/// A recorded run that can be re-simulated.
#[derive(Debug)]
pub struct RecordedRun {
    /// The scenario in the recording.
    pub scenario: Scenario,
    /// The seed of the run.
    pub seed: u64,
    /// Policies that run again instead of the recorded actions.
    policies: Option<Policies>,
}

/// Inputs of policies that a recording does not contain.
#[derive(Debug)]
struct Policies {
    networks: Networks,
    project: Project,
}

/// The reason why a run cannot be re-simulated, as readable text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(pub String);

impl RecordedRun {
    /// Prepares the run of a recording with its recorded actions.
    ///
    /// # Errors
    /// When its scenario cannot be used.
    pub fn with_answers(start: &Start, limits: &Limits) -> Result<Self, Unusable> {
        let loaded = load(start, limits).map_err(Unusable)?;
        Ok(Self { scenario: loaded.scenario, seed: start.header.seed, policies: None })
    }

    /// Prepares the run of a recording with policies that run again. Networks and programs are
    /// resolved in the project.
    ///
    /// # Errors
    /// When its scenario or a policy cannot be used.
    pub fn with_policies(
        start: &Start,
        limits: &Limits,
        project: Project,
        trust_programs: bool,
    ) -> Result<Self, Unusable> {
        let mut loaded = load(start, limits).map_err(Unusable)?;
        let nobody = BTreeSet::new();
        let mut list = std::mem::take(&mut loaded.warnings);
        list.extend(findings(&loaded.scenario, &loaded.sources, &nobody, limits));
        if !trust_programs {
            list.extend(untrusted_programs(&loaded.scenario, &loaded.sources, &nobody));
        }
        let mut networks = Networks::default();
        list.extend(networks.load(&project, &loaded.scenario, &loaded.sources, &nobody));
        let found = loaded.diagnostics(list);
        if found.errors() > 0 {
            return Err(Unusable(found.short()));
        }
        let policies = Some(Policies { networks, project });
        Ok(Self { scenario: loaded.scenario, seed: start.header.seed, policies })
    }

    /// The run, at its start.
    ///
    /// # Errors
    /// The reason why it cannot begin.
    pub fn replay(&self) -> Result<Replay, RunError> {
        let started = if let Some(policies) = self.start_policies() {
            Replay::with_policies(&self.scenario, self.seed, policies?)
        } else {
            let robots = self.scenario.spec.robots.iter();
            let answers = robots.map(|it| it.policy.as_ref().map(|_| BTreeMap::new()));
            Replay::new(&self.scenario, self.seed, answers.collect())
        };
        started.map_err(|error| RunError::from(&error))
    }

    /// The newly started policies; `None` if recorded actions are used.
    pub fn start_policies(&self) -> Option<Result<RobotPolicies, RunError>> {
        let Policies { networks, project } = self.policies.as_ref()?;
        let started = start_policies(&self.scenario, networks, project);
        Some(started.map_err(|error| RunError::from(&error)))
    }

    /// Policy files that have changed since the recording.
    pub fn changed_files(&self, header: &Header) -> Vec<String> {
        let Some(policies) = &self.policies else { return Vec::new() };
        let mut now = policies.networks.digests(&self.scenario);
        now.extend(program_digests(&policies.project, &self.scenario));
        let changed = now
            .into_iter()
            .filter(|(path, sum)| header.assets.get(path).is_some_and(|recorded| recorded != sum));
        changed.map(|(path, _)| path).collect()
    }
}
