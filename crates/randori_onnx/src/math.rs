//! `exp`, `tanh` and `sigmoid` in a fixed order of plain `f32` operations.
//!
//! Written without branches on data and without tables, so that compilers can
//! evaluate several numbers side by side, which those of `libm` do not allow.
//! Only additions, multiplications, divisions and integer operations on the
//! bits are used, which IEEE 754 fixes, so the results are the same everywhere.
//! Coefficients are those of the Cephes library (Moshier, `expf` and `tanhf`);
//! errors in the tests below are against 64-bit `libm`.

/// Adding and subtracting this rounds to a whole number: 1.5 * 2^23.
const ROUNDER: f32 = 12_582_912.0;
/// ln 2 in two parts; the first has few enough bits that products are exact.
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;

/// `exp(r) - 1 = r + r^2 * P(r)` for `|r| <= ln(2) / 2`.
#[inline]
fn expm1_near_zero(r: f32) -> f32 {
    let mut p = 1.987_569_1e-4;
    p = p * r + 1.398_199_9e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_5e-1;
    p = p * r + 0.5;
    p * (r * r) + r
}

/// Splits `x` into `n * ln(2) + r`; `n` comes as an integer.
#[inline]
fn reduce(x: f32) -> (i32, f32) {
    let shifted = x * std::f32::consts::LOG2_E + ROUNDER;
    let n = shifted - ROUNDER;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    (shifted.to_bits().wrapping_sub(ROUNDER.to_bits()) as i32, r)
}

/// 2 to the power of `n`, for `n` from -126 to 127.
#[inline]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

/// `x` held between bounds; a NaN stays one.
#[inline]
fn hold(x: f32, low: f32, high: f32) -> f32 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

/// `e` to the power of `x`, within 1.5 units in the last place.
#[inline]
pub(crate) fn exp(x: f32) -> f32 {
    // Beyond these the result is 0 or infinite.
    let (n, r) = reduce(hold(x, -104.0, 89.0));
    // In two steps, since results below 2^-126 need a factor that is no float.
    let half = n >> 1;
    (expm1_near_zero(r) + 1.0) * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

/// `exp(x) - 1` for `x <= 0`, within 2 units in the last place; anything for
/// other numbers.
#[inline]
pub(crate) fn expm1_negative(x: f32) -> f32 {
    let (n, r) = reduce(hold(x, -25.0, 0.0));
    let scale = power_of_two(n);
    expm1_near_zero(r) * scale + (scale - 1.0)
}

/// `1 / (1 + exp(-x))`, within 3 units in the last place for `x` above -87.
#[inline]
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Hyperbolic tangent, within 2 units in the last place.
#[inline]
pub(crate) fn tanh(x: f32) -> f32 {
    let size = x.abs();
    let far = 1.0 - 2.0 / (exp(2.0 * size) + 1.0);
    let z = x * x;
    let mut p = -5.704_988_7e-3;
    p = p * z + 2.063_909e-2;
    p = p * z - 5.373_971_6e-2;
    p = p * z + 1.333_144_2e-1;
    p = p * z - 3.333_328e-1;
    let near = p * z * x + x;
    // The sign is that of the argument, also for -0.
    (if size < 0.625 { near } else { far }).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest error of `f` against `exact` from `low` to `high`, in units in
    /// the last place of the exact value.
    fn worst(f: fn(f32) -> f32, exact: fn(f64) -> f64, low: f32, high: f32) -> f64 {
        let steps = 200_000;
        let inputs = (0..=steps).map(|i| low + (high - low) * (i as f32 / steps as f32));
        let error = |x: f32| {
            let right = exact(f64::from(x));
            let unit = f64::from((right as f32).abs().next_up()) - f64::from((right as f32).abs());
            ((f64::from(f(x)) - right) / unit).abs()
        };
        inputs.map(error).fold(0.0, f64::max)
    }

    #[test]
    fn the_functions_keep_their_error_bounds() {
        let exact_sigmoid = |x: f64| 1.0 / (1.0 + libm::exp(-x));

        assert!(worst(exp, libm::exp, -87.0, 88.7) < 1.5);
        assert!(worst(exp, libm::exp, -103.0, -87.0) < 1.5, "subnormal results");
        assert!(worst(expm1_negative, libm::expm1, -30.0, -1e-3) < 2.0);
        assert!(worst(expm1_negative, libm::expm1, -0.4, -1e-6) < 2.0);
        assert!(worst(sigmoid, exact_sigmoid, -87.0, 20.0) < 3.0);
        assert!(worst(tanh, libm::tanh, -10.0, 10.0) < 2.0);
        assert!(worst(tanh, libm::tanh, -0.7, -1e-6) < 2.0);
    }

    #[test]
    fn limits_and_nan_come_out_as_expected() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert_eq!(expm1_negative(f32::NEG_INFINITY), -1.0);
        assert_eq!(sigmoid(f32::NEG_INFINITY), 0.0);
        assert_eq!(tanh(f32::INFINITY), 1.0);
        assert_eq!(tanh(-0.0).to_bits(), (-0.0_f32).to_bits());
        assert!(exp(f32::NAN).is_nan() && tanh(f32::NAN).is_nan() && sigmoid(f32::NAN).is_nan());
    }

    #[test]
    fn bits_of_a_few_results_are_pinned() {
        let bits: Vec<u32> = [-3.25_f32, -0.1, 0.7, 5.5]
            .iter()
            .flat_map(|&x| [exp(x), tanh(x), sigmoid(x)])
            .map(f32::to_bits)
            .collect();

        // Any CPU, any optimisation level, any compiler.
        assert_eq!(bits, PINNED);
    }

    const PINNED: [u32; 12] = [
        0x3d1e_d1b4,
        0xbf7f_3b3d,
        0x3d18_e414,
        0x3f67_a36d,
        0xbdcc_1ebc,
        0x3ef3_35ed,
        0x4000_e153,
        0x3f1a_b7d9,
        0x3f2b_0e5a,
        0x4374_b122,
        0x3f7f_fdd0,
        0x3f7e_f543,
    ];
}
