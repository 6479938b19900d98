//! A run as its recording describes it, ready to be made again.

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

/// A run that can be made again.
#[derive(Debug)]
pub struct RecordedRun {
    /// The scenario that the recording holds.
    pub scenario: Scenario,
    /// The seed of the run.
    pub seed: u64,
    /// Policies that decide anew.
    policies: Option<Policies>,
}

/// What policies need that a recording does not hold.
#[derive(Debug)]
struct Policies {
    networks: Networks,
    project: Project,
}

/// Why a run cannot be made again, as a text for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(pub String);

impl RecordedRun {
    /// The run of a recording, in which recorded answers decide.
    ///
    /// # Errors
    /// When its scenario cannot be used.
    pub fn with_answers(start: &Start, limits: &Limits) -> Result<Self, Unusable> {
        let loaded = load(start, limits).map_err(Unusable)?;
        Ok(Self { scenario: loaded.scenario, seed: start.header.seed, policies: None })
    }

    /// The run of a recording, in which its policies decide anew. Networks and
    /// programs are looked for in the project.
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
    /// Why it cannot begin.
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

    /// The policies that decide anew, just started; `None` if recorded answers
    /// decide.
    pub fn start_policies(&self) -> Option<Result<RobotPolicies, RunError>> {
        let Policies { networks, project } = self.policies.as_ref()?;
        let started = start_policies(&self.scenario, networks, project);
        Some(started.map_err(|error| RunError::from(&error)))
    }

    /// Files of policies that are not what they were when the run was recorded.
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
