//! Mechanisms of the `IFToMM` library of computational multibody benchmarks: a
//! pendulum, a double four-bar with singular positions, Bricard's linkage.

use nalgebra::Vector3;
use randori_core::layout::BodyId;

use super::reference::integrate;
use super::stage::{Course, DOWN, G, Stage, narrow, raise};
use super::{AccuracyCase, FIRST_ORDER, Measure, Peer};
use randori_sim::world::WorldFault;

pub(super) const CASES: &[AccuracyCase] = &[
    AccuracyCase {
        name: "pendulum",
        title: "IFToMM A01, pendulum",
        about: "A point mass of 1 kg on a rod of 1 m, released horizontally, for 10 s.",
        source: IFTOMM,
        truth: "conservation of energy; equation of motion in double precision",
        measures: &[
            ENERGY,
            Measure { name: "angle", unit: "rad", meaning: "largest error of the angle in 10 s" },
        ],
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: &[
            first_order(1.0 / 60.0, &[Some(0.228), Some(0.0369)]),
            first_order(1.0 / 240.0, &[Some(0.0564), Some(0.0092)]),
            first_order(1e-3, &[Some(0.0135), Some(0.0022)]),
            first_order(1e-4, &[Some(0.001_35), Some(2.2e-4)]),
            Peer {
                engine: "tolerance of the benchmark library",
                step_s: None,
                errors: &[Some(5e-5), None],
            },
        ],
        simulate: pendulum,
    },
    AccuracyCase {
        name: "double_four_bar",
        title: "IFToMM A02, double four-bar",
        about: "Three upright rods on the ground joined by two rods on top, each 1 kg and 1 m, \
                pushed to 1 m/s, for 10 s. In the horizontal position the linkage could fold \
                another way. Two hinges close loops.",
        source: IFTOMM,
        truth: "conservation of energy; as long as the loops hold it is a pendulum, whose equation \
                is solved in double precision",
        measures: &[
            ENERGY,
            Measure {
                name: "place",
                unit: "m",
                meaning: "distance of the first rod's end from its true position at 10 s",
            },
            GAP,
        ],
        rates_hz: &[64, 250, 500, 1000, 10_000],
        peers: &[
            first_order(1.0 / 60.0, &[Some(1.52), None, None]),
            first_order(1.0 / 240.0, &[Some(0.379), None, None]),
            first_order(1e-3, &[Some(0.0909), None, None]),
            first_order(1e-4, &[Some(0.0091), None, None]),
            Peer {
                engine: "Exudyn (implicit)",
                step_s: Some(1e-3),
                errors: &[Some(0.001_143), None, None],
            },
            Peer {
                engine: "Exudyn (implicit)",
                step_s: Some(1.25e-4),
                errors: &[Some(1.8e-5), Some(8e-7), None],
            },
        ],
        simulate: double_four_bar,
    },
    AccuracyCase {
        name: "bricard",
        title: "IFToMM A04, Bricard's linkage",
        about: "Five rods of 1 kg and 1 x 0.1 x 0.1 m in a ring with the ground, joined by six \
                hinges at right angles. By count of constraints it cannot move, but it can. It \
                falls from rest, for 10 s.",
        source: IFTOMM,
        truth: "conservation of energy; places from a solution in double precision that keeps \
                energy to 3e-11 J",
        measures: &[
            ENERGY,
            Measure {
                name: "place at 1 s",
                unit: "m",
                meaning: "distance of the fourth corner from its true position",
            },
            Measure { name: "place at 2 s", unit: "m", meaning: "the same" },
            Measure { name: "place at 5 s", unit: "m", meaning: "the same" },
            GAP,
        ],
        rates_hz: &[64, 250, 500, 1000, 10_000],
        // From tests/references/bricard.py.
        peers: &[
            first_order(
                1.0 / 60.0,
                &[Some(0.143), Some(0.0146), Some(0.006_46), Some(0.007_27), None],
            ),
            first_order(
                1.0 / 240.0,
                &[Some(0.0363), Some(0.003_65), Some(0.001_61), Some(0.001_83), None],
            ),
            first_order(1e-3, &[Some(0.008_75), Some(8.76e-4), Some(3.86e-4), Some(4.4e-4), None]),
        ],
        simulate: bricard,
    },
];

const IFTOMM: &str = "Gonzalez et al. 2006, library of computational benchmark problems; \
                      parameters as in MBSbenchmarksInOpenSim; first-order figures: the exact \
                      equation with symplectic Euler steps in double precision";

