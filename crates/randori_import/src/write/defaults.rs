//! Leaves out the fields of a specification that are read back without being
//! said.
//!
//! Which values these are follows from reading alone: a small sample of the
//! specification is read without a field, and what comes back is its default.
//!
//! Start reading at [`without_defaults`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::value::Value;

/// A field, by the names of those around it and of their variants, wherever in
/// lists and maps these stand.
type Kind = String;

/// The specification as a value, without fields that have their default.
pub(super) fn without_defaults<T: Serialize + DeserializeOwned>(spec: &T) -> Value {
    let mut value = Value::of(spec);
    let mut kinds = BTreeSet::new();
    let sample = sample(&value, "", &mut kinds);
    let defaults: BTreeMap<Kind, Value> = kinds
        .into_iter()
        .filter_map(|kind| {
            let mut without = sample.clone();
            retain(&mut without, "", &|it, _| it != kind);
            let default = find(&Value::of(&without.read::<T>().ok()?), "", &kind)?;
            Some((kind, default))
        })
        .collect();
    retain(&mut value, "", &|kind, value| {
        defaults.get(kind).is_none_or(|default| !default.equals(value))
    });
    value
}

/// A part of the value that has a field of every kind. Of lists and maps, only
/// what has fields of a new kind is kept.
fn sample(value: &Value, at: &str, kinds: &mut BTreeSet<Kind>) -> Value {
    let mut part = |value: &Value| {
        let known = kinds.len();
        let part = sample(value, at, kinds);
        (kinds.len() > known).then_some(part)
    };
    match value {
        Value::Scalar(_) | Value::Tuple(..) => value.clone(),
        Value::List(items) => Value::List(items.iter().filter_map(part).collect()),
        Value::Map(entries) => {
            let entries = entries.iter();
            Value::Map(entries.filter_map(|(key, it)| Some((key.clone(), part(it)?))).collect())
        }
        Value::Struct(name, fields) => {
            let fields = fields.iter().map(|(field, value)| {
                let kind = kind(at, name, field);
                kinds.insert(kind.clone());
                (field.clone(), sample(value, &kind, kinds))
            });
            Value::Struct(name.clone(), fields.collect())
        }
    }
}

/// Keeps the fields that pass, outermost first.
fn retain(value: &mut Value, at: &str, keep: &impl Fn(&str, &Value) -> bool) {
    match value {
        Value::Scalar(_) => {}
        Value::Tuple(_, items) | Value::List(items) => {
            for item in items {
                retain(item, at, keep);
            }
        }
        Value::Map(entries) => {
            for (_, item) in entries {
                retain(item, at, keep);
            }
        }
        Value::Struct(name, fields) => fields.retain_mut(|(field, value)| {
            let kind = kind(at, name, field);
            let is_kept = keep(&kind, value);
            if is_kept {
                retain(value, &kind, keep);
            }
            is_kept
        }),
    }
}

/// The first field of this kind.
fn find(value: &Value, at: &str, wanted: &str) -> Option<Value> {
    match value {
        Value::Scalar(_) => None,
        Value::Tuple(_, items) | Value::List(items) => {
            items.iter().find_map(|item| find(item, at, wanted))
        }
        Value::Map(entries) => entries.iter().find_map(|(_, it)| find(it, at, wanted)),
        Value::Struct(name, fields) => fields.iter().find_map(|(field, value)| {
            let kind = kind(at, name, field);
            if kind == wanted { Some(value.clone()) } else { find(value, &kind, wanted) }
        }),
    }
}

fn kind(at: &str, structure: &str, field: &str) -> Kind {
    format!("{at}.{structure}.{field}")
}
