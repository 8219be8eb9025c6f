//! Health and counts over HTTP.

use crate::service::Service;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, StatusCode, body::Incoming};
use std::rc::Rc;

/// `/status` says whether Redis, if it counts there, answers, `/metrics` how questions were answered, in Prometheus' text format.
pub(crate) async fn respond(request: Request<Incoming>, service: Rc<Service>) -> Response<Full<Bytes>> {
    let (status, text) = match request.uri().path() {
        "/status" if service.is_healthy().await => (StatusCode::OK, "ok\n".into()),
        "/status" => (StatusCode::SERVICE_UNAVAILABLE, "Redis does not answer\n".into()),
        "/metrics" => (StatusCode::OK, metrics(&service)),
        _ => (StatusCode::NOT_FOUND, "there are /status and /metrics\n".into()),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response
}

fn metrics(service: &Service) -> String {
    let counts = &service.counts;
    let rows = [
        ("authorized_calls", &counts.authorized),
        ("limited_calls", &counts.limited),
        ("failed_calls", &counts.failed),
    ];
    let row = |(name, count): (&str, &std::cell::Cell<u64>)| {
        format!("# TYPE {name} counter\n{name} {}\n", count.get())
    };
    rows.into_iter().map(row).collect()
}
