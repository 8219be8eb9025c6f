//! The function backend as a `wasi:http` component: carries requests to [`functions_handler::handle`] and its answers back.
//!
//! ```sh
//! cargo build --release --target wasm32-wasip2 -p functions-wasi-http
//! wasmtime serve -S cli --env REGION=eu --env RUNTIME=wasmtime --addr 127.0.0.1:8080 \
//!     target/wasm32-wasip2/release/functions-wasi-http.wasm
//! ```

use std::convert::Infallible;
use std::time::Duration;

use functions_handler::{MAX_BODY, Place, Request, handle};
use futures_lite::stream::unfold;
use wasip2::exports::http::incoming_handler::{Guest, IncomingRequest, ResponseOutparam};
use wstd::http::body::Bytes;
use wstd::http::body::util::BodyExt as _;
use wstd::http::request::try_from_incoming;
use wstd::http::server::Responder;
use wstd::http::{Body, Error, Response};

struct Function;

/// What `#[wstd::http_server]` would write, but that a client who goes away amid its answer is no reason to trap.
impl Guest for Function {
    fn handle(incoming: IncomingRequest, outparam: ResponseOutparam) {
        let responder = Responder::new(outparam);
        wstd::runtime::block_on(async move {
            match answer(incoming).await {
                Ok(response) => drop(responder.respond(response).await),
                Err(error) => responder.fail(error),
            }
        });
    }
}

wasip2::http::proxy::export!(Function);

/// Components of this world have no main function; programs in Rust do.
fn main() {}

async fn answer(incoming: IncomingRequest) -> Result<Response<Body>, Error> {
    let request = read(try_from_incoming(incoming)?).await?;
    // Which of the hosts of this world it is, only whoever starts it knows.
    let place = Place::named_by(|name| std::env::var(name).ok(), "wasi:http");
    let response = handle(&request, &place);
    let mut builder = Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    Ok(builder.body(content(response.body))?)
}

async fn read(incoming: wstd::http::Request<Body>) -> Result<Request, Error> {
    let (head, body) = incoming.into_parts();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let lines = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    // Hosts of this world hand it over apart from the fields.
    let authority = head
        .uri
        .authority()
        .filter(|_| !head.headers.contains_key("host"));
    let host = authority.map(|authority| ("host".to_owned(), authority.as_str().as_bytes().to_vec()));
    Ok(Request {
        method: head.method.as_str().to_owned(),
        target: target.to_owned(),
        headers: host.into_iter().chain(lines).collect(),
        body: read_body(body).await?,
    })
}

/// Stops one piece after the limit: the handler sees that there was too much and says so.
async fn read_body(body: Body) -> Result<Vec<u8>, Error> {
    let mut body = body.into_boxed_body();
    let mut bytes = Vec::new();
    while bytes.len() <= MAX_BODY {
        let Some(frame) = body.frame().await else { break };
        if let Some(data) = frame?.data_ref() {
            bytes.extend_from_slice(data);
        }
    }
    Ok(bytes)
}

fn content(body: functions_handler::Body) -> Body {
    match body {
        functions_handler::Body::Whole(bytes) => Body::from(bytes),
        functions_handler::Body::Paced { chunks, pause } => paced(chunks, pause),
    }
}

/// Each piece after a pause, the first at once.
fn paced(chunks: Vec<String>, pause: Duration) -> Body {
    let state = (chunks.into_iter(), Duration::ZERO);
    Body::from_try_stream(unfold(state, move |(mut chunks, wait)| async move {
        let chunk = chunks.next()?;
        if !wait.is_zero() {
            wstd::task::sleep(wait.into()).await;
        }
        Some((Ok::<_, Infallible>(Bytes::from(chunk)), (chunks, pause)))
    }))
}
