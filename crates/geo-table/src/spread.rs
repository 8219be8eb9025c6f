/// SplitMix64: numbers spread evenly over all of 64 bits, the same ones every time.
pub(crate) struct Spread(u64);

impl Default for Spread {
    fn default() -> Self {
        Self(0x5eed)
    }
}

impl Spread {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
