//! `--set` reaches every value of every file, and says what is wrong with it.

use std::f64::consts::FRAC_PI_2;

use randori_core::layout::SceneLayout;
use randori_core::policy_source::PolicySource;
use randori_core::spec::{Angle, Coordinate, LatencySpec, PhysicsPreset, Repeat, Scenario};
use randori_core::text::{FileKind, Limits, Override, Part, check_file};

use super::fixture::{files, load, set};

fn refused(assignment: &str) -> String {
    set(&[assignment]).expect_err("the override is wrong").short()
}

#[test]
fn a_path_crosses_from_the_scenario_into_the_files_that_it_names() {
    let loaded = set(&[
        "duration=2",
        "robots.arm.links.hand.mass_kg=0.7",
        "environment.objects.crate.shapes.0.shape.size.2=0.9",
        "events.shove.do.impulse.1=-3",
        "physics.preset=Reference",
    ])
    .expect("all of these are fine");

    let scenario = &loaded.scenario;
    assert_eq!(scenario.spec.duration, 2.0);
    assert_eq!(scenario.robots[0].links[1].mass_kg, 0.7);
    assert_eq!(scenario.spec.physics.preset, PhysicsPreset::Reference);
    assert!(format!("{:?}", scenario.environment.objects[0]).contains("[0.4, 0.4, 0.9]"));
    assert!(format!("{:?}", scenario.spec.events[0].effect).contains("[0.0, -3.0, 0.0]"));
}

#[test]
fn robots_that_share_a_file_are_changed_one_by_one() {
    let loaded = set(&["robots.twin.links.hand.mass_kg=0.7"]).expect("a legal mass");

    assert_eq!(loaded.scenario.robots[0].links[1].mass_kg, 0.5);
    assert_eq!(loaded.scenario.robots[1].links[1].mass_kg, 0.7);
}

#[test]
fn fields_that_the_file_leaves_out_are_added_with_what_is_around_them() {
    let loaded = set(&[
        "physics.solver_iterations=8",
        "robots.twin.policy.rate_hz=100",
        "robots.twin.policy.use=Builtin(name: \"hold\")",
        "robots.twin.policy.inference.latency=Fixed(0.05)",
        "robots.twin.start.joints.wrist=Deg(20)",
        "robots.arm.sensors.eyes.errors.channels.ranges.bias=0.1",
    ])
    .expect("optional fields can be added");

    let twin = &loaded.scenario.spec.robots[1];
    let policy = twin.policy.as_ref().expect("a policy was added");
    assert_eq!(loaded.scenario.physics().solver_iterations, 8);
    assert_eq!(policy.rate_hz, 100.0);
    assert_eq!(policy.inference.latency, LatencySpec::Fixed(0.05));
    assert_eq!(twin.start.joints["wrist"], Coordinate::Deg(20.0));
    assert_eq!(loaded.scenario.robots[0].sensors[0].errors.channels["ranges"].bias, Some(0.1));
}

#[test]
fn a_plain_number_keeps_the_unit_and_a_plain_word_becomes_a_text() {
    let loaded = set(&[
        "robots.arm.start.joints.wrist=30",
        "robots.arm.policy.use.name=swing it",
        "robots.twin.joints.wrist.spring.rest=Rad(0.5)",
    ])
    .expect("units and quotes may be left out");

    let arm = &loaded.scenario.spec.robots[0];
    assert_eq!(arm.start.joints["wrist"], Coordinate::Deg(30.0));
    let source = arm.policy.as_ref().map(|policy| &policy.source);
    assert!(matches!(source, Some(PolicySource::Builtin(it)) if it.name == "swing it"));
    let spring = loaded.scenario.robots[1].joints[0].spring.expect("a spring");
    assert_eq!(spring.rest, Coordinate::Rad(0.5));
}

#[test]
fn the_rotation_of_a_ball_joint_is_set_as_a_whole_or_by_its_numbers() {
    let loaded = set(&[
        "robots.arm.start.joints.socket=Rpy(Deg(0), Deg(0), Deg(10))",
        "robots.arm.start.joints.socket.1=30",
        "robots.twin.start.joints.socket=Rpy(Deg(0), Deg(0), Deg(10))",
        "robots.twin.start.joints.socket=Quat(0, 0.6, 0, 0.8)",
    ])
    .expect("rotations can be set");

    let (arm, twin) = (&loaded.scenario.spec.robots[0], &loaded.scenario.spec.robots[1]);
    let expected = Coordinate::Rpy(Angle::Deg(0.0), Angle::Deg(30.0), Angle::Deg(10.0));
    assert_eq!(arm.start.joints["socket"], expected);
    assert_eq!(twin.start.joints["socket"], Coordinate::Quat(0.0, 0.6, 0.0, 0.8));
    let layout = SceneLayout::new(&loaded.scenario);
    let start = layout.dofs[layout.dof("twin.socket.y").expect("a ball joint").0].start;
    assert!((start - 2.0 * libm::asinf(0.6)).abs() < 1e-6, "{start}");
}

