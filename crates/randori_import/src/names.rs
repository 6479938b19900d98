//! Names that formulas and paths can spell, each used once.

use std::collections::BTreeSet;

/// The names of one list.
#[derive(Debug, Default)]
pub(crate) struct Names {
    used: BTreeSet<String>,
}

impl Names {
    /// `wanted`, or the nearest free name that can be spelt.
    pub(crate) fn give(&mut self, wanted: &str) -> String {
        let base = spelt(wanted);
        let mut name = base.clone();
        let mut number = 2;
        while !self.used.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        name
    }
}

/// Letters, digits and underscores, not starting with a digit.
pub(crate) fn spelt(wanted: &str) -> String {
    let mut name: String = wanted
        .trim()
        .chars()
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
    }
}
