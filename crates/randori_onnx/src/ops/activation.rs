//! Functions of one float: activations and elementary functions.

/// A function of one float, with its settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Activation {
    Relu,
    LeakyRelu { alpha: f32 },
    ThresholdedRelu { alpha: f32 },
    Elu { alpha: f32 },
    Celu { alpha: f32 },
    Selu { alpha: f32, gamma: f32 },
    Sigmoid,
    HardSigmoid { alpha: f32, beta: f32 },
    HardSwish,
    Swish { alpha: f32 },
    Tanh,
    ScaledTanh { alpha: f32, beta: f32 },
    Affine { alpha: f32, beta: f32 },
    Softplus,
    Softsign,
    Mish,
    Gelu,
    GeluTanh,
    Erf,
    Exp,
    Log,
    Sqrt,
    Reciprocal,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Floor,
    Ceil,
    Round,
    Sign,
}

/// Reads a setting by name, with its default.
type Setting<'a> = dyn Fn(&str, f32) -> Result<f32, String> + 'a;

/// The square root of one half.
const SQRT_HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;

impl Activation {
    /// The function that ONNX calls `name`, with the defaults of ONNX.
    pub(crate) fn named(name: &str, setting: &Setting<'_>) -> Option<Result<Self, String>> {
        Self::with_settings(name, setting).or_else(|| Self::hardly_configurable(name).map(Ok))
    }

    fn with_settings(name: &str, setting: &Setting<'_>) -> Option<Result<Self, String>> {
        let both =
            |alpha: f32, key: &str, beta: f32| Ok((setting("alpha", alpha)?, setting(key, beta)?));
        let one = |alpha: f32| setting("alpha", alpha);
        Some(match name {
            "LeakyRelu" => one(0.01).map(|alpha| Self::LeakyRelu { alpha }),
            "ThresholdedRelu" => one(1.0).map(|alpha| Self::ThresholdedRelu { alpha }),
            "Elu" => one(1.0).map(|alpha| Self::Elu { alpha }),
            "Celu" => one(1.0).map(|alpha| Self::Celu { alpha }),
            "Swish" => one(1.0).map(|alpha| Self::Swish { alpha }),
            "Selu" => both(1.673_263_2, "gamma", 1.050_701)
                .map(|(alpha, gamma)| Self::Selu { alpha, gamma }),
            "HardSigmoid" => {
                both(0.2, "beta", 0.5).map(|(alpha, beta)| Self::HardSigmoid { alpha, beta })
            }
            "ScaledTanh" => {
                both(1.0, "beta", 1.0).map(|(alpha, beta)| Self::ScaledTanh { alpha, beta })
            }
            "Affine" => both(1.0, "beta", 0.0).map(|(alpha, beta)| Self::Affine { alpha, beta }),
            _ => return None,
        })
    }

    fn hardly_configurable(name: &str) -> Option<Self> {
        Some(match name {
            "Relu" => Self::Relu,
            "Sigmoid" => Self::Sigmoid,
            "HardSwish" => Self::HardSwish,
            "Tanh" => Self::Tanh,
            "Softplus" => Self::Softplus,
            "Softsign" => Self::Softsign,
            "Mish" => Self::Mish,
            "Gelu" => Self::Gelu,
            "Erf" => Self::Erf,
            "Exp" => Self::Exp,
            "Log" => Self::Log,
            "Sqrt" => Self::Sqrt,
            "Reciprocal" => Self::Reciprocal,
            "Sin" => Self::Sin,
            "Cos" => Self::Cos,
            "Tan" => Self::Tan,
            "Asin" => Self::Asin,
            "Acos" => Self::Acos,
            "Atan" => Self::Atan,
            "Sinh" => Self::Sinh,
            "Cosh" => Self::Cosh,
            "Floor" => Self::Floor,
            "Ceil" => Self::Ceil,
            "Round" => Self::Round,
            "Sign" => Self::Sign,
            _ => return None,
        })
    }

