use super::{
    action::AfterCall,
    fields::Fields,
    flow::{Direction, Event, Flow, Sent, Stopped},
    host::StreamState,
    instance::Vm,
    local_reply::LocalReply,
};
use http_filter::Headers;
use std::collections::BTreeMap;

/// One request and its response, as the VM's number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stream(u32);

impl Vm {
    /// Begins a stream.
    pub fn new_stream(&mut self) -> Stream {
        let root = self.host().root;
        let context = self.create_context(root);
        self.host().streams.insert(context, StreamState::default());
        Stream(context)
    }

    /// Gives a property of the stream, by dotted path.
    pub fn set_property(&mut self, stream: Stream, path: &str, value: impl Into<Vec<u8>>) {
        let properties = &mut self.state(stream).properties;
        properties.insert(path.to_owned(), value.into());
    }

    /// Makes a property one that exists but can't be serialised, such as a null of route metadata.
    pub fn break_property(&mut self, stream: Stream, path: &str) {
        self.state(stream).unreadable.insert(path.to_owned());
    }

    /// Sends parts of the request, from the client.
    pub fn request(&mut self, stream: Stream, events: Vec<Event>) {
        self.state(stream).request.incoming.extend(events);
        self.pump(stream.0, Direction::Request);
    }

    /// Sends parts of the response, from the upstream or from another filter. Where this filter has answered itself,
    /// nobody wants them.
    pub fn respond(&mut self, stream: Stream, events: Vec<Event>) {
        let state = self.state(stream);
        if !state.replied {
            state.response.incoming.extend(events);
            self.pump(stream.0, Direction::Response);
        }
    }

    /// What has got to the upstream.
    pub fn upstream(&mut self, stream: Stream) -> Sent {
        self.state(stream).request.sent.clone()
    }

    /// What has got to the client.
    pub fn client(&mut self, stream: Stream) -> Sent {
        self.state(stream).response.sent.clone()
    }

    /// What the filter published, by dotted path.
    pub fn published(&mut self, stream: Stream) -> BTreeMap<String, Vec<u8>> {
        self.state(stream).published.clone()
    }

    /// How often the filter had the route chosen anew.
    pub fn route_cache_clears(&mut self, stream: Stream) -> u32 {
        self.state(stream).route_cache_clears
    }

    /// Whether the stream was broken off.
    pub fn was_reset(&mut self, stream: Stream) -> bool {
        self.state(stream).reset
    }

    /// Whether the filter has answered in the upstream's place.
    pub fn replied(&mut self, stream: Stream) -> bool {
        self.state(stream).replied
    }

    /// Ends the stream: its access log is written, then it's gone. Answers that come later find nobody.
    pub fn finish(&mut self, stream: Stream) {
        self.state(stream).logging = true;
        for export in ["proxy_on_log", "proxy_on_done", "proxy_on_delete"] {
            self.call(export, &[stream.0]);
        }
        self.host().streams.remove(&stream.0);
    }

    fn state(&mut self, stream: Stream) -> &mut StreamState {
        let streams = &mut self.host().streams;
        let Some(state) = streams.get_mut(&stream.0) else {
            panic!("the stream is finished")
        };
        state
    }

    /// Does what callbacks asked for.
    pub(crate) fn act(&mut self, actions: Vec<(u32, AfterCall)>) {
        for (context, action) in actions {
            let Some(state) = self.host().streams.get_mut(&context) else {
                continue;
            };
            match action {
                AfterCall::Continue(direction) => {
                    let flow = state.flow(direction);
                    if flow.begun && flow.stopped != Stopped::No && !flow.aborted {
                        flow.release();
                        self.pump(context, direction);
                    }
                }
                AfterCall::Reply(reply) => self.reply(context, reply),
                AfterCall::Reset => {
                    state.reset = true;
                    state.request.abort();
                    state.response.abort();
                }
            }
        }
    }

