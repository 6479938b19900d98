//! The header of a recording or a golden: all inputs of a run.

use std::collections::BTreeMap;

use randori_core::layout::SceneLayout;
use randori_core::policy::Determinism;
use randori_core::text::with_current_names;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Version of the recording format that this crate writes. Readers refuse newer
/// ones.
pub const FORMAT: u32 = 1;

/// Inputs and layout of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the recording format.
    pub format: u32,
    /// The engine that computed it.
    pub engine: Engine,
    /// Path of the scenario file, as given.
    pub file: String,
    /// Title of the scenario.
    pub title: String,
    /// Seed of the random streams.
    pub seed: u64,
    /// Values sampled for the seed, by path, in the unit of the file.
    pub varied: Vec<(String, f64)>,
    /// Length of a tick, ns.
    pub period_ns: u64,
    /// The tick at the end of the duration.
    pub end_tick: u64,
    /// SHA-256 of the resolved scenario ([`texts_digest`]), hexadecimal.
    pub scenario_digest: String,
    /// SHA-256 of every file that was read for it, hexadecimal, by path from
    /// the project root.
    pub assets: BTreeMap<String, String>,
    /// The policies, by robot.
    pub policies: Vec<Option<PolicyIdentity>>,
    /// Arguments of `randori run` that reproduce this run, without those for the
    /// recording.
    pub reproduce: String,
}

/// The engine of a run. Runs of equal engines are comparable bit by bit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// Version of Randori.
    pub randori: String,
    /// Version of Rapier.
    pub rapier: String,
    /// Version of Parry.
    pub parry: String,
    /// Features of the physics that change bits.
    pub features: Vec<String>,
    /// Version of the digests.
    pub digests: u32,
    /// Processor and system, such as `x86_64-linux`. Results should not depend on it; it
    /// helps to locate the cause if they do.
    pub target: String,
}

impl Engine {
    /// True if results are expected to agree bit by bit.
    pub fn agrees_with(&self, other: &Self) -> bool {
        Self { target: other.target.clone(), ..self.clone() } == *other
    }
}

/// The policy of a robot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyIdentity {
    /// Name of the robot.
    pub robot: String,
    /// `builtin`, `onnx` or `process`.
    pub kind: String,
    /// Its name, contract or command line.
    pub name: String,
    /// Determinism of its actions.
    pub determinism: Determinism,
}

/// Data before the first tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// What the run depends on.
    pub header: Header,
    /// Names and indices of all entities in the scene.
    pub layout: SceneLayout,
    /// The columns of [`TickRecord::signals`](randori_core::record::TickRecord::signals).
    pub signals: Vec<SignalColumn>,
    /// The resolved scenario as it was recorded: texts by path, `scenario.ron`
    /// first ([`bundle`](randori_core::text::bundle)).
    pub texts: Vec<(String, String)>,
}

impl Start {
    /// The texts of the resolved scenario, with all fields under their present
    /// names: an older recording may use others.
    pub fn current_texts(&self) -> Vec<(String, String)> {
        let current =
            |(path, text): &(String, String)| (path.clone(), with_current_names(text).into_owned());
        self.texts.iter().map(current).collect()
    }
}

/// A column of signals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalColumn {
    /// Its name in formulas, such as `distance(courier, goal)`.
    pub name: String,
    /// Unit of its values.
    pub unit: String,
}

/// SHA-256 over the texts of a resolved scenario, hexadecimal.
pub fn texts_digest(texts: &[(String, String)]) -> String {
    let mut digest = Sha256::new();
    for (path, text) in texts {
        for part in [path, text] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part.as_bytes());
        }
    }
    hexadecimal(&digest.finalize())
}

/// SHA-256 of a file, hexadecimal.
pub fn bytes_digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
