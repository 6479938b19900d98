//! Files that are made to take endless time or memory are refused at once.

use std::fmt::Write as _;
use std::time::Instant;

use randori_core::text::{Limits, MemoryFiles, ScenarioText, check_file};

use super::fixture::{changed, files, findings, load, set, told};

fn checked(text: &str) -> String {
    let files = MemoryFiles::new([("x.ron", text)]);
    check_file(&files, "x.ron", &Limits::default()).1.short()
}

fn refused(files: &MemoryFiles, limits: &Limits) -> String {
    ScenarioText::load(files, "scenarios/push.ron", limits)
        .and_then(|text| text.resolve(&[]))
        .map_or_else(|findings| findings.short(), |_| String::new())
}

#[test]
fn rates_near_zero_are_refused_without_a_search() {
    for rate in ["1e-310", "1e-40", "1e-30", "1e-7"] {
        let told = told("arm", "rate_hz: 100", &format!("rate_hz: {rate}"));
        assert!(told.contains("error[RS0301]") && told.contains("`rate_hz`"), "{rate}: {told}");
    }
    let told = told("arm", "rate_hz: 100", "rate_hz: 1.23e-5");
    assert!(told.contains("error[RS0501]"), "{told}");
}

#[test]
fn times_longer_than_any_run_are_refused() {
    for (file, from, to) in [
        ("scenario", "duration: 4.0", "duration: 1e300"),
        ("scenario", "at: 1.0", "at: 1e30"),
        ("scenario", "every: (0.5, 1.5)", "every: (0.5, 1e30)"),
        ("scenario", "max: 0.02", "max: 1e30"),
        ("scenario", "speed: 1.0", "speed: 1.0, start: -1e30"),
        ("arm", "delay: 0.002", "delay: 1e30"),
        ("arm", "rate_hz: 250", "rate_hz: 250, offset_s: 1e30"),
        ("arm", "dropout: 0.01", "latency: 1e30"),
    ] {
        let told = told(file, from, to);
        assert!(told.contains("must be at most 1000000000 s"), "{to}: {told}");
    }
}

#[test]
fn more_answers_under_way_than_any_policy_gives_are_refused() {
    let told = told("scenario", "Uniform(min: 0.01, max: 0.02)", "Fixed(1000.0)");

    assert!(told.contains("more than 1000 answers would be under way"), "{told}");
}

#[test]
fn names_of_any_length_are_refused_in_no_time() {
    let (one, other) = ("a".repeat(300_000), "b".repeat(300_000));
    let robot = format!(
        "Robot(format:1,name:\"r\",base:Fixed(link:\"{one}\"),links:[(name:\"{other}\",mass_kg:1.0)])"
    );
    let start = Instant::now();

    let told = checked(&robot);

    assert!(told.contains("error[RS0203]: the base is a link that does not exist"));
    assert!(told.contains("error[RS0202]") && told.contains("256 letters at most"));
    assert!(told.len() < 10_000, "{} bytes", told.len());
    assert!(start.elapsed().as_secs() < 10, "the edit distance takes hours");
}

#[test]
fn thousands_of_unknown_names_among_thousands_are_refused_in_no_time() {
    let mut hall = "Environment(format:1,name:\"e\",materials:{".to_owned();
    for index in 0..9_000 {
        let _ = write!(hall, "\"felt{index}\":(friction:1),");
    }
    hall.push_str("},objects:[(name:\"o\",shapes:[");
    for index in 0..9_000 {
        let _ = write!(hall, "(shape:Sphere(radius:1),material:\"fell{index}\"),");
    }
    hall.push_str("])])");
    let start = Instant::now();

    let told = checked(&hall);

    assert!(told.contains("error[RS0205]: the material `fell17` does not exist"), "{told}");
    assert!(told.contains("help: a material with a similar name exists: `felt0`"), "{told}");
    assert!(start.elapsed().as_secs() < 20, "a hundred million comparisons take minutes");
}

#[test]
fn a_key_that_stands_in_a_map_twice_is_an_error() {
    for (file, from, to) in [
        (
            "scenario",
            "{\"goal\": (3.0, 0.0, 0.0)}",
            "{\"goal\": (3.0, 0.0, 0.0), \"goal\": (1.0, 0.0, 0.0)}",
        ),
        ("scenario", "{\"gain\": 2.0}", "{\"gain\": 2.0, \"gain\": 2.0}"),
        ("scenario", "{\"wrist\": Deg(10)}", "{\"wrist\": Deg(10), \"wrist\": Deg(10)}"),
        (
            "scenario",
            "\"environment.ground.friction\": OneOf([0.5, 0.7]),",
            "\"environment.ground.friction\": OneOf([0.5]), \"environment.ground.friction\": OneOf([0.7]),",
        ),
        (
            "hall",
            "{\"felt\": (friction: 0.6, restitution: 0.1)}",
            "{\"felt\": (friction: 0.6), \"felt\": (friction: 0.1)}",
        ),
        (
            "arm",
            "{\"wrist\": Deg(45), \"slide\"",
            "{\"wrist\": Deg(45), \"\\u{77}rist\": Deg(50), \"slide\"",
        ),
    ] {
        let told = told(file, from, to);
        assert!(told.contains("error[RS0106]: the key `"), "{to}: {told}");
    }
}

