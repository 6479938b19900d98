//! Quantitative comparison of a run with an accepted one: the largest difference of
//! each kind of quantity beside its tolerance.
//!
//! [`GoldenRun::compare`] lists violations of a level; a [`Movement`] also measures
//! differences within the level, to review a change of the engine before accepting it.

use randori_core::record::Stage;
use randori_core::report::Verdict;

use super::compare::{allowed, number_limit, pose_limits};
use super::{Finding, GoldenRun, Instant, Level, Span, Tolerance, Tolerances};
use crate::distance::{angle, between, same_f32, same_f64};

/// Class of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MovementClass {
    /// Every bit of every tick is equal.
    Unchanged,
    /// Something differs, but agrees at [`Level::Tolerance`]: the verdicts are
    /// the same. Also a run whose numbers are equal and whose digests cannot be
    /// compared, because they are of different versions.
    Within,
    /// A difference exceeds its tolerance, or a verdict differs.
    Beyond,
}

/// Kinds of quantities that a golden records in full precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MovedQuantity {
    /// Distance of a body frame, m.
    Position,
    /// Angle of a body frame, rad.
    Rotation,
    /// Coordinate of a joint, rad or m.
    Joint,
    /// Time of an event, ticks.
    Event,
    /// Margin of a goal, in the unit of its deciding comparison.
    Margin,
    /// Metric, SI.
    Metric,
}

impl MovedQuantity {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Rotation => "rotation",
            Self::Joint => "joint",
            Self::Event => "event",
            Self::Margin => "margin",
            Self::Metric => "metric",
        }
    }

    /// The unit of its differences; empty where it depends on the joint, goal or
    /// metric.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Position => "m",
            Self::Rotation => "rad",
            Self::Event => "ticks",
            Self::Joint | Self::Margin | Self::Metric => "",
        }
    }
}

/// A difference between an accepted and a current run.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The kind of quantity.
    pub quantity: MovedQuantity,
    /// Path of the body or joint, name of the goal, text of the metric or event.
    pub name: String,
    /// The instant at which it was measured, for positions, rotations and joints.
    pub tick: Option<u64>,
    /// The accepted and the current value; `None` for positions and rotations.
    pub values: Option<(f64, f64)>,
    /// Their distance, in [`MovedQuantity::unit`]; NaN if one of them is NaN.
    pub distance: f64,
    /// Their tolerance.
    pub allowed: f64,
}

/// Difference of a run from the accepted one.
#[derive(Debug, Clone, PartialEq)]
pub struct Movement {
    /// Its class.
    pub class: MovementClass,
    /// The first ticks whose digests differ, and the stage of the cause if it is certain;
    /// `None` if digests agree or are not comparable.
    pub first: Option<(Span, Option<Stage>)>,
    /// The largest difference of positions, rotations, joints and events, then
    /// every margin and metric that differs.
    pub differences: Vec<Difference>,
    /// Accepted and current verdicts of the run (without a name) and of its goals that
    /// differ.
    pub verdicts: Vec<(Option<String>, Verdict, Verdict)>,
    /// Differences at [`Level::Tolerance`], causes first.
    pub beyond: Vec<Finding>,
}

impl GoldenRun {
    /// Difference of `now` from this accepted run, independent of the level of its golden.
    /// `same_digests` is as for [`compare`](Self::compare).
    pub fn movement(&self, now: &Self, tolerances: &Tolerances, same_digests: bool) -> Movement {
        let exact = self.compare(now, Level::Exact, tolerances, same_digests);
        let beyond = self.compare(now, Level::Tolerance, tolerances, same_digests);
        let class = match (exact.is_empty() && same_digests, beyond.is_empty()) {
            (true, _) => MovementClass::Unchanged,
            (false, true) => MovementClass::Within,
            (false, false) => MovementClass::Beyond,
        };
        let first = exact.iter().find_map(|finding| match finding {
            Finding::FirstDifference { at, stage } => Some((*at, *stage)),
            _ => None,
        });
        let verdicts = exact.iter().filter_map(|finding| match finding {
            Finding::Verdict { goal, before, after } => Some((goal.clone(), *before, *after)),
            _ => None,
        });
        let verdicts = verdicts.collect();
        let mut differences = self.moved_states(now, tolerances);
        differences.extend(self.moved_event(now, tolerances));
        differences.extend(self.moved_margins(now, tolerances));
        differences.extend(self.moved_metrics(now, tolerances));
        Movement { class, first, differences, verdicts, beyond }
    }