const ENERGY: Measure = Measure {
    name: "energy",
    unit: "J",
    meaning: "largest distance from the energy at the start in 10 s",
};
const GAP: Measure =
    Measure { name: "gap", unit: "m", meaning: "largest opening of a closed loop" };

const fn first_order(step_s: f64, errors: &'static [Option<f64>]) -> Peer {
    Peer { engine: FIRST_ORDER, step_s: Some(step_s), errors }
}

/// The bob swings about Y; its moments are negligible, because files cannot give zero.
const PENDULUM: &str = r#"Robot(
    format: 1, name: "pendulum", base: Fixed(link: "frame"),
    links: [
        (name: "frame", mass_kg: 1, inertia: Moments(ixx: 1, iyy: 1, izz: 1)),
        (name: "bob", mass_kg: 1, com: (-1, 0, 0), inertia: Moments(ixx: 1e-9, iyy: 1e-9, izz: 1e-9)),
    ],
    joints: [(name: "hinge", kind: Continuous, parent: "frame", child: "bob", axis: Y)],
)"#;

/// The bob's angular acceleration; its angle is measured from the horizontal.
fn law_of_bob([angle, rate]: &[f64; 2]) -> [f64; 2] {
    [*rate, -G * libm::cos(*angle)]
}

fn pendulum(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    let stage = Stage { gravity: DOWN, environment: "", robot: Some((PENDULUM, "")) };
    let mut course = stage.build(rate_hz);
    let hinge = course.joint("hinge");
    let mut exact = [0.0, 0.0];
    let mut worst = [0.0; 2];
    for _ in 0..course.steps_in(10.0) {
        course.step()?;
        integrate(&mut exact, course.step_s(), law_of_bob);
        let [angle, rate] = course.coordinate(hinge);
        raise(&mut worst[0], (0.5 * rate * rate + G * libm::sin(angle)).abs());
        raise(&mut worst[1], (angle - exact[0]).abs());
    }
    Ok(worst.to_vec())
}

/// A rod of 1 kg and its axis.
struct Rod {
    body: BodyId,
    /// From its frame to its centre, m.
    middle: Vector3<f64>,
    /// Moments along its own axes, kg m^2.
    moments: Vector3<f64>,
}

impl Rod {
    /// Kinetic and potential energy, J.
    fn energy(&self, course: &Course, gravity: &Vector3<f64>) -> f64 {
        let motion = course.motion(self.body);
        let arm = motion.turn * self.middle;
        let velocity = motion.velocity + motion.spin.cross(&arm);
        let spin = motion.turn.inverse() * motion.spin;
        let turning = self.moments.component_mul(&spin).dot(&spin);
        0.5 * (velocity.norm_squared() + turning) - gravity.dot(&(motion.place + arm))
    }
}

fn energy(course: &Course, rods: &[Rod], gravity: &Vector3<f64>) -> f64 {
    rods.iter().map(|rod| rod.energy(course, gravity)).sum()
}

/// In the XZ plane: `post_*` are hinged to the ground at x = 0, 1 and 2,
/// `beam_*` to the top of the post at their left; their right ends are tied.
const DOUBLE_FOUR_BAR: &str = r#"Robot(
    format: 1, name: "double_four_bar", base: Fixed(link: "ground"),
    links: [
        (name: "ground", mass_kg: 1, inertia: Moments(ixx: 1, iyy: 1, izz: 1)),
        (name: "post_0", mass_kg: 1, com: (0, 0, 0.5), inertia: Moments(ixx: 0.083333333, iyy: 0.083333333, izz: 1e-4)),
        (name: "post_1", mass_kg: 1, com: (0, 0, 0.5), inertia: Moments(ixx: 0.083333333, iyy: 0.083333333, izz: 1e-4)),
        (name: "post_2", mass_kg: 1, com: (0, 0, 0.5), inertia: Moments(ixx: 0.083333333, iyy: 0.083333333, izz: 1e-4)),
        (name: "beam_0", mass_kg: 1, com: (0.5, 0, 0), inertia: Moments(ixx: 1e-4, iyy: 0.083333333, izz: 0.083333333)),
        (name: "beam_1", mass_kg: 1, com: (0.5, 0, 0), inertia: Moments(ixx: 1e-4, iyy: 0.083333333, izz: 0.083333333)),
    ],
    joints: [
        (name: "foot_0", kind: Continuous, parent: "ground", child: "post_0", axis: Y),
        (name: "foot_1", kind: Continuous, parent: "ground", child: "post_1", axis: Y, pose: (xyz: (1, 0, 0))),
        (name: "foot_2", kind: Continuous, parent: "ground", child: "post_2", axis: Y, pose: (xyz: (2, 0, 0))),
        (name: "top_0", kind: Continuous, parent: "post_0", child: "beam_0", axis: Y, pose: (xyz: (0, 0, 1))),
        (name: "top_1", kind: Continuous, parent: "post_1", child: "beam_1", axis: Y, pose: (xyz: (0, 0, 1))),
    ],
    loops: [
        (name: "tie_0", kind: Revolute, link_a: "beam_0", pose_a: (xyz: (1, 0, 0), rpy: (Deg(-90), Deg(0), Deg(0))),
         link_b: "post_1", pose_b: (xyz: (0, 0, 1), rpy: (Deg(-90), Deg(0), Deg(0)))),
        (name: "tie_1", kind: Revolute, link_a: "beam_1", pose_a: (xyz: (1, 0, 0), rpy: (Deg(-90), Deg(0), Deg(0))),
         link_b: "post_2", pose_b: (xyz: (0, 0, 1), rpy: (Deg(-90), Deg(0), Deg(0)))),
    ],
)"#;

