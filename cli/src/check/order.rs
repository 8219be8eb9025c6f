use super::{Finding, Placed, Rule};
use crate::find::Assembled;
use crate::{
    FilterKind::{self, CacheHeaders, CompressionNegotiation, GeoRouting, JwtAuth, RateLimit},
    find::{Carrier, Other},
};

/// Filters in an order in which one defeats another.
pub(super) fn check(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    let slots: Vec<_> = assembled.slots().collect();
    for (index, (file, slot)) in slots.iter().enumerate() {
        for (_, later) in slots.iter().skip(index + 1) {
            if let Some(reason) = defeat(slot.kind, later.kind) {
                let at = slot.phase.map_or(slot.at, |(_, _, at)| at);
                let message = format!("stands before {}: {reason}", later.kind.name());
                let help = match slot.carrier {
                    Carrier::Istio => {
                        "an earlier phase (AUTHN, AUTHZ, STATS), or in one phase a higher priority, runs first"
                    }
                    _ => {
                        "the order is jwt-auth, rate-limit, geo-routing, compression-negotiation, native compressors, cache-headers"
                    }
                };
                found.push((
                    *file,
                    Finding::new(Rule::Order, at, message)
                        .about(slot.kind.name(), "")
                        .help(help),
                ));
            }
        }
        // The filters of a suite have one priority.
        let is_first = index.checked_sub(1).and_then(|before| slots.get(before));
        let is_first = is_first.is_none_or(|(_, before)| before.phase != slot.phase);
        if let (Carrier::Istio, Some((_, None, at)), true) = (slot.carrier, slot.phase, is_first) {
            let message = "without a priority Istio puts this plugin behind all others of its phase";
            let finding = Finding::new(Rule::NoPriority, at, message);
            found.push((
                *file,
                finding
                    .about(slot.kind.name(), "")
                    .help("write `priority`, higher runs first"),
            ));
        }
    }
    found.extend(compressors(assembled));
    found
}

/// What goes wrong where `first` stands before `later`; nothing where that is its place.
fn defeat(first: FilterKind, later: FilterKind) -> Option<&'static str> {
    Some(match (first, later) {
        (RateLimit, JwtAuth) => {
            "claims aren't there yet for it to count by, and what has no valid token is counted"
        }
        (GeoRouting, JwtAuth) => "a request is routed and blocked before it's known whose it is",
        (GeoRouting, RateLimit) => {
            "requests that are over their limit cost a look-up each, and countries aren't there to count by elsewhere"
        }
        (CompressionNegotiation, JwtAuth | RateLimit | GeoRouting) => {
            "replies of the later filter pass it without having been negotiated"
        }
        (CacheHeaders, CompressionNegotiation) => {
            "its ETags and Vary come after the coding was settled, and don't know of it"
        }
        (CacheHeaders, JwtAuth | RateLimit | GeoRouting) => {
            "it judges responses before the later filter has marked them as one client's own"
        }
        _ => return None,
    })
}

/// Native compressors belong between the negotiation and cache-headers.
fn compressors(assembled: &Assembled) -> Placed {
    let mut found = Vec::new();
    let slots = &assembled.chain.slots;
    let place = |kind| slots.iter().position(|slot| slot.kind == kind);
    // Behind a suite is the only place for them: cache-headers sees what they made of the response.
    let cache_headers = slots
        .iter()
        .position(|slot| slot.kind == CacheHeaders && !slot.is_in_suite);
    let file = assembled.files.first().copied().unwrap_or_default();
    for Other { before, kind, at } in &assembled.chain.others {
        if !kind.to_ascii_lowercase().contains("compressor")
            || kind.to_ascii_lowercase().contains("decompressor")
        {
            continue;
        }
        if place(CompressionNegotiation).is_some_and(|place| place >= *before) {
            let message = "a compressor stands before compression-negotiation: it reads the client's own Accept-Encoding, \
                           and compresses after Vary and ETag were set right";
            let finding = Finding::new(Rule::Order, *at, message).about(CompressionNegotiation.name(), "");
            found.push((
                file,
                finding.help("move the compressor behind compression-negotiation"),
            ));
        }
        if cache_headers.is_some_and(|place| place < *before) {
            let message = "a compressor stands behind cache-headers, which then sees compressed bodies: \
                           their digests and ETags are of other bytes than the origin's";
            let finding = Finding::new(Rule::Order, *at, message).about(CacheHeaders.name(), "");
            found.push((
                file,
                finding.help("move cache-headers behind the compressors, nearest to the router"),
            ));
        }
    }
    found
}
