//! Whatever the bytes are, reading them ends with a golden or a reason, and a
//! golden's text gives the same golden again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use randori_record::golden::Golden;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Golden::parse(text) {
        Ok(golden) => {
            let text = golden.to_text();
            let again = Golden::parse(&text).expect("a golden can be read");
            assert_eq!(again.to_text(), text);
        }
        Err(error) => assert!(error.line > 0 && error.column > 0 && !error.help.is_empty()),
    }
});
