//! Values sampled for each seed.

use super::renamed::original_path;
use crate::random::RandomStream;
use crate::spec::{ScenarioSpec, Variation};

/// Samples all variations of a scenario for one seed, in the order of their paths. Each path
/// has its own random stream, so that an added variation changes no other value; a renamed
/// field keeps the values of its old name.
pub fn sample_variations(spec: &ScenarioSpec, seed: u64) -> Vec<(String, f64)> {
    spec.vary
        .iter()
        .map(|(path, variation)| {
            let stream = RandomStream::new(seed, &format!("vary.{}", original_path(path)));
            (path.clone(), sample(variation, stream))
        })
        .collect()
}

fn sample(variation: &Variation, mut stream: RandomStream) -> f64 {
    match variation {
        Variation::Uniform(low, high) => stream.uniform(*low, *high),
        Variation::Normal(mean, std) => mean + std * stream.normal(),
        Variation::OneOf(values) => {
            let index = (stream.unit() * values.len() as f64) as usize;
            values.get(index).copied().unwrap_or(0.0)
        }
    }
}

/// A possible value of the variation, to test its path for a number; not an integer unless it
/// has to be.
pub(super) fn example(variation: &Variation) -> f64 {
    match variation {
        Variation::Uniform(low, high) => low + 0.381_966 * (high - low),
        Variation::Normal(mean, std) => mean + 0.381_966 * std,
        Variation::OneOf(values) => values.first().copied().unwrap_or(0.0),
    }
}
