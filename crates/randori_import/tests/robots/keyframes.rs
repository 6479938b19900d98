//! Import of keyframes. Short ones are completed as in `MuJoCo` 4.0.0 (`key_qpos`,
//! `key_ctrl`).

use std::collections::BTreeMap;

use crate::common::{import_mjcf, read_back};
use randori_core::spec::Coordinate;
use randori_import::{Import, ImportStatus};

const LIMB: &str =
    "<body name=\"b\" pos=\"0 0 1\"><joint name=\"j\" axis=\"0 1 0\"/><geom size=\"0.1\"/></body>";

/// A free body at 1 m height with a limb, and more bodies and sections.
fn walker(bodies: &str, more: &str) -> Import {
    import_mjcf(&format!(
        "<mujoco><compiler angle=\"radian\"/><worldbody><body name=\"a\" pos=\"0 0 1\"><freejoint/>
           <geom size=\"1\"/>{LIMB}{bodies}</body></worldbody>{more}</mujoco>"
    ))
}

#[test]
fn keyframes_become_poses_with_a_stance() {
    let more = "<actuator><motor joint=\"j\" gear=\"4\"/></actuator><keyframe>
        <key name=\"home\" qpos=\"1 2 3 0 0 0 2 0.5\" ctrl=\"0.25\"/></keyframe>";

    let found = walker("", more);

    let robot = read_back(&found);
    assert_eq!(robot.poses["home"]["j"], Coordinate::Rad(0.5));
    let configuration = &found.configurations[0];
    assert_eq!(
        (configuration.base.xyz, configuration.base.quat),
        ([1.0, 2.0, 3.0], Some([0.0, 0.0, 1.0, 0.0]))
    );
    assert_eq!(configuration.commands["j"], [1.0]);
}

#[test]
fn keyframes_keep_the_rotations_of_ball_joints() {
    let inside = "<body name=\"c\" pos=\"0 0 1\"><joint name=\"ball\" type=\"ball\"/><geom size=\"0.1\"/></body>";
    let more = "<keyframe><key name=\"turned\" qpos=\"0 0 0 1 0 0 0  0  0 0 -2 0\"/>
        <key name=\"straight\" qpos=\"0 0 0 1 0 0 0  0  -1 0 0 0\"/></keyframe>";

    let robot = read_back(&walker(inside, more));

    assert_eq!(robot.poses["turned"]["ball"], Coordinate::Quat(0.0, -1.0, 0.0, 0.0));
    assert!(robot.poses["straight"].is_empty());
}

#[test]
fn numbers_that_a_keyframe_leaves_out_are_those_without_it() {
    let bodies = "<body name=\"c\" pos=\"0 0 2\"><joint name=\"k\" ref=\"0.25\"/><geom size=\"0.1\"/></body>";
    let actuators = "<actuator><motor joint=\"j\"/><motor joint=\"k\"/></actuator>";
    let key = |key: &str| walker(bodies, &format!("{actuators}<keyframe><key {key}/></keyframe>"));

    let found = key("name=\"home\" qpos=\"0 3\" ctrl=\"0.5\"");
    let configuration = &found.configurations[0];
    assert_eq!(configuration.base.xyz, [0.0, 3.0, 1.0]);
    assert_eq!(found.robot.as_ref().expect("a robot").poses["home"].get("j"), None);
    assert_eq!(read_back(&found).poses["home"]["k"], Coordinate::Rad(0.25));
    // Omitted values are 0, which holds a motor.
    assert_eq!(configuration.commands, BTreeMap::from([("j".to_owned(), vec![0.5])]));
    let guessed = found.report.entries.iter().filter(|entry| entry.kind == ImportStatus::Guessed);
    let said: Vec<(&str, bool)> =
        guessed.map(|entry| (entry.what.as_str(), entry.is_doubtful)).collect();
    assert_eq!(
        said,
        [
            (
                "`qpos` has 2 numbers for 9 coordinates: the others are as the file draws its bodies",
                true
            ),
            ("`ctrl` has 1 numbers for 2 actuators: completed with 0", true),
        ]
    );

    let full = key("qpos=\"0 3 1 1 0 0 0 0.5 0.75\" ctrl=\"1 2\"");
    assert!(full.report.entries.iter().all(|entry| entry.kind != ImportStatus::Guessed));
}
