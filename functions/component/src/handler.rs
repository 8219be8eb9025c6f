//! Between `wasi:http` and the handler's plain values.

use std::convert::Infallible;
use std::time::Duration;

use functions_handler::{MAX_BODY, Place, Request, Response};
use futures_lite::stream::unfold;
use wasip2::exports::http::incoming_handler::{IncomingRequest, ResponseOutparam};
use wstd::http::body::Bytes;
use wstd::http::body::util::BodyExt as _;
use wstd::http::{Body, Error};

use crate::answer::answer_with;

/// [`answer_with`] what a handler of plain values says.
pub fn answer_by(
    incoming: IncomingRequest,
    outparam: ResponseOutparam,
    handler: fn(&Request, &Place) -> Response,
) {
    answer_with(incoming, outparam, async |incoming| {
        let request = read(incoming).await?;
        // Which of the hosts of this world it is, only whoever starts it knows.
        let place = Place::named_by(|name| std::env::var(name).ok(), "wasi:http");
        let response = handler(&request, &place);
        let mut builder = wstd::http::Response::builder().status(response.status);
        for (name, value) in response.headers {
            builder = builder.header(name, value);
        }
        Ok(builder.body(content(response.body))?)
    });
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
