//! Every code that core can give is given at least once, at a sensible place.

use std::collections::BTreeSet;

use randori_core::diagnostic::{DiagnosticCode, Diagnostics};
use randori_core::text::{Limits, Override, ScenarioText};

use super::fixture::{changed, files, findings, load};

/// Codes that belong to physics, formulas, policies and trust, which core knows
/// nothing of.
const OF_OTHERS: [DiagnosticCode; 15] = [
    DiagnosticCode::START_OVERLAP,
    DiagnosticCode::CANNOT_BUILD,
    DiagnosticCode::FORMULA,
    DiagnosticCode::UNKNOWN_SIGNAL,
    DiagnosticCode::HORIZON,
    DiagnosticCode::BETWEEN_TICKS,
    DiagnosticCode::LOOKS_AHEAD,
    DiagnosticCode::NEVER_CHANGES,
    DiagnosticCode::UNLIKE_UNITS,
    DiagnosticCode::JUDGED_AT_START,
    DiagnosticCode::NO_GOALS,
    DiagnosticCode::UNKNOWN_POLICY,
    DiagnosticCode::POLICY_PARAMETER,
    DiagnosticCode::POLICY_MISMATCH,
    DiagnosticCode::UNTRUSTED_PROGRAM,
];

/// Codes of contracts and of files of other kinds, which have fixtures of their
/// own.
const TESTED_ELSEWHERE: [&str; 3] = ["RS0006", "RS071", "RS08"];

