//! What two recordings differ in, as text. Writing to a string cannot fail.

use std::fmt::Write as _;
use std::path::PathBuf;

use randori_project::command_line;
use randori_record::compare::{
    Basis, Comparison, ContactPair, FirstDifference, Growth, InputDifference, Moment,
};
use randori_record::golden::InputKind;
use randori_record::reader::Recording;

use super::plot::plot;
use crate::style::{self, ERROR, FAINT, HEADING, WARNING, clean, paint, seconds};
use crate::table::{Align, Cell, table};

/// Values, inputs and contacts that are shown of each kind.
const MOST_LINES: usize = 10;

/// The comparison as text.
pub(super) fn describe(
    files: [&PathBuf; 2],
    recordings: [&Recording; 2],
    found: &Comparison,
) -> String {
    let mut text = String::new();
    for ((name, file), recording) in ["A", "B"].iter().zip(files).zip(recordings) {
        let header = &recording.start().header;
        let of =
            format!("{}: {} ({}, seed {})", file.display(), header.title, header.file, header.seed);
        let _ = writeln!(text, "{} {}", paint(HEADING, name), clean(&of));
    }
    text += &depends_on(found);
    text += &verdict(found);
    if let Some(first) = &found.first {
        text += &first_difference(found, first);
    }
    text += &contacts(found);
    text += &bodies(found);
    text += &growth(found);
    if !found.outcomes.is_empty() {
        text += &section("what became of it");
        let lines = found.outcomes.iter().map(ToString::to_string);
        text += &limited(lines.collect());
    }
    text += &ends(found);
    if !found.is_equal() {
        text += &commands(files);
    }
    text
}

fn section(title: &str) -> String {
    format!("{}\n", paint(HEADING, title))
}

/// Lines, of which the last ones are only counted.
fn limited(lines: Vec<String>) -> String {
    let more = lines.len().saturating_sub(MOST_LINES);
    let shown = lines.into_iter().take(MOST_LINES);
    let mut text = String::new();
    for line in shown {
        let _ = writeln!(text, "  {}", clean(&line));
    }
    if more > 0 {
        let _ = writeln!(text, "  and {more} more");
    }
    text
}

/// What the runs depend on, where it differs.
fn depends_on(found: &Comparison) -> String {
    let settings = found.settings.iter();
    let settings = settings.map(|it| format!("{}: {} -> {}", it.what, it.values[0], it.values[1]));
    let only = found.only.iter().map(|it| {
        let side = if it.in_second { "B" } else { "A" };
        format!("{} {}: only in {side}", it.kind, it.name)
    });
    let lines: Vec<String> = settings.chain(found.inputs.iter().map(input)).chain(only).collect();
    if lines.is_empty() {
        return String::new();
    }
    section("what they depend on differs (A -> B)") + &limited(lines)
}

fn input(InputDifference { change, before }: &InputDifference) -> String {
    match (&change.kind, before) {
        (InputKind::Value(now), Some(before)) => {
            format!("{}: {}: {before} -> {now}", change.file, change.path)
        }
        _ => change.to_string(),
    }
}

fn verdict(found: &Comparison) -> String {
    let ticks = style::count(usize::try_from(found.ticks).unwrap_or(usize::MAX), "tick");
    let (_, good) = style::verdict(randori_core::report::Verdict::Pass);
    let equal = paint(good, "equal");
    let mut text = match (found.first.is_some(), found.is_equal()) {
        (true, _) => String::new(),
        (false, false) => format!("{ticks} agree in all that can be compared\n"),
        (false, true) => match found.basis {
            Basis::Digests => format!("{equal}: {ticks} agree to the last bit\n"),
            _ => format!("{equal}: all recorded values of {ticks} agree\n"),
        },
    };
    let why = match found.basis {
        Basis::Digests => return text,
        Basis::OtherDigests => "the engines make their digests of other things",
        Basis::OtherScene => "the scenes differ",
        Basis::OtherTicks => "ticks have other lengths",
    };
    let _ = writeln!(
        text,
        "{} {why}: recorded values are compared, of what both have at equal times",
        paint(WARNING, "note:")
    );
    text
}

fn moment(at: &Moment) -> String {
    let [a, b] = at.ticks;
    let time = seconds(at.time_s);
    if a == b {
        format!("tick {} ({time})", a.0)
    } else {
        format!("tick {} of A, {} of B ({time})", a.0, b.0)
    }
}

fn first_difference(found: &Comparison, first: &FirstDifference) -> String {
    let word = paint(ERROR, "DIFFERENT");
    let (at, stage) = (moment(&first.at), first.stage);
    let mut text = match found.basis {
        Basis::Digests => format!("{word} from {at} on; the cause is the {stage} stage\n"),
        _ => {
            format!("{word} from {at} on; the first values that differ are of the {stage} stage\n")
        }
    };
    if first.contradiction {
        text += "  the digests agree all the same: one of the files was changed after its run\n";
    }
    match &first.seen_at {
        None => text += "  no recorded value differs: it stays inside (random numbers, delays)\n",
        Some(seen) if *seen != first.at => {
            let _ =
                writeln!(text, "  the first recorded values that differ are at {}", moment(seen));
        }
        Some(_) => {}
    }
    let lines: Vec<String> =
        first.fields.first.iter().take(MOST_LINES).map(|it| it.tell(["A", "B"])).collect();
    let more = first.fields.count - lines.len();
    text += &limited(lines);
    if more > 0 {
        let _ = writeln!(text, "  and {} more", style::count(more, "value"));
    }
    text
}