    /// Writes the function of each of `values` into `out`, of equal length.
    pub(crate) fn apply(self, values: &[f32], out: &mut [f32]) {
        match self {
            Self::Relu => map(values, out, |x| if x < 0.0 { 0.0 } else { x }),
            Self::LeakyRelu { alpha } => map(values, out, |x| if x < 0.0 { alpha * x } else { x }),
            Self::ThresholdedRelu { alpha } => {
                map(values, out, |x| if x > alpha { x } else { 0.0 });
            }
            Self::Elu { alpha } => {
                map(values, out, |x| if x < 0.0 { alpha * libm::expm1f(x) } else { x });
            }
            Self::Celu { alpha } => {
                let below = |x: f32| alpha * libm::expm1f(x / alpha);
                map(values, out, |x| if x < 0.0 { below(x) } else { x });
            }
            Self::Selu { alpha, gamma } => {
                map(values, out, |x| gamma * if x > 0.0 { x } else { alpha * libm::expm1f(x) });
            }
            Self::Sigmoid => map(values, out, sigmoid),
            Self::HardSigmoid { alpha, beta } => {
                map(values, out, |x| (alpha * x + beta).clamp(0.0, 1.0));
            }
            Self::HardSwish => map(values, out, |x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0)),
            Self::Swish { alpha } => map(values, out, |x| x * sigmoid(alpha * x)),
            Self::Tanh => map(values, out, libm::tanhf),
            Self::ScaledTanh { alpha, beta } => {
                map(values, out, |x| alpha * libm::tanhf(beta * x));
            }
            Self::Affine { alpha, beta } => map(values, out, |x| alpha * x + beta),
            other => other.apply_rare(values, out),
        }
    }

    fn apply_rare(self, values: &[f32], out: &mut [f32]) {
        match self {
            Self::Softplus => map(values, out, softplus),
            Self::Softsign => map(values, out, |x| x / (1.0 + x.abs())),
            Self::Mish => map(values, out, |x| x * libm::tanhf(softplus(x))),
            Self::Gelu => map(values, out, |x| 0.5 * x * (1.0 + libm::erff(x * SQRT_HALF))),
            Self::GeluTanh => map(values, out, |x| {
                // sqrt(2/pi), as in the definition of ONNX.
                let inner = 0.797_884_6 * (x + 0.044_715 * x * x * x);
                0.5 * x * (1.0 + libm::tanhf(inner))
            }),
            Self::Erf => map(values, out, libm::erff),
            Self::Exp => map(values, out, libm::expf),
            Self::Log => map(values, out, libm::logf),
            // IEEE 754 fixes the bits of a square root and of a quotient.
            Self::Sqrt => map(values, out, f32::sqrt),
            Self::Reciprocal => map(values, out, |x| 1.0 / x),
            Self::Sin => map(values, out, libm::sinf),
            Self::Cos => map(values, out, libm::cosf),
            Self::Tan => map(values, out, libm::tanf),
            Self::Asin => map(values, out, libm::asinf),
            Self::Acos => map(values, out, libm::acosf),
            Self::Atan => map(values, out, libm::atanf),
            Self::Sinh => map(values, out, libm::sinhf),
            Self::Cosh => map(values, out, libm::coshf),
            Self::Floor => map(values, out, f32::floor),
            Self::Ceil => map(values, out, f32::ceil),
            Self::Round => map(values, out, f32::round_ties_even),
            Self::Sign => map(values, out, |x| if x == 0.0 { x } else { x.signum() }),
            _ => unreachable!("the common functions are handled by the caller"),
        }
    }

    /// The function of each of `values`, in place.
    pub(crate) fn apply_in_place(self, values: &mut [f32]) {
        // Blocks on the stack let one loop serve both forms.
        let mut block = [0.0; 64];
        for part in values.chunks_mut(block.len()) {
            let result = &mut block[..part.len()];
            self.apply(part, result);
            part.copy_from_slice(result);
        }
    }
}

/// `ln(1 + exp(x))`, without overflow.
fn softplus(x: f32) -> f32 {
    let tail = libm::log1pf(libm::expf(-x.abs()));
    if x > 0.0 { x + tail } else { tail }
}

#[inline]
fn map(values: &[f32], out: &mut [f32], function: impl Fn(f32) -> f32) {
    for (result, &x) in out.iter_mut().zip(values) {
        *result = function(x);
    }
}
/// `1 / (1 + exp(-x))`.
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}
