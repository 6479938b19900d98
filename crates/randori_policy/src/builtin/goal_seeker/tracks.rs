//! Tracks objects from scan to scan to estimate their velocity.

use serde::{Deserialize, Serialize};

use super::place::Place;
use super::scan::{Scan, distance};

/// An object observed in several scans.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Track {
    /// Position, m.
    pub(super) position: [f64; 2],
    /// Velocity, m/s.
    pub(super) velocity: [f64; 2],
    /// Radius about its position that covers it, m.
    pub(super) radius: f64,
    /// Number of scans with a match.
    seen: u32,
    /// Number of consecutive scans without a match.
    missed: u32,
}

impl Track {
    /// Predicted position in `ahead_s`.
    pub(super) fn position_in(&self, ahead_s: f64) -> [f64; 2] {
        std::array::from_fn(|axis| self.position[axis] + self.velocity[axis] * ahead_s)
    }

    /// True if it certainly moves: its speed is well above the apparent speed from noise and a
    /// changing view.
    pub(super) fn moves(&self) -> bool {
        self.seen >= 3 && libm::hypot(self.velocity[0], self.velocity[1]) > 0.3
    }

    /// True if a point probably belongs to it.
    pub(super) fn covers(&self, point: [f64; 2]) -> bool {
        distance(point, self.position) < self.radius + 0.15
    }

    /// The track in the frame of a robot at `place`.
    pub(super) fn seen_from(&self, place: &Place) -> Self {
        let velocity = Place { x: 0.0, y: 0.0, ..*place }.inverse_point(self.velocity);
        Self { position: place.inverse_point(self.position), velocity, ..*self }
    }
}

/// Gains of the alpha-beta filter: quick, since a person turns in half a second.
const ALPHA: f64 = 0.7;
const BETA: f64 = 0.4;
/// Gating distance: an object farther than this from a track's prediction is a different one, m.
const REACH: f64 = 0.5;
/// Maximum plausible speed, m/s.
const TOP_SPEED: f64 = 3.0;
/// Maximum number of consecutive missed scans of a track.
const PATIENCE: u32 = 4;

/// Advances `tracks` by `dt_s` and updates them with a new scan.
pub(super) fn update(tracks: &mut Vec<Track>, scan: &Scan, dt_s: f64) {
    let mut found = vec![false; scan.things.len()];
    for track in tracks.iter_mut() {
        track.position = track.position_in(dt_s);
        let free = scan.things.iter().enumerate().filter(|(index, _)| !found[*index]);
        let nearest = free
            .map(|(index, thing)| (distance(thing.centre, track.position), index))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((gap, index)) if gap < REACH => {
                found[index] = true;
                let thing = &scan.things[index];
                // The second observation determines the velocity directly.
                let beta = if track.seen == 1 { 1.0 } else { BETA };
                for axis in 0..2 {
                    let residual = thing.centre[axis] - track.position[axis];
                    track.position[axis] += ALPHA * residual;
                    track.velocity[axis] += beta / dt_s * residual;
                    track.velocity[axis] = track.velocity[axis].clamp(-TOP_SPEED, TOP_SPEED);
                }
                track.radius = thing.radius;
                track.seen += 1;
                track.missed = 0;
            }
            _ => track.missed += 1,
        }
    }
    tracks.retain(|track| track.missed <= PATIENCE);
    let new = scan.things.iter().zip(found).filter(|(_, found)| !found);
    tracks.extend(new.map(|(thing, _)| Track {
        position: thing.centre,
        velocity: [0.0; 2],
        radius: thing.radius,
        seen: 1,
        missed: 0,
    }));
}

#[cfg(test)]
mod tests {
    use super::super::scan::Thing;
    use super::*;

    fn scan(centres: &[[f64; 2]]) -> Scan {
        let thing = |centre: &[f64; 2]| Thing { centre: *centre, radius: 0.25 };
        Scan { things: centres.iter().map(thing).collect(), ..Scan::default() }
    }

    #[test]
    fn a_walker_and_a_post_are_told_apart() {
        let mut tracks = Vec::new();
        for step in 0..10 {
            let walker = [2.0, -1.0 + 0.12 * f64::from(step)];
            update(&mut tracks, &scan(&[[4.0, 1.0], walker]), 0.1);
        }

        assert_eq!(tracks.len(), 2);
        assert!(!tracks[0].moves());
        assert!(tracks[1].moves());
        assert!((tracks[1].velocity[1] - 1.2).abs() < 0.15, "{:?}", tracks[1]);
    }

    #[test]
    fn what_is_not_seen_again_is_forgotten() {
        let mut tracks = Vec::new();
        update(&mut tracks, &scan(&[[4.0, 1.0]]), 0.1);
        for _ in 0..=PATIENCE {
            update(&mut tracks, &scan(&[]), 0.1);
        }

        assert!(tracks.is_empty());
    }
}
