//! What this filter itself would encode for a client.

use crate::{AcceptEncoding, Choice, Coding, ENCODABLE, config::policy::Policy};

/// The best of `prefer` that this build encodes and the client accepts.
pub(crate) fn best_encodable(prefer: &[Coding], policy: &Policy, accept: &AcceptEncoding) -> Option<Coding> {
    let can = |coding: &Coding| ENCODABLE.contains(coding);
    if !accept.is_present() {
        return Some(policy.default_coding).filter(can);
    }
    let mut offered = [Coding::Identity; Coding::COUNT];
    let mut count = 0;
    for (slot, coding) in offered.iter_mut().zip(
        prefer
            .iter()
            .filter(|coding| can(coding) || **coding == Coding::Identity),
    ) {
        *slot = *coding;
        count += 1;
    }
    match accept.choose(offered.get(..count).unwrap_or_default()) {
        Choice::Coding(coding) => Some(coding),
        _ => None,
    }
}
