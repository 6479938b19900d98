//! Named random streams: each consumer has its own, so that the addition of a sensor, an event
//! or a robot changes no other random numbers.

use serde::{Deserialize, Serialize};

/// A reproducible sequence of random numbers that belongs to one consumer.
///
/// The generator is xoshiro256++ (Blackman and Vigna, 2019), seeded through
/// `SplitMix64` from the run's seed and a 64-bit FNV-1a digest of the stream's
/// path, as its authors recommend. Its whole state is serialised, so a restored
/// run continues the sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RandomStream {
    state: [u64; 4],
}

impl RandomStream {
    /// The stream of consumer `path` (such as `courier.lidar.noise`) in the run
    /// with this `seed`.
    pub fn new(seed: u64, path: &str) -> Self {
        let mut mixer = seed ^ fnv1a(path.as_bytes());
        Self { state: std::array::from_fn(|_| split_mix(&mut mixer)) }
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform in [0, 1), with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Uniform in [low, high).
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Standard normal, by the Box-Muller transform; always draws twice, so the
    /// position in the stream never depends on the values.
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_and_by_path_and_repeat_otherwise() {
        let first = |seed, path| RandomStream::new(seed, path).next_u64();

        assert_eq!(first(7, "courier.lidar"), first(7, "courier.lidar"));
        assert_ne!(first(7, "courier.lidar"), first(8, "courier.lidar"));
        assert_ne!(first(7, "courier.lidar"), first(7, "courier.imu"));
    }

    #[test]
    fn normal_numbers_have_zero_mean_and_unit_variance() {
        let mut stream = RandomStream::new(1, "test");
        let draws: Vec<f64> = (0..100_000).map(|_| stream.normal()).collect();

        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / draws.len() as f64;

        // Five standard errors: 5/sqrt(n) and 5*sqrt(2/n).
        assert!(mean.abs() < 0.016, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.023, "variance {variance}");
    }

    #[test]
    fn matches_the_published_split_mix_sequence() {
        // First outputs of SplitMix64 for seed 1234567, from Vigna's test set.
        let mut state = 1_234_567;
        assert_eq!(split_mix(&mut state), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(&mut state), 3_203_168_211_198_807_973);
    }
}
