//! Growth of a distance over time.

use super::Sample;

/// Growth of the largest distance after the first difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Growth {
    /// No position differs.
    None,
    /// Too few samples.
    TooShort,
    /// Approximately constant.
    Constant {
        /// Its geometric mean, m.
        distance_m: f64,
    },
    /// Linear growth or decay.
    Linear {
        /// Rate, m/s.
        slope_mps: f64,
    },
    /// Exponential growth or decay.
    Exponential {
        /// Natural logarithm of the factor, 1/s.
        rate_per_s: f64,
    },
    /// None of these fits.
    Irregular,
}

/// Minimum number of samples.
const FEWEST: usize = 8;

/// Maximum relative deviation (root mean square) of a fitting model.
const FITS: f64 = 0.35;

/// The same for a constant, which slow growth also resembles.
const IS_CONSTANT: f64 = 0.15;

impl Growth {
    /// The best fitting model.
    ///
    /// Models are fitted by least squares of the relative deviation, so that they are
    /// comparable: a line to the distances, each weighted by itself, and a line to their
    /// logarithms. Exponential growth saturates: if a constant does not fit all samples,
    /// only those before the distance first reaches half of its maximum are used, if there
    /// are enough.
    pub fn fit(samples: &[Sample]) -> Self {
        let points: Vec<(f64, f64)> = samples
            .iter()
            .map(|sample| (sample.time_s, sample.distance_m))
            .filter(|(_, distance)| distance.is_finite() && *distance > 0.0)
            .collect();
        let greatest = points.iter().map(|(_, distance)| *distance).fold(0.0, f64::max);
        if greatest == 0.0 {
            return if samples.iter().any(|it| it.distance_m != 0.0) {
                Self::TooShort
            } else {
                Self::None
            };
        }
        if points.len() < FEWEST {
            return Self::TooShort;
        }
        if let Some(constant) = Self::constant(&points) {
            return constant;
        }
        let rising = points.iter().position(|(_, distance)| *distance >= greatest / 2.0);
        let window = match rising.map(|last| last + 1) {
            Some(count) if count >= FEWEST => &points[..count],
            _ => &points[..],
        };
        Self::line(window)
    }

    fn constant(points: &[(f64, f64)]) -> Option<Self> {
        let count = points.len() as f64;
        let mean = points.iter().map(|(_, d)| libm::log(*d)).sum::<f64>() / count;
        let off = |(_, d): &(f64, f64)| libm::log(*d) - mean;
        let is_constant = root_mean_square(points.iter().map(off)) <= IS_CONSTANT;
        is_constant.then(|| Self::Constant { distance_m: libm::exp(mean) })
    }

    fn line(points: &[(f64, f64)]) -> Self {
        let weighted = points.iter().map(|(t, d)| (*t, *d, 1.0 / (d * d)));
        let straight = least_squares(&weighted).map(|(offset, slope_mps)| {
            let off = points.iter().map(|(t, d)| (offset + slope_mps * t) / d - 1.0);
            (root_mean_square(off), Self::Linear { slope_mps })
        });
        let logarithms = points.iter().map(|(t, d)| (*t, libm::log(*d), 1.0));
        let curved = least_squares(&logarithms).map(|(offset, rate_per_s)| {
            let off = points.iter().map(|(t, d)| offset + rate_per_s * t - libm::log(*d));
            (root_mean_square(off), Self::Exponential { rate_per_s })
        });
        let best = straight.into_iter().chain(curved).min_by(|(a, _), (b, _)| a.total_cmp(b));
        best.filter(|(deviation, _)| *deviation <= FITS).map_or(Self::Irregular, |(_, model)| model)
    }
}

/// Offset and slope of the line through points `(x, y, weight)`; `None` if all have the
/// same `x`.
fn least_squares(points: &(impl Iterator<Item = (f64, f64, f64)> + Clone)) -> Option<(f64, f64)> {
    let sum = |of: fn(f64, f64) -> f64| points.clone().map(|(x, y, w)| w * of(x, y)).sum::<f64>();
    let weight = sum(|_, _| 1.0);
    let (x, y) = (sum(|x, _| x) / weight, sum(|_, y| y) / weight);
    let about_mean = |of: fn(f64, f64) -> f64| {
        points.clone().map(|(px, py, w)| w * of(px - x, py - y)).sum::<f64>()
    };
    let slope = about_mean(|x, y| x * y) / about_mean(|x, _| x * x);
    slope.is_finite().then_some((y - slope * x, slope))
}

fn root_mean_square(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0.0, 0.0), |(n, sum), value| (n + 1.0, sum + value * value));
    libm::sqrt(sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(distance: impl Fn(f64) -> f64) -> Growth {
        let sample = |index| {
            let time_s = f64::from(index) * 0.01;
            Sample { time_s, tick: index as u64, distance_m: distance(time_s), body: 0 }
        };
        Growth::fit(&(0..200).map(sample).collect::<Vec<_>>())
    }

    #[test]
    fn each_kind_of_growth_is_known_by_its_samples() {
        let wobble = |t: f64| 1.0 + 0.1 * libm::sin(50.0 * t);

        let constant = fit(|t| 1e-7 * wobble(t));
        let linear = fit(|t| 0.5 * t * wobble(t));
        let exponential = fit(|t| 1e-7 * libm::exp(8.0 * t) * wobble(t));

        assert!(matches!(constant, Growth::Constant { distance_m: d } if (d - 1e-7).abs() < 1e-9));
        assert!(matches!(linear, Growth::Linear { slope_mps: s } if (s - 0.5).abs() < 0.02));
        assert!(
            matches!(exponential, Growth::Exponential { rate_per_s: r } if (r - 8.0).abs() < 0.1)
        );
    }

    #[test]
    fn exponential_growth_is_known_although_it_ends() {
        let growth = fit(|t| (1e-7 * libm::exp(12.0 * t)).min(0.02));

        assert!(matches!(growth, Growth::Exponential { rate_per_s } if (rate_per_s - 12.0) < 0.1));
    }

    #[test]
    fn nothing_is_said_where_nothing_can_be_said() {
        let sample = |tick, distance_m| Sample { tick, time_s: tick as f64, distance_m, body: 0 };

        assert_eq!(Growth::fit(&[]), Growth::None);
        assert_eq!(Growth::fit(&[sample(0, 0.0)]), Growth::None);
        assert_eq!(Growth::fit(&[sample(0, 1.0)]), Growth::TooShort);
        assert_eq!(Growth::fit(&[sample(0, f64::INFINITY)]), Growth::TooShort);
        let same_time: Vec<_> = (1..20_u32).map(|d| sample(3, f64::from(d))).collect();
        assert_ne!(Growth::fit(&same_time), Growth::None);
        let noise = |t: f64| libm::exp(9.0 * libm::sin(1e4 * t));
        assert_eq!(fit(noise), Growth::Irregular);
    }
}
