use crate::{HeaderMutation, Headers};
use http_fields::{CacheControl, Closure, outranks_cache_control};

/// Closes a response to caches: the one way in which filters keep one user's response from another. Cache-Control says so
/// in words that every cache reads, and no field stays that some cache heeds in its place
/// ([`outranks_cache_control`]), but one that says `no-store` and nothing else. What restricts further stays; a response that is closed already is left as it is.
///
/// ```
/// use http_filter::{Headers, close};
/// use http_fields::Closure;
/// let response: Headers = [("cache-control", "public, max-age=60"), ("x-accel-expires", "3600")].into_iter().collect();
/// let closed = response.mutated(&close(&response, Closure::Private));
/// assert_eq!(closed.first("cache-control"), Some(&b"private, max-age=60"[..]));
/// assert!(!closed.contains("x-accel-expires"));
/// ```
pub fn close(response: &Headers, closure: Closure) -> HeaderMutation {
    let mut edits = HeaderMutation::default();
    let forgets_expires = closure == Closure::NoStore;
    let opens = move |name: &str| outranks_cache_control(name) || forgets_expires && name == "expires";
    for (name, value) in response.named(&opens) {
        let closes = name.ends_with("-control") && value == b"no-store";
        if !closes {
            edits = edits.remove(name.to_owned());
        }
    }
    let lines = response.all("cache-control");
    let mut others = lines.clone();
    match (others.next(), others.next()) {
        (None, _) => edits.set("cache-control", closure.word()),
        (Some(line), None) if closure.is_said_by(line) => edits,
        _ => match CacheControl::parse(lines).closed(closure) {
            Some(line) => edits.set("cache-control", line),
            None => edits,
        },
    }
}
