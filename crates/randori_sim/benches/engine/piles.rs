//! Cost of a robot among boxes, compared with the same boxes without a robot.
//!
//! A courier drives with both wheels into a block of boxes, 3 wide and 4 high,
//! and pushes it along; all bodies in contact are solved with it. In comparison, a
//! heavy box slides into the same block, which the engine solves alone, or the block
//! stands 30 m away.

use randori_core::text::{FileReader, Limits, ReadError, ScenarioText};

use crate::scene::{Repository, episode};
use crate::timing::Blocks;

const REPEATS: usize = 3;
const SECONDS: f64 = 4.0;

/// Texts of the benchmark, and files of the repository.
struct Texts([(&'static str, String); 2]);

impl FileReader for Texts {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        match self.0.iter().find(|(name, _)| *name == path) {
            Some((_, text)) => Ok(text.clone()),
            None => Repository::new().read(path),
        }
    }
}

pub(crate) fn run() {
    println!(
        "| boxes | struck by a box, us/tick | by a courier, us/tick | ratio |\n|---|---|---|---|"
    );
    for (boxes, ahead_m) in [(12, 0.6), (48, 0.6), (96, 0.6), (96, 30.0)] {
        let [mut engine, mut own] = std::array::from_fn(|_| Blocks::default());
        let mut ticks = 0;
        for _ in 0..REPEATS {
            for (has_robot, blocks) in [(false, &mut engine), (true, &mut own)] {
                let text = text(boxes, ahead_m, has_robot);
                let loaded = text.resolve(&[]).unwrap_or_else(|error| panic!("{error}"));
                let run = episode(&loaded.scenario);
                ticks = blocks.time(|| run.run_to_end()).ticks;
            }
        }
        let per_tick = |blocks: &Blocks| blocks.median() / ticks as f64 * 1e6;
        let place = if ahead_m > 10.0 { " far away" } else { "" };
        println!(
            "| {boxes}{place} | {:.0} | {:.0} | {:.2} |",
            per_tick(&engine),
            per_tick(&own),
            own.median_ratio(&engine)
        );
    }
}

/// A courier, or a sliding heavy box, in front of a block of boxes.
fn text(boxes: usize, ahead_m: f64, has_robot: bool) -> ScenarioText {
    let one = |index: usize| {
        let (row, column, layer) = (index % 3, index / 12, index / 3 % 4);
        let (x, y) = (ahead_m + 0.201 * column as f64, 0.201 * row as f64 - 0.2);
        let z = 0.1 + 0.2 * layer as f64;
        format!(
            "(name: \"box_{index}\", pose: (xyz: ({x:.3}, {y:.3}, {z:.3})),
              mobility: Movable(mass_kg: 0.4), shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))]),"
        )
    };
    let mut objects: String = (0..boxes).map(one).collect();
    let robot = r#"(name: "courier", model: "assets:robots/courier/courier.ron",
        policy: (use: Builtin(name: "scripted", params: {"steps":
          [(at: 0.0, command: {"left": 6.0, "right": 6.0})]}), rate_hz: 20))"#;
    if !has_robot {
        objects += r#"(name: "sled", pose: (xyz: (0, 0, 0.2)), mobility: Movable(mass_kg: 30,
            linear_velocity: (1.5, 0, 0)),
            shapes: [(shape: Box(size: (0.5, 0.4, 0.4)), friction: 0.0)]),"#;
    }
    let robots = if has_robot { robot } else { "" };
    let room = format!("Environment(format: 1, name: \"room\", ground: (), objects: [{objects}])");
    let scenario = format!(
        "Scenario(format: 1, title: \"bench\", duration: {SECONDS:.1}, environment: \"room.ron\",
          robots: [{robots}])"
    );
    let texts = Texts([("room.ron", room), ("bench.ron", scenario)]);
    ScenarioText::load(&texts, "bench.ron", &Limits::default())
        .unwrap_or_else(|error| panic!("{error}"))
}
