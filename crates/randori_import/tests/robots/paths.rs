//! Where the files that an MJCF file names are looked for. The order is that of
//! `MuJoCo` 4.0.0.

use crate::common::{import, mjcf};
use randori_core::diagnostic::render_short;
use randori_core::text::MemoryFiles;
use randori_import::Import;

/// The import of files of which the first one is the main one.
fn import_files(files: &[(&str, &str)]) -> Import {
    let reader = MemoryFiles::new(files.iter().copied());
    let (found, sources) = import(&reader, &mjcf(files[0].0));
    assert!(found.errors.is_empty(), "{}", render_short(&found.errors, &sources));
    found
}

#[test]
fn includes_are_looked_for_beside_the_main_file_then_beside_the_including_one() {
    let main = "<mujoco><worldbody><include file=\"a/b.xml\"/></worldbody></mujoco>";
    let nested = "<mujocoinclude><include file=\"c.xml\"/></mujocoinclude>";
    let body = |name: &str| {
        format!(
            "<mujocoinclude><body name=\"{name}\"><joint/><geom size=\"0.1\"/></body></mujocoinclude>"
        )
    };
    let (near, far) = (body("near"), body("far"));
    let mut files = vec![("m.xml", main), ("a/b.xml", nested), ("a/c.xml", near.as_str())];
    assert_eq!(import_files(&files).robot.expect("a robot").links[1].name, "near");

    files.push(("c.xml", &far));
    assert_eq!(import_files(&files).robot.expect("a robot").links[1].name, "far");
}

/// A tetrahedron of three unit edges along the axes, and one of twice its size.
const SMALL: &str = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n";
const LARGE: &str = "v 0 0 0\nv 2 0 0\nv 0 2 0\nv 0 0 2\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n";

/// Mass of a body whose mesh is an asset `file` of an included file `a/b.xml`,
/// when the main file has this `compiler`, in units of the small tetrahedron.
fn mass(compiler: &str, file: &str, meshes: &[(&str, &str)]) -> f64 {
    let main = format!(
        "<mujoco><compiler {compiler}/><include file=\"a/b.xml\"/><worldbody>
           <body name=\"b\"><joint/><geom type=\"mesh\" mesh=\"m\"/></body></worldbody></mujoco>"
    );
    let assets =
        format!("<mujocoinclude><asset><mesh name=\"m\" file=\"{file}\"/></asset></mujocoinclude>");
    let mut files = vec![("m.xml", main.as_str()), ("a/b.xml", assets.as_str())];
    files.extend(meshes);
    let reader = MemoryFiles::new(files);
    let robot = import(&reader, &mjcf("m.xml")).0.robot;
    robot.map_or(0.0, |robot| (robot.links[1].mass_kg / (1000.0 / 6.0)).round())
}

#[test]
fn assets_are_looked_for_from_the_main_file_then_beside_the_included_one() {
    let both = [("m.obj", SMALL), ("a/m.obj", LARGE)];
    assert_eq!(mass("", "m.obj", &both), 1.0);
    assert_eq!(mass("", "m.obj", &both[1..]), 8.0);
    assert_eq!(mass("", "../m.obj", &both[..1]), 1.0);

    let kept = [("meshes/m.obj", SMALL), ("a/m.obj", LARGE), ("a/meshes/m.obj", SMALL)];
    assert_eq!(mass("meshdir=\"meshes\"", "m.obj", &kept), 1.0);
    assert_eq!(mass("meshdir=\"meshes\"", "m.obj", &kept[1..]), 8.0);
    // The folder of meshes counts from the main file only.
    assert_eq!(mass("meshdir=\"meshes\"", "m.obj", &kept[2..]), 0.0);
    assert_eq!(mass("strippath=\"true\"", "m.obj", &both[1..]), 0.0);
}

#[test]
fn models_to_attach_are_looked_for_beside_the_included_file_too() {
    let found = import_files(&[
        (
            "m.xml",
            "<mujoco><include file=\"a/b.xml\"/><worldbody>
               <attach model=\"c\" body=\"arm\" prefix=\"x_\"/></worldbody></mujoco>",
        ),
        (
            "a/b.xml",
            "<mujocoinclude><asset><model name=\"c\" file=\"c.xml\"/></asset></mujocoinclude>",
        ),
        (
            "a/c.xml",
            "<mujoco><worldbody><body name=\"arm\"><joint/><geom size=\"0.1\"/></body></worldbody></mujoco>",
        ),
    ]);
    assert_eq!(found.robot.expect("a robot").links[1].name, "x_arm");
}

#[test]
fn files_beside_the_folder_are_told_with_their_place() {
    let text = "<mujoco><worldbody><include file=\"../part.xml\"/></worldbody></mujoco>";

    let (found, _) = import(&MemoryFiles::new([("m.xml", text)]), &mjcf("m.xml"));

    assert_eq!(found.outside, ["../part.xml"]);
    assert!(found.errors[0].help[0].contains("--root DIR"), "{:?}", found.errors[0].help);
}
