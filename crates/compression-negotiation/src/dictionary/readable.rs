use http_filter::Headers;

/// Whether who asked may read the response, so that its length tells him nothing new: without that, a response may
/// neither be a dictionary nor be encoded with one (RFC 9842 §9.3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Readable {
    /// It asked for its own, or went there, or says nothing of itself.
    Yes,
    /// If the response allows this origin.
    IfAllowed(Vec<u8>),
    /// Never.
    No,
}

impl Readable {
    pub(crate) fn of(request: &Headers) -> Self {
        if request.first("sec-fetch-site") == Some(b"same-origin") {
            return Self::Yes;
        }
        match request.first("sec-fetch-mode") {
            None | Some(b"navigate" | b"same-origin") => Self::Yes,
            Some(b"cors") => match request.single("origin") {
                Ok(Some(origin)) => Self::IfAllowed(origin.to_vec()),
                _ => Self::No,
            },
            Some(_) => Self::No,
        }
    }

    pub(crate) fn by(&self, response: &Headers) -> bool {
        match self {
            Self::Yes => true,
            Self::No => false,
            Self::IfAllowed(origin) => match response.single("access-control-allow-origin") {
                Ok(Some(allowed)) => allowed == b"*" || allowed == origin.as_slice(),
                _ => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_may_read_it() {
        const ORIGIN: (&str, &str) = ("origin", "https://a.example");
        const CORS: (&str, &str) = ("sec-fetch-mode", "cors");
        for (name, request, allowed, expected) in [
            ("no browser", &[][..], None, true),
            (
                "its own",
                &[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "no-cors")],
                None,
                true,
            ),
            (
                "a navigation",
                &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
                None,
                true,
            ),
            (
                "an image",
                &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")],
                Some("*"),
                false,
            ),
            ("a fetch, allowed to all", &[CORS, ORIGIN], Some("*"), true),
            (
                "a fetch, allowed to it",
                &[CORS, ORIGIN],
                Some("https://a.example"),
                true,
            ),
            (
                "a fetch, allowed to another",
                &[CORS, ORIGIN],
                Some("https://b.example"),
                false,
            ),
            ("a fetch, not allowed", &[CORS, ORIGIN], None, false),
            ("a fetch of no origin", &[CORS], Some("*"), false),
        ] {
            let request: Headers = request.iter().copied().collect();
            let response: Headers = allowed
                .map(|value| ("access-control-allow-origin", value))
                .into_iter()
                .collect();
            assert_eq!(Readable::of(&request).by(&response), expected, "{name}");
        }
    }
}
