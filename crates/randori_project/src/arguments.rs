//! Command-line values that all programs parse alike.

use randori_core::text::{Limits, Override};

/// Reads the `PATH=VALUE` of `--set`.
///
/// # Errors
/// The expected syntax.
pub fn parse_override(text: &str) -> Result<Override, String> {
    match Override::parse(text, "--set") {
        Some(change) if !change.path.is_empty() && !change.value.is_empty() => Ok(change),
        _ => Err("write PATH=VALUE, such as duration=5.0".to_owned()),
    }
}

/// Reads the `NAME=N` of `--limit`.
///
/// # Errors
/// The expected syntax, or the known names.
pub fn parse_limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=N, such as bodies=20000")?;
    let (name, value) = (name.trim(), value.trim());
    let number = value.parse().map_err(|_| format!("`{value}` is not a whole number"))?;
    Limits::default().set(name, number)?;
    Ok((name.to_owned(), number))
}

/// Parses the size of `--max-memory`: bytes, or a number with `kB`, `MB`, `GB`, `KiB`, `MiB` or
/// `GiB` (`K`, `M` and `G` mean the latter three).
///
/// # Errors
/// The expected syntax, or the maximum.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is not a size; write it like 2GiB, 500MB or 2147483648");
    let digits =
        text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == ' ');
    let unit = text[digits.len()..].trim().to_ascii_lowercase();
    let factor: f64 = match unit.as_str() {
        "" | "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        "k" | "kib" => f64::from(1 << 10),
        "m" | "mib" => f64::from(1 << 20),
        "g" | "gib" => f64::from(1 << 30),
        "t" | "tib" => f64::from(1 << 30) * 1024.0,
        _ => return Err(wrong()),
    };
    let number: f64 = digits.trim().parse().map_err(|_| wrong())?;
    let bytes = (number * factor).round();
    if !bytes.is_finite() || bytes < 1.0 {
        return Err(wrong());
    }
    Limits::default().set("memory_bytes", bytes as u64)?;
    Ok(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_units_that_people_write() {
        assert_eq!(parse_size("2GiB"), Ok(2 << 30));
        assert_eq!(parse_size("1.5 g"), Ok(3 << 29));
        assert_eq!(parse_size("500MB"), Ok(500_000_000));
        assert_eq!(parse_size("4096"), Ok(4096));
        for wrong in ["", "GiB", "many", "-1", "0", "1e400", "NaN", "inf", "2 GiBs", "1e30"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_limit_needs_a_known_name_and_a_whole_number() {
        assert_eq!(parse_limit("bodies=20000"), Ok(("bodies".into(), 20_000)));
        assert!(parse_limit("bodis=20000").is_err_and(|error| error.contains("`bodies`")));
        assert!(parse_limit("bodies=many").is_err());
        assert!(parse_limit("bodies").is_err());
    }

    #[test]
    fn an_override_needs_a_path_and_a_value() {
        let change = parse_override("a.b=Deg(3)").expect("both");

        assert_eq!((change.path.as_str(), change.value.as_str()), ("a.b", "Deg(3)"));
        assert!(parse_override("a.b").is_err());
        assert!(parse_override("=3").is_err());
    }
}
