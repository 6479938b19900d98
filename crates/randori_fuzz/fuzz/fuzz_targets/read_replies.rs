#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| randori_fuzz::check("read_replies", bytes));
