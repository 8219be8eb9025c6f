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
        self.push(HeaderEdit::Set(name.into(), value.into()));
        self
    }

    /// Adds a line of `name` (lower case) beside those there are.
    #[must_use]
    pub fn append(mut self, name: impl Into<FieldName>, value: impl Into<Bytes>) -> Self {
        self.push(HeaderEdit::Append(name.into(), value.into()));
        self
    }

    /// Removes every line of `name` (lower case).
    #[must_use]
    pub fn remove(mut self, name: impl Into<FieldName>) -> Self {
        self.push(HeaderEdit::Remove(name.into()));
        self
    }

    /// Adds `edit` at the end.
    #[inline(never)]
    pub fn push(&mut self, edit: HeaderEdit) {
        // Room for what filters usually have, in one go.
        if self.edits.capacity() == 0 {
            self.edits = Vec::with_capacity(4);
        }
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

    /// The edits behind the first `count`.
    #[must_use]
    pub fn behind(mut self, count: usize) -> Self {
        if count > 0 {
            self.edits = self.edits.split_off(count.min(self.edits.len()));
        }
        self
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
    /// Whether a message may carry this field: a lower-case token or pseudo-header, and a value without line ends or NUL
    /// (RFC 9110 §5.5). A claim or a query parameter that made it here must not become a second header.
    pub fn is_field(name: &str, value: &[u8]) -> bool {
        let token = name.strip_prefix(':').unwrap_or(name);
        http_fields::is_token(token.as_bytes()) && memchr::memchr3(b'\r', b'\n', 0, value).is_none()
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Headers;

    #[test]
    fn only_what_changes_a_message_that_may_carry_it_is_carried_out() {
        let current: Headers = [("there", "1")].into_iter().collect();
        let none = HeaderMutation::default;
        for (name, mutation, carried_out, withheld) in [
            ("a removal", none().remove("there"), 1, 0),
            ("of what isn't there", none().remove("absent"), 0, 0),
            (
                "of what was set before",
                none().set("new", "1").remove("new"),
                2,
                0,
            ),
            (
                "of what was added before",
                none().append("new", "1").remove("new"),
                2,
                0,
            ),
            ("of what is set later", none().remove("new").set("new", "1"), 1, 0),
            ("a line end", none().set("a", "1\r\nb: 2"), 0, 1),
            ("a lone line feed, added", none().append("a", "1\n2"), 0, 1),
            ("NUL", none().set("a", "1\0"), 0, 1),
            ("no token", none().set("a b", "1"), 0, 1),
            ("a pseudo-header", none().set(":path", "/"), 1, 0),
            ("bytes beyond ASCII", none().set("a", vec![0xff]), 1, 0),
        ] {
            let mut edits = 0;
            assert_eq!(mutation.carry_out(&current, |_| edits += 1), withheld, "{name}");
            assert_eq!(edits, carried_out, "{name}");
        }
    }
}
