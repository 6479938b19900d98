#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| randori_fuzz::check("run_network", bytes));
