use http_fields::list;
use http_filter::{FieldName, HeaderMutation, Headers, OneOrMany, document, document::Shorthand};
use std::rc::Rc;

document! {
    /// What keeps shared caches from giving one place's responses to another.
    pub(crate) struct GuardDocument {
        /// The request headers that responses vary by, as the caches in front see them.
        pub(crate) vary ("vary"): OneOrMany<FieldName>,
    }
    hidden {
        /// Written as a text.
        guard: Guard,
    }
}

/// What keeps shared caches from giving one place's responses to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Guard {
    /// `Vary` where headers told the place, `private` elsewhere: no cache knows how an address was looked up.
    #[default]
    Auto,
    /// `Cache-Control: private`.
    Private,
    /// `Vary` by these headers.
    Vary(Rc<[FieldName]>),
    /// Nothing.
    Off,
}

impl Shorthand for GuardDocument {
    const EXPECTED: &'static str = "\"auto\", \"private\", \"off\", or an object with \"vary\"";
    const SHORT_SCHEMA: &'static str = r#"{"enum": ["auto", "private", "off"]}"#;

    fn from_text(text: &str) -> Option<Self> {
        let guard = match text {
            "auto" => Guard::Auto,
            "private" => Guard::Private,
            "off" => Guard::Off,
            _ => return None,
        };
        Some(Self {
            guard,
            ..Self::default()
        })
    }
}

impl From<GuardDocument> for Guard {
    fn from(document: GuardDocument) -> Self {
        if document.vary.is_empty() {
            return document.guard;
        }
        Self::Vary(document.vary.0.into())
    }
}

/// Adds `names` to the response's `Vary` (RFC 9110 §12.5.5).
pub(crate) fn vary(response: &Headers, names: &[FieldName]) -> HeaderMutation {
    let present = response.combined("vary").unwrap_or_default();
    let members: Vec<&[u8]> = list::members(&present).collect();
    if members.contains(&&b"*"[..]) {
        return HeaderMutation::default();
    }
    let mut value = members.join(&b", "[..]);
    let before = value.len();
    for name in names {
        if !members
            .iter()
            .any(|member| member.eq_ignore_ascii_case(name.as_bytes()))
        {
            if !value.is_empty() {
                value.extend_from_slice(b", ");
            }
            value.extend_from_slice(name.as_bytes());
        }
    }
    if value.len() == before {
        return HeaderMutation::default();
    }
    HeaderMutation::default().set("vary", value)
}

/// Keeps the response out of shared caches, and leaves what it says to the browser's (RFC 9111 §5.2.2.7).
pub(crate) fn private(response: &Headers) -> HeaderMutation {
    let present = response.combined("cache-control").unwrap_or_default();
    let name = |directive: &[u8]| -> Vec<u8> {
        let name = directive.split(|byte| *byte == b'=').next().unwrap_or_default();
        name.trim_ascii().to_ascii_lowercase()
    };
    let directives: Vec<&[u8]> = list::members(&present).collect();
    let mut mutation = HeaderMutation::default();
    for targeted in TARGETED {
        if response.contains(targeted) {
            mutation = mutation.remove(*targeted);
        }
    }
    // `private="field"` covers that field only.
    if directives
        .iter()
        .any(|directive| name(directive) == b"no-store" || directive.eq_ignore_ascii_case(b"private"))
    {
        return mutation;
    }
    let mut kept = vec![&b"private"[..]];
    kept.extend(
        directives
            .iter()
            .filter(|directive| !SHARED.contains(&name(directive).as_slice())),
    );
    mutation.set("cache-control", kept.join(&b", "[..]))
}

/// Directives for shared caches.
const SHARED: &[&[u8]] = &[b"public", b"private", b"s-maxage", b"proxy-revalidate"];

/// Fields for shared caches, which would overrule `Cache-Control` (RFC 9213).
const TARGETED: &[&str] = &[
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "netlify-cdn-cache-control",
    "vercel-cdn-cache-control",
    "surrogate-control",
    "edge-control",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vary_is_merged() {
        let names = ["cf-ipcountry", "x-b"].map(FieldName::of);
        for (name, lines, expected) in [
            ("none", &[][..], Some("cf-ipcountry, x-b")),
            (
                "some",
                &["Accept-Encoding", "Origin"],
                Some("Accept-Encoding, Origin, cf-ipcountry, x-b"),
            ),
            ("one of them", &["CF-IPCountry"], Some("CF-IPCountry, x-b")),
            ("all of them", &["x-b, cf-ipcountry"], Some("x-b, cf-ipcountry")),
            ("everything", &["*"], Some("*")),
        ] {
            let response: Headers = lines.iter().map(|line| ("vary", *line)).collect();
            let after = response.mutated(&vary(&response, &names));
            assert_eq!(
                after.combined("vary").as_deref(),
                expected.map(str::as_bytes),
                "{name}"
            );
        }
    }

    #[test]
    fn shared_caches_are_kept_out() {
        for (name, value, expected) in [
            ("nothing said", None, "private"),
            (
                "public",
                Some("public, max-age=60, s-maxage=600"),
                "private, max-age=60",
            ),
            ("private", Some("private, max-age=1"), "private, max-age=1"),
            ("case", Some("Public, Max-Age=1"), "private, Max-Age=1"),
            (
                "private for a field",
                Some("private=\"set-cookie\", max-age=1"),
                "private, max-age=1",
            ),
            ("not stored", Some("no-store"), "no-store"),
            (
                "quoted comma",
                Some("no-cache=\"a, public\", max-age=1"),
                "private, no-cache=\"a, public\", max-age=1",
            ),
        ] {
            let lines = value.map(|value| ("cache-control", value)).into_iter();
            let response: Headers = lines.chain([("cdn-cache-control", "max-age=9")]).collect();
            let after = response.mutated(&private(&response));
            assert_eq!(
                after.combined("cache-control").as_deref(),
                Some(expected.as_bytes()),
                "{name}"
            );
            assert!(!after.contains("cdn-cache-control"), "{name}");
        }
    }
}
