//! Accept-Encoding, entity tags and dictionary hashes: what is chosen is accepted, and what was given out comes back.
#![no_main]

use compression_negotiation::{
    AcceptEncoding, Choice, Coding, EtagPolicy, dictionary::available_dictionary,
};
use http_fields::{EntityTag, MediaRange, media_type};
use http_filter::document::read;
use libfuzzer_sys::fuzz_target;

const OFFERED: &[Coding] = &[Coding::Zstd, Coding::Br, Coding::Gzip];

fuzz_target!(|input: &[u8]| {
    let accept = AcceptEncoding::parse(input.split(|byte| *byte == b'\n'));
    match accept.choose(OFFERED) {
        Choice::Coding(coding) => {
            assert!(accept.accepts(coding));
            for other in OFFERED {
                assert!(accept.weight(*other) <= accept.weight(coding));
            }
        }
        Choice::Identity => assert!(accept.accepts(Coding::Identity)),
        Choice::NotAcceptable => assert!(OFFERED.iter().all(|coding| !accept.accepts(*coding))),
    }
    if let Some(tags) = EntityTag::parse_list(input) {
        assert!(!tags.is_empty() && tags.len() <= 64);
    }
    for policy in [EtagPolicy::Weaken, EtagPolicy::Suffix, EtagPolicy::Keep] {
        let ours = &[Coding::Gzip, Coding::Dcz];
        if let Some(sent) = policy.if_none_match(input, ours) {
            assert!(
                EntityTag::parse_list(&sent).is_some_and(|tags| tags.len() <= 128) || sent.len() > input.len()
            );
        }
        let _ = policy.if_match(input, ours);
        let _ = policy.if_range_is_encoded(input, ours);
        if let Some(given) = policy.encoded(input, Coding::Gzip) {
            let plain = EntityTag::parse(input).unwrap().to_bytes();
            let back = policy
                .if_none_match(&given, ours)
                .unwrap_or_else(|| given.clone());
            let tags = EntityTag::parse_list(&back).unwrap();
            assert!(tags.iter().any(|tag| tag.to_bytes() == plain));
            assert_eq!(policy.not_modified(&plain, &given, ours), Some(given));
        }
    }
    let _ = available_dictionary(input);
    let _ = media_type(input);
    if let Ok(pattern) = read::<MediaRange>(&String::from_utf8_lossy(input).into()) {
        let _ = pattern.matches(input);
    }
});
