//! "Did you mean": the nearest of the names that would have been right.

/// The candidate that `name` was probably meant to be, if one is near enough:
/// at most a third of its letters wrong (swapped neighbours count once), or the
/// same but for case. Of equally near ones the first wins.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    let allowed = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| !candidate.is_empty())
        .map(|candidate| {
            (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate)
        })
        // A name whose every letter is wrong is not a typo.
        .filter(|(distance, candidate)| {
            *distance <= allowed && *distance < candidate.chars().count()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// At most eight names in backticks: `` `a`, `b` or `c` ``.
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let rest = quoted.len().saturating_sub(8);
    quoted.truncate(8);
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
    fn long_lists_are_cut() {
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert!(one_of(vec!["x"; 20]).ends_with("`x` and 12 more"));
    }
}