fn double_four_bar(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    let stage = Stage { gravity: DOWN, environment: "", robot: Some((DOUBLE_FOUR_BAR, "")) };
    let mut course = stage.build(rate_hz);
    let slender = 0.083_333_333;
    let posts = ["post_0", "post_1", "post_2"].map(|name| Rod {
        body: course.body(&format!("robot.{name}")),
        middle: Vector3::new(0.0, 0.0, 0.5),
        moments: Vector3::new(slender, slender, 1e-4),
    });
    let beams = ["beam_0", "beam_1"].map(|name| Rod {
        body: course.body(&format!("robot.{name}")),
        middle: Vector3::new(0.5, 0.0, 0.0),
        moments: Vector3::new(1e-4, slender, slender),
    });
    // These impulses rotate all posts at 1 rad/s and move the beams at
    // 1 m/s: 1/3 kg m^2 on an arm of 0.5 m, and 1 kg.
    for post in &posts {
        course.world.apply_impulse(post.body, narrow(&Vector3::new(2.0 / 3.0, 0.0, 0.0)));
    }
    for beam in &beams {
        course.world.apply_impulse(beam.body, narrow(&Vector3::x()));
    }
    let tied = [(beams[0].body, posts[1].body), (beams[1].body, posts[2].body)];
    let ends = (Vector3::x(), Vector3::z());
    let first = posts[0].body;
    let rods: Vec<Rod> = posts.into_iter().chain(beams).collect();
    let gravity = Vector3::from(DOWN);
    // 1.5 J of motion and the weights of three posts and two beams.
    let at_start = 1.5 + (3.0 * 0.5 + 2.0) * G;
    let mut worst = [0.0; 2];
    for _ in 0..course.steps_in(10.0) {
        course.step()?;
        raise(&mut worst[0], (energy(&course, &rods, &gravity) - at_start).abs());
        for (beam, post) in tied {
            raise(&mut worst[1], gap(&course, (beam, ends.0), (post, ends.1)));
        }
    }
    let mut exact = [0.0, 1.0];
    integrate(&mut exact, 10.0, law_of_posts);
    let end = point(&course, first, Vector3::z());
    let place = Vector3::new(libm::sin(exact[0]), 0.0, libm::cos(exact[0]));
    Ok(vec![worst[0], (end - place).norm(), worst[1]])
}

/// The posts' acceleration while all of them are parallel: three of 1/3 kg m^2
/// and two beams of 1 kg at 1 m turn under half and whole weights.
fn law_of_posts([angle, rate]: &[f64; 2]) -> [f64; 2] {
    [*rate, 3.5 * G / 3.0 * libm::sin(*angle)]
}

/// A point of a body, in the world.
fn point(course: &Course, body: BodyId, offset: Vector3<f64>) -> Vector3<f64> {
    let motion = course.motion(body);
    motion.place + motion.turn * offset
}

fn gap(course: &Course, a: (BodyId, Vector3<f64>), b: (BodyId, Vector3<f64>)) -> f64 {
    (point(course, a.0, a.1) - point(course, b.0, b.1)).norm()
}

