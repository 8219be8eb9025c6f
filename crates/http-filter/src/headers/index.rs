use std::{iter, ops::Range};

/// Where a message's lines are, by the marks of their names. Most look-ups are for a name that isn't there, which this says
/// without looking at any line; and the line of one that is there is nearly always the only one of its mark.
pub(super) struct Index {
    /// By mark, the number of the first line, counted from one; zero for none.
    first: [u8; Mark::COUNT],
    /// The marks that several lines have.
    several: Marks,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            first: [0; Mark::COUNT],
            several: Marks::default(),
        }
    }
}

impl Index {
    /// Takes in the line of this number; lines come in order.
    pub(super) fn add(&mut self, name: &str, place: usize) {
        let mark = Mark::of(name);
        match self.first.get_mut(mark.number()) {
            // Where a number has no room, the last one that has says from where on to look.
            Some(first @ 0) => *first = u8::try_from(place + 1).unwrap_or(u8::MAX),
            _ => self.several.add(mark),
        }
    }

    /// The numbers of the lines among which all of this mark are.
    #[inline]
    pub(super) fn places(&self, mark: Mark) -> Range<usize> {
        let first = self.first.get(mark.number()).copied().unwrap_or_default();
        let end = usize::from(first);
        let begin = end.saturating_sub(1);
        if self.several.has(mark) || first == u8::MAX {
            begin..usize::MAX
        } else {
            begin..end
        }
    }
}
/// What the length of a name, its first and its last letter tell. Names that [servers may take for one
/// another](http_fields::are_aliases) have the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(u8);

impl Mark {
    const COUNT: usize = 64;

    #[inline]
    pub(super) fn of(name: &str) -> Self {
        let letter = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(http_fields::of_variable(*byte)));
        let name = name.as_bytes();
        // Weights that keep apart the names that messages and filters have.
        let sum = name.len() * 57 + letter(name.first()) * 5 + letter(name.last()) * 2;
        Self((sum % Self::COUNT) as u8)
    }

    fn number(self) -> usize {
        usize::from(self.0)
    }
}

/// Some field names, as far as their lengths, first and last letters tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u64);

impl Marks {
    /// None.
    pub const NONE: Self = Self(0);

    /// Those of `names`, which are in lower case.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut marks = Self::default();
        for name in names {
            marks.add(Mark::of(name));
        }
        marks
    }

    /// Those of either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Mark> {
        let mut rest = self.0;
        iter::from_fn(move || {
            let first = u8::try_from(rest.trailing_zeros()).ok().filter(|_| rest != 0)?;
            rest &= rest - 1;
            Some(Mark(first))
        })
    }

    pub(super) fn add(&mut self, mark: Mark) {
        self.0 |= 1 << mark.0;
    }

    #[inline]
    pub(super) fn has(self, mark: Mark) -> bool {
        self.0 >> mark.0 & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_have_one_mark() {
        for (name, alias) in [
            ("x-user", "X_User"),
            ("x-user", "x.user"),
            ("a-", "A_"),
            ("_a", "-a"),
        ] {
            assert!(http_fields::are_aliases(name, alias), "{name} {alias}");
            assert!(Mark::of(name) == Mark::of(alias), "{name} {alias}");
        }
    }

    #[test]
    fn the_names_of_a_usual_message_have_marks_of_their_own() {
        let request = [
            ":method",
            ":scheme",
            ":authority",
            ":path",
            "user-agent",
            "accept",
            "accept-encoding",
            "accept-language",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-request-id",
            "cookie",
            "authorization",
            "cache-control",
            "referer",
        ];
        let response = [
            ":status",
            "content-type",
            "content-length",
            "content-encoding",
            "etag",
            "last-modified",
            "server",
            "date",
            "cache-control",
            "vary",
            "set-cookie",
            "x-envoy-upstream-service-time",
            "expires",
            "location",
            "age",
        ];
        for message in [request, response] {
            let mut index = Index::default();
            for (place, name) in message.iter().enumerate() {
                index.add(name, place);
            }
            let alone = message
                .iter()
                .filter(|name| index.places(Mark::of(name)).len() == 1);
            assert!(alone.count() >= message.len() - 2, "{message:?}");
        }
    }

    #[test]
    fn lines_beyond_what_the_index_counts_are_found_from_where_it_ends() {
        let mut index = Index::default();
        for place in 0..300 {
            index.add("a", place);
        }
        index.add("late", 300);
        assert_eq!(index.places(Mark::of("a")), 0..usize::MAX);
        assert_eq!(index.places(Mark::of("late")), 254..usize::MAX);
        assert!(index.places(Mark::of("none")).is_empty());
    }
}
