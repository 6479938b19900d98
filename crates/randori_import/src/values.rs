//! Numbers and words in attributes.

use crate::log::Log;
use crate::xml::Attribute;

/// All numbers of an attribute; an error unless each is finite.
pub(crate) fn numbers(log: &mut Log, attribute: &Attribute) -> Option<Vec<f64>> {
    let mut numbers = Vec::new();
    for word in attribute.value.split_whitespace() {
        match word.parse::<f64>() {
            Ok(number) if number.is_finite() && (number as f32).is_finite() => {
                numbers.push(representable(number));
            }
            Ok(_) => {
                let message =
                    format!("`{}` has `{word}`, which is not a finite number", attribute.name);
                log.refuse(attribute, message, "numbers must be finite and fit single precision");
                return None;
            }
            Err(_) => {
                let message = format!(
                    "`{}` has `{}`, which is not a number",
                    attribute.name,
                    shortened(word)
                );
                log.refuse(attribute, message, "write numbers separated by spaces");
                return None;
            }
        }
    }
    Some(numbers)
}

/// Ends of ranges at or beyond this do not limit, in the file's unit.
const FAR: f64 = 1e9;

/// The two ends of a range, either of which can be infinite; an error otherwise.
pub(crate) fn ends(log: &mut Log, attribute: &Attribute) -> Option<[f64; 2]> {
    let is_far = |word: &str| word.parse::<f64>().is_ok_and(|end| end.abs() >= FAR);
    if !attribute.value.split_whitespace().any(is_far) {
        return exactly(log, attribute);
    }
    let numbers = attribute.value.split_whitespace().map(str::parse::<f64>);
    let numbers: Vec<f64> = numbers.filter_map(Result::ok).collect();
    let Ok(ends) = <[f64; 2]>::try_from(numbers) else {
        let message = format!("`{}` needs two numbers", attribute.name);
        log.refuse(attribute, message, "write the smaller one first; `inf` means no limit");
        return None;
    };
    Some(ends.map(|end| if end.abs() >= FAR { f64::INFINITY.copysign(end) } else { end }))
}

/// Exactly `N` numbers; an error otherwise.
pub(crate) fn exactly<const N: usize>(log: &mut Log, attribute: &Attribute) -> Option<[f64; N]> {
    let found = numbers(log, attribute)?;
    let count = found.len();
    found.try_into().map_or_else(
        |_| {
            let message = format!("`{}` needs {N} numbers, but has {count}", attribute.name);
            log.refuse(attribute, message, format!("write {N} numbers separated by spaces"));
            None
        },
        Some,
    )
}

/// One to `N` numbers that replace the first defaults.
pub(crate) fn at_most<const N: usize>(
    log: &mut Log,
    attribute: &Attribute,
    mut defaults: [f64; N],
) -> Option<[f64; N]> {
    let found = numbers(log, attribute)?;
    if found.is_empty() || found.len() > N {
        let message =
            format!("`{}` needs 1 to {N} numbers, but has {}", attribute.name, found.len());
        log.refuse(attribute, message, "remove the additional numbers");
        return None;
    }
    defaults[..found.len()].copy_from_slice(&found);
    Some(defaults)
}

/// One number.
pub(crate) fn number(log: &mut Log, attribute: &Attribute) -> Option<f64> {
    exactly::<1>(log, attribute).map(|[number]| number)
}

/// Numbers too small for single precision become zero.
fn representable(number: f64) -> f64 {
    if number.abs() < f64::from(f32::MIN_POSITIVE) { 0.0 } else { number }
}

/// One number, which may be infinite or too large for single precision.
pub(crate) fn unbounded(log: &mut Log, attribute: &Attribute) -> Option<f64> {
    match attribute.value.trim().parse::<f64>() {
        Ok(number) if !number.is_nan() => Some(representable(number)),
        _ => number(log, attribute),
    }
}

/// A number that is not negative; an error otherwise.
pub(crate) fn not_negative(log: &mut Log, attribute: &Attribute) -> Option<f64> {
    let value = number(log, attribute)?;
    if value < 0.0 {
        let message = format!("`{}` is {value}, but must not be negative", attribute.name);
        log.refuse(attribute, message, "write 0 or a positive number");
        return None;
    }
    Some(value)
}

/// A whole number.
pub(crate) fn whole(log: &mut Log, attribute: &Attribute) -> Option<i32> {
    let value = attribute.value.trim().parse::<i32>();
    if value.is_err() {
        let message = format!(
            "`{}` is `{}`, which is not a whole number",
            attribute.name,
            shortened(&attribute.value)
        );
        log.refuse(attribute, message, "write a whole number");
    }
    value.ok()
}

/// One of the given keywords; an error otherwise.
pub(crate) fn word<'w>(log: &mut Log, attribute: &Attribute, words: &[&'w str]) -> Option<&'w str> {
    let found = words.iter().find(|word| **word == attribute.value.trim());
    if found.is_none() {
        let (name, value) = (&attribute.name, shortened(&attribute.value));
        let all = randori_core::diagnostic::one_of(words.iter().copied());
        log.refuse(attribute, format!("`{name}` cannot be `{value}`"), format!("write {all}"));
    }
    found.copied()
}

/// Text shortened for a message.
pub(crate) fn shortened(text: &str) -> String {
    if text.chars().count() <= 30 {
        return text.to_owned();
    }
    text.chars().take(27).chain("...".chars()).collect()
}
