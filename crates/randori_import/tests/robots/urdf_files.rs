//! Files of URDF robots: encodings, other kinds of files, and where meshes are.

use std::collections::BTreeMap;

use crate::common::{import, import_urdf, urdf};
use randori_core::diagnostic::render_short;
use randori_core::text::{FileReader, ReadError};
use randori_import::{Import, ImportStatus};

/// Files of any bytes, by path.
struct Bytes(BTreeMap<String, Vec<u8>>);

impl FileReader for Bytes {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        String::from_utf8(self.read_bytes(path)?).map_err(|_| ReadError::NotText)
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.0.get(path).cloned().ok_or(ReadError::NotFound)
    }

    fn existing(&self, path: &str) -> Option<String> {
        let mut names = self.0.keys().filter(|name| name.eq_ignore_ascii_case(path));
        if self.0.contains_key(path) { Some(path.to_owned()) } else { names.next().cloned() }
    }
}

fn import_bytes(path: &str, bytes: &[u8]) -> (Import, String) {
    import_with(path, bytes, &[])
}

fn import_with(path: &str, bytes: &[u8], meshes: &[(&str, &[u8])]) -> (Import, String) {
    let mut files = BTreeMap::from([(path.to_owned(), bytes.to_vec())]);
    files.extend(meshes.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())));
    let (found, sources) = import(&Bytes(files), &urdf(path));
    let errors = render_short(&found.errors, &sources);
    (found, errors)
}

const LINK: &str = "<link name=\"a\"><inertial><mass value=\"1\"/><inertia ixx=\"1\" iyy=\"1\" izz=\"1\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link>";

#[test]
fn texts_in_other_encodings_are_read() {
    let latin = format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><!-- H\u{fc}fte --><robot name=\"r\">{LINK}</robot>"
    );
    let bytes: Vec<u8> = latin.chars().map(|letter| letter as u8).collect();
    let (found, errors) = import_bytes("r.urdf", &bytes);
    assert!(found.robot.is_some(), "{errors}");
    assert!(found.report.warnings().is_empty());

    let undeclared = latin.replace("encoding=\"ISO-8859-1\"", "");
    let bytes: Vec<u8> = undeclared.chars().map(|letter| letter as u8).collect();
    let (found, errors) = import_bytes("r.urdf", &bytes);
    assert!(found.robot.is_some(), "{errors}");
    assert!(found.report.warnings()[0].message.contains("not valid UTF-8"));

    let mut wide = vec![0xff, 0xfe];
    wide.extend(latin.encode_utf16().flat_map(u16::to_le_bytes));
    let (found, errors) = import_bytes("r.urdf", &wide);
    assert!(found.robot.is_some(), "{errors}");
}

#[test]
fn what_other_readers_take_is_imported_and_what_is_foreign_is_noted() {
    let found = import_urdf(&format!(
        "\n<?xml version=\"1.0\"?><robot name=\"r\"drake:x=\"1\">{LINK}<drake:joint name=\"j\"/></robot>\0"
    ));

    let said: Vec<&str> = found
        .report
        .entries
        .iter()
        .filter(|entry| entry.kind == ImportStatus::Dropped)
        .map(|entry| entry.what.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "unknown attribute `drake:x` of `<robot>`",
            "unknown element `<drake:joint>` in `<robot>`"
        ]
    );
    assert!(found.robot.is_some_and(|robot| robot.joints.is_empty()));
}

#[test]
fn files_of_other_kinds_are_named() {
    let include = "<robot name=\"r\" xmlns:xacro=\"http://www.ros.org/wiki/xacro\"><xacro:include filename=\"x\"/></robot>";
    let table: [(&str, &[u8], &str); 9] = [
        (
            "r.urdf.xacro",
            include.as_bytes(),
            "this is xacro; expand it first: xacro r.urdf.xacro > r.urdf",
        ),
        (
            "r.urdf",
            b"<robot name=\"r\"><link name=\"${prefix}base\"/></robot>",
            "this is xacro; expand it first: xacro r.urdf > r.expanded.urdf",
        ),
        ("r.urdf", b"<robot><xacro:macro name=\"leg\"/></robot>", "this is xacro"),
        ("r.urdf", b"<sdf version=\"1.6\"/>", "the root element is `<sdf>`: this is SDF"),
        (
            "r.urdf",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
            "this is a Git LFS pointer, not the file",
        ),
        ("r.urdf", b"\x1f\x8b\x08\0\0", "this is a gzip archive"),
        ("r.urdf", b"1\xd4\0\0\x08\0\0\0b\xff", "this is a compiled MuJoCo model (MJB)"),
        ("r.urdf", b"{\"links\": []}", "this is JSON"),
        ("r.urdf", b"<!DOCTYPE html>\n<html>", "this is a web page (HTML)"),
    ];
    for (path, bytes, expected) in table {
        let (found, errors) = import_bytes(path, bytes);

        assert_eq!(found.errors.len(), 1, "{errors}");
        assert!(errors.contains(expected), "{errors}\n  not {expected}");
        assert!(!found.errors[0].help.is_empty());
    }
}

