//! Compares a run with an accepted one.

use randori_core::math::Pose;
use randori_core::text::current_path;

use super::finding::{Finding, Pair};
use super::{GoldenRun, Instant, Level, Tolerance, Tolerances};
use crate::distance::{angle, between, same_f32, same_f64, ulps_f32, ulps_f64};

/// Maximum number of reported bodies and joints at the first differing instant.
const WORST: usize = 10;

impl GoldenRun {
    /// Differences of `actual` from this accepted run, causes first.
    ///
    /// `same_digests` is true if the digests of both are comparable; otherwise they are
    /// ignored, and [`Level::Exact`] requires equal numbers.
    pub fn compare(
        &self,
        actual: &Self,
        level: Level,
        tolerances: &Tolerances,
        same_digests: bool,
    ) -> Vec<Finding> {
        let exact = level == Level::Exact;
        let mut found = Vec::new();
        if level <= Level::Tolerance {
            found.extend(self.compare_states(actual, exact, tolerances));
        }
        if level <= Level::Events {
            found.extend(
                self.compare_events(actual, if exact { 0 } else { tolerances.event_ticks }),
            );
        }
        found.extend(self.compare_goals(actual, level, tolerances));
        if level <= Level::Metrics {
            found.extend(self.compare_metrics(actual, exact, tolerances));
        }
        if self.error != actual.error {
            let (before, after) = (self.error.clone(), actual.error.clone());
            found.push(Finding::Error { before, after });
        }
        if exact && self.ticks != actual.ticks {
            found.push(Finding::Length { before: self.ticks, after: actual.ticks });
        }
        if self.verdict != actual.verdict {
            let (before, after) = (self.verdict, actual.verdict);
            found.push(Finding::Verdict { goal: None, before, after });
        }
        let differ = self.chain != actual.chain || self.final_hash != actual.final_hash;
        let moved = same_digests && differ;
        if found.is_empty() && !(exact && moved) {
            return found;
        }
        let mut causes = self.compare_drawn(actual);
        if moved {
            causes.extend(self.first_difference(actual));
        }
        causes.extend(found);
        if causes.is_empty() {
            causes.push(Finding::Unseen);
        }
        causes
    }

    fn first_difference(&self, actual: &Self) -> Option<Finding> {
        let (at, stage) = self.trace.first_difference(&actual.trace)?;
        Some(Finding::FirstDifference { at, stage })
    }

    fn compare_drawn(&self, actual: &Self) -> Vec<Finding> {
        // Older goldens have old names of fields.
        let value = |list: &[(String, f64)], path: &str| {
            let path = current_path(path);
            list.iter().find(|(known, _)| current_path(known) == path).map(|(_, value)| *value)
        };
        let new = actual.varied.iter().filter(|(path, _)| value(&self.varied, path).is_none());
        self.varied
            .iter()
            .chain(new)
            .map(|(path, _)| (path, value(&self.varied, path), value(&actual.varied, path)))
            .filter(|(_, before, after)| before.map(f64::to_bits) != after.map(f64::to_bits))
            .map(|(path, before, after)| Finding::Drawn { path: path.clone(), before, after })
            .collect()
    }

    /// The largest differences at the first differing instant, then the largest one of each
    /// later instant.
    fn compare_states(&self, actual: &Self, exact: bool, tolerances: &Tolerances) -> Vec<Finding> {
        let mut found = Vec::new();
        for before in &self.instants {
            let Some(after) = actual.instants.iter().find(|i| i.tick == before.tick) else {
                continue;
            };
            let limits = if exact { None } else { Some(tolerances) };
            let mut differences = compare_instants(before, after, limits);
            // Larger excess first; stable for equal excess.
            differences.sort_by(|(a, _), (b, _)| b.total_cmp(a));
            let most = if found.is_empty() { WORST } else { 1 };
            found.extend(differences.into_iter().take(most).map(|(_, finding)| finding));
        }
        found
    }

