//! Contact problems with a closed-form solution: slopes, rolling, bouncing, a bowling
//! ball, a tower at rest.

use std::fmt::Write as _;

use nalgebra::{UnitQuaternion, Vector3};

use super::stage::{Course, DOWN, G, Stage, raise};
use super::{AccuracyCase, Measure, Peer};
use randori_sim::world::WorldFault;

pub(super) const CASES: &[AccuracyCase] = &[
    AccuracyCase {
        name: "slope",
        title: "Box on a slope",
        about: "A box on a slope of 30 degrees: with a friction of 0.6 it must stay (above 0.5774 \
                it does), with 0.3 it must slide 1.17814 m in 1 s.",
        source: TEXTBOOK,
        truth: TEXTBOOK,
        measures: &[
            Measure {
                name: "creep",
                unit: "m",
                meaning: "distance travelled in 1 s where it should stick",
            },
            Measure {
                name: "slide",
                unit: "",
                meaning: "relative error of the distance travelled in 1 s where it slides",
            },
        ],
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: &[],
        simulate: |rate_hz| {
            let shape = "Box(size: (0.2, 0.2, 0.2))";
            let stays = Incline { shape, height: 0.1, friction: 0.6, degrees: 30.0, turned: 0.0 };
            let slides = Incline { friction: 0.3, ..stays };
            let exact = stays.pull(0.3) / 2.0;
            let (still, slid) = (stays.run(rate_hz)?, slides.run(rate_hz)?);
            Ok(vec![still.way.norm(), (slid.way.norm() / exact - 1.0).abs()])
        },
    },
    AccuracyCase {
        name: "rolling_slope",
        title: "Rolling down a slope",
        about: "A ball and a cylinder roll down a slope of 30 degrees with a friction of 0.5, from \
                rest, for 1 s; then Drake's test, a ball on 15 degrees with a friction of 1.",
        source: "textbook; Drake, rolling sphere test (tolerance 5.5e-4)",
        truth: "closed form: 5/7 and 2/3 of the pull of the slope; the speed that belongs to the \
                height lost",
        measures: &[
            Measure { name: "ball", unit: "", meaning: "relative error of the speed at 1 s" },
            Measure { name: "cylinder", unit: "", meaning: "the same" },
            Measure {
                name: "speed by height",
                unit: "",
                meaning: "relative distance of the speed at 1 s from the one that belongs to the \
                          height lost",
            },
        ],
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: &[Peer {
            engine: "bound of Drake's test",
            step_s: None,
            errors: &[None, None, Some(5.5e-4)],
        }],
        simulate: rolling_slope,
    },
    AccuracyCase {
        name: "bounce",
        title: "Bouncing ball",
        about: "A ball falls 1 m and bounces with a restitution of 0.8, five times.",
        source: TEXTBOOK,
        truth: TEXTBOOK,
        measures: &[
            Measure {
                name: "impacts",
                unit: "s",
                meaning: "largest error of the times of the first five impacts",
            },
            Measure {
                name: "first apex",
                unit: "",
                meaning: "relative error of the height after the first bounce",
            },
            Measure { name: "fourth apex", unit: "", meaning: "the same after the fourth" },
        ],
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: &[],
        simulate: bounce,
    },
    AccuracyCase {
        name: "bowling",
        title: "Bowling ball",
        about: "A ball is set down sliding at 5 m/s with a friction of 0.2; it slides 3.1205 m, \
                and then rolls at 3.5714 m/s, for 2 s.",
        source: TEXTBOOK,
        truth: TEXTBOOK,
        measures: &[
            Measure { name: "speed", unit: "", meaning: "relative error of the speed at 2 s" },
            Measure {
                name: "way",
                unit: "",
                meaning: "relative error of the distance travelled in 2 s",
            },
        ],
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: &[],
        simulate: bowling,
    },
    AccuracyCase {
        name: "tower",
        title: "Tower of ten boxes",
        about: "Ten boxes of 1 m and 1 kg on each other stand for 10 s.",
        source: "requirement: drift below 1 mm, overlaps below 1 % of a box",
        truth: "no motion",
        measures: &[
            Measure { name: "drift", unit: "m", meaning: "largest lateral displacement of a box" },
            Measure { name: "overlap", unit: "m", meaning: "largest overlap of two neighbours" },
            Measure { name: "sink", unit: "m", meaning: "vertical displacement of the top" },
        ],
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: &[],
        simulate: tower,
    },
];

const TEXTBOOK: &str = "closed form";

/// A body of 1 kg released on a slope that descends towards +X.
#[derive(Clone, Copy)]
struct Incline {
    shape: &'static str,
    /// From the slope to the body's centre, m.
    height: f64,
    friction: f64,
    degrees: f64,
    /// Roll of the shape in its body, degrees: cylinders lie across the slope.
    turned: f64,
}

/// State of a body after one second.
struct Slid {
    way: Vector3<f64>,
    speed: f64,
}

impl Incline {
    fn run(&self, rate_hz: u32) -> Result<Slid, WorldFault> {
        let Self { shape, friction, degrees, turned, .. } = *self;
        let tilt = format!("rpy: (Deg(0), Deg({degrees:?}), Deg(0))");
        let axis = Vector3::y_axis();
        let slope = UnitQuaternion::from_axis_angle(&axis, degrees.to_radians());
        let at = slope * (Vector3::z() * self.height);
        let (x, y, z) = (at.x, at.y, at.z);
        let environment = format!(
            "objects: [(name: \"slope\", pose: ({tilt}), \
             shapes: [(shape: Plane, friction: {friction:?})]), \
             (name: \"body\", pose: (xyz: ({x:?}, {y:?}, {z:?}), {tilt}), \
             mobility: Movable(mass_kg: 1.0), shapes: [(shape: {shape}, friction: {friction:?}, \
             pose: (rpy: (Deg({turned:?}), Deg(0), Deg(0))))])]"
        );
        let stage = Stage { gravity: DOWN, environment: &environment, robot: None };
        let mut course = stage.build(rate_hz);
        let body = course.body("body");
        let start = course.motion(body).place;
        for _ in 0..course.steps_in(1.0) {
            course.step()?;
        }
        let end = course.motion(body);
        Ok(Slid { way: end.place - start, speed: end.velocity.norm() })
    }

