//! Valid and unique names.

use std::collections::{BTreeMap, BTreeSet};

/// Maximum length of names, which are also used for files.
const MAX_LENGTH: usize = 64;

/// Reserved words of formulas, which cannot be names of robots.
const WORDS: [&str; 27] = [
    "F",
    "G",
    "H",
    "O",
    "S",
    "U",
    "X",
    "Y",
    "always",
    "and",
    "eventually",
    "fall",
    "historically",
    "iff",
    "implies",
    "next",
    "not",
    "once",
    "or",
    "prev",
    "rise",
    "s_next",
    "s_prev",
    "since",
    "unless",
    "until",
    "xor",
];

/// The names of one list.
#[derive(Debug, Default)]
pub(crate) struct Names {
    used: BTreeSet<String>,
    /// The suffix to try for the next copy of a name; counting from 2 each time would take
    /// quadratic time.
    next: BTreeMap<String, usize>,
}

impl Names {
    /// `wanted`, or the nearest free valid name.
    pub(crate) fn give(&mut self, wanted: &str) -> String {
        let base = spelt(wanted);
        if self.used.insert(base.clone()) {
            return base;
        }
        let number = self.next.entry(base.clone()).or_insert(2);
        loop {
            let name = format!("{base}_{number}");
            *number += 1;
            if self.used.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// The name of a robot: valid, and not a word of formulas.
pub(crate) fn of_robot(wanted: &str) -> String {
    let name = spelt(wanted);
    let is_word = WORDS.contains(&name.as_str());
    if is_word || name.chars().all(|letter| letter == '_') { format!("robot_{name}") } else { name }
}

/// Letters, digits and underscores, not starting with a digit, not too long.
pub(crate) fn spelt(wanted: &str) -> String {
    let mut name: String = wanted
        .trim()
        .chars()
        .take(MAX_LENGTH)
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
        .collect();
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelt_and_unique() {
        let mut names = Names::default();

        assert_eq!(names.give("left-leg/foot"), "left_leg_foot");
        assert_eq!(names.give("left leg foot"), "left_leg_foot_2");
        assert_eq!(names.give("1st"), "_1st");
        assert_eq!(names.give(&"x".repeat(300)).len(), MAX_LENGTH);
        assert_eq!(names.give("left_leg_foot_3"), "left_leg_foot_3");
        assert_eq!(names.give("left.leg.foot"), "left_leg_foot_4");
    }

    #[test]
    fn many_names_that_are_spelt_alike_take_little_time() {
        let mut names = Names::default();

        let last = (0..200_000).map(|_| names.give("\u{fc}")).last();

        assert_eq!(last.as_deref(), Some("__200000"));
    }

    #[test]
    fn a_robot_has_a_name_that_formulas_can_say() {
        assert_eq!(of_robot("G"), "robot_G");
        assert_eq!(of_robot("until"), "robot_until");
        assert_eq!(of_robot(" "), "robot__");
        assert_eq!(of_robot("G1"), "G1");
    }
}
