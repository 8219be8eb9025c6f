//! `ShouldRateLimit` over gRPC.

use crate::{message::Question, service::Service};
use bytes::{BufMut, Bytes, BytesMut};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    HeaderMap, Request, Response,
    body::{Body, Incoming},
    header::{CONTENT_TYPE, HeaderValue},
};
use std::{convert::Infallible, future, rc::Rc};

/// Answers a call: a message or none, then its status.
pub(crate) async fn respond(
    request: Request<Incoming>,
    service: Rc<Service>,
) -> Response<impl Body<Data = Bytes, Error = Infallible>> {
    let (message, status) = match answer(request, &service).await {
        Ok(message) => (framed(&message), OK),
        Err(status) => (Bytes::new(), status),
    };
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from(status));
    let mut response = Response::new(Full::new(message).with_trailers(future::ready(Some(Ok(trailers)))));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

async fn answer(request: Request<Incoming>, service: &Service) -> Result<Vec<u8>, u16> {
    if request.uri().path() != METHOD {
        return Err(UNIMPLEMENTED);
    }
    let body = Limited::new(request.into_body(), LONGEST).collect().await;
    let body = body.map_err(|_| INVALID_ARGUMENT)?.to_bytes();
    let question = unframed(&body).and_then(|message| Question::parse(message).ok());
    let answer = service.decide(question.ok_or(INVALID_ARGUMENT)?).await;
    answer.map(|answer| answer.encode()).map_err(|_| UNAVAILABLE)
}

/// A message as gRPC sends it: not compressed, its length, itself.
fn framed(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(5 + message.len());
    frame.put_u8(0);
    frame.put_u32(message.len() as u32);
    frame.put_slice(message);
    frame.freeze()
}

/// The one message of a body; `None` where it's compressed, or not one.
fn unframed(body: &[u8]) -> Option<&[u8]> {
    let ([0, length @ ..], message) = body.split_first_chunk::<5>()? else {
        return None;
    };
    (u32::from_be_bytes(*length) as usize == message.len()).then_some(message)
}

const METHOD: &str = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";
/// Bytes.
const LONGEST: usize = 64 << 10;
const OK: u16 = 0;
const INVALID_ARGUMENT: u16 = 3;
const UNIMPLEMENTED: u16 = 12;
const UNAVAILABLE: u16 = 14;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        assert_eq!(unframed(&framed(b"abc")), Some(&b"abc"[..]));
        for (name, body) in [
            ("nothing", &b""[..]),
            ("cut", b"\0\0\0\0\x02a"),
            ("two", b"\0\0\0\0\x01ab"),
            ("compressed", b"\x01\0\0\0\x01a"),
        ] {
            assert_eq!(unframed(body), None, "{name}");
        }
    }
}
