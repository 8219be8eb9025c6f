//! Requests and responses as HTTP/1.1 writes them (RFC 9112).

use super::parts::{header, of_url};
use crate::command::Error;
use http_filter::OneOrMany;
use http_filter_replay::{
    Text,
    case::{Request, Response},
};
use std::collections::BTreeMap;

/// Parses a request. Lines may end with LF alone, as editors write them.
///
/// # Errors
/// [`Error::Content`] with the line.
pub fn parse_request(message: &[u8], file: &str) -> Result<Request, Error> {
    let (start, headers, body) = parse(message, file)?;
    let mut words = start.split_ascii_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(Error::Content(format!(
            "{file}:1: found {start:?}, expected `GET /path HTTP/1.1`"
        )));
    };
    let mut request = of_url(target);
    method.clone_into(&mut request.method);
    request.headers = headers;
    request.body = (!body.is_empty()).then_some(Text(body));
    if let Some(host) = request
        .headers
        .remove("host")
        .and_then(|lines| lines.first().cloned())
    {
        request.authority = String::from_utf8_lossy(&host.0).into_owned();
    }
    Ok(request)
}

/// Parses a response.
///
/// # Errors
/// [`Error::Content`] with the line.
pub fn parse_response(message: &[u8], file: &str) -> Result<Response, Error> {
    let (start, headers, body) = parse(message, file)?;
    let status = start
        .split_ascii_whitespace()
        .nth(1)
        .and_then(|status| status.parse().ok());
    let Some(status) = status else {
        return Err(Error::Content(format!(
            "{file}:1: found {start:?}, expected `HTTP/1.1 200 OK`"
        )));
    };
    Ok(Response {
        status,
        headers,
        body: OneOrMany(if body.is_empty() {
            Vec::new()
        } else {
            vec![Text(body)]
        }),
    })
}

type Parts = (String, BTreeMap<String, OneOrMany<Text>>, Vec<u8>);

fn parse(message: &[u8], file: &str) -> Result<Parts, Error> {
    let mut headers = BTreeMap::new();
    let mut rest = message;
    let mut start = None;
    let mut number = 0;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = match end {
            Some(end) => (
                rest.get(..end).unwrap_or_default(),
                rest.get(end + 1..).unwrap_or_default(),
            ),
            None => (rest, &[][..]),
        };
        rest = after;
        number += 1;
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line));
        if start.is_none() {
            start = Some(line.into_owned());
        } else if line.is_empty() {
            break;
        } else {
            header(&mut headers, &line).map_err(|_| {
                Error::Content(format!("{file}:{number}: found {line:?}, expected `name: value`"))
            })?;
        }
    }
    Ok((start.unwrap_or_default(), headers, rest.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read() {
        let request = parse_request(
            b"POST /a?b HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-A: 2\r\n\r\nbody",
            "f",
        )
        .expect("a request");
        assert_eq!(
            (
                request.method.as_str(),
                request.path.as_str(),
                request.authority.as_str()
            ),
            ("POST", "/a?b", "h")
        );
        assert_eq!(request.headers.get("x-a").map(|lines| lines.len()), Some(2));
        assert_eq!(request.body, Some(Text(b"body".to_vec())));
        let response = parse_response(b"HTTP/2 404\ncontent-type: text/html\n\n", "f").expect("a response");
        assert_eq!((response.status, response.body.len()), (404, 0));
        let error = parse_request(b"GET / HTTP/1.1\nno header\n", "f").expect_err("no request");
        assert_eq!(
            error.to_string(),
            "f:2: found \"no header\", expected `name: value`"
        );
    }
}