    fn compare_events(&self, actual: &Self, ticks: u64) -> Option<Finding> {
        let count = self.events.len().max(actual.events.len());
        (0..count).find_map(|index| {
            let (before, after) = (self.events.get(index), actual.events.get(index));
            let agree = before.zip(after).is_some_and(|(before, after)| {
                before.what == after.what && before.tick.abs_diff(after.tick) <= ticks
            });
            let event = || (before.cloned(), after.cloned());
            (!agree).then(event).map(|(before, after)| Finding::Event { index, before, after })
        })
    }

    fn compare_goals(&self, actual: &Self, level: Level, tolerances: &Tolerances) -> Vec<Finding> {
        let mut found = only(
            "goal",
            self.goals.iter().map(|goal| goal.name.as_str()),
            actual.goals.iter().map(|goal| goal.name.as_str()),
        );
        for before in &self.goals {
            let name = &before.name;
            let Some(after) = actual.goals.iter().find(|goal| goal.name == *name) else { continue };
            let exact = level == Level::Exact;
            if exact && before.decided_at.map(f64::to_bits) != after.decided_at.map(f64::to_bits) {
                let (before, after) = (before.decided_at, after.decided_at);
                found.push(Finding::DecidedAt { goal: name.clone(), before, after });
            }
            let limit = (!exact).then(|| tolerances.named_or(name, tolerances.margin));
            if level <= Level::Metrics && !agree(before.margin, after.margin, limit) {
                let values = pair(before.margin, after.margin);
                found.push(Finding::Margin { goal: name.clone(), values });
            }
            if before.verdict != after.verdict {
                let goal = Some(name.clone());
                let (before, after) = (before.verdict, after.verdict);
                found.push(Finding::Verdict { goal, before, after });
            }
        }
        found
    }

    fn compare_metrics(&self, actual: &Self, exact: bool, tolerances: &Tolerances) -> Vec<Finding> {
        let names = |run: &Self| -> Vec<String> {
            run.metrics.iter().map(|(name, _)| name.clone()).collect()
        };
        let (before, after) = (names(self), names(actual));
        let mut found =
            only("metric", before.iter().map(String::as_str), after.iter().map(String::as_str));
        for (name, before) in &self.metrics {
            let Some((_, after)) = actual.metrics.iter().find(|(known, _)| known == name) else {
                continue;
            };
            let limit = (!exact).then(|| tolerances.named_or(name, tolerances.metric));
            if !agree(*before, *after, limit) {
                let values = pair(*before, *after);
                found.push(Finding::Metric { name: name.clone(), values });
            }
        }
        found
    }
}

/// Differences at an instant, with their excess over the tolerance. Without tolerances
/// every bit counts, and the excess is the distance.
fn compare_instants(
    before: &Instant,
    after: &Instant,
    tolerances: Option<&Tolerances>,
) -> Vec<(f64, Finding)> {
    let tick = before.tick;
    let unranked = |finding| (f64::INFINITY, finding);
    let mut found = Vec::new();
    let bodies = |instant: &'_ Instant| -> Vec<String> {
        instant.bodies.iter().map(|(name, _)| name.clone()).collect()
    };
    let (old, new) = (bodies(before), bodies(after));
    let names = old.iter().map(String::as_str);
    found.extend(only("body", names, new.iter().map(String::as_str)).into_iter().map(unranked));
    for (name, before) in &before.bodies {
        if let Some((_, after)) = after.bodies.iter().find(|(known, _)| known == name) {
            found.extend(compare_poses(tick, name, [before, after], tolerances));
        }
    }
    let joints = |instant: &'_ Instant| -> Vec<String> {
        instant.joints.iter().map(|(name, _)| name.clone()).collect()
    };
    let (old, new) = (joints(before), joints(after));
    let names = old.iter().map(String::as_str);
    found.extend(only("joint", names, new.iter().map(String::as_str)).into_iter().map(unranked));
    for (name, before) in &before.joints {
        let Some((_, after)) = after.joints.iter().find(|(known, _)| known == name) else {
            continue;
        };
        let values = single_pair(*before, *after, "");
        let limit = tolerances.map(|t| t.named_or(name, t.joint));
        let limit = limit.map(|limit| allowed(limit, f64::from(*before)));
        if let Some(excess) = excess(values.distance(), limit, same_f32(*before, *after)) {
            let (what, distance) = (format!("joint {name}"), values.distance());
            found.push((excess, Finding::State { tick, what, field: "", values, distance }));
        }
    }
    found
}

