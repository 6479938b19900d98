//! Recognition of other kinds of files in place of a robot file, for error messages.

use randori_core::text::is_git_lfs_pointer;

use crate::xml::Node;

/// The actual kind of a file, and advice.
#[derive(Debug, PartialEq)]
pub(crate) struct Foreign {
    pub(crate) what: String,
    pub(crate) help: String,
}

impl Foreign {
    fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

/// Message for a Git LFS pointer.
pub(crate) const LFS_POINTER: &str = "this is a Git LFS pointer, not the file: run `git lfs pull`";

/// Magic bytes of binary files, their kind, and advice.
const SIGNATURES: [(&[u8], &str, &str); 13] = [
    (b"\x1f\x8b", "a gzip archive", "unpack it, and name the robot file inside"),
    (b"PK\x03\x04", "a zip archive", "unpack it, and name the robot file inside"),
    (b"\xfd7zXZ", "an xz archive", "unpack it, and name the robot file inside"),
    (b"BZh", "a bzip2 archive", "unpack it, and name the robot file inside"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it, and name the robot file inside"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it, and name the robot file inside"),
    // 54321, the magic number of MuJoCo models.
    (
        b"1\xd4\0\0",
        "a compiled MuJoCo model (MJB)",
        "name its MJCF source, or write one with `mj_saveLastXML`",
    ),
    (b"PXR-USDC", "a USD file", "export the robot as URDF or MJCF"),
    (b"#usda", "a USD file", "export the robot as URDF or MJCF"),
    (b"glTF", "a glTF mesh", "name the robot file that uses it"),
    (b"BLENDER", "a Blender file", "export the robot as URDF or MJCF"),
    (b"\x89PNG", "a PNG picture", "name the robot file that uses it"),
    (b"%PDF", "a PDF document", "name a URDF or MJCF file"),
];

/// The kind of a file by its first bytes; `None` if it may be XML.
pub(crate) fn by_content(bytes: &[u8]) -> Option<Foreign> {
    if is_git_lfs_pointer(bytes) {
        let help = "run `git lfs pull` in the clone of the file";
        return Some(Foreign::new("this is a Git LFS pointer, not the file", help));
    }
    let known = SIGNATURES.iter().find(|(start, ..)| bytes.starts_with(start));
    if let Some((_, what, help)) = known {
        return Some(Foreign::new(format!("this is {what}"), *help));
    }
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins = |word: &str| {
        start.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    if begins("<!doctype html") || begins("<html") {
        let help = "it may be a download or login page: download the file itself";
        return Some(Foreign::new("this is a web page (HTML)", help));
    }
    if begins("{") || begins("[") {
        return Some(Foreign::new("this is JSON", "name a URDF or MJCF file"));
    }
    if begins("Robot(") || begins("Scenario(") || begins("Environment(") {
        return Some(Foreign::new(
            "this is a Randori file",
            "use it directly: `randori run` takes scenarios, whose robots name robot files",
        ));
    }
    if begins("solid ") || begins("ply\n") {
        return Some(Foreign::new("this is a mesh", "name the robot file that uses it"));
    }
    None
}

/// The message for a document whose root element is not `expected`.
pub(crate) fn by_root(root: Node<'_>, expected: &str) -> Foreign {
    let (what, help) = match root.tag() {
        "robot" => ("URDF", "import it as `Urdf(path: ...)`"),
        "mujoco" => ("MJCF", "import it as `Mjcf(path: ...)`"),
        "mujocoinclude" => ("an include file of MJCF", "name the MJCF file that includes it"),
        "sdf" | "gazebo" | "world" => {
            ("SDF", "name its URDF source, or export the robot as URDF or MJCF")
        }
        "COLLADA" => ("a COLLADA mesh", "name the robot file that uses it"),
        "package" => ("the manifest of a ROS package", "name a URDF file of the package"),
        "launch" => ("a ROS launch file", "name the URDF file that it loads"),
        "svg" => ("an SVG picture", "name a URDF or MJCF file"),
        _ => {
            let help = if expected == "robot" { "name a URDF file" } else { "name an MJCF file" };
            let kind = if expected == "robot" { "URDF" } else { "MJCF" };
            return Foreign::new(
                format!(
                    "the root element is `<{}>`, but {kind} starts with `<{expected}>`",
                    root.tag()
                ),
                help,
            );
        }
    };
    Foreign::new(format!("the root element is `<{}>`: this is {what}", root.tag()), help)
}

/// True if a text contains a xacro expression.
pub(crate) fn is_command_of_xacro(text: &str) -> bool {
    text.contains("${") || text.contains("$(")
}

/// The first xacro expression in a document; `None` if it is plain URDF. Expanded files
/// keep the namespace, so its presence does not count; expressions in mesh paths are
/// reported with the missing mesh.
pub(crate) fn xacro(root: Node<'_>) -> Option<Node<'_>> {
    // Plugins and parameters may contain such texts.
    let is_robot = |node: &Node<'_>| {
        let mut around = std::iter::successors(Some(*node), |node| node.parent());
        !around.any(|node| matches!(node.tag(), "gazebo" | "ros2_control" | "transmission"))
    };
    let is_command = |node: &Node<'_>| {
        node.tag().starts_with("xacro:")
            || node.attributes().iter().any(|attribute| {
                attribute.name != "filename" && is_command_of_xacro(&attribute.value)
            })
    };
    root.tree_nodes().find(|node| is_command(node) && is_robot(node))
}

/// The message for a xacro file.
pub(crate) fn is_xacro(path: &str) -> Foreign {
    let file = path.rsplit('/').next().unwrap_or(path);
    let plain = match (file.strip_suffix(".urdf.xacro"), file.strip_suffix(".xacro")) {
        (Some(stem), _) | (None, Some(stem)) => format!("{stem}.urdf"),
        (None, None) => format!("{}.expanded.urdf", file.strip_suffix(".urdf").unwrap_or(file)),
    };
    Foreign::new(
        format!("this is xacro; expand it first: xacro {file} > {plain}"),
        "`xacro` is part of ROS, and available on PyPI as `xacro`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_for_what_they_are() {
        let what = |bytes: &[u8]| by_content(bytes).map(|found| found.what);

        assert_eq!(what(b"<robot/>"), None);
        assert_eq!(what(b"\n<?xml version=\"1.0\"?>"), None);
        assert_eq!(what(b"\xef\xbb\xbf {}"), Some("this is JSON".to_owned()));
        assert_eq!(what(b"\x1f\x8b\x08"), Some("this is a gzip archive".to_owned()));
        assert_eq!(
            what(b"1\xd4\0\0\x08\0\0\0"),
            Some("this is a compiled MuJoCo model (MJB)".to_owned())
        );
        assert_eq!(what(b"<!DOCTYPE html>\n<html>"), Some("this is a web page (HTML)".to_owned()));
    }

    #[test]
    fn the_advice_for_xacro_does_not_overwrite_the_file() {
        let advice = |path: &str| is_xacro(path).what;

        assert!(advice("a/r.urdf.xacro").ends_with("xacro r.urdf.xacro > r.urdf"));
        assert!(advice("r.xacro").ends_with("xacro r.xacro > r.urdf"));
        assert!(advice("r.urdf").ends_with("xacro r.urdf > r.expanded.urdf"));
    }
}
