//! A rate limit service (`envoy.service.ratelimit.v3`) over gRPC that answers as it's told.

use bytes::Bytes;
use http::{HeaderMap, Response};
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};
use tokio::{net::TcpStream, runtime, time};

/// A running service. It serves until the process ends.
#[derive(Clone)]
pub struct RateLimitService {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

/// How the service answers.
#[derive(Clone, Debug)]
pub enum Answering {
    /// With this message.
    Message(Vec<u8>),
    /// With this message, after so long.
    Late(Vec<u8>, Duration),
    /// With this status and no message.
    Status(u32),
    /// "OK" to the same question so many times, then [`over_limit`].
    Limit(u64),
}

struct State {
    answering: Answering,
    asked: BTreeMap<Vec<u8>, u64>,
    questions: u64,
}

/// A `RateLimitResponse` that says that there's room, with a field for the request and one for the response.
pub fn ok() -> Vec<u8> {
    let mut message = vec![0x08, 1];
    message.extend(field(3, &header("x-from-service", "room")));
    message.extend(field(4, &header("x-to-upstream", "room")));
    message
}

/// One that says that the one descriptor of the question is over its limit of ten a minute, for thirty seconds more;
/// with a field for the response and a body.
pub fn over_limit() -> Vec<u8> {
    let limit = field(2, &[0x08, 10, 0x10, 2]);
    let reset = field(4, &[0x08, 30]);
    let status = [&[0x08, 2][..], &limit, &reset].concat();
    let mut message = vec![0x08, 2];
    message.extend(field(2, &status));
    message.extend(field(3, &header("x-from-service", "none")));
    message.extend(field(5, b"the service says no"));
    message
}

/// A field of bytes, fewer than 128.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len()).ok().filter(|length| *length < 128);
    [&[number << 3 | 2, length.unwrap()], bytes].concat()
}

fn header(name: &str, value: &str) -> Vec<u8> {
    [field(1, name.as_bytes()), field(2, value.as_bytes())].concat()
}

impl RateLimitService {
    /// Starts a service that says [`ok`].
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let service = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::new(Mutex::new(State {
                answering: Answering::Message(ok()),
                asked: BTreeMap::new(),
                questions: 0,
            })),
        };
        let server = service.clone();
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(server.clone().serve(stream));
                }
            });
        });
        service
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How every question is answered from now on.
    pub fn answer_with(&self, answering: Answering) {
        self.state.lock().unwrap().answering = answering;
    }

    /// How many questions there have been.
    pub fn questions(&self) -> u64 {
        self.state.lock().unwrap().questions
    }

    async fn serve(self, stream: TcpStream) -> Result<(), h2::Error> {
        let mut connection = h2::server::handshake(stream).await?;
        while let Some(call) = connection.accept().await {
            let (request, answer) = call?;
            tokio::spawn(self.clone().answer(request, answer));
        }
        Ok(())
    }

    async fn answer(
        self,
        request: http::Request<h2::RecvStream>,
        mut answer: h2::server::SendResponse<Bytes>,
    ) -> Result<(), h2::Error> {
        let path = request.uri().path().to_owned();
        let mut stream = request.into_body();
        let mut question = Vec::new();
        while let Some(chunk) = stream.data().await {
            question.extend(chunk?);
        }
        assert_eq!(
            path, "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit",
            "a method of the service"
        );
        let answering = self.take_in(question);
        let (status, message) = match answering {
            Answering::Late(message, after) => {
                time::sleep(after).await;
                (0, message)
            }
            Answering::Status(status) => (status, Vec::new()),
            Answering::Message(message) => (0, message),
            Answering::Limit(_) => (0, ok()),
        };
        let head = Response::builder()
            .header("content-type", "application/grpc")
            .body(())
            .unwrap();
        let mut stream = answer.send_response(head, false)?;
        if status == 0 {
            let mut frame = vec![0];
            frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
            frame.extend(message);
            stream.send_data(frame.into(), false)?;
        }
        stream.send_trailers(HeaderMap::from_iter([(
            http::HeaderName::from_static("grpc-status"),
            status.into(),
        )]))
    }

    /// Counts the question; how it's to be answered.
    fn take_in(&self, question: Vec<u8>) -> Answering {
        let mut state = self.state.lock().unwrap();
        state.questions += 1;
        let asked = state.asked.entry(question).or_default();
        *asked += 1;
        let asked = *asked;
        match &state.answering {
            Answering::Limit(most) if asked > *most => Answering::Message(over_limit()),
            answering => answering.clone(),
        }
    }
}
