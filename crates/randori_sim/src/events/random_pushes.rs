//! Impulses at random times.

use randori_core::effect::RandomPushes;
use randori_core::layout::{BodyId, SceneLayout};
use randori_core::math::Vector;
use randori_core::random::RandomStream;
use randori_core::spec::Axis;

use super::{Acted, Action, Moment, Plant, body, tuple, vector};

impl Action for RandomPushes {
    type On = BodyId;

    fn find(&self, layout: &SceneLayout) -> Result<BodyId, String> {
        body(layout, &self.body)
    }

    fn first(&self, moment: &mut Moment<'_>) -> Option<u64> {
        let pause = moment.stream.uniform(self.every.0, self.every.1);
        let next = moment.after(pause);
        let lasts = self.lasts.map(|lasts| moment.period.ticks_nearest(lasts));
        let end = lasts.map_or(u64::MAX, |lasts| moment.started.saturating_add(lasts));
        (next < end).then_some(next)
    }

    fn act(&self, on: &BodyId, moment: &mut Moment<'_>, plant: &mut Plant<'_>) -> Acted {
        let direction = push_direction(moment.stream, self.axis, plant.world.gravity());
        let strength = moment.stream.uniform(self.impulse.0, self.impulse.1);
        let impulse = direction.map(|part| part * strength);
        plant.world.apply_impulse(*on, vector(impulse));
        let what = format!("push {} with {} N s", self.body, tuple(impulse));
        Acted { what, next: self.first(moment) }
    }
}

/// A random direction perpendicular to gravity, or a random sign along an axis. Samples
/// once in both cases.
fn push_direction(stream: &mut RandomStream, axis: Option<Axis>, gravity: Vector) -> [f64; 3] {
    let turn = stream.unit();
    if let Some(axis) = axis {
        let sign = if turn < 0.5 { 1.0 } else { -1.0 };
        return axis.unit().to_array().map(|part| sign * f64::from(part));
    }
    let down = gravity.try_normalize().unwrap_or(Vector::NEG_Z);
    // X and Y if gravity is vertical, as in most scenarios.
    let aside = if down.x.abs() < 0.9 { Vector::X } else { Vector::Y };
    let first = (aside - down * aside.dot(down)).normalize();
    let second = first.cross(down);
    let angle = std::f64::consts::TAU * turn;
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    std::array::from_fn(|i| cos * f64::from(first[i]) + sin * f64::from(second[i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_pushes_are_perpendicular_to_gravity_and_cover_all_directions() {
        let mut stream = RandomStream::new(3, "event.test");
        let gravity = Vector::new(1.0, 2.0, -9.0);
        let mut sum = [0.0; 3];
        for _ in 0..4000 {
            let direction = push_direction(&mut stream, None, gravity);
            let length: f64 = direction.iter().map(|part| part * part).sum();
            let along: f64 =
                direction.iter().zip(gravity.to_array()).map(|(d, g)| d * f64::from(g)).sum();
            assert!((length - 1.0).abs() < 1e-6 && along.abs() < 1e-5, "{direction:?}");
            for (sum, part) in sum.iter_mut().zip(direction) {
                *sum += part / 4000.0;
            }
        }

        assert!(sum.iter().all(|mean| mean.abs() < 0.05), "biased: {sum:?}");
    }

    #[test]
    fn pushes_along_an_axis_go_both_ways() {
        let mut stream = RandomStream::new(3, "event.test");
        let draws: Vec<[f64; 3]> =
            (0..32).map(|_| push_direction(&mut stream, Some(Axis::X), Vector::NEG_Z)).collect();

        assert!(draws.contains(&[1.0, 0.0, 0.0]));
        assert!(draws.contains(&[-1.0, 0.0, 0.0]));
        assert!(draws.iter().all(|draw| draw[0].abs() == 1.0));
    }
}
