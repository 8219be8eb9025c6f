//! What the fields of a message say of the message itself.

use super::Headers;

impl Headers {
    /// The request's method; empty where the snapshot is none of a request.
    pub fn method(&self) -> &[u8] {
        self.first(":method").unwrap_or_default()
    }

    /// The request target as it came, with its query (`:path`).
    pub fn target(&self) -> &[u8] {
        self.first(":path").unwrap_or_default()
    }

    /// The path of the request target: [`Headers::target`] without query and fragment.
    pub fn path(&self) -> &[u8] {
        path_of(self.target())
    }

    /// The query of the request target, without its `?`.
    pub fn query(&self) -> Option<&[u8]> {
        let target = self.target();
        let before_fragment = target.split(|byte| *byte == b'#').next().unwrap_or_default();
        before_fragment.splitn(2, |byte| *byte == b'?').nth(1)
    }

    /// The request's authority (`:authority`, else `host`), port included.
    pub fn authority(&self) -> &[u8] {
        self.first(":authority")
            .or_else(|| self.first("host"))
            .unwrap_or_default()
    }

    /// The response's status code, where `:status` is three digits.
    pub fn status(&self) -> Option<u16> {
        match self.first(":status")? {
            [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] => {
                Some(u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0'))
            }
            _ => None,
        }
    }

    /// Whether this request claims to be gRPC, by its content type: then Envoy writes local replies as gRPC does.
    pub fn is_grpc(&self) -> bool {
        self.first("content-type").is_some_and(|value| {
            value
                .strip_prefix(b"application/grpc")
                .is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';' | b' ')))
        })
    }

    /// Whether this request is a gRPC call: a POST. Whatever else claims to be gRPC is none, and its response is judged as
    /// any other.
    pub fn is_grpc_call(&self) -> bool {
        self.method() == b"POST" && self.is_grpc()
    }

    /// The response's Content-Length, where it is one number (RFC 9110 §8.6).
    pub fn content_length(&self) -> Option<u64> {
        http_fields::content_length(self.single("content-length").ok()??)
    }
}

/// A request target without query and fragment.
pub(super) fn path_of(target: &[u8]) -> &[u8] {
    let end = target.iter().position(|byte| matches!(byte, b'?' | b'#'));
    end.and_then(|end| target.get(..end)).unwrap_or(target)
}
