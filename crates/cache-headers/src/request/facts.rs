use crate::{
    CacheHeaders, Condition,
    config::deception,
    document::{Evaluate, PersonalDocument},
    request::edits::is_named,
};
use http_fields::{AsciiSet, cookies, percent};
use http_filter::{Headers, Host, Reading};

/// What the response's handling needs to know of the request, which is gone by then.
pub(crate) struct RequestFacts {
    /// The rules whose conditions on the request hold, in order.
    pub(crate) candidates: Vec<Candidate>,
    /// Whether other readings of the path lead to other rules.
    pub(crate) is_ambiguous: bool,
    /// Whether the method is GET or HEAD.
    pub(crate) is_safe: bool,
    pub(crate) is_get: bool,
    pub(crate) is_authorized: bool,
    pub(crate) personal: Personal,
    pub(crate) is_graphql: bool,
    /// The extensions of the path in every reading of it.
    pub(crate) extensions: Vec<Vec<u8>>,
    /// Whether everybody takes what the path ends with for a file's extension: it has one reading, in which no line ends. Told where the
    /// request is a session's.
    pub(crate) ends_alike: bool,
    pub(crate) condition: Option<Condition>,
    /// Whether the decision is to be explained.
    pub(crate) explain: bool,
}

/// A rule that may be for the exchange, and what the request gives to its tags.
#[derive(PartialEq)]
pub(crate) struct Candidate {
    pub(crate) rule: usize,
    pub(crate) tag_values: Vec<Vec<Option<Vec<u8>>>>,
}

/// Whether a request is somebody's own, by what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Personal {
    No,
    /// By a cookie with a name that sessions usually have. Browsers send it along for styles and images too.
    BySession,
    /// By what the configuration names.
    Configured,
}

impl RequestFacts {
    /// Those of `request`, whose method this is.
    pub(crate) fn of(request: &Headers, method: &[u8], config: &CacheHeaders, host: &dyn Host) -> Self {
        let (mut extensions, mut is_graphql) = (Vec::new(), false);
        let readings = request.readings(config.concerns);
        let chosen = readings.choices(&mut |reading| {
            deception::add_extensions(config.armor.as_ref(), reading.path, &mut extensions);
            is_graphql |= leads_to_graphql(reading.path);
            candidates(reading, request, config)
        });
        let is_ambiguous = !chosen.complete || !chosen.others.is_empty();
        let personal = personal(request, &config.personal);
        let ends_alike = || {
            let path = percent::decode(request.path());
            readings.has_one_path() && !path.iter().any(u8::is_ascii_control)
        };
        Self {
            candidates: with_tag_values(chosen.first, request, config),
            is_ambiguous,
            is_safe: matches!(method, b"GET" | b"HEAD"),
            is_get: method == b"GET",
            is_authorized: request.contains("authorization"),
            personal,
            is_graphql,
            extensions,
            ends_alike: personal == Personal::BySession && ends_alike(),
            condition: Condition::of(request, || {
                i64::try_from(host.now().as_secs()).unwrap_or(i64::MAX)
            }),
            explain: config
                .debug
                .as_ref()
                .is_some_and(|(_, when)| when.matches(request)),
        }
    }
}

/// The candidates, each with what the request gives to its tags.
fn with_tag_values(
    mut candidates: Vec<Candidate>,
    request: &Headers,
    config: &CacheHeaders,
) -> Vec<Candidate> {
    for candidate in &mut candidates {
        let rule = config.rules.get(candidate.rule);
        let tags = rule.map_or(&[][..], |rule| &rule.tags);
        candidate.tag_values = tags.iter().map(|tag| tag.request_values(request)).collect();
    }
    candidates
}

/// The rules whose conditions on the request hold in one reading of it.
fn candidates(reading: Reading<'_>, request: &Headers, config: &CacheHeaders) -> Vec<Candidate> {
    let mut candidates = Vec::with_capacity(config.rules.len().min(4));
    for (index, rule) in config.rules.iter().enumerate() {
        if rule.request.matches_as(reading, request) {
            candidates.push(Candidate {
                rule: index,
                tag_values: Vec::new(),
            });
            if rule.is_for_any_response() && config.evaluate == Evaluate::First {
                break;
            }
        }
    }
    candidates
}

fn personal(request: &Headers, configured: &PersonalDocument) -> Personal {
    let mut found = Personal::No;
    if configured.headers.iter().any(|name| request.contains(name)) {
        return Personal::Configured;
    }
    // Whoever makes one line of two puts a comma between.
    let lines = request
        .all("cookie")
        .flat_map(|line| line.split(|byte| *byte == b','));
    for cookie in cookies::all(lines) {
        match &configured.cookies {
            Some(names) if names.iter().any(|name| is_named(name, cookie.name)) => {
                return Personal::Configured;
            }
            None if is_of_session(cookie.name) => {
                found = Personal::BySession;
            }
            _ => {}
        }
    }
    found
}

/// Whether a session's cookie usually has this name.
fn is_of_session(name: &[u8]) -> bool {
    // Most begin with another letter: that is told without a call.
    let first = name.first();
    let begins_so = |known: &&&str| known.as_bytes().first() == first;
    let mut known = SESSION_COOKIES.iter().filter(begins_so);
    first.is_some_and(|first| BEGINNINGS.has(*first)) && known.any(|known| is_named(known, name))
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

const BEGINNINGS: AsciiSet = AsciiSet::of_beginnings(&SESSION_COOKIES);

/// The names that frameworks, identity providers and proxies give to sessions' cookies.
pub(crate) const SESSION_COOKIES: [&str; 47] = [
    "session*",
    "sid",
    "_session*",
    "__session*",
    "__Host-*",
    "__Secure-*",
    "PHPSESSID",
    "JSESSIONID*",
    "ASP.NET_SessionId",
    "ASPSESSIONID*",
    ".ASPX*",
    ".AspNet*",
    "FedAuth*",
    "connect.sid",
    "express.sid",
    "express:sess*",
    "koa.sess*",
    "rack.session",
    "PLAY_SESSION",
    "appSession*",
    "MoodleSession*",
    "fe_typo_user",
    "OCSESSID",
    "REMEMBERME",
    "wordpress_logged_in_*",
    "wordpress_sec_*",
    "SESS*",
    "SSESS*",
    "CAKEPHP",
    "remember_*",
    "_oauth2_proxy*",
    "_forward_auth*",
    "_shibsession_*",
    "next-auth.session-token*",
    "authjs.session-token*",
    "KEYCLOAK_*",
    "AUTH_SESSION_ID*",
    "AWSELBAuthSessionCookie*",
    "CF_Authorization",
    "BearerToken*",
    "OauthHMAC*",
    "IdToken*",
    "RefreshToken*",
    "access_token",
    "id_token",
    "auth_token",
    "jwt",
];

/// What names of such cookies end with: Rails, Laravel and Supabase put the application's name in front.
const ENDINGS: [&[u8]; 3] = [b"_session", b"_session_id", b"-auth-token"];

/// GraphQL by GET; by POST it is guarded as every POST.
fn leads_to_graphql(path: &[u8]) -> bool {
    let mut segments = path
        .strip_suffix(b"/")
        .unwrap_or(path)
        .rsplit(|byte| *byte == b'/');
    segments
        .next()
        .is_some_and(|last| last.eq_ignore_ascii_case(b"graphql"))
}
