//! What a case asks of an Envoy, an upstream and a client.

use super::Build;
use crate::{Answer, FilterHost, Proxy, module};
use edge_demo::http::{Request, Response};
use http_filter::Headers;
use http_filter_test::{
    Case,
    case::{self, Exchange},
    lines,
};
use serde_json::{Value, json};

/// The proxy of a case: shared data is the case's own, by a VM or a name space of its own.
pub(crate) fn proxy(build: &Build, index: usize, case: &Case) -> Proxy {
    let filter = build.filter;
    let config = case.config.as_ref().unwrap_or(&Value::Null);
    let mut proxy = match build.host {
        FilterHost::Wasm => Proxy::default().wasm(
            filter,
            &module::shipped(build.module),
            config,
            json!({"vm_config": vm(build, index), "allow_on_headers_stop_iteration": true}),
        ),
        FilterHost::Native => Proxy::default().native(&format!("{}@{index}", build.module), config),
    };
    if let Some(config) = &case.route_config {
        proxy = proxy.route_metadata(json!({filter: {"config": config.to_string()}}));
    }
    for exchange in case.exchanges() {
        for (number, name) in exchange.expect.properties.keys().enumerate() {
            proxy = proxy.request_header(
                &property_header(number),
                &format!("%FILTER_STATE({}:PLAIN)%", build.host.filter_state(name)),
            );
        }
    }
    proxy
}

fn vm(build: &Build, index: usize) -> Value {
    json!({
        "vm_id": format!("{}-{index}", build.filter),
        "runtime": "envoy.wasm.runtime.v8",
        "code": {"local": {"filename": module::shipped(build.module)}},
    })
}

pub(crate) fn property_header(number: usize) -> String {
    format!("x-edge-property-{number}")
}

pub(crate) fn request(case: &Case, exchange: &Exchange) -> Request {
    let case::Request {
        method,
        path,
        authority,
        headers,
        body,
    } = &exchange.request;
    let mut request = Request::new(method, path).header("host", authority);
    if let Some(address) = exchange
        .properties
        .get("source.address")
        .or(case.properties.get("source.address"))
    {
        request = request.header(
            "x-forwarded-for",
            http_fields::parse_address(&address.0).unwrap().to_string(),
        );
    }
    for (name, value) in lines(headers) {
        request = request.header(&name, value);
    }
    request.body = body.as_ref().map(|body| body.0.clone()).unwrap_or_default();
    request
}

pub(crate) fn answer(response: &case::Response) -> Answer {
    Answer {
        status: response.status,
        headers: lines(&response.headers).collect(),
        body: response.body.iter().map(|chunk| chunk.0.clone()).collect(),
        ..Answer::default()
    }
}

pub(crate) fn client_headers(response: &Response) -> Headers {
    let status = (":status".to_owned(), response.status.to_string().into_bytes());
    Headers::new(
        std::iter::once(status)
            .chain(response.headers.iter().cloned())
            .collect(),
    )
}
