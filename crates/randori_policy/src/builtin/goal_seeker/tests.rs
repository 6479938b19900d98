use randori_core::time::Tick;

use super::*;
use crate::builtin::builtin;
use crate::fixture::{COURIER, Snapshot, TICK_RATE_HZ, interface, params};

/// Ticks per control period, and per scan.
const DECISION: u64 = 10;
const SCAN: u64 = 50;

/// A floor with walls and posts, some of which move; the robot is the disc of its fixture and
/// follows its wheel commands within 0.1 s.
struct Floor {
    walls: Vec<[[f64; 2]; 2]>,
    /// Initial position, velocity (m/s), and start time (s); radius 0.25 m.
    people: Vec<([f64; 2], [f64; 2], f64)>,
    robot: Place,
    speed: f64,
    turn: f64,
    tick: u64,
    seen: Snapshot,
}

const PERSON: f64 = 0.25;

impl Floor {
    fn new(walls: &[[[f64; 2]; 2]], people: &[([f64; 2], [f64; 2], f64)]) -> Self {
        let robot = interface(COURIER);
        let mut seen = Snapshot::at(&robot, 0.0, vec![0.0; 185]);
        seen.measured_at.fill(None);
        let (walls, people) = (walls.to_vec(), people.to_vec());
        Self { walls, people, robot: Place::default(), speed: 0.0, turn: 0.0, tick: 0, seen }
    }

    fn time_s(&self) -> f64 {
        self.tick as f64 / TICK_RATE_HZ as f64
    }

    fn person(&self, index: usize) -> [f64; 2] {
        let (from, velocity, start) = self.people[index];
        let walked = (self.time_s() - start).max(0.0);
        [from[0] + velocity[0] * walked, from[1] + velocity[1] * walked]
    }

    /// Distance along a ray to the nearest obstacle, m.
    fn range(&self, from: [f64; 2], angle: f64) -> f64 {
        let (dx, dy) = (libm::cos(angle), libm::sin(angle));
        let mut nearest = f64::INFINITY;
        for [a, b] in &self.walls {
            let (ex, ey) = (b[0] - a[0], b[1] - a[1]);
            let (fx, fy) = (a[0] - from[0], a[1] - from[1]);
            let det = ex * dy - ey * dx;
            let (along, share) = ((ex * fy - ey * fx) / det, (dx * fy - dy * fx) / det);
            if along > 0.0 && (0.0..=1.0).contains(&share) {
                nearest = nearest.min(along);
            }
        }
        for index in 0..self.people.len() {
            let [px, py] = self.person(index);
            let (fx, fy) = (px - from[0], py - from[1]);
            let (along, across) = (fx * dx + fy * dy, fx * dy - fy * dx);
            if along > 0.0 && across.abs() < PERSON {
                nearest = nearest.min(along - (PERSON * PERSON - across * across).sqrt());
            }
        }
        if nearest > 12.0 { f64::INFINITY } else { nearest }
    }

    /// Updates due measurements, runs the policy and simulates one control period.
    fn advance(&mut self, policy: &mut GoalSeeker) -> Vec<f32> {
        if self.tick.is_multiple_of(SCAN) {
            let lidar = self.robot.point([0.2, 0.0]);
            for beam in 0..180 {
                let angle = (f64::from(beam) * 2.0 - 180.0).to_radians();
                let range = self.range(lidar, self.robot.heading + angle);
                self.seen.values[beam as usize] = range as f32;
            }
            self.seen.measured_at[0] = Some(Tick(self.tick));
        }
        let Place { x, y, heading } = self.robot;
        self.seen.values[180..183].copy_from_slice(&[x as f32, y as f32, heading as f32]);
        self.seen.measured_at[1..].fill(Some(Tick(self.tick)));
        self.seen.tick = self.tick;
        let answer = policy.act(&self.seen.observation(self.tick / DECISION)).expect("an answer");
        let [left, right] = answer.commands[0][..] else { panic!("two wheels") };
        let (left, right) = (f64::from(left) * 0.1, f64::from(right) * 0.1);
        for _ in 0..DECISION {
            let dt = 1.0 / TICK_RATE_HZ as f64;
            self.speed += (f64::midpoint(left, right) - self.speed) * dt / 0.1;
            self.turn += ((right - left) / 0.5 - self.turn) * dt / 0.1;
            self.robot.x += self.speed * libm::cos(self.robot.heading) * dt;
            self.robot.y += self.speed * libm::sin(self.robot.heading) * dt;
            self.robot.heading = wrapped(self.robot.heading + self.turn * dt);
            self.tick += 1;
        }
        answer.commands[0].clone()
    }

    /// Gap between the robot's box (0.6 m by 0.5 m) and person `index`, m.
    fn gap(&self, index: usize) -> f64 {
        let [x, y] = self.robot.inverse_point(self.person(index));
        let outside = [(x.abs() - 0.3).max(0.0), (y.abs() - 0.25).max(0.0)];
        distance(outside, [0.0; 2]) - PERSON
    }
}

