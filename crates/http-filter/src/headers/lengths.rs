use crate::HeaderMutation;

/// The lengths of some names: most look-ups are for a name that no edit has, which this tells without looking at them.
#[derive(Clone, Copy, Default)]
pub(super) struct Lengths(u64);

impl Lengths {
    pub(super) fn add(&mut self, mutation: &HeaderMutation) {
        let lengths = mutation.edits().iter().map(|edit| edit.name().len());
        self.0 = lengths.fold(self.0, |set, length| set | 1 << (length % 64));
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.0 & (1 << (name.len() % 64)) != 0
    }
}