#[test]
fn a_rotation_belongs_to_a_ball_joint_and_nothing_else_does() {
    let cases = [
        ("socket=Deg(20)", "`Rpy(Deg(0), Deg(90), Deg(0))` or `Quat(x, y, z, w)`"),
        ("wrist=Quat(0, 0, 0, 1)", "write `Deg(...)` or `Rad(...)`"),
        ("slide=Quat(0, 0, 0, 1)", "write `M(...)`"),
        ("socket=Quat(0, 0, 0, 0)", "a quaternion of length zero is no rotation"),
    ];
    for (assignment, expected) in cases {
        let text = refused(&format!("robots.arm.start.joints.{assignment}"));
        assert!(text.contains(expected), "{assignment}: {text}");
    }
}

#[test]
fn what_a_file_leaves_out_is_reached_by_its_path() {
    let loaded = set(&[
        "robots.twin.pose.xyz.1=2.5",
        "robots.twin.pose.rpy.2=Deg(90)",
        "robots.twin.start.joints.wrist=Deg(20)",
        "robots.arm.sensors.eyes.kind.fov=90",
        "robots.arm.actuators.motor.limits.speed=3",
        "robots.arm.policy.inference.chunk.execute=4",
        "robots.arm.policy.offset_s=0.02",
        "robots.arm.self_contact=true",
        "physics.gravity.2=-1.6",
        "actors.walker.repeat=Loop",
        "environment.objects.pillar.pose.xyz.0=7",
    ])
    .expect("defaults can be replaced");

    let Scenario { spec, environment, robots, .. } = &loaded.scenario;
    assert_eq!(spec.robots[1].pose.xyz, [0.0, 2.5, 0.0]);
    assert_eq!(spec.robots[1].pose.rpy.map(|it| it[2].radians()), Some(FRAC_PI_2));
    assert_eq!(spec.robots[1].start.joints["wrist"], Coordinate::Deg(20.0));
    let lidar = robots[0].sensors[0].kind.text();
    assert!(lidar.ends_with("fov: Deg(90.0))"), "{lidar}");
    assert_eq!(robots[0].actuators[0].limits.speed, Some(3.0));
    let policy = spec.robots[0].policy.as_ref().expect("a policy");
    assert_eq!((policy.inference.chunk.execute, policy.offset_s), (4, Some(0.02)));
    assert!(robots[0].self_contact && !robots[1].self_contact);
    assert_eq!(loaded.scenario.physics().gravity, [0.0, 0.0, -1.6]);
    assert_eq!(spec.actors[0].repeat, Repeat::Loop);
    assert_eq!(environment.objects[1].pose.xyz, [7.0, 0.0, 0.0]);
}

#[test]
fn parameters_of_a_policy_without_any_can_be_set() {
    let hold = "name: \"hold\", params: {\"gain\": 2.0}";
    let text = load(&super::fixture::changed("scenario", hold, "name: \"hold\""));
    let gain = Override::parse("robots.arm.policy.use.params.gain=3", "--set");

    let loaded = text.expect("legal").resolve(&[gain.expect("an assignment")]).expect("legal");

    let source = loaded.scenario.spec.robots[0].policy.as_ref().map(|policy| &policy.source);
    assert!(matches!(source, Some(PolicySource::Builtin(it)) if it.params.len() == 1));
}

#[test]
fn of_two_overrides_of_a_value_the_later_one_counts() {
    let loaded = set(&[
        "duration=2",
        "physics.solver_iterations=3",
        "duration=3",
        "physics.solver_iterations=5",
    ]);

    let scenario = loaded.expect("both are legal").scenario;
    assert_eq!((scenario.spec.duration, scenario.physics().solver_iterations), (3.0, 5));
}

