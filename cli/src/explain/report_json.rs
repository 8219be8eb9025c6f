use super::{Explanation, Redaction};
use http_filter::Headers;
use http_filter_replay::{Ruling, Visit};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, explanation: &Explanation, redaction: Redaction) -> io::Result<()> {
    let journey = &explanation.journey;
    let visits =
        |visits: &[Visit]| -> Vec<Value> { visits.iter().map(|visit| of_visit(visit, redaction)).collect() };
    let observed = &journey.observed;
    let document = json!({
        "request": fields(&explanation.request.to_headers(), redaction),
        "request_body_bytes": explanation.request.body.as_ref().map(|body| body.0.len()),
        "clusters_not_given": explanation.not_given.iter().map(|(cluster, _)| cluster).collect::<Vec<_>>(),
        "request_filters": visits(&journey.request),
        "upstream": observed.upstream.as_ref().map(|headers| fields(headers, redaction)),
        "response": fields(&explanation.response.to_headers(), redaction),
        "response_filters": visits(&journey.response),
        "client": fields(&observed.client, redaction),
        "body": String::from_utf8_lossy(&observed.body),
        "reroute": observed.reroute,
    });
    writeln!(out, "{document:#}")
}

fn of_visit(visit: &Visit, redaction: Redaction) -> Value {
    let (decision, status, details) = match &visit.ruling {
        Ruling::Continue { .. } => ("continue", None, None),
        Ruling::Reply { status, details } => ("reply", Some(status), Some(details)),
        Ruling::Respond { .. } => ("respond", None, None),
    };
    let reasons: Vec<Value> = visit
        .reasons
        .iter()
        .map(|reason| json!({"topic": reason.topic, "reason": reason.text}))
        .collect();
    let properties = visit.properties.iter().map(|(name, value)| {
        let value =
            serde_json::from_slice(value).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(value)));
        (name.clone(), value)
    });
    json!({
        "filter": visit.filter,
        "decision": decision,
        "status": status,
        "details": details,
        "reroute": visit.ruling == Ruling::Continue { reroute: true },
        "body_changed": visit.ruling == Ruling::Respond { body_changed: true },
        "reasons": reasons,
        "counters": visit.counters,
        "properties": properties.collect::<serde_json::Map<_, _>>(),
        "calls": visit.calls,
        "before": fields(&visit.before, redaction),
        "after": fields(&visit.after, redaction),
    })
}

/// Header lines in order: a name may come more than once.
fn fields(headers: &Headers, redaction: Redaction) -> Vec<Value> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = match name {
                ":path" => redaction.target(&String::from_utf8_lossy(value)),
                name => redaction.value(name, value),
            };
            json!([name, value])
        })
        .collect()
}
