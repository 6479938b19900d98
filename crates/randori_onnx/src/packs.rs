//! Packed weights, shared and limited in memory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::gemm::{Packed, packed_len};

/// Key of packed weights: constant, part and layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    constant: usize,
    first: usize,
    size: (usize, usize),
    transposed: bool,
}

/// The packed weights of a model while it is loaded.
///
/// Nodes that use the same constant in the same layout share its panels: a file of some
/// kilobytes can use one constant a thousand times.
#[derive(Debug)]
pub(crate) struct Packs {
    made: RefCell<BTreeMap<Key, Arc<Packed>>>,
    memory: Memory,
}

/// The remaining memory of a model.
#[derive(Debug)]
pub(crate) struct Memory {
    limit: u64,
    taken: RefCell<u64>,
}

impl Memory {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, taken: RefCell::new(0) }
    }

    /// Reserves memory for `count` numbers of `size` bytes each, before its allocation.
    ///
    /// # Errors
    /// A message, if the model would exceed its limit.
    pub(crate) fn take(&self, count: usize, size: usize) -> Result<(), String> {
        let mut taken = self.taken.borrow_mut();
        let bytes = (count as u64).saturating_mul(size as u64);
        *taken = taken.saturating_add(bytes);
        if *taken <= self.limit {
            return Ok(());
        }
        let mib = |bytes: u64| bytes.div_ceil(1 << 20);
        Err(format!(
            "it needs {} MiB here, {} MiB with what comes before it, and a network may take {} MiB",
            mib(bytes),
            mib(*taken),
            mib(self.limit)
        ))
    }
}

impl Packs {
    /// No packed weights, with a memory limit in bytes.
    pub(crate) fn new(limit: u64) -> Self {
        Self { made: RefCell::default(), memory: Memory::new(limit) }
    }

    /// The remaining memory of the model.
    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The packed matrix of `size` (depth and columns) in `values`, the part of constant
    /// `constant` from `first` on, stored as `columns x depth` if `transposed`.
    pub(crate) fn pack(
        &self,
        (constant, first): (usize, usize),
        values: &[f32],
        size: (usize, usize),
        transposed: bool,
    ) -> Result<Arc<Packed>, String> {
        let key = Key { constant, first, size, transposed };
        if let Some(packed) = self.made.borrow().get(&key) {
            return Ok(Arc::clone(packed));
        }
        self.memory.take(packed_len(size.0, size.1), size_of::<f32>())?;
        let packed = Arc::new(Packed::new(values, size, transposed));
        self.made.borrow_mut().insert(key, Arc::clone(&packed));
        Ok(packed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_constant_is_packed_once_for_each_way_to_read_it() {
        let packs = Packs::new(1 << 10);
        let values = [1.0, 2.0, 3.0, 4.0];

        let first = packs.pack((3, 0), &values, (2, 2), false).expect("it is small");
        let again = packs.pack((3, 0), &values, (2, 2), false).expect("it is small");
        let other = packs.pack((3, 0), &values, (2, 2), true).expect("it is small");

        assert!(Arc::ptr_eq(&first, &again));
        assert_ne!(first, other);
    }

    #[test]
    fn memory_is_refused_before_it_is_allocated() {
        let memory = Memory::new(10 << 20);

        memory.take(1 << 20, 4).expect("4 of 10 MiB");
        let refused = memory.take(usize::MAX, 8).expect_err("more than there is");

        assert!(refused.ends_with("and a network may take 10 MiB"), "{refused}");
    }
}
