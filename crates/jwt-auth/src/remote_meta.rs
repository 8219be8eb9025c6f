/// What all workers know of a fetched document, beside its body: so that a look at it copies no body.
///
/// All times are milliseconds since the Unix epoch; 0 is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meta {
    /// Counts the bodies there have been; 0 while there's none.
    pub(crate) version: u64,
    /// When the body was last seen to be current.
    pub(crate) fetched: u64,
    /// Until when it's current.
    pub(crate) fresh_until: u64,
    /// When the last attempt ended, however.
    pub(crate) checked: u64,
    /// Attempts that failed since the last one that didn't.
    pub(crate) failures: u64,
    /// Not to be tried before, after a failure.
    pub(crate) retry: u64,
    /// When somebody last asked for a fetch out of turn.
    pub(crate) wanted: u64,
}

impl Meta {
    /// Reads what [`Meta::bytes`] wrote; anything else is nothing.
    pub(crate) fn read(bytes: Option<&[u8]>) -> Self {
        let bytes = bytes.filter(|bytes| bytes.len() == SIZE).unwrap_or(&[0; SIZE]);
        let mut numbers = bytes
            .chunks_exact(8)
            .map(|number| number.try_into().map_or(0, u64::from_le_bytes));
        let mut next = || numbers.next().unwrap_or_default();
        Self {
            version: next(),
            fetched: next(),
            fresh_until: next(),
            checked: next(),
            failures: next(),
            retry: next(),
            wanted: next(),
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        [
            self.version,
            self.fetched,
            self.fresh_until,
            self.checked,
            self.failures,
            self.retry,
            self.wanted,
        ]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
    }

    /// Whether the body may be used at `now`, `stale` milliseconds beyond its time if need be.
    pub(crate) fn is_usable(&self, now: u64, stale: u64) -> bool {
        self.version > 0 && now <= self.fresh_until.saturating_add(stale)
    }

    /// When the next fetch is due: ahead of the body's end by a tenth of its life; after a failure when that says so.
    pub(crate) fn due(&self) -> u64 {
        let ahead = self.fresh_until.saturating_sub(self.fetched) / 10;
        self.fresh_until.saturating_sub(ahead).max(self.retry)
    }

    /// Whether a fetch is due at `now`. A clock that was set back makes it due, or it would wait for the difference.
    pub(crate) fn is_due(&self, now: u64) -> bool {
        now >= self.due() || now < self.checked || self.is_wanted()
    }

    /// Whether somebody asked since the last attempt.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted > self.checked
    }
}

const SIZE: usize = 56;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_and_tells_when_a_fetch_is_due() {
        let meta = Meta {
            version: 3,
            fetched: 1_000,
            fresh_until: 11_000,
            checked: 1_000,
            ..Meta::default()
        };
        assert_eq!(Meta::read(Some(&meta.bytes())), meta);
        assert_eq!(Meta::read(Some(&[1; 55])), Meta::default());
        for (name, meta, now, due) in [
            ("never fetched", Meta::default(), 5, true),
            ("fresh", meta, 9_999, false),
            ("ahead of its end", meta, 10_000, true),
            ("clock set back", meta, 999, true),
            (
                "failed, waiting",
                Meta {
                    retry: 12_000,
                    ..meta
                },
                11_500,
                false,
            ),
            (
                "failed, waited",
                Meta {
                    retry: 12_000,
                    ..meta
                },
                12_000,
                true,
            ),
            (
                "wanted",
                Meta {
                    wanted: 2_000,
                    ..meta
                },
                2_000,
                true,
            ),
            ("wanted before", Meta { wanted: 500, ..meta }, 2_000, false),
        ] {
            assert_eq!(meta.is_due(now), due, "{name}");
        }
        assert!(meta.is_usable(12_000, 1_000));
        assert!(!meta.is_usable(12_001, 1_000));
    }
}
