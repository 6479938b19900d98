//! Many short lists in one vector.

use super::NONE;

/// Lists of numbers, one for each key.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Lists {
    first: Vec<u32>,
    /// Numbers, each with the index of the next one of its list.
    items: Vec<(u32, u32)>,
}

impl Lists {
    /// Clears all lists; keys are below a count.
    pub(super) fn clear(&mut self, keys: usize) {
        self.first.clear();
        self.first.resize(keys, NONE);
        self.items.clear();
    }

    /// Adds a number to the list of a key.
    pub(super) fn add(&mut self, key: u32, item: u32) {
        let first = &mut self.first[key as usize];
        self.items.push((item, *first));
        *first = self.items.len() as u32 - 1;
    }

    /// The numbers of a key, the last added first.
    pub(super) fn of(&self, key: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = self.first[key as usize];
        std::iter::from_fn(move || {
            let (item, after) = *self.items.get(next as usize)?;
            next = after;
            Some(item)
        })
    }
}
