/// A set of ASCII characters, made when the crate is compiled: a bit for each, so that asking costs no loop.
pub(crate) struct AsciiSet {
    low: u64,
    high: u64,
}

impl AsciiSet {
    /// The set of these characters.
    pub(crate) const fn of(characters: &[u8]) -> Self {
        let mut set = Self { low: 0, high: 0 };
        let mut rest = characters;
        while let [byte, after @ ..] = rest {
            match *byte {
                0..64 => set.low |= 1 << *byte,
                64..128 => set.high |= 1 << (*byte - 64),
                _ => {}
            }
            rest = after;
        }
        set
    }

    /// Whether `byte` is one of them.
    pub(crate) const fn has(&self, byte: u8) -> bool {
        match byte {
            0..64 => self.low >> byte & 1 == 1,
            64..128 => self.high >> (byte - 64) & 1 == 1,
            _ => false,
        }
    }
}
