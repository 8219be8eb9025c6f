use crate::fingerprint::fingerprint;

/// Names that a version of a document lacks, by the client that asked, and until when it isn't asked for again. Bounded: the
/// oldest makes room.
///
/// One client's question says nothing to another: whoever asks for a key before it's there must not hold up those who
/// have it a moment later.
#[derive(Default)]
pub(crate) struct MissingKeys {
    version: u64,
    names: Vec<([u8; 16], u64)>,
    oldest: usize,
}

impl MissingKeys {
    /// Whether the client was told at `now` that `version` lacks `name`. An end further off than `interval` is from before the
    /// clock was set back.
    pub(crate) fn has(&self, client: &[u8], name: &[u8], version: u64, now: u64, interval: u64) -> bool {
        if version != self.version || self.names.is_empty() {
            return false;
        }
        let name = fingerprint(&[client, name]);
        self.names
            .iter()
            .any(|(known, until)| *known == name && now < *until && *until - now <= interval)
    }

    /// Remembers until then that `version` lacks `name`.
    pub(crate) fn add(&mut self, client: &[u8], name: &[u8], version: u64, until: u64) {
        if version != self.version {
            *self = Self {
                version,
                ..Self::default()
            };
        }
        let entry = (fingerprint(&[client, name]), until);
        if self.names.len() < MOST {
            return self.names.push(entry);
        }
        if let Some(oldest) = self.names.get_mut(self.oldest) {
            *oldest = entry;
        }
        self.oldest = (self.oldest + 1) % MOST;
    }
}

const MOST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_for_a_while_and_is_bounded() {
        let mut unknown = MissingKeys::default();
        unknown.add(b"1", b"a", 7, 100);
        for (name, client, asked, version, now, expected) in [
            ("remembered", b"1", b"a", 7, 99, true),
            ("another", b"1", b"b", 7, 99, false),
            ("another client", b"2", b"a", 7, 99, false),
            ("another version", b"1", b"a", 8, 99, false),
            ("ended", b"1", b"a", 7, 100, false),
            ("the clock was set back", b"1", b"a", 7, 10, false),
        ] {
            assert_eq!(unknown.has(client, asked, version, now, 50), expected, "{name}");
        }
        for number in 0..1000u32 {
            unknown.add(b"1", &number.to_le_bytes(), 7, 100);
            assert!(unknown.names.len() <= MOST);
        }
        let has = |number: u32| unknown.has(b"1", &number.to_le_bytes(), 7, 99, 50);
        assert!(has(999) && has(744) && !has(743), "the latest stay");
    }
}