/// Code, file, text to replace, replacement, and the text that is underlined.
const CASES: &[(&str, &str, &str, &str, &str)] = &[
    ("RS0001", "scenario", "assets:hall.ron", "assets:hell.ron", "\"assets:hell.ron\""),
    ("RS0002", "scenario", "assets:hall.ron", "../../hall.ron", "\"../../hall.ron\""),
    ("RS0003", "hall", "Environment(", "Robot(", "Robot"),
    ("RS0003", "arm", "Robot(", "(", "("),
    ("RS0005", "arm", "format: 1", "format: 2", "2"),
    ("RS0101", "hall", "ground: (friction: 0.8),", "ground: (friction: 0.8", "("),
    ("RS0101", "arm", "name: \"arm\",", "name: \"arm\"", "\""),
    (
        "RS0301",
        "hall",
        "ground: (friction: 0.8),",
        "ground: (friction: 0.8), magnetic_field: (0, 2e4, 0),",
        "2e4",
    ),
    ("RS0102", "hall", "ground: (friction", "ground: (fricton", "fricton"),
    ("RS0103", "arm", "kind: Imu", "kind: Imo", "Imo"),
    ("RS0104", "scenario", "duration: 4.0,", "", "Scenario"),
    ("RS0105", "hall", "mass_kg: 3.0", "mass_kg: \"3\"", "\"3\""),
    ("RS0105", "arm", "upper: Deg(90)", "upper: 90", "90"),
    ("RS0106", "hall", "name: \"hall\"", "name: \"hall\", name: \"x\"", "name"),
    ("RS0107", "hall", "xyz: (1.0, 0.0, 0.2)", "xyz: (1.0, 0.0)", "(1.0, 0.0)"),
    ("RS0107", "hall", "xyz: (1.0, 0.0, 0.2)", "xyz: (1.0, 0.0, 0.2, 0.3)", "(1.0, 0.0, 0.2, 0.3)"),
    ("RS0201", "arm", "name: \"hand\"", "name: \"base\"", "\"base\""),
    ("RS0201", "hall", "name: \"bay\"", "name: \"goal\"", "\"goal\""),
    ("RS0202", "arm", "name: \"motor\"", "name: \"motor 1\"", "\"motor 1\""),
    ("RS0203", "arm", "child: \"hand\"", "child: \"hnd\"", "\"hnd\""),
    ("RS0204", "arm", "joint: \"wrist\"", "joint: \"wirst\"", "\"wirst\""),
    ("RS0205", "hall", "material: \"felt\"", "material: \"velvet\"", "\"velvet\""),
    ("RS0206", "scenario", "named: \"ready\", ", "named: \"redy\", ", "\"redy\""),
    ("RS0207", "scenario", "body: \"crate\"", "body: \"create\"", "\"create\""),
    ("RS0207", "scenario", "body: \"crate\"", "body: \"pillar\"", "\"pillar\""),
    ("RS0208", "arm", "bmi088", "bmi089", "\"bmi089\""),
    ("RS0209", "arm", "\"gyro\"", "\"giro\"", "(bias: 0.01)"),
    (
        "RS0209",
        "scenario",
        "Push(body: \"crate\", impulse: (0.0, 2.0, 0.0))",
        "Freeze(sensor: \"arm.imu\", channel: \"giro\")",
        "\"giro\"",
    ),
    ("RS0210", "scenario", "    goals:", "    expect: Fail(goal: \"stay\"), goals:", "\"stay\""),
    ("RS0210", "scenario", "    goals:", "    expect: Fail(goal: \"quick\"), goals:", "\"quick\""),
    ("RS0211", "scenario", "robots.arm.links.hand.mass_kg", "robots.arm.links.hnd.mass_kg", "hnd"),
    (
        "RS0212",
        "scenario",
        "robots.arm.links.hand.mass_kg",
        "robots.arm.links.hand",
        "robots.arm.links.hand",
    ),
    ("RS0214", "arm", "[\"cargo\"]", "[\"cargos\"]", "\"cargos\""),
    (
        "RS0215",
        "scenario",
        "Push(body: \"crate\", impulse: (0.0, 2.0, 0.0))",
        "Dropout(sensor: \"arm.imo\")",
        "\"arm.imo\"",
    ),
    ("RS0301", "arm", "mass_kg: 0.5", "mass_kg: 0.0", "0.0"),
    ("RS0301", "scenario", "duration: 4.0", "duration: -4.0", "-4.0"),
    ("RS0301", "arm", "mass_kg: 0.5", "mass_kg: 3e38", "3e38"),
    ("RS0301", "arm", "ixx: 0.1", "ixx: 1e20", "1e20"),
    ("RS0301", "arm", "radius: 0.02", "radius: 1e-20", "1e-20"),
    ("RS0301", "arm", "damping: 0.1", "damping: 1e30", "1e30"),
    ("RS0301", "arm", "stiffness: 1.0", "stiffness: 1e30", "1e30"),
    ("RS0301", "arm", "kp: 30.0", "kp: 1e30", "1e30"),
    ("RS0301", "hall", "mass_kg: 3.0", "mass_kg: 1e20", "1e20"),
    ("RS0301", "hall", "xyz: (1.0, 0.0, 0.2)", "xyz: (1e20, 0.0, 0.2)", "1e20"),
    ("RS0301", "hall", "radius: 0.2, length: 3.0", "radius: 0.2, length: 1e7", "1e7"),
    ("RS0301", "hall", "[0.0, 0.1], [0.1", "[0.0, 1e9], [0.1", "1e9"),
    ("RS0301", "hall", "friction: 0.8", "friction: 1e30", "1e30"),
    ("RS0301", "scenario", "impulse: (0.0, 2.0, 0.0)", "impulse: (0.0, 2e30, 0.0)", "2e30"),
    ("RS0301", "scenario", "speed: 1.0", "speed: 1e9", "1e9"),
    ("RS0301", "scenario", "height: 1.7", "height: 1e9", "1e9"),
    ("RS0301", "scenario", "(2.0, 1.0)", "(2e9, 1.0)", "2e9"),
    ("RS0301", "scenario", "\"goal\": (3.0", "\"goal\": (3e9", "3e9"),
    ("RS0301", "scenario", "preset: Default", "gravity: (0, 0, -1e9)", "-1e9"),
    ("RS0302", "hall", "friction: 0.8", "friction: inf", "inf"),
    ("RS0302", "hall", "friction: 0.8", "friction: 1e39", "1e39"),
    ("RS0303", "arm", "izz: 0.1", "izz: 0.3", "Moments(ixx: 0.1, iyy: 0.1, izz: 0.3)"),
    ("RS0303", "arm", "izz: 0.1", "izz: -0.1", "Moments(ixx: 0.1, iyy: 0.1, izz: -0.1)"),
    (
        "RS0304",
        "arm",
        "inertia: Moments(ixx: 0.1, iyy: 0.1, izz: 0.1)",
        "inertia: FromShapes",
        "FromShapes",
    ),
    ("RS0305", "hall", "[0.1, 0.0]]", "[0.1]]", "[0.1]"),
    ("RS0305", "hall", "(0, 1, 2)", "(0, 1, 3)", "(0, 1, 3)"),
    ("RS0305", "scenario", "[(0.0, 1.0), (2.0, 1.0)]", "[(0.0, 1.0)]", "[(0.0, 1.0)]"),
    (
        "RS0305",
        "hall",
        "Box(size: (0.4, 0.4, 0.4))",
        "Box(size: (1e-4, 0.4, 1e3))",
        "(1e-4, 0.4, 1e3)",
    ),
    (
        "RS0305",
        "hall",
        "Box(size: (0.4, 0.4, 0.4))",
        "ConvexHull(points: [(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 1e-9)])",
        "[(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 1e-9)]",
    ),
    ("RS0306", "hall", "shape: Box(size: (0.4, 0.4, 0.4))", "shape: Plane", "Plane"),
    ("RS0307", "arm", "Along(0.0, 1.0, 0.0)", "Along(0.0, 0.0, 0.0)", "Along(0.0, 0.0, 0.0)"),
    ("RS0307", "scenario", "(0.0, 0.0, 0.0, 1.0)", "(0.0, 0.0, 0.0, 0.0)", "(0.0, 0.0, 0.0, 0.0)"),
    (
        "RS0308",
        "scenario",
        "quat: (",
        "rpy: (Deg(0), Deg(0), Deg(0)), quat: (",
        "(0.0, 0.0, 0.0, 1.0)",
    ),
    ("RS0309", "arm", "lower: Deg(5)", "lower: Deg(95)", "(lower: Deg(95), upper: Deg(90))"),
    ("RS0310", "arm", "\"wrist\": Deg(45)", "\"wrist\": Deg(95)", "Deg(95)"),
    ("RS0310", "scenario", "(named: \"ready\"))", "())", "\"twin\""),
    ("RS0311", "arm", "\"slide\": M(0.05)", "\"slide\": Deg(1)", "Deg(1)"),
    ("RS0401", "arm", "child: \"ball\"", "child: \"hand\"", "\"hand\""),
    ("RS0402", "arm", "parent: \"hand\"", "parent: \"ball\"", "\"ball\""),
    (
        "RS0403",
        "arm",
        "    links: [",
        "    links: [(name: \"lost\", mass_kg: 1.0, shapes: [(shape: Sphere(radius: 0.1))]),",
        "\"lost\"",
    ),
    ("RS0404", "arm", "child: \"ball\"", "child: \"base\"", "\"base\""),
    ("RS0405", "arm", "child: \"finger\"", "child: \"hand\"", "\"hand\""),
    ("RS0406", "arm", "joint: \"wrist\"", "joint: \"socket\"", "\"socket\""),
    (
        "RS0406",
        "arm",
        "actuators: [",
        "actuators: [(name: \"spare\", joint: \"wrist\", drive: Torque), ",
        "\"wrist\"",
    ),
    ("RS0407", "arm", "link: \"hand\", kind: Imu", "kind: Imu", "\"imu\""),
    ("RS0407", "arm", "kind: JointState", "link: \"base\", kind: JointState", "\"base\""),
    (
        "RS0408",
        "arm",
        "ratio: 0.1)",
        "ratio: 0.1), (follower: \"wrist\", leader: \"slide\")",
        "\"wrist\"",
    ),
    ("RS0501", "scenario", "rate_hz: 50,", "rate_hz: 60,", "60"),
    ("RS0501", "arm", "rate_hz: 250", "rate_hz: 1000", "1000"),
    ("RS0502", "scenario", "preset: Default", "rate_hz: 300", "300"),
    (
        "RS0504",
        "scenario",
        "at: 1.0, ",
        "",
        "(name: \"shove\", do: Push(body: \"crate\", impulse: (0.0, 2.0, 0.0)))",
    ),
    ("RS0504", "scenario", "at: 1.0", "at: 1.0, when: \"true\"", "\"true\""),
    ("RS0505", "scenario", "at: 1.0", "at: 9.0", "9.0"),
    ("RS0601", "scenario", "require: \"always (tilt(arm) < 20 deg)\"", "", "\"stays\""),
];

