use crate::expect::{Expect, Seen};
use http_filter::Headers;
use serde_json::Value;
use std::collections::BTreeMap;

/// What came of an exchange, wherever it was replayed.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The request as it got to the upstream; `None` when it did not.
    pub upstream: Option<Headers>,
    /// The response as it got to the client.
    pub client: Headers,
    /// The response's body as it got to the client.
    pub body: Vec<u8>,
    /// By how much counters grew, by name without the filter's prefix.
    pub counters: BTreeMap<String, u64>,
    /// Published properties.
    pub properties: BTreeMap<String, Vec<u8>>,
    /// Whether the route was chosen anew; `None` where it can't be seen.
    pub reroute: Option<bool>,
    /// Calls per cluster; `None` where they can't be seen.
    pub calls: Option<BTreeMap<String, u64>>,
}

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What: `client status`, `upstream x-user`, `counter refused`.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What was observed.
    pub observed: String,
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: expected {}, observed {}",
            self.what, self.expected, self.observed
        )
    }
}

/// Everything in which `observed` is not as expected, a line each.
pub fn differences(expect: &Expect, observed: &Observed) -> Vec<String> {
    mismatches(expect, observed)
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// Everything in which `observed` is not as expected.
pub fn mismatches(expect: &Expect, observed: &Observed) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let mut differ = |what: &str, expected: &Value, observed: String| {
        found.push(Mismatch {
            what: what.to_owned(),
            expected: written(expected),
            observed,
        });
    };
    let reached = observed.upstream.is_some();
    if let Some(expected) = expect.reached.or(expect.upstream.as_ref().map(|_| true))
        && expected != reached
    {
        differ(
            "reached",
            &expected.into(),
            format!("{reached}, and the client got {}", answer(observed)),
        );
    }
    if let (Some(expected), Some(request)) = (&expect.upstream, &observed.upstream) {
        if let Some(path) = &expected.path
            && path.as_bytes() != request.target()
        {
            differ(
                "upstream path",
                &path.as_str().into(),
                written(&lossy(request.target()).into()),
            );
        }
        headers("upstream", &expected.headers, request, &mut differ);
    }
    if let Some(expected) = &expect.client {
        if expected.status.is_some() && expected.status != observed.client.status() {
            differ("client status", &expected.status.into(), answer(observed));
        }
        headers("client", &expected.headers, &observed.client, &mut differ);
        body(expected, &observed.body, &mut differ);
    }
    for (name, expected) in &expect.counters {
        let counted = observed.counters.get(name).copied().unwrap_or_default();
        if counted != *expected {
            differ(
                &format!("counter {name}"),
                &(*expected).into(),
                match observed.counters.is_empty() {
                    true => format!("{counted}; nothing was counted"),
                    false => format!("{counted}; counted were {}", counters(&observed.counters)),
                },
            );
        }
    }
    for (name, expected) in &expect.properties {
        let value = observed.properties.get(name);
        let same = match value {
            Some(bytes) => {
                serde_json::from_slice::<Value>(bytes).unwrap_or_else(|_| Value::String(lossy(bytes)))
                    == *expected
            }
            None => expected.is_null(),
        };
        if !same {
            differ(
                &format!("property {name}"),
                expected,
                value.map_or_else(|| "nothing".to_owned(), |bytes| lossy(bytes)),
            );
        }
    }
    if let (Some(expected), Some(reroute)) = (expect.reroute, observed.reroute)
        && expected != reroute
    {
        differ("reroute", &expected.into(), reroute.to_string());
    }
    if let Some(calls) = &observed.calls {
        for (cluster, expected) in &expect.calls {
            let made = calls.get(cluster).copied().unwrap_or_default();
            if made != *expected {
                differ(
                    &format!("calls of {cluster}"),
                    &(*expected).into(),
                    made.to_string(),
                );
            }
        }
    }
    found
}

/// What the client got, in short.
fn answer(observed: &Observed) -> String {
    let status = observed.client.status().unwrap_or_default();
    match observed.body.as_slice() {
        [] => status.to_string(),
        body => format!("{status} with {:?}", lossy(body)),
    }
}

/// A value as people write it in a file of cases.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        // What YAML would read as something else, and what wouldn't be seen, stands in quotes.
        Value::String(text) => {
            let is_plain = !text.is_empty()
                && text.trim() == text
                && !text.contains(['\n', '\r', '\t'])
                && text.parse::<f64>().is_err()
                && !matches!(text.as_str(), "true" | "false" | "null" | "~" | "nothing");
            if is_plain { text.clone() } else { value.to_string() }
        }
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, member)| format!("{name}: {}", written(member)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        other => other.to_string(),
    }
}

fn counters(counters: &BTreeMap<String, u64>) -> String {
    let counters: Vec<_> = counters.iter().map(|(name, by)| format!("{name} {by}")).collect();
    counters.join(", ")
}

type Differ<'a> = dyn FnMut(&str, &Value, String) + 'a;

fn headers(side: &str, expected: &BTreeMap<String, Value>, seen: &Headers, differ: &mut Differ<'_>) {
    for (name, expected) in expected {
        let lines: Vec<String> = seen.all(name).map(lossy).collect();
        let joined = (!lines.is_empty()).then(|| lines.join(", "));
        let same = match expected {
            Value::Null => lines.is_empty(),
            // Envoy joins the lines of a list-based field with a bare comma, and may do so before a filter sees them.
            Value::Array(expected) => {
                let expected: Vec<&str> = expected.iter().filter_map(Value::as_str).collect();
                expected == lines || joined.as_deref().map(bare) == Some(bare(&expected.join(",")))
            }
            Value::Object(members) => members
                .get("matches")
                .and_then(Value::as_str)
                .is_some_and(|pattern| joined.as_deref().is_some_and(|value| glob(pattern, value))),
            Value::String(text) => joined.as_deref().map(bare) == Some(bare(text)),
            other => joined == Some(other.to_string()),
        };
        if !same {
            differ(&format!("{side} {name}"), expected, written(&joined.into()));
        }
    }
}

fn body(expected: &Seen, body: &[u8], differ: &mut Differ<'_>) {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let kind = json
        .as_ref()
        .and_then(|json| json.get("type"))
        .and_then(Value::as_str);
    if let Some(problem) = &expected.problem
        && kind.and_then(|kind| kind.rsplit([':', '#']).next()) != Some(problem)
    {
        differ("problem", &problem.as_str().into(), lossy(body));
    }
    if let Some(text) = &expected.body
        && text.0 != body
    {
        differ("body", &lossy(&text.0).into(), written(&lossy(body).into()));
    }
    if let Some(members) = &expected.json {
        let same = match (members, &json) {
            (Value::Object(expected), Some(Value::Object(found))) => expected
                .iter()
                .all(|(name, value)| found.get(name) == Some(value)),
            (expected, found) => Some(expected) == found.as_ref(),
        };
        if !same {
            differ("json", members, lossy(body));
        }
    }
}

/// A field value without the white space that may follow a comma.
fn bare(value: &str) -> String {
    value
        .split(',')
        .map(str::trim_start)
        .collect::<Vec<_>>()
        .join(",")
}

/// Whether `text` is as `pattern`, in which every `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c", false),
            ("*", "", true),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} ~ {text}");
        }
    }
}
