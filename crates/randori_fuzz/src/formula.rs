//! Goals and metrics.

use randori_stl::{Monitor, Period, SignalRef, Trace, parse as parse_formula, parse_term};

/// Number of samples of the trace on which formulas are evaluated.
const SAMPLES: usize = 24;

/// A formula is refused at a position in its text, or has the same margin at the
/// first sample whether it is evaluated on a whole trace or sample by sample.
pub(crate) fn parse(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(error) = parse_term(text) {
        let _ = error.to_string();
    }
    let formula = match parse_formula(text) {
        Ok(formula) => formula,
        Err(error) => {
            let _ = error.to_string();
            return;
        }
    };
    let printed = formula.to_string();
    let again = parse_formula(&printed).expect("a printed formula can be read");
    assert_eq!(again.to_string(), printed, "{text}");
    let mut signals: Vec<String> = Vec::new();
    let mut column = |signal: &SignalRef| {
        let name = format!("{signal:?}");
        let known = signals.iter().position(|known| *known == name);
        Some(known.unwrap_or_else(|| {
            signals.push(name);
            signals.len() - 1
        }))
    };
    let Ok(compiled) = formula.compile(Period::from_nanos(100_000_000), &mut column) else {
        return;
    };
    let mut trace = Trace::new(compiled.width());
    let mut monitor = Monitor::new(&compiled);
    for index in 0..SAMPLES {
        let sample: Vec<f64> = (0..compiled.width())
            .map(|column| ((index * 7 + column * 3) % 11) as f64 - 4.0)
            .collect();
        trace.push(&sample);
        monitor.observe(&sample);
    }
    let whole = compiled.robustness(&trace);
    let first = whole.first().copied().expect("a margin for each sample");
    assert_eq!(monitor.finish().to_bits(), first.to_bits(), "{text}: {first}");
}
