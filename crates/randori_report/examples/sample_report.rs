//! Writes the page of made-up runs: `sample_report OUT.html [two]`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::process::ExitCode;

use randori_report::{DivergenceMark, report};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else { return ExitCode::from(2) };
    let page = if arguments.next().is_some() {
        let what = format!("courier.base.pose.y: 0 and 1e-7 m {}", common::HOSTILE);
        let mark = DivergenceMark { tick: 2600, cause: "physics".into(), what };
        report(&[common::run(0.0), common::run(0.2)], Some(&mark))
    } else {
        report(&[common::run(0.0)], None)
    };
    match std::fs::write(path, page) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
