use crate::{Refusal, config::mistake::mistake, document::provider::SourceDocument};
use http_fields::{cookies, list, query};
use http_filter::{ConfigError, FieldName, HeaderMutation, Headers, error_path::quoted};
use std::borrow::Cow;

/// A place where a token is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A header field, with the scheme before the token or as the token.
    Header(FieldName, Option<String>),
    Cookie(String),
    Query(String),
}

/// A token as it was found.
#[derive(Clone)]
pub(crate) struct Found<'a> {
    pub(crate) token: Cow<'a, [u8]>,
    /// Whether it came under the scheme `DPoP` (RFC 9449 §7.1).
    pub(crate) dpop: bool,
    pub(crate) source: &'a Source,
}

impl Source {
    pub(crate) fn compile(document: SourceDocument) -> Result<Self, ConfigError> {
        match document {
            SourceDocument {
                header: Some(name),
                scheme,
                cookie: None,
                query: None,
            } => {
                if let Some(scheme) = &scheme
                    && !http_fields::is_token(scheme.as_bytes())
                {
                    return Err(mistake("scheme", &quoted(scheme), "a scheme such as \"Bearer\""));
                }
                Ok(Self::Header(name, scheme))
            }
            SourceDocument {
                header: None,
                scheme: None,
                cookie: Some(name),
                query: None,
            } => Ok(Self::Cookie(name)),
            SourceDocument {
                header: None,
                scheme: None,
                cookie: None,
                query: Some(name),
            } => Ok(Self::Query(name)),
            _ => Err(mistake(
                "",
                "another combination",
                "one of header (perhaps with scheme), cookie and query",
            )),
        }
    }

    /// The one of RFC 6750 §2.1.
    pub(crate) fn authorization() -> Self {
        Self::Header("authorization".into(), Some("Bearer".into()))
    }

    /// The token in `request` among `sources`.
    ///
    /// # Errors
    /// [`Refusal::Repeated`] when there is more than one.
    pub(crate) fn find<'a>(sources: &'a [Self], request: &'a Headers) -> Result<Option<Found<'a>>, Refusal> {
        let mut found = None;
        for source in sources {
            let mut one = |token: Cow<'a, [u8]>, dpop| match found {
                None => {
                    found = Some(Found { token, dpop, source });
                    Ok(())
                }
                Some(_) => Err(Refusal::Repeated),
            };
            match source {
                Self::Header(name, scheme) => {
                    let (mut credential, mut values) = (None, 0);
                    for line in request.all(name) {
                        // Envoy joins the lines of some fields by a comma, which no token holds.
                        for value in list::members(line) {
                            values += 1;
                            credential = credential.or_else(|| credentials(value, scheme.as_deref()));
                            // A field of one value that comes twice is two, whatever the other one is.
                            if values > 1 && credential.is_some() {
                                return Err(Refusal::Repeated);
                            }
                        }
                    }
                    if let Some((token, dpop)) = credential {
                        one(Cow::Borrowed(token), dpop)?;
                    }
                }
                Self::Cookie(name) => {
                    for cookie in
                        cookies::all(request.all("cookie")).filter(|cookie| cookie.name == name.as_bytes())
                    {
                        // The quotes around a value are no part of a token (RFC 6265 §4.1.1).
                        let value = cookie.value;
                        let quoted = value
                            .strip_prefix(b"\"")
                            .and_then(|rest| rest.strip_suffix(b"\""));
                        let value = quoted.unwrap_or(value);
                        if !value.is_empty() {
                            one(Cow::Borrowed(value), false)?;
                        }
                    }
                }
                Self::Query(name) => {
                    for value in query::values(request.query().unwrap_or_default(), name.as_bytes())
                        .filter(|value| !value.is_empty())
                    {
                        one(value, false)?;
                    }
                }
            }
        }
        Ok(found)
    }

    /// Removes the token from the request; every other byte stays as it came.
    pub(crate) fn strip(&self, request: &Headers) -> HeaderMutation {
        let mut mutation = HeaderMutation::default();
        match self {
            Self::Header(name, _) => {
                if request.contains(name) {
                    mutation = mutation.remove(name);
                }
            }
            Self::Query(name) => {
                let target = query::without(request.target(), name.as_bytes());
                mutation = mutation.set(":path", target);
            }
            Self::Cookie(name) => {
                mutation = mutation.remove("cookie");
                for line in request.all("cookie") {
                    if let Some(rest) = cookies::without(line, name.as_bytes()) {
                        mutation = mutation.append("cookie", rest);
                    }
                }
            }
        }
        mutation
    }
}

