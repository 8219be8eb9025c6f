use super::index::{Index, Mark, Marks};
use std::iter;

/// The fields that came, in order.
#[derive(Default)]
pub(super) struct Fields {
    lines: Lines,
    index: Index,
}

enum Lines {
    /// As some hosts hand them over.
    Apart(Vec<(String, Vec<u8>)>),
    /// All names, all values, and where each ends.
    Packed {
        names: String,
        values: Vec<u8>,
        ends: Vec<(u32, u32)>,
    },
}

impl Default for Lines {
    fn default() -> Self {
        Self::Apart(Vec::new())
    }
}

impl Fields {
    pub(super) fn apart(lines: Vec<(String, Vec<u8>)>) -> Self {
        let mut index = Index::default();
        for (place, (name, _)) in lines.iter().enumerate() {
            index.add(name, place);
        }
        Self {
            lines: Lines::Apart(lines),
            index,
        }
    }

    pub(super) fn packed(names: String, values: Vec<u8>, ends: Vec<(u32, u32)>) -> Self {
        let (mut index, mut start) = (Index::default(), 0);
        for (place, (end, _)) in ends.iter().enumerate() {
            let name = names.get(start as usize..*end as usize);
            index.add(name.unwrap_or_default(), place);
            start = *end;
        }
        Self {
            lines: Lines::Packed { names, values, ends },
            index,
        }
    }

    /// The first line of this name, whose mark this is, from the line `from` on: its number and its value.
    pub(super) fn find(&self, name: &str, mark: Mark, from: usize) -> Option<(usize, &[u8])> {
        let places = self.index.places(mark);
        let mut place = places.start.max(from);
        while place < places.end {
            let (other, value) = self.get(place)?;
            // Most names differ in their length: that is told without a call.
            if other.len() == name.len() && other == name {
                return Some((place, value));
            }
            place += 1;
        }
        None
    }

    /// The lines that may have a name of this mark.
    pub(super) fn marked(&self, mark: Mark) -> impl Iterator<Item = (&str, &[u8])> {
        self.index.places(mark).map_while(|place| self.get(place))
    }

    /// Whether a name of these marks has other characters than lower case, digits and hyphens: such a field may be taken for
    /// another one.
    pub(super) fn has_odd_names(&self, marks: Marks) -> bool {
        let is_usual = |byte: u8| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit();
        // Pseudo-headers have no aliases.
        let is_odd = |name: &str| !name.starts_with(':') && !name.bytes().all(is_usual);
        let mut marked = marks.iter().flat_map(|mark| self.marked(mark));
        marked.any(|(name, _)| is_odd(name))
    }

    /// Whether a line may have a name of this mark.
    #[inline]
    pub(super) fn may_have(&self, mark: Mark) -> bool {
        !self.index.places(mark).is_empty()
    }

    /// Whether `is_wanted` takes the name of some line.
    pub(super) fn any_named(&self, is_wanted: &dyn Fn(&str) -> bool) -> bool {
        match &self.lines {
            Lines::Apart(lines) => lines.iter().any(|(name, _)| is_wanted(name)),
            Lines::Packed { names, ends, .. } => {
                let mut start = 0;
                ends.iter().any(|(end, _)| {
                    let name = names.get(start as usize..*end as usize);
                    start = *end;
                    name.is_some_and(is_wanted)
                })
            }
        }
    }

    /// All lines.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> + Clone {
        let mut place = 0;
        iter::from_fn(move || {
            let line = self.get(place)?;
            place += 1;
            Some(line)
        })
    }

    /// The line of this number.
    #[inline]
    fn get(&self, place: usize) -> Option<(&str, &[u8])> {
        match &self.lines {
            Lines::Apart(lines) => lines
                .get(place)
                .map(|(name, value)| (name.as_str(), value.as_slice())),
            Lines::Packed { names, values, ends } => {
                let start = place
                    .checked_sub(1)
                    .map_or(Some(&(0, 0)), |before| ends.get(before))?;
                let end = ends.get(place)?;
                Some((
                    names.get(start.0 as usize..end.0 as usize)?,
                    values.get(start.1 as usize..end.1 as usize)?,
                ))
            }
        }
    }
}
