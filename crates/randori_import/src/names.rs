//! Names that formulas and paths can spell, each used once.

use std::collections::{BTreeMap, BTreeSet};

/// The names of one list.
#[derive(Debug, Default)]
pub(crate) struct Names {
    used: BTreeSet<String>,
    /// The number that the next copy of a name is tried with: counting from 2
    /// each time would take time that grows with the square of their number.
    next: BTreeMap<String, usize>,
}

impl Names {
    /// `wanted`, or the nearest free name that can be spelt.
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
        assert_eq!(names.give("left_leg_foot_3"), "left_leg_foot_3");
        assert_eq!(names.give("left.leg.foot"), "left_leg_foot_4");
    }

    #[test]
    fn many_names_that_are_spelt_alike_take_little_time() {
        let mut names = Names::default();

        let last = (0..200_000).map(|_| names.give("\u{fc}")).last();

        assert_eq!(last.as_deref(), Some("__200000"));
    }
}
