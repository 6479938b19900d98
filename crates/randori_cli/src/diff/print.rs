//! The differences between two recordings, as text.

use std::path::PathBuf;

use randori_project::command_line;
use randori_record::compare::{
    Basis, Comparison, ContactPair, FirstDifference, Growth, InputDifference, Moment,
};
use randori_record::golden::InputKind;
use randori_record::reader::Recording;

use super::plot::plot;
use crate::style::{self, ERROR, FAINT, HEADING, WARNING, paint, seconds};
use crate::table::{Align, Cell, table};
use crate::text::{Text, text};

/// Maximum number of values, inputs and contacts shown of each kind.
const MAX_LINES: usize = 10;

/// The comparison as text.
pub(super) fn describe(
    files: [&PathBuf; 2],
    recordings: [&Recording; 2],
    found: &Comparison,
) -> Text {
    let mut text = Text::new();
    for ((name, file), recording) in ["A", "B"].iter().zip(files).zip(recordings) {
        let header = &recording.start().header;
        let of =
            format!("{}: {} ({}, seed {})", file.display(), header.title, header.file, header.seed);
        text += text!("{} {}\n", paint(HEADING, name), of);
    }
    text += depends_on(found);
    text += verdict(found);
    if let Some(first) = &found.first {
        text += first_difference(found, first);
    }
    text += contacts(found);
    text += bodies(found);
    text += growth(found);
    if !found.outcomes.is_empty() {
        text += section("outcome");
        let lines = found.outcomes.iter().map(ToString::to_string);
        text += limited(lines.collect());
    }
    text += ends(found);
    if !found.is_equal() {
        text += commands(files);
    }
    text
}

fn section(title: &str) -> Text {
    text!("{}\n", paint(HEADING, title))
}

/// Lines, of which those beyond the maximum are only counted.
fn limited(lines: Vec<String>) -> Text {
    let more = lines.len().saturating_sub(MAX_LINES);
    let shown = lines.into_iter().take(MAX_LINES);
    let mut text: Text = shown.map(|line| text!("  {}\n", line)).collect();
    if more > 0 {
        text += text!("  and {} more\n", more);
    }
    text
}

/// The inputs in which the runs differ.
fn depends_on(found: &Comparison) -> Text {
    let settings = found.settings.iter();
    let settings = settings.map(|it| format!("{}: {} -> {}", it.what, it.values[0], it.values[1]));
    let only = found.only.iter().map(|it| {
        let side = if it.in_second { "B" } else { "A" };
        format!("{} {}: only in {side}", it.kind, it.name)
    });
    let lines: Vec<String> = settings.chain(found.inputs.iter().map(input)).chain(only).collect();
    if lines.is_empty() {
        return Text::new();
    }
    section("inputs that differ (A -> B)") + limited(lines)
}

fn input(InputDifference { change, before }: &InputDifference) -> String {
    match (&change.kind, before) {
        (InputKind::Value(now), Some(before)) => {
            format!("{}: {}: {before} -> {now}", change.file, change.path)
        }
        _ => change.to_string(),
    }
}

