//! The operators of the language, and their precedence.

use super::{ArithmeticOp, ChainOp, Connective, Relation, Token};
use crate::ast::{Function, StepOp, WindowOp};

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Infix {
    Connect(Connective),
    Or,
    And,
    Chain(ChainOp),
    Compare(Relation),
    Arithmetic(ArithmeticOp),
}

impl Infix {
    /// The lowest precedence.
    pub(super) const LOOSEST: u8 = 1;
    /// Precedence of the operand of `not` and `always`: comparisons and arithmetic.
    pub(super) const COMPARISON: u8 = 8;
    /// Precedence of the operand of a unary minus: no infix operators.
    pub(super) const TIGHTEST: u8 = 11;

    /// Precedence; larger is tighter.
    pub(super) fn level(self) -> u8 {
        match self {
            Self::Connect(Connective::Xor) => Self::LOOSEST,
            Self::Connect(Connective::Iff) => 2,
            Self::Connect(Connective::Implies) => 3,
            Self::Or => 4,
            Self::And => 5,
            Self::Chain(_) => 6,
            Self::Compare(_) => Self::COMPARISON,
            Self::Arithmetic(ArithmeticOp::Add | ArithmeticOp::Subtract) => 9,
            Self::Arithmetic(ArithmeticOp::Multiply | ArithmeticOp::Divide) => 10,
        }
    }
}

/// The infix operator of `token`.
pub(super) fn infix_of(token: Token<'_>) -> Option<Infix> {
    let (Token::Name(word) | Token::Sign(word)) = token else { return None };
    Some(match word {
        "xor" => Infix::Connect(Connective::Xor),
        "iff" | "<->" => Infix::Connect(Connective::Iff),
        "implies" | "->" => Infix::Connect(Connective::Implies),
        "or" => Infix::Or,
        "and" => Infix::And,
        "until" | "U" => Infix::Chain(ChainOp::Until),
        "unless" => Infix::Chain(ChainOp::Unless),
        "since" | "S" => Infix::Chain(ChainOp::Since),
        "<" => Infix::Compare(Relation::Less),
        "<=" => Infix::Compare(Relation::LessEqual),
        ">" => Infix::Compare(Relation::Greater),
        ">=" => Infix::Compare(Relation::GreaterEqual),
        "==" => Infix::Compare(Relation::Equal),
        "!=" => Infix::Compare(Relation::NotEqual),
        "+" => Infix::Arithmetic(ArithmeticOp::Add),
        "-" => Infix::Arithmetic(ArithmeticOp::Subtract),
        "*" => Infix::Arithmetic(ArithmeticOp::Multiply),
        "/" => Infix::Arithmetic(ArithmeticOp::Divide),
        _ => return None,
    })
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    Not,
    Minus,
    Window(WindowOp),
    Step(StepOp),
}

/// The prefix operator of `token`.
pub(super) fn prefix_of(token: Token<'_>) -> Option<Prefix> {
    let (Token::Name(word) | Token::Sign(word)) = token else { return None };
    Some(match word {
        "not" => Prefix::Not,
        "-" => Prefix::Minus,
        "always" | "G" => Prefix::Window(WindowOp::Always),
        "eventually" | "F" => Prefix::Window(WindowOp::Eventually),
        "historically" | "H" => Prefix::Window(WindowOp::Historically),
        "once" | "O" => Prefix::Window(WindowOp::Once),
        "next" | "X" => Prefix::Step(StepOp::Next),
        "s_next" => Prefix::Step(StepOp::StrongNext),
        "prev" | "Y" => Prefix::Step(StepOp::Prev),
        "s_prev" => Prefix::Step(StepOp::StrongPrev),
        "rise" => Prefix::Step(StepOp::Rise),
        "fall" => Prefix::Step(StepOp::Fall),
        _ => return None,
    })
}

/// The built-in function of that name.
pub(super) fn function_of(name: &str) -> Option<Function> {
    Some(match name {
        "abs" => Function::Abs,
        "sqrt" => Function::Sqrt,
        "min" => Function::Min,
        "max" => Function::Max,
        _ => return None,
    })
}

/// True for operators, which cannot be names of signals.
pub(super) fn is_reserved(word: &str) -> bool {
    let token = Token::Name(word);
    infix_of(token).is_some() || prefix_of(token).is_some()
}

/// Words that are candidates for spelling suggestions.
const LONG_WORDS: &[&str] = &[
    "always",
    "eventually",
    "historically",
    "once",
    "until",
    "unless",
    "since",
    "rise",
    "fall",
    "next",
    "prev",
    "not",
    "and",
    "or",
    "implies",
    "iff",
    "xor",
];

/// Words of other languages, and their equivalents.
const FOREIGN_WORDS: &[(&str, &str)] = &[
    ("globally", "always"),
    ("finally", "eventually"),
    ("sometimes", "eventually"),
    ("never", "always (not ...)"),
    ("previous", "prev"),
    ("weakuntil", "unless"),
    ("rising", "rise"),
    ("falling", "fall"),
];

/// A suggestion for an unknown `word`.
pub(super) fn suggest_word(word: &str) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    let foreign = FOREIGN_WORDS.iter().find(|(theirs, _)| *theirs == lower).map(|(_, ours)| *ours);
    let sorted = |word: &str| {
        let mut letters = word.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    let letters = sorted(&lower);
    let swapped = || LONG_WORDS.iter().find(|candidate| sorted(candidate) == letters).copied();
    foreign.or_else(swapped).or_else(|| {
        let allowed = if lower.len() >= 5 { 2 } else { usize::from(lower.len() >= 4) };
        let near =
            LONG_WORDS.iter().map(|candidate| (edit_distance(&lower, candidate), *candidate));
        near.filter(|(distance, _)| *distance <= allowed)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, word)| word)
    })
}

/// Edit distance of two words.
fn edit_distance(one: &str, other: &str) -> usize {
    // Long names are not typos, and the cost grows with their length.
    if one.len() > 32 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}
