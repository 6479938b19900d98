//! Units of numbers, and their size in SI units.

/// A unit and its size in SI units.
pub(crate) struct Unit {
    /// Its spelling.
    pub(crate) name: &'static str,
    /// The number in this unit times this is the number in SI.
    pub(crate) factor: f64,
    /// Alternative spellings, for suggestions.
    slips: &'static [&'static str],
}

const fn unit(name: &'static str, factor: f64, slips: &'static [&'static str]) -> Unit {
    Unit { name, factor, slips }
}

const DEGREE: f64 = std::f64::consts::PI / 180.0;

/// Every unit, in the order in which an error message lists them.
const UNITS: &[Unit] = &[
    unit("m", 1.0, &["meter", "meters", "metre", "metres", "M"]),
    unit("cm", 1e-2, &["centimeter", "centimeters", "centimetres"]),
    unit("mm", 1e-3, &["millimeter", "millimeters", "millimetres"]),
    unit("km", 1e3, &["kilometer", "kilometers", "kilometres"]),
    unit("s", 1.0, &["sec", "secs", "second", "seconds", "S"]),
    unit("ms", 1e-3, &["msec", "millisecond", "milliseconds"]),
    unit("us", 1e-6, &["usec", "microsecond", "microseconds"]),
    unit("min", 60.0, &["mins", "minute", "minutes"]),
    unit("rad", 1.0, &["radian", "radians", "rads"]),
    unit("deg", DEGREE, &["degree", "degrees", "degs"]),
    unit("m/s", 1.0, &["mps"]),
    unit("mm/s", 1e-3, &[]),
    unit("cm/s", 1e-2, &[]),
    unit("km/h", 1.0 / 3.6, &["kmh", "kph", "kmph"]),
    unit("m/s2", 1.0, &["mps2"]),
    unit("rad/s", 1.0, &["radps"]),
    unit("deg/s", DEGREE, &["dps"]),
    unit("rad/s2", 1.0, &[]),
    unit("deg/s2", DEGREE, &[]),
    unit("rpm", std::f64::consts::PI / 30.0, &["RPM"]),
    unit("N", 1.0, &["newton", "newtons", "n"]),
    unit("kN", 1e3, &["kn", "KN"]),
    unit("Nm", 1.0, &["nm", "NM"]),
    unit("kg", 1.0, &["kilo", "kilos", "kilogram", "kilograms", "Kg"]),
    unit("g", 1e-3, &["gram", "grams"]),
    unit("Hz", 1.0, &["hz", "HZ", "hertz"]),
    unit("J", 1.0, &["joule", "joules", "j"]),
    unit("W", 1.0, &["watt", "watts", "w"]),
    unit("%", 1e-2, &["percent"]),
];

/// The unit that is written exactly so; `m/s^2` is another way to write `m/s2`.
pub(crate) fn find_unit(text: &str) -> Option<&'static Unit> {
    let plain = text.replace('^', "");
    UNITS.iter().find(|unit| unit.name == plain)
}

/// Units of time in intervals: name, integer factor, power of ten.
const TIME_UNITS: &[(&str, u64, i32)] =
    &[("s", 1, 0), ("ms", 1, -3), ("us", 1, -6), ("ns", 1, -9), ("min", 60, 0)];

/// The factor (times a power of ten) of a unit for intervals.
pub(crate) fn find_time_unit(text: &str) -> Option<(u64, i32)> {
    TIME_UNITS
        .iter()
        .find(|(name, ..)| *name == text)
        .map(|(_, factor, exponent)| (*factor, *exponent))
}

/// A suggestion for an unknown unit.
pub(crate) fn suggest_unit(text: &str) -> Option<&'static str> {
    let by_slip = UNITS.iter().find(|unit| unit.slips.contains(&text));
    let by_case = || UNITS.iter().find(|unit| unit.name.eq_ignore_ascii_case(text));
    by_slip.or_else(by_case).map(|unit| unit.name)
}

/// All units in one line, for a message.
pub(crate) fn list_units() -> String {
    UNITS.iter().map(|unit| unit.name).collect::<Vec<_>>().join(", ")
}
