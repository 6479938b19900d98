//! Robot files of other formats, and the files that they name.

use randori_core::diagnostic::{Diagnostics, SourceMap};
use randori_core::spec::ImportSpec;
use randori_core::text::{MemoryFiles, ScenarioText};
use randori_import::{
    Import, Mesh, environment_text, import, robot_text, scenario_text, surroundings,
};

use crate::files::{InputFiles, limits, render};

/// A tetrahedron, for files that name `m.obj`.
const MESH: &[u8] = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n";

/// A URDF file becomes a project that can be loaded, or diagnostics.
pub(crate) fn urdf(bytes: &[u8]) {
    let path = "r.urdf".to_owned();
    check(bytes, &ImportSpec::Urdf { path, from: None, keep: Vec::new(), drop: Vec::new() });
}

/// An MJCF file becomes a project that can be loaded, or diagnostics.
pub(crate) fn mjcf(bytes: &[u8]) {
    let path = "m.xml".to_owned();
    check(bytes, &ImportSpec::Mjcf { path, from: None, keep: Vec::new(), drop: Vec::new() });
}

fn check(bytes: &[u8], source: &ImportSpec) {
    let (ImportSpec::Urdf { path, .. } | ImportSpec::Mjcf { path, .. }) = source;
    let mut files = InputFiles::parse(bytes, path);
    files.insert("m.obj", MESH);
    let mut sources = SourceMap::default();
    let mut found = import(&files, source, path, &limits(), &mut sources);
    let _ = (found.report.text(&sources), found.report.json(&sources));
    if found.robot.is_some() {
        loads_again(&mut found);
    } else {
        assert!(!found.errors.is_empty(), "neither a robot nor a reason");
        render(&Diagnostics { list: found.errors, sources });
    }
}

/// The files that an import writes are valid.
fn loads_again(found: &mut Import) {
    let environment = surroundings(found);
    let Some(robot) = &found.robot else { return };
    let files = MemoryFiles::new([
        ("robot.ron", robot_text(robot)),
        ("environment.ron", environment_text(&environment)),
        ("s.ron", scenario_text(found, "robot.ron", "environment.ron")),
    ]);
    let loaded = ScenarioText::load(&files, "s.ron", &limits()).and_then(|text| text.resolve(&[]));
    if let Err(findings) = loaded {
        let is_limit = |code: &str| code == "RS0004";
        let (limits, rest): (Vec<_>, Vec<_>) =
            findings.list.iter().partition(|finding| is_limit(finding.code.as_str()));
        assert!(!limits.is_empty() || rest.is_empty(), "refused:\n{}", findings.short());
    }
}

/// A mesh is read or refused. The first byte selects its format.
pub(crate) fn mesh(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let kinds = ["m.stl", "m.obj", "m.msh", "m.dae", "m.glb", "m.gltf"];
    let path = kinds[usize::from(*kind) % kinds.len()];
    if let Ok(mesh) = Mesh::read(path, bytes) {
        let corners = mesh.vertices.len();
        assert!(mesh.triangles.iter().flatten().all(|corner| (*corner as usize) < corners));
        assert!(mesh.vertices.iter().flatten().all(|part| part.is_finite()));
    }
}

/// An image becomes a terrain or an error.
pub(crate) fn picture(bytes: &[u8]) {
    let model = br#"<mujoco><asset><hfield name="h" file="h.png" size="1 1 1 0.1"/></asset>
        <worldbody><geom type="hfield" hfield="h"/><body><freejoint/><geom size="0.1"/></body>
        </worldbody></mujoco>"#;
    let mut files = InputFiles::default();
    files.insert("m.xml", model);
    files.insert("h.png", bytes);
    let source = ImportSpec::Mjcf {
        path: "m.xml".to_owned(),
        from: None,
        keep: Vec::new(),
        drop: Vec::new(),
    };
    let mut found = import(&files, &source, "m.xml", &limits(), &mut SourceMap::default());
    loads_again(&mut found);
}
