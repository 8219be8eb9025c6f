//! The I/O around an [`Exchange`]: a request in, the upstream asked, its response out.

use crate::{
    Clock, Exchange, Memory, Rewriter, Step,
    outgoing::{self, lines},
};
use futures_lite::{
    StreamExt as _,
    stream::{Boxed, unfold},
};
use http_filter::{AnyPlugin, BodyPlan, Headers, Held, LocalReply};
use send_wrapper::SendWrapper;
use std::{io, rc::Rc, time::Duration};
use wstd::http::{
    Body, Client, Error, Method, Request, Response, Uri,
    body::{Bytes, util::BodyExt as _},
};

/// Where requests go on to, and where a filter's own calls go.
pub trait Upstreams {
    /// The server behind the filter, e.g. `http://functions:8080`.
    fn upstream(&self) -> String;

    /// The server that a configuration calls by this name; `None` where there is none.
    fn cluster(&self, name: &str) -> Option<String>;
}

/// Carries a request through the filter, to the upstream and back.
///
/// # Errors
/// When the request can't be read, or the upstream can't be asked: 502, 503 or the like by the host.
pub async fn serve<C: Clock + 'static>(
    request: Request<Body>,
    plugin: &dyn AnyPlugin,
    host: Rc<Memory<C>>,
    upstreams: &dyn Upstreams,
) -> Result<Response<Body>, Error> {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let named = head.headers.get("host").and_then(|host| host.to_str().ok());
    let authority = head
        .uri
        .authority()
        .map_or(named.unwrap_or_default(), |authority| authority.as_str());
    let pseudo = [
        (":method", head.method.as_str()),
        (":path", target),
        (":authority", authority),
        (":scheme", head.uri.scheme_str().unwrap_or("http")),
    ];
    let pseudo = pseudo.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
    let fields = lines(&head.headers).filter(|(name, _)| name != "host");
    let headers = Headers::new(pseudo.into_iter().chain(fields).collect());
    let mut exchange = Exchange::new(plugin, host, headers);
    let mut step = exchange.begin();
    loop {
        step = match step {
            Step::Forward(headers) => {
                let response = Client::new()
                    .send(onward(&headers, body, &upstreams.upstream())?)
                    .await?;
                return back(exchange, response).await;
            }
            Step::Reply(reply) => return answer(reply),
            Step::Call(call) => {
                let cluster = match &call {
                    http_filter::Call::Http(call) => upstreams.cluster(&call.cluster),
                    http_filter::Call::Grpc(_) => None,
                };
                exchange.on_answer(outgoing::call(&call, cluster).await)
            }
            Step::Sleep(time) => {
                wstd::task::sleep(time.into()).await;
                exchange.on_time()
            }
        };
    }
}

fn onward(headers: &Headers, body: Body, upstream: &str) -> Result<Request<Body>, Error> {
    let text = |name| {
        headers
            .first(name)
            .map(String::from_utf8_lossy)
            .unwrap_or_default()
    };
    let mut builder = Request::builder()
        .method(Method::from_bytes(text(":method").as_bytes())?)
        .uri([upstream, &text(":path")].concat().parse::<Uri>()?);
    for (name, value) in headers.iter().filter(|(name, _)| is_end_to_end(name)) {
        builder = builder.header(name, value);
    }
    Ok(builder.body(body)?)
}

/// The response on its way to the client.
async fn back<C: Clock + 'static>(
    mut exchange: Exchange<'_, C>,
    response: Response<Body>,
) -> Result<Response<Body>, Error> {
    let (head, body) = response.into_parts();
    let status = (
        ":status".to_owned(),
        head.status.as_u16().to_string().into_bytes(),
    );
    let length = head.headers.get("content-length");
    let no_body = length.is_some_and(|length| length == "0") || [204, 304].contains(&head.status.as_u16());
    // Hosts keep this field to themselves. It tells filters that something can be added behind the body: no trailers go on.
    let is_open = length.is_none() && !no_body;
    let chunked = is_open.then(|| ("transfer-encoding".to_owned(), b"chunked".to_vec()));
    let received = lines(&head.headers).filter(|(name, _)| name != "transfer-encoding");
    let fields = std::iter::once(status).chain(received).chain(chunked).collect();
    let headers = Headers::new(fields).with_end_of_stream(no_body);
    let (mut client, mut plan) = exchange.on_response(&headers);
    let mut pieces = Pieces {
        begun: Vec::new(),
        rest: Some(body),
    };
    if let BodyPlan::Hold { limit } = plan {
        let whole = pieces.read(limit).await?;
        let held = match whole {
            true => Held::Whole(&pieces.begun),
            false => Held::TooLarge,
        };
        (client, plan) = exchange.on_held(held, &client);
    }
    let body = match plan {
        BodyPlan::Pass | BodyPlan::Hold { .. } => pieces.into_body(),
        BodyPlan::Discard => Body::empty(),
        BodyPlan::Rewrite => rewritten(exchange.into_rewriter(), pieces.into_stream()),
    };
    let mut builder = Response::builder().status(client.status().unwrap_or(502));
    for (name, value) in client.iter().filter(|(name, _)| is_end_to_end(name)) {
        builder = builder.header(name, value);
    }
    Ok(builder.body(body)?)
}

