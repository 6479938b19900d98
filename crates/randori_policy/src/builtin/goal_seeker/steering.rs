//! Chooses a heading and a speed among a fan of candidates.
//!
//! The robot is modelled as a disc. A candidate is a straight path at one of a few speeds; its cost
//! grows with the deviation from the goal, the change of heading, the lack of free distance ahead,
//! slowness, and proximity to moving obstacles. Candidates are evaluated in a fixed order.
//!
//! Start reading at [`choose`].

use super::place::wrapped;
use super::scan::distance;
use super::tracks::Track;

/// The inputs of the choice. The robot is at the origin, facing +X.
#[derive(Debug, Clone)]
pub(super) struct Situation<'a> {
    /// Position of the goal, m.
    pub(super) goal: [f64; 2],
    /// Lidar hits on static obstacles, m.
    pub(super) points: &'a [[f64; 2]],
    /// Moving obstacles. Their motion is predicted, so their points are not treated as obstacles.
    pub(super) tracks: &'a [Track],
    /// Heading of the last choice, rad.
    pub(super) last: Option<f64>,
    /// Radius of the disc, m.
    pub(super) body_radius: f64,
    /// Preferred clearance where there is room, m.
    pub(super) clearance: f64,
    /// Speed in free space, m/s.
    pub(super) speed: f64,
    /// Speed of the robot, m/s.
    pub(super) current_speed: f64,
    /// Maximum acceleration, m/s^2; deceleration is [`BRAKING`] times as large.
    pub(super) acceleration: f64,
    /// Maximum yaw rate, rad/s.
    pub(super) turn_rate: f64,
}

/// The chosen heading and speed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Choice {
    /// Heading relative to the robot's, rad.
    pub(super) heading: f64,
    /// Speed for which the path was evaluated, m/s.
    pub(super) speed: f64,
}

/// Directions in the fan: every 7.5 degrees.
const HEADINGS: i32 = 48;
/// Fractions of the full speed.
const SPEEDS: [f64; 4] = [1.0, 0.6, 0.3, 0.0];
/// Range beyond which obstacles are ignored, m.
const LOOKAHEAD: f64 = 3.0;
/// Prediction horizon and time step for moving obstacles, s.
const FORESIGHT: f64 = 3.0;
const FORESIGHT_STEP: f64 = 0.15;
/// Ratio of deceleration to acceleration.
pub(super) const BRAKING: f64 = 2.0;
/// Minimum clearance between the disc and obstacles, m.
pub(super) const MARGIN: f64 = 0.05;

/// The candidate with the lowest cost.
pub(super) fn choose(situation: &Situation<'_>) -> Choice {
    let to_goal = libm::atan2(situation.goal[1], situation.goal[0]);
    let fan = (0..HEADINGS)
        .map(|index| wrapped(f64::from(index) * std::f64::consts::TAU / f64::from(HEADINGS)));
    let mut best = (f64::INFINITY, Choice { heading: 0.0, speed: 0.0 });
    for heading in std::iter::once(to_goal).chain(fan) {
        let way = Way::ahead(situation, heading);
        let turning = way.cost(situation, to_goal);
        for share in SPEEDS {
            let speed = share * situation.speed;
            let meeting = meeting_cost(situation, heading, speed);
            // Standing still makes no progress, so it is chosen only to let a moving obstacle pass;
            // a long detour for that costs more.
            let cost = turning + 1.0 * (1.0 - share) + meeting;
            if cost < best.0 {
                best = (cost, Choice { heading, speed });
            }
        }
    }
    best.1
}

/// Free distance in one direction until the disc touches one of `points`, m.
pub(super) fn free_way(points: &[[f64; 2]], body_radius: f64, heading: f64) -> f64 {
    let (sin, cos) = (libm::sin(heading), libm::cos(heading));
    let radius = body_radius + MARGIN;
    let until = |[x, y]: &[f64; 2]| {
        let (along, across) = (cos * x + sin * y, cos * y - sin * x);
        let touches = along > 0.0 && across.abs() < radius;
        touches.then(|| (along - libm::sqrt(radius * radius - across * across)).max(0.0))
    };
    points.iter().filter_map(until).fold(LOOKAHEAD, f64::min)
}

/// A straight path from the robot's position.
#[derive(Debug, Clone, Copy)]
struct Way {
    heading: f64,
    /// Length until the disc would touch something, m.
    free: f64,
    /// The same with the wanted clearance around the disc.
    comfortable: f64,
}

impl Way {
    fn ahead(situation: &Situation<'_>, heading: f64) -> Self {
        let comfort = situation.clearance.max(MARGIN) - MARGIN;
        let free = free_way(situation.points, situation.body_radius, heading);
        let comfortable = free_way(situation.points, situation.body_radius + comfort, heading);
        Self { heading, free, comfortable }
    }

