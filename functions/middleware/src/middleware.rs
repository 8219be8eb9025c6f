//! The component's handler.

use std::rc::Rc;

use edge_suite::EdgeSuite;
use http_filter::{ConfigError, Plugin};
use http_filter_wasi_http::{Memory, Upstreams, WasiClock, serve};
use wasip2::exports::http::incoming_handler::{Guest, IncomingRequest, ResponseOutparam};
use wstd::http::{Body, Error, Request, Response};

struct Middleware;

impl Guest for Middleware {
    fn handle(incoming: IncomingRequest, outparam: ResponseOutparam) {
        functions_component::answer_with(incoming, outparam, answer);
    }
}

wasip2::http::proxy::export!(Middleware);

async fn answer(request: Request<Body>) -> Result<Response<Body>, Error> {
    match configured() {
        Ok(plugin) => serve(request, &plugin, Rc::new(Memory::new(WasiClock)), &Environment).await,
        Err(error) => refused(&error),
    }
}

/// Nothing passes a filter that isn't configured.
fn refused(error: &ConfigError) -> Result<Response<Body>, Error> {
    #[allow(clippy::print_stderr, reason = "tells whoever started it")]
    {
        eprintln!("FILTERS: {error}");
    }
    Ok(Response::builder().status(500).body(Body::empty())?)
}

fn configured() -> Result<Rc<Plugin<EdgeSuite>>, ConfigError> {
    let document = std::env::var("FILTERS").unwrap_or_default();
    Plugin::new(Some(document.as_bytes())).map(Rc::new)
}

/// By variables of the environment.
struct Environment;

impl Upstreams for Environment {
    fn upstream(&self) -> String {
        std::env::var("UPSTREAM").unwrap_or_else(|_| "http://127.0.0.1:8080".to_owned())
    }

    fn cluster(&self, name: &str) -> Option<String> {
        std::env::var(format!("CLUSTER_{}", name.to_uppercase().replace('-', "_"))).ok()
    }
}
