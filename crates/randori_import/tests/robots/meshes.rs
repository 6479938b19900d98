//! Mass of meshes, and of primitives that are fitted to them.

use std::path::Path;

use crate::common::{Disk, import, import_mjcf, mjcf, read_back};
use randori_core::spec::Shape;
use randori_import::ImportStatus;

/// Link, mass (kg) and centre of mass (m) of the fixture in `MuJoCo` 4.0.0.
const MASSES: [(&str, f64, [f64; 3]); 18] = [
    ("base", 5.582_838_313, [0.269_228_084, 0.241_471_231, 0.048_356_716]),
    ("b_exact", 3.166_666_659, [0.332_894_745, 0.167_105_265, 0.072_368_424]),
    ("b_shell", 0.571_520_521, [0.308_645_564, 0.162_678_285, 0.075_097_921]),
    ("b_turned", 7.200_000_501, [-0.028_421_048, -0.053_684_215, 0.136_842_108]),
    ("b_file", 2.0, [0.150_000_006, 0.100_000_001, 0.050_000_001]),
    ("b_ball", 4.047_044_662, [0.0, 0.0, 0.0]),
    ("b_dome", 3.819_487_382, [0.0, 0.0, 0.036_260_611]),
    ("b_pillow", 2.774_344_941, [0.000_356_725, 0.0, 0.0]),
    ("b_ring", 2.436_565_104, [0.0, 0.0, 0.0]),
    ("f_box", 14.849_676_007, [0.259_131_648, 0.134_677_31, 0.063_227_232]),
    ("f_sphere", 10.485_394_48, [-0.028_421_048, -0.053_684_215, 0.136_842_108]),
    ("f_capsule", 10.606_463_358, [0.332_894_745, 0.167_105_265, 0.072_368_424]),
    ("f_cylinder", 5.301_437_972, [0.147_046_052, 0.100_000_001, 0.041_884_077]),
    ("f_ellipsoid", 214.861_901_807, [0.259_131_648, 0.134_677_31, 0.063_227_232]),
    ("s_sphere", 125.663_706_144, [0.0, 0.0, 0.0]),
    ("s_capsule", 376.991_118_431, [0.0, 0.0, 0.0]),
    ("s_cylinder", 1.0, [0.0, 0.0, 0.0]),
    ("s_box", 880.0, [0.0, 0.0, 0.0]),
];

#[test]
fn meshes_and_what_is_fitted_to_them_weigh_what_they_weigh_in_mujoco() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mjcf");
    let (found, sources) = import(&Disk(folder), &mjcf("meshes.xml"));
    let errors = randori_core::diagnostic::render_short(&found.errors, &sources);
    assert!(found.errors.is_empty(), "{errors}");
    let robot = read_back(&found);

    for (name, mass, com) in MASSES {
        let link = robot.links.iter().find(|link| link.name == name).expect("a link");
        // Corners of built-in meshes are single precision.
        let slack = if name.starts_with("b_") { 2e-7 } else { 3e-9 };
        assert!((link.mass_kg - mass).abs() <= slack * mass, "{name}: {} kg", link.mass_kg);
        let found = link.com.expect("a centre of mass");
        let gap = found.iter().zip(com).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
        assert!(gap < 1e-6, "{name}: {found:?}");
    }
}

#[test]
fn a_primitive_fitted_to_a_mesh_touches_as_that_primitive() {
    let found = import_mjcf(
        "<mujoco><asset><mesh name=\"m\" vertex=\"0 0 0 4 0 0 0 2 0 4 2 0 0 0 1 4 0 1 0 2 1 4 2 1\"
           face=\"0 2 3 0 3 1 4 5 7 4 7 6 0 1 5 0 5 4 2 6 7 2 7 3 0 4 6 0 6 2 1 3 7 1 7 5\"/></asset>
         <worldbody><body name=\"a\"><freejoint/><geom type=\"box\" mesh=\"m\"/></body></worldbody></mujoco>",
    );

    let link = &read_back(&found).links[0];

    // The longest axis of inertia is that of the smallest moment.
    let Shape::Box { size } = link.shapes[0].shape else { panic!("{:?}", link.shapes[0]) };
    let wanted = [1.0, 2.0, 4.0];
    assert!(size.iter().zip(wanted).all(|(one, other)| (one - other).abs() < 1e-9), "{size:?}");
    assert!((link.mass_kg - 8000.0).abs() < 1e-5);
}

#[test]
fn corners_without_triangles_are_their_hull() {
    let found = import_mjcf(
        "<mujoco><asset><mesh name=\"m\" vertex=\"0 0 0 1 0 0 0 1 0 0 0 1 .1 .1 .1\"/>
           <mesh name=\"n\" inertia=\"convex\" vertex=\"0 0 0 1 0 0 0 1 0 0 0 1 .1 .1 .1\" face=\"0 2 1 0 1 4 0 4 2 1 2 4\"/></asset>
         <worldbody><body name=\"a\"><freejoint/><geom type=\"mesh\" mesh=\"m\"/>
           <body name=\"b\"><joint/><geom type=\"mesh\" mesh=\"n\"/></body></body></worldbody></mujoco>",
    );

    let robot = read_back(&found);

    for link in &robot.links {
        assert!((link.mass_kg - 1000.0 / 6.0).abs() < 1e-4, "{}: {}", link.name, link.mass_kg);
    }
}

#[test]
fn corners_and_triangles_that_do_not_fit_are_refused_where_they_stand() {
    let refused = |mesh: &str| {
        let text = format!(
            "<mujoco><asset><mesh name=\"m\" {mesh}/></asset><worldbody><body name=\"a\"><freejoint/>
               <geom type=\"mesh\" mesh=\"m\"/></body></worldbody></mujoco>"
        );
        let files = randori_core::text::MemoryFiles::new([("m.xml", text)]);
        let (found, sources) = import(&files, &mjcf("m.xml"));
        randori_core::diagnostic::render_short(&found.errors, &sources)
    };

    let corners = refused("vertex=\"0 0 0 1 0 0 0 1\"");
    assert!(corners.contains("m.xml:1:31: error[RS0804]: `vertex` has 8 numbers"), "{corners}");
    let faces = refused("vertex=\"0 0 0 1 0 0 0 1 0 0 0 1\" face=\"0 1 4\"");
    assert!(faces.contains("write three whole numbers from 0 to 3"), "{faces}");
}

#[test]
fn a_built_in_mesh_that_is_not_made_is_told_with_what_to_do() {
    let found = import_mjcf(
        "<mujoco><asset><mesh name=\"m\" builtin=\"wedge\" params=\"4 4 30 30 0\"/></asset><worldbody>
           <body name=\"a\"><freejoint/><geom size=\"0.1\"/><geom type=\"mesh\" mesh=\"m\" mass=\"0\"/></body></worldbody></mujoco>",
    );

    let told = found.report.entries.iter().find(|entry| entry.what.contains("built-in `wedge`"));
    let told = told.expect("a line");
    assert!(told.kind == ImportStatus::Dropped && told.is_doubtful && told.advice.is_some());
}
