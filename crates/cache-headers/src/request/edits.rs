//! What requests lose on their way to caches and origin, so that fewer of them differ.

use crate::{
    document::request_rule::{QueryDocument, RequestRuleDocument},
    request::languages::best_language,
};
use http_fields::{CacheControl, cookies};
use http_filter::{HeaderMutation, Headers};

impl RequestRuleDocument {
    /// The edits to `request`.
    pub(crate) fn edits(&self, request: &Headers) -> HeaderMutation {
        let mut edits = HeaderMutation::default();
        if self.ignore_cache_control {
            edits = self.without_demands(request, edits);
        }
        if self.edits_query()
            && let Some(target) = self.query.normalised(request.target())
        {
            edits = edits.set(":path", target);
        }
        if self.edits_cookies() && request.contains("cookie") {
            edits = match self.kept_cookies(request) {
                kept if kept.is_empty() => edits.remove("cookie"),
                kept => edits.set("cookie", kept),
            };
        }
        if let Some(first) = self.languages.first() {
            let accepted = request.combined("accept-language").unwrap_or_default();
            let best = best_language(&self.languages, &accepted).unwrap_or(first);
            edits = edits.set("accept-language", best.to_owned());
        }
        edits
    }

    pub(crate) fn edits_query(&self) -> bool {
        self.query.sort || !self.query.keep.is_empty() || !self.query.drop.is_empty()
    }

    pub(crate) fn edits_cookies(&self) -> bool {
        !self.cookies.keep.is_empty() || !self.cookies.drop.is_empty()
    }

    fn without_demands(&self, request: &Headers, edits: HeaderMutation) -> HeaderMutation {
        let mut field = CacheControl::parse(request.all("cache-control"));
        let before = field.members().len();
        field.retain(|member| !DEMANDS.iter().any(|demand| member.is(demand)));
        let edits = match (before, field.members().len()) {
            (before, after) if before == after => edits,
            (_, 0) => edits.remove("cache-control"),
            _ => edits.set("cache-control", field.to_bytes()),
        };
        if request.contains("pragma") {
            edits.remove("pragma")
        } else {
            edits
        }
    }

    fn kept_cookies(&self, request: &Headers) -> Vec<u8> {
        let mut line = Vec::new();
        for cookie in cookies::all(request.all("cookie")) {
            if stays(cookie.name, &self.cookies.keep, &self.cookies.drop) {
                if !line.is_empty() {
                    line.extend_from_slice(b"; ");
                }
                line.extend_from_slice(cookie.name);
                line.push(b'=');
                line.extend_from_slice(cookie.value);
            }
        }
        line
    }
}

/// What a client demands of caches that costs the origin (RFC 9111 §5.2.1).
const DEMANDS: [&str; 4] = ["no-cache", "no-store", "max-age", "min-fresh"];

impl QueryDocument {
    /// The request target with the parameters that stay; `None` where nothing changes, or there are too many to sort.
    fn normalised(&self, target: &[u8]) -> Option<Vec<u8>> {
        let question = target.iter().position(|byte| *byte == b'?')?;
        let (path, query) = target.split_at_checked(question)?;
        let query = query.get(1..)?;
        let name = |pair: &[u8]| -> Vec<u8> {
            let raw = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
            http_fields::query::decode(raw).into_owned()
        };
        let mut pairs: Vec<(Vec<u8>, &[u8])> = Vec::new();
        for pair in query.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let name = name(pair);
            if !stays(&name, &self.keep, &self.drop) {
                continue;
            }
            if pairs.len() >= MAX_PAIRS {
                return None;
            }
            // Behind those of its own name: their order has a meaning.
            let place = if self.sort {
                pairs.partition_point(|(known, _)| *known <= name)
            } else {
                pairs.len()
            };
            pairs.insert(place, (name, pair));
        }
        let mut normalised = path.to_vec();
        for (index, (_, pair)) in pairs.iter().enumerate() {
            normalised.push(if index == 0 { b'?' } else { b'&' });
            normalised.extend_from_slice(pair);
        }
        (normalised != target).then_some(normalised)
    }
}

/// A client decides how many parameters there are to sort.
const MAX_PAIRS: usize = 512;

/// Whether a name stays: it's in `keep`, or `keep` is empty and it's not in `drop`.
fn stays(name: &[u8], keep: &[String], drop: &[String]) -> bool {
    let among = |patterns: &[String]| patterns.iter().any(|pattern| is_named(pattern, name));
    if keep.is_empty() {
        !among(drop)
    } else {
        among(keep)
    }
}

/// Whether a name is the pattern's, which may end in `*`.
pub(crate) fn is_named(pattern: &str, name: &[u8]) -> bool {
    match pattern.as_bytes() {
        [prefix @ .., b'*'] => name.starts_with(prefix),
        whole => name == whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries() {
        let query = |sort, keep: &[&str], drop: &[&str]| QueryDocument {
            sort,
            keep: keep.iter().map(ToString::to_string).collect(),
            drop: drop.iter().map(ToString::to_string).collect(),
        };
        for (name, query, target, expected) in [
            (
                "sorted",
                query(true, &[], &[]),
                "/p?b=1&a=2&b=0",
                Some("/p?a=2&b=1&b=0"),
            ),
            (
                "sorted by decoded name",
                query(true, &[], &[]),
                "/p?b&%61=2",
                Some("/p?%61=2&b"),
            ),
            (
                "dropped",
                query(false, &[], &["utm_*", "fbclid"]),
                "/p?utm_x=1&id=3&fbclid=9",
                Some("/p?id=3"),
            ),
            ("kept", query(false, &["id"], &[]), "/p?x=1&id=3", Some("/p?id=3")),
            ("nothing left", query(false, &["id"], &[]), "/p?x=1", Some("/p")),
            ("nothing to do", query(true, &[], &["x"]), "/p?a=1&b=2", None),
            ("no query", query(true, &[], &[]), "/p", None),
            ("empty pairs go", query(true, &[], &[]), "/p?&a&&", Some("/p?a")),
        ] {
            let normalised = query.normalised(target.as_bytes());
            assert_eq!(normalised.as_deref(), expected.map(str::as_bytes), "{name}");
        }
    }
}
