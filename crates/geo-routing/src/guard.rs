use http_fields::Vary;
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
    /// `Vary` where headers of a cache that heeds it told the place, `private` elsewhere: no cache knows how an address was
    /// looked up.
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
    let mut vary = Vary::parse(response.all("vary"));
    let mut changed = false;
    if !vary.is_any() {
        for name in names {
            changed |= vary.add(name.as_bytes());
        }
    }
    if changed {
        HeaderMutation::default().set("vary", vary.to_bytes())
    } else {
        HeaderMutation::default()
    }
}

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
}