    fn moved_states(&self, now: &Self, tolerances: &Tolerances) -> Vec<Difference> {
        let mut all = Vec::new();
        for before in &self.instants {
            let after = now.instants.iter().find(|instant| instant.tick == before.tick);
            if let Some(after) = after {
                moved_poses(before, after, tolerances, &mut all);
                moved_joints(before, after, tolerances, &mut all);
            }
        }
        [MovedQuantity::Position, MovedQuantity::Rotation, MovedQuantity::Joint]
            .into_iter()
            .filter_map(|quantity| {
                let of_kind = all.iter().filter(|difference| difference.quantity == quantity);
                largest(of_kind.cloned())
            })
            .collect()
    }

    /// The event that has moved most, of those in both runs.
    fn moved_event(&self, now: &Self, tolerances: &Tolerances) -> Option<Difference> {
        let pairs = self.events.iter().zip(&now.events);
        let moved = pairs.filter(|(a, b)| a.what == b.what && a.tick != b.tick);
        largest(moved.map(|(before, after)| Difference {
            quantity: MovedQuantity::Event,
            name: before.what.clone(),
            tick: None,
            values: Some((before.tick as f64, after.tick as f64)),
            distance: before.tick.abs_diff(after.tick) as f64,
            allowed: tolerances.event_ticks as f64,
        }))
    }

    fn moved_margins(&self, now: &Self, tolerances: &Tolerances) -> Vec<Difference> {
        let pairs = self.goals.iter().filter_map(|before| {
            let after = now.goals.iter().find(|goal| goal.name == before.name)?;
            Some((before.name.as_str(), before.margin, after.margin))
        });
        let limit = |name: &str| tolerances.named_or(name, tolerances.margin);
        pairs.filter_map(|pair| moved_number(MovedQuantity::Margin, pair, limit)).collect()
    }

    fn moved_metrics(&self, now: &Self, tolerances: &Tolerances) -> Vec<Difference> {
        let pairs = self.metrics.iter().filter_map(|(name, before)| {
            let (_, after) = now.metrics.iter().find(|(known, _)| known == name)?;
            Some((name.as_str(), *before, *after))
        });
        let limit = |name: &str| tolerances.named_or(name, tolerances.metric);
        pairs.filter_map(|pair| moved_number(MovedQuantity::Metric, pair, limit)).collect()
    }
}

/// The largest difference; the first one of several. NaN counts as larger than all
/// numbers.
pub fn largest(differences: impl Iterator<Item = Difference>) -> Option<Difference> {
    let rank = |difference: &Difference| difference.distance.abs();
    differences.reduce(|largest, next| {
        let is_larger = rank(&next).total_cmp(&rank(&largest)).is_gt();
        if is_larger { next } else { largest }
    })
}

fn moved_poses(
    before: &Instant,
    after: &Instant,
    tolerances: &Tolerances,
    all: &mut Vec<Difference>,
) {
    for (name, old) in &before.bodies {
        let Some((_, new)) = after.bodies.iter().find(|(known, _)| known == name) else { continue };
        let (p, q) = (old.translation, new.translation);
        let (r, s) = (old.rotation, new.rotation);
        let [position, rotation] = pose_limits(name, old, tolerances);
        let positions = [(p.x, q.x), (p.y, q.y), (p.z, q.z)];
        let rotations = [(r.x, s.x), (r.y, s.y), (r.z, s.z), (r.w, s.w)];
        for (quantity, components, distance, allowed) in [
            (MovedQuantity::Position, &positions[..], between(p, q), position),
            (MovedQuantity::Rotation, &rotations[..], angle(r, s), rotation),
        ] {
            if components.iter().any(|(a, b)| !same_f32(*a, *b)) {
                let (name, tick) = (name.clone(), Some(before.tick));
                all.push(Difference { quantity, name, tick, values: None, distance, allowed });
            }
        }
    }
}

