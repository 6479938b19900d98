//! The header of a recording.

use randori_core::diagnostic::RunCode;
use randori_core::policy::PolicyContract;
use randori_core::report::RunError;
use randori_core::spec::RobotEntry;
use randori_core::text::bundle;
use randori_record::header::{
    Engine, FORMAT, Header, PolicyIdentity, SignalColumn, Start, texts_digest,
};
use randori_sim::batch::PreparedRun;
use randori_sim::engine::{DIGEST_VERSION, FEATURES, PARRY_VERSION, RAPIER_VERSION};
use randori_sim::episode::Episode;

use crate::reading::FileDigests;

/// The origin of a run.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Path of the scenario file, as named by the user.
    pub file: &'a str,
    /// All files read for it.
    pub assets: &'a FileDigests,
    /// The command that reproduces it.
    pub reproduce: &'a str,
}

/// Versions, features and target of this program.
pub fn engine() -> Engine {
    Engine {
        randori: env!("CARGO_PKG_VERSION").to_owned(),
        rapier: RAPIER_VERSION.to_owned(),
        parry: PARRY_VERSION.to_owned(),
        features: FEATURES.iter().map(|&feature| feature.to_owned()).collect(),
        digests: DIGEST_VERSION,
        target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
    }
}

/// The data of a run known before its first tick.
///
/// # Errors
/// When the scenario cannot be written as text.
pub fn start(
    prepared: &PreparedRun,
    episode: &Episode,
    origin: Origin<'_>,
) -> Result<Start, RunError> {
    let texts = bundle(&prepared.scenario).map_err(|error| {
        let message = format!("the scenario cannot be written into a recording: {error}");
        RunError::new(RunCode::RECORDING_FAILED, 0, message)
    })?;
    let simulation = episode.simulation();
    let robots = prepared.scenario.spec.robots.iter();
    let policies = robots.zip(simulation.policies()).map(|(robot, policy)| identity(robot, policy));
    let columns = episode.signals().signals().iter();
    let columns =
        columns.map(|it| SignalColumn { name: it.name.clone(), unit: it.unit.clone() }).collect();
    Ok(Start {
        header: Header {
            format: FORMAT,
            engine: engine(),
            file: origin.file.to_owned(),
            title: prepared.scenario.spec.title.clone(),
            seed: prepared.seed,
            varied: prepared.varied.clone(),
            period_ns: episode.period().nanos(),
            end_tick: episode.end().0,
            scenario_digest: texts_digest(&texts),
            assets: origin.assets.clone(),
            policies: policies.collect(),
            reproduce: origin.reproduce.to_owned(),
        },
        layout: simulation.layout().clone(),
        signals: columns,
        texts,
    })
}

fn identity(robot: &RobotEntry, contract: Option<&PolicyContract>) -> Option<PolicyIdentity> {
    let source = &robot.policy.as_ref()?.source;
    Some(PolicyIdentity {
        robot: robot.name.clone(),
        kind: source.kind().to_owned(),
        name: source.name(),
        determinism: contract?.determinism,
    })
}
