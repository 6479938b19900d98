//! Number formatting for consoles and windows.

/// Formats a number with about four significant digits, as short as possible.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+inf" } else { "-inf" }.to_owned();
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-3..1e6).contains(&magnitude) {
        return format!("{value:.2e}");
    }
    let decimals = match magnitude {
        100.0.. => 1,
        10.0.. => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

/// Formats a number with an explicit sign.
pub fn signed(value: f64) -> String {
    let text = number(value);
    if text.starts_with(['-', '+']) { text } else { format!("+{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_a_useful_precision() {
        assert_eq!(number(0.123_456), "0.123");
        assert_eq!(number(12.345), "12.35");
        assert_eq!(number(1234.5), "1234.5");
        assert_eq!(number(0.000_012), "1.20e-5");
        assert_eq!(number(0.0), "0.000");
        assert_eq!(signed(f64::INFINITY), "+inf");
        assert_eq!(signed(0.5), "+0.500");
        assert_eq!(signed(-12.345_6), "-12.35");
        assert_eq!(signed(f64::NAN), "-");
    }
}