#[test]
fn an_expanded_file_that_keeps_the_namespace_of_xacro_is_read() {
    let found = import_urdf(&format!(
        "<robot name=\"r\" xmlns:xacro=\"http://www.ros.org/wiki/xacro\">{LINK}\
         <gazebo><plugin name=\"x\" path=\"$(find robot)/x.yaml\"/></gazebo></robot>"
    ));

    assert!(found.robot.is_some());
}

/// A cube as binary STL.
fn cube() -> Vec<u8> {
    let mut bytes = vec![0; 80];
    let quads =
        [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5_u8]];
    bytes.extend(12_u32.to_le_bytes());
    for [a, b, c, d] in quads {
        for triangle in [[a, b, c], [a, c, d]] {
            bytes.extend([0; 12]);
            for corner in triangle {
                for axis in 0..3 {
                    bytes.extend(f32::from(corner >> axis & 1).to_le_bytes());
                }
            }
            bytes.extend([0; 2]);
        }
    }
    bytes
}

fn with_mesh(named: &str) -> String {
    let geometry =
        format!("<collision><geometry><mesh filename=\"{named}\"/></geometry></collision>");
    format!("<robot name=\"r\">{}</robot>", LINK.replace("</link>", &(geometry + "</link>")))
}

/// Which note a mesh gets that is named so.
fn mesh_note(named: &str, bytes: &[u8]) -> (bool, String) {
    let text = with_mesh(named);
    let meshes = [("pkg/meshes/Base Part.stl", bytes)];
    let (found, errors) = import_with("pkg/urdf/r.urdf", text.as_bytes(), &meshes);
    let robot = found.robot.unwrap_or_else(|| panic!("{errors}"));
    let mut entries = found.report.entries.iter();
    let note = entries.find(|entry| entry.what.contains("mesh `")).map(|entry| entry.what.clone());
    (!robot.links[0].shapes.is_empty(), note.unwrap_or_default())
}

#[test]
fn meshes_are_found_however_their_path_is_written() {
    let cube = cube();
    for named in [
        "../meshes/Base Part.stl",
        "package://pkg/meshes/Base Part.stl",
        "package://other/meshes/Base Part.stl",
        "model://pkg/meshes/Base%20Part.stl",
        "file://../meshes/Base Part.stl",
        "..\\meshes\\Base Part.stl",
    ] {
        assert_eq!(mesh_note(named, &cube), (true, String::new()), "{named}");
    }
    for named in [
        "meshes/Base Part.stl",
        "../meshes/base part.STL",
        "/home/kim/ws/src/pkg/meshes/Base Part.stl",
        "file:///home/kim/pkg/meshes/Base Part.stl",
        "C:\\Users\\kim\\meshes\\Base Part.stl",
        "../../../../pkg/meshes/Base Part.stl",
    ] {
        let (found, note) = mesh_note(named, &cube);
        assert!(found, "{named}: {note}");
        assert!(note.ends_with("found as `../meshes/Base Part.stl`"), "{named}: {note}");
    }
}

#[test]
fn meshes_that_are_not_there_are_named_for_what_they_are() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
    let (found, note) = mesh_note("../meshes/Base Part.stl", pointer);
    assert!(!found && note.contains("this is a Git LFS pointer, not the file"), "{note}");

    let (found, note) = mesh_note("https://example.org/x.stl", b"");
    assert!(!found && note.contains("it is a URL"), "{note}");

    let (found, note) = mesh_note("$(arg meshes)/other.stl", b"");
    assert!(!found && note.contains("a xacro expression"), "{note}");

    let (found, note) = mesh_note("meshes/other.stl", b"");
    assert!(!found && note.contains("there is no such file"), "{note}");
}

#[test]
fn where_a_mesh_may_lie_outside_of_the_root_is_noted() {
    let outside =
        |named: &str| import_with("urdf/r.urdf", with_mesh(named).as_bytes(), &[]).0.outside;

    assert_eq!(outside("../../meshes/x.stl"), ["../meshes/x.stl"]);
    assert!(outside("../meshes/x.stl").is_empty());
    let package = outside("package://arm/meshes/x.stl");
    assert!(package.contains(&"../arm/meshes/x.stl".to_owned()), "{package:?}");
    assert!(package.contains(&"../../meshes/x.stl".to_owned()), "{package:?}");
}
