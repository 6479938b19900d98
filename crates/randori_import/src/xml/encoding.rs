//! Text encodings of robot files.

/// A text that was not UTF-8, and its decoding.
#[derive(Debug, PartialEq)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// A warning; `None` if the file declares the encoding.
    pub(super) remark: Option<String>,
}

/// The characters of the bytes 0x80 to 0x9F in Windows-1252 (WHATWG, "Encoding
/// Standard").
const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// Decodes bytes that are not UTF-8 (or are UTF-16 that is also valid UTF-8): by the
/// byte order mark, else by the encoding in the XML declaration, else as Windows-1252,
/// in which every byte is valid.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    match bytes {
        [0xff, 0xfe, rest @ ..] => return utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => return utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => return utf16(bytes, u16::from_be_bytes),
        _ => {}
    }
    let declared = declared(bytes);
    let latin =
        |remark| Decoded { text: bytes.iter().map(|byte| windows(*byte)).collect(), remark };
    match declared.as_deref() {
        Some(
            "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "iso-8859-15" | "latin1" | "latin-1"
            | "windows-1252" | "cp1252" | "us-ascii" | "ascii",
        ) => latin(None),
        Some("utf-8" | "utf8") | None => {
            latin(Some("the text is not valid UTF-8: read as Windows-1252".to_owned()))
        }
        Some(other) => {
            let letter = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { '\u{fffd}' };
            let remark =
                format!("the encoding `{other}` is not supported: only its ASCII letters are read");
            Decoded { text: bytes.iter().map(letter).collect(), remark: Some(remark) }
        }
    }
}

/// True for UTF-16 without a byte order mark, which is valid UTF-8 if all its letters
/// are ASCII.
pub(super) fn is_bare_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [b'<', 0, ..] | [0, b'<', ..])
}

fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text = char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{fffd}')).collect();
    Decoded { text, remark: None }
}

/// The encoding in an XML declaration, in lower case.
fn declared(bytes: &[u8]) -> Option<String> {
    let start: String = bytes.iter().take(256).map(|byte| char::from(*byte)).collect();
    let start = start.to_ascii_lowercase();
    let declaration = &start[start.find("<?xml")?..];
    let declaration = &declaration[..declaration.find("?>")?];
    let value = declaration[declaration.find("encoding")?..].split(['"', '\'']).nth(1)?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin(declaration: &str) -> Decoded {
        let mut bytes = declaration.as_bytes().to_vec();
        bytes.extend([b'h', 0xfc, 0x93]);
        decode(&bytes)
    }

    #[test]
    fn a_declared_encoding_is_used() {
        for name in ["iso-8859-1", "ISO-8859-1", "latin1", "windows-1252"] {
            let read = latin(&format!("<?xml version=\"1.0\" encoding='{name}'?>"));
            assert!(read.text.ends_with("h\u{fc}\u{201c}"), "{name}: {}", read.text);
            assert_eq!(read.remark, None);
        }
    }

    #[test]
    fn another_encoding_than_the_declared_one_is_said() {
        for declaration in ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", ""] {
            let read = latin(declaration);
            assert!(read.text.ends_with("h\u{fc}\u{201c}"), "{}", read.text);
            assert!(read.remark.is_some_and(|remark| remark.contains("not valid UTF-8")));
        }
        let read = latin("<?xml version=\"1.0\" encoding=\"gb2312\"?>");
        assert!(read.text.ends_with("h\u{fffd}\u{fffd}"), "{}", read.text);
        assert!(read.remark.is_some_and(|remark| remark.contains("`gb2312`")));
    }

    #[test]
    fn utf16_is_known_by_its_first_bytes() {
        let text = "<a b=\"h\u{fc}\u{1f916}\"/>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();

        assert_eq!(decode(&[&[0xff, 0xfe], &little[..]].concat()).text, text);
        assert_eq!(decode(&[&[0xfe, 0xff], &big[..]].concat()).text, text);
        assert_eq!((decode(&little).text, decode(&big).text), (text.to_owned(), text.to_owned()));
        assert!(is_bare_utf16(&little) && is_bare_utf16(&big) && !is_bare_utf16(b"<a/>"));
    }
}
