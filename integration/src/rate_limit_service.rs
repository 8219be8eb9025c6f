//! A rate limit service (`envoy.service.ratelimit.v3`) over gRPC that answers as it's told.

use crate::grpc::{self, Call, Reply};
use http::HeaderMap;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

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
    metadata: HeaderMap,
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
        let state = Arc::new(Mutex::new(State {
            answering: Answering::Message(ok()),
            asked: BTreeMap::new(),
            questions: 0,
            metadata: HeaderMap::new(),
        }));
        let asked = Arc::clone(&state);
        let address = grpc::serve(move |call| asked.lock().unwrap().reply(call));
        Self { address, state }
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

    /// The initial metadata of the last question.
    pub fn metadata(&self) -> HeaderMap {
        self.state.lock().unwrap().metadata.clone()
    }
}

impl State {
    /// Counts the question, and answers it as it's to be answered.
    fn reply(&mut self, question: Call) -> Reply {
        assert_eq!(
            question.path, "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit",
            "a method of the service"
        );
        self.questions += 1;
        self.metadata = question.metadata;
        let asked = self.asked.entry(question.message.to_vec()).or_default();
        *asked += 1;
        match self.answering.clone() {
            Answering::Limit(most) if *asked > most => over_limit().into(),
            Answering::Limit(_) => ok().into(),
            Answering::Message(message) => message.into(),
            Answering::Late(message, after) => Reply {
                after,
                ..message.into()
            },
            Answering::Status(status) => Reply {
                after: Duration::ZERO,
                message: Err(status),
            },
        }
    }
}
