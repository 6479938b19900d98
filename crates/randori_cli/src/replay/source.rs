//! A run as its recording describes it, ready to be made again.

use std::collections::{BTreeMap, BTreeSet};

use randori_core::policy::{Policy, RobotInterface};
use randori_core::report::RunError;
use randori_core::spec::Scenario;
use randori_core::text::Limits;
use randori_record::header::{Header, Start};
use randori_sim::episode::interfaces;
use randori_sim::fault::SimulationError;
use randori_sim::replay::Replay;

use crate::findings::{findings, untrusted_programs};
use crate::networks::Networks;
use crate::project::Project;
use crate::record::load;
use crate::start_policy::start_policy;

/// A run that can be made again.
pub(super) struct Source {
    scenario: Scenario,
    seed: u64,
    /// Policies that decide anew.
    policies: Option<Policies>,
}

/// What policies need that a recording does not hold.
struct Policies {
    networks: Networks,
    project: Project,
}

/// Why a run cannot be made again, as a text for people.
pub(super) struct Refusal(pub(super) String);

impl Source {
    /// The run of a recording, in which recorded answers decide.
    ///
    /// # Errors
    /// When its scenario cannot be used.
    pub(super) fn of_recording(start: &Start, limits: &Limits) -> Result<Self, Refusal> {
        let loaded = load(start, limits).map_err(Refusal)?;
        Ok(Self { scenario: loaded.scenario, seed: start.header.seed, policies: None })
    }

    /// The run of a recording, in which its policies decide anew. Networks and
    /// programs are looked for in the project.
    ///
    /// # Errors
    /// When its scenario or a policy cannot be used.
    pub(super) fn with_policies(
        start: &Start,
        limits: &Limits,
        project: Project,
        trust_programs: bool,
    ) -> Result<Self, Refusal> {
        let mut loaded = load(start, limits).map_err(Refusal)?;
        let nobody = BTreeSet::new();
        let mut list = std::mem::take(&mut loaded.warnings);
        list.extend(findings(&loaded.scenario, &loaded.sources, &nobody));
        if !trust_programs {
            list.extend(untrusted_programs(&loaded.scenario, &loaded.sources, &nobody));
        }
        let mut networks = Networks::default();
        list.extend(networks.load(&project, &loaded.scenario, &loaded.sources, &nobody));
        let found = loaded.diagnostics(list);
        if found.errors() > 0 {
            return Err(Refusal(found.short()));
        }
        let policies = Some(Policies { networks, project });
        Ok(Self { scenario: loaded.scenario, seed: start.header.seed, policies })
    }

    /// The run, at its start.
    ///
    /// # Errors
    /// Why it cannot begin.
    pub(super) fn replay(&self) -> Result<Replay, RunError> {
        let started = if let Some(policies) = &self.policies {
            let policies = self.start_policies(policies)?;
            Replay::with_policies(&self.scenario, self.seed, policies)
        } else {
            let robots = self.scenario.spec.robots.iter();
            let answers = robots.map(|it| it.policy.as_ref().map(|_| BTreeMap::new()));
            Replay::new(&self.scenario, self.seed, answers.collect())
        };
        started.map_err(|error| RunError::from(&error))
    }

    fn start_policies(
        &self,
        Policies { networks, project }: &Policies,
    ) -> Result<Vec<Option<Box<dyn Policy>>>, RunError> {
        let start = |(robot, interface): (usize, &RobotInterface)| {
            start_policy(&self.scenario, robot, interface, networks, project.root()).map_err(
                |error| {
                    let robot = interface.robot.clone();
                    RunError::from(&SimulationError::PolicyStart { robot, error })
                },
            )
        };
        interfaces(&self.scenario).iter().enumerate().map(start).collect()
    }

    /// Files of policies that are not what they were when the run was recorded.
    pub(super) fn changed_files(&self, header: &Header) -> Vec<String> {
        let Some(policies) = &self.policies else { return Vec::new() };
        let now = policies.networks.digests(&self.scenario);
        let changed = now
            .into_iter()
            .filter(|(path, sum)| header.assets.get(path).is_some_and(|recorded| recorded != sum));
        changed.map(|(path, _)| path).collect()
    }
}
