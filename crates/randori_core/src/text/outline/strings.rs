//! String literals: their values, and positions inside of them.

/// The value of a string literal (`"..."`, `r"..."`, `r#"..."#`), or `None` if
/// an escape in it has no meaning.
pub fn decode(literal: &str) -> Option<String> {
    match content(literal) {
        (start, end, true) => Some(literal[start..end].to_owned()),
        (start, end, false) if !literal[start..end].contains('\\') => {
            Some(literal[start..end].to_owned())
        }
        _ => ron::from_str(literal).ok(),
    }
}

/// Position of byte `byte` of a string's value in its literal, so that a part of a quoted
/// formula can be underlined. Bytes beyond the value are at the closing quote.
pub fn byte_in_literal(literal: &str, byte: usize) -> usize {
    let (start, end, raw) = content(literal);
    let mut value_byte = 0;
    let mut rest = &literal[start..end];
    while value_byte < byte && !rest.is_empty() {
        let (consumed, produced) = if raw { character(rest) } else { escape(rest) };
        value_byte += produced;
        rest = &rest[consumed..];
    }
    end - rest.len()
}

/// Start and end of the text between the quotes, and true for a raw string.
fn content(literal: &str) -> (usize, usize, bool) {
    let raw = literal.starts_with('r');
    let hashes = literal.len() - literal.trim_end_matches('#').len();
    let start = literal.find('"').map_or(literal.len(), |quote| quote + 1);
    let end = literal.len().saturating_sub(hashes + 1).max(start);
    (start, end, raw)
}

fn character(rest: &str) -> (usize, usize) {
    let len = rest.chars().next().map_or(0, char::len_utf8);
    (len, len)
}

/// Number of bytes of the next character in the literal and in the value.
fn escape(rest: &str) -> (usize, usize) {
    let Some(escaped) = rest.strip_prefix('\\') else { return character(rest) };
    let hexadecimal = |digits: &str| {
        u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map_or(1, char::len_utf8)
    };
    match escaped.as_bytes().first() {
        Some(b'x') => (rest.len().min(4), hexadecimal(escaped.get(1..3).unwrap_or(""))),
        Some(b'u') => {
            let close = escaped.find('}').unwrap_or(escaped.len() - 1);
            (close + 2, hexadecimal(escaped.get(2..close).unwrap_or("")))
        }
        Some(_) => (1 + character(escaped).0, 1),
        None => (1, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_value_is_found_in_its_literal() {
        for literal in [
            r#""distance(a) < 3""#,
            r#""a \"b\" \u{e4} \x41 < 3""#,
            r##"r#"a "b" < 3"#"##,
            "\"\u{4e71} < 3\"",
        ] {
            let value = decode(literal).expect("legal literals have values");
            let byte = value.find('<').expect("every value holds the sign");

            assert_eq!(&literal[byte_in_literal(literal, byte)..][..1], "<", "{literal}");
        }
    }

    #[test]
    fn bytes_beyond_the_value_are_at_the_closing_quote() {
        assert_eq!(byte_in_literal(r#""ab""#, 99), 3);
        assert_eq!(byte_in_literal(r##"r#"ab"#"##, 99), 5);
    }
}