#[test]
fn a_file_with_a_byte_order_mark_is_read_and_keeps_its_places() {
    let with_mark = |text: &str| format!("\u{feff}{text}");
    let mut files = files();
    files.insert("scenarios/push.ron", with_mark(super::fixture::SCENARIO));
    files.insert("assets/hall.ron", with_mark(super::fixture::HALL));
    files.insert("assets/arm.ron", with_mark(super::fixture::ARM));
    assert_eq!(findings(&files).human(false), "");

    let broken = super::fixture::SCENARIO.replace("// A robot pushes a crate.\n", "");
    files.insert("scenarios/push.ron", with_mark(&broken.replace("Scenario(", "Robot(")));

    let told = load(&files).expect_err("a robot is no scenario").short();
    assert!(told.contains("scenarios/push.ron:1:1: error[RS0003]"), "{told}");
}

#[test]
fn text_of_two_bytes_per_letter_is_told_from_broken_text() {
    let wide: String = "Robot(format:1)".chars().flat_map(|letter| [letter, '\0']).collect();

    let told = checked(&wide);

    assert!(told.contains("error[RS0001]") && told.contains("UTF-16"), "{told}");
    assert!(told.contains("help: save it as UTF-8"), "{told}");
}

#[test]
fn an_environment_alone_is_checked_like_one_in_a_scenario() {
    let object = |name: &str| format!("(name:\"{name}\",shapes:[(shape:Sphere(radius:1))])");
    let two = format!("{},{},{}", object("a"), object("a"), object("b c"));

    let told = checked(&format!("Environment(format:1,name:\"e\",objects:[{two}])"));

    assert!(told.contains("error[RS0201]: two objects are called `a`"), "{told}");
    assert!(told.contains("error[RS0202]: `b c` cannot be the name of a object"), "{told}");
}

#[test]
fn shapes_are_counted_over_all_files() {
    let limits = |shapes| Limits { shapes, ..Limits::default() };
    // Four in the hall, three per arm and one pedestrian.
    let own = 4 + 3 + 3 + 1;

    assert_eq!(refused(&files(), &limits(own)), "");
    let told = refused(&files(), &limits(own - 1));
    assert!(told.contains("error[RS0004]: a scenario can have 10 shapes at most"), "{told}");
    assert!(told.contains("--limit shapes=N"), "{told}");
}

#[test]
fn what_takes_too_much_memory_is_refused_with_the_names_of_what_takes_it() {
    let limit = |memory_bytes| Limits { memory_bytes, ..Limits::default() };
    assert_eq!(refused(&files(), &limit(1 << 22)), "");
    let told = refused(&files(), &limit(1 << 10));
    assert!(told.contains("error[RS0004]: a run would take about"), "{told}");
    assert!(told.contains("1.0 kB are allowed"), "{told}");

    let crate_of = |index| {
        format!(
            "(name: \"c{index}\", mobility: Movable(mass_kg: 1.0), shapes: [(shape: Sphere(radius: 1.0))]),"
        )
    };
    let crates: Vec<String> = (0..2_000).map(crate_of).collect();
    let pile = changed("hall", "objects: [", &format!("objects: [{}", crates.concat()));
    let told = refused(&pile, &Limits::default());
    assert!(told.contains("pairs of shapes at the start take about 8.5 GB"), "{told}");
    assert!(told.contains("--max-memory"), "{told}");

    let lidar = |index| {
        format!(
            "(name: \"l{index}\", link: \"base\", kind: Lidar(beams: 100000, range: (0.1, 5.0))),"
        )
    };
    let lidars: Vec<String> = (0..300).map(lidar).collect();
    let eyes = changed("arm", "sensors: [", &format!("sensors: [{}", lidars.concat()));
    let told = refused(&eyes, &Limits::default());
    assert!(told.contains("values of sensors take about 1.8 GB"), "{told}");

    let late = changed("arm", "dropout: 0.01", "latency: 3.0");
    assert_eq!(refused(&late, &limit(1 << 22)), "", "thirty scans of ninety beams are little");
}

#[test]
fn overrides_are_held_to_the_same_limits() {
    let told = set(&[
        "robots.arm.sensors.eyes.kind.beams=100000",
        "robots.arm.sensors.eyes.rate_hz=500",
        "robots.arm.sensors.eyes.errors.latency=4.0",
    ])
    .map_or_else(|it| it.short(), |_| String::new());

    assert_eq!(told, "", "800 MB are allowed");
    let told = set(&[
        "duration=8",
        "robots.arm.sensors.eyes.kind.beams=100000",
        "robots.arm.sensors.eyes.rate_hz=500",
        "robots.arm.sensors.eyes.errors.latency=8.0",
    ])
    .map_or_else(|it| it.short(), |_| String::new());
    assert!(told.contains("measurements that are delayed take about 1.6 GB"), "{told}");
}
