use super::Field;
use crate::HeaderEdit;
use std::slice;

/// The lines of one field; see [`Headers::all`](crate::Headers::all).
#[derive(Clone)]
pub struct Lines<'a, 'n> {
    name: &'n str,
    /// Of the fields that came, those not yet looked at: none where the field was replaced.
    fields: slice::Iter<'a, Field>,
    /// What the field was set to.
    set: Option<&'a [u8]>,
    /// The edits since.
    edits: slice::Iter<'a, HeaderEdit>,
}

impl<'a, 'n> Lines<'a, 'n> {
    /// The lines of `name` in `fields` after `edits`.
    pub(super) fn new(name: &'n str, fields: &'a [Field], edits: &'a [HeaderEdit]) -> Self {
        let mut lines = Self {
            name,
            fields: fields.iter(),
            set: None,
            edits: edits.iter(),
        };
        let replaced = lines.edits.clone().rposition(|edit| edit.replaces(name));
        if let Some(place) = replaced {
            lines.fields = Default::default();
            lines.set = lines.edits.nth(place).and_then(HeaderEdit::value);
        }
        lines
    }
}

impl<'a> Iterator for Lines<'a, '_> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        for (name, value) in self.fields.by_ref() {
            // Most names differ in their length or their end: that is told without a call.
            if name.len() == self.name.len()
                && name.as_bytes().last() == self.name.as_bytes().last()
                && name == self.name
            {
                return Some(value);
            }
        }
        if self.set.is_some() {
            return self.set.take();
        }
        for edit in self.edits.by_ref() {
            if edit.name() == self.name {
                return edit.value();
            }
        }
        None
    }
}
