//! Arrows of moving bodies.

use randori_core::math::{Twist, Vector};

use super::sketch::{Sketch, colors};
use super::view::View;

/// Length of an arrow for 1 m/s, m.
const M_PER_MPS: f32 = 0.25;
/// Length of an arrow for 1 rad/s, m.
const M_PER_RADPS: f32 = 0.05;
/// Maximum length of an arrow, m.
const LONGEST_M: f32 = 2.0;
/// Shorter arrows are not drawn, m: bodies at rest jitter.
const SHORTEST_M: f32 = 0.005;

/// An arrow along the velocity of each body, from its origin.
pub(super) fn velocities(view: &View, sketch: &mut Sketch) {
    for_each_body(view, |at, twist| {
        if let Some(along) = scaled(twist.linear * M_PER_MPS) {
            sketch.arrow(at, along, colors::VELOCITY);
        }
    });
}

/// An arrow along the axis of rotation of each body, by the right-hand rule.
pub(super) fn spins(view: &View, sketch: &mut Sketch) {
    for_each_body(view, |at, twist| {
        if let Some(along) = scaled(twist.angular * M_PER_RADPS) {
            sketch.top_line(at, at + along, colors::SPIN);
        }
    });
}

fn for_each_body(view: &View, mut visit: impl FnMut(Vector, &Twist)) {
    let state = &view.simulation.record().state;
    for body in state.bodies.iter().chain(&state.dropped) {
        visit(body.pose.translation, &body.twist);
    }
}

fn scaled(along: Vector) -> Option<Vector> {
    (along.length() >= SHORTEST_M).then(|| along.clamp_length_max(LONGEST_M))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_falling_body_has_an_arrow_downwards_and_one_at_rest_has_none() {
        let mut sketch = Sketch::default();
        velocities(&View::new(&fixture::session(0)), &mut sketch);
        assert_eq!(sketch.lines(), []);

        let session = fixture::session(20);
        velocities(&View::new(&session), &mut sketch);

        let arrow = sketch.lines()[0];
        let speed = 20.0 * 0.002 * 9.81;
        assert!((arrow.from.z - arrow.to.z - speed * M_PER_MPS).abs() < 1e-3, "{arrow:?}");
        assert_eq!(arrow.color, colors::VELOCITY);
    }
}
