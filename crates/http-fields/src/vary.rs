use crate::list;

/// A Vary field (RFC 9110 §12.5.5): the request fields that took part in choosing the response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vary<'a> {
    names: Vec<&'a [u8]>,
    any: bool,
}

impl<'a> Vary<'a> {
    /// Reads the lines of the field; names that repeat, in whatever case, count once.
    pub fn parse(lines: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut vary = Self::default();
        for line in lines {
            vary.read(line);
        }
        vary
    }

    #[inline(never)]
    fn read(&mut self, line: &'a [u8]) {
        for name in list::members(line) {
            self.add(name);
        }
    }

    /// Whether something beyond the request took part (`*`).
    pub fn is_any(&self) -> bool {
        self.any
    }

    /// The number of names; `*` is none.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether nothing took part.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.any
    }

    /// Whether the name is listed, in whatever case.
    pub fn contains(&self, name: &[u8]) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Adds a name, or `*`; whether it's new.
    pub fn add(&mut self, name: &'a [u8]) -> bool {
        if name == b"*" {
            return !std::mem::replace(&mut self.any, true);
        }
        let new = !self.contains(name);
        if new {
            self.names.push(name);
        }
        new
    }

    /// Removes a name; whether it was there.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        let before = self.names.len();
        self.names.retain(|known| !known.eq_ignore_ascii_case(name));
        self.names.len() < before
    }

    /// The field as one line: `*` where it's in there, since it says all the others do and more.
    pub fn to_bytes(&self) -> Vec<u8> {
        if self.any {
            b"*".to_vec()
        } else {
            self.names.join(&b", "[..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_merge() {
        for (name, lines, added, expected) in [
            ("added", &["Accept"][..], "Origin", "Accept, Origin"),
            ("already there", &["accept, ORIGIN"], "Origin", "accept, ORIGIN"),
            ("several lines", &["a", "b, A"], "c", "a, b, c"),
            ("star wins", &["a", "*"], "b", "*"),
            ("star among empty members", &[", *,"], "b", "*"),
            ("nothing before", &[], "b", "b"),
        ] {
            let mut vary = Vary::parse(lines.iter().map(|line| line.as_bytes()));
            vary.add(added.as_bytes());
            assert_eq!(vary.to_bytes(), expected.as_bytes(), "{name}");
        }
    }

    #[test]
    fn names_go() {
        let mut vary = Vary::parse([&b"User-Agent, Accept"[..]]);
        vary.remove(b"user-agent");
        assert_eq!((vary.to_bytes(), vary.len()), (b"Accept".to_vec(), 1));
        vary.remove(b"accept");
        assert!(vary.is_empty());
    }
}
