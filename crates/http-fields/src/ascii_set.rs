/// A set of ASCII characters, made when the crate is compiled: a bit for each, so that asking costs no loop and no branch.
#[derive(Clone, Copy, Debug)]
pub struct AsciiSet([u64; 4]);

impl AsciiSet {
    /// The set of these characters.
    pub const fn of(characters: &[u8]) -> Self {
        let mut set = [0; 4];
        let mut rest = characters;
        while let [byte, after @ ..] = rest {
            match *byte {
                0..64 => set[0] |= 1 << *byte,
                64..128 => set[1] |= 1 << (*byte - 64),
                _ => {}
            }
            rest = after;
        }
        Self(set)
    }

    /// The set of the characters that `names` begin with.
    pub const fn of_beginnings(names: &[&str]) -> Self {
        let mut set = [0; 4];
        let mut rest = names;
        while let [name, after @ ..] = rest {
            if let [first, ..] = name.as_bytes() {
                let Self(own) = Self::of(&[*first]);
                set = [set[0] | own[0], set[1] | own[1], 0, 0];
            }
            rest = after;
        }
        Self(set)
    }

    /// Whether `byte` is one of them.
    #[inline]
    pub fn has(&self, byte: u8) -> bool {
        let word = self.0.get(usize::from(byte >> 6)).copied().unwrap_or_default();
        word >> (byte & 63) & 1 == 1
    }
}
