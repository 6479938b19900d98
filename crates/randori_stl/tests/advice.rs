//! A slip in a formula gets a place, a reason and a cure.

use randori_stl::{Period, SignalRef, parse, parse_term};

/// The underlined text, the message and the help, or why there is no error.
fn advice(text: &str) -> String {
    let describe = |span: std::ops::Range<usize>, message: &str, help: Option<&str>| {
        format!("`{}`: {message}; {}", &text[span], help.unwrap_or("no help"))
    };
    match parse(text) {
        Err(error) => describe(error.span, &error.message, error.help.as_deref()),
        Ok(formula) => match formula.compile(Period::from_nanos(2_000_000), &mut index_of) {
            Err(error) => describe(error.span, &error.message, error.help.as_deref()),
            Ok(_) => format!("no error in `{formula}`"),
        },
    }
}

fn index_of(signal: &SignalRef) -> Option<usize> {
    ["x", "tilt", "distance"].iter().position(|name| *name == signal.name)
}

#[track_caller]
fn assert_advice(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(advice(text), *expected, "for `{text}`");
    }
}

#[test]
fn signs_of_other_languages_are_translated() {
    assert_advice(&[
        ("x = 3", "`=`: `=` is not an operator; write `==` to compare"),
        ("x > 1 && x < 2", "`&&`: `&&` is not an operator; write `and`"),
        ("x > 1 || x < 2", "`||`: `||` is not an operator; write `or`"),
        ("x ≤ 1", "`≤`: `≤` is not an operator; write `<=`"),
        ("globally (x > 1)", "`globally`: `globally` is not an operator; did you mean `always`?"),
    ]);
}

#[test]
fn misspelt_words_are_recognised() {
    assert_advice(&[
        ("alway (x > 1)", "`alway`: `alway` is not an operator; did you mean `always`?"),
        ("x > 1 adn x < 2", "`adn`: unknown unit `adn`; did you mean `and`?"),
        (
            "(x > 1) untill (x < 2)",
            "`untill`: expected `and`, `or`, `->`, `until` or the end, found `untill`; did you mean `until`?",
        ),
    ]);
}

#[test]
fn parentheses_are_matched() {
    assert_advice(&[
        (
            "always (x > 1",
            "``: expected `)`, found the end; the parenthesis opened in column 8 is not closed",
        ),
        (
            "always x > 1)",
            "`)`: expected `and`, `or`, `->`, `until` or the end, found `)`; unmatched parenthesis: remove it or open one before",
        ),
        ("rise x > 1", "`x`: expected `(` after `rise`, found `x`; write `rise(x > 1)`"),
    ]);
}

#[test]
fn intervals_are_checked() {
    assert_advice(&[
        (
            "always[5, 2] (x > 1)",
            "`[5, 2]`: the interval ends at 2 s, before it begins at 5 s; write `[2, 5]`",
        ),
        (
            "always[100, 500 ms] (x > 1)",
            "`[100, 500 ms]`: the interval ends at 0.5 s, before it begins at 100 s; a number without a unit is in seconds: give both ends a unit",
        ),
        (
            "always[-1, 2] (x > 1)",
            "`-`: an interval cannot be negative; to look back in time use `once`, `historically` or `since`",
        ),
        (
            "always[0, 500] ms (x > 1)",
            "`ms`: the unit `ms` stands outside an interval; write it after the number: `[0, 500 ms]`",
        ),
        (
            "always (x > 1)[0, 5]",
            "`[`: expected `and`, `or`, `->`, `until` or the end, found `[`; write an interval directly after a temporal operator: `always[0, 5] (...)`",
        ),
        (
            "always[0, 1 hour] (x > 1)",
            "`hour`: `hour` is not a unit of time; use s, ms, us, ns or min; without a unit it is seconds",
        ),
    ]);
}

#[test]
fn intervals_between_samples_get_the_nearest_legal_ones() {
    assert_advice(&[
        (
            "always[0, 0.003] (x > 1)",
            "`[0, 0.003]`: 0.003 s is not a whole number of samples of 0.002 s; the nearest that are: 0.002 s and 0.004 s",
        ),
        (
            "(x > 1) since[1 ms, 2 ms] (x > 2)",
            "`[1 ms, 2 ms]`: 0.001 s is not a whole number of samples of 0.002 s; the nearest that are: 0 s and 0.002 s",
        ),
        ("always[0, 30 s] (x > 1)", "no error in `always[0, 30] (x > 1)`"),
        (
            "always[0, 1e30] (x > 1)",
            "`[0, 1e30]`: 1e30 s is out of range for samples of 0.002 s; without an upper limit write `[0, inf]` or no interval",
        ),
    ]);
}

#[test]
fn numbers_and_conditions_are_told_apart() {
    assert_advice(&[
        ("0 < x < 3", "`<`: comparisons cannot be chained; write `0 < x and x < ...`"),
        (
            "always tilt",
            "`tilt`: expected a condition but `tilt` is a number; compare it with something: `tilt > 0`",
        ),
        (
            "x + (x > 3) > 2",
            "`+`: `+` needs numbers on both sides, but one is a condition; join conditions with `and` or `or`",
        ),
        (
            "-(x > 3)",
            "`(x > 3)`: `-` needs a number, but this is a condition; write `not` to negate a condition",
        ),
        (
            "x > 1 -> x > 2 -> x > 3",
            "`->`: `->` cannot be chained without parentheses; write `a -> (b -> c)` or `(a -> b) -> c`",
        ),
        (
            "max(x) > 3",
            "`max(x)`: `max` takes at least two arguments, found 1; to bound a signal over time use `always` or `eventually`",
        ),
    ]);
}

#[test]
fn units_are_suggested() {
    assert_advice(&[
        ("tilt < 20 degrees", "`degrees`: unknown unit `degrees`; did you mean `deg`?"),
        ("x < 5 kmh", "`kmh`: unknown unit `kmh`; did you mean `km/h`?"),
        ("x < 5 m/x", "`m/x`: unknown unit `m/x`; put spaces around `/` to divide by a signal"),
    ]);
}

#[test]
fn unknown_signals_are_underlined_whole() {
    assert_eq!(
        advice("always (speed(courier, wheel) > 1)"),
        "`speed(courier, wheel)`: unknown signal `speed(courier, wheel)`; no help"
    );
}

#[test]
fn a_metric_is_a_term_and_not_a_condition() {
    assert_eq!(
        parse_term("max(speed(courier))").map(|term| term.to_string()).as_deref(),
        Ok("max(speed(courier))")
    );
    assert!(
        parse_term("speed(courier) > 1").is_err_and(|error| error.message.contains("condition"))
    );
}
