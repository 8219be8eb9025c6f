use std::{cell::Cell, rc::Rc};

/// Memory that the encoders of one worker share, by their own estimates: what it bounds is the number of slow streams.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Rc<Cell<usize>>);

impl Budget {
    /// A budget of so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Rc::new(Cell::new(bytes)))
    }

    /// Takes `bytes` out of it, if they are there, until the reservation is dropped.
    pub(crate) fn reserve(&self, bytes: usize) -> Option<Reservation> {
        self.0.set(self.0.get().checked_sub(bytes)?);
        Some(Reservation {
            left: Rc::clone(&self.0),
            bytes,
        })
    }
}

/// A part of a [`Budget`].
#[derive(Debug)]
pub(crate) struct Reservation {
    left: Rc<Cell<usize>>,
    bytes: usize,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.left.set(self.left.get().saturating_add(self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_comes_back() {
        let budget = Budget::new(10);
        let first = budget.reserve(6);
        assert!(first.is_some());
        assert!(budget.reserve(5).is_none());
        let second = budget.reserve(4);
        drop(first);
        assert!(budget.reserve(7).is_none());
        assert!(budget.reserve(6).is_some());
        drop(second);
        assert!(budget.reserve(10).is_some());
    }
}
