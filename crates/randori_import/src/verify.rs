//! The comparison of an import with a second reader of the same file.
//!
//! `MuJoCo` and Pinocchio have Python interfaces, so the comparison itself is a
//! Python program: [`SCRIPT`], which reads [`input`] from its standard input
//! and writes JSON. This crate starts nothing.

use std::path::Path;

use randori_core::spec::ImportSpec;
use serde_json::json;

use crate::Import;

/// The program, for `python3 -c`. Its header describes input and output.
pub const SCRIPT: &str = include_str!("../python/verify.py");

/// The input of [`SCRIPT`]: an import of the robot file `file`, as JSON. `None`
/// without a robot.
pub fn input(found: &Import, source: &ImportSpec, file: &Path) -> Option<String> {
    let robot = found.robot.as_ref()?;
    let (format, keep, drop) = match source {
        ImportSpec::Mjcf { keep, drop, .. } => ("mjcf", keep, drop),
        ImportSpec::Urdf { keep, drop, .. } => ("urdf", keep, drop),
    };
    let initial: Vec<_> = found
        .configurations
        .iter()
        .map(
            |configuration| json!({"name": configuration.name, "base": configuration.base, "commands": configuration.commands}),
        )
        .collect();
    let report: Vec<_> = found
        .report
        .entries
        .iter()
        .map(|entry| json!({"kind": entry.kind, "what": entry.what, "element": entry.element}))
        .collect();
    let input = json!({
        "format": format,
        "file": file,
        "robot": robot,
        "environment": found.environment,
        "initial": initial,
        "report": report,
        "pruned": !keep.is_empty() || !drop.is_empty(),
    });
    Some(input.to_string())
}
