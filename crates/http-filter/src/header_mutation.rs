use crate::{Bytes, FieldName};

/// Edits to header fields, carried out in order (Envoy's `HeaderMutation`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderMutation {
    edits: Vec<HeaderEdit>,
}

impl HeaderMutation {
    /// Replaces every line of `name` (lower case) by one with `value`.
    #[must_use]
    pub fn set(mut self, name: impl Into<FieldName>, value: impl Into<Bytes>) -> Self {
        self.edits.push(HeaderEdit::Set(name.into(), value.into()));
        self
    }

    /// Adds a line of `name` (lower case) beside those there are.
    #[must_use]
    pub fn append(mut self, name: impl Into<FieldName>, value: impl Into<Bytes>) -> Self {
        self.edits.push(HeaderEdit::Append(name.into(), value.into()));
        self
    }

    /// Removes every line of `name` (lower case).
    #[must_use]
    pub fn remove(mut self, name: impl Into<FieldName>) -> Self {
        self.edits.push(HeaderEdit::Remove(name.into()));
        self
    }

    /// Adds `edit` at the end.
    pub fn push(&mut self, edit: HeaderEdit) {
        self.edits.push(edit);
    }

    /// These edits, then those of `after`.
    #[must_use]
    pub fn then(mut self, after: Self) -> Self {
        self.extend(after);
        self
    }

    /// Adds the edits of `after` at the end.
    pub fn extend(&mut self, after: Self) {
        if self.edits.is_empty() {
            self.edits = after.edits;
        } else {
            self.edits.extend(after.edits);
        }
    }

    /// The edits in order.
    pub fn edits(&self) -> &[HeaderEdit] {
        &self.edits
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }
}

/// One edit of a header field; names are lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderEdit {
    /// Replace every line of the field by this one.
    Set(FieldName, Bytes),
    /// Add a line.
    Append(FieldName, Bytes),
    /// Remove every line.
    Remove(FieldName),
}

impl HeaderEdit {
    /// The field's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Set(name, _) | Self::Append(name, _) | Self::Remove(name) => name,
        }
    }

    /// The value of the line that the edit leaves, if it leaves one.
    pub fn value(&self) -> Option<&[u8]> {
        match self {
            Self::Set(_, value) | Self::Append(_, value) => Some(value),
            Self::Remove(_) => None,
        }
    }

    /// Whether nothing of what `name` was before is left.
    pub(crate) fn replaces(&self, name: &str) -> bool {
        match self {
            Self::Set(own, _) | Self::Remove(own) => **own == *name,
            Self::Append(..) => false,
        }
    }
}
