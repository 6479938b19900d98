//! The differences between two recordings, as one JSON object; `docs/cli.md`
//! describes it.

use std::path::PathBuf;

use randori_record::compare::{
    Basis, Comparison, ContactPair, FieldDifference, FirstDifference, Growth, InputDifference,
    Values,
};
use randori_record::golden::{InputChange, InputKind};
use serde_json::{Value, json};

use super::Unreadable;
use super::plot::{COLUMNS, largest_of_parts};
use crate::text::Text;

/// The comparison as one line.
pub(super) fn object(files: [&PathBuf; 2], found: &Comparison) -> Text {
    let status = match (found.is_equal(), found.is_whole()) {
        (false, _) => "different",
        (true, true) => "equal",
        (true, false) => "incomplete",
    };
    let settings = found.settings.iter();
    let settings =
        settings.map(|it| json!({"what": it.what, "a": it.values[0], "b": it.values[1]}));
    let only = found.only.iter();
    let only = only.map(
        |it| json!({"kind": it.kind, "name": it.name, "in": if it.in_second { "b" } else { "a" }}),
    );
    let ends = found.ends.map(|end| {
        json!({"last_tick": end.last.map(|last| last.0), "planned_tick": end.planned.0,
               "complete": end.complete})
    });
    let bodies = found.bodies.iter().map(|it| {
        json!({"body": it.body, "first_m": real(it.first_m), "greatest_m": real(it.greatest_m),
               "tick": it.at.ticks[0].0, "time_s": it.at.time_s})
    });
    let distances = largest_of_parts(&found.samples, COLUMNS)
        .into_iter()
        .map(|it| json!({"tick": it.tick, "time_s": it.time_s, "distance_m": real(it.distance_m)}));
    let object = json!({
        "a": files[0].display().to_string(),
        "b": files[1].display().to_string(),
        "status": status,
        "inputs": found.inputs.iter().map(input).collect::<Vec<_>>(),
        "settings": settings.collect::<Vec<_>>(),
        "only": only.collect::<Vec<_>>(),
        "compared_by": basis(found.basis),
        "compared_ticks": found.ticks,
        "compared_states": found.states,
        "ends": ends,
        "first_difference": found.first.as_ref().map(first_difference),
        "contacts": found.contacts.as_ref().map(|it| json!({
            "tick": it.at.ticks[0].0,
            "a": contacts(&it.sides[0]),
            "b": contacts(&it.sides[1]),
        })),
        "bodies": bodies.collect::<Vec<_>>(),
        "growth": growth(found.growth),
        "distances": distances.collect::<Vec<_>>(),
        "outcomes": found.outcomes.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    Text::json(&object)
}

/// Files that cannot be compared, as one line.
pub(super) fn unreadable(files: [&PathBuf; 2], errors: &[Unreadable]) -> Text {
    let errors = errors.iter();
    let errors = errors.map(|it| json!({"file": it.file.display().to_string(), "error": it.error}));
    let object = json!({
        "a": files[0].display().to_string(),
        "b": files[1].display().to_string(),
        "status": "unreadable",
        "errors": errors.collect::<Vec<_>>(),
    });
    Text::json(&object)
}

fn input(input: &InputDifference) -> Value {
    change(&input.change, input.before.as_deref())
}

/// A changed input.
pub(super) fn change(change: &InputChange, before: Option<&str>) -> Value {
    let (kind, after) = match &change.kind {
        InputKind::Value(after) => ("value", Some(after)),
        InputKind::Added => ("added", None),
        InputKind::Removed => ("removed", None),
        InputKind::Shape => ("shape", None),
        InputKind::Unknown => ("unknown", None),
    };
    json!({"file": change.file, "path": change.path, "change": kind, "a": before, "b": after})
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Digests => "digests",
        Basis::OtherDigests => "values: other engines",
        Basis::OtherScene => "values: other scenes",
        Basis::OtherTicks => "values: other ticks",
    }
}

fn first_difference(first: &FirstDifference) -> Value {
    json!({
        "tick": first.at.ticks[0].0,
        "tick_of_b": first.at.ticks[1].0,
        "time_s": first.at.time_s,
        "stage": first.cause(),
        "contradiction": first.contradiction,
        "seen_at_tick": first.seen_at.map(|at| at.ticks[0].0),
        "field_count": first.fields.count,
        "fields": first.fields.first.iter().map(field).collect::<Vec<_>>(),
    })
}

fn field(field: &FieldDifference) -> Value {
    let [a, b] = match &field.values {
        Values::Numbers(values) => values.map(|value| real(f64::from(value))),
        Values::Words(values) => values.clone().map(Value::from),
    };
    json!({
        "stage": field.stage.to_string(),
        "entity": field.entity,
        "field": field.field,
        "unit": field.unit,
        "a": a,
        "b": b,
        "distance": field.distance().map(real),
        "ulps": field.ulps(),
    })
}

fn contacts(pairs: &[ContactPair]) -> Vec<Value> {
    let force = |pair: &ContactPair| pair.force_n.to_array().map(|it| real(f64::from(it)));
    let contact = |pair: &ContactPair| json!({"body": pair.body, "other": pair.other, "force_n": force(pair)});
    pairs.iter().map(contact).collect()
}

fn growth(growth: Growth) -> Value {
    match growth {
        Growth::None => json!({"kind": "none"}),
        Growth::TooShort => json!({"kind": "too_short"}),
        Growth::Constant { distance_m } => json!({"kind": "constant", "distance_m": distance_m}),
        Growth::Linear { slope_mps } => json!({"kind": "linear", "slope_mps": slope_mps}),
        Growth::Exponential { rate_per_s } => {
            json!({"kind": "exponential", "rate_per_s": rate_per_s})
        }
        Growth::Irregular => json!({"kind": "irregular"}),
    }
}

/// A number; as a text if it has no JSON form.
fn real(value: f64) -> Value {
    if value.is_finite() {
        return Value::from(value);
    }
    Value::from(if value.is_nan() {
        "nan"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    })
}
