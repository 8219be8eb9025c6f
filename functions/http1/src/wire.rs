//! Answers as bytes (RFC 9112).

use std::time::SystemTime;

use functions_handler::{Body, Response};

use crate::refusal::Refusal;

/// The word that an expecting client waits for (RFC 9110 §15.2.1).
pub(crate) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
/// Ends chunked content without trailers.
pub(crate) const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// Status line and fields, with those of the connection.
pub(crate) fn head(output: &mut Vec<u8>, response: &Response, version: u8, closing: bool, now: SystemTime) {
    let chunked = version == 1 && matches!(response.body, Body::Paced { .. });
    line(
        output,
        &format!("HTTP/1.1 {} {}", response.status, reason(response.status)),
    );
    for (name, value) in &response.headers {
        line(output, &format!("{name}: {value}"));
    }
    if chunked {
        line(output, "transfer-encoding: chunked");
    }
    line(output, &format!("date: {}", httpdate::fmt_http_date(now)));
    if closing {
        line(output, "connection: close");
    }
    line(output, "");
}

/// The answer to what isn't a request that can be read. Nobody knows where the next one would start: the connection ends.
pub(crate) fn refusal(output: &mut Vec<u8>, refusal: Refusal, now: SystemTime) {
    let (status, slug) = match refusal {
        Refusal::Malformed => (400, "malformed_request"),
        Refusal::ContentTooLarge => (413, "content_too_large"),
        Refusal::HeadTooLarge => (431, "request_header_fields_too_large"),
        Refusal::UnknownTransferCoding => (501, "unknown_transfer_coding"),
    };
    let title = reason(status);
    let body =
        format!(r#"{{"status":{status},"title":"{title}","type":"urn:edge:problem:{slug}"}}"#).into_bytes();
    let headers = vec![
        ("content-type", "application/problem+json".to_owned()),
        ("content-length", body.len().to_string()),
        ("cache-control", "no-store".to_owned()),
    ];
    let response = Response {
        status,
        headers,
        body: Body::Whole(Vec::new()),
    };
    head(output, &response, 1, true, now);
    output.extend_from_slice(&body);
}

/// One piece of chunked content; an empty one would end it.
pub(crate) fn chunk(output: &mut Vec<u8>, piece: &str) {
    if !piece.is_empty() {
        line(output, &format!("{:x}", piece.len()));
        line(output, piece);
    }
}

fn line(output: &mut Vec<u8>, text: &str) {
    output.extend_from_slice(text.as_bytes());
    output.extend_from_slice(b"\r\n");
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        304 => "Not Modified",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        _ => "",
    }
}
