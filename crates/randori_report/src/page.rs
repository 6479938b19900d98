//! The HTML of the page.

use sha2::{Digest, Sha256};

/// The bundled script of the page; `web/check.sh` builds it from `web/src`.
const SCRIPT: &str = include_str!("../web/dist/report.js");
/// Its style sheet.
const STYLE: &str = include_str!("../web/dist/report.css");

/// The start of every page, by which it is recognised.
pub const PAGE_START: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n\
     <meta charset=\"utf-8\">\n<meta name=\"generator\" content=\"Randori report\">\n";

/// The whole page. `json` must be safe in a script element.
///
/// The content security policy allows only the bundled script (by its SHA-256), and no
/// network access.
pub(crate) fn html(json: &str) -> String {
    let hash = base64(&Sha256::digest(SCRIPT));
    format!(
        "{PAGE_START}\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         script-src 'sha256-{hash}'; style-src 'unsafe-inline'; img-src data:; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>Randori report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <noscript>This report needs JavaScript to be shown.</noscript>\n\
         <main id=\"report\"></main>\n\
         <script type=\"application/json\" id=\"data\">{json}</script>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

/// Bytes as base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let byte = |index: usize| u32::from(part.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= part.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_vectors_of_its_standard() {
        let vectors =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (bytes, text) in vectors {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn the_bundle_can_stand_in_a_page() {
        assert!(!SCRIPT.to_lowercase().contains("</script"), "it would end its own element");
        assert!(!SCRIPT.contains("<!--"), "it would change how the page is read");
        assert!(!SCRIPT.contains('\r'), "browsers hash it without carriage returns");
        assert!(!STYLE.to_lowercase().contains("</style"), "it would end its own element");
        assert!(SCRIPT.contains("Permission is hereby granted"), "licences must stay");
    }
}