fn seeker(text: &str) -> GoalSeeker {
    let values = params(text);
    let params = Params::new(&INFO, &values).expect("known parameters");
    GoalSeeker::new(&params, &interface(COURIER)).expect("the courier can seek goals")
}

/// Drives for `duration_s`; returns the smallest gap to any person (m), the
/// slowest speed between 1 s and arrival, and when the robot arrived (s).
fn drive(floor: &mut Floor, policy: &mut GoalSeeker, duration_s: f64) -> (f64, f64, Option<f64>) {
    let (mut gap, mut slowest, mut arrived) = (f64::INFINITY, f64::INFINITY, None);
    while floor.time_s() < duration_s {
        floor.advance(policy);
        for index in 0..floor.people.len() {
            gap = gap.min(floor.gap(index));
        }
        if policy.state.arrived {
            arrived = arrived.or(Some(floor.time_s()));
        } else if floor.time_s() > 1.0 {
            slowest = slowest.min(floor.speed);
        }
    }
    (gap, slowest, arrived)
}

/// Two walls 3 m apart along X with an opening from x = 3.2 m to 4.8 m.
const CORRIDOR: [[[f64; 2]; 2]; 5] = [
    [[-2.0, 1.5], [3.2, 1.5]],
    [[4.8, 1.5], [10.0, 1.5]],
    [[-2.0, -1.5], [3.2, -1.5]],
    [[4.8, -1.5], [10.0, -1.5]],
    [[10.0, -1.5], [10.0, 1.5]],
];

