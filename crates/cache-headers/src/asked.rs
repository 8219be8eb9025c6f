use crate::{
    CacheHeaders, Condition,
    answer::{Answer, Pending},
    deception,
    request_rule::is_named,
};
use http_fields::cookies;
use http_filter::{Changes, Decision, Filter, Headers, Held, Host, ResponsePlan};
use std::rc::Rc;

/// The handler of one exchange.
pub struct CacheFilter {
    config: Rc<CacheHeaders>,
    asked: Option<Asked>,
    pending: Option<Pending>,
}

/// What the response's handling needs to know of the request, which is gone by then.
pub(crate) struct Asked {
    /// The rules whose conditions on the request hold, in order.
    pub(crate) candidates: Vec<Candidate>,
    /// Whether the method is GET or HEAD.
    pub(crate) is_safe: bool,
    pub(crate) is_get: bool,
    pub(crate) is_authorized: bool,
    pub(crate) is_personal: bool,
    pub(crate) is_graphql: bool,
    /// The extension of the path, where the armor is on.
    pub(crate) extension: Option<Vec<u8>>,
    pub(crate) condition: Option<Condition>,
    /// Whether the decision is to be explained.
    pub(crate) explain: bool,
}

/// A rule that may be for the exchange, and what the request gives to its tags.
pub(crate) struct Candidate {
    pub(crate) rule: usize,
    pub(crate) tag_values: Vec<Vec<Option<Vec<u8>>>>,
}

impl CacheFilter {
    pub(crate) fn new(config: Rc<CacheHeaders>) -> Self {
        Self {
            config,
            asked: None,
            pending: None,
        }
    }
}

impl Filter for CacheFilter {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        if is_exempt(request) {
            return Decision::default();
        }
        self.asked = Some(Asked::of(request, &self.config, host));
        let is_safe = matches!(request.method(), b"GET" | b"HEAD");
        let rule = self
            .config
            .requests
            .iter()
            .find(|rule| rule.matching.matches(request));
        match rule.filter(|_| is_safe) {
            Some(rule) => Changes::default().headers(rule.edits(request)).into(),
            None => Decision::default(),
        }
    }

    fn on_response_headers(&mut self, response: &Headers, host: &dyn Host) -> ResponsePlan {
        let Some(asked) = self.asked.take() else {
            return ResponsePlan::default();
        };
        let (plan, pending) =
            Answer::new(&self.config, &asked, response, host).plan(asked.condition.as_ref());
        self.pending = pending;
        plan
    }

    fn on_response_held(&mut self, held: Held<'_>, host: &dyn Host) -> ResponsePlan {
        self.pending
            .take()
            .map_or_else(ResponsePlan::default, |pending| pending.finish(held.body(), host))
    }
}

impl Asked {
    fn of(request: &Headers, config: &CacheHeaders, host: &dyn Host) -> Self {
        Self {
            candidates: candidates(request, config),
            is_safe: matches!(request.method(), b"GET" | b"HEAD"),
            is_get: request.method() == b"GET",
            is_authorized: request.contains("authorization"),
            is_personal: is_personal(request, config),
            is_graphql: is_graphql(request),
            extension: config
                .armor
                .as_ref()
                .and_then(|_| deception::extension(request.path())),
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

/// What is no exchange of representations: tunnels, upgrades, gRPC in any of its forms.
fn is_exempt(request: &Headers) -> bool {
    request.method() == b"CONNECT"
        || request.contains("upgrade")
        || request
            .first("content-type")
            .is_some_and(|value| value.starts_with(b"application/grpc"))
}

fn candidates(request: &Headers, config: &CacheHeaders) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (index, rule) in config.rules.iter().enumerate() {
        if rule.request.matches(request) {
            candidates.push(Candidate {
                rule: index,
                tag_values: rule.tags.iter().map(|tag| tag.request_values(request)).collect(),
            });
            if rule.is_for_any_response() && config.evaluate == crate::document::Evaluate::First {
                break;
            }
        }
    }
    candidates
}

fn is_personal(request: &Headers, config: &CacheHeaders) -> bool {
    let named = |name: &[u8]| {
        config
            .personal_cookies
            .iter()
            .any(|pattern| is_named(pattern, name))
    };
    config.personal_headers.iter().any(|name| request.contains(name))
        || (!config.personal_cookies.is_empty()
            && cookies::all(request.all("cookie")).any(|cookie| named(cookie.name)))
}

fn is_graphql(request: &Headers) -> bool {
    let path = request.path();
    let path = path.strip_suffix(b"/").unwrap_or(path);
    path.ends_with(b"/graphql")
        || request
            .first("content-type")
            .is_some_and(|value| value.starts_with(b"application/graphql"))
}
