//! Cuts text into tokens, and catches symbols of other languages on the way.

use std::ops::Range;

use crate::error::ParseError;

/// What a token is; words and numbers are read from the text by their span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symbol {
    Number,
    Word,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    Dot,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Arrow,
    DoubleArrow,
    End,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) symbol: Symbol,
    pub(crate) span: Range<usize>,
}

/// Longest first, so that `<=` is not read as `<`.
const SYMBOLS: &[(&str, Symbol)] = &[
    ("<->", Symbol::DoubleArrow),
    ("!==", Symbol::NotEqual),
    ("->", Symbol::Arrow),
    ("<=", Symbol::LessOrEqual),
    (">=", Symbol::GreaterOrEqual),
    ("==", Symbol::Equal),
    ("!=", Symbol::NotEqual),
    ("<", Symbol::Less),
    (">", Symbol::Greater),
    ("(", Symbol::OpenParen),
    (")", Symbol::CloseParen),
    ("[", Symbol::OpenBracket),
    ("]", Symbol::CloseBracket),
    (",", Symbol::Comma),
    (":", Symbol::Colon),
    (".", Symbol::Dot),
    ("+", Symbol::Plus),
    ("-", Symbol::Minus),
    ("*", Symbol::Star),
    ("/", Symbol::Slash),
    ("%", Symbol::Percent),
];

/// Symbols that other languages have, and what to write here.
const FOREIGN: &[(&str, &str)] = &[
    ("===", "write `==` to compare"),
    ("<=>", "write `<->` or `iff`"),
    ("=>", "write `->` or `implies`; `>=` compares"),
    ("=<", "write `<=`"),
    ("<>", "write `!=`"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("**", "write a product: `x * x`"),
    ("=", "write `==` to compare"),
    ("&", "write `and`"),
    ("|", "write `or`"),
    ("!", "write `not`"),
    ("^", "there are no powers: write `x * x`, and `m/s2` for the unit"),
    ("≤", "write `<=`"),
    ("≥", "write `>=`"),
    ("≠", "write `!=`"),
    ("∧", "write `and`"),
    ("∨", "write `or`"),
    ("¬", "write `not`"),
    ("→", "write `->`"),
    ("°", "write `deg`"),
    ("□", "write `always`"),
    ("◇", "write `eventually`"),
    ("×", "write `*`"),
    ("−", "write the hyphen `-`"),
    ("{", "write `(`"),
    ("}", "write `)`"),
];

/// All tokens of `text`, the last one being [`Symbol::End`].
pub(crate) fn tokenize(text: &str) -> Result<Vec<Token>, ParseError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (symbol, length) = if first.is_ascii_digit() {
            (Symbol::Number, number_length(&text.as_bytes()[at..]))
        } else if first == '_' || first.is_alphabetic() {
            (Symbol::Word, word_length(&text[at..]))
        } else {
            read_symbol(text, at, first)?
        };
        tokens.push(Token { symbol, span: at..at + length });
        at += length;
    }
    tokens.push(Token { symbol: Symbol::End, span: text.len()..text.len() });
    Ok(tokens)
}

fn read_symbol(text: &str, at: usize, first: char) -> Result<(Symbol, usize), ParseError> {
    let rest = &text[at..];
    let own = SYMBOLS.iter().find(|(form, _)| rest.starts_with(form));
    let foreign = FOREIGN.iter().find(|(form, _)| rest.starts_with(form));
    let own_length = own.map_or(0, |(form, _)| form.len());
    match (own, foreign) {
        // `=>` begins with nothing of ours, `<>` begins with our `<`.
        (_, Some((form, help))) if form.len() > own_length => {
            Err(ParseError::new(at..at + form.len(), format!("`{form}` means nothing here"))
                .with_help(*help))
        }
        (Some((form, symbol)), _) => Ok((*symbol, form.len())),
        (None, _) => {
            let shown = first.escape_debug();
            Err(ParseError::new(at..at + first.len_utf8(), format!("unexpected `{shown}`")))
        }
    }
}

fn word_length(rest: &str) -> usize {
    rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len())
}

/// Digits, then a point with digits, then an exponent with digits.
fn number_length(rest: &[u8]) -> usize {
    let digits = |from: usize| {
        rest[from.min(rest.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut length = digits(0);
    if rest.get(length) == Some(&b'.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if matches!(rest.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(rest.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        let tokens = tokenize(text).expect("lexes");
        tokens[..tokens.len() - 1].iter().map(|token| &text[token.span.clone()]).collect()
    }

    #[test]
    fn numbers_stop_before_their_unit() {
        assert_eq!(
            pieces("20deg 1e3 2em 1.5e-3s 7.x"),
            ["20", "deg", "1e3", "2", "em", "1.5e-3", "s", "7", ".", "x"]
        );
    }

    #[test]
    fn long_symbols_win_over_short_ones() {
        assert_eq!(pieces("a<->b->c!==d<=e"), ["a", "<->", "b", "->", "c", "!==", "d", "<=", "e"]);
    }

    #[test]
    fn symbols_of_other_languages_get_advice() {
        let error = tokenize("x > 1 && y > 1").expect_err("not ours");

        assert_eq!((error.span, error.help.as_deref()), (6..8, Some("write `and`")));
    }
}
