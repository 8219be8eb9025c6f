use super::fields::Fields;
use http_filter::Headers;
use std::collections::VecDeque;

/// The two messages of a stream, as the ABI numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

/// A part of a message on its way to the filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The headers, and whether nothing follows.
    Headers(Headers),
    /// A chunk of the body, and whether nothing follows.
    Data(Vec<u8>, bool),
    /// The trailers.
    Trailers(Headers),
}

impl Event {
    /// A whole message: headers, chunks, trailers.
    pub fn message(headers: Headers, chunks: &[&[u8]], trailers: Option<Headers>) -> Vec<Self> {
        let ends = chunks.is_empty() && trailers.is_none();
        let mut events = vec![Self::Headers(headers.with_end_of_stream(ends))];
        let last = chunks.len().wrapping_sub(1);
        let data = chunks.iter().enumerate();
        events.extend(
            data.map(|(index, chunk)| Self::Data(chunk.to_vec(), index == last && trailers.is_none())),
        );
        events.extend(trailers.map(Self::Trailers));
        events
    }
}

/// What has gone on to the next in line: the upstream, or the client.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sent {
    /// The headers; `None` while they are held.
    pub headers: Option<Headers>,
    /// The body so far.
    pub body: Vec<u8>,
    /// The trailers.
    pub trailers: Option<Headers>,
    /// Whether the message is complete.
    pub complete: bool,
}

/// One message: what the filter may see of it, what it holds, what has gone on.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    /// What the filter hasn't been shown.
    pub(crate) incoming: VecDeque<Event>,
    pub(crate) headers: Fields,
    /// Whether the header map may be read and written.
    pub(crate) headers_visible: bool,
    pub(crate) trailers: Fields,
    pub(crate) trailers_visible: bool,
    /// The chunk, or all of the body that is held; `None` when no body can be read.
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) stopped: Stopped,
    /// Whether the filter has been shown the headers.
    pub(crate) begun: bool,
    /// Whether the last part was held, so that nothing comes to let it go.
    pub(crate) ended: bool,
    /// Nothing of it goes on any more.
    pub(crate) aborted: bool,
    pub(crate) sent: Sent,
}

/// Whether the filter holds a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stopped {
    #[default]
    No,
    /// What came is held, but what comes is shown (StopIteration, StopIterationAndBuffer).
    Single,
    /// Nothing more is shown either (StopAllIterationAndWatermark).
    All,
}

impl Flow {
    /// Sends on everything that is held.
    pub(crate) fn release(&mut self) {
        self.stopped = Stopped::No;
        self.headers_visible = false;
        if self.sent.headers.is_none() {
            self.sent.headers = Some(Headers::new(self.headers.clone()));
        }
        self.sent.body.extend(self.body.take().unwrap_or_default());
        if self.trailers_visible {
            self.trailers_visible = false;
            self.sent.trailers = Some(Headers::new(self.trailers.clone()));
        }
        self.sent.complete |= self.ended;
    }

    /// Replaces whatever there was by a message that didn't come through the filter.
    pub(crate) fn replace(&mut self, headers: Headers, body: Vec<u8>) {
        *self = Self {
            begun: true,
            ended: true,
            sent: Sent {
                headers: Some(headers),
                body,
                trailers: None,
                complete: true,
            },
            ..Self::default()
        };
    }

    /// Drops what would still come.
    pub(crate) fn abort(&mut self) {
        self.incoming.clear();
        self.aborted = true;
        self.stopped = Stopped::All;
    }
}