#[test]
fn a_typo_in_a_path_is_underlined_and_mended() {
    let cases = [
        ("robots.arm.links.hnd.mass_kg=1", "--set:1:18: error[RS0211]", "did you mean `hand`?"),
        ("robots.arm.link.hand.mass_kg=1", "--set:1:12: error[RS0211]", "did you mean `links`?"),
        ("robots.amr.pose.xyz.0=1", "--set:1:8: error[RS0211]", "did you mean `arm`?"),
        ("robots.arm.links.hand.mass=1", "--set:1:23: error[RS0211]", "`mass_kg`"),
        ("enviroment.ground.friction=1", "--set:1:1: error[RS0211]", "did you mean `environment`?"),
        ("robots.arm.links.9.mass_kg=1", "--set:1:18: error[RS0211]", "there is `base`"),
        ("duration.seconds=1", "--set:1:10: error[RS0211]", ""),
        (
            "robots.arm.links.hand.com.2=1",
            "--set:1:27: error[RS0211]",
            "write `robots.arm.links.hand.com`",
        ),
        ("robots.twin.pose.xzy.1=2", "--set:1:", "`xyz`"),
        ("robots.twin.pose.xyz.3=2", "--set:1:", "error[RS0211]"),
        ("robots.arm.pose.rpy.2=2", "--set:1:21: error[RS0211]", "write `robots.arm.pose.rpy`"),
        ("robots..mass=1", "--set:1:8: error[RS0211]", ""),
    ];
    for (assignment, place, help) in cases {
        let text = refused(assignment);
        assert!(text.starts_with(place) && text.contains(help), "{assignment}: {text}");
    }
}

#[test]
fn a_wrong_value_is_underlined_in_the_override() {
    let cases = [
        ("robots.arm.links.hand.mass_kg=heavy", "--set:1:31: error[RS0105]"),
        ("robots.arm.links.hand.mass_kg=-1", "--set:1:31: error[RS0301]"),
        ("physics.preset=Fsat", "--set:1:16: error[RS0103]"),
        ("physics.rate_hz=2.5", "--set:1:17: error[RS0105]"),
        ("duration=1, title: \"x\"", "--set:1:10: error[RS0213]"),
        ("duration=", "--set:1:10: error[RS0213]"),
        ("robots.arm=1", "--set:1:1: error[RS0212]"),
        ("environment=\"x.ron\"", "--set:1:1: error[RS0212]"),
        ("robots.arm.model=\"x.ron\"", "--set:1:12: error[RS0212]"),
    ];
    for (assignment, place) in cases {
        let text = refused(assignment);
        assert!(text.starts_with(place), "{assignment}: {text}");
    }
}

#[test]
fn places_after_an_override_still_point_into_the_file() {
    let files = super::fixture::changed("scenario", "rate_hz: 50,", "rate_hz: 60,");
    let long = Override::parse("title=a much longer title than before", "--set");
    let text = load(&files).expect("a rate is judged later");

    let plain = text.resolve(&[]).expect_err("60 Hz do not divide");
    let changed = text.resolve(&[long.expect("an assignment")]).expect_err("nor do they now");

    assert_eq!(plain.short(), changed.short());
}

#[test]
fn an_override_can_mend_what_the_file_says() {
    let files = super::fixture::changed("hall", "mass_kg: 3.0", "mass_kg: -3.0");
    let text = load(&files).expect("a mass is judged later");
    let mended = Override::number("environment.objects.crate.mobility.mass_kg", 3.0, "--set");

    assert!(text.resolve(&[]).is_err());
    assert!(text.resolve(&[mended]).is_ok());
}

#[test]
fn the_resolved_texts_say_what_was_parsed() {
    let loaded = set(&["robots.twin.links.hand.mass_kg=0.7"]).expect("a legal mass");
    let texts: Vec<_> = loaded.sources.resolved_texts().collect();

    assert_eq!(texts.len(), 4);
    let (part, path, text) = texts[3];
    assert_eq!((part, path), (Part::Robot(1), "assets/arm.ron"));
    assert!(text.contains("mass_kg: 0.7") && !texts[2].2.contains("mass_kg: 0.7"));
}

#[test]
fn files_of_each_kind_can_be_checked_alone() {
    let files = files();
    let kind = |path| {
        let (kind, findings) = check_file(&files, path, &Limits::default());
        assert!(findings.is_empty(), "{findings}");
        kind
    };

    assert_eq!(kind("scenarios/push.ron"), FileKind::Scenario);
    assert_eq!(kind("assets/hall.ron"), FileKind::Environment);
    assert_eq!(kind("assets/arm.ron"), FileKind::Robot);
}
