//! What failing dependencies send.

/// Bytes without meaning, always the same.
pub(super) fn noise(length: usize) -> Vec<u8> {
    let next = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some((*state >> 24) as u8)
    };
    std::iter::repeat_n((), length)
        .scan(7, |state, ()| next(state))
        .collect()
}

/// The size of the largest answer, in bytes.
pub(super) const HUGE: usize = 100_000_000;
