use crate::replay::fingerprint;

/// Names that a version of a document lacks, and until when nobody asks again. Bounded: when it's full, it begins anew, and
/// the interval between fetches still holds.
#[derive(Default)]
pub(crate) struct Unknown {
    version: u64,
    names: Vec<([u8; 16], u64)>,
}

impl Unknown {
    /// Whether `name` is known to be missing in `version` at `now`. An end further off than `interval` is from before the clock was
    /// set back.
    pub(crate) fn has(&self, name: &[u8], version: u64, now: u64, interval: u64) -> bool {
        let name = fingerprint(&[name]);
        version == self.version
            && self
                .names
                .iter()
                .any(|(known, until)| *known == name && now < *until && *until - now <= interval)
    }

    /// Remembers until then that `version` lacks `name`.
    pub(crate) fn add(&mut self, name: &[u8], version: u64, until: u64) {
        if self.names.len() >= MOST || version != self.version {
            self.version = version;
            self.names.clear();
        }
        self.names.push((fingerprint(&[name]), until));
    }
}

const MOST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_for_a_while_and_is_bounded() {
        let mut unknown = Unknown::default();
        unknown.add(b"a", 7, 100);
        for (name, asked, now, expected) in [
            ("remembered", b"a", 99, true),
            ("another", b"b", 99, false),
            ("ended", b"a", 100, false),
            ("the clock was set back", b"a", 10, false),
        ] {
            assert_eq!(unknown.has(asked, 7, now, 50), expected, "{name}");
        }
        assert!(!unknown.has(b"a", 8, 99, 50), "another version");
        for number in 0..1000u32 {
            unknown.add(&number.to_le_bytes(), 7, 100);
            assert!(unknown.names.len() <= MOST);
        }
    }
}
