use super::*;
use crate::fixture::{COURIER, LEG, Snapshot, interface, params};

const CROUCH_THEN_STAND: &str = r#"
    "sequence": [(pose: "crouch", at: 0.0), (pose: "stand", at: 1.0)],
    "blend": 0.5, "kp": 3.0, "kd": 0.1"#;

fn poses(text: &str, robot: &str) -> Result<Poses, BuiltinError> {
    let values = params(text);
    Poses::new(&Params::new(&INFO, &values)?, &interface(robot))
}

/// The command at `time_s` when all joints are measured at `position`, at rest.
fn command(poses: &mut Poses, time_s: f64, position: f32) -> Vec<f32> {
    let mut values = vec![0.0; 9];
    values[..3].fill(position);
    let seen = Snapshot::at(&interface(LEG), time_s, values);
    let answer = poses.act(&seen.observation(0)).expect("poses always answers");
    answer.commands.into_iter().next().expect("one command")
}

#[test]
fn positions_start_at_the_measured_ones_and_reach_each_pose() {
    let mut poses = poses(CROUCH_THEN_STAND, LEG).expect("a correct sequence");

    let start = command(&mut poses, 0.0, 0.2);
    let crouched = command(&mut poses, 0.5, 0.2);
    let stood = command(&mut poses, 1.5, 0.2);

    assert_eq!(start[..4], [0.2, 0.2, 0.0, 0.0]);
    assert_eq!(crouched[..4], [0.8, -1.6, 0.0, 0.0]);
    assert_eq!(stood[..4], [0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn half_way_in_time_is_half_way_in_space_at_the_top_speed() {
    let mut poses = poses(CROUCH_THEN_STAND, LEG).expect("a correct sequence");

    command(&mut poses, 0.0, 0.0);
    let half = command(&mut poses, 0.25, 0.0);

    // A minimum-jerk motion is fastest in the middle: 1.875 times the mean.
    assert!((half[1] + 0.8).abs() < 1e-6, "{half:?}");
    assert!((half[2] + 1.6 / 0.5 * 1.875).abs() < 1e-5, "{half:?}");
}

#[test]
fn torque_drives_follow_by_pd_within_their_limit() {
    let mut poses = poses(CROUCH_THEN_STAND, LEG).expect("a correct sequence");

    command(&mut poses, 0.0, 0.0);
    let near = command(&mut poses, 0.75, 0.3)[4];
    let far = command(&mut poses, 0.8, -4.0)[4];

    assert!((near - 3.0 * (0.4 - 0.3)).abs() < 1e-6, "{near}");
    assert_eq!(far, 2.0); // the motor's limit
}

#[test]
fn a_restored_controller_continues_with_the_same_bits() {
    let mut original = poses(CROUCH_THEN_STAND, LEG).expect("a correct sequence");
    let mut restored = original.clone();
    for step in 0..60 {
        command(&mut original, f64::from(step) * 0.02, 0.123_456_79);
    }

    restored.restore(&original.snapshot()).expect("its own snapshot");

    for step in 60..100 {
        let time_s = f64::from(step) * 0.02;
        assert_eq!(command(&mut original, time_s, 0.3), command(&mut restored, time_s, 0.3));
    }
}

#[test]
fn a_foreign_snapshot_is_refused() {
    let mut poses = poses(CROUCH_THEN_STAND, LEG).expect("a correct sequence");

    assert!(poses.restore(b"[1, 2]").is_err());
    assert!(poses.restore(br#"{"begun": 7, "from": []}"#).is_err());
    assert!(poses.restore(br#"{"begun": 0, "from": [1.0]}"#).is_err());
}

#[test]
fn mistakes_in_the_sequence_are_explained() {
    let message = |text| poses(text, LEG).expect_err("refused").message;

    assert_eq!(
        message(r#""sequence": [(pose: "crouhc", at: 0)], "kp": 1, "kd": 1"#),
        "the robot has no pose `crouhc`; did you mean `crouch`?"
    );
    assert_eq!(
        message(
            r#""sequence": [(pose: "stand", at: 2), (pose: "crouch", at: 1)], "kp": 1, "kd": 1"#
        ),
        "`crouch` at 1 s follows a pose at 2 s"
    );
    assert_eq!(message(r#""sequence": [], "kd": 1"#), "`poses` needs the parameter `kp`");
}

#[test]
fn velocity_drives_that_no_pose_names_keep_their_command() {
    let mut robot = interface(COURIER);
    robot.model.poses.insert("rest".to_owned(), std::collections::BTreeMap::new());
    let values = params(r#""sequence": [(pose: "rest", at: 0)]"#);
    let checked = Params::new(&INFO, &values).expect("known names");
    let mut poses = Poses::new(&checked, &robot).expect("nothing to move");

    let len = robot.observations.iter().map(|channel| channel.len).sum();
    let seen = Snapshot::at(&robot, 0.0, vec![0.0; len]);

    assert_eq!(poses.act(&seen.observation(0)).expect("answers").commands, [[0.0, 0.0]]);
}
