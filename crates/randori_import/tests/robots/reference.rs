//! Robots of other teams, from their own files.

use crate::common::{Disk, import, mjcf, read_back, reference_data};

const ROBOTS: [(&str, usize, f64); 4] = [
    ("go1_playground/scene_mjx_feetonly_flat_terrain.xml", 12, 12.743_448),
    ("g1_playground/scene_mjx_feetonly_flat_terrain.xml", 29, 33.341_142),
    ("go2_rl_sar/scene.xml", 12, 15.206_408),
    ("g1_isaaclab/g1_29dof.xml", 29, 35.112_142),
];

#[test]
fn robots_of_other_teams_become_robot_files_that_pass_the_check() {
    let Some(folder) = reference_data() else {
        eprintln!("skipped: no reference data (set RANDORI_REFERENCE_DATA)");
        return;
    };
    for (path, joints, mass_kg) in ROBOTS {
        let (found, sources) = import(&Disk(folder.clone()), &mjcf(path));
        let errors = randori_core::diagnostic::render_short(&found.errors, &sources);
        assert!(found.errors.is_empty(), "{path}: {errors}");

        let robot = read_back(&found);

        assert_eq!(Some(&robot), found.robot.as_ref(), "{path}: the text reads back equal");
        assert_eq!(robot.actuators.len(), joints, "{path}");
        let total: f64 = robot.links.iter().map(|link| link.mass_kg).sum();
        assert!((total - mass_kg).abs() < 1e-3, "{path}: {total} kg");
    }
}
