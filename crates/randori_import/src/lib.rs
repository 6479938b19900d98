//! Robot files of other kinds, MJCF and URDF, as Randori's own.
//!
//! An import gives a plain `Robot` (and, for what is not robot, an
//! `Environment`), so that everything that works on those works on foreign
//! robots too. Nothing is lost in silence: a [`Report`] says of each part what
//! became of it, with file and line. Files are read only through a
//! [`FileReader`], within limits, and never from outside its root.
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

/// What a file became.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// The robot; absent if there are errors.
    pub robot: Option<RobotSpec>,
    /// What surrounds it, if the file describes anything.
    pub environment: Option<EnvironmentSpec>,
    /// Ways to start, the first one first; at least one.
    pub configurations: Vec<InitialConfiguration>,
    /// Physics steps per second that the file asks for.
    pub rate_hz: Option<f64>,
    /// Gravity in the world that the file asks for, m/s^2.
    pub gravity: Option<[f64; 3]>,
    /// What became of each part.
    pub report: Report,
    /// Files that were not read because they lie outside of the reader's root;
    /// their paths from there, which begin with `../`.
    pub outside: Vec<String>,
    /// Why there is no robot.
    pub errors: Vec<Diagnostic>,
}

/// Commands by name of the actuator: a number for each input of its drive, in SI
/// units at the joint.
pub type Commands = BTreeMap<String, Vec<f64>>;

/// A way to start: a named pose of the joints, with a pose of the base.
#[derive(Debug, Clone, PartialEq)]
pub struct InitialConfiguration {
    /// Name of the pose in the robot.
    pub name: String,
    /// Pose of the base link in the world.
    pub base: PoseSpec,
    /// The commands of the file that differ from those which hold the pose.
    pub commands: Commands,
}

/// What a reader of one format finds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    pub(crate) robot: Option<RobotSpec>,
    pub(crate) environment: Option<EnvironmentSpec>,
    pub(crate) configurations: Vec<InitialConfiguration>,
    pub(crate) rate_hz: Option<f64>,
    pub(crate) gravity: Option<[f64; 3]>,
}

/// Reads a robot file of another kind. `path` is that of the file from the
/// reader's root; texts that findings point into are added to `sources`. A robot
/// that is found passes its checks, in its [`surroundings`].
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

/// An import, and the place of the document's root.
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

/// What readers call for `import:` in a `Robot(...)` file: the robot's text,
/// with errors, and with what is doubtful as warnings.
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

/// Leaves out what is not wanted; whether anything is left out.
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
            log.note(ImportStatus::Dropped, node, "not wanted by `keep` or `drop`");
        }
    }
    tree.remove(&pruning.elements);
    !pruning.elements.is_empty()
}