fn compare_poses(
    tick: u64,
    name: &str,
    [before, after]: [&Pose; 2],
    tolerances: Option<&Tolerances>,
) -> Vec<(f64, Finding)> {
    let (p, q) = (before.translation, after.translation);
    let (r, s) = (before.rotation, after.rotation);
    let positions = [("x", p.x, q.x), ("y", p.y, q.y), ("z", p.z, q.z)];
    let rotations = [("x", r.x, s.x), ("y", r.y, s.y), ("z", r.z, s.z), ("w", r.w, s.w)];
    let limits = tolerances.map(|tolerances| pose_limits(name, before, tolerances));
    let mut found = Vec::new();
    let kinds = [
        ("position", "m", between(p, q), &positions[..], limits.map(|[position, _]| position)),
        ("rotation", "1", angle(r, s), &rotations[..], limits.map(|[_, rotation]| rotation)),
    ];
    for (kind, unit, distance, components, limit) in kinds {
        let same = components.iter().all(|(_, before, after)| same_f32(*before, *after));
        let Some(excess) = excess(distance, limit, same) else { continue };
        let apart = |(_, a, b): &(&str, f32, f32)| (f64::from(*a) - f64::from(*b)).abs();
        let worst = components.iter().max_by(|a, b| apart(a).total_cmp(&apart(b)));
        let Some(&(field, before, after)) = worst else { continue };
        let values = single_pair(before, after, unit);
        let what = format!("{kind} of {name}");
        found.push((excess, Finding::State { tick, what, field, values, distance }));
    }
    found
}

/// Tolerance of a body pose: position, m, and rotation, rad.
pub(super) fn pose_limits(name: &str, before: &Pose, tolerances: &Tolerances) -> [f64; 2] {
    let limit =
        |tolerance: Tolerance, size: f64| allowed(tolerances.named_or(name, tolerance), size);
    let size = between(before.translation, randori_core::math::Vector::ZERO);
    [limit(tolerances.position_m, size), limit(tolerances.rotation_rad, 0.0)]
}

/// Excess of a distance; `None` within the limit. Without a limit, bits must be equal.
fn excess(distance: f64, limit: Option<f64>, same: bool) -> Option<f64> {
    match limit {
        None => (!same).then_some(distance),
        // A NaN distance is too large, unless both values are NaN.
        Some(limit) => {
            let fits = same || distance <= limit;
            (!fits).then_some(distance / limit)
        }
    }
}

/// The tolerance for an accepted value of this size.
pub(super) fn allowed(tolerance: Tolerance, size: f64) -> f64 {
    tolerance.absolute + tolerance.relative * size.abs()
}

fn agree(before: f64, after: f64, tolerance: Option<Tolerance>) -> bool {
    let limit = tolerance.map(|tolerance| number_limit(tolerance, before));
    excess((after - before).abs(), limit, same_f64(before, after)).is_none()
}

/// The tolerance for an accepted margin or metric, which may be infinite.
pub(super) fn number_limit(tolerance: Tolerance, before: f64) -> f64 {
    Some(allowed(tolerance, before)).filter(|limit| limit.is_finite()).unwrap_or(0.0)
}

fn pair(before: f64, after: f64) -> Pair {
    Pair { before, after, ulps: ulps_f64(before, after), is_single: false, unit: "" }
}

fn single_pair(before: f32, after: f32, unit: &'static str) -> Pair {
    let ulps = ulps_f32(before, after);
    Pair { before: f64::from(before), after: f64::from(after), ulps, is_single: true, unit }
}

/// Names in only one of two lists.
fn only<'n>(
    kind: &'static str,
    before: impl Iterator<Item = &'n str>,
    after: impl Iterator<Item = &'n str>,
) -> Vec<Finding> {
    let (before, after): (Vec<_>, Vec<_>) = (before.collect(), after.collect());
    let finding = |name: &str, is_new| Finding::Only { kind, name: name.to_owned(), is_new };
    let gone = before.iter().filter(|name| !after.contains(name));
    let new = after.iter().filter(|name| !before.contains(name));
    gone.map(|name| finding(name, false)).chain(new.map(|name| finding(name, true))).collect()
}
