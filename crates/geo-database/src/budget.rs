//! How much of an MMDB may be read.

/// How many values may still be read, so that no file keeps its reader busy: pointers let a small one seem endless.
#[derive(Clone, Copy)]
pub(crate) struct Budget(u32);

impl Budget {
    /// For one record: such have some hundred values.
    pub(crate) const RECORD: Self = Self(8 * 1024);
    /// For one look-up of all fields.
    pub(crate) const LOOK_UP: Self = Self(64 * 1024);
    /// For all that is read before a database is taken: tens of milliseconds.
    pub(crate) const DATABASE: Self = Self(4 * 1024 * 1024);

    /// Takes away what was spent of a part; `None` when nothing is left.
    pub(crate) fn pay(&mut self, part: Self, left: Self) -> Option<()> {
        self.spend(part.0.saturating_sub(left.0))
    }

    pub(crate) fn spend(&mut self, values: u32) -> Option<()> {
        self.0 = self.0.checked_sub(values)?;
        Some(())
    }
}
