use super::{fields::Fields, index::Mark};
use crate::HeaderEdit;
use std::slice;

/// The lines of one field; see [`Headers::all`](crate::Headers::all).
#[derive(Clone)]
pub struct Lines<'a, 'n> {
    name: &'n str,
    mark: Mark,
    /// The fields that came; none where this one isn't among them, or was replaced, or all are looked at.
    fields: Option<&'a Fields>,
    /// The number of the first one not yet looked at.
    next: usize,
    /// What the field was set to.
    set: Option<&'a [u8]>,
    /// The edits since.
    edits: slice::Iter<'a, HeaderEdit>,
}

impl<'a, 'n> Lines<'a, 'n> {
    /// The lines of `name`, whose mark this is, in `fields` after `edits`.
    pub(super) fn new(name: &'n str, mark: Mark, fields: &'a Fields, edits: &'a [HeaderEdit]) -> Self {
        let mut lines = Self {
            name,
            mark,
            fields: Some(fields),
            next: 0,
            set: None,
            edits: edits.iter(),
        };
        let replaced = lines.edits.clone().rposition(|edit| edit.replaces(name));
        if let Some(place) = replaced {
            lines.fields = None;
            lines.set = lines.edits.nth(place).and_then(HeaderEdit::value);
        }
        lines
    }
}

impl<'a> Iterator for Lines<'a, '_> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if let Some(fields) = self.fields {
            if let Some((place, value)) = fields.find(self.name, self.mark, self.next) {
                self.next = place + 1;
                return Some(value);
            }
            self.fields = None;
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
