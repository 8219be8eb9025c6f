/// Where an `http` or `https` URI leads: what a request for it says (RFC 3986, RFC 9110 §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUri {
    /// The `:authority` to ask for.
    pub authority: String,
    /// The request target: path and query, beginning with `/`.
    pub path: String,
}

/// Why a text is no URI to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriProblem {
    /// Another scheme, no host, a fragment, or a character that no URI has.
    #[error("an http or https address, without a fragment")]
    Form,
    /// A user name or a password before the host (RFC 9110 §4.2.4).
    #[error("an address without a user name or a password, such as \"https://idp.example.com/jwks.json\"")]
    Userinfo,
}

impl HttpUri {
    /// Reads `text`. Schemes are compared without case; an empty path is `/` (RFC 9110 §4.2.3).
    ///
    /// # Errors
    /// [`UriProblem`], whose text says what to write.
    pub fn parse(text: &str) -> Result<Self, UriProblem> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return Err(UriProblem::Form);
        }
        let (scheme, rest) = text.split_once("://").ok_or(UriProblem::Form)?;
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return Err(UriProblem::Form);
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).ok_or(UriProblem::Form)?;
        if authority.contains('@') {
            return Err(UriProblem::Userinfo);
        }
        if authority.is_empty() || authority.starts_with(':') || authority.contains('\\') {
            return Err(UriProblem::Form);
        }
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            ["/", path].concat()
        };
        Ok(Self {
            authority: authority.to_owned(),
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris() {
        for (name, text, expected) in [
            ("path", "https://a.example/keys", Ok(("a.example", "/keys"))),
            ("no path", "https://a.example", Ok(("a.example", "/"))),
            ("port", "http://a.example:8080/", Ok(("a.example:8080", "/"))),
            (
                "query without path",
                "https://a.example?x=y",
                Ok(("a.example", "/?x=y")),
            ),
            (
                "query with slashes",
                "https://a.example?u=b/c",
                Ok(("a.example", "/?u=b/c")),
            ),
            (
                "path and query",
                "https://a.example/k?x=y@z",
                Ok(("a.example", "/k?x=y@z")),
            ),
            (
                "scheme in capitals",
                "HTTPS://a.example/k",
                Ok(("a.example", "/k")),
            ),
            ("IPv6", "http://[::1]:80/k", Ok(("[::1]:80", "/k"))),
            ("user and password", "https://u:p@idp/", Err(UriProblem::Userinfo)),
            ("user", "https://u@idp", Err(UriProblem::Userinfo)),
            ("fragment", "https://a/k#x", Err(UriProblem::Form)),
            ("white space", "https://a/k x", Err(UriProblem::Form)),
            ("not ASCII", "https://bücher.example/", Err(UriProblem::Form)),
            ("another scheme", "ftp://a/", Err(UriProblem::Form)),
            ("no scheme", "a.example/k", Err(UriProblem::Form)),
            ("no host", "https:///k", Err(UriProblem::Form)),
            ("only a port", "https://:443/k", Err(UriProblem::Form)),
            ("a backslash in the host", "https://a\\b/k", Err(UriProblem::Form)),
            ("nothing", "", Err(UriProblem::Form)),
        ] {
            let expected = expected.map(|(authority, path)| HttpUri {
                authority: authority.to_owned(),
                path: path.to_owned(),
            });
            assert_eq!(HttpUri::parse(text), expected, "{name}");
        }
    }
}
