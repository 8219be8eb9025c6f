//! One client's connection: requests one after the other, answers in the same order.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use functions_handler::{Body, Place, Request, Store, handle_with};

use crate::message::Incoming;
use crate::refusal::Refusal;
use crate::wire;

/// How long a connection may be quiet, between requests or while the client doesn't take an answer.
pub const IDLE: Duration = Duration::from_secs(60);
/// How long a request may take to arrive, from its first byte on.
pub const REQUEST: Duration = Duration::from_secs(20);

/// The state of one connection. The owner of the socket feeds it what arrives and sends what it puts out.
#[derive(Debug)]
pub struct Connection {
    place: Arc<Place>,
    store: Option<Arc<dyn Store>>,
    input: Vec<u8>,
    output: Vec<u8>,
    /// How much of `output` has been sent.
    sent: usize,
    deadline: SystemTime,
    /// The pieces of a paced answer that are still to come.
    paced: Option<Paced>,
    /// The request whose body is arriving.
    incoming: Option<Incoming>,
    /// Nothing more is read; when everything is sent, the connection ends.
    closing: bool,
}

#[derive(Debug)]
struct Paced {
    chunks: std::vec::IntoIter<String>,
    pause: Duration,
    next: SystemTime,
    chunked: bool,
}

impl Connection {
    /// A connection that was accepted at `place`, at `now`.
    #[must_use]
    pub fn new(place: Arc<Place>, now: SystemTime) -> Self {
        Self {
            place,
            store: None,
            input: Vec::new(),
            output: Vec::new(),
            sent: 0,
            deadline: now + IDLE,
            paced: None,
            incoming: None,
            closing: false,
        }
    }

    /// The same with something that outlives requests.
    #[must_use]
    pub fn with_store(self, store: Arc<dyn Store>) -> Self {
        Self {
            store: Some(store),
            ..self
        }
    }

    /// Takes what the client sent.
    pub fn receive(&mut self, bytes: &[u8], now: SystemTime) {
        if self.input.is_empty() && self.incoming.is_none() {
            self.deadline = now + REQUEST;
        }
        self.input.extend_from_slice(bytes);
        self.answer(now);
    }

    /// What is to be sent now.
    #[must_use]
    pub fn output(&self) -> &[u8] {
        self.output.get(self.sent..).unwrap_or_default()
    }

    /// So many bytes of [`output`](Self::output) have been sent.
    pub fn sent(&mut self, count: usize, now: SystemTime) {
        self.sent += count;
        if self.sent >= self.output.len() {
            self.output.clear();
            self.sent = 0;
            self.deadline = now
                + if self.input.is_empty() && self.incoming.is_none() {
                    IDLE
                } else {
                    REQUEST
                };
            self.answer(now);
        } else if count > 0 {
            self.deadline = now + IDLE;
        }
    }

    /// When [`wake`](Self::wake) is to be called, whatever happens until then.
    #[must_use]
    pub fn wakes_at(&self) -> SystemTime {
        match &self.paced {
            Some(paced) if self.output.is_empty() => paced.next,
            _ => self.deadline,
        }
    }

    /// Puts out the next piece of a paced answer; ends a connection that was quiet too long.
    pub fn wake(&mut self, now: SystemTime) {
        if self.output.is_empty() && self.paced.is_some() {
            self.next_piece(now);
        } else if now >= self.deadline {
            self.abandon();
        }
    }

    /// The client will send nothing more; what is under way is still answered.
    pub fn client_is_done(&mut self) {
        self.closing = true;
    }

    /// Whether there is use in reading from the client: not while it doesn't take what it asked for.
    #[must_use]
    pub fn wants_input(&self) -> bool {
        !self.closing && self.paced.is_none() && self.output.is_empty()
    }

    /// Whether the socket is to be closed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.closing && self.output.is_empty() && self.paced.is_none()
    }

    fn abandon(&mut self) {
        self.output.clear();
        self.paced = None;
        self.closing = true;
    }

    /// Answers the request at the front of the input once it is complete. The next one waits until the answer is sent.
    fn answer(&mut self, now: SystemTime) {
        while self.output.is_empty() && self.paced.is_none() && !self.closing {
            match self.next_request() {
                Ok(Some((request, version, keep_alive))) => {
                    self.closing = !keep_alive;
                    self.respond(&request, version, now);
                }
                Ok(None) => return,
                Err(refusal) => self.refuse(refusal, now),
            }
        }
    }

    fn next_request(&mut self) -> Result<Option<(Request, u8, bool)>, Refusal> {
        if self.incoming.is_none() {
            self.incoming = Incoming::parse(&mut self.input)?;
        }
        let Some(incoming) = &mut self.incoming else {
            return Ok(None);
        };
        let (version, keep_alive) = (incoming.version, incoming.keep_alive);
        let request = incoming.advance(&mut self.input)?;
        if request.is_some() {
            self.incoming = None;
        } else if std::mem::take(&mut incoming.expects_continue) && self.input.is_empty() {
            self.output.extend_from_slice(wire::CONTINUE);
        }
        Ok(request.map(|request| (request, version, keep_alive)))
    }

    fn respond(&mut self, request: &Request, version: u8, now: SystemTime) {
        let response = handle_with(request, &self.place, self.store.as_deref());
        let chunked = version == 1;
        if let Body::Paced { .. } = response.body {
            // Without chunks only the end of the connection ends the content.
            self.closing |= !chunked;
        }
        wire::head(&mut self.output, &response, version, self.closing, now);
        match response.body {
            Body::Whole(content) => self.output.extend_from_slice(&content),
            Body::Paced { chunks, pause } => {
                self.paced = Some(Paced {
                    chunks: chunks.into_iter(),
                    pause,
                    next: now,
                    chunked,
                });
            }
        }
    }

    /// After what isn't HTTP nobody knows where the next request starts: the connection ends.
    fn refuse(&mut self, refusal: Refusal, now: SystemTime) {
        self.input.clear();
        self.closing = true;
        wire::refusal(&mut self.output, refusal, now);
    }

    fn next_piece(&mut self, now: SystemTime) {
        let Some(paced) = &mut self.paced else { return };
        if now < paced.next {
            return;
        }
        paced.next = now + paced.pause;
        self.deadline = now + IDLE;
        let (piece, chunked) = (paced.chunks.next(), paced.chunked);
        let last = paced.chunks.len() == 0;
        match &piece {
            Some(piece) if chunked => wire::chunk(&mut self.output, piece),
            Some(piece) => self.output.extend_from_slice(piece.as_bytes()),
            None => {}
        }
        if last {
            if chunked {
                self.output.extend_from_slice(wire::LAST_CHUNK);
            }
            self.paced = None;
            self.answer(now);
        }
    }
}
