//! Conditional requests (RFC 9110 §13), answered where the origin did not.

use crate::response::freshness::date_field;
use http_fields::{EntityTag, is_any_tag};
use http_filter::{HeaderMutation, Headers};

/// What a request wants to know before it's given the representation (RFC 9110 §13).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    if_none_match: Option<Vec<u8>>,
    if_modified_since: Option<i64>,
}

impl Condition {
    /// The condition of a GET or HEAD request, `now` in seconds since the epoch; `None` where there is none that this filter may answer. Ranges and
    /// If-Match, If-Unmodified-Since are the origin's business.
    pub fn of(request: &Headers, now: impl FnOnce() -> i64) -> Option<Self> {
        let tags = request.combined("if-none-match");
        if tags.is_none() && !request.contains("if-modified-since") {
            return None;
        }
        let others = ["range", "if-range", "if-match", "if-unmodified-since"];
        if !matches!(request.method(), b"GET" | b"HEAD") || others.iter().any(|name| request.contains(name)) {
            return None;
        }
        Some(match tags {
            // §13.1.3: If-Modified-Since counts for nothing beside If-None-Match.
            Some(tags) => Self {
                if_none_match: Some(tags.into_owned()),
                if_modified_since: None,
            },
            // The clock costs a host call, and few requests ask for it.
            None => Self {
                if_none_match: None,
                if_modified_since: Some(date_field(request, "if-modified-since", now())?),
            },
        })
    }

    /// Whether a representation with this ETag and Last-Modified (seconds since the epoch) is what the client has
    /// already (§13.1.2, §13.1.3).
    pub fn is_met_by(&self, etag: Option<&[u8]>, last_modified: Option<i64>) -> bool {
        match (&self.if_none_match, self.if_modified_since) {
            (Some(known), _) => {
                let matches =
                    |current: EntityTag<'_>| EntityTag::all_in(known).any(|tag| tag.matches_weakly(&current));
                is_any_tag(known) || etag.and_then(EntityTag::parse).is_some_and(matches)
            }
            (None, Some(since)) => last_modified.is_some_and(|modified| modified <= since),
            (None, None) => false,
        }
    }
}

