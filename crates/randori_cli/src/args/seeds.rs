//! Ranges of seeds.

use std::fmt;

/// Seeds from the first to the last, which is included; there is at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seeds {
    pub(crate) first: u64,
    pub(crate) last: u64,
}

impl Seeds {
    /// Reads `A..B`, without B, or `A..=B`, with it.
    ///
    /// # Errors
    /// How to write it, or that it holds no seed.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let advice = "write A..B, such as 0..100 (B is not included), or A..=B";
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| advice.to_owned());
        let (first, end) = text.split_once("..").ok_or(advice)?;
        let first = number(first)?;
        let last = match end.strip_prefix('=') {
            Some(last) => Some(number(last)?),
            None => number(end)?.checked_sub(1),
        };
        match last {
            Some(last) if first <= last => Ok(Self { first, last }),
            _ => Err(format!("{text} holds no seed")),
        }
    }

    /// How many there are; all that exist count as one less than that.
    pub(crate) fn count(self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }

    /// Each of them.
    pub(crate) fn iter(self) -> impl Iterator<Item = u64> {
        self.first..=self.last
    }
}

impl fmt::Display for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last.checked_add(1) {
            Some(end) => write!(f, "{}..{end}", self.first),
            None => write!(f, "{}..={}", self.first, self.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_half_open_unless_closed_on_purpose() {
        let seeds = |first, last| Ok(Seeds { first, last });

        assert_eq!(Seeds::parse("2..5"), seeds(2, 4));
        assert_eq!(Seeds::parse("2..=5"), seeds(2, 5));
        assert_eq!(Seeds::parse("5..=5"), seeds(5, 5));
        for none in
            ["5..5", "5..4", "0..0", "5..=4", "5", "a..b", "..5", "1..=18446744073709551616"]
        {
            assert!(Seeds::parse(none).is_err(), "{none}");
        }
    }

    #[test]
    fn the_largest_seed_is_one_of_them() {
        let seeds = Seeds::parse("18446744073709551614..=18446744073709551615").expect("two");

        assert_eq!(seeds.count(), 2);
        assert_eq!(seeds.iter().last(), Some(u64::MAX));
        assert_eq!(seeds.to_string(), "18446744073709551614..=18446744073709551615");
        assert_eq!(Seeds { first: 0, last: u64::MAX }.count(), u64::MAX);
        assert_eq!(Seeds { first: 0, last: 4 }.to_string(), "0..5");
    }
}
