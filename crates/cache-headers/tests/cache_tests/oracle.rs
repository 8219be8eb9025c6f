//! A cache of one origin that stores, serves and validates as this library says.

use cache_headers::{Cache, Condition, Freshness};
use http_fields::{CacheControl, EntityTag, Vary};
use http_fields::{http_date, list};
use http_filter::Headers;
use serde_json::Value;
use std::time::Duration;

/// What the suite expects of the requests of a test that it expects something of, and what the library says. `None` where
/// it expects nothing that a cache decides.
pub(crate) fn play(test: &Value) -> Option<(String, String)> {
    let mut cache = Oracle {
        kind: match test {
            test if test["cdn_only"] == true => Cache::Targeted(&["cdn-cache-control"]),
            test if test["browser_only"] == true => Cache::Private,
            _ => Cache::Shared,
        },
        stored: Vec::new(),
    };
    let (mut now, mut expected, mut found) = (NOW, Vec::new(), Vec::new());
    for exchange in test["requests"].as_array().unwrap() {
        let request = request(exchange, now);
        let outcome = cache.ask(&request, now);
        let wanted = wanted(exchange);
        if let Some(wanted) = wanted {
            expected.push(wanted);
            // A question to the origin, with or without a condition, is what "not cached" means.
            let validates = outcome.ends_with("validated") && wanted == "not cached";
            found.push(if validates { wanted } else { outcome });
        }
        if outcome != "cached" && outcome != "304" {
            // The suite's origin confirms what it's asked by the validator that it expects.
            let confirmed = wanted.is_some_and(|wanted| wanted.ends_with("validated"));
            cache.keep(request, response(exchange, now), now, confirmed);
        }
        if exchange["pause_after"] == true {
            now += 3;
        }
    }
    (!expected.is_empty()).then(|| (expected.join(", "), found.join(", ")))
}

const NOW: i64 = 1_800_000_000;

fn wanted(exchange: &Value) -> Option<&'static str> {
    Some(match exchange["expected_type"].as_str()? {
        _ if exchange["expected_status"] == 304 => "304",
        "cached" => "cached",
        "not_cached" => "not cached",
        "etag_validated" => "etag validated",
        "lm_validated" => "lm validated",
        other => panic!("{other}"),
    })
}

struct Oracle {
    kind: Cache<'static>,
    stored: Vec<Stored>,
}

struct Stored {
    request: Headers,
    response: Headers,
    at: i64,
}

impl Oracle {
    /// How it answers, the newest response that is for the request first.
    fn ask(&self, request: &Headers, now: i64) -> &'static str {
        let Some(stored) = self.stored.iter().rev().find(|stored| stored.is_for(request)) else {
            return "not cached";
        };
        let etag = stored.response.single("etag").ok().flatten();
        let modified = stored.response.first("last-modified");
        let modified = modified.and_then(|date| http_date::parse(date, now));
        let met = Condition::of(request, || now).is_some_and(|condition| condition.is_met_by(etag, modified));
        let known = etag.and_then(EntityTag::parse).is_some();
        match (stored.serves(self.kind, now), known, modified) {
            // Stale or not: the client's own condition is judged by the same validators.
            _ if met => "304",
            (true, ..) => "cached",
            (false, true, _) => "etag validated",
            (false, false, Some(_)) => "lm validated",
            (false, false, None) => "not cached",
        }
    }

    fn keep(&mut self, request: Headers, response: Headers, now: i64, confirmed: bool) {
        if let Some(stored) = self
            .stored
            .iter_mut()
            .rev()
            .find(|stored| confirmed && stored.is_for(&request))
        {
            stored.at = now;
        } else if freshness(self.kind, &request, &response, now).storable {
            self.stored.push(Stored {
                request,
                response,
                at: now,
            });
        }
    }
}

impl Stored {
    /// Whether it answers this request, as to target, method and Vary (RFC 9111 §4, §4.1).
    fn is_for(&self, request: &Headers) -> bool {
        let vary = Vary::parse(self.response.all("vary"));
        let line = vary.to_bytes();
        let mut names =
            list::members(&line).map(|name| String::from_utf8(name.to_ascii_lowercase()).unwrap());
        request.method() == b"GET"
            && request.target() == self.request.target()
            && !vary.is_any()
            && names.all(|name| self.request.combined(&name) == request.combined(&name))
    }

    fn serves(&self, cache: Cache<'_>, now: i64) -> bool {
        let held = u32::try_from(now - self.at).unwrap();
        let stale_for = CacheControl::parse(self.response.all("cache-control"))
            .directives()
            .stale_while_revalidate;
        let freshness = freshness(cache, &self.request, &self.response, self.at);
        // While it asks the origin, a cache may serve what has just become stale (RFC 5861 §3).
        freshness.serves_after(held.saturating_sub(stale_for.unwrap_or(0)))
    }
}

fn freshness(cache: Cache<'_>, request: &Headers, response: &Headers, now: i64) -> Freshness {
    Freshness::of(request, response, cache, Duration::from_secs(now as u64))
}

fn request(exchange: &Value, now: i64) -> Headers {
    let method = exchange["request_method"].as_str().unwrap_or("GET");
    let target = ["/?", exchange["query_arg"].as_str().unwrap_or_default()].concat();
    let pseudo = [(":method", method), (":path", &target)];
    fields(&pseudo, &exchange["request_headers"], now)
}

fn response(exchange: &Value, now: i64) -> Headers {
    let status = exchange["response_status"][0].as_u64().unwrap_or(200).to_string();
    fields(&[(":status", &status)], &exchange["response_headers"], now)
}

/// Header fields as the suite writes them: numbers are seconds from now in dates, numbers elsewhere.
fn fields(pseudo: &[(&str, &str)], list: &Value, now: i64) -> Headers {
    let written = list.as_array().into_iter().flatten().map(|field| {
        let name = field[0].as_str().unwrap().to_ascii_lowercase();
        let dated = ["date", "expires", "last-modified", "if-modified-since"].contains(&name.as_str());
        let value = match &field[1] {
            Value::Number(offset) if dated => http_date::format(now + offset.as_i64().unwrap()),
            Value::String(text) => text.as_bytes().to_vec(),
            other => other.to_string().into_bytes(),
        };
        (name, value)
    });
    let pseudo = pseudo
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
    pseudo.chain(written).collect()
}