/// The edits that make a 304 of a 200 response (§15.4.5): what tells of the representation goes, but for what leads
/// caches; Last-Modified goes where an ETag stays.
///
/// `passes_compressors` says whether it may: Envoy's compressors would take what is left of the body, nothing, and make some
/// bytes of it, which a client that reads a 304 takes for the next response. They pass over what is compressed already, by a
/// field of the hop alone that never reaches a client. Envoy's own caches, though, store what a 304 says.
pub fn not_modified(response: &Headers, passes_compressors: bool) -> HeaderMutation {
    let has_etag = response.contains("etag");
    let mut edits = HeaderMutation::default().set(":status", "304");
    if passes_compressors {
        edits = edits.set("transfer-encoding", "gzip");
    }
    let mut removed: Vec<&str> = Vec::new();
    for (name, _) in response.iter() {
        let of_representation = match name.strip_prefix("content-") {
            Some(rest) => rest != "location" && !rest.starts_with("security-policy"),
            None => matches!(
                name,
                "repr-digest" | "digest" | "unencoded-digest" | "accept-ranges" | "trailer"
            ),
        };
        let goes = of_representation || (name == "last-modified" && has_etag);
        if goes && !removed.contains(&name) {
            removed.push(name);
            edits = edits.remove(name.to_owned());
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;
    const OLD: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn condition(method: &str, fields: &[(&str, &str)]) -> Option<Condition> {
        let request = std::iter::once((":method", method)).chain(fields.iter().copied());
        Condition::of(&request.collect(), || NOW)
    }

    #[test]
    fn conditions() {
        for (name, fields, etag, modified, expected) in [
            (
                "same tag",
                &[("if-none-match", "\"a\"")][..],
                Some("\"a\""),
                None,
                true,
            ),
            (
                "weak against strong",
                &[("if-none-match", "W/\"a\"")],
                Some("\"a\""),
                None,
                true,
            ),
            (
                "strong against weak",
                &[("if-none-match", "\"a\"")],
                Some("W/\"a\""),
                None,
                true,
            ),
            (
                "other tag",
                &[("if-none-match", "\"b\"")],
                Some("\"a\""),
                None,
                false,
            ),
            (
                "one of a list",
                &[("if-none-match", "\"b\", \"a,\", \"a\"")],
                Some("\"a\""),
                None,
                true,
            ),
            (
                "over lines",
                &[("if-none-match", "\"b\""), ("if-none-match", "\"a\"")],
                Some("\"a\""),
                None,
                true,
            ),
            ("any", &[("if-none-match", "*")], None, None, true),
            (
                "a star among tags is no grammar",
                &[("if-none-match", "\"zz\", *")],
                Some("\"a\""),
                None,
                false,
            ),
            (
                "nor before them",
                &[("if-none-match", "*, \"zz\"")],
                Some("\"a\""),
                None,
                false,
            ),
            (
                "nor over lines",
                &[("if-none-match", "*"), ("if-none-match", "\"zz\"")],
                Some("\"a\""),
                None,
                false,
            ),
            ("no tag there", &[("if-none-match", "\"a\"")], None, None, false),
            (
                "broken tag there",
                &[("if-none-match", "\"a\"")],
                Some("a"),
                None,
                false,
            ),
            (
                "not modified",
                &[("if-modified-since", OLD)],
                None,
                Some(784_111_777),
                true,
            ),
            (
                "modified",
                &[("if-modified-since", OLD)],
                None,
                Some(784_111_778),
                false,
            ),
            (
                "nobody knows",
                &[("if-modified-since", OLD)],
                Some("\"a\""),
                None,
                false,
            ),
            (
                "the tag goes before the date",
                &[("if-none-match", "\"b\""), ("if-modified-since", OLD)],
                Some("\"a\""),
                Some(0),
                false,
            ),
        ] {
            let met = condition("GET", fields)
                .is_some_and(|condition| condition.is_met_by(etag.map(str::as_bytes), modified));
            assert_eq!(met, expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_ours_to_answer() {
        for (name, method, fields) in [
            ("nothing", "GET", &[][..]),
            ("unsafe method", "PUT", &[("if-none-match", "*")]),
            ("range", "GET", &[("if-none-match", "*"), ("range", "bytes=0-1")]),
            (
                "if-range",
                "GET",
                &[("if-none-match", "*"), ("if-range", "\"a\"")],
            ),
            (
                "if-match",
                "GET",
                &[("if-none-match", "*"), ("if-match", "\"a\"")],
            ),
            ("bad date", "GET", &[("if-modified-since", "yesterday")]),
            (
                "two dates",
                "GET",
                &[("if-modified-since", OLD), ("if-modified-since", OLD)],
            ),
        ] {
            assert_eq!(condition(method, fields), None, "{name}");
        }
    }

    #[test]
    fn a_304_keeps_what_leads_caches() {
        let response: Headers = [
            (":status", "200"),
            ("etag", "\"a\""),
            ("last-modified", OLD),
            ("content-type", "text/html"),
            ("content-length", "9"),
            ("content-encoding", "gzip"),
            ("content-location", "/x"),
            ("content-security-policy", "default-src 'self'"),
            ("repr-digest", "sha-256=:eA==:"),
            ("cache-control", "max-age=1"),
            ("vary", "accept"),
            ("date", OLD),
            ("expires", OLD),
            ("set-cookie", "a=1"),
        ]
        .into_iter()
        .collect();
        let left = response.mutated(&not_modified(&response, true));
        let names: Vec<&str> = left.iter().map(|(name, _)| name).collect();
        let expected = [
            ":status",
            "etag",
            "content-location",
            "content-security-policy",
            "cache-control",
            "vary",
            "date",
            "expires",
            "set-cookie",
            "transfer-encoding",
        ];
        assert_eq!(names, expected);
        assert_eq!(left.status(), Some(304));
        let stored = response.mutated(&not_modified(&response, false));
        assert!(!stored.contains("transfer-encoding"));
    }
}
