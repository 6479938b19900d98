//! Run reports as JSON. Infinite and undefined numbers, which JSON lacks, are the
//! strings `inf`, `-inf` and `nan`.

use randori_core::report::RunReport;
use serde_json::Value;

/// The report as JSON.
pub(crate) fn to_json(report: &RunReport) -> serde_json::Result<Value> {
    let mut report = report.clone();
    let mut value = serde_json::to_value(&report)?;
    for (place, number) in numbers(&mut report) {
        if let (false, Some(slot)) = (number.is_finite(), value.pointer_mut(&place)) {
            *slot = Value::from(word(*number));
        }
    }
    Ok(value)
}

/// The report of a JSON text of [`to_json`].
pub(crate) fn from_json(text: &[u8]) -> serde_json::Result<RunReport> {
    let mut value: Value = serde_json::from_slice(text)?;
    let mut odd = Vec::new();
    for place in places(&value) {
        if let Some(slot) = value.pointer_mut(&place)
            && let Some(number) = slot.as_str().and_then(of_word)
        {
            *slot = Value::from(0.0);
            odd.push((place, number));
        }
    }
    let mut report: RunReport = serde_json::from_value(value)?;
    for (place, number) in numbers(&mut report) {
        if let Some((_, odd)) = odd.iter().find(|(at, _)| *at == place) {
            *number = *odd;
        }
    }
    Ok(report)
}

/// Every number of a report that may be infinite, with its path in the JSON.
fn numbers(report: &mut RunReport) -> Vec<(String, &mut f64)> {
    let mut all = vec![("/simulated_s".to_owned(), &mut report.simulated_s)];
    for (index, (_, value)) in report.varied.iter_mut().enumerate() {
        all.push((format!("/varied/{index}/1"), value));
    }
    for (index, goal) in report.goals.iter_mut().enumerate() {
        all.push((format!("/goals/{index}/margin"), &mut goal.margin));
        if let Some(at) = &mut goal.decided_at_s {
            all.push((format!("/goals/{index}/decided_at_s"), at));
        }
        if let Some(reason) = &mut goal.reason {
            all.push((format!("/goals/{index}/reason/time_s"), &mut reason.time_s));
        }
    }
    for (index, metric) in report.metrics.iter_mut().enumerate() {
        all.push((format!("/metrics/{index}/value"), &mut metric.value));
    }
    all
}

/// The values at the same paths in the JSON.
fn places(value: &Value) -> Vec<String> {
    let count = |list: &str| value.get(list).and_then(Value::as_array).map_or(0, Vec::len);
    let mut all = vec!["/simulated_s".to_owned()];
    all.extend((0..count("varied")).map(|index| format!("/varied/{index}/1")));
    for field in ["margin", "decided_at_s", "reason/time_s"] {
        all.extend((0..count("goals")).map(|index| format!("/goals/{index}/{field}")));
    }
    all.extend((0..count("metrics")).map(|index| format!("/metrics/{index}/value")));
    all
}

fn word(number: f64) -> &'static str {
    if number.is_nan() {
        "nan"
    } else if number > 0.0 {
        "inf"
    } else {
        "-inf"
    }
}

fn of_word(word: &str) -> Option<f64> {
    match word {
        "nan" => Some(f64::NAN),
        "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}
