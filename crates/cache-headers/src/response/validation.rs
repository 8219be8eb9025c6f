use crate::{
    Condition,
    counter::Counter,
    document::rule::{Digest, ETag},
    explanation::Explanation,
    response::{
        conditional::not_modified,
        exchange::{Exchange, Rules},
        freshness::date_field,
        guards::is_endless,
        validators,
    },
};
use http_filter::{BodyPlan, HeaderMutation, Headers, Host, ResponsePlan, property};

/// What is left to do when the body is there.
pub(crate) struct Pending {
    /// The response as edited so far.
    response: Headers,
    condition: Option<Condition>,
    strong_etag: bool,
    digests: Vec<Digest>,
    limit: usize,
    now: i64,
}

/// What is wanted of the body.
#[derive(Default)]
pub(crate) struct Wanted {
    strong_etag: bool,
    digests: Vec<Digest>,
    limit: usize,
}

/// Adds what validators headers alone can give; says what the body must give.
pub(crate) fn validators(
    exchange: &Exchange<'_>,
    rules: &Rules<'_>,
    mut edits: HeaderMutation,
    explanation: &mut Explanation,
) -> (HeaderMutation, Wanted) {
    let response = exchange.origin.response;
    let complete =
        exchange.origin.status == 200 && exchange.request.is_safe && !response.contains("content-range");
    let mut wanted = Wanted::default();
    if !complete || is_endless(&exchange.media_type) {
        return (edits, wanted);
    }
    let has_body = exchange.request.is_get && !response.end_of_stream();
    let etag = rules
        .iter()
        .find_map(|(rule, _)| rule.etag.map(|etag| (etag, rule)));
    match etag.filter(|_| !response.contains("etag")) {
        Some((ETag::Weak, _)) => {
            if let Some(tag) = validators::weak_etag(response, exchange.origin.now()) {
                Counter::EtagAdded.count(exchange.host);
                explanation.add("etag", "weak");
                edits = edits.set("etag", tag);
            }
        }
        Some((ETag::Strong, rule)) if has_body => {
            wanted.strong_etag = true;
            wanted.limit = rule.body_limit;
        }
        Some((ETag::Strong, _)) | None => {}
    }
    if let Some((rule, _)) = rules.iter().find(|(rule, _)| !rule.digests.is_empty())
        && has_body
    {
        let coded = response.contains("content-encoding");
        let digests = rule.digests.iter().copied();
        wanted.digests = digests
            .filter(|digest| !coded || *digest != Digest::Unencoded)
            .collect();
        if !wanted.digests.is_empty() {
            wanted.limit = wanted.limit.max(rule.body_limit);
        }
    }
    if wanted.limit > 0 && is_longer(response, wanted.limit) {
        Counter::BodyTooLarge.count(exchange.host);
        return (edits, Wanted::default());
    }
    (edits, wanted)
}

/// Ends the handling, or has the body held for the rest of it.
pub(crate) fn settle(
    exchange: &Exchange<'_>,
    rules: &Rules<'_>,
    condition: Option<&Condition>,
    edits: HeaderMutation,
    wanted: Wanted,
) -> (ResponsePlan, Option<Pending>) {
    let answers = rules
        .iter()
        .find_map(|(rule, _)| rule.conditional)
        .unwrap_or(!rules.is_empty());
    let condition = condition.filter(|_| answers && exchange.origin.status == 200);
    if condition.is_none() && wanted.limit == 0 {
        return (ResponsePlan::headers(edits), None);
    }
    let pending = Pending {
        response: exchange.origin.response.mutated(&edits),
        condition: condition.cloned(),
        strong_etag: wanted.strong_etag,
        digests: wanted.digests,
        limit: wanted.limit,
        now: exchange.origin.now(),
    };
    if !pending.strong_etag && pending.is_met(&pending.response) {
        return (
            pending.not_modified(edits, &pending.response, exchange.host),
            None,
        );
    }
    if pending.limit == 0 {
        return (ResponsePlan::headers(edits), None);
    }
    let plan = ResponsePlan {
        headers: edits,
        body: BodyPlan::Hold { limit: pending.limit },
    };
    (plan, Some(pending))
}

impl Pending {
    /// Ends the handling with the body, or without it.
    pub(crate) fn finish(self, body: Option<&[u8]>, host: &dyn Host) -> ResponsePlan {
        let mut edits = HeaderMutation::default();
        match body {
            Some(body) => edits = self.hashed(body, host),
            None => Counter::BodyNotHeld.count(host),
        }
        let response = self.response.mutated(&edits);
        if self.is_met(&response) {
            return self.not_modified(edits, &response, host);
        }
        ResponsePlan::headers(edits)
    }

    fn hashed(&self, body: &[u8], host: &dyn Host) -> HeaderMutation {
        let hash = validators::sha256(body);
        let mut edits = HeaderMutation::default();
        if self.strong_etag {
            Counter::EtagAdded.count(host);
            edits = edits.set("etag", validators::strong_etag(&hash));
        }
        for digest in &self.digests {
            let (field, value) = (digest.field(), validators::digest(&hash));
            let before = self.response.combined(field);
            if before.as_deref() != Some(value.as_slice()) {
                let counter = match before {
                    Some(_) => Counter::DigestRepaired,
                    None => Counter::DigestAdded,
                };
                counter.count(host);
                edits = edits.set(field, value);
            }
        }
        edits
    }

    fn is_met(&self, response: &Headers) -> bool {
        self.condition.as_ref().is_some_and(|condition| {
            let etag = response.single("etag").ok().flatten();
            condition.is_met_by(etag, date_field(response, "last-modified", self.now))
        })
    }

    fn not_modified(&self, edits: HeaderMutation, response: &Headers, host: &dyn Host) -> ResponsePlan {
        Counter::NotModified.count(host);
        ResponsePlan {
            headers: edits.then(not_modified(response, property::is_from_connection(host))),
            body: BodyPlan::Discard,
        }
    }
}

/// Whether the response says that it's longer than `limit`.
fn is_longer(response: &Headers, limit: usize) -> bool {
    response
        .content_length()
        .is_some_and(|length| length > limit as u64)
}
