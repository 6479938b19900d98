//! Meshes of links, and the search for their files.

use randori_core::spec::{LinkSpec, Shape, VisualSpec};

use crate::geometry::{Pose, pose_spec};
use crate::log::Log;
use crate::mjcf::hull;
use crate::report::ImportStatus;
use crate::xml::{Files, Node};
use crate::{paths, recognise, values};

/// The convex hull of a collision mesh.
pub(super) fn collision(log: &mut Log, files: &mut Files<'_>, node: Node<'_>) -> Option<Shape> {
    let scale = scale(log, node);
    let read = find(log, files, node)
        .and_then(|(path, bytes)| files.mesh(&path, &bytes))
        .map(|(mesh, _)| mesh.scaled(scale))
        .and_then(|mesh| Ok((mesh.hull()?, mesh.vertices.len())));
    match read {
        Ok((fit, count)) => {
            if fit.points.len() != count || !fit.changes.is_empty() {
                let mut what =
                    format!("a collision mesh: its convex hull of {} points", fit.points.len());
                if !fit.changes.is_empty() {
                    what = format!("{what} ({})", fit.changes);
                }
                let note = log.note(ImportStatus::Approximated, node, what);
                if fit.is_thickened {
                    note.doubt();
                }
            }
            Some(hull(&fit.points))
        }
        Err(reason) => {
            let file = node.text("filename").unwrap_or_default();
            let what = format!("the collision mesh `{file}`: {reason}; this part does not collide");
            log.note(ImportStatus::Dropped, node, what).advise(advice_for(&reason)).doubt();
            None
        }
    }
}

fn advice_for(reason: &str) -> &'static str {
    if reason.contains("Git LFS") {
        "run `git lfs pull` in the clone of the file"
    } else if reason == NOT_FOUND || reason.contains("leaves the project") {
        "give a folder that contains the URDF file and its meshes with `--root DIR`"
    } else {
        "write shapes in the `Robot`, or convert the mesh to STL or OBJ"
    }
}

/// The mesh of a visual, if it is supported.
pub(super) fn visual(
    log: &mut Log,
    files: &mut Files<'_>,
    visual: Node<'_>,
    pose: &Pose,
    spec: &mut LinkSpec,
) {
    let Some(mesh) = visual.child("geometry").and_then(|geometry| geometry.child("mesh")) else {
        return; // Simple shapes are shown by the collision geometry.
    };
    let file = mesh.text("filename").unwrap_or_default();
    let ending = file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let problem = if matches!(ending.as_str(), "stl" | "obj" | "dae" | "gltf" | "glb") {
        match find(log, files, mesh) {
            Err(reason) => reason,
            Ok((path, _)) => {
                let scale = scale(log, mesh);
                let mesh = paths::named_from(files.main(), &path);
                spec.visuals.push(VisualSpec { mesh, pose: pose_spec(pose), scale, color: None });
                return;
            }
        }
    } else {
        format!("meshes of the kind `{ending}` are not supported")
    };
    log.note(ImportStatus::Dropped, mesh, format!("the visual `{file}`: {problem}"));
}

/// The scale of a mesh's axes; one number applies to all three.
fn scale(log: &mut Log, node: Node<'_>) -> [f64; 3] {
    let Some(found) = node.attribute("scale").filter(|it| !it.value.trim().is_empty()) else {
        return [1.0; 3];
    };
    match values::numbers(log, found).as_deref() {
        Some([factor]) => [*factor; 3],
        Some([x, y, z]) => [*x, *y, *z],
        Some(numbers) => {
            let taken: [f64; 3] =
                std::array::from_fn(|axis| numbers.get(axis).copied().unwrap_or(1.0));
            let what = format!("`scale` has {} numbers: {taken:?} was taken", numbers.len());
            log.note_value(ImportStatus::Clamped, node, "scale", what).doubt();
            taken
        }
        None => [1.0; 3],
    }
}

/// Message for a mesh that is not found.
const NOT_FOUND: &str = "there is no such file in the folders around the robot's";

/// Maximum number of trailing parts of a path in a search.
const MAX_PARTS: usize = 8;

/// Number of folders above the reader's root in which a package is searched.
const MAX_UP: usize = 4;

/// Path and content of a mesh.
///
/// A path is relative to the folder of the URDF file. A path in a ROS package, or one
/// that is not found (such as an absolute path of another machine), is searched by its
/// trailing parts, longest first, in the folders around the file up to the root of the
/// reader.
fn find(log: &mut Log, files: &mut Files<'_>, node: Node<'_>) -> Result<(String, Vec<u8>), String> {
    let Some(named) = node.text("filename") else { return Err("it has no name".to_owned()) };
    if recognise::is_command_of_xacro(named) {
        return Err("its path contains a xacro expression: expand the file first".to_owned());
    }
    let folder = paths::folder(files.main()).to_owned();
    let written = paths::Written::of(named)?;
    let direct = if written.is_local {
        Some(paths::resolve(&folder, &written.path)).transpose()
    } else {
        Ok(None)
    };
    // A file outside the root may exist inside it under a shorter path.
    let mut reason = direct.as_ref().err().map_or(NOT_FOUND, |reason| *reason).to_owned();
    if let Ok(Some(path)) = &direct {
        match files.existing(path) {
            Some(actual) => return open(log, files, node, &actual, actual == *path),
            None => NOT_FOUND.clone_into(&mut reason),
        }
    }
    let parts: Vec<&str> =
        written.path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let first = parts.len().saturating_sub(MAX_PARTS);
    for start in first..parts.len() {
        let end = parts[start..].join("/");
        let mut around = folder.as_str();
        loop {
            if let Ok(path) = paths::resolve(around, &end)
                && let Some(actual) = files.existing(&path)
            {
                let is_plain = written.is_package && start <= first + 1 && actual == path;
                return open(log, files, node, &actual, is_plain);
            }
            if around.is_empty() {
                break;
            }
            around = paths::folder(around);
        }
    }
    if let Ok(Some(path)) = direct {
        // So that the reader can watch for the missing file.
        drop(files.bytes(&path));
    } else {
        note_outside(files, &folder, &written);
    }
    Err(reason)
}

/// Records possible locations of a mesh outside of the reader's root.
fn note_outside(files: &mut Files<'_>, folder: &str, written: &paths::Written) {
    if written.is_local {
        files.outside.extend(paths::beyond(folder, &written.path));
    }
    if !written.is_package {
        return;
    }
    let inside = written.path.split_once('/').map_or("", |(_, inside)| inside);
    for up in 1..=MAX_UP {
        let above = "../".repeat(up);
        let candidates =
            [written.path.as_str(), inside].into_iter().filter(|path| !path.is_empty());
        files.outside.extend(candidates.map(|path| format!("{above}{path}")));
    }
}

fn open(
    log: &mut Log,
    files: &mut Files<'_>,
    node: Node<'_>,
    path: &str,
    is_plain: bool,
) -> Result<(String, Vec<u8>), String> {
    let bytes = files.bytes(path)?;
    if !is_plain {
        let named = node.text("filename").unwrap_or_default();
        let shown = paths::named_from(files.main(), path);
        let what = format!("the mesh `{named}`: found as `{shown}`");
        log.note(ImportStatus::Approximated, node, what)
            .advise("correct the path: other programs may not find it");
    }
    Ok((path.to_owned(), bytes))
}