fn contacts(found: &Comparison) -> String {
    let Some(contacts) = &found.contacts else { return String::new() };
    let [a, b] = &contacts.sides;
    let at = moment(&contacts.at);
    if a.is_empty() && b.is_empty() {
        return format!("nothing is in contact at {at}\n");
    }
    let mut text = section(&format!("contacts at {at}"));
    let lines = |name: &str, pairs: &[ContactPair]| -> Vec<String> {
        pairs.iter().map(|pair| format!("{name}  {}", contact(pair))).collect()
    };
    let same = |one: &ContactPair, other: &ContactPair| {
        let bits = |it: &ContactPair| it.force_n.to_array().map(f32::to_bits);
        (&one.body, &one.other, bits(one)) == (&other.body, &other.other, bits(other))
    };
    if a.len() == b.len() && a.iter().zip(b).all(|(one, other)| same(one, other)) {
        return text + &limited(lines("both", a));
    }
    text += &limited(lines("A", a));
    if a.is_empty() {
        text += "  A  none\n";
    }
    text += &limited(lines("B", b));
    if b.is_empty() {
        text += "  B  none\n";
    }
    text
}

fn contact(pair: &ContactPair) -> String {
    let [x, y, z] = pair.force_n.to_array();
    let other = pair.other.as_deref().unwrap_or("ground");
    format!("{} on {other}: ({x:?}, {y:?}, {z:?}) N", pair.body)
}

fn bodies(found: &Comparison) -> String {
    if found.bodies.is_empty() {
        return String::new();
    }
    let metres = |distance: f64| format!("{distance:.3e}");
    let rows: Vec<Vec<Cell>> = found
        .bodies
        .iter()
        .map(|body| {
            vec![
                Cell::new(&body.body),
                Cell::new(metres(body.first_m)),
                Cell::new(metres(body.greatest_m)),
                Cell::new(body.at.ticks[0].0.to_string()),
            ]
        })
        .collect();
    let columns = [
        ("body", Align::Left),
        ("first (m)", Align::Right),
        ("farthest (m)", Align::Right),
        ("at tick", Align::Right),
    ];
    section("bodies that are farthest apart over the run") + &table(&columns, &rows)
}

fn growth(found: &Comparison) -> String {
    let words = match found.growth {
        Growth::None => return String::new(),
        Growth::TooShort => "too few samples to say how it grows".to_owned(),
        Growth::Constant { distance_m } => format!("stays at about {distance_m:.1e} m"),
        Growth::Linear { slope_mps } if slope_mps < 0.0 => {
            format!("shrinks linearly, by about {:.1e} m/s", -slope_mps)
        }
        Growth::Linear { slope_mps } => format!("grows linearly, by about {slope_mps:.1e} m/s"),
        Growth::Exponential { rate_per_s } => {
            let verb = if rate_per_s < 0.0 {
                "shrinks exponentially, halving"
            } else {
                "grows exponentially, doubling"
            };
            let every = std::f64::consts::LN_2 / rate_per_s.abs();
            format!("{verb} about every {every:.2e} s")
        }
        Growth::Irregular => "follows no simple law".to_owned(),
    };
    let points = found.samples.len();
    let samples = style::count(points, "sample");
    section(&format!("largest distance of a body: {words} ({samples})")) + &plot(&found.samples)
}

fn ends(found: &Comparison) -> String {
    let mut text = String::new();
    for (name, end) in ["A", "B"].iter().zip(&found.ends) {
        if end.complete {
            continue;
        }
        let last = end.last.map_or_else(
            || "before its first tick".to_owned(),
            |last| format!("after tick {} of {}", last.0, end.planned.0),
        );
        let _ = writeln!(text, "{} {name} is cut off or damaged {last}", paint(ERROR, "error:"));
    }
    if found.lengths_differ() {
        let [a, b] = found.ends.map(|end| end.last.map_or(0, |last| last.0));
        let _ = writeln!(text, "{}: A ends at tick {a}, B at tick {b}", paint(ERROR, "DIFFERENT"));
    }
    text
}

fn commands(files: [&PathBuf; 2]) -> String {
    let [a, b] = files.map(|file| file.display().to_string());
    let replay = command_line(["randori", "replay", &a, &b]);
    let report = command_line(["randori", "report", &a, &b, "-o", "diff.html"]);
    let view = command_line(["randori", "view", &a, "--compare", &b]);
    let lines = format!(
        "to verify both:   {}\nto see both:      {}\nto watch both:    {}",
        clean(&replay),
        clean(&report),
        clean(&view)
    );
    lines.lines().map(|line| paint(FAINT, line) + "\n").collect()
}
