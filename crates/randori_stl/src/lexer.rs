//! Splits text into tokens and detects operators of other languages.
//!
//! Start reading at [`tokenize`].

use crate::ast::Span;
use crate::error::ParseError;

/// Maximum length of a text, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The smallest meaningful piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Digits with an optional point and exponent.
    Number(&'a str),
    /// Identifiers joined by dots; words such as `always` among them.
    Name(&'a str),
    /// An operator, a bracket or a comma, in its usual spelling.
    Sign(&'static str),
    /// The end of the text.
    End,
}

/// A token and its position.
#[derive(Debug, Clone)]
pub(crate) struct Lexeme<'a> {
    pub(crate) token: Token<'a>,
    pub(crate) span: Span,
}

/// Operators of the language as (spelling, canonical form); longer ones first.
const SIGNS: &[(&str, &str)] = &[
    ("<->", "<->"),
    ("!==", "!="),
    ("->", "->"),
    ("<=", "<="),
    (">=", ">="),
    ("==", "=="),
    ("!=", "!="),
    ("<", "<"),
    (">", ">"),
    ("!", "not"),
    ("(", "("),
    (")", ")"),
    ("[", "["),
    ("]", "]"),
    (",", ","),
    (":", ":"),
    ("+", "+"),
    ("-", "-"),
    ("*", "*"),
    ("/", "/"),
    ("%", "%"),
    ("^", "^"),
];

/// Operators of other languages, and advice; longer ones first.
const SLIPS: &[(&str, &str)] = &[
    ("<=>", "write `<->` for equivalence"),
    ("===", "write `==`"),
    ("=>", "write `->` for an implication or `>=` for a comparison"),
    ("=<", "write `<=`"),
    ("<>", "write `!=`"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("&", "write `and`"),
    ("|", "write `or`, or `abs(...)` for an absolute value"),
    ("**", "write a product such as `x * x`"),
    ("~", "write `not`"),
    ("{", "write `[a, b]` for an interval and `( )` for a group"),
    ("}", "write `[a, b]` for an interval and `( )` for a group"),
    ("°", "write `deg`"),
    ("≤", "write `<=`"),
    ("≥", "write `>=`"),
    ("≠", "write `!=`"),
    ("∧", "write `and`"),
    ("∨", "write `or`"),
    ("¬", "write `not`"),
    ("→", "write `->`"),
    ("−", "write `-`"),
    ("□", "write `always`"),
    ("◇", "write `eventually`"),
];

/// Splits `text` into tokens; the last one is [`Token::End`].
///
/// # Errors
///
/// If the text is longer than [`MAX_TEXT_BYTES`] or contains an unknown character or
/// operator.
pub(crate) fn tokenize(text: &str) -> Result<Vec<Lexeme<'_>>, ParseError> {
    if text.len() > MAX_TEXT_BYTES {
        let message =
            format!("the text is {} bytes long; at most {MAX_TEXT_BYTES} are read", text.len());
        return Err(ParseError::new(message, 0..0).help("split it into several formulas"));
    }
    let mut lexemes = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let token = next_token(text, at, first)?;
        let length = match token.0 {
            Token::Number(written) | Token::Name(written) => written.len(),
            Token::Sign(_) | Token::End => token.1,
        };
        lexemes.push(Lexeme { token: token.0, span: at..at + length });
        at += length;
    }
    lexemes.push(Lexeme { token: Token::End, span: text.len()..text.len() });
    Ok(lexemes)
}

/// The token that begins at `at`, and its length in bytes if it is an operator.
fn next_token(text: &str, at: usize, first: char) -> Result<(Token<'_>, usize), ParseError> {
    let rest = &text[at..];
    let starts_number = |rest: &str| {
        let mut bytes = rest.bytes();
        match bytes.next() {
            Some(b'.') => bytes.next().is_some_and(|byte| byte.is_ascii_digit()),
            Some(byte) => byte.is_ascii_digit(),
            None => false,
        }
    };
    if starts_number(rest) {
        return Ok((Token::Number(&rest[..number_length(rest)]), 0));
    }
    if first.is_ascii_alphabetic() || first == '_' {
        return Ok((Token::Name(&rest[..name_length(rest)]), 0));
    }
    let starting = |table: &'static [(&str, &'static str)]| {
        table.iter().find(|(sign, _)| rest.starts_with(sign))
    };
    let slip = starting(SLIPS);
    let sign = starting(SIGNS);
    match (sign, slip) {
        (Some((sign, meant)), slip) if slip.is_none_or(|(slip, _)| slip.len() < sign.len()) => {
            Ok((Token::Sign(meant), sign.len()))
        }
        (_, Some((slip, advice))) => {
            Err(ParseError::new(format!("`{slip}` is not an operator"), at..at + slip.len())
                .help(*advice))
        }
        _ => Err(unknown_character(at, first)),
    }
}

fn unknown_character(at: usize, character: char) -> ParseError {
    let span = at..at + character.len_utf8();
    match character {
        '=' => ParseError::new("`=` is not an operator", span).help("write `==` to compare"),
        '"' | '\'' => ParseError::new("names are written without quotes", span),
        '.' => ParseError::new("a point stands only inside a number or between two names", span),
        _ => ParseError::new(format!("unexpected character `{}`", character.escape_debug()), span),
    }
}

fn count_while(text: &str, accepts: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| accepts(*byte)).count()
}

fn number_length(text: &str) -> usize {
    let digits = |from: usize| count_while(&text[from..], |byte| byte.is_ascii_digit());
    let mut length = digits(0);
    if text[length..].starts_with('.') {
        length += 1 + digits(length + 1);
    }
    if text[length..].starts_with(['e', 'E']) {
        let sign = usize::from(text[length + 1..].starts_with(['+', '-']));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

fn name_length(text: &str) -> usize {
    let word = |from: usize| {
        count_while(&text[from..], |byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let mut length = word(0);
    while text[length..].starts_with('.')
        && text[length + 1..].starts_with(|next: char| next.is_ascii_alphabetic() || next == '_')
    {
        length += 1 + word(length + 1);
    }
    length
}
