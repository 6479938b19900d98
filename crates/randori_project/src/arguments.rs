//! Words that every program which runs scenarios understands in the same way.

use randori_core::text::{Limits, Override};

/// Reads the `PATH=VALUE` of `--set`.
///
/// # Errors
/// How to write it.
pub fn parse_override(text: &str) -> Result<Override, String> {
    match Override::parse(text, "--set") {
        Some(change) if !change.path.is_empty() && !change.value.is_empty() => Ok(change),
        _ => Err("write PATH=VALUE, such as duration=5.0".to_owned()),
    }
}

/// Reads the `NAME=N` of `--limit`.
///
/// # Errors
/// How to write it, or which names there are.
pub fn parse_limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=N, such as bodies=20000")?;
    let (name, value) = (name.trim(), value.trim());
    let number = value.parse().map_err(|_| format!("`{value}` is not a whole number"))?;
    Limits::default().set(name, number)?;
    Ok((name.to_owned(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

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
