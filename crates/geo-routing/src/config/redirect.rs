use crate::{document::redirect::RedirectDocument, reply, request::outcome::Outcome};
use http_fields::{cookies, percent};
use http_filter::{ConfigError, Headers, LocalReply, Span, error_path::quoted};

/// A redirect.
#[derive(Debug)]
pub(crate) struct Redirect {
    to: Vec<Piece>,
    status: Option<u16>,
    opt_out: Option<String>,
    guard: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Country,
    Continent,
    Region,
    Host,
    Path,
    Query,
}

/// Why a request that should be redirected is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stay {
    /// The client opted out.
    OptedOut,
    /// It has just been redirected, and yet comes back.
    Loop,
    /// It is where it would be sent.
    Reached,
    /// What the target is made of isn't known, or can't stand in one.
    NoTarget,
}

impl Redirect {
    pub(crate) fn compile(document: RedirectDocument, path: &str) -> Result<Self, ConfigError> {
        let to = parse(&document.to).ok_or_else(|| {
            let expected = "an absolute URL (https://…) or a path (/…) with the placeholders {country}, {continent}, {region}, {host}, {path}, {query}; {path} may not begin it";
            ConfigError::at(path, "to", &quoted(&document.to), expected)
        })?;
        if document
            .status
            .is_some_and(|status| !matches!(status, 301 | 302 | 303 | 307 | 308))
        {
            return Err(ConfigError::at(
                path,
                "status",
                "another status",
                "301, 302, 303, 307 or 308",
            ));
        }
        if document
            .opt_out
            .as_ref()
            .is_some_and(|name| !http_fields::is_token(name.as_bytes()))
        {
            return Err(ConfigError::at(
                path,
                "opt_out",
                "another text",
                "a cookie's name",
            ));
        }
        Ok(Self {
            to,
            status: document.status,
            opt_out: document.opt_out,
            guard: document.guard.unwrap_or(Span::seconds(10)),
        })
    }

    /// Whether it leads to a region, so that it matters which one is the nearest.
    pub(crate) fn names_region(&self) -> bool {
        self.to.contains(&Piece::Region)
    }

    /// The redirect, or why there is none.
    pub(crate) fn reply(&self, request: &Headers, outcome: &Outcome) -> Result<LocalReply, Stay> {
        if self
            .opt_out
            .as_ref()
            .is_some_and(|name| has_cookie(request, name.as_bytes()))
        {
            return Err(Stay::OptedOut);
        }
        let location = self.location(request, outcome).ok_or(Stay::NoTarget)?;
        let guarded = self.guard > Span::default();
        if self.is_reached(request, &location) {
            return Err(Stay::Reached);
        }
        if guarded && has_cookie(request, GUARD_COOKIE.as_bytes()) {
            return Err(Stay::Loop);
        }
        let safe = matches!(request.method(), b"GET" | b"HEAD");
        let status = self.status.unwrap_or(if safe { 302 } else { 307 });
        let cookie = guarded.then(|| {
            let age = self.guard.duration().as_secs().max(1).to_string();
            [
                GUARD_COOKIE,
                "=1; Max-Age=",
                &age,
                "; Path=/; HttpOnly; SameSite=Lax",
            ]
            .concat()
        });
        Ok(reply::redirect(status, location, cookie))
    }

    fn location(&self, request: &Headers, outcome: &Outcome) -> Option<String> {
        let mut location = String::new();
        for piece in &self.to {
            match piece {
                Piece::Text(text) => location.push_str(text),
                Piece::Country => location.push_str(&outcome.place.country?.code().to_ascii_lowercase()),
                Piece::Continent => {
                    location.push_str(&outcome.place.continent()?.code().to_ascii_lowercase())
                }
                Piece::Region => location.push_str(outcome.region_name()?),
                Piece::Host => location.push_str(host(request)?),
                Piece::Path => {
                    let path = request.path();
                    // `*` and the like, which a URL can't be made of.
                    path.strip_prefix(b"/")?;
                    location.extend(escaped(path));
                }
                Piece::Query => {
                    if let Some(query) = request.query() {
                        location.push('?');
                        location.extend(escaped(query));
                    }
                }
            }
        }
        Some(location)
    }

    /// Whether the request is where it would be sent, or below: `/de/x` for `/{country}{path}`.
    fn is_reached(&self, request: &Headers, location: &str) -> bool {
        let authority = request.authority();
        let target = match location.split_once("://") {
            Some((_, rest)) => {
                let slash = rest.find(['/', '?']).unwrap_or(rest.len());
                let (host, target) = rest.split_at_checked(slash).unwrap_or((rest, ""));
                if !same_host(host.as_bytes(), authority) {
                    return false;
                }
                target
            }
            None => location,
        };
        let path: String = escaped(request.path()).collect();
        let target_path = target.split('?').next().unwrap_or_default();
        // What stands before {path}, when it's there: a request below it has been sent already.
        let prefix = if self.to.contains(&Piece::Path) {
            target_path.strip_suffix(path.as_str())
        } else {
            None
        };
        target_path == path || prefix.is_some_and(|prefix| prefix.is_empty() || is_below(&path, prefix))
    }
}

/// Whether `path` is `prefix` or below it.
fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether two authorities are of one host; the usual ports count as none.
fn same_host(a: &[u8], b: &[u8]) -> bool {
    let bare = |authority: &'_ [u8]| {
        let stripped = authority
            .strip_suffix(b":443")
            .or_else(|| authority.strip_suffix(b":80"));
        stripped.unwrap_or(authority).to_ascii_lowercase()
    };
    bare(a) == bare(b)
}

/// The host that was asked for, if it can be part of a URL.
fn host(request: &Headers) -> Option<&str> {
    let host = std::str::from_utf8(request.authority()).ok()?;
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    (!host.is_empty() && host.bytes().all(valid)).then_some(host)
}

fn has_cookie(request: &Headers, name: &[u8]) -> bool {
    cookies::all(request.all("cookie"))
        .any(|cookie| cookie.name == name && !cookie.value.is_empty() && cookie.value != b"0")
}

/// What came from the client so that it can't leave the URL: everything but visible ASCII, and the backslash that
/// browsers take for a slash, percent-encoded.
fn escaped(text: &[u8]) -> impl Iterator<Item = char> {
    percent::encode(text, |byte| byte.is_ascii_graphic() && !b"\\<>\"".contains(&byte)).map(char::from)
}

fn parse(text: &str) -> Option<Vec<Piece>> {
    let absolute = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let local = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/{path}");
    let has_host = absolute.is_some_and(|rest| {
        !rest.starts_with(['/', '?']) && !rest.starts_with("{path}") && !rest.starts_with("{query}")
    });
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\\<>\"".contains(&byte));
    if text.is_empty() || !(has_host || local) || !plain {
        return None;
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        if before.contains('}') {
            return None;
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(match name {
            "country" => Piece::Country,
            "continent" => Piece::Continent,
            "region" => Piece::Region,
            "host" => Piece::Host,
            "path" => Piece::Path,
            "query" => Piece::Query,
            _ => return None,
        });
        rest = after;
    }
    if rest.contains('}') {
        return None;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Some(pieces)
}

/// Set with every redirect, so that a client that's sent in a circle over several hosts gets out of it.
const GUARD_COOKIE: &str = "geo-redirected";
