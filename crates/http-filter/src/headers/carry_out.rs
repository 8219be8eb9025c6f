//! Carrying edits out.

use super::Headers;
use crate::{HeaderEdit, HeaderMutation};

impl HeaderMutation {
    /// Has `carry_out` do each edit to the message of which `current` is the snapshot, in order. Every one may be a call
    /// of the host's, so a removal that finds nothing is left out, and so is a field that no message may carry: see
    /// [`HeaderEdit::is_field`]. Returns how many of those there were.
    pub fn carry_out(&self, current: &Headers, mut carry_out: impl FnMut(&HeaderEdit)) -> u64 {
        let mut withheld = 0;
        for (place, edit) in self.edits().iter().enumerate() {
            match edit {
                HeaderEdit::Remove(name) => {
                    let before = self.edits().iter().take(place);
                    let mut added = before.filter(|edit| edit.value().is_some());
                    if current.contains(name) || added.any(|edit| edit.name() == name.as_str()) {
                        carry_out(edit);
                    }
                }
                HeaderEdit::Set(name, value) | HeaderEdit::Append(name, value) => {
                    if HeaderEdit::is_field(name, value) {
                        carry_out(edit);
                    } else {
                        withheld += 1;
                        log::error!(
                            "the header {name:?} is withheld: its name or value holds bytes that no field may have"
                        );
                    }
                }
            }
        }
        withheld
    }
}
