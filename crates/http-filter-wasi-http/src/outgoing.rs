//! Requests of a component: a filter's own, and those that go on.

use http_filter::{Call, CallFailure, CallResponse, Headers, HttpCall};
use wstd::{
    http::{Body, Client, Error, HeaderMap, Method, Request, Response, Uri, body::util::BodyExt as _},
    time::Duration,
};

/// Makes a filter's call, to where `base` says that its cluster is.
pub(crate) async fn call(call: &Call, base: Option<String>) -> CallResponse {
    let (Call::Http(call), Some(base)) = (call, base) else {
        return CallResponse::Failed(CallFailure::NotDispatched);
    };
    match http(call, &base).await {
        Ok(response) => read(response, call.max_response).await,
        // To a filter it's what Envoy says of a server that can't be reached.
        Err(_) => CallResponse::Http {
            headers: Headers::new(vec![(":status".to_owned(), b"503".to_vec())]),
            body: Vec::new(),
        },
    }
}

async fn http(call: &HttpCall, base: &str) -> Result<Response<Body>, Error> {
    let mut builder = Request::builder()
        .method(Method::from_bytes(call.method.as_bytes())?)
        .uri([base, &call.path].concat().parse::<Uri>()?);
    for (name, value) in &call.headers {
        builder = builder.header(name.as_str(), value.as_slice());
    }
    let timeout = u64::try_from(call.timeout.as_millis()).unwrap_or(u64::MAX);
    let mut client = Client::new();
    client.set_connect_timeout(Duration::from_millis(timeout));
    client.set_first_byte_timeout(Duration::from_millis(timeout));
    client.set_between_bytes_timeout(Duration::from_millis(timeout));
    client.send(builder.body(Body::from(call.body.clone()))?).await
}

async fn read(response: Response<Body>, most: usize) -> CallResponse {
    let (head, body) = response.into_parts();
    let mut fields = vec![(
        ":status".to_owned(),
        head.status.as_u16().to_string().into_bytes(),
    )];
    fields.extend(lines(&head.headers));
    let mut body = body.into_boxed_body();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return CallResponse::Failed(CallFailure::Reset);
        };
        bytes.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
        if bytes.len() > most {
            return CallResponse::Failed(CallFailure::TooLarge);
        }
    }
    CallResponse::Http {
        headers: Headers::new(fields),
        body: bytes,
    }
}

/// The lines of a message, as filters read them.
pub(crate) fn lines(headers: &HeaderMap) -> impl Iterator<Item = (String, Vec<u8>)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
}