fn moved_joints(
    before: &Instant,
    after: &Instant,
    tolerances: &Tolerances,
    all: &mut Vec<Difference>,
) {
    for (name, old) in &before.joints {
        let Some((_, new)) = after.joints.iter().find(|(known, _)| known == name) else { continue };
        if same_f32(*old, *new) {
            continue;
        }
        let (old, new) = (f64::from(*old), f64::from(*new));
        all.push(Difference {
            quantity: MovedQuantity::Joint,
            name: name.clone(),
            tick: Some(before.tick),
            values: Some((old, new)),
            distance: (new - old).abs(),
            allowed: allowed(tolerances.named_or(name, tolerances.joint), old),
        });
    }
}

fn moved_number(
    quantity: MovedQuantity,
    (name, before, after): (&str, f64, f64),
    limit: impl Fn(&str) -> Tolerance,
) -> Option<Difference> {
    (!same_f64(before, after)).then(|| Difference {
        quantity,
        name: name.to_owned(),
        tick: None,
        values: Some((before, after)),
        distance: (after - before).abs(),
        allowed: number_limit(limit(name), before),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::run_with;
    use super::*;

    fn moved(change: impl Fn(&mut GoldenRun)) -> Movement {
        let before = run_with(100, |_| {});
        let mut now = before.clone();
        change(&mut now);
        before.movement(&now, &Tolerances::default(), true)
    }

    #[test]
    fn equal_runs_have_not_moved_unless_their_digests_cannot_be_compared() {
        let run = run_with(100, |_| {});

        let same = run.movement(&run, &Tolerances::default(), true);
        let unknown = run.movement(&run, &Tolerances::default(), false);

        assert_eq!((same.class, same.differences.len()), (MovementClass::Unchanged, 0));
        assert_eq!((unknown.class, unknown.differences.len()), (MovementClass::Within, 0));
    }

    #[test]
    fn the_largest_difference_of_each_kind_stands_beside_what_is_allowed() {
        let movement = moved(|run| {
            run.chain ^= 1;
            run.instants[1].bodies[0].1.translation.x += 1e-5;
            run.instants[3].bodies[1].1.translation.z += 5e-5;
            run.instants[2].joints[0].1 += 2e-5;
            run.events[0].tick += 2;
            run.goals[0].margin += 1e-6;
            run.metrics[0].1 += 0.001;
        });

        assert_eq!(movement.class, MovementClass::Within);
        let shown: Vec<_> = movement
            .differences
            .iter()
            .map(|it| (it.quantity.word(), it.name.as_str(), it.tick))
            .collect();
        assert_eq!(
            shown,
            [
                ("position", "crate", Some(50)),
                ("joint", "rover.shoulder", Some(25)),
                ("event", "push rover by 3 N s", None),
                ("margin", "stay \"upright\"", None),
                ("metric", "energy(rover)", None),
            ]
        );
        let position = &movement.differences[0];
        assert!((position.distance - 5e-5).abs() < 1e-7, "{}", position.distance);
        assert!((position.allowed - 1e-4).abs() < 1e-12);
        assert!(movement.differences.iter().all(|it| it.distance <= it.allowed));
        assert_eq!((movement.beyond.len(), movement.verdicts.len()), (0, 0));
    }

    #[test]
    fn more_than_is_allowed_and_another_verdict_are_beyond() {
        let far = moved(|run| run.metrics[0].1 += 0.1);
        let failed = moved(|run| run.goals[0].verdict = Verdict::Fail);

        assert_eq!((far.class, far.beyond.len()), (MovementClass::Beyond, 1));
        assert_eq!(failed.class, MovementClass::Beyond);
        let goal = Some("stay \"upright\"".to_owned());
        assert_eq!(failed.verdicts, [(goal, Verdict::Pass, Verdict::Fail)]);
    }

    #[test]
    fn a_number_that_is_none_is_the_largest_difference() {
        let movement = moved(|run| {
            run.instants[1].joints[0].1 = f32::NAN;
            run.instants[2].joints[0].1 = 1e9;
            run.metrics[1].1 = 3.0;
        });

        assert_eq!(movement.differences[0].tick, Some(10));
        assert!(movement.differences[0].distance.is_nan());
        // From an infinite clearance to a finite one.
        let metric = &movement.differences[1];
        assert_eq!((metric.distance, metric.allowed), (f64::INFINITY, 0.0));
        assert_eq!(movement.class, MovementClass::Beyond);
    }
}
