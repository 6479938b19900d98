//! Paths of actors: positions of scripted bodies as a function of time.
//!
//! The position is a closed formula of time, never a sum over ticks, so a restored or
//! replayed run has every actor at exactly the same place.
//!
//! Start reading at [`ActorPath::at`].

use randori_core::spec::{ActorSpec, Repeat};

/// The motion of one actor along straight lines at constant speed.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorPath {
    legs: Vec<Leg>,
    first: [f64; 2],
    length_m: f64,
    speed_mps: f64,
    start_s: f64,
    repeat: Repeat,
}

/// One straight stretch of a path.
#[derive(Debug, Clone, PartialEq)]
struct Leg {
    from: [f64; 2],
    direction: [f64; 2],
    yaw_rad: f64,
    /// Distance along the path at which the leg begins and ends, m.
    begins_m: f64,
    ends_m: f64,
}

/// Position and heading of an actor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Footing {
    /// Position on the ground in the world, m.
    pub xy: [f64; 2],
    /// Heading about world Z, rad; along the path in the sense of motion.
    pub yaw_rad: f64,
}

impl ActorPath {
    /// The path of an actor of the scenario.
    ///
    /// Corners that repeat their predecessor are ignored. An actor with fewer
    /// than two distinct corners stands still and faces +X.
    pub fn new(spec: &ActorSpec) -> Self {
        let mut corners = spec.path.clone();
        if spec.repeat == Repeat::Loop {
            corners.extend(spec.path.first());
        }
        let mut legs: Vec<Leg> = Vec::new();
        for pair in corners.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
            let length = libm::hypot(dx, dy);
            if length > 0.0 {
                let begins_m = legs.last().map_or(0.0, |leg| leg.ends_m);
                legs.push(Leg {
                    from,
                    direction: [dx / length, dy / length],
                    yaw_rad: libm::atan2(dy, dx),
                    begins_m,
                    ends_m: begins_m + length,
                });
            }
        }
        Self {
            length_m: legs.last().map_or(0.0, |leg| leg.ends_m),
            first: spec.path.first().copied().unwrap_or_default(),
            legs,
            speed_mps: spec.speed,
            start_s: spec.start,
            repeat: spec.repeat,
        }
    }

    /// Position and heading at simulated second `time_s`.
    pub fn at(&self, time_s: f64) -> Footing {
        if self.legs.is_empty() {
            return Footing { xy: self.first, yaw_rad: 0.0 };
        }
        let walked = self.speed_mps * (time_s - self.start_s).max(0.0);
        let (distance, returns) = match self.repeat {
            Repeat::Once => (walked.min(self.length_m), false),
            Repeat::Loop => (walked % self.length_m, false),
            Repeat::BackAndForth => {
                let around = walked % (2.0 * self.length_m);
                if around < self.length_m {
                    (around, false)
                } else {
                    (2.0 * self.length_m - around, true)
                }
            }
        };
        // A corner belongs to the leg that the actor is about to walk.
        let leg = if returns {
            self.legs.partition_point(|leg| leg.ends_m < distance)
        } else {
            self.legs.partition_point(|leg| leg.ends_m <= distance)
        };
        let leg = &self.legs[leg.min(self.legs.len() - 1)];
        let along = distance - leg.begins_m;
        let yaw = if returns { opposite(leg.yaw_rad) } else { leg.yaw_rad };
        Footing {
            xy: [leg.from[0] + along * leg.direction[0], leg.from[1] + along * leg.direction[1]],
            yaw_rad: yaw,
        }
    }
}

fn opposite(yaw_rad: f64) -> f64 {
    if yaw_rad > 0.0 { yaw_rad - std::f64::consts::PI } else { yaw_rad + std::f64::consts::PI }
}

#[cfg(test)]
mod tests {
    use super::*;
    use randori_core::spec::ActorModel;
    use std::f64::consts::{FRAC_PI_2, PI};

    fn path(corners: &[[f64; 2]], repeat: Repeat) -> ActorPath {
        ActorPath::new(&ActorSpec {
            name: "walker".to_owned(),
            model: ActorModel::Pedestrian { height: 1.7, radius: 0.25 },
            path: corners.to_vec(),
            speed: 2.0,
            start: 1.0,
            repeat,
        })
    }

    const CORNER: [[f64; 2]; 3] = [[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]];

    fn assert_at(path: &ActorPath, time_s: f64, xy: [f64; 2], yaw_rad: f64) {
        let footing = path.at(time_s);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(
            close(footing.xy[0], xy[0])
                && close(footing.xy[1], xy[1])
                && close(footing.yaw_rad, yaw_rad),
            "at {time_s} s: {footing:?}, expected {xy:?} facing {yaw_rad}"
        );
    }

    #[test]
    fn waits_at_the_first_corner_then_walks_and_stops_at_the_last() {
        let path = path(&CORNER, Repeat::Once);

        assert_at(&path, 0.0, [0.0, 0.0], 0.0);
        assert_at(&path, 2.0, [2.0, 0.0], 0.0);
        assert_at(&path, 2.5, [3.0, 0.0], FRAC_PI_2);
        assert_at(&path, 3.5, [3.0, 2.0], FRAC_PI_2);
        assert_at(&path, 60.0, [3.0, 4.0], FRAC_PI_2);
    }

    #[test]
    fn walks_back_facing_the_other_way() {
        let path = path(&CORNER, Repeat::BackAndForth);

        assert_at(&path, 4.5, [3.0, 4.0], -FRAC_PI_2);
        assert_at(&path, 5.5, [3.0, 2.0], -FRAC_PI_2);
        assert_at(&path, 7.0, [2.0, 0.0], PI);
        assert_at(&path, 8.0, [0.0, 0.0], 0.0);
        assert_at(&path, 8.0 + 7.0, [0.0, 0.0], 0.0);
    }

    #[test]
    fn a_loop_closes_with_a_straight_line() {
        let path = path(&CORNER, Repeat::Loop);

        // The way back is the hypotenuse of 5 m; it takes 2.5 s.
        let home = libm::atan2(-4.0, -3.0);
        assert_at(&path, 4.5 + 1.25, [1.5, 2.0], home);
        assert_at(&path, 7.0, [0.0, 0.0], 0.0);
    }

    #[test]
    fn a_negative_start_means_being_under_way_already() {
        let now = path(&CORNER, Repeat::BackAndForth);
        let later = ActorPath { start_s: now.start_s - 5.5, ..now.clone() };

        for time_s in [0.0, 1.0, 4.25] {
            let footing = now.at(time_s + 5.5);
            assert_at(&later, time_s, footing.xy, footing.yaw_rad);
        }
    }

    #[test]
    fn a_path_without_length_stands_still() {
        let path = path(&[[1.0, 2.0], [1.0, 2.0]], Repeat::BackAndForth);

        assert_at(&path, 10.0, [1.0, 2.0], 0.0);
    }
}
