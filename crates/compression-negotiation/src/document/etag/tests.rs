use crate::document::etag::*;
use proptest::prelude::*;

fn text(value: Option<Vec<u8>>) -> Option<String> {
    value.map(|value| String::from_utf8(value).unwrap())
}

#[test]
fn encoded_tags_differ() {
    for (name, policy, etag, expected) in [
        ("weakened", EtagPolicy::Weaken, r#""x""#, Some(r#"W/"x""#)),
        ("weak already", EtagPolicy::Weaken, r#"W/"x""#, None),
        ("suffixed", EtagPolicy::Suffix, r#""x""#, Some(r#""x-gzip""#)),
        (
            "weak and suffixed",
            EtagPolicy::Suffix,
            r#"W/"x""#,
            Some(r#"W/"x-gzip""#),
        ),
        ("empty", EtagPolicy::Suffix, r#""""#, Some(r#""-gzip""#)),
        ("kept", EtagPolicy::Keep, r#""x""#, None),
        ("no tag", EtagPolicy::Weaken, "x", None),
        ("small w", EtagPolicy::Weaken, r#"w/"x""#, None),
        ("two", EtagPolicy::Weaken, r#""x", "y""#, None),
    ] {
        assert_eq!(
            text(policy.encoded(etag.as_bytes(), Coding::Gzip)).as_deref(),
            expected,
            "{name}"
        );
    }
}

#[test]
fn if_none_match_goes_up_in_the_upstreams_words() {
    for (name, policy, value, expected) in [
        (
            "both forms",
            EtagPolicy::Weaken,
            r#"W/"x""#,
            Some(r#"W/"x", "x""#),
        ),
        (
            "a list",
            EtagPolicy::Weaken,
            r#""a" , W/"b",,"c""#,
            Some(r#""a", W/"b", "b", "c""#),
        ),
        ("strong", EtagPolicy::Weaken, r#""x""#, None),
        (
            "a comma within",
            EtagPolicy::Weaken,
            r#"W/"a,b\""#,
            Some(r#"W/"a,b\", "a,b\""#),
        ),
        (
            "both forms of one with our suffix",
            EtagPolicy::Suffix,
            r#""x-gzip""#,
            Some(r#""x", "x-gzip""#),
        ),
        ("another coding's", EtagPolicy::Suffix, r#""x-br""#, None),
        (
            "one of two",
            EtagPolicy::Suffix,
            r#""x-br", "x-gzip""#,
            Some(r#""x-br", "x", "x-gzip""#),
        ),
        ("kept", EtagPolicy::Keep, r#"W/"x""#, None),
        ("any", EtagPolicy::Weaken, "*", None),
        ("no list", EtagPolicy::Weaken, r#"W/"x" W/"y""#, None),
        ("open", EtagPolicy::Weaken, r#"W/"x"#, None),
    ] {
        assert_eq!(
            text(policy.if_none_match(value.as_bytes(), &[Coding::Gzip])).as_deref(),
            expected,
            "{name}"
        );
    }
}

#[test]
fn if_match_goes_up_strong() {
    for (name, policy, value, expected) in [
        (
            "weakened by us",
            EtagPolicy::Weaken,
            r#"W/"x", "y""#,
            Some(r#""x", "y""#),
        ),
        ("strong", EtagPolicy::Weaken, r#""x""#, None),
        (
            "suffixed by us",
            EtagPolicy::Suffix,
            r#""x-gzip""#,
            Some(r#""x", "x-gzip""#),
        ),
        ("any", EtagPolicy::Weaken, "*", None),
    ] {
        assert_eq!(
            text(policy.if_match(value.as_bytes(), &[Coding::Gzip])).as_deref(),
            expected,
            "{name}"
        );
    }
}

#[test]
fn ranges_of_encoded_bytes_are_known() {
    const OFFERED: &[Coding] = &[Coding::Br, Coding::Gzip];
    for (name, policy, value, expected) in [
        ("weak", EtagPolicy::Weaken, r#"W/"x""#, true),
        ("strong", EtagPolicy::Weaken, r#""x-gzip""#, false),
        ("suffixed", EtagPolicy::Suffix, r#""x-br""#, true),
        ("plain", EtagPolicy::Suffix, r#""x""#, false),
        (
            "a date",
            EtagPolicy::Weaken,
            "Fri, 20 Nov 2026 21:00:00 GMT",
            false,
        ),
        ("kept", EtagPolicy::Keep, r#"W/"x""#, false),
    ] {
        assert_eq!(
            policy.if_range_is_encoded(value.as_bytes(), OFFERED),
            expected,
            "{name}"
        );
    }
}

#[test]
fn a_304_has_the_tag_that_the_client_holds() {
    for (name, policy, etag, known, expected) in [
        (
            "weakened",
            EtagPolicy::Weaken,
            r#""x""#,
            r#"W/"x""#,
            Some(r#"W/"x""#),
        ),
        ("plain", EtagPolicy::Weaken, r#""x""#, r#""x""#, None),
        ("both", EtagPolicy::Weaken, r#""x""#, r#""x", W/"x""#, None),
        (
            "suffixed",
            EtagPolicy::Suffix,
            r#""x""#,
            r#""x-gzip""#,
            Some(r#""x-gzip""#),
        ),
        (
            "another's suffix",
            EtagPolicy::Suffix,
            r#""x""#,
            r#""x-br""#,
            None,
        ),
        (
            "suffixed and plain",
            EtagPolicy::Suffix,
            r#""x""#,
            r#""x", "x-gzip""#,
            Some(r#""x-gzip""#),
        ),
        (
            "suffixed after a compressor weakened it",
            EtagPolicy::Suffix,
            r#""x""#,
            r#""y-gzip", W/"x-gzip""#,
            Some(r#"W/"x-gzip""#),
        ),
    ] {
        let found = policy.not_modified(etag.as_bytes(), known.as_bytes(), &[Coding::Gzip]);
        assert_eq!(text(found).as_deref(), expected, "{name}");
    }
}

proptest! {
    #[test]
    fn what_the_client_got_comes_back(opaque in "[!#-~]{0,20}", suffix in any::<bool>(), weak in any::<bool>()) {
        let policy = if suffix { EtagPolicy::Suffix } else { EtagPolicy::Weaken };
        let plain = EntityTag { weak, opaque: opaque.as_bytes() }.to_bytes();
        let given = policy.encoded(&plain, Coding::Br).unwrap_or_else(|| plain.clone());
        let back = policy.if_none_match(&given, &[Coding::Br]).unwrap_or_else(|| given.clone());
        let tags = EntityTag::parse_list(&back).unwrap();
        prop_assert!(tags.iter().any(|tag| tag.to_bytes() == plain));
        prop_assert_eq!(policy.not_modified(&plain, &given, &[Coding::Br]).unwrap_or(plain), given);
    }

    #[test]
    fn any_bytes_are_parsed(value in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Some(tags) = EntityTag::parse_list(&value) {
            prop_assert!(!tags.is_empty() && tags.len() <= 64);
        }
    }
}