/// The token in a field's line, and whether its scheme is `DPoP`; `None` for another scheme, or for nothing behind it.
fn credentials<'a>(line: &'a [u8], scheme: Option<&str>) -> Option<(&'a [u8], bool)> {
    let Some(scheme) = scheme else {
        let token = line.trim_ascii();
        return (!token.is_empty()).then_some((token, false));
    };
    let line = line.trim_ascii();
    let space = line.iter().position(|byte| *byte == b' ')?;
    let (name, token) = line.split_at_checked(space)?;
    let bearer = name.eq_ignore_ascii_case(scheme.as_bytes());
    let dpop = scheme.eq_ignore_ascii_case("Bearer") && name.eq_ignore_ascii_case(b"DPoP");
    (bearer || dpop).then_some((token.trim_ascii(), dpop && !bearer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sources: &[Source], headers: &[(&str, &str)]) -> Result<Option<String>, Refusal> {
        let request: Headers = headers.iter().copied().collect();
        Source::find(sources, &request)
            .map(|found| found.map(|found| String::from_utf8(found.token.into_owned()).unwrap()))
    }

    #[test]
    fn tokens_are_found_once() {
        let all = [
            Source::authorization(),
            Source::Header("x-token".into(), None),
            Source::Cookie("session".into()),
            Source::Query("access_token".into()),
        ];
        let token = |text: &str| Ok(Some(text.to_owned()));
        for (name, headers, expected) in [
            ("none", vec![], Ok(None)),
            ("bearer", vec![("authorization", "Bearer a.b.c")], token("a.b.c")),
            (
                "any case, more space",
                vec![("authorization", "bEARER   a.b.c ")],
                token("a.b.c"),
            ),
            ("dpop", vec![("authorization", "DPoP a.b.c")], token("a.b.c")),
            ("another scheme", vec![("authorization", "Basic YTpi")], Ok(None)),
            ("longer scheme", vec![("authorization", "Bearers a")], Ok(None)),
            ("nothing behind", vec![("authorization", "Bearer ")], Ok(None)),
            ("a bare field", vec![("x-token", "t")], token("t")),
            ("cookie", vec![("cookie", "a=1; session=t; b=2")], token("t")),
            ("cookie in quotes", vec![("cookie", "session=\"t\"")], token("t")),
            ("empty cookie", vec![("cookie", "session=")], Ok(None)),
            (
                "empty cookie in quotes",
                vec![("cookie", "session=\"\"")],
                Ok(None),
            ),
            ("query", vec![(":path", "/?access_token=a%2Eb")], token("a.b")),
            (
                "twice in a header",
                vec![("authorization", "Bearer a"), ("authorization", "Bearer a")],
                Err(Refusal::Repeated),
            ),
            (
                "twice, as Envoy joins it",
                vec![("authorization", "Bearer a,Bearer a")],
                Err(Refusal::Repeated),
            ),
            (
                "behind another scheme, as Envoy joins it",
                vec![("authorization", "Basic a, Bearer a")],
                Err(Refusal::Repeated),
            ),
            (
                "another scheme with a list",
                vec![("authorization", "Digest username=\"Bearer a, b\", realm=\"c\"")],
                Ok(None),
            ),
            (
                "with another scheme beside",
                vec![("authorization", "Basic a"), ("authorization", "Bearer a")],
                Err(Refusal::Repeated),
            ),
            (
                "two cookies",
                vec![("cookie", "session=a; session=a")],
                Err(Refusal::Repeated),
            ),
            (
                "two parameters",
                vec![(":path", "/?access_token=a&access_token=b")],
                Err(Refusal::Repeated),
            ),
            (
                "two places",
                vec![("authorization", "Bearer a"), ("cookie", "session=b")],
                Err(Refusal::Repeated),
            ),
        ] {
            assert_eq!(found(&all, &headers), expected, "{name}");
        }
    }

    #[test]
    fn the_rest_stays_as_it_came() {
        let request: Headers = [
            (":path", "/p?x=%20&access_token=t&y"),
            ("cookie", "a=1;  session=t; b = 2"),
            ("cookie", "session=t"),
        ]
        .into_iter()
        .collect();
        let stripped = |source: Source| request.mutated(&source.strip(&request));
        assert_eq!(
            stripped(Source::Query("access_token".into())).target(),
            b"/p?x=%20&y"
        );
        let cookies = stripped(Source::Cookie("session".into()));
        assert_eq!(cookies.all("cookie").collect::<Vec<_>>(), [b"a=1; b = 2"]);
    }
}
