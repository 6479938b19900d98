//! Commands as text.

/// A command as one would type it into a shell, with no more quotes than needed.
pub fn command_line<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let is_plain = |word: &str| {
        let mut characters = word.chars();
        characters
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric() || "-./_".contains(first))
            && characters.all(|next| next.is_ascii_alphanumeric() || "-./_=:,+@%".contains(next))
    };
    let quoted = words
        .into_iter()
        .map(|word| if is_plain(word) { word.into() } else { shell_words::quote(word) });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_quoted_where_a_shell_would_need_it() {
        let words = ["run", "a b.ron", "--set", "duration=0.3", "goals=Deg(3)", "$HOME", ""];

        assert_eq!(
            command_line(words),
            "run 'a b.ron' --set duration=0.3 'goals=Deg(3)' '$HOME' ''"
        );
    }
}