fn verdict(found: &Comparison) -> Text {
    let ticks = style::count(usize::try_from(found.ticks).unwrap_or(usize::MAX), "tick");
    let (_, good) = style::verdict(randori_core::report::Verdict::Pass);
    let equal = paint(good, "equal");
    let mut text = match (found.first.is_some(), found.is_equal()) {
        (true, _) => Text::new(),
        (false, false) => text!("{} agree in all that can be compared\n", ticks),
        (false, true) => match found.basis {
            Basis::Digests => text!("{}: {} agree to the last bit\n", equal, ticks),
            _ => text!("{}: all recorded values of {} agree\n", equal, ticks),
        },
    };
    let why = match found.basis {
        Basis::Digests => return text,
        Basis::OtherDigests => "the digest versions differ",
        Basis::OtherScene => "the scenes differ",
        Basis::OtherTicks => "the tick lengths differ",
    };
    text += text!(
        "{} {}: recorded values are compared, of what both have at equal times\n",
        paint(WARNING, "note:"),
        why
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

fn first_difference(found: &Comparison, first: &FirstDifference) -> Text {
    let word = paint(ERROR, "DIFFERENT");
    let (at, stage) = (moment(&first.at), first.stage);
    let mut text = match found.basis {
        _ if first.is_start => text!("{} from {} on; the initial states differ\n", word, at),
        Basis::Digests => text!("{} from {} on; the cause is the {} stage\n", word, at, stage),
        _ => text!(
            "{} from {} on; the first values that differ are of the {} stage\n",
            word,
            at,
            stage
        ),
    };
    if first.contradiction {
        text +=
            text!("  the digests agree all the same: one of the files was changed after its run\n");
    }
    match &first.seen_at {
        None => {
            text +=
                text!("  no recorded value differs: it stays inside (random numbers, delays)\n");
        }
        Some(seen) if *seen != first.at => {
            text += text!("  the first recorded values that differ are at {}\n", moment(seen));
        }
        Some(_) => {}
    }
    let lines: Vec<String> =
        first.fields.first.iter().take(MAX_LINES).map(|it| it.tell(["A", "B"])).collect();
    let more = first.fields.count - lines.len();
    text += limited(lines);
    if more > 0 {
        text += text!("  and {} more\n", style::count(more, "value"));
    }
    text
}

fn contacts(found: &Comparison) -> Text {
    let Some(contacts) = &found.contacts else { return Text::new() };
    let [a, b] = &contacts.sides;
    let at = moment(&contacts.at);
    if a.is_empty() && b.is_empty() {
        return text!("no contacts at {}\n", at);
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
        return text + limited(lines("both", a));
    }
    text += limited(lines("A", a));
    if a.is_empty() {
        text += text!("  A  none\n");
    }
    text += limited(lines("B", b));
    if b.is_empty() {
        text += text!("  B  none\n");
    }
    text
}

fn contact(pair: &ContactPair) -> String {
    let [x, y, z] = pair.force_n.to_array();
    let other = pair.other.as_deref().unwrap_or("ground");
    format!("{} on {other}: ({x:?}, {y:?}, {z:?}) N", pair.body)
}

fn bodies(found: &Comparison) -> Text {
    if found.bodies.is_empty() {
        return Text::new();
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
    section("bodies that deviate most") + table(&columns, &rows)
}

fn growth(found: &Comparison) -> Text {
    let words = match found.growth {
        Growth::None => return Text::new(),
        Growth::TooShort => "too few samples for a growth law".to_owned(),
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
        Growth::Irregular => "neither constant, linear nor exponential".to_owned(),
    };
    let points = found.samples.len();
    let samples = style::count(points, "sample");
    let title = section(&format!("largest deviation of a body: {words} ({samples})"));
    title + Text::lines(&plot(&found.samples))
}

fn ends(found: &Comparison) -> Text {
    let mut text = Text::new();
    for (name, end) in ["A", "B"].iter().zip(&found.ends) {
        if end.complete {
            continue;
        }
        let last = end.last.map_or_else(
            || "before its first tick".to_owned(),
            |last| format!("after tick {} of {}", last.0, end.planned.0),
        );
        let word = paint(ERROR, "error:");
        text += text!("{} {} is truncated or damaged {}\n", word, name, last);
    }
    if found.lengths_differ() {
        let [a, b] = found.ends.map(|end| end.last.map_or(0, |last| last.0));
        let word = paint(ERROR, "DIFFERENT");
        text += text!("{}: A ends at tick {}, B at tick {}\n", word, a, b);
    }
    text
}

fn commands(files: [&PathBuf; 2]) -> Text {
    let [a, b] = files.map(|file| file.display().to_string());
    let replay = command_line(["randori", "replay", &a, &b]);
    let report = command_line(["randori", "report", &a, &b, "-o", "diff.html"]);
    let view = command_line(["randori", "view", &a, "--compare", &b]);
    let lines = [
        format!("to verify both:   {replay}"),
        format!("to see both:      {report}"),
        format!("to watch both:    {view}"),
    ];
    lines.iter().map(|line| text!("{}\n", paint(FAINT, line))).collect()
}
