//! Goldens as text: one line per reviewable value, and always the same text for the
//! same golden.

use std::fmt::{self, Write as _};

use randori_core::math::Pose;
use randori_core::report::Verdict;

use super::{
    GOLDEN_FORMAT, Golden, GoldenEngine, GoldenRun, Inputs, Instant, Level, Tolerance, Tolerances,
};

/// The header comment.
const HEAD: &str = "\
// What the scenario beside this file does, as it was accepted by
// `randori test --accept`. People choose `note`, `level` and `tolerances`;
// the rest is written by the program, and `docs/ci.md` explains it.
";

impl Golden {
    /// The golden as text. Numbers have the shortest digits that round-trip.
    pub fn to_text(&self) -> String {
        let mut page = Page { text: HEAD.to_owned(), depth: 0 };
        page.block("Golden(", ")", |page| {
            page.line(format_args!("format: {GOLDEN_FORMAT},"));
            page.line(format_args!("note: {},", quoted(&self.note)));
            page.line(format_args!("level: {:?},", self.level));
            if self.level != Level::Exact || self.tolerances != Tolerances::default() {
                page.tolerances(&self.tolerances);
            }
            page.engine(&self.engine);
            page.inputs(&self.inputs);
            page.list("runs", &self.runs, Page::run);
        });
        page.text
    }
}

/// A text that grows line by line.
struct Page {
    text: String,
    depth: usize,
}

impl Page {
    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{:1$}{line}", "", 2 * self.depth);
    }

    fn block(&mut self, open: &str, close: &str, inside: impl FnOnce(&mut Self)) {
        self.line(format_args!("{open}"));
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.line(format_args!("{close}"));
    }

    /// `name: [...]`, or nothing for an empty list.
    fn list<T>(&mut self, name: &str, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        if !items.is_empty() {
            self.block(&format!("{name}: ["), "],", |page| {
                for item in items {
                    each(page, item);
                }
            });
        }
    }

    fn tolerances(&mut self, tolerances: &Tolerances) {
        let show =
            |of: &Tolerance| format!("(absolute: {:?}, relative: {:?})", of.absolute, of.relative);
        self.block("tolerances: (", "),", |page| {
            for (name, tolerance) in [
                ("position_m", &tolerances.position_m),
                ("rotation_rad", &tolerances.rotation_rad),
                ("joint", &tolerances.joint),
                ("margin", &tolerances.margin),
                ("metric", &tolerances.metric),
            ] {
                page.line(format_args!("{name}: {},", show(tolerance)));
            }
            page.line(format_args!("event_ticks: {},", tolerances.event_ticks));
            if !tolerances.named.is_empty() {
                page.block("named: {", "},", |page| {
                    for (name, tolerance) in &tolerances.named {
                        page.line(format_args!("{}: {},", quoted(name), show(tolerance)));
                    }
                });
            }
        });
    }

    fn engine(&mut self, engine: &GoldenEngine) {
        let features: Vec<_> = engine.features.iter().map(|feature| quoted(feature)).collect();
        self.line(format_args!(
            "engine: (randori: {}, rapier: {}, parry: {}, features: [{}], digests: {}),",
            quoted(&engine.randori),
            quoted(&engine.rapier),
            quoted(&engine.parry),
            features.join(", "),
            engine.digests
        ));
    }

    fn inputs(&mut self, inputs: &Inputs) {
        self.list("inputs", &inputs.texts, |page, text| {
            page.block("(", "),", |page| {
                page.line(format_args!("path: {},", quoted(&text.path)));
                page.line(format_args!("digest: {},", quoted(&text.digest)));
                page.list("parts", &text.parts, |page, (path, prints)| {
                    page.line(format_args!("({}, {}),", quoted(path), quoted(prints)));
                });
            });
        });
        for (field, digests) in [("files", &inputs.files), ("sources", &inputs.sources)] {
            if !digests.is_empty() {
                self.block(&format!("{field}: {{"), "},", |page| {
                    for (path, digest) in digests {
                        page.line(format_args!("{}: {},", quoted(path), quoted(digest)));
                    }
                });
            }
        }
    }

    fn run(&mut self, run: &GoldenRun) {
        self.block("(", "),", |page| {
            page.line(format_args!("seed: {},", run.seed));
            page.line(format_args!("verdict: {},", word(run.verdict)));
            if let Some(error) = &run.error {
                page.line(format_args!("error: {},", quoted(error)));
            }
            page.line(format_args!("ticks: {},", run.ticks));
            page.line(format_args!("final_hash: \"{:016x}\",", run.final_hash));
            page.line(format_args!("chain: \"{:016x}\",", run.chain));
            let number = |page: &mut Self, (name, value): &(String, f64)| {
                page.line(format_args!("({}, {value:?}),", quoted(name)));
            };
            page.list("varied", &run.varied, number);
            page.list("goals", &run.goals, |page, goal| {
                let decided =
                    goal.decided_at.map_or_else(String::new, |at| format!(", decided_at: {at:?}"));
                let (name, verdict) = (quoted(&goal.name), word(goal.verdict));
                let margin = goal.margin;
                page.line(format_args!(
                    "(name: {name}, verdict: {verdict}, margin: {margin:?}{decided}),"
                ));
            });
            page.list("metrics", &run.metrics, number);
            page.list("events", &run.events, |page, event| {
                page.line(format_args!("(tick: {}, what: {}),", event.tick, quoted(&event.what)));
            });
            let mut before: Option<&Instant> = None;
            page.list("instants", &run.instants, |page, instant| {
                page.instant(instant, before);
                before = run.instants.iter().find(|known| known.tick == instant.tick);
            });
            page.list("trace", &run.trace.lines(), |page, line| {
                page.line(format_args!("\"{line}\","));
            });
        });
    }

    /// Leaves out values that are unchanged since the instant before.
    fn instant(&mut self, instant: &Instant, before: Option<&Instant>) {
        let moved = |name: &str, pose: &Pose| {
            let mut known = before.iter().flat_map(|before| &before.bodies);
            known.all(|(other, old)| other != name || bits(old) != bits(pose))
        };
        let turned = |name: &str, value: f32| {
            let mut known = before.iter().flat_map(|before| &before.joints);
            known.all(|(other, old)| other != name || old.to_bits() != value.to_bits())
        };
        self.block("(", "),", |page| {
            page.line(format_args!("tick: {},", instant.tick));
            let bodies: Vec<_> =
                instant.bodies.iter().filter(|(name, pose)| moved(name, pose)).collect();
            page.list("bodies", &bodies, |page, (name, pose)| {
                let (p, r) = (pose.translation, pose.rotation);
                page.line(format_args!(
                    "({}, ({:?}, {:?}, {:?}), ({:?}, {:?}, {:?}, {:?})),",
                    quoted(name),
                    p.x,
                    p.y,
                    p.z,
                    r.x,
                    r.y,
                    r.z,
                    r.w
                ));
            });
            let joints: Vec<_> =
                instant.joints.iter().filter(|(name, value)| turned(name, *value)).collect();
            page.list("joints", &joints, |page, (name, value)| {
                page.line(format_args!("({}, {value:?}),", quoted(name)));
            });
        });
    }
}

/// All components in which two poses differ.
fn bits(pose: &Pose) -> [u32; 7] {
    let (p, r) = (pose.translation, pose.rotation);
    [p.x, p.y, p.z, r.x, r.y, r.z, r.w].map(f32::to_bits)
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Error => "error",
    }
}

/// A string literal of RON, without control characters of any kind.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            _ if character.is_control() => quoted.extend(character.escape_unicode()),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