#[test]
fn every_mistake_is_found_at_its_place() {
    let mut failures = Vec::new();
    for (code, file, from, to, underlined) in CASES {
        let findings = findings(&changed(file, from, to));
        let found = findings.list.iter().any(|finding| {
            finding.code.as_str() == *code
                && finding
                    .primary
                    .as_ref()
                    .is_some_and(|label| findings.sources.slice(label.span) == *underlined)
        });
        if !found {
            failures.push(format!("{code} `{from}` -> `{to}`:\n{}", findings.human(false)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_code_of_core_is_given_by_something() {
    let mut given: BTreeSet<&str> = CASES.iter().map(|case| case.0).collect();
    let mut note = |findings: &Diagnostics| {
        given.extend(findings.list.iter().map(|finding| finding.code.as_str()));
    };
    let tight = Limits { file_bytes: 100, ..Limits::default() };
    note(&ScenarioText::load(&files(), "scenarios/push.ron", &tight).expect_err("too large"));
    let not_one_value = Override::parse("duration=1, title: 2", "--set").expect("an assignment");
    let text = load(&files()).expect("the fixture is valid");
    note(&text.resolve(&[not_one_value]).expect_err("two values"));
    note(&findings(&many_groups()));

    let missing: Vec<&str> = DiagnosticCode::ALL
        .iter()
        .filter(|code| !OF_OTHERS.contains(code))
        .map(|code| code.as_str())
        .filter(|code| !TESTED_ELSEWHERE.iter().any(|group| code.starts_with(group)))
        .filter(|code| !given.contains(code))
        .collect();
    assert!(missing.is_empty(), "nothing gives {missing:?}");
}

/// With `cargo`, there are 32 groups besides `default`.
fn many_groups() -> randori_core::text::MemoryFiles {
    let shapes: Vec<String> = (0..31)
        .map(|group| format!("(shape: Sphere(radius: 0.1), group: \"g{group}\"), "))
        .collect();
    let shapes = shapes.concat();
    let with_groups = format!("shapes: [{shapes}(shape: Cylinder(");
    changed("hall", "shapes: [(shape: Cylinder(", &with_groups)
}

#[test]
fn thirty_one_groups_are_not_too_many() {
    let files = many_groups();
    let fewer = Override::parse("environment.objects.pillar.shapes.0.group=g1", "--set");

    let text = load(&files).expect("groups are counted when resolving");

    assert!(text.resolve(&[]).is_err());
    assert!(text.resolve(&[fewer.expect("an assignment")]).is_ok());
}

#[test]
fn the_fixture_has_no_findings() {
    assert_eq!(findings(&files()).human(false), "");
}

#[test]
fn limits_can_be_raised_by_the_caller_and_are_named_in_errors() {
    let limits = |change: &dyn Fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        let loaded = ScenarioText::load(&files(), "scenarios/push.ron", &limits)
            .and_then(|text| text.resolve(&[]));
        loaded.map(|_| ()).map_err(|findings| findings.short())
    };
    let refused = |change: &dyn Fn(&mut Limits)| limits(change).expect_err("beyond the limit");

    assert!(refused(&|limits| limits.files = 2).contains("more than 2 files"));
    assert!(refused(&|limits| limits.variations = 2).contains("2 values at most"));
    assert!(refused(&|limits| limits.total_bytes = 4_000).contains("larger than 4000 bytes"));
    assert!(refused(&|limits| limits.nesting = 3).contains("more than 3 deep"));
    assert!(refused(&|limits| limits.bodies = 10).contains("10 bodies at most"));
    assert!(refused(&|limits| limits.joints_per_robot = 2).contains("2 joints at most"));
    assert!(refused(&|limits| limits.lidar_beams = 89).contains("89 beams at most"));
    assert!(refused(&|limits| limits.ticks = 1_999).contains("1999 ticks at most"));
    assert_eq!(limits(&|limits| limits.ticks = 2_000), Ok(()));
}

#[test]
fn thousands_of_warnings_do_not_hide_an_error() {
    let groups = vec!["\"nobody\""; 3_000].join(", ");
    let mut files = changed("arm", "[\"cargo\"]", &format!("[{groups}]"));
    assert_eq!(findings(&files).errors(), 0);

    let negative = super::fixture::SCENARIO.replace("0.01, max: 0.02", "-0.01, max: 0.02");
    files.insert("scenarios/push.ron", negative);

    let findings = findings(&files);
    assert_eq!((findings.errors(), findings.warnings()), (1, 0), "warnings make room");
}
