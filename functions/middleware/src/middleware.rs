//! The component's handler.

use std::rc::Rc;

use edge_suite::EdgeSuite;
use http_filter::{ConfigError, Plugin};
use http_filter_wasi_http::{Memory, Upstreams, WasiClock, serve};
use wasip2::exports::http::incoming_handler::{Guest, IncomingRequest, ResponseOutparam};
use wstd::http::request::try_from_incoming;
use wstd::http::server::Responder;
use wstd::http::{Body, Error, Response};

struct Middleware;

impl Guest for Middleware {
    fn handle(incoming: IncomingRequest, outparam: ResponseOutparam) {
        let responder = Responder::new(outparam);
        wstd::runtime::block_on(async move {
            match answer(incoming).await {
                // A client who goes away amid its answer is no reason to trap.
                Ok(response) => drop(responder.respond(response).await),
                Err(error) => responder.fail(error),
            }
        });
    }
}

wasip2::http::proxy::export!(Middleware);

async fn answer(incoming: IncomingRequest) -> Result<Response<Body>, Error> {
    let request = try_from_incoming(incoming)?;
    match configured() {
        Ok(plugin) => serve(request, &plugin, &Memory::new(WasiClock), &Environment).await,
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
