use http_filter::{Headers, choice};

choice! {
    /// Which requests get plain responses because a compressed length could tell a stranger what is in them.
    ///
    /// BREACH needs three things at once: a page of another site that makes the browser ask, credentials that the browser
    /// adds by itself, and a response that holds both a secret and what the asker chose. The first two can be seen here.
    pub enum BreachGuard, default Subresources {
        /// None.
        Off = "off",
        /// What another site's page loads with the user's credentials, navigation aside: whoever follows a link is seen.
        Subresources = "subresources",
        /// Everything that another site makes the browser ask for with the user's credentials.
        All = "all",
    }
}

impl BreachGuard {
    /// Whether `request` must have a plain response.
    pub fn guards(self, request: &Headers) -> bool {
        self != Self::Off
            && is_cross_site(request)
            && has_ambient_credentials(request)
            && (self == Self::All || request.first("sec-fetch-mode") != Some(b"navigate"))
    }
}

/// Whether another site made the browser ask (Fetch Metadata). A browser that doesn't say may have sent Origin.
fn is_cross_site(request: &Headers) -> bool {
    match request.first("sec-fetch-site") {
        Some(site) => site == b"cross-site",
        None => request.first("origin").is_some_and(|origin| {
            let host = origin
                .strip_prefix(b"https://")
                .or_else(|| origin.strip_prefix(b"http://"));
            host.is_none_or(|host| !host.eq_ignore_ascii_case(request.authority()))
        }),
    }
}

/// Whether the request has credentials that a browser adds without being asked: not a bearer token, which only the
/// site's own script can add.
fn has_ambient_credentials(request: &Headers) -> bool {
    request.contains("cookie")
        || request.all("authorization").any(|value| {
            let scheme = value.split(|byte| *byte == b' ').next().unwrap_or_default();
            AMBIENT_SCHEMES
                .iter()
                .any(|name| scheme.eq_ignore_ascii_case(name))
        })
}

const AMBIENT_SCHEMES: &[&[u8]] = &[b"basic", b"digest", b"negotiate", b"ntlm"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_what_a_stranger_could_measure() {
        use BreachGuard::{All, Off, Subresources};
        const COOKIE: (&str, &str) = ("cookie", "session=1");
        const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
        const NAVIGATE: (&str, &str) = ("sec-fetch-mode", "navigate");
        for (name, guard, headers, expected) in [
            ("a stranger's fetch", Subresources, &[CROSS, COOKIE][..], true),
            (
                "a stranger's link",
                Subresources,
                &[CROSS, COOKIE, NAVIGATE],
                false,
            ),
            ("a stranger's link, all", All, &[CROSS, COOKIE, NAVIGATE], true),
            ("off", Off, &[CROSS, COOKIE], false),
            ("no credentials", All, &[CROSS], false),
            (
                "a bearer token",
                All,
                &[CROSS, ("authorization", "Bearer x")],
                false,
            ),
            (
                "basic credentials",
                All,
                &[CROSS, ("authorization", "basic eDp5")],
                true,
            ),
            (
                "our own page",
                All,
                &[("sec-fetch-site", "same-origin"), COOKIE],
                false,
            ),
            (
                "our other host",
                All,
                &[("sec-fetch-site", "same-site"), COOKIE],
                false,
            ),
            ("no browser", All, &[COOKIE], false),
            (
                "an old browser, our page",
                All,
                &[("origin", "https://A.example"), COOKIE],
                false,
            ),
            (
                "an old browser, a stranger",
                All,
                &[("origin", "https://b.example"), COOKIE],
                true,
            ),
            ("an opaque origin", All, &[("origin", "null"), COOKIE], true),
        ] {
            let request: Headers = [(":authority", "a.example")]
                .into_iter()
                .chain(headers.iter().copied())
                .collect();
            assert_eq!(guard.guards(&request), expected, "{name}");
        }
    }
}