#[test]
fn drives_straight_to_a_point_and_stays_there() {
    let mut floor = Floor::new(&[], &[]);
    let mut policy = seeker(r#""goal": (4.0, 1.0)"#);

    let (_, _, arrived) = drive(&mut floor, &mut policy, 10.0);

    assert!(arrived.expect("nothing is in the way") < 6.5, "{arrived:?}");
    assert!(distance([floor.robot.x, floor.robot.y], [4.0, 1.0]) < 0.15);
    assert!(floor.speed.abs() < 1e-6 && floor.turn.abs() < 1e-6);
}

#[test]
fn a_goal_behind_the_robot_is_reached_too() {
    let mut floor = Floor::new(&CORRIDOR, &[]);
    floor.robot.x = 2.0;
    let mut policy = seeker(r#""goal": (0.0, 0.0)"#);

    assert!(drive(&mut floor, &mut policy, 12.0).2.is_some(), "{:?}", floor.robot);
}

#[test]
fn goes_around_a_person_who_stands_in_the_way() {
    let mut floor = Floor::new(&CORRIDOR, &[([2.5, 0.1], [0.0; 2], 0.0)]);
    let mut policy = seeker(r#""goal": (8.0, 0.0)"#);

    let (gap, _, arrived) = drive(&mut floor, &mut policy, 20.0);

    assert!(gap > 0.15, "gap {gap} m");
    assert!(arrived.expect("there is room on the right") < 16.0, "{arrived:?}");
}

#[test]
fn lets_a_crossing_person_pass_and_goes_on() {
    for start in 0..12 {
        for speed in [0.9, 1.2, 1.5] {
            let start = 0.25 * f64::from(start);
            let mut floor = Floor::new(&CORRIDOR, &[([4.0, -4.0], [0.0, speed], start)]);
            let mut policy = seeker(r#""goal": (8.0, 0.0)"#);

            let (gap, _, arrived) = drive(&mut floor, &mut policy, 20.0);

            assert!(gap > 0.25, "gap {gap} m to a person at {speed} m/s from {start} s");
            assert!(arrived.is_some_and(|time| time < 16.0), "{speed} {start}: {arrived:?}");
        }
    }
}

#[test]
fn slows_down_for_somebody_who_steps_in_front() {
    let mut floor = Floor::new(&CORRIDOR, &[([4.0, -3.0], [0.0, 0.9], 0.3)]);
    let mut policy = seeker(r#""goal": (8.0, 0.0)"#);

    let (gap, slowest, arrived) = drive(&mut floor, &mut policy, 20.0);

    assert!(slowest < 0.6, "slowest {slowest} m/s");
    assert!(gap > 0.1, "gap {gap} m");
    assert!(arrived.is_some());
}

#[test]
fn stops_while_the_lidar_is_silent() {
    let mut floor = Floor::new(&CORRIDOR, &[]);
    let mut policy = seeker(r#""goal": (8.0, 0.0)"#);
    drive(&mut floor, &mut policy, 2.0);
    assert!(floor.speed > 0.5);

    // Just after a scan: no further scans arrive.
    let last_scan = floor.seen.measured_at[0];
    for _ in 0..100 {
        let resume = floor.tick.next_multiple_of(SCAN) + DECISION;
        floor.tick = if floor.tick.is_multiple_of(SCAN) { resume } else { floor.tick };
        floor.advance(&mut policy);
    }

    assert_eq!(floor.seen.measured_at[0], last_scan);
    assert!(floor.speed < 0.01, "{}", floor.speed);
}

#[test]
fn a_restored_seeker_continues_with_the_same_bits() {
    let start = || Floor::new(&CORRIDOR, &[([4.0, -4.0], [0.0, 1.2], 0.5)]);
    let (mut floor, mut twin) = (start(), start());
    let mut original = seeker(r#""goal": (8.0, 0.0)"#);
    let mut restored = original.clone();
    drive(&mut floor, &mut original, 3.0);
    drive(&mut twin, &mut restored, 3.0);
    restored.reset(0);

    assert!(!original.state.tracks.is_empty(), "the state under test is not trivial");
    restored.restore(&original.snapshot()).expect("its own snapshot");

    for _ in 0..200 {
        assert_eq!(floor.advance(&mut original), twin.advance(&mut restored));
    }
}

#[test]
fn ground_truth_is_preferred_and_corrected_for_where_the_sensor_sits() {
    let robot = COURIER.replace(
        "sensors: [",
        r#"sensors: [(name: "truth", link: "base", kind: GroundTruth, rate_hz: 500,
            pose: (xyz: (0.3, 0.0, 0.2), rpy: (Deg(0), Deg(0), Deg(90)))),"#,
    );
    let interface = interface(&robot);
    let localizer = Localizer::chosen(&interface, "auto", Place::default());
    let localizer = localizer.expect("a known choice").expect("a sensor");
    let mut values = vec![0.0; 13 + 185];
    // The sensor faces world +X, so the base faces -Y.
    values[..7].copy_from_slice(&[5.0, 2.0, 0.2, 0.0, 0.0, 0.0, 1.0]);
    let seen = Snapshot::at(&interface, 0.0, values);

    let (_, place) = localizer.locate(&seen.observation(0)).expect("it is measured");

    assert!(distance([place.x, place.y], [5.0, 2.3]) < 1e-6, "{place:?}");
    assert!((place.heading + std::f64::consts::FRAC_PI_2).abs() < 1e-6, "{place:?}");
}

#[test]
fn wheels_that_turn_backwards_get_the_opposite_speed() {
    let forward = wheel_speeds(COURIER);
    let mounted_backwards = COURIER.replacen("Deg(-90)", "Deg(90)", 1);
    let mirrored = wheel_speeds(&mounted_backwards);

    assert!(forward[0] > 0.0 && forward[0] == forward[1], "{forward:?}");
    assert_eq!(mirrored, [-forward[0], forward[1]]);
}

/// The first command towards a goal straight ahead.
fn wheel_speeds(robot: &str) -> Vec<f32> {
    let interface = interface(robot);
    let mut policy =
        builtin("goal_seeker", &params(r#""goal": (5, 0)"#), &interface).expect("a courier");
    let mut values = vec![f32::INFINITY; 180];
    values.extend([0.0; 5]);
    let seen = Snapshot::at(&interface, 0.0, values);
    policy.submit(&seen.observation(0)).expect("an answer");
    policy.collect(0).expect("an answer").commands.remove(0)
}

#[test]
fn parameters_that_cannot_be_met_are_explained() {
    let message = |text: &str, robot: &str| {
        builtin("goal_seeker", &params(text), &interface(robot)).err().expect("refused").message
    };

    assert_eq!(
        message(r#""goal": (1, 0), "speed": 3.0"#, COURIER),
        "`speed` is 3 m/s, but the wheels reach 1.8 m/s"
    );
    assert_eq!(
        message(r#""goal": (1, 0), "left": "lefft""#, COURIER),
        "no actuator with a `Velocity` drive is called `lefft`; did you mean `left`?"
    );
    assert_eq!(
        message(r#""goal": (1, 0)"#, crate::fixture::CARTPOLE),
        "the robot does not say which actuator is its left wheel"
    );
    assert_eq!(
        message(r#""goal": (1, 0), "localization": "truth""#, COURIER),
        "`goal_seeker` cannot tell where the robot is"
    );
    assert_eq!(
        message(r#""goal": (1, 0), "localization": "gps""#, COURIER),
        "there is no localization `gps`"
    );
}

#[test]
fn a_blind_corner_is_passed_slowly() {
    let mut floor = Floor::new(&CORRIDOR, &[]);
    let mut policy = seeker(r#""goal": (8.0, 0.0)"#);
    let (mut before, mut at_the_corner) = (0.0_f64, f64::INFINITY);
    while floor.robot.x < 3.2 {
        floor.advance(&mut policy);
        match floor.robot.x {
            x if x < 2.0 => before = before.max(floor.speed),
            x if x > 2.8 => at_the_corner = at_the_corner.min(floor.speed),
            _ => {}
        }
    }

    assert!(before > 0.9 && at_the_corner < 0.6, "{before} m/s, then {at_the_corner} m/s");
}
