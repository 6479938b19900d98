//! Contact forces, centres of mass and support polygons.

use randori_core::layout::{BodyId, RobotId};
use randori_core::math::{Vec2, Vector};
use randori_sim::world::ContactPoint;

use super::sketch::{Sketch, colors};
use super::view::View;

/// Length of the arrow of a force as large as the weight of the heaviest robot, m.
const WEIGHT_M: f32 = 0.4;
/// Maximum length of an arrow, m.
const LONGEST_M: f32 = 1.5;
/// Maximum number of contact points drawn, the strongest ones first.
const MAX_POINTS: usize = 64;
/// Size of the marker of a point, m.
const POINT_M: f32 = 0.02;
/// Radius of the ball at a centre of mass, m.
const BALL_M: f32 = 0.03;
/// Height above the ground at which lines on it are drawn, m.
const ABOVE_M: f32 = 0.003;

/// Each contact point with the force on its first body.
pub(super) fn contacts(view: &View, sketch: &mut Sketch) {
    let mut points = contact_points(view);
    points.sort_by(|a, b| b.force.length_squared().total_cmp(&a.force.length_squared()));
    points.truncate(MAX_POINTS);
    let scale = WEIGHT_M / weight_n(view);
    for point in points {
        sketch.cross(point.at, POINT_M, colors::FORCE);
        sketch.arrow(point.at, (point.force * scale).clamp_length_max(LONGEST_M), colors::FORCE);
    }
}

/// The centre of mass of a robot, and its projection on the ground.
pub(super) fn center_of_mass(view: &View, robot: RobotId, sketch: &mut Sketch) {
    let center = view.simulation.world().center_of_mass(robot);
    let below = Vector::new(center.x, center.y, floor_z(view, robot));
    sketch.ball(center, BALL_M, colors::MASS);
    sketch.top_line(center, below, colors::MASS);
    sketch.cross(below, BALL_M, colors::MASS);
}

/// The support polygon of a robot, in the colour of its balance.
pub(super) fn support(view: &View, robot: RobotId, sketch: &mut Sketch) {
    let world = view.simulation.world();
    let mut corners = Vec::new();
    world.support_polygon(robot, &mut corners);
    let center = world.center_of_mass(robot);
    let is_above = is_within(&corners, Vec2::new(center.x, center.y));
    let color = if is_above { colors::STEADY } else { colors::TIPPING };
    let z = floor_z(view, robot);
    let at = |corner: Vec2| Vector::new(corner.x, corner.y, z);
    match corners[..] {
        [] => {}
        [only] => sketch.cross(at(only), POINT_M, color),
        [one, other] => sketch.top_line(at(one), at(other), color),
        [.., last] => {
            let before = std::iter::once(&last).chain(&corners);
            for (one, other) in before.zip(&corners) {
                sketch.top_line(at(*one), at(*other), color);
            }
        }
    }
}

/// True if a point lies in a polygon with counter-clockwise corners. Fewer than
/// three corners have no interior.
fn is_within(corners: &[Vec2], point: Vec2) -> bool {
    let before = corners.iter().cycle().skip(corners.len().saturating_sub(1));
    corners.len() >= 3
        && before.zip(corners).all(|(one, other)| {
            let (edge, to_point) = (*other - *one, point - *one);
            edge.x * to_point.y - edge.y * to_point.x >= 0.0
        })
}

/// Height of the ground below a robot, m: its lowest contact, or the ground plane.
fn floor_z(view: &View, robot: RobotId) -> f32 {
    let bodies = &view.simulation.layout().robots[robot.0].bodies;
    let is_own = |body: BodyId| bodies.contains(&body.0);
    let lowest = contact_points(view)
        .into_iter()
        .filter(|point| is_own(point.body) != point.other.is_some_and(is_own))
        .map(|point| point.at.z)
        .min_by(f32::total_cmp);
    let ground = view.scenario.environment.ground.as_ref();
    lowest.unwrap_or_else(|| ground.map_or(0.0, |ground| ground.height as f32)) + ABOVE_M
}

fn contact_points(view: &View) -> Vec<ContactPoint> {
    let mut points = Vec::new();
    view.simulation.world().contact_points(&mut points);
    points
}

/// Weight of the heaviest robot, N; 100 N without robots or gravity.
fn weight_n(view: &View) -> f32 {
    let world = view.simulation.world();
    let mass_kg = view.robots().map(|robot| world.robot_mass(robot)).fold(0.0, f32::max);
    let weight_n = mass_kg * world.gravity().length();
    if weight_n > 0.0 { weight_n } else { 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    /// Number of lines drawn, and their colour.
    fn drawn_support(leaning: bool) -> (usize, bevy::prelude::Color) {
        let session = fixture::session_at_rest(leaning);
        let mut sketch = Sketch::default();
        support(&View::new(&session), RobotId(0), &mut sketch);
        (sketch.lines().len(), sketch.lines()[0].color)
    }

    #[test]
    fn support_is_green_below_the_centre_of_mass_and_red_beside_it() {
        assert_eq!(drawn_support(false), (4, colors::STEADY));
        assert_eq!(drawn_support(true), (1, colors::TIPPING), "it stands on its edge");
    }

    #[test]
    fn forces_of_a_robot_at_rest_add_up_to_an_arrow_of_its_weight() {
        let session = fixture::session_at_rest(false);
        let mut sketch = Sketch::default();

        contacts(&View::new(&session), &mut sketch);

        let upright = |line: &&crate::overlay::sketch::Line| {
            line.from.z < 0.01 && (line.to - line.from).normalize_or_zero().z > 0.99
        };
        let sum: f32 =
            sketch.lines().iter().filter(upright).map(|line| line.to.z - line.from.z).sum();
        assert!((sum - WEIGHT_M).abs() < 0.02, "{sum}");
    }

    #[test]
    fn the_centre_of_mass_is_marked_on_the_floor_below_it() {
        let session = fixture::session_at_rest(false);
        let mut sketch = Sketch::default();

        center_of_mass(&View::new(&session), RobotId(0), &mut sketch);

        let lowest = sketch.lines().iter().map(|line| line.to.z).fold(1.0, f32::min);
        assert!(lowest.abs() < 0.01, "{lowest}");
    }

    #[test]
    fn a_point_on_the_edge_is_within_and_a_line_has_no_inside() {
        let square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(Vec2::from);

        assert!(is_within(&square, Vec2::new(0.5, 0.0)));
        assert!(!is_within(&square, Vec2::new(0.5, -0.1)));
        assert!(!is_within(&square, Vec2::new(1.2, 0.5)));
        assert!(!is_within(&square[..2], Vec2::new(0.5, 0.0)));
    }
}
