//! Differences between the inputs of two runs.

use crate::golden::{GoldenEngine, InputChange, InputKind, Inputs};
use crate::header::{Header, PolicyIdentity, Start};
use crate::reader::Recording;

/// A value, part or file that differs between the scenarios.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputDifference {
    /// Its path, and its change in the second one.
    pub change: InputChange,
    /// The value in the first one, if there is one.
    pub before: Option<String>,
}

/// Another input of a run, such as the seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingDifference {
    /// Its name.
    pub what: String,
    /// Both values.
    pub values: [String; 2],
}

/// Texts by their paths.
type Texts = Vec<(String, String)>;

pub(super) fn inputs(recordings: [&Recording; 2]) -> Vec<InputDifference> {
    let [a, b] = recordings.map(Recording::start);
    let [old, new] = [a, b].map(Start::current_texts);
    if old == new && a.header.assets == b.header.assets {
        return Vec::new();
    }
    let (old, new) = ((&old, &a.header.assets), (&new, &b.header.assets));
    let changes =
        |from: (&Texts, &_), to: (&Texts, &_)| Inputs::new(from.0, from.1).changes(to.0, to.1);
    let backward = changes(new, old);
    let before = |change: &InputChange| {
        let same = backward.iter().find(|it| it.file == change.file && it.path == change.path);
        match same.map(|it| &it.kind) {
            Some(InputKind::Value(value)) => Some(value.clone()),
            _ => None,
        }
    };
    let forward = changes(old, new).into_iter();
    forward.map(|change| InputDifference { before: before(&change), change }).collect()
}

pub(super) fn settings(recordings: [&Recording; 2]) -> Vec<SettingDifference> {
    let headers = recordings.map(|recording| &recording.start().header);
    let mut found = Vec::new();
    let mut see = |what: &str, values: [String; 2]| {
        if values[0] != values[1] {
            found.push(SettingDifference { what: what.to_owned(), values });
        }
    };
    see("seed", headers.map(|it| it.seed.to_string()));
    see("length of a tick (ns)", headers.map(|it| it.period_ns.to_string()));
    see("end at tick", headers.map(|it| it.end_tick.to_string()));
    let robots = headers.map(|it| it.policies.len());
    for robot in 0..robots[0].max(robots[1]) {
        see("policy", headers.map(|it| policy(it, robot)));
    }
    let [a, b] = headers.map(|it| GoldenEngine::from(&it.engine));
    for difference in a.differences(&b) {
        let (what, values) = difference.split_once(' ').unwrap_or((&difference, ""));
        let (before, after) = values.split_once(" -> ").unwrap_or((values, ""));
        see(what, [before.to_owned(), after.to_owned()]);
    }
    see("computed on", headers.map(|it| it.engine.target.clone()));
    found
}

fn policy(header: &Header, robot: usize) -> String {
    match header.policies.get(robot) {
        Some(Some(PolicyIdentity { robot, kind, name, determinism })) => {
            format!("{kind} `{name}` of {robot} ({determinism:?})")
        }
        _ => "none".to_owned(),
    }
}