    /// Before a response has begun, a reply runs through the filter like any response; afterwards it replaces what the
    /// client hasn't got; and where the client has got headers, all that's left is to break off.
    fn reply(&mut self, context: u32, reply: LocalReply) {
        let Some(state) = self.host().streams.get_mut(&context) else {
            return;
        };
        let request = Headers::new(state.request.headers.clone());
        let (fields, body) = reply.response(&request);
        let headers = Headers::new(fields);
        if state.response.sent.headers.is_some() {
            state.reset = true;
            state.response.abort();
        } else if state.response.begun {
            state.replied = true;
            state.response.replace(headers, body);
        } else {
            state.replied = true;
            state.request.abort();
            let chunks: &[&[u8]] = if body.is_empty() { &[] } else { &[&body] };
            state.response.incoming = Event::message(headers, chunks, None).into();
            self.pump(context, Direction::Response);
        }
    }

    /// Shows the filter what has come, until it holds the message or until there's nothing more.
    fn pump(&mut self, context: u32, direction: Direction) {
        let [headers, body, trailers] = exports(direction);
        let stop_iteration = self.options.stop_iteration;
        loop {
            let Some(state) = self.host().streams.get_mut(&context) else {
                return;
            };
            let flow = state.flow(direction);
            if flow.stopped == Stopped::All {
                return;
            }
            let Some(event) = flow.incoming.pop_front() else {
                return;
            };
            let is_headers = matches!(event, Event::Headers(_));
            let called = match show(flow, event) {
                Shown::Headers(number) => {
                    self.call(headers, &[context, number, self.ended(context, direction)])
                }
                Shown::Body(length) => self.call(body, &[context, length, self.ended(context, direction)]),
                Shown::Trailers(number) => self.call(trailers, &[context, number]),
            };
            if let Some(state) = self.host().streams.get_mut(&context) {
                let flow = state.flow(direction);
                if called.stopped {
                    flow.stopped = Stopped::All;
                } else if called.result.unwrap_or(CONTINUE) == CONTINUE {
                    flow.release();
                } else if is_headers && !stop_iteration {
                    flow.stopped = Stopped::All;
                } else {
                    flow.stopped = Stopped::Single;
                }
            }
            self.act(called.after);
        }
    }

    fn ended(&self, context: u32, direction: Direction) -> u32 {
        let state = self.store.data().streams.get(&context);
        u32::from(state.is_some_and(|state| match direction {
            Direction::Request => state.request.ended,
            Direction::Response => state.response.ended,
        }))
    }
}

const CONTINUE: u32 = 0;

fn exports(direction: Direction) -> [&'static str; 3] {
    match direction {
        Direction::Request => [
            "proxy_on_request_headers",
            "proxy_on_request_body",
            "proxy_on_request_trailers",
        ],
        Direction::Response => [
            "proxy_on_response_headers",
            "proxy_on_response_body",
            "proxy_on_response_trailers",
        ],
    }
}

/// What a callback is told of the part it's about: how many fields, or bytes.
enum Shown {
    Headers(u32),
    Body(u32),
    Trailers(u32),
}

/// Makes a part of a message what the filter may see.
fn show(flow: &mut Flow, event: Event) -> Shown {
    match event {
        Event::Headers(headers) => {
            flow.begun = true;
            flow.ended = headers.end_of_stream();
            flow.headers_visible = true;
            flow.headers = fields(&headers);
            Shown::Headers(flow.headers.len() as u32)
        }
        Event::Data(chunk, end) => {
            flow.ended = end;
            // What is held is shown again, with what has come.
            let body = flow.body.get_or_insert_default();
            body.extend(chunk);
            Shown::Body(body.len() as u32)
        }
        Event::Trailers(trailers) => {
            flow.ended = true;
            flow.trailers_visible = true;
            flow.trailers = fields(&trailers);
            Shown::Trailers(flow.trailers.len() as u32)
        }
    }
}

fn fields(headers: &Headers) -> Fields {
    let fields = headers.iter();
    fields
        .map(|(name, value)| (name.to_owned(), value.to_vec()))
        .collect()
}
