use envoy_dynamic_module_abi::{CallEvent, Field};
use http_filter::{Call, CallFailure, CallResponse, Headers};

/// The answer to a call, as far as it has come.
#[derive(Default)]
pub(crate) struct Answer {
    is_grpc: bool,
    max_body: usize,
    headers: Vec<Field>,
    body: Vec<u8>,
    trailers: Vec<Field>,
}

impl Answer {
    /// The answer that `call` waits for.
    pub(crate) fn to(call: &Call) -> Self {
        let (is_grpc, max_body) = match call {
            Call::Http(call) => (false, call.max_response),
            Call::Grpc(call) => (true, call.max_response.saturating_add(FRAME)),
        };
        Self {
            is_grpc,
            max_body,
            ..Self::default()
        }
    }

    /// Takes in what has come; the answer, where nothing more is waited for. One that is too large is over before Envoy ends it.
    pub(crate) fn take_in(&mut self, event: CallEvent<'_>) -> Option<CallResponse> {
        match event {
            CallEvent::Headers(headers) => self.headers = headers,
            CallEvent::Data(chunks) => {
                for chunk in chunks {
                    if self.body.len().saturating_add(chunk.len()) > self.max_body {
                        return Some(CallResponse::Failed(CallFailure::TooLarge));
                    }
                    self.body.extend_from_slice(chunk);
                }
            }
            CallEvent::Trailers(trailers) => self.trailers = trailers,
            CallEvent::Complete => return Some(std::mem::take(self).response()),
            CallEvent::Reset => return Some(self.broken_off()),
        }
        None
    }

    fn broken_off(&self) -> CallResponse {
        if self.is_grpc {
            // As a gRPC library tells it.
            CallResponse::Grpc {
                status: UNAVAILABLE,
                message: Vec::new(),
            }
        } else {
            CallResponse::Failed(CallFailure::Reset)
        }
    }

    fn response(self) -> CallResponse {
        if !self.is_grpc {
            return CallResponse::Http {
                headers: Headers::new(self.headers),
                body: self.body,
            };
        }
        let status = self.grpc_status();
        match (status, self.message()) {
            (0, Some(message)) => CallResponse::Grpc { status: 0, message },
            (0, None) => CallResponse::Grpc {
                status: INTERNAL,
                message: Vec::new(),
            },
            (status, _) => CallResponse::Grpc {
                status,
                message: Vec::new(),
            },
        }
    }

    /// The status in the trailers, or in headers without a body; else what the HTTP status says of it, as gRPC's
    /// `http-grpc-status-mapping` has it.
    fn grpc_status(&self) -> u32 {
        let find = |fields: &[Field], name: &str| {
            let (_, value) = fields.iter().find(|(known, _)| known == name)?;
            std::str::from_utf8(value).ok()?.parse::<u32>().ok()
        };
        let said = find(&self.trailers, "grpc-status").or_else(|| find(&self.headers, "grpc-status"));
        said.unwrap_or_else(|| match find(&self.headers, ":status") {
            Some(400) => INTERNAL,
            Some(401) => 16,
            Some(403) => 7,
            Some(404) => 12,
            Some(429 | 502..=504) => UNAVAILABLE,
            _ => 2,
        })
    }

    /// The one message of the body; `None` where there is none, or it's compressed.
    fn message(mut self) -> Option<Vec<u8>> {
        let (frame, message) = self.body.split_at_checked(FRAME)?;
        let (flag, length) = frame.split_first()?;
        let length = u32::from_be_bytes(length.try_into().ok()?);
        if *flag != 0 || usize::try_from(length).ok()? != message.len() {
            return None;
        }
        self.body.drain(..FRAME);
        Some(self.body)
    }
}

/// What comes before a message: a flag, and its length in four bytes.
const FRAME: usize = 5;
const INTERNAL: u32 = 13;
const UNAVAILABLE: u32 = 14;