/// Each piece goes on as it comes: what the filter keeps of it is all that takes memory.
fn rewritten<C: Clock + 'static>(rewriter: Rewriter<C>, pieces: Boxed<io::Result<Bytes>>) -> Body {
    let stream = unfold(Some((rewriter, pieces)), |state| async move {
        let (mut rewriter, mut pieces) = state?;
        while let Some(piece) = pieces.next().await {
            match piece.map(|piece| rewriter.on_chunk(piece.to_vec(), false)) {
                Ok(rewritten) if rewritten.is_empty() => {}
                Ok(rewritten) => return Some((Ok(Bytes::from(rewritten)), Some((rewriter, pieces)))),
                Err(error) => return Some((Err(error), None)),
            }
        }
        Some((Ok(Bytes::from(rewriter.on_chunk(Vec::new(), true))), None))
    });
    // A component has one thread; bodies want to be sent to others all the same.
    Body::from_try_stream(SendWrapper::new(stream))
}

fn answer(reply: LocalReply) -> Result<Response<Body>, Error> {
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        builder = builder.header(name.to_string(), value.as_str());
    }
    Ok(builder.body(Body::from(reply.body))?)
}

/// A body: what of it has been read, and what has not.
struct Pieces {
    begun: Vec<u8>,
    rest: Option<Body>,
}

impl Pieces {
    /// Reads on until there is more than `limit` bytes. Whether that was all.
    async fn read(&mut self, limit: usize) -> Result<bool, Error> {
        let Some(body) = self.rest.take() else {
            return Ok(true);
        };
        let mut body = body.into_boxed_body();
        while self.begun.len() <= limit {
            let Some(frame) = body.frame().await else {
                return Ok(true);
            };
            self.begun
                .extend_from_slice(frame?.data_ref().map_or(&[][..], |data| data));
        }
        self.rest = Some(Body::from_http_body(body));
        Ok(false)
    }

    fn into_body(self) -> Body {
        match self.rest {
            None => Body::from(self.begun),
            Some(rest) if self.begun.is_empty() => rest,
            Some(_) => Body::from_try_stream(self.into_stream()),
        }
    }

    /// What has been read, then the rest as it comes.
    fn into_stream(self) -> Boxed<io::Result<Bytes>> {
        let begun = Some(Bytes::from(self.begun)).filter(|begun| !begun.is_empty());
        let rest = self.rest.map(Body::into_boxed_body);
        unfold((begun, rest), |(begun, mut rest)| async move {
            if let Some(begun) = begun {
                return Some((Ok(begun), (None, rest)));
            }
            let frame = rest.as_mut()?.frame().await?.map_err(io::Error::other);
            Some((
                frame.map(|frame| frame.into_data().unwrap_or_default()),
                (None, rest),
            ))
        })
        .boxed()
    }
}

/// Pseudo-headers and what is of one connection only (RFC 9110 §7.6.1) are not passed on.
fn is_end_to_end(name: &str) -> bool {
    const HOP_BY_HOP: [&str; 7] = [
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    !name.starts_with(':') && name != "host" && !HOP_BY_HOP.contains(&name)
}

/// The clock and the chance of a component.
#[derive(Debug, Default)]
pub struct WasiClock;

impl Clock for WasiClock {
    fn now(&self) -> Duration {
        let now = wasip2::clocks::wall_clock::now();
        Duration::new(now.seconds, now.nanoseconds)
    }

    fn random(&self) -> u64 {
        wasip2::random::random::get_random_u64()
    }
}
