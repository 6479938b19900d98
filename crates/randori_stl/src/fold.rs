//! Folds over a sliding window in constant amortised time.
//!
//! A queue of two stacks: values enter the newer stack; if the older one is empty, the
//! newer one is reversed into it with its running folds. It requires only
//! associativity, so one queue serves minimum, maximum, `until` and `since`.
//!
//! Start reading at [`SlidingFold`].

use crate::compile::Extremum;

/// An associative fold over ranges of samples.
pub(crate) trait Fold: Copy + std::fmt::Debug {
    /// The fold of a range.
    type Item: Copy + std::fmt::Debug;
    /// The fold of no samples.
    fn empty(self) -> Self::Item;
    /// The fold of an older range followed by a newer one.
    fn join(self, older: Self::Item, newer: Self::Item) -> Self::Item;
}

impl Fold for Extremum {
    type Item = f64;

    fn empty(self) -> f64 {
        self.of_nothing()
    }

    fn join(self, older: f64, newer: f64) -> f64 {
        self.of(older, newer)
    }
}

/// The fold of a range of samples for `until` or `since`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    /// The smallest margin of the holding (left) condition.
    pub(crate) held: f64,
    /// The margin of the operator over this range only.
    pub(crate) margin: f64,
}

impl Stretch {
    pub(crate) const EMPTY: Self = Self { held: f64::INFINITY, margin: f64::NEG_INFINITY };

    pub(crate) fn sample(left: f64, right: f64) -> Self {
        Self { held: left, margin: right }
    }
}

/// Folds ranges for `until`, from their first sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FromFirst;

/// Folds ranges for `since`, from their last sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FromLast;

impl Fold for FromFirst {
    type Item = Stretch;

    fn empty(self) -> Stretch {
        Stretch::EMPTY
    }

    fn join(self, older: Stretch, newer: Stretch) -> Stretch {
        Stretch {
            held: Extremum::Least.of(older.held, newer.held),
            margin: Extremum::Greatest
                .of(older.margin, Extremum::Least.of(older.held, newer.margin)),
        }
    }
}

impl Fold for FromLast {
    type Item = Stretch;

    fn empty(self) -> Stretch {
        Stretch::EMPTY
    }

    fn join(self, older: Stretch, newer: Stretch) -> Stretch {
        Stretch {
            held: Extremum::Least.of(older.held, newer.held),
            margin: Extremum::Greatest
                .of(newer.margin, Extremum::Least.of(newer.held, older.margin)),
        }
    }
}

/// A queue with the fold of its items.
#[derive(Debug, Clone)]
pub(crate) struct SlidingFold<F: Fold> {
    fold: F,
    /// Folds of the older part, each from its item to the youngest of that part; the oldest item last.
    older: Vec<F::Item>,
    newer: Vec<F::Item>,
    newer_total: F::Item,
}

impl<F: Fold> SlidingFold<F> {
    pub(crate) fn new(fold: F) -> Self {
        Self { fold, older: Vec::new(), newer: Vec::new(), newer_total: fold.empty() }
    }

    pub(crate) fn len(&self) -> usize {
        self.older.len() + self.newer.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn push(&mut self, item: F::Item) {
        self.newer_total = self.fold.join(self.newer_total, item);
        self.newer.push(item);
    }

    /// Removes the oldest item, if there is one.
    pub(crate) fn pop_oldest(&mut self) {
        if self.older.is_empty() {
            let mut total = self.fold.empty();
            while let Some(item) = self.newer.pop() {
                total = self.fold.join(item, total);
                self.older.push(total);
            }
            self.newer_total = self.fold.empty();
        }
        self.older.pop();
    }

    /// The fold of all items, from old to new.
    pub(crate) fn total(&self) -> F::Item {
        match self.older.last() {
            Some(older) => self.fold.join(*older, self.newer_total),
            None => self.newer_total,
        }
    }
}
