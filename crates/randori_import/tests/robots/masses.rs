//! Masses and inertias that MJCF files leave to the reader.

use randori_core::spec::InertiaSpec;
use randori_import::ImportStatus;

use crate::common::import_mjcf;

#[test]
fn the_least_mass_of_a_body_lies_where_mujoco_puts_it() {
    let found = import_mjcf(
        "<mujoco><compiler boundmass=\"0.25\" boundinertia=\"1e-3\"/><worldbody><body name=\"a\"><freejoint/>
           <geom size=\"0.1\"/><body name=\"b\" pos=\"0.5 0 1\"><site/></body></body></worldbody></mujoco>",
    );

    // mujoco==4.0.0: body_mass 0.25, body_ipos (0.5, 0, 1) in the frame of `b`.
    let robot = found.robot.expect("a robot");
    let link = robot.links.iter().find(|link| link.name == "b").expect("link `b`");
    assert_eq!((link.mass_kg, link.com), (0.25, Some([0.5, 0.0, 1.0])));
}

#[test]
fn moments_of_a_point_that_does_not_move_by_itself_are_raised_with_a_note() {
    let found = import_mjcf(
        "<mujoco><worldbody><body name=\"a\"><freejoint/><geom size=\"0.1\"/><body name=\"tip\" pos=\"0 0 1\">
           <inertial pos=\"0 0 0\" mass=\"0.001\" diaginertia=\"0 0 0\"/></body></body></worldbody></mujoco>",
    );

    let robot = found.robot.as_ref().expect("a robot");
    let tip = robot.links.iter().find(|link| link.name == "tip").expect("link `tip`");
    assert!(matches!(tip.inertia, InertiaSpec::Moments { ixx, .. } if ixx > 0.0));
    let note =
        found.report.entries.iter().find(|entry| entry.what.contains("inertia of body `tip`"));
    assert_eq!(
        note.map(|note| (note.kind, note.is_doubtful)),
        Some((ImportStatus::Clamped, false))
    );
}
