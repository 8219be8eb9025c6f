//! `/kv/{key}`: values that outlive a request, each for a time, and each tenant's apart.

use std::time::Duration;

use crate::limits::MAX_VALUE;
use crate::store::{Store, StoreError};
use crate::{Problem, Request, Response};

/// What the paths of values start with.
pub(crate) const PREFIX: &str = "/kv/";
pub(crate) const METHODS: &str = "GET, HEAD, PUT, DELETE, OPTIONS";

/// `PUT ?ttl=SECONDS` keeps the body, `GET` reads it, `DELETE` forgets it. The tenant is `x-user`, which jwt-auth sets from a
/// token, and which no client can set.
pub(crate) fn keep(request: &Request, store: Option<&dyn Store>) -> Result<Response, Problem> {
    let store = store.ok_or(Problem::NoStore)?;
    let name = request.path().strip_prefix(PREFIX).unwrap_or_default();
    if !is_name(name) {
        return Err(Problem::NotFound);
    }
    // The length in front: no tenant's name and key read like another one's.
    let tenant = request.header("x-user").unwrap_or_default();
    let key = format!("{}:{tenant}:{name}", tenant.len());
    match request.method.as_str() {
        "PUT" => {
            let seconds = request.number("ttl", DEFAULT_SECONDS, MAX_SECONDS)?;
            if request.body.len() > MAX_VALUE {
                return Err(Problem::ValueTooLarge);
            }
            store.set(&key, &request.body, Duration::from_secs(seconds))?;
            Ok(Response::without_content(204))
        }
        "DELETE" => match store.remove(&key)? {
            true => Ok(Response::without_content(204)),
            false => Err(Problem::NotFound),
        },
        "GET" | "HEAD" => {
            let value = store.get(&key)?.ok_or(Problem::NotFound)?;
            Ok(Response::new(200, "application/octet-stream", value).header("cache-control", "no-store"))
        }
        _ => Err(Problem::Method { allow: METHODS }),
    }
}

fn is_name(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(known)
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

const DEFAULT_SECONDS: u64 = 60;
const MAX_SECONDS: u64 = 24 * 60 * 60;
const MAX_NAME: usize = 128;