/// From corner to corner: along X, -Y, Z, -X and Y, back to (0, 0, 1) on the
/// ground, where a hinge about X closes the loop.
const BRICARD: &str = r#"Robot(
    format: 1, name: "bricard", base: Fixed(link: "ground"),
    links: [
        (name: "ground", mass_kg: 1, inertia: Moments(ixx: 1, iyy: 1, izz: 1)),
        (name: "rod_0", mass_kg: 1, shapes: [(shape: Box(size: (1, 0.1, 0.1)), pose: (xyz: (0.5, 0, 0)))]),
        (name: "rod_1", mass_kg: 1, shapes: [(shape: Box(size: (0.1, 1, 0.1)), pose: (xyz: (0, -0.5, 0)))]),
        (name: "rod_2", mass_kg: 1, shapes: [(shape: Box(size: (0.1, 0.1, 1)), pose: (xyz: (0, 0, 0.5)))]),
        (name: "rod_3", mass_kg: 1, shapes: [(shape: Box(size: (1, 0.1, 0.1)), pose: (xyz: (-0.5, 0, 0)))]),
        (name: "rod_4", mass_kg: 1, shapes: [(shape: Box(size: (0.1, 1, 0.1)), pose: (xyz: (0, 0.5, 0)))]),
    ],
    joints: [
        (name: "hinge_0", kind: Continuous, parent: "ground", child: "rod_0", axis: Y),
        (name: "hinge_1", kind: Continuous, parent: "rod_0", child: "rod_1", axis: Z, pose: (xyz: (1, 0, 0))),
        (name: "hinge_2", kind: Continuous, parent: "rod_1", child: "rod_2", axis: X, pose: (xyz: (0, -1, 0))),
        (name: "hinge_3", kind: Continuous, parent: "rod_2", child: "rod_3", axis: Y, pose: (xyz: (0, 0, 1))),
        (name: "hinge_4", kind: Continuous, parent: "rod_3", child: "rod_4", axis: Z, pose: (xyz: (-1, 0, 0))),
    ],
    loops: [(name: "hinge_5", kind: Revolute, link_a: "rod_4", pose_a: (xyz: (0, 1, 0), rpy: (Deg(0), Deg(90), Deg(0))),
             link_b: "ground", pose_b: (xyz: (0, 0, 1), rpy: (Deg(0), Deg(90), Deg(0))))],
)"#;

/// Position of the fourth corner by time.
const FOURTH_CORNER: [(f64, [f64; 3]); 3] = [
    (1.0, [0.510_501_461_2, -1.649_167_599_4, 0.140_123_114_6]),
    (2.0, [-0.969_340_344_8, -1.221_246_895_0, 0.754_278_010_8]),
    (5.0, [0.999_999_997_7, -1.000_067_257_7, 0.999_932_740_0]),
];

fn bricard(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    // The library's gravity points along -Y.
    let gravity = Vector3::new(0.0, -G, 0.0);
    let stage = Stage { gravity: gravity.into(), environment: "", robot: Some((BRICARD, "")) };
    let mut course = stage.build(rate_hz);
    let along = [Vector3::x(), -Vector3::y(), Vector3::z(), -Vector3::x(), Vector3::y()];
    let (thick, long) = (0.02 / 12.0, 1.01 / 12.0);
    let rods = [0, 1, 2, 3, 4].map(|index: usize| Rod {
        body: course.body(&format!("robot.rod_{index}")),
        middle: along[index] * 0.5,
        moments: along[index].map(|part| if part == 0.0 { long } else { thick }),
    });
    let ground = course.body("robot.ground");
    let at_start = energy(&course, &rods, &gravity);
    let (mut drift, mut opening, mut places) = (0.0, 0.0, Vec::new());
    let checked = FOURTH_CORNER.map(|(time, place)| (course.steps_in(time), place));
    for _ in 0..course.steps_in(10.0) {
        course.step()?;
        raise(&mut drift, (energy(&course, &rods, &gravity) - at_start).abs());
        raise(&mut opening, gap(&course, (rods[4].body, Vector3::y()), (ground, Vector3::z())));
        let due = checked.iter().find(|(tick, _)| *tick == course.world.ticks());
        if let Some((_, place)) = due {
            places.push((course.motion(rods[3].body).place - Vector3::from(*place)).norm());
        }
    }
    Ok([vec![drift], places, vec![opening]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_references_end_where_the_published_solutions_do() {
        let mut bob = [0.0, 0.0];
        integrate(&mut bob, 10.0, law_of_bob);
        let place = (-libm::cos(bob[0]), libm::sin(bob[0]));
        assert!((place.0 + 0.275_087_46).abs() < 1e-7, "{place:?}");
        assert!((place.1 + 0.961_419_21).abs() < 1e-7, "{place:?}");

        let mut posts = [0.0, 1.0];
        integrate(&mut posts, 10.0, law_of_posts);
        let place = (libm::sin(posts[0]), libm::cos(posts[0]));
        assert!((place.0 - 0.328_458_1).abs() < 1e-6, "{place:?}");
        assert!((place.1 - 0.944_518_5).abs() < 1e-6, "{place:?}");
    }
}
