//! Cost of copying, saving and restoring a world.

use crate::boxes::boxes;
use crate::scene::{episode, room, shipped};
use crate::timing::Blocks;
use randori_core::spec::Scenario;
use randori_core::text::{Limits, MemoryFiles, ScenarioText};

const ROUNDS: usize = 1000;

pub(crate) fn run() {
    println!(
        "| scene | step us | clone us | copy into a world us | copy/step | save us | restore us \
         | restore/step | bytes |\n|---|---|---|---|---|---|---|---|---|"
    );
    row("cartpole", &shipped("cartpole/balance", &[]));
    row("courier", &shipped("courier/flat", &[]));
    row("courier and a pedestrian", &shipped("courier/corridor", &[]));
    row("pup, standing", &shipped("pup/stand", &["events.shove.at=5.9"]));
    row("humanoid of 29 joints, lying", &humanoid());
    row("100 boxes", &room(&boxes(100)));
}

fn row(name: &str, scenario: &Scenario) {
    let mut run = episode(scenario);
    while run.record().tick.0 < 1250 {
        run.advance();
    }
    let source = run.simulation().world();
    let mut world = source.clone();
    let mut other = source.clone();
    let [mut step, mut clone, mut copy, mut save, mut restore] =
        std::array::from_fn(|_| Blocks::default());
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        step.time(|| world.advance()).expect("it goes on");
        // A clone that is dropped at once, as in a planner or a search.
        clone.time(|| drop(world.clone()));
        // As in a reset.
        other.advance().expect("it goes on");
        copy.time(|| other.clone_from(&world));
        let snapshot = save.time(|| world.snapshot());
        bytes = snapshot.len();
        other.advance().expect("it goes on");
        restore.time(|| other.restore(&snapshot)).expect("a snapshot of the same scene");
    }
    println!(
        "| {name} | {:.2} | {:.2} | {:.2} | {:.2} | {:.1} | {:.1} | {:.2} | {bytes} |",
        step.median() * 1e6,
        clone.median() * 1e6,
        copy.median() * 1e6,
        copy.median_ratio(&step),
        save.median() * 1e6,
        restore.median() * 1e6,
        restore.median_ratio(&step),
    );
}

/// A trunk with a waist and four limbs of seven joints each, which falls over.
fn humanoid() -> Scenario {
    let (mut links, mut joints) = (Vec::new(), Vec::new());
    for (limb, (y, z)) in [(0.2, 0.3), (-0.2, 0.3), (0.1, -0.1), (-0.1, -0.1)].iter().enumerate() {
        for joint in 0..7 {
            let parent = match (joint, limb) {
                (0, 0 | 1) => "chest".to_owned(),
                (0, _) => "trunk".to_owned(),
                _ => format!("limb_{limb}_{}", joint - 1),
            };
            let at = if joint == 0 { format!("(0, {y}, {z})") } else { "(0, 0, -0.12)".to_owned() };
            let axis = ["Y", "X", "Z"][joint % 3];
            links.push(format!(
                "(name: \"limb_{limb}_{joint}\", mass_kg: 0.8, shapes: [(
                    shape: Capsule(radius: 0.03, length: 0.06), pose: (xyz: (0, 0, -0.06)))]),"
            ));
            joints.push(format!(
                "(name: \"joint_{limb}_{joint}\", kind: Revolute(limits: (lower: Rad(-1), upper: Rad(1))),
                    parent: \"{parent}\", child: \"limb_{limb}_{joint}\", axis: {axis},
                    pose: (xyz: {at}), damping: 0.5),"
            ));
        }
    }
    let (links, joints) = (links.concat(), joints.concat());
    let robot = format!(
        "Robot(format: 1, name: \"humanoid\", base: Floating(link: \"trunk\"), links: [
            (name: \"trunk\", mass_kg: 8, shapes: [(shape: Box(size: (0.15, 0.25, 0.2)))]),
            (name: \"chest\", mass_kg: 8, shapes: [(
                shape: Box(size: (0.15, 0.3, 0.3)), pose: (xyz: (0, 0, 0.2)))]), {links}],
        joints: [(name: \"waist\", kind: Revolute(limits: (lower: Rad(-1), upper: Rad(1))),
            parent: \"trunk\", child: \"chest\", axis: Z, pose: (xyz: (0, 0, 0.1)),
            damping: 0.5), {joints}])"
    );
    let files = MemoryFiles::new([
        ("humanoid.ron", robot.as_str()),
        ("room.ron", "Environment(format: 1, name: \"room\", ground: ())"),
        (
            "bench.ron",
            "Scenario(format: 1, title: \"bench\", duration: 1000.0, environment: \"room.ron\",
                robots: [(name: \"h\", model: \"humanoid.ron\", pose: (xyz: (0, 0, 1.1)))])",
        ),
    ]);
    let text = ScenarioText::load(&files, "bench.ron", &Limits::default());
    let loaded = text.and_then(|text| text.resolve(&[]));
    loaded.unwrap_or_else(|error| panic!("{error}")).scenario
}
