//! Kane's "babyboot": two hinges at right angles whose motion is chaotic.

use super::reference::integrate;
use super::stage::{DOWN, G, Stage, raise};
use super::{AccuracyCase, Measure, Peer};
use randori_sim::world::WorldFault;

pub(super) const CASES: &[AccuracyCase] = &[AccuracyCase {
    name: "babyboot",
    title: "Kane's babyboot",
    about: "A plate turns about the long axis of a rod that swings about a horizontal axis, \
            released at 90 and 1 degrees, for 2 s. Small errors grow, so the usual 10 s would \
            tell nothing of a first-order result.",
    source: "Kane 1974; parameters and values as published with Drake; first-order figures: \
             the equations of motion with symplectic Euler steps in double precision",
    truth: "equations of motion in double precision",
    measures: &[
        Measure { name: "swing", unit: "rad", meaning: "largest error of the rod's angle in 2 s" },
        Measure { name: "turn", unit: "rad", meaning: "largest error of the plate's angle in 2 s" },
    ],
    rates_hz: &[64, 250, 500, 1000, 10_000],
    peers: &[
        first_order(1.0 / 60.0, &[Some(0.081), None]),
        first_order(1.0 / 240.0, &[Some(0.0202), None]),
        first_order(1e-3, &[Some(0.0049), None]),
        first_order(1e-4, &[Some(4.9e-4), None]),
    ],
    simulate: babyboot,
}];

const fn first_order(step_s: f64, errors: &'static [Option<f64>]) -> Peer {
    Peer { engine: super::FIRST_ORDER, step_s: Some(step_s), errors }
}

/// The rod hangs along -Z and swings about X; the plate turns about Z.
const ROBOT: &str = r#"Robot(
    format: 1, name: "babyboot", base: Fixed(link: "frame"),
    links: [
        (name: "frame", mass_kg: 1, inertia: Moments(ixx: 1, iyy: 1, izz: 1)),
        (name: "rod", mass_kg: 0.01, com: (0, 0, -0.075), inertia: Moments(ixx: 5e-6, iyy: 5e-6, izz: 5e-6)),
        (name: "plate", mass_kg: 0.1, com: (0, 0, -0.2), inertia: Moments(ixx: 2.5e-4, iyy: 5e-5, izz: 2e-4)),
    ],
    joints: [
        (name: "swing", kind: Continuous, parent: "frame", child: "rod", axis: X),
        (name: "turn", kind: Continuous, parent: "rod", child: "plate", axis: Z),
    ],
)"#;

/// Accelerations of both angles (Kane's equations).
fn law([a, b, va, vb]: &[f64; 4]) -> [f64; 4] {
    const ROD: (f64, f64, f64) = (0.01, 0.075, 5e-6);
    const PLATE: (f64, f64, [f64; 3]) = (0.1, 0.2, [2.5e-4, 5e-5, 2e-4]);
    let (sin, cos) = (libm::sin(*b), libm::cos(*b));
    let (rod_kg, rod_m, rod_moment) = ROD;
    let (plate_kg, plate_m, [ix, iy, iz]) = PLATE;
    let lean = ix - iy;
    let weight = -G * (rod_kg * rod_m + plate_kg * plate_m) * libm::sin(*a);
    let inertia =
        rod_moment + ix + rod_kg * rod_m * rod_m + plate_kg * plate_m * plate_m - lean * sin * sin;
    let swing = (weight + 2.0 * lean * sin * cos * va * vb) / inertia;
    [*va, *vb, swing, -lean * sin * cos * va * va / iz]
}

fn babyboot(rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
    let start = r#"start: (joints: {"swing": Deg(90), "turn": Deg(1)})"#;
    let stage = Stage { gravity: DOWN, environment: "", robot: Some((ROBOT, start)) };
    let mut course = stage.build(rate_hz);
    let (swing, turn) = (course.joint("swing"), course.joint("turn"));
    let mut exact = [90f64.to_radians(), 1f64.to_radians(), 0.0, 0.0];
    let mut worst = [0.0; 2];
    for _ in 0..course.steps_in(2.0) {
        course.step()?;
        integrate(&mut exact, course.step_s(), law);
        raise(&mut worst[0], (course.coordinate(swing)[0] - exact[0]).abs());
        raise(&mut worst[1], (course.coordinate(turn)[0] - exact[1]).abs());
    }
    Ok(worst.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_passes_through_the_published_values() {
        let mut state = [90f64.to_radians(), 1f64.to_radians(), 0.0, 0.0];
        for (swing, turn) in [(1.422_425_92, 0.034_660_98), (0.984_820_25, 0.068_303_09)] {
            integrate(&mut state, 1.0, law);
            assert!((state[0] - swing).abs() < 1e-7, "{} instead of {swing}", state[0]);
            assert!((state[1] - turn).abs() < 1e-7, "{} instead of {turn}", state[1]);
        }
    }
}
