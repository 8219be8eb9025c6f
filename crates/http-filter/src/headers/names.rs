/// Some names, as far as their lengths and last letters tell: most look-ups are for one that isn't there, which this says without
/// looking at any. It takes names that [servers may take for one another](http_fields::are_aliases) for the same.
#[derive(Clone, Copy, Default)]
pub(super) struct Names(u64);

impl Names {
    pub(super) fn add(&mut self, name: &str) {
        self.0 |= bit(name);
    }

    /// Whether this may be one of them.
    pub(super) fn may_have(self, name: &str) -> bool {
        self.0 & bit(name) != 0
    }
}

fn bit(name: &str) -> u64 {
    let last = match name.as_bytes().last() {
        Some(letter) if letter.is_ascii_alphanumeric() => letter.to_ascii_lowercase(),
        _ => b'_',
    };
    1 << ((name.len() as u64 * 5 + u64::from(last)) % 64)
}
