//! Which path answers to which method.

use serde_json::json;

use crate::{
    MAX_BODY, Place, Problem, Request, Response, Store, aggregate, asset, digit, geo, keep, sample,
    thumbnail, transform, validate,
};

/// Answers a request that has come to `place`. Never fails: what is wrong with a request becomes a problem document (RFC 9457).
#[must_use]
pub fn handle(request: &Request, place: &Place) -> Response {
    handle_with(request, place, None)
}

/// The same where the runtime has something that outlives a request.
#[must_use]
pub fn handle_with(request: &Request, place: &Place, store: Option<&dyn Store>) -> Response {
    let response = route(request, place, store).unwrap_or_else(Response::from);
    if request.method == "HEAD" {
        response.head_only()
    } else {
        response
    }
}

fn route(request: &Request, place: &Place, store: Option<&dyn Store>) -> Result<Response, Problem> {
    if request.body.len() > MAX_BODY {
        return Err(Problem::TooLarge);
    }
    let endpoint = endpoint(request.path()).ok_or(Problem::NotFound)?;
    match (request.method.as_str(), endpoint) {
        ("GET" | "HEAD", Endpoint::Read(answer)) | ("POST", Endpoint::Compute(answer)) => answer(request),
        (method, Endpoint::Keep) if method != "OPTIONS" => keep::keep(request, store),
        ("GET" | "HEAD", Endpoint::Echo) => Ok(geo::echo(request, place)),
        ("OPTIONS", _) => Ok(Response::without_content(204).header("allow", endpoint.allow())),
        _ => Err(Problem::Method {
            allow: endpoint.allow(),
        }),
    }
}

fn endpoint(path: &str) -> Option<Endpoint> {
    Some(match path {
        "/health" => Endpoint::Read(|_| Ok(Response::json(&json!({"status": "ok"})))),
        "/geo" => Endpoint::Echo,
        "/text" => Endpoint::Read(sample::text),
        "/stream" => Endpoint::Read(sample::stream),
        "/transform" => Endpoint::Compute(transform::transform),
        "/validate" => Endpoint::Compute(validate::validate),
        "/aggregate" => Endpoint::Compute(aggregate::aggregate),
        "/digit" => Endpoint::Compute(digit::digit),
        "/thumbnail" => Endpoint::Compute(thumbnail::thumbnail),
        #[cfg(feature = "misbehave")]
        _ if path.starts_with(crate::misbehave::PREFIX) => Endpoint::Read(crate::misbehave::misbehave),
        _ if path.starts_with(keep::PREFIX) => Endpoint::Keep,
        _ if path.starts_with(asset::PREFIX) => Endpoint::Read(asset::asset),
        _ => return None,
    })
}

#[derive(Clone, Copy)]
enum Endpoint {
    /// Tells of the place too.
    Echo,
    /// Needs what outlives a request.
    Keep,
    Read(fn(&Request) -> Result<Response, Problem>),
    Compute(fn(&Request) -> Result<Response, Problem>),
}

impl Endpoint {
    fn allow(self) -> &'static str {
        match self {
            Self::Echo | Self::Read(_) => "GET, HEAD, OPTIONS",
            Self::Keep => keep::METHODS,
            Self::Compute(_) => "POST, OPTIONS",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Body;

    #[test]
    fn a_head_request_gets_the_fields_without_content() {
        let request = Request {
            method: "HEAD".to_owned(),
            target: "/stream".to_owned(),
            ..Request::default()
        };
        let response = handle(&request, &Place::default());
        assert_eq!((response.status, response.body), (200, Body::Whole(Vec::new())));
    }
}
