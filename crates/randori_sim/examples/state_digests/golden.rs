//! Digests in a golden.

use std::error::Error;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

/// The compared part of a golden.
#[derive(Debug, Deserialize)]
#[serde(rename = "Golden")]
struct Golden {
    runs: Vec<GoldenRun>,
}

/// Digests of the run with one seed, hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct GoldenRun {
    pub(crate) seed: u64,
    /// Digest of the state after the last tick.
    pub(crate) final_hash: String,
    /// The first 64 bits of SHA-256 over the digests of the initial state and of all
    /// ticks, each as eight bytes in little-endian order.
    pub(crate) chain: String,
}

/// The runs of the golden beside a scenario file; empty without a golden.
pub(crate) fn read(scenario: &Path) -> Result<Vec<GoldenRun>, Box<dyn Error>> {
    match std::fs::read_to_string(scenario.with_extension("golden.ron")) {
        Ok(text) => Ok(ron::from_str::<Golden>(&text)?.runs),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}
