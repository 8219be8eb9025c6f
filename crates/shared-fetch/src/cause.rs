//! Why a fetch brought nothing, in words.

use crate::Source;
use http_filter::{CallFailure, CallResponse, Headers};

/// Why `response` is no document; `None` for an answer that may be one.
pub(crate) fn of(response: &CallResponse, source: &Source) -> Option<String> {
    match response {
        CallResponse::Http { headers, body } if headers.status() == Some(200) => {
            let coding = coding(headers)?;
            let words = [
                "the answer is encoded (content-encoding: ",
                &coding,
                ") although identity was asked for",
            ];
            Some(words.concat())
        }
        CallResponse::Http { headers, body } => Some(of_status(headers, body)),
        CallResponse::Grpc { .. } => Some("an answer of another protocol".to_owned()),
        CallResponse::Failed(CallFailure::TooLarge) => Some(
            [
                "the answer is larger than allowed (",
                &source.max_bytes.to_string(),
                " bytes)",
            ]
            .concat(),
        ),
        CallResponse::Failed(failure) => Some(failure.to_string()),
    }
}

fn of_status(headers: &Headers, body: &[u8]) -> String {
    let status = headers.status().unwrap_or_default().to_string();
    let told = printable(body);
    // What Envoy itself answers in the upstream's place.
    let own = [
        ("Connection refused", "the connection is refused"),
        ("TLS", "TLS failed"),
        ("no healthy upstream", "the cluster has no healthy host"),
        ("upstream request timeout", "no answer in time"),
        ("connection timeout", "no connection in time"),
        // Envoy tells a refused connection so, mostly without more.
        ("remote connection failure", "the connection is refused, or fails"),
        ("upstream connect error", "the connection broke"),
    ];
    let is_own = ["upstream ", "no healthy upstream"]
        .iter()
        .any(|beginning| told.starts_with(beginning));
    let meaning = own
        .iter()
        .find(|(sign, _)| is_own && told.contains(sign))
        .map(|(_, meaning)| *meaning);
    match (meaning, headers.first("location")) {
        (Some(meaning), _) => [meaning, " (status ", &status, ": ", &told, ")"].concat(),
        (None, Some(location)) => [
            "status ",
            &status,
            ", a redirect to ",
            &printable(location),
            ", which isn't followed",
        ]
        .concat(),
        (None, None) => ["status ", &status].concat(),
    }
}

/// The coding of a body that isn't as it's read (RFC 9110 §8.4).
fn coding(headers: &Headers) -> Option<String> {
    let coding = headers.combined("content-encoding")?;
    let coding = printable(&coding);
    let is_none = coding.is_empty() || coding.eq_ignore_ascii_case("identity");
    (!is_none).then_some(coding)
}

/// The beginning of a text, fit for a line of a log.
fn printable(text: &[u8]) -> String {
    text.iter()
        .take(MOST)
        .map(|byte| char::from(*byte))
        .map(|letter| {
            if letter.is_ascii_graphic() || letter == ' ' {
                letter
            } else {
                '?'
            }
        })
        .collect()
}

/// Bytes.
const MOST: usize = 240;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetcher::tests::source;

    fn http(fields: &[(&str, &str)], body: &str) -> CallResponse {
        CallResponse::Http {
            headers: fields.iter().copied().collect(),
            body: body.into(),
        }
    }

    #[test]
    fn causes_in_words() {
        const REFUSED: &str = "upstream connect error or disconnect/reset before headers. reset reason: remote connection \
                               failure, transport failure reason: delayed connect error: Connection refused";
        const TLS: &str = "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, \
                           transport failure reason: TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED";
        let status = |status: &str, body: &str| http(&[(":status", status)], body);
        for (name, response, expected) in [
            ("a document", status("200", "{}"), None),
            (
                "identity",
                http(&[(":status", "200"), ("content-encoding", "identity")], ""),
                None,
            ),
            (
                "a coding",
                http(&[(":status", "200"), ("content-encoding", "gzip")], ""),
                Some("the answer is encoded (content-encoding: gzip) although identity was asked for"),
            ),
            (
                "refused",
                status("503", REFUSED),
                Some("the connection is refused (status 503: upstream connect"),
            ),
            (
                "TLS",
                status("503", TLS),
                Some("TLS failed (status 503: upstream connect"),
            ),
            (
                "refused, as Envoy 1.40 tells it",
                status(
                    "503",
                    "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure",
                ),
                Some("the connection is refused, or fails (status 503: upstream connect"),
            ),
            (
                "no host",
                status("503", "no healthy upstream"),
                Some("the cluster has no healthy host (status 503: no healthy upstream)"),
            ),
            (
                "too late",
                status("504", "upstream request timeout"),
                Some("no answer in time (status 504: upstream request timeout)"),
            ),
            (
                "the server's own 503",
                status("503", "<html>Connection refused"),
                Some("status 503"),
            ),
            ("not found", status("404", "secret"), Some("status 404")),
            (
                "a redirect",
                http(&[(":status", "302"), ("location", "https://b/\n")], ""),
                Some("status 302, a redirect to https://b/?, which isn't followed"),
            ),
            (
                "unknown cluster",
                CallResponse::Failed(CallFailure::NotDispatched),
                Some("the cluster is unknown or has no host"),
            ),
            (
                "too large",
                CallResponse::Failed(CallFailure::TooLarge),
                Some("the answer is larger than allowed (1024 bytes)"),
            ),
            (
                "broken off",
                CallResponse::Failed(CallFailure::Reset),
                Some("the answer broke off"),
            ),
        ] {
            let cause = of(&response, &source());
            match expected {
                None => assert_eq!(cause, None, "{name}"),
                Some(beginning) => assert!(
                    cause.as_ref().is_some_and(|cause| cause.starts_with(beginning)),
                    "{name}: {cause:?}"
                ),
            }
        }
    }
}
