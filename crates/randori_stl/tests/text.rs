//! Printing and parsing are inverse, and no text brings the parser down.

mod common;

use common::random::Random;
use randori_stl::{MAX_TEXT_BYTES, ParseError, parse, parse_term};

#[test]
fn a_printed_formula_parses_to_the_same_tree() {
    for seed in 0..2_000 {
        let mut random = Random::new(seed);
        let depth = random.below(6);
        let formula = random.formula_of_terms(depth);
        let text = formula.to_string();

        let read = parse(&text).unwrap_or_else(|error| panic!("`{text}`: {error}"));

        assert_eq!(read, formula, "`{text}`");
        assert_eq!(read.to_string(), text);
    }
}

#[test]
fn a_printed_term_parses_to_the_same_tree() {
    for seed in 0..2_000 {
        let term = Random::new(seed).term(5);
        let text = term.to_string();

        assert_eq!(
            parse_term(&text).unwrap_or_else(|error| panic!("`{text}`: {error}")),
            term,
            "`{text}`"
        );
    }
}

const TOKENS: &[&str] = &[
    "always",
    "eventually",
    "until",
    "unless",
    "since",
    "historically",
    "once",
    "rise",
    "fall",
    "next",
    "prev",
    "not",
    "and",
    "or",
    "->",
    "<->",
    "xor",
    "G",
    "F",
    "U",
    "S",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    "[0, 5]",
    "[2, inf]",
    "x",
    "x.y",
    "distance",
    "distance(a, b)",
    "min",
    "max(",
    "abs(",
    "sqrt",
    "1",
    "2.5",
    "1e9",
    ".5",
    "1e400",
    "deg",
    "m/s",
    "m",
    "/s",
    "%",
    "^",
    "+",
    "-",
    "*",
    "/",
    "<",
    "<=",
    ">",
    "==",
    "!=",
    "=",
    "&&",
    "||",
    "!",
    ".",
    "\"",
    "é",
    "°",
    "\n",
    "\u{0}",
    "inf",
    "ms",
    "-1",
];

/// The place must be a stretch of the text.
fn assert_underlinable(text: &str, error: &ParseError) {
    assert!(text.get(error.span.clone()).is_some(), "{error:?} in `{text}`");
}

#[test]
fn token_soup_is_refused_or_read_and_never_panics() {
    let mut read = 0;
    for seed in 0..20_000 {
        let mut random = Random::new(seed);
        let glue = random.pick(&[" ", "", " "]);
        let words: Vec<&str> = (0..=random.below(14)).map(|_| random.pick(TOKENS)).collect();
        let text = words.join(glue);
        for outcome in [
            parse(&text).map(|formula| formula.to_string()),
            parse_term(&text).map(|term| term.to_string()),
        ] {
            match outcome {
                Ok(_) => read += 1,
                Err(error) => assert_underlinable(&text, &error),
            }
        }
    }
    assert!(read > 100, "only {read} texts were legal");
}

#[test]
fn damaged_formulas_never_panic() {
    for seed in 0..2_000 {
        let mut random = Random::new(seed);
        let mut text = random.formula_of_terms(4).to_string();
        for _ in 0..=random.below(3) {
            let at = random.below(text.len());
            text.replace_range(at..=at, random.pick(&["", "(", ")", "[", "]", "=", "9", "x", " "]));
            text.push(' ');
        }
        if let Ok(formula) = parse(&text) {
            assert_eq!(parse(&formula.to_string()), Ok(formula));
        }
    }
}

#[test]
fn nesting_beyond_the_limit_is_refused_by_name() {
    let deep = [
        format!("{}x > 0{}", "(".repeat(30_000), ")".repeat(30_000)),
        format!("{}x > 0", "not ".repeat(10_000)),
        format!("{}x > 0", "-".repeat(10_000)),
        format!("x{} > 0", " + x".repeat(10_000)),
        format!("x > 0{}", " xor (x > 0)") + &" <-> x > 0 xor x > 0".repeat(2_000),
        format!("{}x{} > 0", "abs(".repeat(10_000), ")".repeat(10_000)),
        "always ".repeat(9_000),
    ];
    for text in deep {
        let error = parse(&text).expect_err("too deep");
        let is_named = error.message.contains("64") || error.message.contains("chained");
        assert!(is_named, "{}", error.message);
    }
}

#[test]
fn the_greatest_depth_that_is_read_prints_and_parses() {
    let text = format!("{}x > 0", "always ".repeat(63));
    let formula = parse(&text).expect("just within the limit");

    assert_eq!(formula.depth(), 64);
    assert_eq!(parse(&formula.to_string()), Ok(formula));
    assert!(parse(&format!("always {text}")).is_err());
}

#[test]
fn a_long_conjunction_is_wide_and_not_deep() {
    let text = vec!["x > 0"; 5_000].join(" and ");

    assert_eq!(parse(&text).map(|formula| formula.parts().len()), Ok(5_000));
}

#[test]
fn a_text_beyond_the_limit_is_refused_by_name() {
    let text = " ".repeat(MAX_TEXT_BYTES + 1);

    let error = parse(&text).expect_err("too long");

    assert!(error.message.contains("65536"), "{}", error.message);
}
