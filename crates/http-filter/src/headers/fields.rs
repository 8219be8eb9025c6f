use super::names::Names;
use std::iter;

/// The fields that came, in order.
#[derive(Default)]
pub(super) struct Fields {
    lines: Lines,
    names: Names,
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
        let mut names = Names::default();
        for (name, _) in &lines {
            names.add(name);
        }
        Self {
            lines: Lines::Apart(lines),
            names,
        }
    }

    pub(super) fn packed(names: String, values: Vec<u8>, ends: Vec<(u32, u32)>) -> Self {
        let (mut known, mut start) = (Names::default(), 0);
        for (end, _) in &ends {
            known.add(names.get(start as usize..*end as usize).unwrap_or_default());
            start = *end;
        }
        Self {
            lines: Lines::Packed { names, values, ends },
            names: known,
        }
    }

    /// Whether a line may have this name: most look-ups are for one that none has.
    pub(super) fn may_have(&self, name: &str) -> bool {
        self.names.may_have(name)
    }

    /// The first line of this name from the line `from` on: its number and its value.
    pub(super) fn find(&self, name: &str, from: usize) -> Option<(usize, &[u8])> {
        // Most names differ in their length or their end: that is told without a call.
        let is_it = |other: &[u8]| {
            other.len() == name.len() && other.last() == name.as_bytes().last() && other == name.as_bytes()
        };
        match &self.lines {
            Lines::Apart(lines) => {
                let mut lines = lines.iter().enumerate().skip(from);
                let (place, (_, value)) = lines.find(|(_, (other, _))| is_it(other.as_bytes()))?;
                Some((place, value))
            }
            Lines::Packed { names, values, ends } => {
                let mut start = self.start(from);
                for (place, end) in ends.iter().enumerate().skip(from) {
                    let other = names.as_bytes().get(start.0 as usize..end.0 as usize)?;
                    if is_it(other) {
                        return Some((place, values.get(start.1 as usize..end.1 as usize)?));
                    }
                    start = *end;
                }
                None
            }
        }
    }

    /// Where the line of this number begins.
    fn start(&self, place: usize) -> (u32, u32) {
        let (Lines::Packed { ends, .. }, Some(before)) = (&self.lines, place.checked_sub(1)) else {
            return (0, 0);
        };
        ends.get(before).copied().unwrap_or_default()
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
    fn get(&self, place: usize) -> Option<(&str, &[u8])> {
        match &self.lines {
            Lines::Apart(lines) => lines
                .get(place)
                .map(|(name, value)| (name.as_str(), value.as_slice())),
            Lines::Packed { names, values, ends } => {
                let ((name, value), end) = (self.start(place), ends.get(place)?);
                Some((
                    names.get(name as usize..end.0 as usize)?,
                    values.get(value as usize..end.1 as usize)?,
                ))
            }
        }
    }
}
