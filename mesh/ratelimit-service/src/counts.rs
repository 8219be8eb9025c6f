use std::cell::Cell;

/// How questions were answered, since the start.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// There was room.
    pub(crate) authorized: Cell<u64>,
    /// There was none.
    pub(crate) limited: Cell<u64>,
    /// Nobody can say.
    pub(crate) failed: Cell<u64>,
}

impl Counts {
    pub(crate) fn add(count: &Cell<u64>) {
        count.set(count.get().saturating_add(1));
    }
}
