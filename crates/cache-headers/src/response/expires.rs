use crate::{
    config::rule::Rule,
    response::{freshness, origin::Origin},
};
use http_fields::http_date;
use http_filter::HeaderMutation;

/// Keeps Expires from saying another thing than Cache-Control, whose lifetime is now `max_age` seconds.
pub(crate) fn follow(
    rule: &Rule,
    origin: &Origin<'_>,
    max_age: Option<u32>,
    mut edits: HeaderMutation,
) -> HeaderMutation {
    let present = origin.response.contains("expires");
    let reset = rule.reset_age && max_age.is_some() && origin.response.contains("age");
    if reset {
        edits = edits.remove("age").set("date", http_date::format(origin.now()));
    }
    match max_age.filter(|_| rule.expires.unwrap_or(present)) {
        Some(seconds) => {
            let now = origin.now();
            let date = if reset {
                now
            } else {
                freshness::date(origin.response, now)
            };
            edits.set(
                "expires",
                http_date::format(date.saturating_add(i64::from(seconds))),
            )
        }
        None if present => edits.remove("expires"),
        None => edits,
    }
}
