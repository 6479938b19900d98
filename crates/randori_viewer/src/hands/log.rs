//! What people did to the open run so far, in lines that can be shown.

use bevy::prelude::{Local, ResMut, Resource};
use randori_core::layout::{BodyId, SceneLayout};
use randori_core::record::{Intervention, TickRecord};
use randori_core::time::Tick;

use crate::run::Run;

/// What people did to the open run, oldest first. Pushes on the same body in
/// ticks that follow one another are one pull.
#[derive(Resource, Debug, Clone, PartialEq, Default)]
pub struct InterventionLog {
    entries: Vec<Entry>,
    /// Records that were read.
    read: usize,
}

/// One thing that a person did.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The tick before, from which it can be seen to come.
    pub from: Tick,
    /// Its last tick.
    pub to: Tick,
    /// What it was, with numbers and units.
    pub text: String,
    /// The body, for pulls and pushes, and the greatest impulse in a tick, N s.
    pushed: Option<(BodyId, f32)>,
}

impl InterventionLog {
    /// All, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn note(&mut self, tick: Tick, intervention: &Intervention, layout: &SceneLayout, tick_s: f64) {
        let from = Tick(tick.0.saturating_sub(1));
        let name = |body| layout.body_name(body);
        match *intervention {
            Intervention::Push { body, impulse, .. } => {
                let strength = impulse.length();
                let earlier = self.entries.iter_mut().rev().take(8).find(|entry| {
                    entry.to == from && entry.pushed.is_some_and(|(other, _)| other == body)
                });
                if let Some(entry) = earlier {
                    let peak = entry.pushed.map_or(strength, |(_, peak)| peak.max(strength));
                    (entry.to, entry.pushed) = (tick, Some((body, peak)));
                    let newton = f64::from(peak) / tick_s;
                    let seconds = (tick.0 - entry.from.0) as f64 * tick_s;
                    entry.text =
                        format!("pull {}, {seconds:.2} s, up to {newton:.0} N", name(body));
                } else {
                    let text = format!("push {}, {strength:.1} N s", name(body));
                    let pushed = Some((body, strength));
                    self.entries.push(Entry { from, to: tick, text, pushed });
                }
            }
            Intervention::Drop { size, mass_kg, .. } => {
                let text = format!(
                    "drop a box, {:.2} x {:.2} x {:.2} m, {mass_kg:.1} kg",
                    size.x, size.y, size.z
                );
                self.entries.push(Entry { from, to: tick, text, pushed: None });
            }
        }
    }
}

/// Reads on; after a branch, or in another run, from the start.
pub(super) fn follow(
    mut run: ResMut<Run>,
    mut log: ResMut<InterventionLog>,
    mut seen: Local<(u64, u64)>,
) {
    let now = (run.generation(), run.branches());
    if *seen != now {
        *seen = now;
        *log = InterventionLog::default();
    }
    let read = log.read;
    let Some(session) = run.session() else { return };
    let past = session.past();
    let fresh = past.get(read..).unwrap_or_default().iter();
    let of = |record: &TickRecord| record.interventions.clone().into_iter();
    let fresh: Vec<(Tick, Intervention)> =
        fresh.flat_map(|record| of(record).map(|it| (record.tick, it))).collect();
    log.read = past.len();
    let tick_s = run.period_s();
    let Some(layout) = run.layout() else { return };
    for (tick, intervention) in &fresh {
        log.note(*tick, intervention, layout, tick_s);
    }
}