    /// Acceleration of a sliding body with a friction coefficient, m/s^2.
    fn pull(&self, friction: f64) -> f64 {
        let slope = self.degrees.to_radians();
        G * (libm::sin(slope) - friction * libm::cos(slope))
    }
}

fn rolling_slope(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    let ball = Incline {
        shape: "Sphere(radius: 0.05)",
        height: 0.05,
        friction: 0.5,
        degrees: 30.0,
        turned: 0.0,
    };
    let cylinder = Incline { shape: "Cylinder(radius: 0.05, length: 0.2)", turned: 90.0, ..ball };
    let gentle = Incline { friction: 1.0, degrees: 15.0, ..ball };
    let pull = ball.pull(0.0);
    let rolled = gentle.run(rate_hz)?;
    let by_height = (2.0 * G * -rolled.way.z / 1.4).sqrt();
    Ok(vec![
        (ball.run(rate_hz)?.speed / (pull * 5.0 / 7.0) - 1.0).abs(),
        (cylinder.run(rate_hz)?.speed / (pull * 2.0 / 3.0) - 1.0).abs(),
        (rolled.speed / by_height - 1.0).abs(),
    ])
}

/// A ball of 0.1 m radius above or on the ground.
fn ball(rate_hz: u32, surface: &str, height: f64, speed: f64) -> Course {
    let environment = format!(
        "ground: ({surface}), objects: [(name: \"ball\", pose: (xyz: (0.0, 0.0, {height:?})), \
         mobility: Movable(mass_kg: 1.0, linear_velocity: ({speed:?}, 0.0, 0.0)), \
         shapes: [(shape: Sphere(radius: 0.1), {surface})])]"
    );
    Stage { gravity: DOWN, environment: &environment, robot: None }.build(rate_hz)
}

fn bounce(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    const RESTITUTION: f64 = 0.8;
    let mut course = ball(rate_hz, "friction: 0.0, restitution: 0.8", 1.1, 0.0);
    let body = course.body("ball");
    let (mut impacts, mut apexes, mut before) = (Vec::new(), Vec::new(), 0.0);
    let mut apex = 0.0;
    // A ball with too few bounces has no times for the others.
    let last = course.steps_in(4.0);
    while impacts.len() < 5 && course.world.ticks() < last {
        course.step()?;
        let motion = course.motion(body);
        if before < 0.0 && motion.velocity.z >= 0.0 {
            impacts.push(course.time_s());
            apexes.push(apex);
            apex = 0.0;
        }
        apex = f64::max(apex, motion.place.z - 0.1);
        before = motion.velocity.z;
    }
    let fall = (2.0 / G).sqrt();
    let (mut due, mut flight, mut worst) = (fall, 2.0 * fall, 0.0);
    for index in 0..5 {
        raise(&mut worst, impacts.get(index).map_or(f64::INFINITY, |time| (time - due).abs()));
        flight *= RESTITUTION;
        due += flight;
    }
    // The height before the first impact is the release height.
    let apex_error = |bounces: usize| {
        let exact = (0..2 * bounces).fold(1.0, |height, _| height * RESTITUTION);
        apexes.get(bounces).map_or(1.0, |height| (height / exact - 1.0).abs())
    };
    Ok(vec![worst, apex_error(1), apex_error(4)])
}

fn bowling(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    const SPEED: f64 = 5.0;
    const FRICTION: f64 = 0.2;
    let mut course = ball(rate_hz, "friction: 0.2", 0.1, SPEED);
    for _ in 0..course.steps_in(2.0) {
        course.step()?;
    }
    let motion = course.motion(course.body("ball"));
    let rolls_at = 2.0 * SPEED / (7.0 * FRICTION * G);
    let speed = SPEED * 5.0 / 7.0;
    let slipped = rolls_at * (SPEED + speed) / 2.0;
    let way = slipped + speed * (2.0 - rolls_at);
    Ok(vec![(motion.velocity.x / speed - 1.0).abs(), (motion.place.x / way - 1.0).abs()])
}

fn tower(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    let mut environment = "ground: (), objects: [".to_owned();
    for level in 0..10 {
        let z = 0.5 + f64::from(level);
        let _ = write!(
            environment,
            "(name: \"box_{level}\", pose: (xyz: (0.0, 0.0, {z:?})), \
             mobility: Movable(mass_kg: 1.0), shapes: [(shape: Box(size: (1.0, 1.0, 1.0)))]), "
        );
    }
    environment.push(']');
    let mut course = Stage { gravity: DOWN, environment: &environment, robot: None }.build(rate_hz);
    let boxes: Vec<_> = (0..10).map(|level| course.body(&format!("box_{level}"))).collect();
    let (mut drift, mut overlap, mut sink) = (0.0, 0.0, 0.0);
    for _ in 0..course.steps_in(10.0) {
        course.step()?;
        let mut below = -0.5;
        for body in &boxes {
            let place = course.motion(*body).place;
            raise(&mut drift, place.xy().norm());
            raise(&mut overlap, 1.0 - (place.z - below));
            below = place.z;
        }
        raise(&mut sink, 9.5 - below);
    }
    Ok(vec![drift, overlap, sink])
}