    fn cost(&self, situation: &Situation<'_>, to_goal: f64) -> f64 {
        // Obstacles behind the goal are ignored.
        let needed = distance(situation.goal, [0.0, 0.0]).clamp(0.3, LOOKAHEAD);
        let short = |way: f64| 1.0 - way.min(needed) / needed;
        let off_goal = wrapped(self.heading - to_goal).abs();
        let off_last = situation.last.map_or(0.0, |last| wrapped(self.heading - last).abs());
        1.5 * off_goal
            + 0.4 * off_last
            + 0.2 * self.heading.abs()
            + 2.0 * short(self.comfortable)
            + 3.0 * short(self.free)
    }
}

/// Cost of proximity to moving obstacles, weighted by time.
fn meeting_cost(situation: &Situation<'_>, heading: f64, speed: f64) -> f64 {
    if situation.tracks.is_empty() {
        return 0.0;
    }
    let until_goal = distance(situation.goal, [0.0, 0.0]);
    let mut run = Run { position: [0.0; 2], heading: 0.0, speed: situation.current_speed };
    let mut worst = 0.0_f64;
    for step in 0..=libm::round(FORESIGHT / FORESIGHT_STEP) as u32 {
        let time = f64::from(step) * FORESIGHT_STEP;
        // An obstacle that passes a stationary robot needs less clearance.
        let share = if run.speed > 0.1 { 1.0 } else { 0.5 };
        let comfort = (situation.clearance * share).max(MARGIN);
        for track in situation.tracks {
            let between = distance(track.position_in(time), run.position);
            let gap = between - track.radius - situation.body_radius;
            if gap < comfort {
                // From 0 at the comfort distance to 1 at contact, with less weight farther ahead,
                // where there is time to replan.
                let closeness = ((comfort - gap) / comfort).min(2.0);
                let soon = 1.0 - 0.5 * time / FORESIGHT;
                worst = worst.max(8.0 * closeness * closeness * soon);
            }
        }
        let arrived = distance(run.position, [0.0; 2]) >= until_goal;
        run.advance(situation, heading, if arrived { 0.0 } else { speed });
    }
    worst
}

/// The predicted motion of the robot towards a candidate, within its limits of yaw rate and
/// acceleration.
#[derive(Debug, Clone, Copy)]
struct Run {
    position: [f64; 2],
    heading: f64,
    speed: f64,
}

impl Run {
    fn advance(&mut self, situation: &Situation<'_>, heading: f64, speed: f64) {
        let swing = situation.turn_rate * FORESIGHT_STEP;
        let faster = situation.acceleration * FORESIGHT_STEP;
        let error = wrapped(heading - self.heading);
        let aim = speed * aligned(error);
        let before = self.speed;
        self.heading += error.clamp(-swing, swing);
        self.speed = aim.clamp(before - BRAKING * faster, before + faster);
        let way = f64::midpoint(before, self.speed) * FORESIGHT_STEP;
        self.position[0] += way * libm::cos(self.heading);
        self.position[1] += way * libm::sin(self.heading);
    }
}

/// Fraction of the speed that remains while the heading error is `error`.
pub(super) fn aligned(error: f64) -> f64 {
    let cos = libm::cos(error).max(0.0);
    cos * cos
}

#[cfg(test)]
mod tests {
    use super::*;

    fn situation(goal: [f64; 2], points: &[[f64; 2]]) -> Situation<'_> {
        Situation {
            goal,
            points,
            tracks: &[],
            last: None,
            body_radius: 0.4,
            clearance: 0.4,
            speed: 1.0,
            current_speed: 1.0,
            acceleration: 1.0,
            turn_rate: 1.5,
        }
    }

    /// Points every 5 cm from one end to the other.
    fn wall(from: [f64; 2], to: [f64; 2]) -> Vec<[f64; 2]> {
        let count = (distance(from, to) / 0.05) as usize;
        let share = |index: usize| index as f64 / count as f64;
        let between = |axis: usize, share: f64| from[axis] + (to[axis] - from[axis]) * share;
        (0..=count).map(|i| [between(0, share(i)), between(1, share(i))]).collect()
    }

    #[test]
    fn an_open_floor_is_crossed_straight_at_full_speed() {
        let choice = choose(&situation([4.0, 1.0], &[]));

        assert_eq!(choice.speed, 1.0);
        assert!((choice.heading - libm::atan2(1.0, 4.0)).abs() < 1e-12);
    }

    #[test]
    fn a_post_ahead_is_passed_with_clearance_while_moving() {
        let points = wall([1.5, -0.2], [1.5, 0.1]);

        let choice = choose(&situation([4.0, 0.0], &points));

        assert!(choice.speed > 0.0);
        assert!(choice.heading > 0.3, "the free side is to the left: {choice:?}");
        assert!(free_way(&points, 0.4, choice.heading) > 1.0, "{choice:?}");
    }

    #[test]
    fn what_lies_behind_the_goal_does_not_matter() {
        let points = wall([1.9, -3.0], [1.9, 3.0]);

        let choice = choose(&situation([0.9, 0.0], &points));

        assert_eq!((choice.heading, choice.speed), (0.0, 1.0));
    }

    #[test]
    fn free_way_ends_where_the_disc_touches() {
        let points = [[2.0, 0.0], [-0.5, 0.0]];
        let free = free_way(&points, 0.4, 0.0);

        assert!((free - (2.0 - 0.4 - MARGIN)).abs() < 1e-12);
    }
}
