//! Requests as bytes (RFC 9112).

use functions_handler::{MAX_BODY, Request};

use crate::chunked::Decoder;
use crate::refusal::{MAX_HEAD, Refusal};

/// A request whose head has arrived.
#[derive(Debug)]
pub(crate) struct Incoming {
    request: Request,
    framing: Framing,
    /// The minor version: HTTP/1.0 or HTTP/1.1.
    pub(crate) version: u8,
    pub(crate) keep_alive: bool,
    /// The client waits for a word before it sends the body (RFC 9110 §10.1.1).
    pub(crate) expects_continue: bool,
}

#[derive(Debug)]
enum Framing {
    Length(usize),
    Chunked(Decoder),
}

const MAX_LINES: usize = 128;

impl Incoming {
    /// Takes a head from the front of `input`, once it is complete.
    pub(crate) fn parse(input: &mut Vec<u8>) -> Result<Option<Self>, Refusal> {
        let mut lines = [httparse::EMPTY_HEADER; MAX_LINES];
        let mut head = httparse::Request::new(&mut lines);
        let length = match head.parse(input) {
            Ok(httparse::Status::Complete(length)) if length <= MAX_HEAD => length,
            Ok(httparse::Status::Partial) if input.len() <= MAX_HEAD => return Ok(None),
            Ok(_) | Err(httparse::Error::TooManyHeaders) => return Err(Refusal::HeadTooLarge),
            Err(_) => return Err(Refusal::Malformed),
        };
        let version = head.version.unwrap_or_default();
        let headers: Headers = head
            .headers
            .iter()
            .map(|line| (line.name.to_ascii_lowercase(), line.value.to_vec()))
            .collect();
        // Exactly one Host in HTTP/1.1 (RFC 9112 §3.2).
        if version == 1 && values(&headers, "host").count() != 1 {
            return Err(Refusal::Malformed);
        }
        let incoming = Self {
            framing: framing(&headers, version)?,
            keep_alive: keep_alive(&headers, version),
            expects_continue: expects_continue(&headers),
            version,
            request: Request {
                method: head.method.unwrap_or_default().to_owned(),
                target: head.path.unwrap_or_default().to_owned(),
                headers,
                body: Vec::new(),
            },
        };
        input.drain(..length);
        Ok(Some(incoming))
    }

    /// Takes the body from the front of `input`; gives the request once it is complete.
    pub(crate) fn advance(&mut self, input: &mut Vec<u8>) -> Result<Option<Request>, Refusal> {
        let body = match &mut self.framing {
            Framing::Length(length) if *length <= input.len() => Some(input.drain(..*length).collect()),
            Framing::Length(_) => None,
            Framing::Chunked(decoder) => decoder.advance(input, MAX_BODY)?,
        };
        Ok(body.map(|body| Request {
            body,
            ..std::mem::take(&mut self.request)
        }))
    }
}

/// RFC 9112 §6.3. What two readers could understand differently is refused: request smuggling lives on it.
fn framing(headers: &Headers, version: u8) -> Result<Framing, Refusal> {
    let mut lengths = values(headers, "content-length");
    let mut codings = values(headers, "transfer-encoding");
    match (lengths.next(), codings.next()) {
        (None, None) => Ok(Framing::Length(0)),
        (Some(length), None) if lengths.next().is_none() => {
            let digits = std::str::from_utf8(length)
                .ok()
                .filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
            let length = digits.filter(|text| !text.is_empty()).ok_or(Refusal::Malformed)?;
            // Digits that don't fit are a number all the same: too large a one.
            let length = length.parse().ok().filter(|length| *length <= MAX_BODY);
            length.map(Framing::Length).ok_or(Refusal::ContentTooLarge)
        }
        (None, Some(coding)) if codings.next().is_none() && version == 1 => {
            match coding.eq_ignore_ascii_case(b"chunked") {
                true => Ok(Framing::Chunked(Decoder::default())),
                false => Err(Refusal::UnknownTransferCoding),
            }
        }
        _ => Err(Refusal::Malformed),
    }
}

/// HTTP/1.1 keeps the connection unless told otherwise, HTTP/1.0 does not (RFC 9112 §9.3).
fn keep_alive(headers: &Headers, version: u8) -> bool {
    let close = values(headers, "connection")
        .flat_map(|line| line.split(|byte| *byte == b','))
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"));
    version == 1 && !close
}

fn expects_continue(headers: &Headers) -> bool {
    values(headers, "expect").any(|value| value.eq_ignore_ascii_case(b"100-continue"))
}

fn values<'a>(headers: &'a Headers, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .iter()
        .filter(move |(n, _)| n == name)
        .map(|(_, value)| value.trim_ascii())
}

type Headers = Vec<(String, Vec<u8>)>;
