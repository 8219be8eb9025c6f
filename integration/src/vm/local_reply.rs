use super::fields::Fields;
use http_filter::Headers;

/// A reply in the upstream's place, as the module asked for it.
#[derive(Clone, Debug)]
pub(crate) struct LocalReply {
    pub(crate) status: u32,
    pub(crate) headers: Fields,
    pub(crate) body: Vec<u8>,
    /// -1 for none.
    pub(crate) grpc_status: i32,
}

impl LocalReply {
    /// The response that Envoy makes of it: its header fields and its body.
    pub(crate) fn response(self, request: &Headers) -> (Fields, Vec<u8>) {
        if request.is_grpc() {
            (self.trailers_only(), Vec::new())
        } else {
            self.plain(request.method() == b"HEAD")
        }
    }

    /// A gRPC client learns by status and message, in headers without a body. The mapping is written out, not taken from
    /// the filters: it's Envoy's.
    fn trailers_only(self) -> Fields {
        let code = u32::try_from(self.grpc_status).unwrap_or(match self.status {
            400 => 13,
            401 => 16,
            403 => 7,
            404 => 12,
            429 | 502 | 503 | 504 => 14,
            _ => 2,
        });
        let mut fields = vec![
            field(":status", "200"),
            field("content-type", "application/grpc"),
            field("grpc-status", &code.to_string()),
        ];
        if !self.body.is_empty() {
            fields.push(("grpc-message".into(), self.body));
        }
        fields.extend(self.headers);
        fields
    }

    fn plain(self, is_head: bool) -> (Fields, Vec<u8>) {
        let mut fields = vec![field(":status", &self.status.to_string())];
        fields.extend(self.headers);
        if self.body.is_empty() {
            fields.retain(|(name, _)| name != "content-type" && name != "content-length");
        } else {
            if !fields.iter().any(|(name, _)| name == "content-type") {
                fields.push(field("content-type", "text/plain"));
            }
            fields.retain(|(name, _)| name != "content-length");
            fields.push(field("content-length", &self.body.len().to_string()));
        }
        let body = if is_head { Vec::new() } else { self.body };
        (fields, body)
    }
}

fn field(name: &str, value: &str) -> (String, Vec<u8>) {
    (name.to_owned(), value.as_bytes().to_vec())
}
