//! Import of MJCF and URDF files.
//!
//! An import produces a plain `Robot` (and an `Environment` for other bodies), so
//! that all tools for these also work on imported robots. A [`Report`] lists the
//! status of each part, with file and line; nothing is dropped silently. Files are
//! read only through a [`FileReader`], within limits, and never from outside its
//! root.
//!
//! Start reading at [`import`].

mod collada;
mod couplings;
mod dynamics;
mod geometry;
mod gltf;
mod inertia;
mod log;
mod mesh;
mod mjcf;
mod names;
mod overlaps;
mod paths;
mod prune;
mod recognise;
mod refusals;
mod report;
mod scenario;
mod solids;
mod urdf;
mod values;
pub mod verify;
mod write;
mod xml;

use std::collections::BTreeMap;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, SourceMap, Span};
use randori_core::spec::{EnvironmentSpec, ImportSpec, PoseSpec, RobotSpec};
use randori_core::text::{FileReader, ImportedRobot, Limits, RobotImport};

pub use mesh::Mesh;
pub use report::{Entry, ImportStatus, Report};
pub use scenario::{scenario_text, surroundings};
pub use write::{environment_text, robot_text};

use log::Log;
use xml::{Files, Tree};

/// The result of an import.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// The robot; absent if there are errors.
    pub robot: Option<RobotSpec>,
    /// Its environment, if the file describes one.
    pub environment: Option<EnvironmentSpec>,
    /// Initial configurations, in order; at least one.
    pub configurations: Vec<InitialConfiguration>,
    /// Physics steps per second in the file.
    pub rate_hz: Option<f64>,
    /// Gravity in the file, world frame, m/s^2.
    pub gravity: Option<[f64; 3]>,
    /// The status of each part.
    pub report: Report,
    /// Files that were not read because they are outside of the reader's root; paths
    /// relative to it, which begin with `../`.
    pub outside: Vec<String>,
    /// Errors, without which there is a robot.
    pub errors: Vec<Diagnostic>,
}

/// Commands by name of the actuator: one number per input of its drive, in SI units
/// at the joint.
pub type Commands = BTreeMap<String, Vec<f64>>;

/// An initial configuration: a named pose of the joints and a pose of the base.
#[derive(Debug, Clone, PartialEq)]
pub struct InitialConfiguration {
    /// Name of the pose in the robot.
    pub name: String,
    /// Pose of the base link in the world.
    pub base: PoseSpec,
    /// The commands of the file that differ from those that hold the pose.
    pub commands: Commands,
}

/// The result of the reader of one format.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    pub(crate) robot: Option<RobotSpec>,
    pub(crate) environment: Option<EnvironmentSpec>,
    pub(crate) configurations: Vec<InitialConfiguration>,
    pub(crate) rate_hz: Option<f64>,
    pub(crate) gravity: Option<[f64; 3]>,
}

/// Imports an MJCF or URDF file. `path` is relative to the reader's root; texts that
/// diagnostics refer to are added to `sources`. The robot of the result passes all
/// checks in its [`surroundings`].
pub fn import(
    reader: &dyn FileReader,
    source: &ImportSpec,
    path: &str,
    limits: &Limits,
    sources: &mut SourceMap,
) -> Import {
    let (mut found, whole) = import_at(reader, source, path, limits, sources, None);
    let refused = refusals::find(&found, limits, whole);
    if !refused.is_empty() {
        found.robot = None;
        found.errors = refused;
    }
    found
}

/// An import, and the position of the document's root.
fn import_at(
    reader: &dyn FileReader,
    source: &ImportSpec,
    path: &str,
    limits: &Limits,
    sources: &mut SourceMap,
    named_at: Option<Span>,
) -> (Import, Option<Span>) {
    let mut log = Log { most_bodies: limits.bodies, ..Log::default() };
    let mut files = Files::new(reader, limits, sources, named_at);
    let document = files.document(path);
    let whole = document.as_ref().map(|tree| tree.root().span());
    let mut parts = match document {
        None => Parts::default(),
        Some(mut tree) => match source {
            ImportSpec::Mjcf { .. } => {
                let mut whole = mjcf::expanded(&mut log, &mut files, tree);
                log.is_pruned = prune(&mut log, &mut whole.tree, source, named_at);
                mjcf::import(&mut log, &mut files, &whole.tree, whole.scopes)
            }
            ImportSpec::Urdf { .. } => {
                log.is_pruned = prune(&mut log, &mut tree, source, named_at);
                urdf::import(&mut log, &mut files, &tree)
            }
        },
    };
    if let Some(robot) = &mut parts.robot {
        couplings::narrow(&mut log, robot);
    }
    log.report.entries.splice(0..0, std::mem::take(&mut files.remarks));
    let outside = std::mem::take(&mut files.outside).into_iter().collect();
    let mut errors = std::mem::take(&mut files.found);
    errors.append(&mut log.errors);
    let is_usable = errors.is_empty();
    let Parts { robot, environment, configurations, rate_hz, gravity } = parts;
    let robot = robot.filter(|_| is_usable);
    let report = log.report;
    let found =
        Import { robot, environment, configurations, rate_hz, gravity, report, outside, errors };
    (found, whole)
}

/// The loader for `import:` in a `Robot(...)` file: the robot's text, with errors, and
/// with doubtful lines of the report as warnings.
pub fn import_robot(
    reader: &dyn FileReader,
    wish: &RobotImport<'_>,
    sources: &mut SourceMap,
) -> ImportedRobot {
    let (found, _) =
        import_at(reader, wish.spec, wish.path, wish.limits, sources, Some(wish.named_at));
    let mut findings = found.errors;
    findings.extend(found.report.warnings());
    ImportedRobot { text: found.robot.as_ref().map(robot_text), found: findings }
}

/// Removes elements by `keep` and `drop`; returns true if any was removed.
fn prune(log: &mut Log, tree: &mut Tree, source: &ImportSpec, named_at: Option<Span>) -> bool {
    let pruning = match source {
        ImportSpec::Mjcf { keep, drop, .. } => prune::mjcf(tree, keep, drop),
        ImportSpec::Urdf { keep, drop, .. } => prune::urdf(tree, keep, drop),
    };
    for name in &pruning.unknown {
        let message = format!("nothing in the file is called `{name}`");
        let help = "correct or remove the name in `keep` or `drop`";
        let at = named_at.unwrap_or(tree.root().span());
        log.error(DiagnosticCode::IMPORT_REFERENCE, at, message, help);
    }
    for node in tree.nodes().filter(|node| pruning.elements.contains(&node.id())) {
        let is_top = node.parent().is_none_or(|parent| !pruning.elements.contains(&parent.id()));
        if is_top {
            log.note(ImportStatus::Dropped, node, "left out by `keep` or `drop`");
        }
    }
    tree.remove(&pruning.elements);
    !pruning.elements.is_empty()
}
