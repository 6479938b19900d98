//! "Did you mean": the nearest of the valid names.

use std::borrow::Cow;

/// Longer names get no suggestion.
const MAX_CHARS: usize = 64;
/// Maximum number of candidates of a suitable length that are compared.
const MAX_COMPARED: usize = 1_000;

/// The nearest candidate to `name`, if one is near enough: at most a third of the
/// letters differ (a swap of neighbours counts once), or only the case differs. Of
/// equally near candidates the first one.
///
/// Names come from untrusted files, and the time for a distance is proportional to
/// the product of both lengths: names of more than 64 letters get no suggestion,
/// and at most a thousand candidates are compared.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 4 * MAX_CHARS {
        return None;
    }
    let wanted = name.to_lowercase();
    let length = wanted.chars().count();
    if length > MAX_CHARS {
        return None;
    }
    let allowed = (length / 3).max(1);
    let is_possible = |candidate: &&str| {
        // A letter takes one to four bytes.
        let bytes = candidate.len();
        bytes > 0 && bytes <= 4 * (length + allowed) && length <= bytes + allowed
    };
    let lower = candidates.into_iter().filter(is_possible).filter_map(|candidate| {
        let lower = candidate.to_lowercase();
        (lower.chars().count().abs_diff(length) <= allowed).then_some((lower, candidate))
    });
    lower
        .take(MAX_COMPARED)
        .map(|(lower, candidate)| (strsim::damerau_levenshtein(&wanted, &lower), candidate))
        // A name without a matching letter is not a typo.
        .filter(|(distance, candidate)| {
            *distance <= allowed && *distance < candidate.chars().count()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A text truncated to a number of characters, with `...` at its end.
pub fn shortened(text: &str, max_chars: usize) -> Cow<'_, str> {
    if text.len() <= max_chars {
        return Cow::Borrowed(text);
    }
    let kept = max_chars.saturating_sub(3);
    let (mut cut, mut count) = (text.len(), 0);
    for (byte, _) in text.char_indices() {
        if count == kept {
            cut = byte;
        }
        count += 1;
        if count > max_chars {
            return Cow::Owned(format!("{}...", &text[..cut]));
        }
    }
    Cow::Borrowed(text)
}

/// At most eight names in backticks: `` `a`, `b` or `c` ``.
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quote = |name| format!("`{}`", shortened(name, MAX_CHARS));
    let mut names = names.into_iter();
    let mut quoted: Vec<String> = names.by_ref().take(8).map(quote).collect();
    let rest = names.count();
    if rest > 0 {
        return format!("{} and {rest} more", quoted.join(", "));
    }
    match quoted.pop() {
        Some(last) if quoted.is_empty() => last,
        Some(last) => format!("{} or {last}", quoted.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_name_and_a_different_word_finds_none() {
        let links = ["base", "gripper", "wrist"];

        assert_eq!(nearest("griper", links), Some("gripper"));
        assert_eq!(nearest("Base", links), Some("base"));
        assert_eq!(nearest("wirst", links), Some("wrist"));
        assert_eq!(nearest("ankle", links), None);
        assert_eq!(nearest("x", ["y"]), None);
    }

    #[test]
    fn names_that_nobody_mistypes_are_not_compared() {
        let (long, other) = ("a".repeat(1_000_000), "b".repeat(1_000_000));
        let full = "x".repeat(MAX_CHARS);

        assert_eq!(nearest(&long, [other.as_str(), "base"]), None);
        assert_eq!(nearest("base", [other.as_str(), "bass"]), Some("bass"));
        assert_eq!(nearest(&full[1..], [full.as_str()]), Some(full.as_str()));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened("caf\u{e9}", 4), "caf\u{e9}");
        assert_eq!(shortened("caf\u{e9} au lait", 7), "caf\u{e9}...");
        assert_eq!(one_of([&*"x".repeat(100)]).len(), MAX_CHARS + 2);
    }

    #[test]
    fn letters_of_several_bytes_count_as_one() {
        assert_eq!(nearest("h\u{e4}nd", ["hand"]), Some("hand"));
        assert_eq!(nearest("hand", ["h\u{1f9be}nd"]), Some("h\u{1f9be}nd"));
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert!(one_of(vec!["x"; 20]).ends_with("`x` and 12 more"));
    }
}
